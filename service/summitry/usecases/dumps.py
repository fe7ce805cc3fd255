"""The whole graph, or one of its graphs, as a compressed file with a checksum.

A file is written once for a revision, so it is the same bytes until the graph changes.
"""

import gzip
import hashlib
import os
import tempfile
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Final

from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, serialize

from summitry.errors import StoreBusy, StoreFull, UnknownGraph
from summitry.store.base import GraphStore

_PIECE: Final = 20_000  # quads
_KEPT: Final = 16  # files; the oldest go
_TRIES: Final = 10


@dataclass(frozen=True, slots=True)
class Dump:
    """A file of gzip: N-Triples of one graph, or N-Quads of all named ones. `digest` is its SHA-256."""

    path: Path
    revision: int
    digest: bytes


class Dumps:
    """Writes dumps of `store` into a temporary directory, one at a time, and keeps the last few."""

    def __init__(self, store: GraphStore) -> None:
        self._store = store
        self._directory = tempfile.TemporaryDirectory(prefix="summitry-dumps-")
        self._kept: OrderedDict[tuple[str, int], Dump] = OrderedDict()
        self._writing = Lock()

    def revision(self, graph: NamedNode | None) -> int:
        """Give the revision that a dump of `graph`, or of all, is of: the last that changed it."""
        return self._store.last_change(graph) if graph else self._store.head()

    def dump(self, graph: NamedNode | None = None) -> Dump:
        """Give the dump of `graph`, or of all graphs, the system's included.

        Raises:
            UnknownGraph: the store does not hold it.
            StoreBusy: the graph changed all the time.
            StoreFull: there is no room for the file.
        """
        if graph and not self._store.holds(graph):
            raise UnknownGraph(f"there is no graph {graph}; GET /dumps lists those there are")
        with self._writing:
            key = (graph.value if graph else "", self.revision(graph))
            if key not in self._kept:
                self._kept[key] = self._written(graph)
                while len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)[1].path.unlink(missing_ok=True)
            return self._kept[key]

    def _written(self, graph: NamedNode | None) -> Dump:
        revision, iterators = self._snapshot(graph)
        rdf_format = RdfFormat.N_TRIPLES if graph else RdfFormat.N_QUADS
        descriptor, name = tempfile.mkstemp(dir=self._directory.name)
        try:
            # No time in the header: the same content is the same bytes.
            with (
                os.fdopen(descriptor, "wb") as file,
                gzip.GzipFile(filename="", fileobj=file, mode="wb", mtime=0, compresslevel=6) as packed,
            ):
                for iterator in iterators:
                    while batch := list(islice(iterator, _PIECE)):
                        packed.write(serialize(_bare(batch, graph), format=rdf_format) or b"")
        except OSError as error:
            Path(name).unlink(missing_ok=True)
            raise StoreFull("no space is left to write the dump; retry later, or read /graphs") from error
        with open(name, "rb") as whole:
            return Dump(Path(name), revision, hashlib.file_digest(whole, "sha256").digest())

    def _snapshot(self, graph: NamedNode | None) -> tuple[int, list[Iterator[Quad]]]:
        """Give iterators that all see one revision: each keeps the snapshot of the moment it was made."""
        for _ in range(_TRIES):
            number, revision = self._store.head(), self.revision(graph)
            iterators = [self._store.quads(name) for name in ([graph] if graph else self._store.graphs())]
            if self._store.is_at(number):
                return revision, iterators
        raise StoreBusy("the graph changed while it was read; retry")


def _bare(quads: list[Quad], graph: NamedNode | None) -> list[Quad] | list[Triple]:
    return [quad.triple for quad in quads] if graph else quads
