"""A query that is one triple pattern and names its subject, told from all others without the engine's parser.

To answer it is to read a few statements of one thing, as a page does, so nobody has to be able to stop it. Of what the
client wrote only terms and the names of variables are taken.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Final

import orjson
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from summitry.terms import PREFIXES, TYPE, XSD

ROWS: Final = 300
_CHARACTERS: Final = 64 * 1024
_LONGEST: Final = 1000
_STRING: Final = NamedNode(XSD + "string")

_GAP: Final = r"(?:[ \t\r\n]|\#[^\r\n]*+(?=[\r\n]|\Z))"
_IRI: Final = r"<[^\x00-\x20<>\"{}|^`\\]++>"
_PREFIX: Final = r"[A-Za-z][A-Za-z0-9_-]*+:"
_NAME: Final = rf"{_PREFIX}[A-Za-z0-9_][A-Za-z0-9_-]*+"
_VARIABLE: Final = r"[?$][A-Za-z][A-Za-z0-9_]*+"
# A small part of the grammar (SPARQL 1.1 §19.8). No comments among the prefixes: one could look like a prefix.
_QUERY: Final = re.compile(
    rf"""[ \t\r\n]*+ (?P<prefixes>(?:(?i:PREFIX)[ \t\r\n]++ {_PREFIX}[ \t\r\n]*+ {_IRI}[ \t\r\n]*+)*+)
    (?:(?i:SELECT){_GAP}*+ (?P<shown>\*|{_VARIABLE}(?:[ \t\r\n]++{_VARIABLE})?+) | (?i:ASK)){_GAP}*+
    (?:(?i:WHERE){_GAP}*+)?+ \{{{_GAP}*+
    (?P<subject>{_IRI}|{_NAME}){_GAP}++ (?P<predicate>{_IRI}|{_NAME}|a|{_VARIABLE}){_GAP}++
    (?P<object>{_IRI}|{_NAME}|{_VARIABLE}){_GAP}*+ (?:\.{_GAP}*+)?+ \}}{_GAP}*+
    (?:(?i:LIMIT){_GAP}++(?P<limit>[0-9]{{1,9}}){_GAP}*+)?+""",
    re.VERBOSE,
)
_DECLARED: Final = re.compile(rf"({_PREFIX})[ \t\r\n]*+<([^>]*+)>")


@dataclass(frozen=True, slots=True)
class TriplePattern:
    """Its terms, None where it has a variable, what is shown of what it fits, and how many rows are wanted at most.

    `columns` are the names of variables and the parts of a triple that they stand for, "" where the pattern has no
    such variable. ASK has none.
    """

    subject: NamedNode
    predicate: NamedNode | None
    object: NamedNode | None
    columns: tuple[tuple[str, str], ...]
    limit: int

    def answer(self, found: Iterable[Quad], *, rows: int) -> bytes | None:
        """Give the answer as JSON (https://www.w3.org/TR/sparql11-results-json/), from what was `found` to fit.

        None, so that it is left to a worker, where nothing was, or more than `rows`, much text, a term of RDF 1.2.
        """
        bindings: list[dict[str, dict[str, str]]] = []
        room = _CHARACTERS
        for quad in islice(found, min(self.limit, rows + 1)):
            binding = {}
            for name, part in self.columns:
                if part:
                    shown = _json(getattr(quad, part))
                    room -= len(shown.get("value", ()))
                    binding[name] = shown
            if room < 0 or {} in binding.values():
                return None
            bindings.append(binding)
        if not 0 < len(bindings) <= rows:
            return None
        if not self.columns:
            return b'{"head":{},"boolean":true}'
        names = [name for name, _ in self.columns]
        return orjson.dumps({"head": {"vars": names}, "results": {"bindings": bindings}})


def triple_pattern(query: bytes) -> TriplePattern | None:
    """Give the pattern that `query` is; None where it is none, or is not seen to be one."""
    if len(query) > _LONGEST or not query.isascii():
        return None
    match = _QUERY.fullmatch(query.decode())
    if match is None:
        return None
    try:
        # Also what no term uses must be an IRI.
        declared = {name[:-1]: NamedNode(space).value for name, space in _DECLARED.findall(match["prefixes"])}
        subject, predicate, thing = (
            _term(match[part], declared) for part in ("subject", "predicate", "object")
        )
    except (KeyError, ValueError):  # the parser tells what is wrong
        return None
    parts = {match[part][1:]: part for part in ("predicate", "object") if match[part][0] in "?$"}
    shown = match["shown"] or ""
    # The engine sorts the columns of *.
    names = sorted(parts) if shown == "*" else [variable[1:] for variable in shown.split()]
    if subject is None or len(parts) != [predicate, thing].count(None) or len({*names}) < len(names):
        return None
    if shown and not names:  # rows without columns: only ASK is answered with true
        return None
    limit = int(match["limit"] or ROWS + 1) if names else 1
    return TriplePattern(
        subject, predicate, thing, tuple((name, parts.get(name, "")) for name in names), limit
    )


def _term(text: str, declared: dict[str, str]) -> NamedNode | None:
    """Give the term that `text` stands for, None for a variable. Raises KeyError, ValueError."""
    if text[0] in "?$":
        return None
    if text == "a":
        return TYPE
    if text[0] == "<":
        return NamedNode(text[1:-1])
    prefix, _, local = text.partition(":")
    return NamedNode((declared.get(prefix) or PREFIXES[prefix]) + local)


def _json(term: NamedNode | BlankNode | Literal | Triple) -> dict[str, str]:
    """Give `term` as §3.2.2 has it, nothing for one of RDF 1.2."""
    if isinstance(term, NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, BlankNode):
        return {"type": "bnode", "value": term.value}
    if isinstance(term, Triple) or term.direction:
        return {}
    shown = {"type": "literal", "value": term.value}
    if term.language:
        shown["xml:lang"] = term.language
    elif term.datatype != _STRING:
        shown["datatype"] = term.datatype.value
    return shown
