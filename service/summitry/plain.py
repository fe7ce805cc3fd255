"""The plain store's writes: SPARQL 1.1 Update and documents, with no rules but the standard's own.

What a write changes is read off a private copy of the graph. Blank nodes are kept, and a named graph may be
empty: a change says by a quad of NAMED_GRAPHS that one comes into being or is gone.
"""

from codecs import BOM_UTF8
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Final

from pyoxigraph import BlankNode, NamedNode, Quad, Store

from summitry import sequence
from summitry.errors import Conflict, SystemGraph
from summitry.functions import Functions, lacking
from summitry.grammar import malformed
from summitry.media import N_TRIPLES, RDF_FORMATS, TURTLE
from summitry.model import Changeset, Method, Upload
from summitry.scan import scan_upload
from summitry.terms import MERGE, NAMED_GRAPHS, SD, TYPE, UNNAMED, Graph, is_system

LARGE: Final = 1024 * 1024
_NAMED_GRAPH: Final = NamedNode(SD + "NamedGraph")
# How blank nodes, statements about statements and directions of texts begin, and perhaps no more than a text.
_MARKS: Final = (b"_:", b"[", b"(", b"<<", b"--ltr", b"--rtl")
_ANY: Final = "ASK { ?s ?p ?o FILTER (ISBLANK(?s) || ISBLANK(?o) || ISTRIPLE(?o) || hasLANGDIR(?o)) }"


def existence(graph: NamedNode) -> Quad:
    """Give the quad that says that the named graph `graph` is there."""
    return Quad(graph, TYPE, _NAMED_GRAPH, NAMED_GRAPHS)


def settle(store: Store) -> None:
    """Let each graph be there that `store` says is there, and have it say so no more."""
    listed = [quad.subject for quad in store.quads_for_pattern(None, TYPE, _NAMED_GRAPH, NAMED_GRAPHS)]
    store.remove_graph(NAMED_GRAPHS)
    for graph in listed:
        if isinstance(graph, NamedNode):
            store.add_graph(graph)


def apply(store: Store, change: Changeset) -> None:
    """Make `change` in a store that nobody else reads. Several steps: not atomic."""
    for quad in change.removed:
        if quad.graph_name != NAMED_GRAPHS:
            store.remove(quad)
    store.extend(quad for quad in change.added if quad.graph_name != NAMED_GRAPHS)
    for quad in change.removed:
        if quad.graph_name == NAMED_GRAPHS and isinstance(quad.subject, NamedNode):
            store.remove_graph(quad.subject)
    for quad in change.added:
        if quad.graph_name == NAMED_GRAPHS and isinstance(quad.subject, NamedNode):
            store.add_graph(quad.subject)


def effect(store: Store, update: str, base: str) -> Changeset:
    """Give the change that `update` makes; relative IRIs are resolved against `base`. `store` is a copy.

    Raises:
        MalformedQuery: it is not SPARQL 1.1 Update.
        Conflict: it creates a graph that is there (§3.2.1).
        SystemGraph: it writes to a graph whose name is reserved.
    """
    before = _State(store, [MERGE, *store.named_graphs()])
    try:
        for part in sequence.parts(update):
            lacking(partial(_update, store, part, base))
    except SyntaxError as error:
        raise malformed(str(error.msg), update, is_update=True, has_base=True) from error
    except RuntimeError as error:
        raise Conflict(f"{error}; write SILENT to have this pass") from error
    return before.difference([MERGE, *store.named_graphs()])


def _update(store: Store, update: str, base: str, functions: Functions) -> None:
    store.update(update, base_iri=base, custom_functions=functions)


def written(store: Store, quads: Iterable[Quad], graphs: Iterable[NamedNode], method: Method) -> Changeset:
    """Give the change by which `quads` become the content of `graphs`, more of it, or these are gone.

    UNNAMED stands for the default graph. `store` is a copy.
    """
    targets = [MERGE if graph == UNNAMED else graph for graph in graphs]
    before = _State(store, targets)
    for graph in targets:
        if method is not Method.ADD:
            store.remove_graph(graph)
        if method is not Method.DELETE and isinstance(graph, NamedNode):
            store.add_graph(graph)
    store.extend(_of_this_store(quads))
    return before.difference(targets)


