"""The job that tells why the answer to a SPARQL query is empty; the request's body is the query."""

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import BinaryIO, Final

from pyoxigraph import QueryBoolean, Store

from summitry.emptiness import Verdict, explain
from summitry.errors import NotTakenApart
from summitry.workers.frames import Facts, Message
from summitry.workers.jobs import query

MEDIA: Final = "application/json"
# Of the time of the query: what is begun later may not end in time, and all would be lost.
_SHARE: Final = 0.5

Row = dict[str, "str | int | bool | list[Row] | None"]


def run(store: Store, request: Message, output: BinaryIO) -> Facts:
    """Write the explanation as JSON. The facts, and what is raised, are those of `query.run`."""
    late = time.monotonic() + _SHARE * request.number("seconds")

    def ask(text: str) -> bool:
        try:
            return bool(query.execute(store, replace(request, body=text.encode())))
        except SyntaxError as error:
            raise NotTakenApart("one of its parts is no SPARQL by itself") from error

    with query.translated(request):
        explanation = explain(
            request.body.decode(),
            is_empty=_is_empty(query.execute(store, request)),
            ask=ask,
            is_late=lambda: time.monotonic() > late,
        )
        hints = query.hints_of(store, request)
    members = {
        "is_empty": explanation.is_empty,
        "explanation": explanation.summary,
        "elements": _rows(explanation.verdicts),
        "hints": hints,
    }
    output.write(json.dumps(members, ensure_ascii=False).encode())
    return {"form": "explanation", "media": MEDIA, **({"hints": hints} if hints else {})}


def _is_empty(results: query.Results) -> bool:
    if isinstance(results, QueryBoolean):
        return not results
    return next(iter(results), None) is None


def _rows(verdicts: Sequence[Verdict]) -> list[Row]:
    return [
        {
            "kind": verdict.element.kind.value,
            "text": verdict.element.text,
            "line": verdict.element.line,
            "column": verdict.element.column,
            "matches_alone": verdict.matches_alone,
            "has_solutions_so_far": verdict.has_solutions_so_far,
            "has_solutions_without": verdict.has_solutions_without,
            "inside": _rows(verdict.inside),
        }
        for verdict in verdicts
    ]
