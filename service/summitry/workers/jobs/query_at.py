"""The job that answers a SPARQL query, or explains its empty answer, on an earlier revision.

The request's body is the query, `query_bytes` long, and then the patches made since, newest first, each
closed by the line `TC .`: undone in turn on the child's own copy of the graph, they lead back there.
"""

from dataclasses import replace
from typing import BinaryIO, Final

from pyoxigraph import Store

from summitry import patch, plain
from summitry.workers.frames import Facts, Message
from summitry.workers.jobs import explain, query

CLOSING: Final = b"\nTC .\n"


def run(store: Store, request: Message, output: BinaryIO) -> Facts:
    """Write the results, or where the request `explains` why there are none; see `query.run`."""
    length = int(request.number("query_bytes"))
    for lines in request.body[length:].split(CLOSING):
        plain.apply(store, patch.read(lines).inverse())
    run_job = explain.run if request.number("explains") else query.run
    return run_job(store, replace(request, body=request.body[:length]), output)
