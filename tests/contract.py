"""What several tests share: terms to write quads with, stores to ask, and a graph that follows its changes."""

import os
from collections.abc import Iterable
from functools import reduce

from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse, serialize

from summitry import infer, merge, resources
from summitry.model import Changeset
from summitry.terms import AP, ENTITIES, GRAPHS, MERGE, ONTOLOGY_GRAPH, PREFIXES, SHAPES_GRAPH, in_graph

HEAD = "".join(f"@prefix {name}: <{space}> .\n" for name, space in sorted(PREFIXES.items()))
ONE = NamedNode(GRAPHS + "one")
OTHER = NamedNode(GRAPHS + "other")


def ap(name: str) -> NamedNode:
    return NamedNode(AP + name)


def entity(name: str) -> NamedNode:
    """Give the IRI of an entity by its type and slug, such as `person/xi-jinping`."""
    return NamedNode(ENTITIES + name)


def quads(turtle: str, graph: NamedNode = ONE) -> frozenset[Quad]:
    """Give the quads of a document in `graph`; it may use all the project's prefixes."""
    return frozenset(in_graph(q.triple, graph) for q in parse(HEAD + turtle, format=RdfFormat.TURTLE))


def n_quads(quads: Iterable[Quad]) -> bytes:
    """Give `quads` as N-Quads."""
    return serialize(quads, format=RdfFormat.N_QUADS)


def merged(asserted: Iterable[Quad]) -> frozenset[Quad]:
    """Give `asserted`, and each of its triples in the merge too."""
    asserted = frozenset(asserted)
    return asserted | {in_graph(quad.triple, MERGE) for quad in asserted}


def change(added: str = "", removed: str = "", graph: NamedNode = ONE) -> Changeset:
    """Give a whole change of `graph` and of the merge, for a store in which no other graph has these triples."""
    return Changeset(merged(quads(added, graph)), merged(quads(removed, graph)))


def with_ontology(*, shapes: bool = False) -> Store:
    """Give a store in memory that holds the ontology, merged, and perhaps the shapes."""
    store = Store()
    for path in resources.ontology_files():
        store.extend(merged(in_graph(q.triple, ONTOLOGY_GRAPH) for q in parse(path=path)))
    for path in resources.shape_files() if shapes else ():
        store.extend(in_graph(q.triple, SHAPES_GRAPH) for q in parse(path=path))
    return store


def copy(store: Store) -> Store:
    """Give a store with the same content."""
    twin = Store()
    twin.extend(store)
    return twin


def make(store: Store, asserted: Changeset) -> Changeset:
    """Make a change of source graphs and all that follows from it; give the whole, as a write does."""
    merged = made(store, merge.follow(store, made(store, asserted)))
    inferred = made(store, infer.follow(store, asserted))
    types = made(store, merge.follow(store, inferred))
    return reduce(then, [asserted, merged, inferred, types])


def made(store: Store, part: Changeset) -> Changeset:
    merge.apply(store, part)
    return part


def then(first: Changeset, second: Changeset) -> Changeset:
    """Give one change for two in turn."""
    return Changeset(
        (first.added - second.removed) | (second.added - first.removed),
        (first.removed - second.added) | (second.removed - first.added),
    )


def undo(change: Changeset) -> Changeset:
    return Changeset(added=change.removed, removed=change.added)


def rounds(name: str, usual: int) -> range:
    """Give the seeds of a random test: as many as the variable `name` says, which is printed with a failure."""
    return range(int(os.environ.get(name, usual)))
