"""The usual mistakes in a query that the engine's grammar refused, found in its tokens, with their place."""

import re
from difflib import get_close_matches
from itertools import islice, zip_longest
from typing import Final

from pyoxigraph import NamedNode

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
_OF_QUERIES: Final = frozenset({"SELECT", "CONSTRUCT", "DESCRIBE", "ASK"})
_OF_UPDATES: Final = frozenset(
    {"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"}
)
# Without the characters of operators: a `<` that compares may read as an IRI.
_SCHEME: Final = re.compile("[A-Za-z][A-Za-z0-9+.-]*:")
_RELATIVE: Final = re.compile(rf"<(?!{_SCHEME.pattern})[\w#/.~%:-]*>")
_SPACED: Final = re.compile(r"<https?://[^<>\s]*+[ \t][^<>\r\n]*+>")
_ENDS: Final = frozenset(".;,{}[]()")
_OF_ALL: Final = {".": 3, "{": 3, "}": 3, ";": 2, ",": 1}

Place = tuple[str, int]


def mistake(query: str, position: int, *, is_update: bool, has_base: bool) -> Place | None:
    """Give what is probably wrong in `query`, which the parser read as far as `position`, and where; or None."""
    read = list(islice(tokens(query), _TOKENS))
    if not read:
        return "there is nothing in it; write SELECT, for example", 0
    is_at_end = not query[position:].strip()
    return (
        _form(read, is_update=is_update)
        or _iri(query, [token for token in read if token.start <= position], has_base=has_base)
        or _projection(read)
        or _word(read, position)
        or (_brackets(read) if is_at_end else None)
        or _statement(read)
    )


def _form(read: list[Token], *, is_update: bool) -> Place | None:
    """Give the word that begins an update where a query is to be, or the other way round."""
    for token in read:
        word = token.text.upper()
        if token.kind == "word" and word in _OF_UPDATES | _OF_QUERIES:
            if is_update and word in _OF_QUERIES:
                return f"{word} begins a query, not an update; send it as the parameter 'query'", token.start
            if not is_update and word in _OF_UPDATES:
                how = "updates go to /sparql by POST, as the parameter 'update'"
                return f"{word} begins an update, not a query; {how}", token.start
            return None
    return None


def _iri(query: str, read: list[Token], *, has_base: bool) -> Place | None:
    """Give an IRI that is none, or that is relative where there is no base."""
    before = ""
    for token in read:
        if token.text == "<" and (spaced := _SPACED.match(query, token.start)):
            return f"{spaced[0][:80]} has a space in it, which no IRI has; write %20", token.start
        if token.kind == "iri" and _RELATIVE.fullmatch(token.text):
            if not has_base:
                remedy = "write it whole, like <https://a.example/b>, or BASE <…> at the top"
                return f"{token.text[:80]} is no absolute IRI; {remedy}", token.start
        elif token.kind == "iri" and _is_broken(token.text[1:-1]):
            return f"{token.text[:80]} is no IRI; write % as %25, [ as %5B and ] as %5D", token.start
        has_base |= before == "BASE"
        before = token.text.upper()
    return None


def _is_broken(iri: str) -> bool:
    if not _SCHEME.match(iri) or "\\" in iri:  # a comparison that was read as an IRI; an escape
        return False
    try:
        NamedNode(iri)
    except ValueError:
        return True
    return False


def _projection(read: list[Token]) -> Place | None:
    """Give what SELECT cannot name: a comma between variables, or a function without brackets and a name."""
    depth, is_within = 0, False
    for token in read:
        word = token.text.upper() if token.kind in ("word", "mark") else ""
        if word == "SELECT":
            depth, is_within = 0, True
        elif word in ("WHERE", "FROM", "{"):
            is_within = False
        elif is_within and not depth and word == ",":
            return "SELECT has no commas; write spaces between its variables", token.start
        elif is_within and not depth and word in _FUNCTIONS:
            return f"write ({word}(…) AS ?name): what SELECT works out needs brackets and a name", token.start
        depth += (word == "(") - (word == ")")
    return None


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
