"""Every setting of the service, read once at start and passed on as one value.

Each field's `doc` is the help of its `--option`, and its row in the README's table; the environment
variable is `SUMMITRY_` with the field's name in capitals.
"""

import os
from dataclasses import dataclass, field, fields
from typing import Final

from summitry.errors import BadParameter

ENVIRONMENT: Final = "SUMMITRY_"
PAST_QUADS: Final = 4_000_000
MIB: Final = 1024 * 1024
_LIMITS: Final = frozenset(
    {
        "queue",
        "client_queries",
        "query_seconds",
        "write_seconds",
        "memory_bytes",
        "result_bytes",
        "result_rows",
        "query_bytes",
        "upload_bytes",
        "request_seconds",
    }
)


def _doc(text: str, *, default: str = "") -> dict[str, str]:
    """Give what a field says of itself; `default` describes one that depends on the machine."""
    return {"doc": text, "default": default}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where the service listens, what it keeps, and the limits that guard it: seconds and bytes."""

    data: str = field(
        default="",
        metadata=_doc("Directory of the store; without one it is temporary and ends with the process."),
    )
    store: str = field(
        default="",
        metadata=_doc(
            "URL of a SPARQL 1.1 server that keeps the graph instead: its /query and /update are used."
        ),
    )
    store_query: str = field(
        default="", metadata=_doc("Query URL of that server, where it is not below --store.")
    )
    store_update: str = field(
        default="", metadata=_doc("Update URL of that server, where it is not below --store.")
    )
    store_credentials: str = field(
        default="",
        metadata=_doc("NAME:PASSWORD for that server; set the variable, because others can read options."),
    )
    store_seconds: float = field(
        default=60.0, metadata=_doc("Time in which that server must have answered one request.")
    )
    host: str = field(default="127.0.0.1", metadata=_doc("Address to listen on."))
    port: int = field(default=8000, metadata=_doc("Port to listen on; 0 takes a free one."))
    empty: bool = field(
        default=False, metadata=_doc("Leave an empty store empty: do not load the shipped graph.")
    )
    token: str = field(
        default="",
        metadata=_doc(
            "Bearer token of the curator of all graphs; without one a fresh token is printed at start."
        ),
    )
    open: bool = field(
        default=False,
        metadata=_doc(
            "Let anyone who reaches the address write, without a token: on trusted networks and for "
            "conformance runs only."
        ),
    )
    no_shapes: bool = field(
        default=False,
        metadata=_doc(
            "Keep no rules: no shapes, no ontology, no shipped graph; needs `--default-graph unnamed`."
        ),
    )
    default_graph: str = field(
        default="union",
        metadata=_doc(
            "What queries see without GRAPH: `union`, the merge of all graphs; or, with `--no-shapes`, "
            "`unnamed`, a graph of its own as in SPARQL 1.1."
        ),
    )
    require_if_match: bool = field(
        default=False, metadata=_doc("Refuse to replace or delete a graph without If-Match (428).")
    )
    instance_base: str = field(
        default="https://w3id.org/summitry/id/",
        metadata=_doc("What the IRIs of this graph's entities start with."),
    )
    workspace: str = field(
        default="",
        metadata=_doc("Graph that takes what an update inserts without naming a graph; else it is refused."),
    )
    workers: int = field(
        default_factory=lambda: max(2, os.cpu_count() or 1),
        metadata=_doc(
            "Queries that may take long at the same time, each in a process; others have a moment each.",
            default="processor count, at least 2",
        ),
    )
    queue: int = field(default=64, metadata=_doc("Queries that may wait for a worker; one more is refused."))
    client_queries: int = field(
        default=32, metadata=_doc("Queries of one client that may run and wait; one more is refused (429).")
    )
    proxies: str = field(
        default="",
        metadata=_doc(
            "Addresses, with commas between, of the proxies whose X-Forwarded-For is believed; without, a "
            "client is known by the address it connects from."
        ),
    )
    query_seconds: float = field(default=30.0, metadata=_doc("Wall-clock limit of one query."))
    write_seconds: float = field(default=120.0, metadata=_doc("Wall-clock limit of checking one upload."))
    memory_bytes: int = field(
        default=1024 * MIB, metadata=_doc("Memory that one worker may use on top of the graph it shares.")
    )
    past_quads: int = field(
        default=PAST_QUADS,
        metadata=_doc("Quads of earlier revisions that `known_at` may keep in memory for lists and pages."),
    )
    result_bytes: int = field(default=512 * MIB, metadata=_doc("Largest answer of one query."))
    result_rows: int = field(
        default=10_000_000, metadata=_doc("Most rows, or triples, in the answer of one query.")
    )
    query_bytes: int = field(default=MIB, metadata=_doc("Largest text of one query."))
    upload_bytes: int = field(default=32 * MIB, metadata=_doc("Largest document that one request may bring."))
    request_seconds: float = field(
        default=60.0, metadata=_doc("Time in which a client must have sent its whole request.")
    )

    @property
    def is_plain(self) -> bool:
        """Tell whether the service is a plain SPARQL 1.1 store. Raises BadParameter for half of the two settings."""
        if self.default_graph not in ("union", "unnamed"):
            raise BadParameter(f"--default-graph is union or unnamed, not {self.default_graph!r}")
        if self.no_shapes != (self.default_graph == "unnamed"):
            raise BadParameter(
                "--no-shapes and --default-graph unnamed go together: rules are kept of the merge of all graphs; "
                "give both for a plain SPARQL 1.1 store, or neither"
            )
        return self.no_shapes

    def limits(self) -> list["Limit"]:
        """Give the limits that a query or an upload is held to, for those who are to be told of them."""
        return [
            Limit(one.name, getattr(self, one.name), one.metadata["doc"])
            for one in fields(self)
            if one.name in _LIMITS
        ]


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit: the name of its setting, its value, and a sentence about it."""

    name: str
    value: float
    sentence: str
