"""The order of a list: by label or by a value, total, with a place for every key, there or not."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence, Set
from decimal import Decimal, InvalidOperation
from typing import Final, NamedTuple

from pyoxigraph import Literal, NamedNode

from summitry.collation import collated
from summitry.errors import BadParameter
from summitry.store.base import Term
from summitry.terms import LABEL
from summitry.usecases import columns
from summitry.usecases.columns import Column
from summitry.usecases.context import Context
from summitry.usecases.doors import Door, Sort
from summitry.usecases.excerpt import rank
from summitry.usecases.filters import did_you_mean
from summitry.usecases.ways import concerned

BY_LABEL: Final = "label"
DESCENDING: Final = "-"


class Key(NamedTuple):
    """Where an entity stands in a list: no two share a key, whatever is added or removed around it."""

    is_missing: bool
    value: str
    iri: str


def understood(door: Door, sort: str) -> str:
    """Give `sort` if the list of `door` has this order. Raises BadParameter."""
    if sort not in door.orders:
        raise BadParameter(
            f"sort: {sort!r} is no order of the {door.name}; {did_you_mean(sort, list(door.orders))}"
        )
    return sort


# Sorted in Python: Oxigraph took 3 s to order 60,000 rows by IRI, and only here "Åland" comes before "Albania".
def ordered(context: Context, door: Door, sort: str) -> Sequence[Key]:
    """Give the keys of all behind `door` in the order `sort`; what has no value comes last."""
    name = sort.removeprefix(DESCENDING)
    by = next((known for known in door.sorts if known.name == name), None)
    best = max if by and sort.startswith(DESCENDING) else min

    def mend(earlier: Sequence[Key], mentioned: frozenset[NamedNode]) -> Sequence[Key]:
        touched = {
            node.value for node in concerned(context, mentioned, [by.through] if by and by.through else [])
        }
        stale, fresh = {key for key in earlier if key.iri in touched}, _keys(context, door, by, best, touched)
        if stale == set(fresh):
            return earlier
        # Sorting what is almost in order costs little more than looking at it.
        return sorted([key for key in earlier if key not in stale] + fresh)

    keys: Sequence[Key] = context.kept.get(
        context.reader,
        ("order", door.name, sort) if by else ("order", door.name, name, tuple(context.languages)),
        lambda: sorted(_keys(context, door, by, best, columns.members(context, door.cls))),
        mend=mend,
    )
    return _reversed(keys) if sort.startswith(DESCENDING) else keys


def place(keys: Sequence[Key], sort: str, after: Key) -> int:
    """Give where the keys that come after `after` begin, which itself need not be there."""
    is_descending = sort.startswith(DESCENDING)
    return bisect_left(keys, True, key=lambda key: _follows(key, after, is_descending=is_descending))


def sealed(key: Key, sort: str) -> str:
    """Give the cursor of a page that begins after `key`."""
    text = "\n".join((sort, "last" if key.is_missing else "", key.value, key.iri))
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def opened(cursor: str, sort: str) -> Key:
    """Give the key in a cursor of a list in the order `sort`. Raises BadParameter."""
    try:
        text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except ValueError:
        text = ""
    parts = text.split("\n", 2)
    if len(parts) < 3 or parts[1] not in ("", "last") or "\n" not in parts[2]:
        raise BadParameter(f"cursor: {cursor!r} is none that a list gave; begin without it")
    if parts[0] != sort:
        raise BadParameter(f"cursor: it is of the order {parts[0]!r} and not {sort!r}; begin without it")
    value, _, iri = parts[2].rpartition("\n")
    return Key(bool(parts[1]), value, iri)


def _keys(
    context: Context, door: Door, by: Sort | None, best: Callable[[Iterable[str]], str], iris: Set[str]
) -> list[Key]:
    """Give the keys of those of `iris` that are behind `door`, in no order; of several values the `best` counts."""
    there = columns.column(context, door.cls, columns.ALL_NAMES)
    but: Set[str] = columns.members(context, door.but) if door.but else frozenset()
    values = _column(context, door, by) if by else {}
    found = (iri for iri in iris if iri in there and iri not in but)
    if by:
        return [
            _by_value(iri, [_comparable(term, by) for _, term in values.get(iri, ())], best) for iri in found
        ]
    return [Key(False, collated(_label(iri, there[iri], context.languages)), iri) for iri in found]


def _label(iri: str, values: Sequence[tuple[str, Term]], languages: Sequence[str]) -> str:
    """Give what an entity is called, which is how `Names` calls it."""
    labels = [
        (name != LABEL.value, *rank(term, languages), term.value)
        for name, term in values
        if isinstance(term, Literal) and name not in columns.OTHER_NAMES
    ]
    return min(labels)[-1] if labels else iri.rpartition("/")[2].replace("-", " ")


def _column(context: Context, door: Door, by: Sort) -> Column:
    """Give the values that the things behind `door` are sorted by."""
    if not by.through:
        return columns.column(context, door.cls, (by.property,))
    there = columns.column_through(context, door.cls, by.through, by.property)
    return columns.with_own(context, door.cls, by.property, there) if by.and_own else there


def _by_value(iri: str, values: Sequence[str], best: Callable[[Iterable[str]], str]) -> Key:
    return Key(not values, best(values) if values else "", iri)


def _comparable(term: Term, sort: Sort) -> str:
    if not sort.is_number:
        return term.value
    try:
        return f"{Decimal(term.value):030.9f}"
    except InvalidOperation:
        return term.value


def _reversed(keys: Sequence[Key]) -> list[Key]:
    there = [key for key in reversed(keys) if not key.is_missing]
    return [*there, *(key for key in keys if key.is_missing)]


def _follows(key: Key, other: Key, *, is_descending: bool) -> bool:
    if is_descending and not (key.is_missing or other.is_missing):
        return key < other
    return key > other
