"""What a SPARQL 1.1 Update does to the source graphs, found by letting it run on a private copy.

The update sees the merge as its default graph, and of the named graphs those of sources alone. What it
changes is read off as a difference, so blank nodes, WITH, USING and sequences mean what the engine makes
of them. The default graph is derived and cannot be written: what is inserted there goes to the workspace
graph, where the operator has named one; what is deleted there must be gone from every graph. It is brought up
to date before an operation that may see it, so that this finds what those before it did.
"""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import chain

from pyoxigraph import BlankNode, NamedNode, Quad, Store

from summitry import merge, sequence
from summitry.errors import BadParameter, SystemGraph
from summitry.grammar import malformed
from summitry.model import Changeset
from summitry.rehearse import apply, joined
from summitry.targets import sees_default, targets
from summitry.terms import (
    INFERRED_GRAPH,
    MERGE,
    ONTOLOGY_GRAPH,
    PREFIXES,
    SKOLEM,
    Graph,
    in_graph,
    is_source,
    is_system,
)


def effect(store: Store, update: str, workspace: NamedNode | None = None) -> Changeset:
    """Give the change of source graphs that `update` makes. `store` is a copy, and useless afterwards.

    Raises:
        MalformedQuery: it is not SPARQL 1.1 Update.
        BadParameter: it writes to the default graph; the message says what to write instead.
        SystemGraph: it writes to a graph of the system.
    """
    steps = sequence.steps(update, sees_default)
    total = Changeset()
    for step in steps:
        derived = _hide_system(store)
        made = _made(store, step, update)
        change = _on_sources(store, made, workspace)
        total = joined([total, change])
        if step is not steps[-1]:
            _bring_up(store, made, change, derived)
    return Changeset(frozenset(_skolemised(total.added)), total.removed)


def _hide_system(store: Store) -> Iterator[Quad]:
    """Take the graphs of the system away; give what the merge has from them, read only if it is asked for."""
    derived = [store.quads_for_pattern(None, None, None, name) for name in (ONTOLOGY_GRAPH, INFERRED_GRAPH)]
    for name in [name for name in store.named_graphs() if is_system(_named(name))]:
        store.remove_graph(name)
    return chain(*derived)


def _made(store: Store, operations: Sequence[str], update: str) -> Changeset:
    """Make the change that `operations`, parts of `update`, make; give it with what is of the default graph."""
    written = _written(operations)
    names = _graphs(store) if written is None else written
    before = {name: store.quads_for_pattern(None, None, None, name) for name in names}
    try:
        for part in operations:
            store.update(part, prefixes=dict(PREFIXES))
    except SyntaxError as error:
        raise malformed(str(error.msg), update, is_update=True) from error
    change = _difference(before, store, written)
    _refuse_system(change)
    return change


def _written(operations: Sequence[str]) -> Set[NamedNode] | None:
    found = [targets(operation) for operation in operations]
    return None if None in found else frozenset().union(*(one for one in found if one))


def _bring_up(store: Store, made: Changeset, change: Changeset, derived: Iterable[Quad]) -> None:
    """Let the default graph be the merge after `change`, which is what `made` comes to in the graphs of sources."""
    store.extend(derived)
    merge.apply(store, Changeset(_of_merge(made.removed), _of_merge(made.added)))
    apply(store, change)


def _graphs(store: Store) -> Iterator[Graph]:
    yield MERGE
    yield from map(_named, store.named_graphs())


def _difference(
    before: dict[Graph, Iterator[Quad]], store: Store, written: Set[NamedNode] | None
) -> Changeset:
    """Give what changed, graph by graph, in those `written` to, or in all: an iterator keeps the snapshot of the
    moment it was made.
    """
    added: set[Quad] = set()
    removed: set[Quad] = set()
    for graph in {*before, *_graphs(store)} if written is None else before:
        old = frozenset(before.get(graph, ()))
        new = frozenset(store.quads_for_pattern(None, None, None, graph))
        added |= new - old
        removed |= old - new
    return Changeset(frozenset(added), frozenset(removed))


def _of_merge(quads: Set[Quad]) -> frozenset[Quad]:
    return frozenset(quad for quad in quads if quad.graph_name == MERGE)


def _refuse_system(change: Changeset) -> None:
    for quad in change.added | change.removed:
        if is_system(quad.graph_name):
            raise SystemGraph(f"the graph {quad.graph_name} is the system's own; choose another name")


def _on_sources(store: Store, change: Changeset, workspace: NamedNode | None) -> Changeset:
    inserted = {quad for quad in change.added if quad.graph_name == MERGE}
    if inserted and workspace is None:
        raise BadParameter(
            "the update inserts into the default graph, which is the merge of all graphs; "
            "write INSERT … { GRAPH <…> { … } }, or WITH <…> before it"
        )
    for quad in change.removed:
        if quad.graph_name == MERGE and (holder := _holder(store, quad)):
            raise BadParameter(
                f"the update deletes {quad.triple} from the default graph, and the graph {holder} still states it; "
                "write DELETE … { GRAPH ?graph { … } }, or WITH <…> before it"
            )
    moved = {in_graph(quad.triple, workspace) for quad in inserted} if workspace else set()
    added = {quad for quad in change.added if is_source(quad.graph_name)} | moved
    removed = frozenset(quad for quad in change.removed if is_source(quad.graph_name))
    return Changeset(frozenset(added), removed)


def _skolemised(quads: Iterable[Quad]) -> Iterator[Quad]:
    """Give `quads` with a fresh IRI for each blank node: RDF 1.1 Concepts §3.5."""
    names: defaultdict[BlankNode, NamedNode] = defaultdict(lambda: NamedNode(SKOLEM + secrets.token_hex(16)))
    for quad in quads:
        subject = names[quad.subject] if isinstance(quad.subject, BlankNode) else quad.subject
        value = names[quad.object] if isinstance(quad.object, BlankNode) else quad.object
        yield Quad(subject, quad.predicate, value, quad.graph_name)


def _holder(store: Store, quad: Quad) -> Graph | None:
    held = store.quads_for_pattern(quad.subject, quad.predicate, quad.object, None)
    return next((other.graph_name for other in held if is_source(other.graph_name)), None)


def _named(graph: object) -> NamedNode:
    if not isinstance(graph, NamedNode):
        raise BadParameter("a graph named by a blank node cannot be written to; give it an IRI")
    return graph
