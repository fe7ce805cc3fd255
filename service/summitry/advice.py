"""What to write instead of the usual mistakes: dates, numbers, words of a list, names of entities."""

import re
from calendar import month_name, monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher, get_close_matches
from itertools import islice
from string import ascii_lowercase
from typing import Final

from pyoxigraph import Literal, NamedNode, Store

from summitry.terms import AP, LABEL, MERGE, ONTOLOGY_GRAPH, RDF, RDFS, TYPE, XSD, compact
from summitry.validate.engine import Result

DATE: Final = XSD + "date"
STRING: Final = XSD + "string"
BOOLEAN: Final = XSD + "boolean"
RANGE: Final = NamedNode(RDFS + "range")

_NUMBERS: Final = frozenset({XSD + "decimal", XSD + "integer"})
_ISO: Final = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
_WITH_TIME: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T.*|Z|[+-][0-9]{2}:[0-9]{2})")
_AMBIGUOUS: Final = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})")
_NO_DAY: Final = re.compile(r"([0-9]{4})(?:-(0[1-9]|1[0-2]))?")
_WORDS: Final = re.compile(r"[A-Za-z]+|[0-9]+")
_ORDINALS: Final = frozenset({"st", "nd", "rd", "th", "of"})
_PERCENT: Final = re.compile(r"([+-]?[0-9]+(?:\.[0-9]+)?)\s*(?:%|percent|per cent)?")
_THOUSANDS: Final = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_DECIMAL_COMMA: Final = re.compile(r"([+-]?[0-9]+),([0-9]{1,2})\s*%?")
_LETTERS: Final = ascii_lowercase + "-"
_NEIGHBOURS: Final = 2000
_LONG: Final = 200  # characters: no date, number or word is longer, and each costs time
# A letter more within %C3 would make it no IRI.
_PLAIN: Final = re.compile(r"[a-z0-9-]{3,80}")


@dataclass(frozen=True, slots=True)
class Advice:
    """What to write instead, for people; `text` is what to write, where it is certain what was meant."""

    fix: str
    text: str = ""


_NONE: Final = Advice("")
_ABOUT_VALUES: Final = frozenset({"datatype", "in", "or", "pattern", "sparql"})


def for_result(store: Store, result: Result) -> Advice:
    """Give what to write instead of the value that `result` is about, as far as that is a usual mistake."""
    constraint, value = result.compiled.constraint, result.value
    if not isinstance(value, Literal) or constraint.component not in _ABOUT_VALUES:
        return _NONE
    needed = range_of(store, result.path.strip("<>"))
    if needed.startswith(AP):
        named = _labelled(store, value.value)
        return Advice(compact(named[0])) if len(named) == 1 else _NONE
    words = constraint.parameters if constraint.component == "in" else ()
    advice = for_literal(value, needed, [word.value for word in words if isinstance(word, Literal)])
    # What is right as it is breaks another rule.
    is_as_written = advice and advice.text in (str(value), value.value, _typed(value.value))
    right = value.datatype.value == needed or (value.datatype.value in _NUMBERS and needed in _NUMBERS)
    return _NONE if advice is None or (is_as_written and right) else advice


def range_of(store: Store, path: str) -> str:
    """Give the datatype or class of the values of the property `path`, empty where none is stated."""
    if not path.startswith("http"):
        return ""
    ranges = store.quads_for_pattern(NamedNode(path), RANGE, None, ONTOLOGY_GRAPH)
    found = [quad.object.value for quad in ranges if isinstance(quad.object, NamedNode)]
    return found[0] if found else ""


def for_literal(literal: Literal, datatype: str, choice: Sequence[str] = ()) -> Advice | None:
    """Give what to write instead of `literal` where `datatype` is needed, and perhaps one of `choice`."""
    text = literal.value.strip()
    if len(text) > _LONG:
        return None
    if choice:
        return _for_choice(text, choice)
    if datatype == DATE:
        return _for_date(text)
    if datatype in _NUMBERS:
        return _for_number(text, is_whole=datatype == XSD + "integer")
    if datatype == BOOLEAN and text.lower() in ("true", "false"):
        return _certain(text.lower())
    if datatype == STRING and (literal.language or literal.datatype.value in _NUMBERS):
        return _certain(str(Literal(literal.value)))
    if datatype == RDF + "langString" and not literal.language:
        return Advice(f"{Literal(literal.value)}@en, or the language that it is in")
    return None


def _certain(text: str) -> Advice:
    return Advice(text, text)


def _typed(day: str) -> str:
    return f'"{day}"^^xsd:date'


def _for_choice(text: str, choice: Sequence[str]) -> Advice | None:
    close = get_close_matches(text.lower(), choice, n=2, cutoff=0.75)
    if not close:
        return None
    fix = str(Literal(close[0]))
    return _certain(fix) if len(close) == 1 else Advice(fix)


def _for_number(text: str, *, is_whole: bool) -> Advice | None:
    number = _PERCENT.fullmatch(text)
    if (comma := _DECIMAL_COMMA.fullmatch(text)) and not is_whole:
        return Advice(f"{comma[1]}.{comma[2]}")
    plain = number[1] if number else text.replace(",", "") if _THOUSANDS.fullmatch(text) else ""
    if not plain or (is_whole and "." in plain):
        return None
    return _certain(plain)


