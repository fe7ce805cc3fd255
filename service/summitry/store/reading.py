"""Reading a graph that Oxigraph holds, on disk or in memory."""

from collections.abc import Iterator
from itertools import chain

from pyoxigraph import NamedNode, Quad, QuerySolutions, QueryTriples, Store, Triple

from summitry import provenance
from summitry.bind import bind
from summitry.errors import UnknownRevision
from summitry.model import Revision
from summitry.store.base import Bindings, Row
from summitry.terms import FOLLOWING, MERGE, PROVENANCE_GRAPH, is_source


class OxigraphReader:
    """A Reader of `store`, which is at revision `head`."""

    def __init__(self, store: Store, head: int) -> None:
        self._store = store
        self._head = head

    def head(self) -> int:
        """Give the number of the last revision, 0 for a store that never changed."""
        return self._head

    def is_at(self, number: int) -> bool:
        """Tell whether what is read now is revision `number`: it holds no description of the next."""
        return number == self._head and not self._holds_description(number + 1)

    def graphs(self) -> list[NamedNode]:
        """Give the names of all graphs that hold something, the system's included, in order."""
        named = [name for name in self._store.named_graphs() if isinstance(name, NamedNode)]
        return sorted((name for name in named if self.holds(name)), key=str)

    def holds(self, graph: NamedNode) -> bool:
        """Tell whether `graph` holds anything."""
        return next(self._store.quads_for_pattern(None, None, None, graph), None) is not None

    def quads(self, graph: NamedNode) -> Iterator[Quad]:
        """Give the content of `graph`."""
        return self._store.quads_for_pattern(None, None, None, graph)

    def states(self, quad: Quad) -> bool:
        """Tell whether `quad` is in the store."""
        return quad in self._store

    def mentioning(self, term: NamedNode) -> Iterator[Quad]:
        """Give the quads of source graphs whose subject or object is `term`, each once."""
        said = self._store.quads_for_pattern(term, None, None, None)
        linked = self._store.quads_for_pattern(None, None, term, None)
        found = chain(said, (quad for quad in linked if quad.subject != term))
        return (quad for quad in found if is_source(quad.graph_name))

    def about(
        self, subject: NamedNode, predicate: NamedNode | None, value: NamedNode | None
    ) -> Iterator[Quad] | None:
        """Give what the merge says of `subject`, by this predicate and of this value where they are given."""
        return self._store.quads_for_pattern(subject, predicate, value, MERGE)

    def select(self, name: str, bindings: Bindings | None = None) -> list[Row]:
        """Give the rows of the curated query `name`; see Reader."""
        solutions = self._store.query(bind(name, bindings or {}))
        assert isinstance(solutions, QuerySolutions)
        names = [variable.value for variable in solutions.variables]
        # Not row[name], which looks the name up among all: it took half as long again.
        return [
            {
                name: term
                for name, term in zip(names, row, strict=True)
                if term is not None and not isinstance(term, Triple)
            }
            for row in solutions
        ]

    def construct(self, name: str, bindings: Bindings | None = None) -> list[Triple]:
        """Give the triples of the curated query `name`; see Reader."""
        triples = self._store.query(bind(name, bindings or {}))
        assert isinstance(triples, QueryTriples)
        return list(triples)

    def revision(self, number: int) -> Revision:
        """Give revision `number`. Raises UnknownRevision."""
        this = provenance.iri(number)
        quads = list(self._store.quads_for_pattern(this, None, None, PROVENANCE_GRAPH))
        if not quads:
            raise UnknownRevision(f"there is no revision {number}; the last is {self.head()}")
        made = self._store.quads_for_pattern(None, provenance.GENERATED_BY, this, PROVENANCE_GRAPH)
        return provenance.read(number, quads, [q.subject for q in made if isinstance(q.subject, NamedNode)])

    def last_change(self, graph: NamedNode) -> int:
        """Give the number of the revision that last changed `graph`, 0 where none did."""
        if graph in FOLLOWING:
            return self.head()
        made = self._store.quads_for_pattern(graph, provenance.GENERATED_BY, None, PROVENANCE_GRAPH)
        return max((provenance.number(quad.object) for quad in made), default=0)

    def mentioned_since(self, number: int) -> frozenset[NamedNode] | None:
        """Give what the changes after revision `number` mention, as far as known; see Reader."""
        return frozenset() if number == self._head else None

    def _holds_description(self, number: int) -> bool:
        this = provenance.iri(number)
        described = self._store.quads_for_pattern(this, provenance.IDENTIFIER, None, PROVENANCE_GRAPH)
        return next(described, None) is not None
