"""Functions that the engine does not have: in a plain store a call of one is an error of its expression.

The engine refuses the whole query. SPARQL 1.1 Query has no such rule: a call of any IRI is legal (§19.8, rule
FunctionCall), and what cannot be evaluated is an error, which leaves a variable unbound or makes a filter fail (§17.2).
"""

import re
from collections.abc import Callable
from typing import Final, TypeVar

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

T = TypeVar("T")
Term = NamedNode | BlankNode | Literal | Triple
Functions = dict[NamedNode, Callable[..., Term | None]]

_UNKNOWN: Final = re.compile(r"The custom function <(.*)> is not supported")


def lacking(work: Callable[[Functions], T]) -> T:
    """Give what `work` gives with functions for those that the engine says it lacks. Raises what `work` raises."""
    functions: Functions = {}
    while True:
        try:
            return work(functions)
        except RuntimeError as error:
            unknown = _UNKNOWN.fullmatch(str(error))
            if unknown is None or NamedNode(unknown[1]) in functions:
                raise
            functions[NamedNode(unknown[1])] = _fail


def _fail(*_: object) -> None:
    """Give no term: the engine takes that for an error."""
