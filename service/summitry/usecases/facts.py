"""What the graph states of resources: read once, and kept for those last asked about until a change mentions them."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence, Set
from threading import Lock
from typing import Final

from pyoxigraph import Literal, NamedNode

from summitry.store.base import Bindings, Row, Term
from summitry.usecases.context import VALID_AT, Context
from summitry.usecases.ways import concerned

_MOST: Final = 40_000

Fact = tuple[Term, ...]
Facts = Mapping[NamedNode, Sequence[Fact]]


class Remembered:
    """What one query says of resources, at one revision. Of `most` facts together those last asked for stay."""

    def __init__(self, facts: Facts | None = None, most: int = _MOST) -> None:
        self._facts: OrderedDict[NamedNode, Sequence[Fact]] = OrderedDict(facts or {})
        self._most = most
        self._room = most - sum(map(_size, self._facts.values()))
        self._changing = Lock()

    def __len__(self) -> int:
        """Give what it counts for where it is kept: as many facts as it may ever have."""
        return self._most

    def of(self, resources: Iterable[NamedNode]) -> dict[NamedNode, Sequence[Fact]]:
        """Give what is said of those of `resources` that are remembered."""
        with self._changing:
            there = [resource for resource in resources if resource in self._facts]
            for resource in there:
                self._facts.move_to_end(resource)
            return {resource: self._facts[resource] for resource in there}

    def add(self, facts: Facts) -> None:
        """Remember `facts`, and forget what was asked for longest ago where there is no room."""
        with self._changing:
            for resource, said in facts.items():
                if resource not in self._facts:
                    self._facts[resource] = said
                    self._room -= _size(said)
            while self._room < 0:
                self._room += _size(self._facts.popitem(last=False)[1])

    def without(self, resources: Set[NamedNode]) -> "Remembered":
        """Give what is remembered of all others."""
        with self._changing:
            others = {known: said for known, said in self._facts.items() if known not in resources}
            return Remembered(others, self._most)


def facts(
    context: Context,
    query: str,
    resources: Iterable[NamedNode],
    *,
    on: Literal | None = None,
    through: Sequence[str] = (),
) -> Facts:
    """Give the rows of `query` about each of `resources`, without the resource itself, which it calls `entity`.

    It may be asked `on` a day. What a change mentions has other rows then, and what that is `concerned` by.
    """
    reader, wanted = context.reader, list(dict.fromkeys(resources))
    number = reader.head()

    def mend(earlier: Remembered, mentioned: frozenset[NamedNode]) -> Remembered:
        return earlier.without(concerned(context, mentioned, through))

    remembered = context.kept.get(reader, ("facts", query, on), Remembered, mend=mend)
    found = remembered.of(wanted)
    if missing := [resource for resource in wanted if resource not in found]:
        bound: Bindings = {"entity": missing, VALID_AT: [on]} if on else {"entity": missing}
        read = _by_resource(missing, reader.select(query, bound))
        found |= read
        # What was read while a change landed belongs to no revision.
        if reader.is_at(number):
            remembered.add(read)
    return found


def _size(said: Sequence[Fact]) -> int:
    return len(said) + 1  # that nothing is said of something is remembered too


def _by_resource(resources: Iterable[NamedNode], rows: Iterable[Row]) -> Facts:
    found: dict[NamedNode, list[Fact]] = {resource: [] for resource in resources}
    for row in rows:
        entity = row["entity"]
        if isinstance(entity, NamedNode):
            found[entity].append(tuple(term for name, term in row.items() if name != "entity"))
    return found
