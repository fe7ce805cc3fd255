"""The contract of a store: what the use-cases need of it, whatever engine keeps the graph."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Protocol

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from summitry.model import Commit, Revision
from summitry.patch import Change

Term = NamedNode | BlankNode | Literal
Row = Mapping[str, Term]
Bindings = Mapping[str, Sequence[Term]]


class Reader(Protocol):
    """The graph to be read: named graphs, and their merge as the default graph.

    Reads see whole revisions only. What `quads` gives is read in the thread that asked for it: engines bind an
    iterator to its thread.
    """

    def head(self) -> int:
        """Give the number of the last revision, 0 for a store that never changed."""
        ...

    def is_at(self, number: int) -> bool:
        """Tell whether what is read now is revision `number`, and no change is about to be seen."""
        ...

    def graphs(self) -> list[NamedNode]:
        """Give the names of all graphs that hold something, the system's included, in order."""
        ...

    def holds(self, graph: NamedNode) -> bool:
        """Tell whether `graph` holds anything."""
        ...

    def quads(self, graph: NamedNode) -> Iterator[Quad]:
        """Give the content of `graph`."""
        ...

    def states(self, quad: Quad) -> bool:
        """Tell whether `quad` is in the store."""
        ...

    def mentioning(self, term: NamedNode) -> Iterator[Quad]:
        """Give the quads of source graphs whose subject or object is `term`, each once."""
        ...

    def about(
        self, subject: NamedNode, predicate: NamedNode | None, value: NamedNode | None
    ) -> Iterator[Quad] | None:
        """Give what the merge says of `subject`, by this predicate and of this value where they are given.

        None where another server would have to be asked.
        """
        ...

    def select(self, name: str, bindings: Bindings | None = None) -> list[Row]:
        """Give the rows of the curated query `name`, its variables bound to terms; unbound ones are absent."""
        ...

    def construct(self, name: str, bindings: Bindings | None = None) -> list[Triple]:
        """Give the triples of the curated query `name`, its variables bound to terms."""
        ...

    def revision(self, number: int) -> Revision:
        """Give revision `number`. Raises UnknownRevision."""
        ...

    def last_change(self, graph: NamedNode) -> int:
        """Give the number of the revision that last changed `graph`, 0 where none did.

        Of what follows from the others, and of their provenance, it is the last revision.
        """
        ...

    def mentioned_since(self, number: int) -> frozenset[NamedNode] | None:
        """Give what the changes after revision `number` mention as subject or object; None where that is not known,
        or so much that reading anew costs less.
        """
        ...


class GraphStore(Reader, Protocol):
    """A graph that is kept, and the revisions that led to what it is. `commit` is called by one writer at a time."""

    def refresh(self) -> int:
        """Learn of the revisions that others made in the same store, and give the head.

        Raises:
            StoreUnavailable: the store cannot be asked.
        """
        ...

    def commit(self, change: Change, commit: Commit, *, expected: int) -> Revision:
        """Make `change` and give the revision that records it, durable when this returns.

        `change` is the whole of it: source graph, inferred types and merge.

        Raises:
            StaleRevision: the head is not `expected`.
            StoreFull: there is no space; nothing changed.
            StoreUnavailable: the store does not answer; nothing changed.
            OutcomeUnknown: it did not answer in time, and cannot be asked either; the revision may be there.
        """
        ...

    def at(self, number: int) -> Reader:
        """Give the graph as it was known at revision `number`, which takes long when nobody asked for it lately.

        Raises:
            UnknownRevision: it was never made.
            MemoryExceeded: the graph is too large to be kept a second time.
            QueueFull: others wait for other revisions already.
        """
        ...

    def patch(self, number: int) -> bytes:
        """Give the RDF Patch of revision `number`. Raises UnknownRevision."""
        ...

    def dump(self) -> tuple[int, Iterator[bytes]]:
        """Give the head and, in pieces, the N-Quads of everything at that revision, to be read in this thread."""
        ...

    def close(self) -> None:
        """Close the store."""
        ...


@dataclass(frozen=True, slots=True)
class Name:
    """What an entity is called by one property. `type` is the local name of its class, `language` empty for codes."""

    entity: str
    type: str
    property: str
    text: str
    language: str


class Names(Protocol):
    """An index of what entities are called. Neither case nor accents count; shorter names come first.

    Where `types` are given, local names of classes, it looks at entities of these alone.
    """

    def of(self, reader: Reader, store: GraphStore) -> "Names":
        """Give the index of what `reader` reads: `store` itself at its head, or the graph as it was once known."""
        ...

    def exact(self, text: str, limit: int, types: Set[str] = frozenset()) -> list[Name]:
        """Give up to `limit` names that are `text`."""
        ...

    def beginning(self, text: str, limit: int, types: Set[str] = frozenset()) -> list[Name]:
        """Give up to `limit` names with all words of `text`, of which the last may be a word's beginning."""
        ...

    def containing(self, text: str, limit: int, types: Set[str] = frozenset()) -> list[Name]:
        """Give up to `limit` names that contain `text`."""
        ...

    def similar(self, text: str, limit: int, types: Set[str] = frozenset()) -> list[Name]:
        """Give up to `limit` names with all words of `text` or of words that differ in a letter or two."""
        ...