def _for_date(text: str) -> Advice | None:
    if match := _ISO.fullmatch(text):
        year, month, day = map(int, match.groups())
        return _for_day(year, month, day)
    if match := _WITH_TIME.fullmatch(text):
        return Advice(_typed(match[1]))
    if match := _NO_DAY.fullmatch(text):
        first = f"{match[1]}-{match[2] or '01'}-01"
        precision = "month" if match[2] else "year"
        return Advice(
            f'{_typed(first)}, and say with the property …Precision that it is known to the "{precision}"'
        )
    if match := _AMBIGUOUS.fullmatch(text):
        one, other, year = map(int, match.groups())
        days = [_day(year, other, one), _day(year, one, other)]
        known = [_typed(day) for day in dict.fromkeys(days) if day]
        return Advice(", or ".join(known) + (", whichever is meant" if known[1:] else "")) if known else None
    return _for_words(text)


def _for_words(text: str) -> Advice | None:
    """Give the day that a date with the name of its month says, such as Nov 10, 2025."""
    words = [word.lower() for word in _WORDS.findall(text) if word.lower() not in _ORDINALS]
    names = [word for word in words if word.isalpha()]
    numbers = [int(word) for word in words if word.isdigit()]
    if len(names) != 1 or len(numbers) != 2:
        return None
    months = [i for i in range(1, 13) if len(names[0]) > 2 and month_name[i].lower().startswith(names[0])]
    day, year = sorted(numbers)
    return _for_day(year, months[0], day) if months and year > 999 else None


def _for_day(year: int, month: int, day: int) -> Advice:
    if found := _day(year, month, day):
        return _certain(_typed(found))
    if not 1 <= month <= 12 or not year:
        return Advice(f"There is no month {month}: write a day such as {_typed('2025-11-10')}")
    last = monthrange(year, month)[1]
    name = f"{month_name[month]} {year}"
    return Advice(
        f"{name} has {last} days: write one of them, such as {_typed(f'{year:04}-{month:02}-{last}')}"
    )


def _day(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


def closest_entity(store: Store, entity: str, neighbours: Iterable[str]) -> str:
    """Give the declared entity whose IRI was most likely meant by `entity`, which nobody declares; or nothing.

    It has a name of the same type that differs in one letter, or is labelled like it, or stands in the same
    document (`neighbours`) under a similar name. Names with other digits are other things: another year.
    """
    space, _, name = entity.rpartition("/")
    for other in _one_letter_off(name) if _PLAIN.fullmatch(name) else ():
        if _digits(other) == _digits(name) and _is_declared(store, f"{space}/{other}"):
            return f"{space}/{other}"
    labelled = _labelled(store, name.replace("-", " ").title())
    found = [iri for iri in labelled if iri.startswith(f"{space}/")]
    names = (n.removeprefix(f"{space}/") for n in neighbours if n.startswith(f"{space}/"))
    alike = [
        n
        for n in islice(names, _NEIGHBOURS)
        if _digits(n) == _digits(name) and _is_declared(store, f"{space}/{n}")
    ]
    near = get_close_matches(name, alike, n=1, cutoff=0.8)
    return (found or [f"{space}/{n}" for n in near] or [""])[0]


def closest_term(name: str, names: Iterable[str]) -> str:
    """Give the one of `names` that `name` was most likely meant to be, or nothing."""
    # A class and a property may differ in their first letter alone: ap:Office, ap:office.
    spellings: dict[str, list[str]] = {}
    for other in sorted(names):
        spellings.setdefault(other.lower(), []).append(other)
    close = get_close_matches(name.lower(), spellings, n=1, cutoff=0.7)
    candidates = spellings[close[0]] if close else [""]
    return max(candidates, key=lambda other: other[:1].isupper() == name[:1].isupper())


def is_alone(name: str, others: Iterable[str]) -> bool:
    """Tell whether `name` is so near to just one of `others` that it was surely meant."""
    ratios = sorted(
        (SequenceMatcher(None, name.lower(), other.lower()).ratio() for other in others), reverse=True
    )
    return bool(ratios) and ratios[0] >= 0.85 and (len(ratios) == 1 or ratios[0] - ratios[1] >= 0.05)


def _one_letter_off(name: str) -> Iterator[str]:
    """Give the names with one letter less, two exchanged, another one, or one more.

    The end comes first: people get the beginning of a name right.
    """
    splits = [(name[:i], name[i:]) for i in range(len(name), -1, -1)]
    yield from (a + b[1] + b[0] + b[2:] for a, b in splits if len(b) > 1)
    yield from (a + b[1:] for a, b in splits if b)
    yield from (a + c + b for a, b in splits for c in _LETTERS)
    yield from (a + c + b[1:] for a, b in splits if b for c in _LETTERS)


def _labelled(store: Store, label: str) -> list[str]:
    quads = store.quads_for_pattern(None, LABEL, Literal(label, language="en"), MERGE)
    return [quad.subject.value for quad in quads if isinstance(quad.subject, NamedNode)]


def _is_declared(store: Store, iri: str) -> bool:
    return next(store.quads_for_pattern(NamedNode(iri), TYPE, None, MERGE), None) is not None


def _digits(name: str) -> str:
    return "".join(character for character in name if character.isdigit())
