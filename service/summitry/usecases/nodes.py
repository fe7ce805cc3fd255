"""The nodes that belong to entities: what carries their facts, and what links to them; kept where they are many."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Literal, NamedNode

from summitry.store.base import Row
from summitry.terms import AP
from summitry.usecases.context import DATE, Context
from summitry.usecases.excerpt import column
from summitry.usecases.facts import Facts, facts
from summitry.usecases.said import STATED
from summitry.usecases.views import WITH_OFFICES, View

_MANY: Final = 300  # links: what has as many is a hub, and is asked about each property apart
_FIRST: Final = 50
# How parts-of.rq begins: from what carries facts to what they are about, and the other way.
_TO_CARRIED: Final = frozenset({AP + "holder", AP + "office"})
_TO_CARRYING: Final = frozenset({AP + "agendaItem", AP + "hasState"})
_HELD: Final = Facts(
    "held",
    lambda rows: tuple(part for (part,) in rows if isinstance(part, NamedNode)),
    through=("^office", "^ofCountry", "^ofBody"),
)


@dataclass(frozen=True, slots=True)
class Linking:
    """What links to an entity by one property: how often, and from where first: 50 at most, by IRI."""

    property: NamedNode
    total: int
    first: tuple[NamedNode, ...]


def parts_of(context: Context, entities: Sequence[NamedNode], view: View | None = None) -> list[NamedNode]:
    """Give the nodes that carry what has a time or a condition about `entities`, as far as `view` shows them."""
    return [*_carrying(context, entities), *_held(context, entities, view)]


def parts_of_one(
    context: Context, entity: NamedNode, view: View, links: Sequence[Linking]
) -> list[NamedNode]:
    """Give what `parts_of` gives of `entity`, to which `links` lead; most things have no such nodes to look for."""
    properties = {link.property.value for link in links} & _TO_CARRIED
    has_any = properties or facts(context, STATED, [entity])[entity].values.keys() & _TO_CARRYING
    return [*(_carrying(context, [entity]) if has_any else ()), *_held(context, [entity], view)]


def links(context: Context, entity: NamedNode) -> Sequence[Linking]:
    """Give what links to `entity`, by property."""

    def read() -> Sequence[Linking]:
        rows = context.reader.select("links-of", {"entity": [entity]})
        return _of_leaf(rows) if len(rows) < _MANY else _of_hub(context, entity)

    # A hub has thousands: they are counted anew only when one was made or removed.
    def mend(earlier: Sequence[Linking], mentioned: frozenset[NamedNode]) -> Sequence[Linking]:
        return read() if entity in mentioned else earlier

    return context.kept.get(context.reader, ("links", entity.value), read, mend=mend)


def _of_leaf(rows: Sequence[Row]) -> Sequence[Linking]:
    sources: dict[NamedNode, list[NamedNode]] = {}
    for row in rows:
        name, source = row["property"], row["source"]
        if isinstance(name, NamedNode) and isinstance(source, NamedNode):
            sources.setdefault(name, []).append(source)
    found = sorted(sources.items(), key=lambda item: item[0].value)
    return [
        Linking(name, len(nodes), tuple(sorted(nodes, key=lambda node: node.value)[:_FIRST]))
        for name, nodes in found
    ]


def _of_hub(context: Context, entity: NamedNode) -> Sequence[Linking]:
    found = []
    for row in context.reader.select("links-to", {"entity": [entity]}):
        name, total = row.get("property"), row["total"]
        if isinstance(name, NamedNode) and isinstance(total, Literal):
            found.append(Linking(name, int(total.value), tuple(linking(context, [entity], name))))
    return found


def linking(context: Context, entities: Sequence[NamedNode], name: NamedNode) -> list[NamedNode]:
    """Give the first of what links to `entities` by the property `name`."""
    return column(context.reader.select("links-to-by", {"entity": entities, "wanted": [name]}), "source")


def _carrying(context: Context, entities: Sequence[NamedNode]) -> list[NamedNode]:
    return column(context.reader.select("parts-of", {"entity": entities}), "part")


def _held(context: Context, entities: Sequence[NamedNode], view: View | None) -> list[NamedNode]:
    """Give the offices of countries or bodies that may be held on the day asked about, and the tenures."""
    if view not in WITH_OFFICES:
        return []
    on = Literal(context.day.isoformat(), datatype=DATE)
    return [part for held in facts(context, _HELD, entities, on=on).values() for part in held]
