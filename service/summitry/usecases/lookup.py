"""One entity: what the graph states of it, links to it, claims about it, and where it has that from."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from graphlib import CycleError, TopologicalSorter
from typing import Final

from pyoxigraph import NamedNode, Triple

from summitry.errors import UnknownEntity
from summitry.store.base import Reader
from summitry.terms import AP, LABEL, RDF, SKOS, TYPE, compact, is_source
from summitry.usecases import parts, records, things
from summitry.usecases.context import Context
from summitry.usecases.doors import DOORS, EVENTS, Door
from summitry.usecases.excerpt import Excerpt, Ref, Statement, column
from summitry.usecases.facts import facts
from summitry.usecases.nodes import Linking, linking, parts_of_one
from summitry.usecases.nodes import links as links_to
from summitry.usecases.parts import Membership
from summitry.usecases.records import Claim, Source, SpeechAct
from summitry.usecases.said import STATED
from summitry.usecases.things import Event
from summitry.usecases.views import Thing, View

_SUBJECT: Final = NamedNode(RDF + "subject")
_ABOUT: Final = NamedNode(AP + "about")
_PART_OF: Final = AP + "partOf"
_OF_MEMBERSHIP: Final = (NamedNode(AP + "member"), NamedNode(AP + "organization"))
_CLASSES: Final = "classes-of"
_SHOWN: Final = 25
# What is behind two doors: a meeting is an event, a speech act one that has its own door.
_NARROW_FIRST: Final = (*(door for door in DOORS if door is not EVENTS), EVENTS)


@dataclass(frozen=True, slots=True)
class Links:
    """What links to an entity by one property: the first 25 by IRI, and how many there are."""

    property: str
    total: int
    items: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity as its page shows it.

    `programme` is what else belongs to the larger events that the entity is part of, in order.
    """

    thing: Thing
    types: tuple[Ref, ...]
    labels: Mapping[str, str]
    other_names: Mapping[str, tuple[str, ...]]
    statements: tuple[Statement, ...]
    incoming: tuple[Links, ...]
    programme: tuple[Event, ...]
    memberships: tuple[Membership, ...]
    claims: tuple[Claim, ...]
    speech_acts: tuple[SpeechAct, ...]
    sources: tuple[Source, ...]


def find(door: Door, name: str, context: Context) -> NamedNode:
    """Give the entity behind `door` that is called `name`: a slug, a prefixed name or an IRI.

    Raises:
        UnknownEntity: there is none; the message says where it is, if it is elsewhere.
    """
    for candidate in context.iri(name, door.kinds):
        if _is_behind(context, candidate, door):
            return candidate
    raise UnknownEntity(_missing(door, name, context))


def successor(door: Door, name: str, context: Context) -> NamedNode | None:
    """Give the entity behind `door` by which the one called `name` was replaced, if that was so."""
    rows = context.reader.select("replaced-by", {"entity": context.iri(name, door.kinds)})
    found = (row["successor"] for row in rows)
    return next((e for e in found if isinstance(e, NamedNode) and _is_behind(context, e, door)), None)


def successor_of(entity: NamedNode, context: Context) -> NamedNode | None:
    """Give the entity by which `entity` was replaced, if that was so."""
    found = (row["successor"] for row in context.reader.select("replaced-by", {"entity": [entity]}))
    return next((successor for successor in found if isinstance(successor, NamedNode)), None)


def declared(kind: str, name: str, context: Context) -> NamedNode:
    """Give the entity with these two last parts of its IRI, whether or not the graph knows it. Raises UnknownEntity."""
    try:
        return NamedNode(f"{context.base}{kind}/{name}")
    except ValueError as error:
        raise UnknownEntity(f"no entity can be called {kind}/{name}") from error


def triples(reader: Reader, entity: NamedNode) -> list[Triple]:
    """Give `entity` as triples: its own, those of its parts and claims, the labels of what these link to."""
    return reader.construct("entity", {"entity": [entity]})


def describe(view: View, entity: NamedNode, context: Context) -> Entity:
    """Give all that the page of `entity` shows, with `view` of what is its kind's own."""
    day, links = context.day, {link.property: link for link in links_to(context, entity)}
    own = parts_of_one(context, entity, view, list(links.values()))
    nodes = [entity, *own]
    claims = linking(context, nodes, _SUBJECT) if own else _first(links, _SUBJECT)
    speech = _first(links, _ABOUT)
    programme = _programme(context, entity)
    memberships = _memberships(context, entity, links)
    linked = (node for link in links.values() for node in link.first[:_SHOWN])
    excerpt = Excerpt(context, [*nodes, *memberships, *claims, *speech, *programme], also=linked)
    sources = Excerpt(context, filter(is_source, excerpt.graphs([*nodes, *claims, *speech])))
    return Entity(
        view(excerpt, entity, day),
        excerpt.refs(entity, RDF + "type"),
        {language: names[0] for language, names in _by_language(excerpt, entity, LABEL.value).items()},
        _by_language(excerpt, entity, SKOS + "altLabel"),
        excerpt.statements(entity),
        tuple(_shown(link, excerpt) for link in links.values()),
        in_order(excerpt, programme),
        tuple(parts.membership(excerpt, node, day) for node in memberships),
        tuple(records.claim(excerpt, node) for node in claims),
        tuple(records.speech_act(excerpt, node) for node in speech),
        tuple(records.source(sources, graph) for graph in sources.resources),
    )


