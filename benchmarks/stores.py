"""Stores on disk with a generated graph in them, made once and used by several measurements."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from generate import blocks, document, graph
from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse

from summitry import resources
from summitry.model import Changeset, Commit, Upload
from summitry.rehearse import Rules, judge, rehearse
from summitry.shipped import TURTLE, graph_of
from summitry.store.embedded import EmbeddedStore
from summitry.terms import ENTITIES, ONTOLOGY_GRAPH, SHAPES_GRAPH, in_graph

PER_GRAPH: Final = 132  # blocks, which make about 10,000 triples
_ANY_SIZE: Final = 2**40
_OPERATOR: Final = Rules(ENTITIES, _ANY_SIZE, operator=True)


def make(directory: Path, triples: int, seed: int) -> None:
    """Make a store of the shipped graph and about `triples` generated ones, in graphs of some 10,000 each."""
    store = EmbeddedStore(directory)
    store.commit(Changeset(frozenset(built(triples, seed))), Commit("benchmark", "generated"), expected=0)
    store.close()


def built(triples: int, seed: int) -> Store:
    """Give in memory what `make` stores: with ontology and shapes, inferred types and the merge."""
    store = Store()
    for name, files in (
        (ONTOLOGY_GRAPH, resources.ontology_files()),
        (SHAPES_GRAPH, resources.shape_files()),
    ):
        _take_in(store, b"\n".join(path.read_bytes() for path in files), name)
    for path in resources.data_files():
        _take_in(store, path.read_bytes(), graph_of(path))
    # The generator writes canonical forms and no blank nodes, so its statements are taken as they are.
    judge(store, Changeset(frozenset(_generated(triples, seed))), _OPERATOR)
    return store


def _generated(triples: int, seed: int) -> Iterator[Quad]:
    last = blocks(triples)
    for number, first in enumerate(range(0, last, PER_GRAPH)):
        text = "".join(document(str(number), range(first, min(first + PER_GRAPH, last)), seed))
        for quad in parse(text, format=RdfFormat.TURTLE):
            yield in_graph(quad.triple, NamedNode(graph(str(number))))


def _take_in(store: Store, content: bytes, name: NamedNode) -> None:
    rehearse(store, Upload(content, TURTLE, name), _OPERATOR)
