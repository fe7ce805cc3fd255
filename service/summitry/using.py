"""Updates whose dataset the request names, and updates that clear what is not there: rewritten token by token.

The engine's Python interface takes no dataset for an update. SPARQL 1.1 Protocol §2.2.3 says what the
parameters mean: what USING and USING NAMED would mean in each operation that has a WHERE.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from pyoxigraph import NamedNode

from summitry.errors import BadParameter
from summitry.words import Word, words

_OWN_DATASET: Final = frozenset({"USING", "WITH"})
_GRAPH_REFERENCES: Final = frozenset({"GRAPH", "DEFAULT", "NAMED", "ALL"})


@dataclass(frozen=True, slots=True)
class Using:
    """The graphs over which the WHERE of an update is asked; where both are empty, the update says."""

    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether there are any."""
        return bool(self.default or self.named)

    def clauses(self) -> str:
        """Give them in SPARQL. Raises BadParameter for a name that is no IRI."""
        return "".join(
            [f" USING {_iri(name)} " for name in self.default]
            + [f" USING NAMED {_iri(name)} " for name in self.named]
        )


def over(update: str, using: Using) -> str:
    """Give `update` with `using` in each operation that has a WHERE.

    Raises:
        BadParameter: it names a dataset itself (§2.2.3), or the parameters name what is no IRI.
    """
    if not using:
        return update
    clauses = using.clauses()
    found = list(_outside(update))
    pieces: list[str] = []
    end = 0
    for before, word in zip([None, *found], found, strict=False):
        if word.text in _OWN_DATASET:
            raise BadParameter(
                f"the update has {word.text}, and the request a dataset of its own (using-graph-uri); leave out one"
            )
        if not word.text.endswith("WHERE"):
            continue
        if word.text != "WHERE":
            raise BadParameter("write spaces around WHERE in an update for which the request names a dataset")
        pieces.append(update[end : word.start])
        if before is not None and before.text == "DELETE" and not update[before.end : word.start].strip():
            pieces.append(_braces(update, word.end))
        pieces.append(clauses)
        end = word.start
    return "".join([*pieces, update[end:]])


def lenient(update: str) -> str:
    """Give `update` with SILENT in each CLEAR and DROP, so that it passes where there is nothing to remove."""
    found = list(_outside(update))
    pieces: list[str] = []
    end = 0
    for word, after in pairwise(found):
        if word.text in ("CLEAR", "DROP") and after.text in _GRAPH_REFERENCES:
            pieces += [update[end : word.end], " SILENT "]
            end = word.end
    return "".join([*pieces, update[end:]])


def _outside(update: str) -> Iterator[Word]:
    return (word for word in words(update) if word.depth == 0)


def _braces(update: str, start: int) -> str:
    """Give the group that follows WHERE in DELETE WHERE: the template that it stands for as well."""
    inner = [word for word in words(update) if word.start >= start and word.text in ("{", "}")]
    end = next((word.end for word in inner if word.text == "}" and word.depth == 0), len(update))
    return update[start:end]


def _iri(name: str) -> NamedNode:
    try:
        return NamedNode(name)
    except ValueError as error:
        raise BadParameter(f"{name!r} is no absolute IRI; name a graph like https://a.example/b") from error
