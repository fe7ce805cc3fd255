"""A list behind a front door: filtered, sorted, counted, page by page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Final

from pyoxigraph import NamedNode, Triple

from summitry import linked
from summitry.collation import collated
from summitry.errors import BadParameter
from summitry.store.base import Term
from summitry.usecases import columns, ordering
from summitry.usecases.context import VALID_AT, Context, refuse_backwards
from summitry.usecases.doors import Door, ValidAt
from summitry.usecases.excerpt import Excerpt, Ref, Statement, column
from summitry.usecases.filters import By, Filter, OnDay, did_you_mean
from summitry.usecases.nodes import parts_of
from summitry.usecases.ordering import BY_LABEL, Key
from summitry.usecases.views import VIEWS, Thing
from summitry.usecases.ways import concerned, property_of

LIMIT: Final = 50
MOST: Final = 200
_EMBEDDED: Final = 400

Given = tuple[Filter, tuple[Term, ...]]


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of a list; the page begins after `after`. `include` are properties whose values are embedded."""

    door: Door
    context: Context
    given: tuple[Given, ...]
    limit: int = LIMIT
    sort: str = BY_LABEL
    after: Key | None = None
    include: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """Something that a page mentions, with all that is stated of it."""

    ref: Ref
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `total` counts all pages; `cursor` is where the next one begins, empty on the last."""

    items: tuple[Thing, ...]
    total: int
    cursor: str
    included: tuple[Card, ...]


def understand(
    door: Door,
    texts: Mapping[str, Sequence[str]],
    context: Context,
    *,
    limit: int = LIMIT,
    sort: str = BY_LABEL,
    cursor: str = "",
    include: Sequence[str] = (),
) -> Query:
    """Give the query of the list behind `door` whose filters have these texts.

    Raises:
        BadParameter: one has a value that it cannot have.
    """
    ordering.understood(door, sort)
    after = ordering.opened(cursor, sort) if cursor else None
    properties = tuple(map(_property, include))
    given = _given(door, texts, context)
    days = {known.name: terms for known, terms in given if isinstance(known.kind, OnDay)}
    for span in product(days.get("from", ()), days.get("to", ())):
        refuse_backwards(*(date.fromisoformat(day.value) for day in span))
    return Query(door, context, given, limit, sort, after, properties)


def page(query: Query) -> Page:
    """Give the page that `query` asks for."""
    keys = matching(query)
    shown, cursor = _cut(query, keys)
    excerpt = _excerpt(query, [NamedNode(key.iri) for key in shown])
    view = VIEWS[query.door.name]
    things = tuple(view(excerpt, NamedNode(key.iri), query.context.day) for key in shown)
    return Page(things, len(keys), cursor, _included(query, excerpt))


def triples(query: Query) -> tuple[list[Triple], str]:
    """Give the entities of the page that `query` asks for as triples, and where the next one begins."""
    shown, cursor = _cut(query, matching(query))
    entities = [NamedNode(key.iri) for key in shown]
    return query.context.reader.construct("entity", {"entity": entities}), cursor


def matching(query: Query) -> Sequence[Key]:
    """Give the keys of all that fits, in order."""
    context, door = query.context, query.door
    texts = tuple((known.name, *map(str, terms)) for known, terms in query.given)
    tongues = tuple(context.languages) if query.sort.endswith(BY_LABEL) else ()
    day = context.valid_at if door.valid_at else None

    def fitting() -> Sequence[Key]:
        found = _found(query)
        keys = ordering.ordered(context, door, query.sort)
        return keys if found is None else [key for key in keys if key.iri in found]

    return context.kept.get(context.reader, ("list", door.name, query.sort, tongues, day, texts), fitting)


def _given(door: Door, texts: Mapping[str, Sequence[str]], context: Context) -> tuple[Given, ...]:
    found: list[Given] = []
    for known in door.filters:
        given = texts.get(known.name) or ([known.default] if known.default else [])
        terms = [_read(known, text, context) for text in given]
        if terms and None not in terms:
            found.append((known, tuple(term for some in terms for term in some or ())))
    return tuple(found)


def _read(known: Filter, text: str, context: Context) -> Sequence[Term] | None:
    try:
        if not text:
            raise BadParameter("it is empty; leave it out instead")
        return known.kind.read(text, context)
    except BadParameter as error:
        raise BadParameter(f"{known.name}: {error}") from error


def _property(name: str) -> str:
    iri = linked.expanded(name)
    if iri is None:
        raise BadParameter(
            f"include: there is no property {name!r}; {did_you_mean(name, linked.properties())}"
        )
    return iri


def _found(query: Query) -> set[str] | None:
    """Give what every filter finds, None where there is none; not all of it is behind the door."""
    found: set[str] | None = None
    for some in (*_asked(query), *_named(query)):
        found = some if found is None else found & some
    return found


def _asked(query: Query) -> Iterable[set[str]]:
    """Give what each query finds: filters that name the same one are asked together."""
    door, context = query.door, query.context
    asked: dict[tuple[str, tuple[str, ...], str], dict[str, Sequence[Term]]] = {}
    for known, terms in query.given:
        if known.by:
            asked.setdefault(_question(known.by), {})[known.by.variable] = terms
    if door.valid_at and context.valid_at:
        question = (door.valid_at.query, (), "")
        if question in asked:
            asked[question][VALID_AT] = context.days
        elif door.valid_at.is_alone:
            yield _on(door.valid_at, context)
    for (name, properties, _), bindings in asked.items():
        given = {"given": [property_of(name) for name in properties]} if properties else {}
        rows = context.reader.select(name, {**bindings, **given})
        yield {entity.value for entity in column(rows, "entity")}


def _on(valid_at: ValidAt, context: Context) -> set[str]:
    """Give what the day asked about alone finds: kept, because it looks at all there is, as by default for leaders."""

    def found(**among: Sequence[Term]) -> set[str]:
        rows = context.reader.select(valid_at.query, {VALID_AT: context.days, **among})
        return {entity.value for entity in column(rows, "entity")}

    def mend(earlier: set[str], mentioned: frozenset[NamedNode]) -> set[str]:
        touched = concerned(context, mentioned, valid_at.through)
        return (earlier - {entity.value for entity in touched}) | found(entity=list(touched))

    key = ("on", valid_at.query, context.valid_at)
    return context.kept.get(context.reader, key, found, mend=mend)


def _question(by: By) -> tuple[str, tuple[str, ...], str]:
    """Give what is the same for filters that are asked together: two values of one property are two questions."""
    return (by.query, by.properties, by.variable if by.query == "having" else "")


def _named(query: Query) -> Iterable[set[str]]:
    """Give what is called as the filter by name says."""
    for known, terms in query.given:
        if not known.by:
            wanted = [part for term in terms if (part := collated(term.value))]
            names = columns.collated_names(query.context, query.door.cls)
            yield {iri for iri, text in names.items() if any(part in text for part in wanted)}


def _cut(query: Query, keys: Sequence[Key]) -> tuple[Sequence[Key], str]:
    """Give the keys of the page, and the cursor of the next one."""
    start = ordering.place(keys, query.sort, query.after) if query.after else 0
    shown = keys[start : start + query.limit]
    is_last = start + query.limit >= len(keys)
    return shown, "" if is_last else ordering.sealed(shown[-1], query.sort)


def _excerpt(query: Query, entities: Sequence[NamedNode]) -> Excerpt:
    context = query.context
    parts = parts_of(context, entities, VIEWS[query.door.name])
    return Excerpt(context, [*entities, *parts])


def _included(query: Query, excerpt: Excerpt) -> tuple[Card, ...]:
    """Give what the page's things lead to by the properties asked for, the first few hundred by IRI."""
    wanted = {node for name in query.include for at in excerpt.resources for node in excerpt.nodes(at, name)}
    if not wanted:
        return ()
    embedded = Excerpt(query.context, sorted(wanted, key=str)[:_EMBEDDED])
    return tuple(Card(embedded.ref(node), embedded.statements(node)) for node in embedded.resources)
