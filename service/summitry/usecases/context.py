"""What a question is asked in: the two clocks, the languages, and the graph that they lead to."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from pyoxigraph import Literal, NamedNode

from summitry.errors import BadParameter
from summitry.store.base import Reader
from summitry.terms import ENTITY_TYPES, PREFIXES, XSD
from summitry.usecases.kept import Kept

TODAY: Final = "today"
ANY: Final = "any"
DATE: Final = NamedNode(XSD + "date")
ENGLISH: Final = "en"
VALID_AT: Final = "valid_at"


@dataclass(frozen=True, slots=True)
class Context:
    """What a question is asked in, the same for every list and page.

    `reader` is the graph as it was known at one revision: our clock. `valid_at` is the day asked about, None for
    any: the world's clock. Labels are in the first of `languages` that there is; IRIs of entities start with
    `base`. What lists are made of is `kept` from one question to the next.
    """

    reader: Reader
    base: str
    today: date
    valid_at: date | None = None
    languages: Sequence[str] = (ENGLISH,)
    kept: Kept = field(default_factory=Kept, compare=False)

    @property
    def day(self) -> date:
        """Give the day that tenures and states are read on: today where no day is asked about."""
        return self.valid_at or self.today

    @property
    def days(self) -> list[Literal]:
        """Give the day asked about as a term to bind, none for any."""
        return [Literal(self.valid_at.isoformat(), datatype=DATE)] if self.valid_at else []

    def iri(self, text: str, types: Sequence[str]) -> list[NamedNode]:
        """Give what `text` may name: an IRI, a prefixed name, or a slug of one of the entity types."""
        prefix, colon, local = text.partition(":")
        if colon and prefix in ENTITY_TYPES:
            names = [f"{self.base}{prefix}/{local}"]
        elif colon:
            names = [PREFIXES[prefix] + local if prefix in PREFIXES else text]
        else:
            names = [f"{self.base}{kind}/{text}" for kind in types]
        try:
            return [NamedNode(name) for name in names]
        except ValueError:
            return []


def day_of(text: str, today: date) -> date | None:
    """Give the day that `text` stands for, None for any. Raises BadParameter."""
    if text in (TODAY, ANY):
        return today if text == TODAY else None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise BadParameter(f"{text!r} is not a day; write it as 2025-10-30, or 'today', or 'any'")
    return day


def refuse_backwards(first: date | None, last: date | None) -> None:
    """Raise BadParameter where a span ends before it begins: nothing is ever within it."""
    if first and last and last < first:
        raise BadParameter(f"to: {last} is before {first}; a span ends after it begins")
