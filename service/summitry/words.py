"""The keywords of a query or an update, and within how many braces each stands."""

from collections.abc import Iterator
from dataclasses import dataclass

from summitry.scan import TOKEN


@dataclass(frozen=True, slots=True)
class Word:
    """A keyword in capitals, a brace, a semicolon or a blank node: where it stands, and within how many braces."""

    text: str
    start: int
    end: int
    depth: int


def words(query: str) -> Iterator[Word]:
    """Give those of a query that `scan_query` let pass, in order; a closing brace is outside of its group."""
    depth = position = 0
    while position < len(query) and (token := TOKEN.match(query, position)):
        position = token.end()
        text = token.group() if token.lastgroup == "blank" else token.group().upper()
        depth -= text == "}"
        if token.lastgroup in ("word", "blank") or text in ("{", "}", ";"):
            yield Word(text, token.start(), position, depth)
        depth += text == "{"
