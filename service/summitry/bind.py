"""Curated queries: `.rq` files whose open variables are bound to terms, never to text.

A query that takes a value has the line `VALUES ?name { UNDEF }`: it runs as it stands, with any value,
and binding replaces UNDEF by terms (SPARQL 1.1 §10.2).
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache

from pyoxigraph import BlankNode, Literal, NamedNode

from summitry import resources

_OPEN = re.compile(r"VALUES \?(\w+) \{ UNDEF \}")

Term = NamedNode | BlankNode | Literal


def bind(name: str, bindings: Mapping[str, Sequence[Term]]) -> str:
    """Give the query `name` with each of `bindings` in its place. Raises KeyError for a variable it has not."""
    text, open_names = _loaded(name)
    unknown = bindings.keys() - open_names
    if unknown:
        raise KeyError(f"the query {name} takes {sorted(open_names)}, not {sorted(unknown)}")

    def values(match: re.Match[str]) -> str:
        terms = bindings.get(match[1])
        listed = "UNDEF" if terms is None else " ".join(map(str, terms))
        return f"VALUES ?{match[1]} {{ {listed} }}"

    return _OPEN.sub(values, text)


@cache
def _loaded(name: str) -> tuple[str, frozenset[str]]:
    text = resources.query(name)
    return text, frozenset(_OPEN.findall(text))
