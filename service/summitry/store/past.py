"""The graph as it was known: earlier revisions, rebuilt in memory and kept for a while.

A graph of the past is the present one with the later patches undone in turn, so it is exact, and no
revision has to be kept whole on disk.
"""

from collections import OrderedDict
from collections.abc import Callable
from threading import BoundedSemaphore, Lock
from typing import Final

from pyoxigraph import NamedNode, RdfFormat, Store

from summitry import merge, patch
from summitry.errors import MemoryExceeded, QueueFull, UnknownRevision
from summitry.store.base import GraphStore, Reader
from summitry.store.reading import OxigraphReader

_KEPT: Final = 8
_WAITING: Final = 8
_FAR: Final = 50  # revisions
_MANY: Final = 2_000  # nodes: from about here on, reading a class whole costs less than reading each anew


def mentioned_since(number: int, head: int, read: Callable[[int], bytes]) -> frozenset[NamedNode] | None:
    """Give what the revisions after `number` mention, up to `head`; `read` gives the patch of one. See Reader."""
    found: set[NamedNode] = set()
    if head - number > _FAR:
        return None
    for later in range(number + 1, head + 1):
        record = read(later)
        if len(record) >= patch.LARGE:
            return None
        found |= patch.mentioned(record)
        if len(found) > _MANY:
            return None
    return frozenset(found)


class Past:
    """The earlier revisions of `store`. Those asked for last are kept, of at most `quads` quads together."""

    def __init__(self, store: GraphStore, quads: int) -> None:
        self._store = store
        self._quads = quads
        self._kept: OrderedDict[int, tuple[Reader, int]] = OrderedDict()
        self._building = Lock()
        self._waiting = BoundedSemaphore(_WAITING)

    def at(self, number: int) -> Reader:
        """Give the graph at revision `number`; see GraphStore."""
        if not 1 <= number < self._store.head():
            raise UnknownRevision(
                f"revision {number} is none of the past; they end before {self._store.head()}"
            )
        if not self._waiting.acquire(blocking=False):
            raise QueueFull(
                "too many earlier revisions are asked for at once; retry in a second", limit="queue"
            )
        try:
            # One at a time: each takes as much memory as the graph.
            with self._building:
                return self._recalled(number)
        finally:
            self._waiting.release()

    def _recalled(self, number: int) -> Reader:
        if number not in self._kept:
            self._kept[number] = self._rebuilt(number)
        self._kept.move_to_end(number)
        reader, _ = self._kept[number]
        while len(self._kept) > _KEPT or sum(size for _, size in self._kept.values()) > self._quads:
            self._kept.popitem(last=False)
        return reader

    def _rebuilt(self, number: int) -> tuple[Reader, int]:
        head, graph = self._copied()
        if graph is None:
            raise MemoryExceeded(
                f"the graph has more than {self._quads} quads, too many to be kept a second time; "
                "ask /sparql or /graphs with known_at, or let the operator raise past_quads",
                limit="past_quads",
            )
        for later in range(head, number, -1):
            merge.apply(graph, patch.read(self._store.patch(later)).inverse())
        return OxigraphReader(graph, number), len(graph)

    def _copied(self) -> tuple[int, Store | None]:
        """Give the head and the graph at it, None where that is too large."""
        # An error raised here would carry the iterator to another thread, which ends the process.
        head, pieces = self._store.dump()
        graph, size = Store(), 0
        for piece in pieces:
            size += piece.count(b"\n")
            if size > self._quads:
                return head, None
            graph.bulk_load(piece, RdfFormat.N_QUADS)
        return head, graph
