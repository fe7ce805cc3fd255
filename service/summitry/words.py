"""The keywords of a query or an update, and within how many braces each stands."""

from collections.abc import Iterator
from dataclasses import dataclass

from summitry.scan import TOKEN


@dataclass(frozen=True, slots=True)
class Word:
    """A keyword or a brace of a query: in capitals, where it stands, and within how many braces."""

    text: str
    start: int
    end: int
    depth: int


def words(query: str) -> Iterator[Word]:
    """Give the keywords and braces of a query that `scan_query` let pass; a closing brace is outside of its group."""
    depth = position = 0
    while position < len(query) and (token := TOKEN.match(query, position)):
        position = token.end()
        text = token.group().upper()
        depth -= text == "}"
        if token.lastgroup == "word" or text in ("{", "}"):
            yield Word(text, token.start(), position, depth)
        depth += text == "{"
