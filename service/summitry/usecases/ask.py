"""The answer to a client's SPARQL query, worked out by a worker within the limits."""

from collections.abc import Callable, Sequence
from typing import Final

from summitry import media
from summitry.scan import scan_query
from summitry.settings import Settings
from summitry.workers.pool import Answer, Request, Workers

SOLUTIONS: Final = (
    "application/sparql-results+json",
    "application/sparql-results+xml",
    "text/csv",
    "text/tab-separated-values",
)
GRAPH: Final = (
    "text/turtle",
    "application/n-triples",
    "application/ld+json",
    "application/rdf+xml",
)
QUADS: Final = (*GRAPH, media.N_QUADS)


async def ask(
    workers: Workers,
    query: bytes,
    *,
    settings: Settings,
    accept: str = "",
    default_graphs: Sequence[str] = (),
    named_graphs: Sequence[str] = (),
    undone: Sequence[bytes] = (),
    base: str = "",
    explains: bool = False,
    begin: Callable[[], None] = lambda: None,
) -> Answer:
    """Give the complete answer to `query`, in the media type that fits `accept` and the form of the query.

    `begin` is called when a worker has it.
    `undone` are the patches of later revisions, newest first: the answer is that of the graph before them.

    If it `explains`, the answer is JSON that tells why that answer is empty, or that it is not.

    With a `base`, relative IRIs are resolved against it, and our prefixes are not known.

    A client that accepts only what does not fit the form gets the form's first type.

    Raises:
        ScanRefused: the query is not handed to the engine.
        MalformedQuery: it is not SPARQL.
        LimitExceeded, WorkerDied: it was stopped.
    """
    scan_query(query, limit=settings.query_bytes)
    header: dict[str, str | int | float | list[str]] = {
        "solutions": media.negotiate(accept, SOLUTIONS) or SOLUTIONS[0],
        "graph": media.negotiate(accept, QUADS) or GRAPH[0],
        "instance_base": settings.instance_base,
        "result_rows": settings.result_rows,
    }
    if base:
        header["base"] = base
    if default_graphs or named_graphs:
        header |= {"default_graphs": list(default_graphs), "named_graphs": list(named_graphs)}
    if undone:
        header["query_bytes"] = len(query)
        header["explains"] = explains
        body = query + b"".join(undone)
        return await workers.run(Request("query_at", body, header, settings.query_seconds), begin)
    job = "explain" if explains else "query"
    return await workers.run(Request(job, query, header, settings.query_seconds), begin)
