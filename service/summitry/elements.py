"""The outermost group of a query, taken apart into its patterns and filters, each of which is SPARQL by itself.

The engine tells nothing of the query that it read. This walk over the tokens knows just enough grammar to
find where each element of a group begins and ends; where it is not sure, it gives up.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from summitry.cursor import Cursor
from summitry.errors import NotTakenApart

_ELEMENTS: Final = 40  # each is put to the engine up to three times
_TERMS: Final = frozenset({"variable", "name", "number", "string", "constant", "iri", "blank"})
_NODES: Final = ("[", "(", "<<", "<<(")
_FORMS: Final = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")


class Kind(StrEnum):
    """What an element of a group is."""

    TRIPLE = "triple pattern"
    FILTER = "FILTER"
    OPTIONAL = "OPTIONAL"
    MINUS = "MINUS"
    GRAPH = "GRAPH"
    UNION = "UNION"
    GROUP = "group"
    SUBQUERY = "subquery"
    VALUES = "VALUES"
    BIND = "BIND"


@dataclass(frozen=True, slots=True)
class Element:
    """A part of a group, as `text` that can stand in a group alone, and where it begins, counted from 1.

    A group, or a GRAPH, has its own elements inside; `opening` is what stands before them, brace included.
    """

    kind: Kind
    text: str
    line: int
    column: int
    opening: str = ""
    inside: tuple["Element", ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """The outermost group of a query, and what its elements need around them to be asked for."""

    prologue: str
    dataset: str
    elements: tuple[Element, ...]

    def ask(self, elements: Iterable[Element], openings: Iterable[str] = ()) -> str:
        """Give the query whether `elements` have a solution together, within the groups that `openings` open."""
        # These are pieces of the client's own query, which the engine has read: no values are put into it.
        opened = ["{", *openings]
        texts = (f"{element.text} .\n" for element in elements)
        return f"{self.prologue}ASK {self.dataset}{''.join([*opened, *texts])}{'}' * len(opened)}"


def group_of(query: str) -> Group:
    """Give the outermost group of `query`, which the engine has taken for SPARQL.

    Raises:
        NotTakenApart: it is too long, or written in a way that is not followed here.
    """
    return _Reader(query).group()


class _Reader:
    def __init__(self, query: str) -> None:
        self._cursor = Cursor(query)
        self._count = 0

    def group(self) -> Group:
        cursor = self._cursor
        while cursor.keyword in ("PREFIX", "BASE", "VERSION"):
            cursor.take(3 if cursor.keyword == "PREFIX" else 2)
        prologue = cursor.query[: cursor.token.start]
        form = cursor.keyword
        if form not in _FORMS:
            cursor.give_up()
        cursor.take()
        if form == "CONSTRUCT" and cursor.text == "{":
            cursor.skip()
        dataset = " ".join(self._dataset())
        return Group(prologue, dataset, (*self._elements(), *self._values()))

    def _dataset(self) -> Iterator[str]:
        """Read up to the group, and give the clauses that name the dataset."""
        cursor = self._cursor
        while cursor.text != "{":
            start = cursor.at
            if cursor.keyword == "FROM":
                cursor.take()
                cursor.take(2 if cursor.keyword == "NAMED" else 1)
                yield cursor.since(start)
            elif cursor.text == "(":
                cursor.skip(is_expression=True)
            else:
                cursor.take()

    def _values(self) -> Iterator[Element]:
        """Give the VALUES that follow the group: they are joined with it."""
        cursor = self._cursor
        while not cursor.is_at_end:
            if cursor.keyword == "VALUES":
                yield self._clause()
            elif cursor.opens:
                cursor.skip(is_expression=True)
            else:
                cursor.take()

    def _elements(self) -> Iterator[Element]:
        """Read a group, and give what it has inside."""
        cursor, start = self._cursor, self._cursor.at
        cursor.take()
        if cursor.keyword == "SELECT":
            cursor.at = start
            cursor.skip()
            yield self._made(Kind.SUBQUERY, start)
            return
        while cursor.text != "}":
            if cursor.text == ".":
                cursor.take()
            elif cursor.token.kind in _TERMS or cursor.text in _NODES:
                yield from self._triples()
            elif cursor.text == "{":
                yield self._groups()
            else:
                yield self._clause()
        cursor.take()

    def _clause(self) -> Element:
        cursor, start, keyword = self._cursor, self._cursor.at, self._cursor.keyword
        cursor.take()
        match keyword:
            case "GRAPH":
                cursor.take()
                return self._wrapping(Kind.GRAPH, start)
            case "OPTIONAL" | "MINUS":
                cursor.skip()
            case "BIND":
                cursor.skip(is_expression=True)
            case "VALUES":
                if cursor.token.kind == "variable":
                    cursor.take()
                else:
                    cursor.skip()
                cursor.skip()
            case "FILTER":
                while cursor.token.kind in ("word", "name", "iri"):  # NOT EXISTS, or the name of a function
                    cursor.take()
                cursor.skip(is_expression=True)
            case _:
                cursor.at = start
                cursor.give_up()
        return self._made(Kind(keyword), start)

    def _groups(self) -> Element:
        cursor, start = self._cursor, self._cursor.at
        element = self._wrapping(Kind.GROUP, start)
        if cursor.keyword != "UNION":
            return element
        while cursor.keyword == "UNION":
            cursor.take()
            cursor.skip()
        return self._made(Kind.UNION, start)

    def _wrapping(self, kind: Kind, start: int) -> Element:
        """Read a group that begins here, and give it with what it has inside."""
        cursor = self._cursor
        if cursor.text != "{":
            cursor.give_up()
        opening = cursor.since(start, cursor.at + 1)
        inside = tuple(self._elements())
        if [one.kind for one in inside] == [Kind.SUBQUERY]:
            return self._made(Kind.SUBQUERY if kind is Kind.GROUP else kind, start)
        return self._made(kind, start, opening=opening, inside=inside)

    def _triples(self) -> Iterator[Element]:
        """Give the triples of one subject apart; a subject without a name is not the same one twice."""
        cursor, start = self._cursor, self._cursor.at
        is_named = cursor.token.kind in _TERMS
        self._term()
        subject, found, end = cursor.since(start), list[Element](), cursor.at
        while self._is_verb():
            place = cursor.at if found else start
            found += self._objects(subject, place)
            end = cursor.at
            while cursor.text == ";":
                cursor.take()
            if cursor.at == end:
                break
        if is_named and not found:
            cursor.give_up()
        if is_named:
            yield from found
        else:
            yield self._made(Kind.TRIPLE, start, text=cursor.since(start, end))

    def _is_verb(self) -> bool:
        token = self._cursor.token
        return token.kind in ("variable", "iri", "name") or token.text in ("a", "^", "!", "(")

    def _objects(self, subject: str, place: int) -> Iterator[Element]:
        """Give the triples of one subject and one verb; the first is said to begin at the token `place`."""
        cursor, start = self._cursor, self._cursor.at
        self._path()
        verb = cursor.since(start)
        while True:
            start = cursor.at
            self._object()
            yield self._made(Kind.TRIPLE, place, text=f"{subject} {verb} {cursor.since(start)}")
            if cursor.text != ",":
                return
            cursor.take()
            place = cursor.at

    def _path(self) -> None:
        cursor = self._cursor
        while True:
            while cursor.text in ("^", "!"):
                cursor.take()
            if cursor.text == "(":
                cursor.skip()
            else:
                cursor.take()
            if cursor.text in ("*", "+", "?"):
                cursor.take()
            if cursor.text not in ("/", "|"):
                return
            cursor.take()

    def _object(self) -> None:
        self._term()
        cursor = self._cursor
        while cursor.text in ("~", "{|"):
            if cursor.text == "{|":
                cursor.skip()
            else:
                cursor.take()
                if cursor.token.kind in _TERMS:
                    cursor.take()

    def _term(self) -> None:
        cursor = self._cursor
        if cursor.text in _NODES:
            cursor.skip()
            return
        if cursor.text in ("+", "-"):
            cursor.take()
        if cursor.token.kind not in _TERMS and cursor.text.lower() not in ("true", "false"):
            cursor.give_up()
        is_string = cursor.take().kind == "string"
        if is_string and cursor.token.kind == "language":
            cursor.take()
        elif is_string and cursor.text == "^^":
            cursor.take(2)

    def _made(
        self,
        kind: Kind,
        start: int,
        *,
        text: str = "",
        opening: str = "",
        inside: tuple[Element, ...] = (),
    ) -> Element:
        self._count += 1
        if self._count > _ELEMENTS:
            raise NotTakenApart(f"it has more than {_ELEMENTS} patterns and filters")
        line, column = self._cursor.place(start)
        return Element(kind, text or self._cursor.since(start), line, column, opening, inside)
