"""The merge: the default graph that queries see, in which a triple of two graphs stands once."""

from collections.abc import Iterable

from pyoxigraph import NamedNode, Quad, Store

from summitry.model import Changeset
from summitry.terms import INFERRED_GRAPH, MERGE, ONTOLOGY_GRAPH, Graph, in_graph, is_source


def contributes(graph: Graph) -> bool:
    """Tell whether the triples of `graph` are part of the merge: source graphs, ontology, inferred types."""
    return is_source(graph) or graph in (ONTOLOGY_GRAPH, INFERRED_GRAPH)


def apply(store: Store, change: Changeset) -> None:
    """Make `change` in a store that nobody else reads. Two steps: not atomic."""
    for quad in change.removed:
        store.remove(quad)
    store.extend(change.added)


def follow(store: Store, change: Changeset) -> Changeset:
    """Give what the merge must gain and lose after `change`, which the store already holds."""
    touched = {quad.triple for quad in _contributing(change.added | change.removed)}
    added, removed = set(), set()
    for triple in touched:
        graphs = {
            quad.graph_name
            for quad in store.quads_for_pattern(triple.subject, triple.predicate, triple.object, None)
        }
        merged = in_graph(triple, MERGE)
        if any(map(contributes, graphs)):
            if MERGE not in graphs:
                added.add(merged)
        elif MERGE in graphs:
            removed.add(merged)
    return Changeset(frozenset(added), frozenset(removed))


def _contributing(quads: Iterable[Quad]) -> Iterable[Quad]:
    return (quad for quad in quads if isinstance(quad.graph_name, NamedNode) and contributes(quad.graph_name))
