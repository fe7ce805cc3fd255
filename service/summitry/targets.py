"""Which graphs an update can write to, and whether it sees the default graph, read off its text where that is plain.

What is not understood is no error: it only means that any graph may be concerned.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from pyoxigraph import NamedNode

from summitry.scan import Token, tokens
from summitry.terms import PREFIXES

# Between braces only these words are left: no graph management, no USING, no BASE.
_WORDS: Final = frozenset({"PREFIX", "WITH", "INSERT", "DELETE", "DATA", "WHERE"})
_NAMED: Final = 2
_MANAGEMENT: Final = frozenset(
    {"CREATE", "CLEAR", "DROP", "COPY", "MOVE", "ADD", "TO", "SILENT", "GRAPH", "NAMED"}
)
_AROUND: Final = frozenset(
    {"INSERT", "DELETE", "DATA", "WHERE", "OPTIONAL", "UNION", "MINUS", "GRAPH", "{", "}", "."}
)


class _Unclear(Exception):
    """The text does not say plainly which graphs are written to."""


def targets(update: str) -> frozenset[NamedNode] | None:
    """Give the graphs to which `update` can write, None where it may be any, or the default graph."""
    # A code point escape may stand for any character of the grammar.
    if "\\u" in update.lower():
        return None
    try:
        return _Reader(list(tokens(update))).read()
    except (_Unclear, ValueError):
        return None


def sees_default(operation: Sequence[Token]) -> bool:
    """Tell whether an operation may read the default graph or write to it: False only where it plainly does not."""
    said = {token.text.upper() for token in operation if token.kind == "word"}
    if operation and operation[0].text.upper() == "WITH" and "USING" not in said:
        return False
    if "{" not in {token.text for token in operation}:
        return not said <= _MANAGEMENT
    try:
        return not {token.text.upper() for token in _outside_of_graphs(operation)} <= _AROUND
    except _Unclear:
        return True


def _outside_of_graphs(operation: Sequence[Token]) -> Iterator[Token]:
    """Give the tokens of `operation` without what is in GRAPH, and without the names of these graphs."""
    position = 0
    while position < len(operation):
        yield operation[position]
        is_graph = operation[position].text.upper() == "GRAPH"
        position = _end(operation, position + _NAMED) if is_graph else position + 1


class _Reader:
    """Reads operations: what stands before their braces, and their templates."""

    def __init__(self, found: Sequence[Token]) -> None:
        self._tokens = found
        self._spaces = dict(PREFIXES)
        self._targets: set[NamedNode] = set()
        self._has_with = False

    def read(self) -> frozenset[NamedNode]:
        position = 0
        previous = ""
        is_template = False
        while position < len(self._tokens):
            token = self._tokens[position]
            word = token.text.upper()
            if token.text == "{":
                # DELETE WHERE has a pattern that is its template.
                is_template = previous != "WHERE" or is_template
                position = self._template(position) if is_template else _end(self._tokens, position)
                previous = "}"
                continue
            if token.text == ";":
                self._has_with = False
            elif word == "PREFIX":
                position = self._prefix(position)
            elif word == "WITH":
                position += 1
                self._targets.add(self._name(position))
                self._has_with = True
            elif token.kind != "word" or word not in _WORDS:
                raise _Unclear
            is_template = word == "WHERE" and previous == "DELETE"
            previous = word
            position += 1
        return frozenset(self._targets)

    def _prefix(self, position: int) -> int:
        """Take a declaration; give where its last token is. One that means another thing later is not plain."""
        name, iri = self._tokens[position + 1 : position + 3]
        space = iri.text[1:-1]
        if name.kind != "name" or iri.kind != "iri" or "\\" in space:
            raise _Unclear
        if self._spaces.setdefault(name.text.removesuffix(":"), space) != space:
            raise _Unclear
        return position + 2

    def _template(self, start: int) -> int:
        """Take a template, of which each brace must be of GRAPH and a name; give where the next token is."""
        position = start + 1
        while self._tokens[position : position + 1] and self._tokens[position].text != "}":
            if self._tokens[position].text.upper() == "GRAPH":
                self._targets.add(self._name(position + 1))
                position = self._triples(position + _NAMED)
            elif self._tokens[position].text == "." or (
                self._has_with and "{" not in self._tokens[position].text
            ):
                position += 1
            else:
                raise _Unclear
        return position + 1

    def _triples(self, start: int) -> int:
        """Pass over the triples of a graph, where no brace is; give where the next token is."""
        end = _end(self._tokens, start)
        if any("{" in token.text for token in self._tokens[start + 1 : end] if token.kind == "mark"):
            raise _Unclear
        return end

    def _name(self, position: int) -> NamedNode:
        """Give the IRI at `position`."""
        if position >= len(self._tokens):
            raise _Unclear
        token = self._tokens[position]
        if "\\" in token.text:
            raise _Unclear
        if token.kind == "iri":
            return NamedNode(token.text[1:-1])
        prefix, colon, local = token.text.partition(":")
        if token.kind != "name" or not colon or prefix not in self._spaces:
            raise _Unclear
        return NamedNode(self._spaces[prefix] + local)


def _end(found: Sequence[Token], start: int) -> int:
    """Give where the token after the group is that opens at `start`."""
    depth = 0
    for position in range(start, len(found)):
        text = found[position].text
        depth += (text == "{") - (text == "}")
        if depth == 0 and text == "}":
            return position + 1
        if depth == 0:
            break
    raise _Unclear
