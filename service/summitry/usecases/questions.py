"""The catalogue's questions put to the graph: parameters read as terms, rows with the names of what is in them."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Literal, NamedNode

from summitry.errors import BadParameter, ResultTooLarge
from summitry.question import Column, Parameter, Question, catalogue
from summitry.store.base import Term
from summitry.terms import ENTITY_TYPES, XSD
from summitry.usecases.ask import Subject, ask
from summitry.usecases.context import ANY, Context
from summitry.usecases.excerpt import Names, Ref
from summitry.usecases.filters import Entity, Kind, OnDay, did_you_mean
from summitry.usecases.service import Service
from summitry.workers.pool import Answer

LIMIT: Final = 100
MOST: Final = 1000
LETTERS: Final = 1000
_LARGEST: Final = 16 * 1024 * 1024
_DIGITS: Final = 9
_VALUES: Final = 20

Cell = Ref | str | int | float | bool
_Binding = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Day:
    """A day, or today."""

    def read(self, text: str, context: Context) -> Sequence[Literal] | None:
        """Give the day as a date."""
        if text == ANY:
            raise BadParameter("'any' is no day; write it as 2025-10-30, or 'today'")
        return OnDay().read(text, context)


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number, of nine digits at most."""

    def read(self, text: str, context: Context) -> Sequence[Literal]:  # noqa: ARG002
        """Give the number."""
        if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
            raise BadParameter(f"{text!r} is not a whole number of {_DIGITS} digits at most")
        return [Literal(str(int(text)), datatype=NamedNode(XSD + "integer"))]


@dataclass(frozen=True, slots=True)
class Words:
    """A name, or some words of a text."""

    def read(self, text: str, context: Context) -> Sequence[Literal]:  # noqa: ARG002
        """Give `text` itself."""
        # The engine takes four times as long to read a text of twice the length: 4 s for 30,000 characters.
        if len(text) > LETTERS:
            raise BadParameter(f"{len(text)} characters are too many; write {LETTERS} at most")
        return [Literal(text)]


_OF_EVENTS: Final = ("meeting", "trip", "stop", "speech", "conflict", "move")
_OF_ACTORS: Final = ("country", "organization", "person", "collective")
KINDS: Final[Mapping[str, Kind]] = {
    **{kind: Entity((kind,)) for kind in ENTITY_TYPES},
    "actor": Entity(_OF_ACTORS),
    "day": Day(),
    "entity": Entity(ENTITY_TYPES),
    "event": Entity(_OF_EVENTS),
    "number": Whole(),
    "text": Words(),
}


@dataclass(frozen=True, slots=True)
class Rows:
    """Some of the rows that answer a question: `total` counts all of them, at `revision` of the graph."""

    rows: tuple[Mapping[str, Cell | None], ...]
    total: int
    revision: int


def named(name: str) -> Question:
    """Give the question that is called `name`. Raises BadParameter."""
    questions = catalogue()
    if name not in questions:
        raise BadParameter(f"there is no question {name!r}; {did_you_mean(name, list(questions))}")
    return questions[name]


def understand(question: Question, texts: Mapping[str, Sequence[str]], context: Context) -> bytes:
    """Give the query that `question` is with these texts of its parameters; those left out have their defaults.

    Raises:
        BadParameter: one has a value that it cannot have, or the question has no such parameter.
    """
    known = {parameter.name: parameter for parameter in question.parameters}
    for name in texts:
        if name not in known:
            raise BadParameter(f"{question.name} takes no {name!r}; {did_you_mean(name, list(known))}")
    bindings = {name: _terms(known[name], given, context) for name, given in texts.items() if given}
    return question.bound(bindings).encode()


async def answer(service: Service, query: bytes, accept: str, undone: Sequence[bytes] = ()) -> Answer:
    """Give the whole answer to the query of a question, in the media type that fits `accept`.

    It runs in a worker, as any query: its values are a client's, and no question is worth a service that hangs.
    """
    return await ask(
        service.workers, query, settings=service.settings, accept=accept, subject=Subject(undone=undone)
    )


async def rows(question: Question, given: Answer, context: Context, *, limit: int, offset: int = 0) -> Rows:
    """Give `limit` rows of `given`, an answer to `question` in SPARQL's JSON, with the names of what is in them.

    Raises:
        ResultTooLarge: the answer is for programs that read it as a stream.
    """
    with given.body as body:
        if given.size > _LARGEST:
            detail = f"the answer has {given.size} bytes; narrow the question, or take it as text/csv"
            raise ResultTooLarge(detail, limit="result_bytes")
        content = body.read()
    page = slice(offset, offset + limit)
    listed, total = await asyncio.to_thread(_shown, question, content, context, page)
    return Rows(listed, total, given.revision)


def _shown(
    question: Question, content: bytes, context: Context, page: slice
) -> tuple[tuple[Mapping[str, Cell | None], ...], int]:
    found: list[Mapping[str, _Binding]] = json.loads(content)["results"]["bindings"]
    shown = found[page]
    iris = {cell["value"] for row in shown for cell in row.values() if cell["type"] == "uri"}
    names = Names(context, map(NamedNode, sorted(iris)))
    columns = question.columns
    listed = (
        {column.name: _cell(column, row.get(column.name), names) for column in columns} for row in shown
    )
    return tuple(listed), len(found)


def _cell(column: Column, binding: _Binding | None, names: Names) -> Cell | None:
    if binding is None:
        return None
    value = binding["value"]
    if binding["type"] == "uri":
        return names.ref(NamedNode(value))
    if column.kind == "number":
        return int(value) if value.lstrip("-").isdigit() else float(value)
    return value == "true" if column.kind == "boolean" else value


def _terms(parameter: Parameter, texts: Sequence[str], context: Context) -> list[Term]:
    try:
        if not all(texts):
            raise BadParameter("it is empty; leave it out instead")
        if len(texts) > _VALUES:
            raise BadParameter(f"it is given {len(texts)} times; ask about {_VALUES} at most at once")
        return [term for text in texts for term in KINDS[parameter.kind].read(text, context) or ()]
    except BadParameter as error:
        raise BadParameter(f"{parameter.name}: {error}") from error
