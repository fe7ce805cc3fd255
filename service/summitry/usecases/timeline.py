"""What involves an entity, in the order of its dates: tenures, memberships, states, statements, events, documents."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from pyoxigraph import NamedNode

from summitry.errors import UnknownEntity
from summitry.store.base import Row
from summitry.terms import ENTITY_TYPES, is_source
from summitry.usecases import parts
from summitry.usecases.context import Context, refuse_backwards
from summitry.usecases.excerpt import Excerpt, Ref
from summitry.usecases.parts import Backing
from summitry.usecases.readings import Day, Sureness, read_state, sureness

LIMIT: Final = 50
MOST: Final = 200


class EntryKind(StrEnum):
    """What an entry is."""

    TENURE = "tenure"
    MEMBERSHIP = "membership"
    STATE = "state"
    STATEMENT = "statement"
    EVENT = "event"
    DOCUMENT = "document"


# By which property an entry of each kind is dated: the first that is recorded.
_DATED: Final[Mapping[EntryKind, tuple[str, ...]]] = {
    EntryKind.TENURE: ("from", "observedOn", "until"),
    EntryKind.MEMBERSHIP: ("from", "observedOn", "until"),
    EntryKind.STATE: ("from", "observedOn", "wouldTakeEffect", "until", "scheduledUntil"),
    EntryKind.STATEMENT: ("saidOn",),
    EntryKind.EVENT: ("starts", "ends"),
    EntryKind.DOCUMENT: ("published",),
}
_ENDED: Final = ("until", "ends")
_HELD: Final = "held"
_OVER: Final = frozenset({_HELD, "cancelled", "postponed"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in a timeline. `dated` names the property that `date` is from; `reading` says it in English.

    `sureness` is that of its being so on `date`: possible where the day is known only roughly, unrecorded where
    it was planned and the day has passed.
    """

    ref: Ref
    kind: EntryKind
    date: Day
    dated: str
    until: Day | None
    reading: str
    sureness: Sureness
    backing: Backing
    graphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Some entries of a timeline, the earliest first. `undated` counts what has no date and is in none of them."""

    entity: Ref
    entries: tuple[Entry, ...]
    total: int
    undated: int


@dataclass(frozen=True, slots=True)
class Span:
    """From which day to which, both inclusive; a date that is known roughly counts as the first that it may be."""

    first: date | None = None
    last: date | None = None

    def __post_init__(self) -> None:
        """Raise BadParameter where it ends before it begins."""
        refuse_backwards(self.first, self.last)

    def covers(self, day: date) -> bool:
        """Tell whether `day` lies within."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


def find(text: str, context: Context) -> NamedNode:
    """Give the entity called `text`: a prefixed name, an IRI, or a slug. Raises UnknownEntity."""
    candidates = context.iri(text, ENTITY_TYPES)
    declared = {row["entity"] for row in context.reader.select("classes-of", {"entity": candidates})}
    for candidate in candidates:
        if candidate in declared:
            return candidate
    raise UnknownEntity(f"no graph declares {text!r}; write a prefixed name as person:…, or the whole IRI")


def timeline(
    entity: NamedNode, span: Span, context: Context, *, limit: int = LIMIT, offset: int = 0
) -> Timeline:
    """Give `limit` entries of the timeline of `entity`, after the first `offset`."""
    rows = context.reader.select("timeline", {"entity": [entity]})
    days = {row["part"]: _day(row) for row in rows}
    found = {row["part"]: row for row in rows if isinstance(row["part"], NamedNode)}
    dated = sorted(
        (day, str(part), part) for part in found if (day := days[part]) is not None and span.covers(day)
    )
    shown = [part for _, _, part in dated[offset : offset + limit] if isinstance(part, NamedNode)]
    also = [of for part in shown if isinstance(of := found[part].get("of"), NamedNode)]
    excerpt = Excerpt(context, [entity, *shown], also=also)
    entries = tuple(_entry(excerpt, part, found[part], context) for part in shown)
    return Timeline(excerpt.ref(entity), entries, len(dated), sum(day is None for day in days.values()))


def _day(row: Row) -> date | None:
    try:
        return date.fromisoformat(row["day"].value) if "day" in row else None
    except ValueError:
        return None  # a year beyond 9999, which XML Schema knows and Python does not


def _entry(excerpt: Excerpt, node: NamedNode, row: Row, context: Context) -> Entry:
    kind = EntryKind(row["kind"].value)
    dates = ((name, excerpt.day(node, name)) for name in _DATED[kind])
    dated, day = next((name, day) for name, day in dates if day)
    ends = (excerpt.day(node, name) for name in _ENDED)
    return Entry(
        excerpt.ref(node),
        kind,
        day,
        dated,
        next(filter(None, ends), None),
        _reading(excerpt, kind, node, row, context.day),
        _sureness(excerpt, kind, node, day, context.day),
        parts.backing(excerpt, node),
        tuple(graph.value for graph in excerpt.graphs([node]) if is_source(graph)),
    )


def _reading(excerpt: Excerpt, kind: EntryKind, node: NamedNode, row: Row, on: date) -> str:
    def named(name: str) -> str:
        return ", ".join(ref.label for ref in excerpt.refs(node, name)) or "somebody"

    match kind:
        case EntryKind.TENURE:
            return f"{named('holder')}: {named('office')}"
        case EntryKind.MEMBERSHIP:
            return f"{named('member')}: {named('organization')}"
        case EntryKind.STATE:
            of = row.get("of")
            policy = excerpt.ref(of).label if isinstance(of, NamedNode) else excerpt.ref(node).label
            period, planned = excerpt.period(node), excerpt.day(node, "wouldTakeEffect")
            return f"{policy}: {read_state(_status(excerpt, node), period, planned, on).sentence}"
        case EntryKind.STATEMENT:
            return f"{named('saidBy')}: {excerpt.ref(node).label}"
        case _:
            return excerpt.ref(node).label


def _status(excerpt: Excerpt, node: NamedNode) -> str:
    return next((status.value.rpartition("/")[2] for status in excerpt.nodes(node, "status")), "unknown")


def _sureness(excerpt: Excerpt, kind: EntryKind, node: NamedNode, day: Day, today: date) -> Sureness:
    if kind in (EntryKind.TENURE, EntryKind.MEMBERSHIP):
        return sureness(excerpt.period(node), day.date) or Sureness.UNRECORDED
    if kind is EntryKind.STATE:
        period, planned = excerpt.period(node), excerpt.day(node, "wouldTakeEffect")
        reading = read_state(_status(excerpt, node), period, planned, day.date)
        return reading.sureness or Sureness.UNRECORDED
    status = excerpt.text(node, "eventStatus") if kind is EntryKind.EVENT else _HELD
    if status and status not in _OVER:
        return Sureness.POSSIBLE if day.last >= today else Sureness.UNRECORDED
    return Sureness.CERTAIN if day.date == day.last else Sureness.POSSIBLE
