"""The embedded store: Oxigraph on disk, behind the ledger. One process at a time.

A commit is in the ledger, synced, before the store changes; opening replays what the store lacks, so a
kill at any moment leaves all of a revision or nothing of it. A commit for which the disk has no room is
taken back from the ledger.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Final

from pyoxigraph import NamedNode, Quad, RdfFormat, Store, serialize

from summitry import patch, provenance
from summitry.errors import BadParameter, StaleRevision, StoreBusy, StoreDamaged, StoreFull, UnknownRevision
from summitry.model import Changeset, Commit, Revision
from summitry.patch import Addition, Change
from summitry.settings import PAST_QUADS
from summitry.store.base import Reader
from summitry.store.ledger import FILE, Ledger
from summitry.store.past import Past, mentioned_since
from summitry.store.reading import OxigraphReader
from summitry.terms import MERGE

_PIECE: Final = 20_000
_READS_SECONDS: Final = 10.0
_NAP_SECONDS: Final = 0.02
_BULK: Final = 50_000  # quads: from about here on, writing new files costs less than one transaction


class EmbeddedStore(OxigraphReader):
    """A GraphStore in the directory `path`; without one, in a temporary directory that goes at close.

    Earlier revisions may take `past_quads` quads of memory.
    """

    def __init__(self, path: Path | None = None, *, past_quads: int = PAST_QUADS) -> None:
        self._temporary = None if path else tempfile.TemporaryDirectory(prefix="summitry-")
        directory = path or Path(self._temporary.name)  # type: ignore[union-attr]
        self._path = directory / "graph"
        super().__init__(_opened(self._path), 0)
        self._past = Past(self, past_quads)
        self._changing = Lock()
        self._must_reopen = False
        try:
            self._ledger = Ledger(directory / FILE)
            self._head = self._catch_up()
        except StoreDamaged:
            del self._store
            raise

    def refresh(self) -> int:
        """Give the head: nobody else writes to this store."""
        return self._head

    def commit(self, change: Change, commit: Commit, *, expected: int) -> Revision:
        """Make `change` and give the revision that records it; see GraphStore."""
        with self._changing:
            if expected != self._head:
                raise StaleRevision(f"the graph moved from r{expected} to r{self._head}; fetch it and retry")
            self._reopen_after_failure()
            graphs, described = self._about(change)
            revision = Revision(expected + 1, datetime.now(UTC), commit, graphs)
            whole = change | self._new_descriptions(self._description(revision, described))
            self._ledger.append(*patch.recorded(revision.number, whole))
            self._apply_or_take_back(whole)
            self._head = revision.number
            return revision

    def _about(self, change: Change) -> tuple[tuple[NamedNode, ...], Changeset]:
        """Give the graphs that `change` changes, and the part of it in which they describe themselves, or more."""
        if isinstance(change, Addition):
            return change.graphs, change.described
        return self._touched(change), change

    def _touched(self, change: Changeset) -> tuple[NamedNode, ...]:
        """Give the graphs that the description of a revision names."""
        return provenance.touched(change)

    def _description(self, revision: Revision, change: Changeset) -> Changeset:
        """Give what the provenance graph gains and loses with `revision`."""
        return provenance.describe(revision, change)

    def _new_descriptions(self, change: Changeset) -> Changeset:
        """Keep of a change of the provenance graph what really changes it."""
        return Changeset(
            frozenset(q for q in change.added if q not in self._store),
            frozenset(q for q in change.removed if q in self._store and q not in change.added),
        )

    def at(self, number: int) -> Reader:
        """Give the graph as it was known at revision `number`; see GraphStore."""
        return self if number == self.head() else self._past.at(number)

    def mentioned_since(self, number: int) -> frozenset[NamedNode] | None:
        """Give what the changes after revision `number` mention; see Reader."""
        return mentioned_since(number, self._head, self._ledger.read)

    def patch(self, number: int) -> bytes:
        """Give the RDF Patch of revision `number`. Raises UnknownRevision."""
        if not 1 <= number <= self.head():
            raise UnknownRevision(f"there is no revision {number}; the last is {self.head()}")
        return self._ledger.read(number)

    def dump(self) -> tuple[int, Iterator[bytes]]:
        """Give the head and, in pieces, the N-Quads of everything at that revision."""
        with self._changing:
            # An iterator keeps the snapshot of the moment it was made.
            return self.head(), pieces(self._store.quads_for_pattern(None, None, None, None))

    def close(self) -> None:
        """Write everything to disk and close the store."""
        # The ledger has it all: a disk without room must not keep the rest from being closed, and after a failure there
        # is nothing to flush, perhaps not even a graph that can be written.
        if not self._must_reopen:
            with suppress(OSError):
                self._store.flush()
        self._ledger.close()
        del self._store
        if self._temporary:
            self._temporary.cleanup()

    def _catch_up(self) -> int:
        """Bring the store to the head of the ledger; give that head."""
        head = self._ledger.head
        self._refuse_if_ahead_of(head)
        for recorded in self._ledger.since(self._applied()):
            self._apply(patch.received(patch.changes(recorded)))
        return head

    def _refuse_if_ahead_of(self, head: int) -> None:
        if self._holds_description(head + 1):
            raise StoreDamaged(
                f"the graph holds revision {head + 1}, of which the ledger has no whole record"
            )

    def _applied(self) -> int:
        """Give the last revision that the store holds whole: its description is added with the rest of it."""
        number = self._ledger.head
        while number and not self._holds_description(number):
            number -= 1
        return number

    def _apply_or_take_back(self, change: Change) -> None:
        """Make the change that the ledger has as its last record, or remove that record."""
        with ExitStack() as if_it_fails:
            if_it_fails.callback(self._ledger.take_back)
            try:
                self._apply(change)
            except OSError as error:
                self._must_reopen = True
                _remove_leftovers(self._path)
                raise StoreFull("no space is left to make the change; nothing was written") from error
            if_it_fails.pop_all()

    def _reopen_after_failure(self) -> None:
        """Open the graph anew if a write failed: RocksDB refuses all later ones until then. Reads go on."""
        if self._must_reopen:
            try:
                self._store = Store.read_only(str(self._path))
                self._store = _reopened(self._path)
            except OSError as error:
                raise StoreFull("there is no space to write again yet; nothing was written") from error
            self._refuse_if_ahead_of(self._head)
            self._must_reopen = False

    def _apply(self, change: Change) -> None:
        """Make `change` whole or not at all: what there is to add alone as quads, else by an update."""
        # RocksDB takes in the new files of a bulk load all at once, and they are on disk by then.
        if isinstance(change, Addition):
            change.load(self._store)
            return
        if not change.removed:
            is_large = len(change.added) > _BULK
            (self._store.bulk_extend if is_large else self._store.extend)(change.added)
            return
        removed, added = (_data(quads) for quads in (change.removed, change.added))
        self._store.update(f"DELETE DATA {{ {removed} }} ; INSERT DATA {{ {added} }}")


def _opened(path: Path) -> Store:
    """Give the graph in the directory `path`, which is made with all above it if it is not there."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        store = Store(path)
        _remove_leftovers(path)
        return store
    except RuntimeError as error:
        raise StoreDamaged(f"the graph in {path} cannot be read: {error}") from error
    except OSError as error:
        if "/LOCK:" in str(error):
            raise StoreBusy(f"the store in {path.parent} is open already; stop what uses it") from error
        raise BadParameter(f"the store in {path.parent} cannot be opened: {error}") from error


