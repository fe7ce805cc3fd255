"""The answer to a client's SPARQL query, worked out by a worker within the limits, or at once where little is asked."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from summitry import media
from summitry.scan import scan_query
from summitry.settings import Settings
from summitry.triple_pattern import ROWS, triple_pattern
from summitry.usecases.service import Service
from summitry.workers.frames import Fact
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


@dataclass(frozen=True, slots=True)
class Subject:
    """What a query is put to: these graphs, or its own dataset where both are empty.

    `undone` are the patches of later revisions, newest first: the answer is that of the graph before them.
    With a `base`, relative IRIs are resolved against it, and our prefixes are not known.
    """

    default_graphs: Sequence[str] = ()
    named_graphs: Sequence[str] = ()
    undone: Sequence[bytes] = ()
    base: str = ""

    def facts(self) -> dict[str, Fact]:
        """Give what a worker is told of it; patches travel with the query."""
        facts: dict[str, Fact] = {"base": self.base} if self.base else {}
        if self.default_graphs or self.named_graphs:
            facts["default_graphs"] = list(self.default_graphs)
            facts["named_graphs"] = list(self.named_graphs)
        return facts


def at_once(service: Service, query: bytes, *, accept: str) -> Answer | None:
    """Give the answer to `query` as JSON if it is a triple pattern that little fits; None leaves it to a worker.

    So does a change that is about to be seen: who has asked here sees no earlier graph when a worker answers next.
    """
    settings, store = service.settings, service.store
    form = media.negotiate(accept, SOLUTIONS) or SOLUTIONS[0]
    if settings.is_plain or len(query) > settings.query_bytes or form != media.RESULTS_JSON:
        return None
    head, pattern = store.head(), triple_pattern(query)
    if pattern is None or head != service.workers.revision:
        return None
    with suppress(OSError):  # what the disk does not give, the workers have in memory
        found = store.about(pattern.subject, pattern.predicate, pattern.object) or ()
        content = pattern.answer(found, rows=min(ROWS, settings.result_rows or ROWS))
        if content and len(content) <= settings.result_bytes and store.is_at(head):
            return Answer({"media": form}, BytesIO(content), len(content), 0.0, head)
    return None


async def ask(
    workers: Workers,
    query: bytes,
    *,
    settings: Settings,
    accept: str = "",
    subject: Subject | None = None,
    explains: bool = False,
    begin: Callable[[], None] = lambda: None,
) -> Answer:
    """Give the complete answer to `query`, in the media type that fits `accept` and the form of the query.

    `begin` is called when it takes long, and may. If it `explains`, the answer is JSON that tells why that answer is
    empty, or that it is not.

    A client that accepts only what does not fit the form gets the form's first type.

    Raises:
        ScanRefused: the query is not handed to the engine.
        MalformedQuery: it is not SPARQL.
        LimitExceeded, WorkerDied: it was stopped.
    """
    query = scan_query(query, limit=settings.query_bytes).encode()
    subject = subject or Subject()
    header = _forms(accept, settings) | subject.facts()
    if subject.undone:
        header |= {"query_bytes": len(query), "explains": explains}
        body = query + b"".join(subject.undone)
        return await workers.run(Request("query_at", body, header, settings.query_seconds), begin)
    job = "explain" if explains else "query"
    return await workers.run(Request(job, query, header, settings.query_seconds), begin)


def _forms(accept: str, settings: Settings) -> dict[str, Fact]:
    """Give what a worker is told of the forms and the size of the answer."""
    return {
        "solutions": media.negotiate(accept, SOLUTIONS) or SOLUTIONS[0],
        "graph": media.negotiate(accept, QUADS) or GRAPH[0],
        "instance_base": settings.instance_base,
        "result_rows": settings.result_rows,
    }
