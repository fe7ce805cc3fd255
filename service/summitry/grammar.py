"""What the engine says of a query that is no SPARQL, in words, and with the place.

The engine's parser tells what it expected as the names and character classes of its own grammar.
"""

import re
from difflib import get_close_matches
from typing import Final

from summitry.errors import MalformedQuery
from summitry.mistakes import mistake
from summitry.terms import PREFIXES

_PLACE: Final = re.compile(r"error at (\d+):(\d+): expected (?:one of )?(.*)", re.DOTALL)
_CLASS: Final = re.compile(r"\[(?:'[^']*'|[^\]'])*\](?:, )?")
_NAME: Final = re.compile(r"([\w.-]*):[\w.%-]*\s*\Z")
_TOKEN: Final = re.compile(r"\S+")
_UNDECLARED: Final = "Prefix not found"
# What the engine says of rules beyond its grammar, and what is to be done.
_RULES: Final = {
    "The SELECT overrides an existing variable": "SELECT gives a name to an expression that a variable of the pattern "
    "has already; choose another",
    "contains a variable that is unbound": "SELECT names a variable that is not grouped; add it to GROUP BY, or "
    "aggregate it",
    "SELECT * is not authorized with GROUP BY": "SELECT * says nothing of groups; name the variables of GROUP BY and "
    "the aggregates, such as (COUNT(*) AS ?n)",
    "Variables are not allowed in INSERT DATA": "INSERT DATA has no variables; write INSERT { … } WHERE { … }",
    "Variables and blank nodes are not allowed in DELETE DATA": "DELETE DATA has no variables and no "
    "blank nodes; write DELETE { … } WHERE { … }",
}


def malformed(message: str, query: str, *, is_update: bool = False, has_base: bool = False) -> MalformedQuery:
    """Give the error for what the engine said of `query`: `line` and `column` from 1, 0 where it named none.

    With `has_base`, relative IRIs are resolved although the query names no base.
    """
    place = _PLACE.fullmatch(message)
    if place is None:
        return MalformedQuery(message)
    line, column = int(place[1]), int(place[2])
    before = _before(query, line, column)
    name = _NAME.search(before)
    if _UNDECLARED in place[3] and name and name[1] not in PREFIXES:
        line, column = (
            before.count("\n", 0, name.start()) + 1,
            name.start() - before.rfind("\n", 0, name.start()),
        )
        return MalformedQuery(_undeclared(name[1]), line=line, column=column)
    if rule := next((rule for rule in _RULES if rule in place[3]), None):
        return MalformedQuery(_RULES[rule], line=line, column=column)
    if found := mistake(query, len(before), is_update=is_update, has_base=has_base):
        told, start = found
        column = start - query.rfind("\n", 0, start)
        return MalformedQuery(told, line=query.count("\n", 0, start) + 1, column=column)
    return MalformedQuery(_expectation(place[3], query[len(before) :]), line=line, column=column)


def _before(query: str, line: int, column: int) -> str:
    lines = query.split("\n")
    return "\n".join([*lines[: line - 1], lines[line - 1][: column - 1]])


def _undeclared(prefix: str) -> str:
    if prefix in ("http", "https"):
        return f"an IRI stands in angle brackets: write <{prefix}://…>"
    close = get_close_matches(prefix, PREFIXES, n=1)
    meant = f"; did you mean {close[0]}:?" if close else ""
    return f"the prefix {prefix}: is not declared; write PREFIX {prefix}: <…> at the top{meant}"


def _expectation(expected: str, rest: str) -> str:
    token = _TOKEN.match(rest.lstrip())
    found = f"“{token[0][:40]}”" if token else "the end"
    words = [word.strip() for word in _CLASS.sub("", expected).split(", ")]
    wanted = [word for word in words if word and word != _UNDECLARED]
    return f"{' or '.join(wanted)} is expected before {found}" if wanted else f"{found} cannot stand here"
