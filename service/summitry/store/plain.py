"""The embedded store as a plain SPARQL 1.1 store: its default graph is written to, graphs may be empty.

Blank nodes are kept under IRIs of their own, so that a commit stays one transaction; the ledger and whoever
reads the store see blank nodes.
"""

from collections.abc import Iterator

from pyoxigraph import NamedNode, Quad

from summitry import blank, plain, provenance
from summitry.model import Changeset, Revision
from summitry.patch import Change
from summitry.store.embedded import EmbeddedStore, pieces
from summitry.terms import MERGE, NAMED_GRAPHS, TYPE, UNNAMED, is_system


class PlainStore(EmbeddedStore):
    """A GraphStore without merge, inferred types and self-descriptions. UNNAMED stands for the default graph."""

    def graphs(self) -> list[NamedNode]:
        """Give the names of all named graphs, in order; the default graph has none."""
        listed = self._store.quads_for_pattern(None, TYPE, None, NAMED_GRAPHS)
        return sorted((q.subject for q in listed if isinstance(q.subject, NamedNode)), key=str)

    def holds(self, graph: NamedNode) -> bool:
        """Tell whether `graph` is there, empty or not."""
        return graph == UNNAMED or plain.existence(graph) in self._store

    def quads(self, graph: NamedNode) -> Iterator[Quad]:
        """Give the content of `graph`."""
        return map(blank.unnamed, super().quads(MERGE if graph == UNNAMED else graph))  # type: ignore[arg-type]

    def states(self, quad: Quad) -> bool:
        """Tell whether `quad` is in the store."""
        return super().states(blank.named(quad))

    def dump(self) -> tuple[int, Iterator[bytes]]:
        """Give the head and, in pieces, the N-Quads of all graphs at that revision, and which there are."""
        with self._changing:
            everything = self._store.quads_for_pattern(None, None, None, None)
            return self.head(), pieces(map(blank.unnamed, filter(_is_a_clients, everything)))

    def _touched(self, change: Changeset) -> tuple[NamedNode, ...]:
        return plain.touched(change)

    def _description(self, revision: Revision, change: Changeset) -> Changeset:  # noqa: ARG002 nothing describes itself
        return provenance.describe(revision, Changeset())

    def _apply(self, change: Change) -> None:
        super()._apply(blank.named_change(change) if isinstance(change, Changeset) else change)


def _is_a_clients(quad: Quad) -> bool:
    return not is_system(quad.graph_name) or quad.graph_name == NAMED_GRAPHS
