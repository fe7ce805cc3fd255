"""The pieces of Turtle and SPARQL in which no character has a meaning of its own, and escapes outside of them."""

import re
from typing import Final

IRI: Final = r'<(?:[^<>"{}|^`\\\x00-\x20]++|\\[uU])*+>'


def long(quote: str) -> str:
    """Give the pattern of a string in three quotes, without those that close it."""
    return rf"{quote * 3}(?:[^{quote}\\]++|\\.|{quote}(?!{quote * 2}))*+"


def short(quote: str) -> str:
    """Give the pattern of a string in one quote, without the one that closes it."""
    return rf"{quote}(?:[^{quote}\\\r\n]++|\\[^\r\n])*+"


_STRING: Final = rf"""{long('"')}\"""|{long("'")}\'\'\'|{short('"')}"|{short("'")}'"""
_ESCAPE: Final = re.compile(
    rf"{_STRING}|{IRI}|\#[^\r\n]*+|\\u(?P<short>[0-9A-Fa-f]{{4}})|\\U(?P<long>[0-9A-Fa-f]{{8}})", re.DOTALL
)


def unescaped(query: str) -> str:
    r"""Give a query with the characters that `\u` and `\U` stand for (SPARQL 1.1 Query §19.2).

    Within strings and IRIs the engine reads them itself. What stands for no character, or a blank one, stays.
    """
    return _ESCAPE.sub(_character, query) if "\\u" in query.lower() else query


def _character(found: re.Match[str]) -> str:
    digits = found["short"] or found["long"]
    code = int(digits, 16) if digits else 0
    is_character = 0x20 < code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF
    return chr(code) if is_character else found[0]
