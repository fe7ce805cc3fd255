"""The usual mistakes in a query that the engine's grammar refused, found in its tokens, with their place."""

from difflib import get_close_matches
from itertools import islice, zip_longest
from typing import Final

from summitry.scan import Token, tokens

# What is looked at: whoever writes more writes by program.
_TOKENS: Final = 5000
_FUNCTION_NAMES: Final = (
    "STR LANG LANGMATCHES LANGDIR DATATYPE BOUND IRI URI BNODE RAND ABS CEIL FLOOR ROUND CONCAT STRLEN UCASE LCASE "
    "ENCODE_FOR_URI CONTAINS STRSTARTS STRENDS STRBEFORE STRAFTER YEAR MONTH DAY HOURS MINUTES SECONDS TIMEZONE TZ NOW "
    "UUID STRUUID MD5 SHA1 SHA256 SHA384 SHA512 COALESCE IF STRLANG STRLANGDIR STRDT SAMETERM ISIRI ISURI ISBLANK "
    "ISLITERAL ISNUMERIC HASLANG HASLANGDIR REGEX SUBSTR REPLACE TRIPLE SUBJECT PREDICATE OBJECT ISTRIPLE ADJUST "
    "COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT EXISTS IN"
)
_FUNCTIONS: Final = frozenset(_FUNCTION_NAMES.split())
_KEYWORD_NAMES: Final = (
    "BASE PREFIX VERSION SELECT DISTINCT REDUCED CONSTRUCT DESCRIBE ASK FROM NAMED WHERE GROUP BY HAVING ORDER ASC "
    "DESC LIMIT OFFSET VALUES OPTIONAL GRAPH UNION FILTER BIND AS MINUS UNDEF NOT SEPARATOR A TRUE FALSE LATERAL LOAD "
    "SILENT INTO CLEAR DROP CREATE ADD MOVE TO COPY INSERT DELETE DATA WITH USING DEFAULT ALL SERVICE"
)
_KEYWORDS: Final = frozenset(_KEYWORD_NAMES.split())
_TERMS: Final = frozenset({"variable", "iri", "name", "string", "number", "blank"})
_ENDS: Final = frozenset(".;,{}[]()")
_OF_ALL: Final = {".": 3, "{": 3, "}": 3, ";": 2, ",": 1}

Place = tuple[str, int]


def mistake(query: str, position: int) -> Place | None:
    """Give what is probably wrong in `query`, which the parser read as far as `position`, and where; or None."""
    read = list(islice(tokens(query), _TOKENS))
    is_at_end = not query[position:].strip()
    return _word(read, position) or (_brackets(read) if is_at_end else None) or _statement(read)


def _word(read: list[Token], position: int) -> Place | None:
    """Give a word before `position` that is none of SPARQL's."""
    for token, after in zip_longest(read, read[1:]):
        word = token.text.upper()
        if token.start > position or token.kind != "word" or word in _KEYWORDS | _FUNCTIONS:
            continue
        is_call = after is not None and after.text == "("
        close = get_close_matches(word, _FUNCTIONS if is_call else _KEYWORDS | _FUNCTIONS, n=1, cutoff=0.6)
        meant = f"; did you mean {close[0]}?" if close else ""
        what = "no function of SPARQL" if is_call else "no word of SPARQL"
        return f"{token.text[:40]} is {what}{meant}", token.start
    return None


def _brackets(read: list[Token]) -> Place | None:
    """Give the bracket that nothing closes, or that closes nothing."""
    pairs = {"{": "}", "(": ")", "[": "]"}
    opened: list[Token] = []
    for token in read:
        if token.kind == "mark" and token.text in pairs:
            opened.append(token)
        elif token.kind == "mark" and token.text in pairs.values():
            if not opened:
                return f"“{token.text}” closes nothing; remove it, or open a bracket before", token.start
            last = opened.pop()
            if pairs[last.text] != token.text:
                return (
                    f"“{last.text}” is not closed before “{token.text}”; write “{pairs[last.text]}”",
                    token.start,
                )
    if not opened:
        return None
    token = opened[-1]
    return f"this “{token.text}” is never closed; write “{pairs[token.text]}” at its end", token.start


def _statement(read: list[Token]) -> Place | None:
    """Give the term that begins a statement without a dot before it."""
    terms, needed = 0, 99
    for token in read:
        if token.kind == "mark" and token.text in _ENDS:
            terms, needed = 0, _OF_ALL.get(token.text, 99)
        elif token.kind == "word" and token.text != "a":
            needed = 99
        elif token.kind == "mark":
            needed = 99  # a path, or an expression
        elif token.kind in _TERMS or token.text == "a":
            terms += 1
            if terms == needed + 1:
                return f"a dot is missing before “{token.text[:40]}”: a statement ends with “.”", token.start
    return None
