"""What is due: planned ends and starts, deadlines, events, ends of tenures, and what became of those that passed.

That a planned day has passed is no outcome: such an entry stays, and says that nothing is recorded.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from pyoxigraph import Literal, NamedNode

from summitry.store.base import Row, Term
from summitry.usecases import parts
from summitry.usecases.context import DATE, Context, refuse_backwards
from summitry.usecases.excerpt import Excerpt, Names, Ref
from summitry.usecases.parts import Backing
from summitry.usecases.readings import Day

MOST: Final = 1000
_COARSE: Final = ("month", "year", "decade")


class Kind(StrEnum):
    """What is due."""

    SCHEDULED_END = "scheduled end"
    PLANNED_START = "planned start"
    DEADLINE = "deadline"
    EVENT = "event"
    END_OF_TENURE = "end of tenure"


_PLANS: Final = (Kind.SCHEDULED_END, Kind.PLANNED_START, Kind.DEADLINE)
_WORDS: Final = {
    Kind.SCHEDULED_END: "is scheduled to end",
    Kind.PLANNED_START: "would take effect",
    Kind.DEADLINE: "has a deadline",
    Kind.EVENT: "begins",
    Kind.END_OF_TENURE: "has a tenure that ends",
}
_PASSED: Final = {
    Kind.SCHEDULED_END: "scheduled end passed, outcome unrecorded",
    Kind.PLANNED_START: "start date passed, outcome unrecorded",
    Kind.DEADLINE: "deadline passed, outcome unrecorded",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that is due. `node` is the state, condition, event or tenure that says so.

    `reading` is a sentence of English; `is_open`: the day has passed and nobody recorded what came of it.
    """

    kind: Kind
    what: Ref
    node: str
    day: Day
    status: Ref | None
    reading: str
    is_open: bool
    backing: Backing


@dataclass(frozen=True, slots=True)
class Calendar:
    """What is due in a span of days, in order. `total` counts all, `entries` are the first of them."""

    total: int
    entries: tuple[Entry, ...]


def calendar(
    context: Context, *, begin: date | None = None, end: date | None = None, kinds: Sequence[Kind] = ()
) -> Calendar:
    """Give what is due from `begin` to `end`, both included, as it stands on the context's day.

    Without `begin` that is what is still to come on that day, and what has passed without a recorded outcome.

    Raises:
        BadParameter: the span ends before it begins.
    """
    refuse_backwards(begin, end)
    bound = {
        name: [Literal(day.isoformat(), datatype=DATE)]
        for name, day in (("begin", begin), ("end", end))
        if day
    }
    rows = sorted(context.reader.select("calendar", bound), key=_order)
    wanted = [row for row in rows if not kinds or Kind(row["kind"].value) in kinds]
    if begin is None:
        wanted = [row for row in wanted if _day(row).last >= context.day or _is_open(row, context.day)]
    shown = wanted[:MOST]
    nodes = _named(row["node"] for row in shown)
    excerpt = Excerpt(context, nodes)
    mentioned = _named(row[name] for row in shown for name in ("what", "status") if name in row)
    names = Names(context, mentioned)
    return Calendar(len(wanted), tuple(_entry(row, excerpt, names, context.day) for row in shown))


def _entry(row: Row, excerpt: Excerpt, names: Names, today: date) -> Entry:
    kind = Kind(row["kind"].value)
    day = _day(row)
    what = names.ref(NamedNode(row["what"].value))
    status = names.ref(NamedNode(row["status"].value)) if "status" in row else None
    is_open = _is_open(row, today)
    reading = f"{what.label} {_WORDS[kind]} {'in' if day.precision in _COARSE else 'on'} {day}"
    if status:
        reading += f" ({status.label})"
    if is_open:
        reading += f": {_PASSED[kind]}"
    node = NamedNode(row["node"].value)
    return Entry(kind, what, node.value, day, status, reading, is_open, parts.backing(excerpt, node))


def _day(row: Row) -> Day:
    precision = row["precision"].value if "precision" in row else "day"
    return Day(date.fromisoformat(row["day"].value[:10]), precision)


def _is_open(row: Row, today: date) -> bool:
    return Kind(row["kind"].value) in _PLANS and _day(row).last < today


def _order(row: Row) -> tuple[str, str, str, str]:
    return (row["day"].value, row["kind"].value, row["what"].value, row["node"].value)


def _named(terms: Iterable[Term]) -> list[NamedNode]:
    return [term for term in dict.fromkeys(terms) if isinstance(term, NamedNode)]
