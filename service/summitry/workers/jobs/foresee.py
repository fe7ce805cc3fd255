"""The job that tells which answers a change of source graphs would change; the request's body is an RDF Patch.

Every question of the catalogue is asked with its defaults before and after the change, on the child's own copy.
"""

import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import BinaryIO, Final

from pyoxigraph import QueryBoolean, QuerySolutions, QueryTriples, Store

from summitry import patch
from summitry.question import catalogue
from summitry.rehearse import apply
from summitry.terms import display
from summitry.workers.frames import Facts, Message

SHOWN: Final = 5
# Read before the fork: a child opens no file.
_QUERIES: Final = {question.name: question.text for question in catalogue().values()}

_Answers = Mapping[str, Counter[str]]


def run(store: Store, request: Message, output: BinaryIO) -> Facts:
    """Write the questions whose answer changes, with the first rows gained and lost.

    Those that `budget` seconds do not suffice for are named apart.
    """
    budget, start = request.number("budget"), time.monotonic()
    before = _answers(store, _QUERIES, start + budget / 2)
    apply(store, patch.read(request.body))
    after = _answers(store, {name: _QUERIES[name] for name in before}, start + budget)
    changed = [_changed(name, before[name], rows) for name, rows in after.items() if rows != before[name]]
    unfinished = [name for name in _QUERIES if name not in after]
    output.write(json.dumps({"changed": changed, "unfinished": unfinished}).encode())
    return {}


def _answers(store: Store, queries: Mapping[str, str], deadline: float) -> _Answers:
    """Give the rows of each query, of as many as there is time to begin with."""
    found: dict[str, Counter[str]] = {}
    for name, text in queries.items():
        if time.monotonic() >= deadline:
            break
        found[name] = Counter(_rows(store.query(text)))
    return found


def _rows(results: QuerySolutions | QueryBoolean | QueryTriples) -> Iterator[str]:
    if isinstance(results, QuerySolutions):
        names = [variable.value for variable in results.variables]
        for row in results:
            yield ", ".join(f"{name} {display(row[name])}" for name in names if row[name] is not None)
    elif isinstance(results, QueryTriples):
        for triple in results:
            yield f"{display(triple.subject)} {display(triple.predicate)} {display(triple.object)}"


def _changed(name: str, before: Counter[str], after: Counter[str]) -> dict[str, str | int | list[str]]:
    gained, lost = sorted((after - before).elements()), sorted((before - after).elements())
    return {
        "name": name,
        "gains": len(gained),
        "losses": len(lost),
        "gained": gained[:SHOWN],
        "lost": lost[:SHOWN],
    }
