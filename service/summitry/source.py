"""The text of a document, where its names and literals stand in it, and edits that mend it."""

from bisect import bisect_right
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple
from functools import cached_property
from types import MappingProxyType
from typing import Final

from summitry.model import Edit
from summitry.syntax import TOKEN, Token, line_starts
from summitry.terms import XSD

_NO_PREFIXES: Final[Mapping[str, str]] = MappingProxyType({})
_DIRECTIVES: Final = frozenset({"@prefix", "prefix"})


def text_of(content: bytes) -> str:
    """Give the text of a document, counted as its report counts: without a byte order mark."""
    return content.removeprefix(BOM_UTF8).decode("utf-8", "replace")


class Source:
    """A document of the Turtle family. Lines and columns count from 1, columns in characters."""

    def __init__(self, text: str = "", prefixes: Mapping[str, str] = _NO_PREFIXES) -> None:
        self._text = text
        self._prefixes = prefixes

    @cached_property
    def _starts(self) -> Sequence[int]:
        return line_starts(self._text)

    def renaming(self, old: str, new: str) -> tuple[Edit, ...]:
        """Give the edits that write the IRI `new` wherever the document names `old`."""
        return tuple(self.edit(*token.span(), self._like(token, new)) for token in self._uses(old))

    def literal(self, line: int, column: int, text: str) -> tuple[Edit, ...]:
        """Give the edit that writes `text` for the literal that begins there; none where none does."""
        tokens = list(self._tokens(line, column, 3))
        if not tokens or tokens[0].lastgroup not in ("string", "number"):
            return ()
        start, end = tokens[0].span()
        if len(tokens) > 1 and tokens[1].start() == end:
            suffix = {"at": 1, "mark": 2 if tokens[1].group() == "^^" else 0}.get(
                tokens[1].lastgroup or "", 0
            )
            end = tokens[suffix].end() if suffix < len(tokens) else end
        if self._prefixes.get("xsd") != XSD and "^^xsd:" in text:
            text = text.replace("^^xsd:", f"^^<{XSD}") + ">"
        return (self.edit(start, end, text),)

    def edit(self, start: int, end: int, text: str) -> Edit:
        """Give the edit that replaces what stands between two offsets by `text`."""
        return Edit(*_place(self._starts, start), *_place(self._starts, end), text)

    def edited(self, edits: Iterable[Edit]) -> str:
        """Give the text with `edits` made; of two that overlap the first is."""
        pieces, position = [], 0
        for edit in sorted(set(edits), key=astuple):
            start, end = self._offset(edit.line, edit.column), self._offset(edit.end_line, edit.end_column)
            if start >= position:
                pieces += [self._text[position:start], edit.text]
                position = end
        return "".join(pieces) + self._text[position:]

    def _uses(self, iri: str) -> Iterator[Token]:
        previous = ""
        for token in TOKEN.finditer(self._text):
            is_use = token.lastgroup in ("name", "iri") and previous not in _DIRECTIVES
            if is_use and self._expanded(token) == iri:
                yield token
            previous = token.group().lower() if token.lastgroup in ("at", "word") else ""

    def _expanded(self, token: Token) -> str:
        if token.lastgroup == "iri":
            return token.group()[1:-1]
        prefix, _, local = token.group().partition(":")
        return self._prefixes.get(prefix, "") + local

    def _like(self, token: Token, iri: str) -> str:
        """Give `iri` as it is written where `token` stands: with the same prefix, or in angle brackets."""
        prefix = token.group().partition(":")[0]
        space = self._prefixes.get(prefix, "")
        is_prefixed = token.lastgroup == "name" and space and iri.startswith(space)
        return f"{prefix}:{iri.removeprefix(space)}" if is_prefixed else f"<{iri}>"

    def _tokens(self, line: int, column: int, count: int) -> Iterator[Token]:
        if 0 < line <= len(self._starts):
            position = self._offset(line, column)
            while count and (token := TOKEN.search(self._text, position)):
                yield token
                position, count = token.end(), count - 1

    def _offset(self, line: int, column: int) -> int:
        return self._starts[line - 1] + column - 1


def _place(starts: Sequence[int], offset: int) -> tuple[int, int]:
    line = bisect_right(starts, offset)
    return line, offset - starts[line - 1] + 1