def _reopened(path: Path) -> Store:
    """Give the graph in `path` to be written again, as soon as the reads that began before have ended."""
    deadline = time.monotonic() + _READS_SECONDS
    while True:
        try:
            return Store(path)
        except OSError as error:
            # An iterator keeps the graph open as it was.
            if "/LOCK:" not in str(error) or time.monotonic() > deadline:
                raise
        time.sleep(_NAP_SECONDS)


def _remove_leftovers(path: Path) -> None:
    """Remove the files of a bulk load that came to no end: nothing knows of them."""
    for file in path.glob("bulk-*.sst"):
        file.unlink()


def _data(quads: frozenset[Quad]) -> str:
    """Give `quads` as the QuadData of SPARQL 1.1 Update, every term in its N-Triples form."""
    return "\n".join(
        f"{q.triple} ." if q.graph_name == MERGE else f"GRAPH {q.graph_name} {{ {q.triple} }}" for q in quads
    )


def pieces(quads: Iterator[Quad]) -> Iterator[bytes]:
    """Give `quads` as N-Quads, some thousands at a time."""
    batch: list[Quad] = []
    for quad in quads:
        batch.append(quad)
        if len(batch) == _PIECE:
            yield serialize(batch, format=RdfFormat.N_QUADS) or b""
            batch.clear()
    if batch:
        yield serialize(batch, format=RdfFormat.N_QUADS) or b""