def first_content(store: Store, upload: Upload, *, limit: int) -> Store | None:
    """Give a store of what a large Turtle document adds as the first content of its graph; None where `written` has
    to look closer: at blank nodes, mistakes, or what is there already.

    Raises:
        ScanRefused: the document is not handed to a parser.
    """
    graph = MERGE if upload.graph == UNNAMED else upload.graph
    is_large = len(upload.content) > LARGE and upload.method is not Method.DELETE
    if not is_large or upload.media not in (TURTLE, N_TRIPLES) or _holds(store, graph):
        return None
    scan_upload(upload.content, upload.media, limit=limit)
    fresh, base = Store(), upload.base or upload.graph.value
    content = upload.content.removeprefix(BOM_UTF8)
    try:
        fresh.bulk_load(content, RDF_FORMATS[upload.media], base_iri=base, to_graph=graph)
    except (SyntaxError, MemoryError):
        return None
    if any(mark in content for mark in _MARKS) and fresh.query(_ANY, use_default_graph_as_union=True):
        return None
    if isinstance(graph, NamedNode):
        fresh.add(existence(graph))
    return fresh


def _holds(store: Store, graph: Graph) -> bool:
    is_there = isinstance(graph, NamedNode) and store.contains_named_graph(graph)
    return is_there or next(store.quads_for_pattern(None, None, None, graph), None) is not None


def touched(change: Changeset) -> tuple[NamedNode, ...]:
    """Give the graphs that `change` changes, UNNAMED for the default graph, in order."""
    quads = [*change.added, *change.removed]
    names = {quad.graph_name for quad in quads}
    created = {quad.subject for quad in quads if NAMED_GRAPHS in names and quad.graph_name == NAMED_GRAPHS}
    named = {UNNAMED if name == MERGE else name for name in names - {NAMED_GRAPHS}}
    return tuple(sorted((name for name in created | named if isinstance(name, NamedNode)), key=str))


def stated(change: Changeset) -> Changeset:
    """Give the part of `change` that is not about which graphs there are."""
    parts = (change.added, change.removed)
    return Changeset(*(frozenset(q for q in part if q.graph_name != NAMED_GRAPHS) for part in parts))


def _of_this_store(quads: Iterable[Quad]) -> Iterator[Quad]:
    """Give `quads` with blank nodes that no other document has (RDF 1.1 Concepts §3.4)."""
    nodes: defaultdict[BlankNode, BlankNode] = defaultdict(BlankNode)
    for quad in quads:
        subject = nodes[quad.subject] if isinstance(quad.subject, BlankNode) else quad.subject
        value = nodes[quad.object] if isinstance(quad.object, BlankNode) else quad.object
        graph = MERGE if quad.graph_name == UNNAMED else quad.graph_name
        yield Quad(subject, quad.predicate, value, graph)


class _State:
    """Some graphs of a store at one moment: an iterator keeps the snapshot of the moment it was made."""

    def __init__(self, store: Store, graphs: Iterable[Graph]) -> None:
        self._store = store
        self._quads = {graph: store.quads_for_pattern(None, None, None, graph) for graph in graphs}
        self._named = {graph for graph in self._quads if self._is_there(graph)}

    def difference(self, graphs: Iterable[Graph]) -> Changeset:
        """Give what changed since in these and in `graphs`. Raises SystemGraph."""
        added: set[Quad] = set()
        removed: set[Quad] = set()
        for graph in {*self._quads, *graphs}:
            old = frozenset(self._quads.get(graph, ()))
            new = frozenset(self._store.quads_for_pattern(None, None, None, graph))
            added |= new - old
            removed |= old - new
            if isinstance(graph, NamedNode) and self._is_there(graph) != (graph in self._named):
                (removed if graph in self._named else added).add(existence(graph))
            if is_system(graph) and (old != new or graph not in self._named):
                raise SystemGraph(f"the name {graph} is reserved; choose another")
        return Changeset(frozenset(added), frozenset(removed))

    def _is_there(self, graph: Graph) -> bool:
        return isinstance(graph, NamedNode) and self._store.contains_named_graph(graph)
