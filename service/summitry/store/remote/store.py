"""The remote store: the graph on a SPARQL 1.1 server that several instances may share.

A commit is one guarded update that writes its own record, made in a turn of its own (`turns`). That the
server took it says nothing: the record is read back. Where no answer comes the record is asked for, and
nothing is ever sent twice.
"""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import IO, Final

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple, serialize

from summitry import patch, provenance
from summitry.bind import bind
from summitry.errors import (
    BadParameter,
    OutcomeUnknown,
    StaleRevision,
    StoreDamaged,
    StoreUnavailable,
    UnknownRevision,
)
from summitry.model import Changeset, Commit, Revision
from summitry.patch import Change
from summitry.settings import PAST_QUADS
from summitry.store.base import Bindings, Reader, Row, Term
from summitry.store.past import Past, mentioned_since
from summitry.store.remote import outcome, statements
from summitry.store.remote.connection import Connection, Place
from summitry.store.remote.memory import Memory
from summitry.store.remote.turns import Turns
from summitry.terms import FOLLOWING, MERGE, PROVENANCE_GRAPH, is_source

_PIECE: Final = 20_000
_COPIES: Final = 5


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the store at its last known revision: what is there, and what changed each graph last."""

    head: int
    graphs: frozenset[NamedNode]
    changed: Mapping[NamedNode, int]


class RemoteStore:
    """A GraphStore on the server at `place`. Earlier revisions may take `past_quads` quads of memory.

    Raises:
        StoreUnavailable: it does not answer.
        BadParameter: it cannot keep the graph as it is; the message says why.
    """

    def __init__(self, place: Place, *, past_quads: int = PAST_QUADS) -> None:
        self._connection = Connection(place)
        self._turns = Turns(self._connection, place.seconds)
        self._changing = Lock()
        self._memory = Memory()
        self._past = Past(self, past_quads)
        with ExitStack() as if_it_fails:
            if_it_fails.callback(self._connection.close)
            self._probe()
            self._known = self._read_known()
            if_it_fails.pop_all()

    def head(self) -> int:
        """Give the number of the last revision that is known, 0 for a store that never changed."""
        return self._known.head

    def is_at(self, number: int) -> bool:
        """Tell whether what is read now is revision `number`: the server is asked, others write there too."""
        return self._turns.state().head == number or self.refresh() == number

    def refresh(self) -> int:
        """Learn of the revisions that other instances made, and give the head; see GraphStore."""
        with self._changing:
            head = self._turns.state().head
            if head < self._known.head:
                raise StoreDamaged(f"the remote store went back from r{self._known.head} to r{head}")
            if head > self._known.head:
                self._known = self._followed(head)
            return head

    def commit(self, change: Change, commit: Commit, *, expected: int) -> Revision:
        """Make `change` and give the revision that records it; see GraphStore."""
        change = change if isinstance(change, Changeset) else change.changeset()
        with self._changing:
            if expected != self._known.head:
                raise StaleRevision(
                    f"the graph moved from r{expected} to r{self._known.head}; fetch it and retry"
                )
            revision = Revision(expected + 1, datetime.now(UTC), commit, provenance.touched(change))
            whole = change | self._new_descriptions(provenance.describe(revision, change))
            recorded = b"".join(patch.recorded(revision.number, whole))
            turn = self._turns.take(expected)
            self._write(whole, recorded, turn=turn, number=revision.number)
            self._memory.keep(revision, recorded)
            self._known = self._advanced(revision, whole)
            return revision

    def graphs(self) -> list[NamedNode]:
        """Give the names of all graphs that hold something, the system's included, in order."""
        return sorted(self._known.graphs, key=str)

    def holds(self, graph: NamedNode) -> bool:
        """Tell whether `graph` holds anything."""
        return graph in self._known.graphs

    def quads(self, graph: NamedNode) -> Iterator[Quad]:
        """Give the content of `graph`."""
        return (_quad(row, graph) for row in self.select("remote-content", {"graph": [graph]}))

    def states(self, quad: Quad) -> bool:
        """Tell whether `quad` is in the store."""
        return self._connection.holds(f"ASK {{ {statements.data([quad])} }}")

    def mentioning(self, term: NamedNode) -> Iterator[Quad]:
        """Give the quads of source graphs whose subject or object is `term`, each once."""
        rows = self.select("remote-mentioning", {"term": [term]})
        return (quad for quad in map(_quad, rows) if is_source(quad.graph_name))

    def about(
        self, subject: NamedNode, predicate: NamedNode | None, value: NamedNode | None
    ) -> Iterator[Quad] | None:
        """Give None: the workers' copy is nearer than the server."""

    def select(self, name: str, bindings: Bindings | None = None) -> list[Row]:
        """Give the rows of the curated query `name`; see GraphStore."""
        return self._connection.rows(bind(name, bindings or {}))

    def construct(self, name: str, bindings: Bindings | None = None) -> list[Triple]:
        """Give the triples of the curated query `name`; see GraphStore."""
        return self._connection.triples(bind(name, bindings or {}))

    def revision(self, number: int) -> Revision:
        """Give revision `number`. Raises UnknownRevision."""
        self._refuse_unknown(number)
        return self._memory.revision(number, self._read_revision)

    def last_change(self, graph: NamedNode) -> int:
        """Give the number of the revision that last changed `graph`, 0 where none did."""
        return self.head() if graph in FOLLOWING else self._known.changed.get(graph, 0)

    def patch(self, number: int) -> bytes:
        """Give the RDF Patch of revision `number`. Raises UnknownRevision."""
        self._refuse_unknown(number)
        return self._memory.patch(number, self._read_patch)

    def mentioned_since(self, number: int) -> frozenset[NamedNode] | None:
        """Give what the changes after revision `number` mention; see Reader."""
        return mentioned_since(number, self.head(), self.patch)

    def at(self, number: int) -> Reader:
        """Give the graph as it was known at revision `number`; see GraphStore."""
        return self if number == self.head() else self._past.at(number)

    def dump(self) -> tuple[int, Iterator[bytes]]:
        """Give the head and, in pieces, the N-Quads of everything at that revision; see GraphStore.

        The pieces raise StoreUnavailable where the server gave fewer statements than it counts.
        """
        for _ in range(_COPIES):
            head = self.refresh()
            file = tempfile.TemporaryFile()  # noqa: SIM115 the pieces are read from it
            with ExitStack() as if_it_moved:
                if_it_moved.callback(file.close)
                count = self._count()
                batches = self._connection.rows_by_file(bind("remote-everything", {}), file, batch=_PIECE)
                if self._turns.state().head == head:
                    if_it_moved.pop_all()
                    return head, _pieces(batches, file, count)
        raise StoreUnavailable("the remote store changes too often to be copied; try again")

    def close(self) -> None:
        """Close the connections."""
        self._connection.close()

    def _write(self, whole: Changeset, recorded: bytes, *, turn: NamedNode, number: int) -> None:
        """Send the one update of a commit, and find out what became of it."""
        with ExitStack() as if_it_fails:
            if_it_fails.callback(outcome.leave, self._turns, turn)
            text = statements.guarded(whole, recorded, turn=turn, number=number, seconds=self._turns.seconds)
            try:
                self._connection.update(text)
            except OutcomeUnknown:
                if_it_fails.pop_all()
                outcome.resolve(self._turns, turn, number, isolates=self._connection.engine.isolates)
            else:
                outcome.read_back(self._turns, turn, number)
                if_it_fails.pop_all()

    def _new_descriptions(self, change: Changeset) -> Changeset:
        """Keep of a change of the provenance graph what really changes it."""
        subjects = {
            quad.subject for quad in change.added | change.removed if isinstance(quad.subject, NamedNode)
        }
        rows = self.select("remote-described", {"subject": sorted(subjects, key=str)})
        there = {_quad(row, PROVENANCE_GRAPH) for row in rows}
        return Changeset(change.added - there, (change.removed & there) - change.added)

    def _advanced(self, revision: Revision, whole: Changeset) -> Known:
        """Give what is known after a commit of this store: the commit stands, so nothing may fail here."""
        gained = {quad.graph_name for quad in whole.added if isinstance(quad.graph_name, NamedNode)}
        lessened = {
            quad.graph_name for quad in whole.removed if isinstance(quad.graph_name, NamedNode)
        } - gained
        emptied = {graph for graph in lessened if self._is_empty(graph)}
        changed = {**self._known.changed, **dict.fromkeys(revision.graphs, revision.number)}
        return Known(revision.number, (self._known.graphs | gained) - emptied, changed)

    def _is_empty(self, graph: NamedNode) -> bool:
        try:
            return not self._connection.holds(f"ASK {{ GRAPH {graph} {{ ?subject ?predicate ?object }} }}")
        except StoreUnavailable:
            return False

    def _followed(self, head: int) -> Known:
        """Give what is known after revisions of others up to `head`."""
        changed = dict(self._known.changed)
        for number in range(self._known.head + 1, head + 1):
            revision = self._memory.revision(number, self._read_revision)
            changed |= dict.fromkeys(revision.graphs, number)
        return Known(head, self._read_graphs(), changed)

    def _read_known(self) -> Known:
        head = self._turns.state().head
        changed: dict[NamedNode, int] = {}
        for row in self.select("remote-generated"):
            graph, revision = row["graph"], row["revision"]
            if isinstance(graph, NamedNode) and revision.value.startswith(provenance.REVISIONS):
                changed[graph] = max(changed.get(graph, 0), provenance.number(_iri(revision)))
        return Known(head, self._read_graphs(), changed)

    def _read_graphs(self) -> frozenset[NamedNode]:
        found = {_iri(row["graph"]) for row in self.select("remote-graphs")}
        return frozenset(found - {statements.LEDGER_GRAPH})

    def _refuse_unknown(self, number: int) -> None:
        if not 1 <= number <= self.head():
            raise UnknownRevision(f"there is no revision {number}; the last is {self.head()}")

    def _read_revision(self, number: int) -> Revision:
        this = provenance.iri(number)
        stated = [
            _quad(row, PROVENANCE_GRAPH) for row in self.select("remote-described", {"subject": [this]})
        ]
        if not stated:
            raise StoreDamaged(f"the remote store has no description of revision {number}")
        graphs = [_iri(row["graph"]) for row in self.select("remote-generated", {"revision": [this]})]
        return provenance.read(number, stated, graphs)

    def _read_patch(self, number: int) -> bytes:
        rows = self.select("remote-patch", {"number": [Literal(str(number))]})
        if len({row["record"] for row in rows}) != 1:
            raise StoreDamaged(f"the remote store has not one record of revision {number}")
        return statements.patch_of(row["piece"].value for row in rows)

    def _count(self) -> int:
        return int(self.select("remote-count")[0]["count"].value)

    def _probe(self) -> None:
        """Refuse a server that cannot keep the graph as it is."""
        turn = self._turns.announce(0)
        try:
            if turn not in self._turns.state().turns:
                raise BadParameter(
                    "the remote store's update URL writes to another dataset than its query URL reads"
                )
            if self._connection.holds(f"ASK {{ {turn} ?predicate ?object }}"):
                raise BadParameter(
                    "the remote store shows named graphs in its default graph; have it keep them apart"
                )
        finally:
            self._turns.leave(turn)
        if not self._turns.state().head and self._count():
            raise BadParameter(
                "the remote store holds statements that no revision made; give it an empty dataset"
            )


def _quad(row: Row, graph: NamedNode | None = None) -> Quad:
    """Give the statement in `row`, of the graph that the row names or else of `graph`, or of the merge."""
    named = row.get("graph", graph)
    subject, value = row["subject"], row["object"]
    assert not isinstance(subject, Literal)
    return Quad(subject, _iri(row["predicate"]), value, MERGE if named is None else _iri(named))


def _iri(term: Term) -> NamedNode:
    assert isinstance(term, NamedNode)
    return term


def _pieces(batches: Iterator[list[Row]], file: IO[bytes], count: int) -> Iterator[bytes]:
    """Give `batches` as N-Quads, which `file` holds until the last; there must be `count` rows in all."""
    with file:
        for rows in batches:
            count -= len(rows)
            yield serialize(map(_quad, rows), format=RdfFormat.N_QUADS) or b""
    if count:
        raise StoreUnavailable("the remote store leaves rows out of long answers; raise its limit of rows")
