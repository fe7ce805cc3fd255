"""Updates of several operations, some with prologues of their own.

SPARQL 1.1 Query §19.8 allows a prologue before each operation of a sequence; the engine's grammar allows one at the
beginning alone. So such a sequence is done part by part, each under the prologues before it.
"""

import re
from collections.abc import Iterator

from summitry.errors import MalformedQuery
from summitry.words import words

_PROLOGUE = ("PREFIX", "BASE")
_INK = re.compile(r"[^\r\n]")


def parts(update: str) -> Iterator[str]:
    """Give `update` whole, or cut before each later prologue; what a part leaves out is blank, so that places stay.

    Raises:
        MalformedQuery: a blank node label of one part is in another one too (SPARQL 1.1 Update §3.1.1).
    """
    cuts, starts = _cuts(update)
    _refuse_shared_labels(update, cuts)
    done = ""
    for start, body, end in zip([0, *cuts], [0, *starts], [*cuts, len(update)], strict=True):
        head = update[start:body] if start else _head(update)
        rest = update[start + len(head) : end]
        yield re.sub(r";\s*\Z", "", done + head + rest)
        done += head + _INK.sub(" ", rest)


def _cuts(update: str) -> tuple[list[int], list[int]]:
    """Give where each later prologue begins, and where the operation after it does."""
    cuts: list[int] = []
    starts: list[int] = []
    previous = ""
    is_prologue = False
    for word in words(update):
        if word.depth or word.text in ("{", "}") or word.text.startswith("_:"):
            continue
        if previous == ";" and word.text in _PROLOGUE:
            cuts.append(word.start)
            is_prologue = True
        elif is_prologue and word.text not in _PROLOGUE:
            starts.append(word.start)
            is_prologue = False
        previous = word.text
    return cuts, starts + [len(update)] * (len(cuts) - len(starts))


def _head(update: str) -> str:
    """Give the first prologue."""
    first = next((word.start for word in words(update) if word.text not in _PROLOGUE), len(update))
    return update[:first]


def _refuse_shared_labels(update: str, cuts: list[int]) -> None:
    owners: dict[str, int] = {}
    for word in words(update) if cuts else ():
        if word.text.startswith("_:"):
            part = sum(cut <= word.start for cut in cuts)
            if owners.setdefault(word.text, part) != part:
                raise MalformedQuery(
                    f"the blank node {word.text} is in two operations; name another in one of them"
                )