def _shown(link: Linking, excerpt: Excerpt) -> Links:
    return Links(link.property.value, link.total, tuple(map(excerpt.ref, link.first[:_SHOWN])))


def _programme(context: Context, entity: NamedNode) -> list[NamedNode]:
    """Give the events of the larger events that `entity` is part of: none is asked for where it is part of none."""
    if _PART_OF not in facts(context, STATED, [entity])[entity].values:
        return []
    return column(context.reader.select("programme-of", {"entity": [entity]}), "event")


def _first(links: Mapping[NamedNode, Linking], name: NamedNode) -> Sequence[NamedNode]:
    return links[name].first if name in links else ()


def _memberships(
    context: Context, entity: NamedNode, links: Mapping[NamedNode, Linking]
) -> Sequence[NamedNode]:
    by = [links[name] for name in _OF_MEMBERSHIP if name in links]
    if all(link.total == len(link.first) for link in by):
        return sorted({node for link in by for node in link.first}, key=lambda node: node.value)
    return column(context.reader.select("memberships-of", {"entity": [entity]}), "membership")


def in_order(excerpt: Excerpt, events: Sequence[NamedNode]) -> tuple[Event, ...]:
    """Give `events` so that each follows what it is part of, and whatever is before either, as far as recorded."""
    shown = {node: things.event(excerpt, node) for node in events}
    earlier: dict[NamedNode, set[NamedNode]] = {
        node: set() for node in sorted(shown, key=lambda n: _start(shown[n]))
    }
    for node in events:
        earlier[node].update(whole for whole in excerpt.nodes(node, "partOf") if whole in shown)
        for later in excerpt.nodes(node, "before"):
            earlier.get(later, set()).update(_within(excerpt, node, shown.keys()))
    try:
        order = TopologicalSorter(
            {node: sorted(found, key=str) for node, found in earlier.items()}
        ).static_order()
        return tuple(shown[node] for node in order)
    except CycleError:
        return tuple(shown[node] for node in earlier)


def _within(excerpt: Excerpt, event: NamedNode, events: Set[NamedNode]) -> set[NamedNode]:
    """Give `event` and those of `events` that are part of it, however far."""
    found, waiting = {event}, [event]
    while waiting:
        parts_here = set(excerpt.subjects("partOf", waiting.pop())) & events - found
        found |= parts_here
        waiting += parts_here
    return found


def _start(event: Event) -> tuple[date, str]:
    return (event.starts.date if event.starts else date.max, event.ref.iri)


def _is_behind(context: Context, candidate: NamedNode, door: Door) -> bool:
    cls = NamedNode(AP + door.cls)
    return cls in facts(context, STATED, [candidate])[candidate].values.get(TYPE.value, ())


def _missing(door: Door, name: str, context: Context) -> str:
    for other in DOORS:
        for candidate in context.iri(name, other.kinds):
            if other != door and _is_behind(context, candidate, other):
                return f"{name} is not among the {door.name}; it is at /{other.name}/{slug(candidate)}"
    for candidate in context.iri(name, door.kinds):
        types = [
            compact(row["class"].value) for row in context.reader.select(_CLASSES, {"entity": [candidate]})
        ]
        if types:
            return f"{compact(candidate.value)} is {' and '.join(types)}, and not among the {door.name}"
    return f"no graph declares {name} among the {door.name}; /{door.name}?name=… looks for a part of a name"


def slug(entity: NamedNode | str) -> str:
    """Give the last part of an IRI."""
    return (entity if isinstance(entity, str) else entity.value).rpartition("/")[2]


def path(door: str, iri: str) -> str:
    """Give the path of the page of an entity behind `door`; without a door of everything's."""
    kind, _, name = iri.rpartition("/")
    kind = kind.rpartition("/")[2]
    usual = next((known.kinds[0] for known in DOORS if known.name == door), "")
    if not usual:
        return f"/entities/{kind}/{name}"
    return f"/{door}/{name}" if kind == usual else f"/{door}/{kind}:{name}"


def door_of(entity: NamedNode, context: Context) -> Door | None:
    """Give the door that `entity` is behind, the narrowest one."""
    return next((door for door in _NARROW_FIRST if _is_behind(context, entity, door)), None)


def is_declared(entity: NamedNode, context: Context) -> bool:
    """Tell whether a graph gives `entity` a class of the ontology."""
    return bool(context.reader.select(_CLASSES, {"entity": [entity]}))


def _by_language(excerpt: Excerpt, entity: NamedNode, name: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for literal in excerpt.literals(entity, name):
        language = literal.language or ""
        found[language] = (*found.get(language, ()), literal.value)
    return found
