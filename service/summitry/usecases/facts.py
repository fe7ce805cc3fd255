"""What the graph says of resources: read once, and kept for those last asked about until a change mentions them."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set, Sized
from dataclasses import dataclass
from threading import Lock
from typing import Final, Generic, TypeVar

from pyoxigraph import Literal, NamedNode

from summitry.store.base import Bindings, Row, Term
from summitry.usecases.context import VALID_AT, Context
from summitry.usecases.ways import concerned

_MOST: Final = 40_000

T = TypeVar("T", bound=Sized)
Fact = tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Facts(Generic[T]):
    """One kind of facts about resources.

    `query` gives the rows about each, which it calls `entity`; `made` makes something of those about one, without
    the resource itself. What a change mentions has other facts then, and what that is `concerned` by `through` ways.
    """

    query: str
    made: Callable[[Sequence[Fact]], T]
    through: tuple[str, ...] = ()


class Remembered(Generic[T]):
    """What is known of resources, at one revision. Of `most` facts together those last asked for stay."""

    def __init__(self, known: Mapping[NamedNode, T] | None = None, most: int = _MOST) -> None:
        self._known: OrderedDict[NamedNode, T] = OrderedDict(known or {})
        self._most = most
        self._room = most - sum(map(_size, self._known.values()))
        self._changing = Lock()

    def __len__(self) -> int:
        """Give what it counts for where it is kept: as many facts as it may ever have."""
        return self._most

    def of(self, resources: Iterable[NamedNode]) -> dict[NamedNode, T]:
        """Give what is known of those of `resources` that are remembered."""
        with self._changing:
            found = {resource: self._known[resource] for resource in resources if resource in self._known}
            for resource in found:
                self._known.move_to_end(resource)
            return found

    def add(self, read: Mapping[NamedNode, T]) -> None:
        """Remember what was `read`, and forget what was asked for longest ago where there is no room."""
        with self._changing:
            for resource, known in read.items():
                if resource not in self._known:
                    self._known[resource] = known
                    self._room -= _size(known)
            while self._room < 0:
                self._room += _size(self._known.popitem(last=False)[1])

    def without(self, resources: Set[NamedNode]) -> "Remembered[T]":
        """Give what is remembered of all others."""
        with self._changing:
            others = {resource: known for resource, known in self._known.items() if resource not in resources}
            return Remembered(others, self._most)


def facts(
    context: Context, kind: Facts[T], resources: Iterable[NamedNode], *, on: Literal | None = None
) -> dict[NamedNode, T]:
    """Give what is known of each of `resources`. It may be asked `on` a day."""
    reader, wanted = context.reader, list(dict.fromkeys(resources))
    number = reader.head()

    def mend(earlier: Remembered[T], mentioned: frozenset[NamedNode]) -> Remembered[T]:
        return earlier.without(concerned(context, mentioned, kind.through))

    remembered: Remembered[T] = context.kept.get(reader, ("facts", kind.query, on), Remembered, mend=mend)
    found = remembered.of(wanted)
    if missing := [resource for resource in wanted if resource not in found]:
        bound: Bindings = {"entity": missing, VALID_AT: [on]} if on else {"entity": missing}
        rows = _by_resource(missing, reader.select(kind.query, bound))
        read = {resource: kind.made(said) for resource, said in rows.items()}
        found |= read
        # What was read while a change landed belongs to no revision.
        if reader.is_at(number):
            remembered.add(read)
    return found


def _size(known: Sized) -> int:
    return len(known) + 1  # that nothing is said of something is remembered too


def _by_resource(resources: Iterable[NamedNode], rows: Iterable[Row]) -> Mapping[NamedNode, Sequence[Fact]]:
    found: dict[NamedNode, list[Fact]] = {resource: [] for resource in resources}
    for row in rows:
        entity = row["entity"]
        if isinstance(entity, NamedNode):
            found[entity].append(tuple(term for name, term in row.items() if name != "entity"))
    return found
