"""Updates of several operations, cut where the engine would not do them as the standard says.

SPARQL 1.1 Query §19.8 allows a prologue before each operation of a sequence; the engine's grammar allows one at the
beginning alone. And where the default graph is the merge, an operation sees what those before it did only after the
merge was brought up. So such a sequence is done part by part, each under the prologues before it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from summitry.errors import MalformedQuery
from summitry.scan import Token, tokens

_LENGTHS: Final = {"PREFIX": 3, "BASE": 2, "VERSION": 2}  # of declarations, in tokens

Declarations = tuple[tuple[str, str], ...]  # what is named, and what it means


@dataclass(frozen=True, slots=True)
class _Operation:
    """An operation: its tokens, what its prologue declares, and where that begins and the whole ends."""

    tokens: Sequence[Token]
    prologue: Declarations
    start: int
    end: int

    @property
    def is_insert_data(self) -> bool:
        """Tell whether it is INSERT DATA, with or without a space."""
        before = "".join(token.text.upper() for token in self.tokens[:2])
        return before.startswith("INSERTDATA")


def parts(update: str) -> list[str]:
    """Give `update` whole, or cut before each later prologue; places stay where they were.

    Raises:
        MalformedQuery: a blank node label of one INSERT DATA is in another one too (SPARQL 1.1 Query §19.6).
    """
    return [part for step in steps(update) for part in step]


def steps(update: str, sees: Callable[[Sequence[Token]], bool] | None = None) -> list[list[str]]:
    """Give `update` cut as `parts` does, and a new step before and after each operation that `sees` the default graph.

    Raises:
        MalformedQuery: as `parts`.
    """
    operations = list(_operations(update))
    cuts = {position for position, one in enumerate(operations) if position and one.prologue}
    seeing = {position for position, one in enumerate(operations) if sees and sees(one.tokens)}
    opening = (seeing | {position + 1 for position in seeing}) & set(range(1, len(operations)))
    if not cuts | opening or not all(one.tokens for one in operations[:-1]):
        return [[update]]
    _refuse_shared_labels(operations)
    bounds = [0, *sorted(cuts | opening), len(operations)]
    found: list[list[str]] = [[]]
    declared: Declarations = ()
    for first, last in pairwise(bounds):
        if first in opening:
            found.append([])
        found[-1].append(_part(update, declared, operations[first:last]))
        declared = _joined(declared, operations[first].prologue)
    return found


def _part(update: str, declared: Declarations, operations: Sequence[_Operation]) -> str:
    """Give `operations` in the line and column where they are in `update`, under what was `declared` before them."""
    start = operations[0].start
    head = " ".join(f"{name} {value}" for name, value in declared)
    lines = update.count("\n", 0, start)
    column = start - update.rfind("\n", 0, start) - 1
    gap = "\n" * lines + " " * (column if lines else column - len(head))
    return head + gap + update[start : operations[-1].end]


def _operations(update: str) -> Iterator[_Operation]:
    """Give the operations; what follows the last semicolon is one where it declares or does something."""
    found: list[Token] = []
    start = depth = 0
    for token in tokens(update):
        if token.text == ";" and not depth:
            yield _operation(found, start, token.start)
            found, start = [], token.start + 1
            continue
        depth += (token.text == "{") - (token.text == "}")
        found.append(token)
    if found or not start:
        yield _operation(found, start, len(update))


def _operation(found: Sequence[Token], start: int, end: int) -> _Operation:
    declared: list[tuple[str, str]] = []
    position = 0
    while length := _declares(found, position):
        *name, value = (token.text for token in found[position : position + length])
        declared.append((" ".join(name), value))
        position += length
    return _Operation(found[position:], tuple(declared), start, end)


def _declares(found: Sequence[Token], position: int) -> int:
    """Give of how many tokens the declaration at `position` is, 0 where none begins there."""
    if position >= len(found):
        return 0
    word = found[position].text.upper()
    # PREFIXex: reads like a name, and is a declaration.
    joined = found[position].kind == "name" and word.startswith("PREFIX")
    return 2 if joined else _LENGTHS.get(word, 0)


def _joined(declared: Declarations, more: Declarations) -> Declarations:
    """Give both; where no BASE says what the others mean, the last of each name will do."""
    every = declared + more
    has_base = any(name.upper() == "BASE" for name, _ in every)
    return every if has_base else tuple(dict(every).items())


def _refuse_shared_labels(operations: Sequence[_Operation]) -> None:
    owners: dict[str, int] = {}
    for position, operation in enumerate(operations):
        for token in operation.tokens if operation.is_insert_data else ():
            if token.kind == "blank" and owners.setdefault(token.text, position) != position:
                raise MalformedQuery(
                    f"the blank node {token.text} is in two operations; name another in one of them"
                )
