"""How many of a list have which value: counted over all that fits, whatever page is shown."""

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Literal, NamedNode

from summitry.errors import BadParameter
from summitry.store.base import Term
from summitry.terms import AP
from summitry.usecases import columns, listing
from summitry.usecases.columns import Column
from summitry.usecases.context import VALID_AT, Context
from summitry.usecases.doors import Door, Facet
from summitry.usecases.excerpt import Names, Ref, Text
from summitry.usecases.filters import By, did_you_mean
from summitry.usecases.listing import Query

_VALUES: Final = 100
_TYPE: Final = "rdf:type"


@dataclass(frozen=True, slots=True)
class Count:
    """A value, and how many things of the list have it."""

    value: Ref | Text
    count: int


@dataclass(frozen=True, slots=True)
class Counts:
    """The commonest values of a facet, at most a hundred, and how many there are. A thing may have several."""

    name: str
    total: int
    values: tuple[Count, ...]


def understand(door: Door, names: Sequence[str]) -> tuple[Facet, ...]:
    """Give the facets of the list behind `door` that are called so. Raises BadParameter."""
    known = {facet.name: facet for facet in door.facets}
    for name in names:
        if name not in known:
            raise BadParameter(
                f"facets: {name!r} is no facet of the {door.name}; {did_you_mean(name, list(known))}"
            )
    return tuple(known[name] for name in dict.fromkeys(names))


def counted(query: Query, facets: Sequence[Facet]) -> tuple[Counts, ...]:
    """Give the counts of `facets` over all that fits `query`."""
    if not facets:
        return ()
    iris = [key.iri for key in listing.matching(query)]
    return tuple(_counts(query, facet, iris) for facet in facets)


def _counts(query: Query, facet: Facet, iris: Sequence[str]) -> Counts:
    context, door = query.context, query.door
    values = _column(context, door, facet)
    counter: Counter[Term] = Counter()
    for iri in iris:
        counter.update({term for _, term in values.get(iri, ())})
    if (among := _among(context, door, facet)) is not None:
        counter = Counter({term: count for term, count in counter.items() if term.value in among})
    if (known := _on_day(query, facet)) is not None:
        counter = _counted_on_day(query, known, list(counter), set(iris))
    common = sorted(counter.items(), key=lambda item: (-item[1], str(item[0])))[:_VALUES]
    names = Names(context, [term for term, _ in common if isinstance(term, NamedNode)])
    return Counts(
        facet.name, len(counter), tuple(Count(_shown(names, term), count) for term, count in common)
    )


def _on_day(query: Query, facet: Facet) -> By | None:
    """Give how the filter called like `facet` finds what has a value on the day asked about; None without a day."""
    day = query.door.valid_at if query.context.valid_at else None
    by = next((known.by for known in query.door.filters if known.name == facet.name), None)
    return by if by and day and by.query == day.query else None


def _counted_on_day(query: Query, by: By, terms: Sequence[Term], iris: Set[str]) -> Counter[Term]:
    """Give how many of `iris` the filter `by` would find with each of `terms`, beside the filters given."""
    given = {
        known.by.variable: some for known, some in query.given if known.by and known.by.query == by.query
    }
    bindings = {**given, by.variable: terms, VALID_AT: query.context.days}
    rows = query.context.reader.select(by.query, bindings) if terms else []
    return Counter(
        term for entity, term in {(row["entity"].value, row[by.variable]) for row in rows} if entity in iris
    )


def _column(context: Context, door: Door, facet: Facet) -> Column:
    if not facet.through:
        return columns.column(context, door.cls, (facet.property,))
    there = columns.column_through(context, door.cls, facet.through, facet.property, facet.kind)
    return columns.with_own(context, door.cls, facet.property, there) if facet.and_own else there


def _among(context: Context, door: Door, facet: Facet) -> Set[str] | None:
    """Give the IRIs that alone are counted, None for all values."""
    if facet.property == _TYPE:
        top = NamedNode(AP + door.cls)
        return {row["class"].value for row in context.reader.select("classes-below", {"top": [top]})} - {
            top.value
        }
    return columns.members(context, facet.among) if facet.among else None


def _shown(names: Names, term: Term) -> Ref | Text:
    if isinstance(term, NamedNode):
        return names.ref(term)
    return Text(term.value, term.datatype.value if isinstance(term, Literal) else "", "")
