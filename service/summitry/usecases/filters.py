"""How the text of a parameter becomes the terms that a query is bound to, or an error that says what it may be."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final, Protocol

from pyoxigraph import Literal, NamedNode

from summitry.errors import BadParameter
from summitry.store.base import Term
from summitry.terms import AP, SKOS, XSD
from summitry.usecases.context import DATE, Context, day_of

_CODES: Final = [*map(NamedNode, (f"{AP}iso2", f"{AP}iso3", f"{SKOS}notation"))]
_INTEGER: Final = NamedNode(XSD + "integer")


class Kind(Protocol):
    """A kind of value that a parameter takes."""

    def read(self, text: str, context: Context) -> Sequence[Term] | None:
        """Give the terms that `text` stands for, any of which may match; None where it restricts nothing.

        Raises:
            BadParameter: it stands for none; the message says what it may be.
        """
        ...


@dataclass(frozen=True, slots=True)
class By:
    """How a filter finds entities: its terms are bound to a variable of a query, perhaps with properties.

    Filters of one list that name the same query and properties are bound together.
    """

    query: str
    variable: str
    properties: tuple[str, ...] = ()


def by(query: str, variable: str, *properties: str) -> By:
    """Give what finds entities by `query`, with the terms as `variable` and perhaps with properties."""
    return By(query, variable, properties)


def having(*properties: str) -> By:
    """Give what finds entities with a value of one of `properties`."""
    return By("having", "value", properties)


@dataclass(frozen=True, slots=True)
class Filter:
    """A parameter of a list. `default` is the text that counts where there is none; without `by` it is of names."""

    name: str
    kind: Kind
    doc: str
    example: str = ""
    by: By | None = None
    default: str = ""


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity that the graph declares, by slug, prefixed name or IRI, or by a former one."""

    types: tuple[str, ...]

    def read(self, text: str, context: Context) -> list[NamedNode]:
        """Give those entities called `text` that the graph declares, or by which such were replaced."""
        candidates = context.iri(text, self.types)
        rows = context.reader.select("replaced-by", {"entity": candidates})
        successors = [row["successor"] for row in rows if isinstance(row["successor"], NamedNode)]
        present = _declared([*candidates, *successors], context)
        if not present:
            raise BadParameter(
                f"the graph declares no {' or '.join(self.types)} {text!r}; {self._meant(text, context)}"
                f"write the last part of its IRI, a prefixed name as {self.types[0]}:…, or the whole IRI"
            )
        return present

    def _meant(self, text: str, context: Context) -> str:
        """Give a question after what has `text` as its code, or its name in small letters as the end of its IRI."""
        coded = context.reader.select("having", {"given": _CODES, "value": [Literal(text.upper())]})
        near = [row["entity"] for row in coded if isinstance(row["entity"], NamedNode)]
        near += _declared(context.iri(text.lower(), self.types), context)
        kinds = tuple(f"{context.base}{kind}/" for kind in self.types)
        found = next((_last(entity.value) for entity in near if entity.value.startswith(kinds)), "")
        return f"did you mean {found}? " if found else ""


@dataclass(frozen=True, slots=True)
class ClassOf:
    """A class of the ontology that is `top` or below it, by its local name."""

    top: str

    def read(self, text: str, context: Context) -> list[NamedNode]:
        """Give the class called `text`."""
        rows = context.reader.select("classes-below", {"top": [NamedNode(AP + self.top)]})
        names = [row["class"].value.removeprefix(AP) for row in rows]
        return [NamedNode(AP + _word(text.removeprefix("ap:").removeprefix(AP), names))]


@dataclass(frozen=True, slots=True)
class ConceptOf:
    """A concept of the ontology that is of the class `cls`, by the last part of its IRI."""

    cls: str

    def read(self, text: str, context: Context) -> list[NamedNode]:
        """Give the concept called `text`."""
        rows = context.reader.select("members-of", {"class": [NamedNode(AP + self.cls)]})
        concepts = {_last(row["entity"].value): NamedNode(row["entity"].value) for row in rows}
        return [concepts[_word(_last(text), list(concepts))]]


@dataclass(frozen=True, slots=True)
class Word:
    """One of a few words."""

    words: tuple[str, ...]

    def read(self, text: str, context: Context) -> list[Literal]:  # noqa: ARG002
        """Give `text` if it is one of them."""
        return [Literal(_word(text, self.words))]


@dataclass(frozen=True, slots=True)
class Label:
    """Any text."""

    def read(self, text: str, context: Context) -> list[Literal]:  # noqa: ARG002
        """Give `text` itself."""
        return [Literal(text)]


@dataclass(frozen=True, slots=True)
class Code:
    """A code of letters, digits or both, of one of some lengths; the case of letters does not matter."""

    lengths: tuple[int, ...]
    sort: str

    def read(self, text: str, context: Context) -> list[Literal]:  # noqa: ARG002
        """Give `text` in capitals."""
        fits = text.isascii() and (text.isalpha() if self.sort == "letters" else text.isdigit())
        if not fits or len(text) not in self.lengths:
            lengths = " or ".join(map(str, self.lengths))
            raise BadParameter(f"{text!r} is not a code of {lengths} {self.sort}")
        return [Literal(text.upper())]


@dataclass(frozen=True, slots=True)
class Number:
    """One of a few whole numbers."""

    numbers: tuple[int, ...]

    def read(self, text: str, context: Context) -> list[Literal]:  # noqa: ARG002
        """Give the number `text`."""
        return [Literal(_word(text, [str(number) for number in self.numbers]), datatype=_INTEGER)]


@dataclass(frozen=True, slots=True)
class OnDay:
    """A day, 'today', or 'any'."""

    def read(self, text: str, context: Context) -> list[Literal] | None:
        """Give the day as a date."""
        day = day_of(text, context.today)
        return None if day is None else [Literal(day.isoformat(), datatype=DATE)]


def _declared(names: Sequence[NamedNode], context: Context) -> list[NamedNode]:
    """Give those of `names` that the graph declares, each once."""
    declared = {row["entity"] for row in context.reader.select("classes-of", {"entity": names})}
    return [name for name in dict.fromkeys(names) if name in declared]


def did_you_mean(name: str, names: Sequence[str]) -> str:
    """Give a hint at the one of `names` that `name` was most likely meant to be, and at all of them."""
    close = get_close_matches(name, names, n=1)
    return (f"did you mean {close[0]}? " if close else "") + f"there are: {', '.join(names)}"


def _last(iri: str) -> str:
    """Give the last part of an IRI or of a prefixed name."""
    return iri.rpartition("/")[2].rpartition(":")[2]


def _word(text: str, words: Sequence[str]) -> str:
    if text not in words:
        raise BadParameter(f"{text!r} is not one of its values; {did_you_mean(text, words)}")
    return text
