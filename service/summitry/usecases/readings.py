"""What is recorded about a tenure or a policy's state, read on a day: world time, never guessed.

A status does not change because a date passed: once a planned day is over and nobody recorded what came
of it, the reading says so.
"""

import datetime
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

_TO_COME: Final = frozenset({"proposed", "threatened", "announced", "adopted", "suspended"})


class Sureness(StrEnum):
    """How far the record covers a day.

    `possible`: a start or an end is known only roughly, or only an earlier observation is recorded.
    `unrecorded`: nothing covers the day, or a planned day has passed and its outcome is not recorded.
    """

    CERTAIN = "certain"
    POSSIBLE = "possible"
    UNRECORDED = "unrecorded"


@dataclass(frozen=True, slots=True)
class Day:
    """A date as exactly as it is known: the precision is day, month, year, decade, or a time of the day."""

    date: datetime.date
    precision: str = "day"

    @property
    def last(self) -> datetime.date:
        """Give the last day that this may be, where `date` is the first."""
        year = self.date.year
        match self.precision:
            case "month":
                return self.date.replace(day=monthrange(year, self.date.month)[1])
            case "year":
                return datetime.date(year, 12, 31)
            case "decade":
                return datetime.date(min(year // 10 * 10 + 9, datetime.MAXYEAR), 12, 31)
            case _:
                return self.date

    @property
    def earliest(self) -> datetime.date:
        """Give the first day that this may be, where `date` is the last."""
        match self.precision:
            case "month":
                return self.date.replace(day=1)
            case "year":
                return datetime.date(self.date.year, 1, 1)
            case "decade":
                return datetime.date(max(self.date.year // 10 * 10, 1), 1, 1)
            case _:
                return self.date

    def __str__(self) -> str:
        """Give no more digits than are known."""
        return self.date.isoformat()[: {"month": 7, "year": 4}.get(self.precision, 10)]


@dataclass(frozen=True, slots=True)
class Period:
    """When something holds: its first day, its last, the last as planned, and a day when it was observed."""

    start: Day | None = None
    until: Day | None = None
    scheduled_until: Day | None = None
    observed_on: Day | None = None


def sureness(period: Period, on: date) -> Sureness | None:
    """Tell how sure it is that what has this `period` holds on the day `on`; None where the record rules it out."""
    start, until, planned = period.start, period.until, period.scheduled_until
    if (start and on < start.date) or (until and until.date < on):
        return None
    known = start or period.observed_on
    if known is None or on < known.date or (not until and planned and planned.last < on):
        return Sureness.UNRECORDED
    return Sureness.CERTAIN if _covers(period, on) else Sureness.POSSIBLE


def _covers(period: Period, on: date) -> bool:
    """Tell whether the day lies within the surest part of `period`, which is open where no end is recorded."""
    observed = period.observed_on
    if observed and observed.date == observed.last == on:
        return True
    if period.start is None:
        return False
    begun = min(period.start.last, observed.last) if observed else period.start.last
    return begun <= on and (period.until is None or on <= period.until.earliest)


@dataclass(frozen=True, slots=True)
class Reading:
    """A policy's state read on a day: how sure it is, and the same in a sentence of English."""

    sureness: Sureness | None
    sentence: str


def read_state(status: str, period: Period, would_take_effect: Day | None, on: date) -> Reading:
    """Give what is to be said on the day `on` of a state with `status`, the local name of a concept."""
    sure = sureness(period, on)
    overdue = status in _TO_COME and would_take_effect is not None and would_take_effect.last < on
    if overdue and sure:
        sure = Sureness.UNRECORDED
    return Reading(sure, ", ".join(_clauses(status, period, would_take_effect, on)))


def _clauses(status: str, period: Period, would_take_effect: Day | None, on: date) -> Iterator[str]:
    yield status.replace("-", " ")
    if period.start and on < period.start.date:
        yield f"from {period.start}"
    elif not period.start and period.observed_on and on < period.observed_on.date:
        yield f"not recorded before {period.observed_on}"
    if status in _TO_COME and would_take_effect:
        is_over = would_take_effect.last < on
        yield (
            "start date passed, outcome unrecorded"
            if is_over
            else f"would take effect on {would_take_effect}"
        )
    if period.until:
        yield f"until {period.until}"
    elif period.scheduled_until:
        is_over = period.scheduled_until.last < on
        yield (
            "scheduled end passed, outcome unrecorded"
            if is_over
            else f"scheduled to end on {period.scheduled_until}"
        )
