"""The merge: the default graph that queries see, in which a triple of two graphs stands once."""

from collections.abc import Set

from pyoxigraph import Quad, Store

from summitry.model import Changeset
from summitry.terms import INFERRED_GRAPH, MERGE, ONTOLOGY_GRAPH, Graph, is_source


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
    # What a graph gained it holds now; only of what one lost must be asked whether another holds it still.
    due = _merged(change.added)
    lost = _merged(change.removed) - due
    removed = frozenset(quad for quad in lost if quad in store and not _is_held(store, quad))
    return Changeset(frozenset(quad for quad in due if quad not in store), removed)


def _merged(quads: Set[Quad]) -> set[Quad]:
    """Give those of `quads` that the merge may show, as it shows them."""
    chosen = {name for name in {quad.graph_name for quad in quads} if contributes(name)}
    return {Quad(q.subject, q.predicate, q.object, MERGE) for q in quads if q.graph_name in chosen}


def _is_held(store: Store, merged: Quad) -> bool:
    held = store.quads_for_pattern(merged.subject, merged.predicate, merged.object, None)
    return any(contributes(quad.graph_name) for quad in held)
