"""The default graph is the RDF merge of the graphs that count: a triple of two graphs stands there once."""

from random import Random

import pytest
from pyoxigraph import NamedNode, Quad, Store

from contract import ONE, OTHER, ap, entity, made, quads, rounds
from summitry import merge
from summitry.model import Changeset
from summitry.terms import (
    INFERRED_GRAPH,
    LABEL,
    MERGE,
    ONTOLOGY_GRAPH,
    PROVENANCE_GRAPH,
    SHAPES_GRAPH,
    TYPE,
    in_graph,
)

ANN = 'person:ann rdfs:label "Ann"@en .'
COUNTED = f"SELECT (COUNT(*) AS ?triples) {{ ?person {LABEL} ?label }}"
CONTRIBUTING = [ONE, OTHER, NamedNode("urn:a-graph"), ONTOLOGY_GRAPH, INFERRED_GRAPH]
SILENT = [PROVENANCE_GRAPH, SHAPES_GRAPH]


def follow(store: Store, change: Changeset) -> Changeset:
    """Make `change` and what the merge owes it; give the latter."""
    return made(store, merge.follow(store, made(store, change)))


def union(store: Store) -> set[Quad]:
    """Give what the merge is by its definition: RDF 1.1 Semantics, the set of all triples of all graphs."""
    return {in_graph(quad.triple, MERGE) for quad in store if quad.graph_name in CONTRIBUTING}


def held(store: Store) -> set[Quad]:
    return set(store.quads_for_pattern(None, None, None, MERGE))


def test_a_triple_that_two_graphs_hold_is_counted_once():
    store = Store()

    for graph in (ONE, OTHER):
        follow(store, Changeset(quads(ANN, graph)))

    assert [row["triples"].value for row in store.query(COUNTED)] == ["1"]


def test_a_triple_stays_until_the_last_graph_loses_it():
    store = Store()
    follow(store, Changeset(quads(ANN, ONE) | quads(ANN, OTHER)))

    assert follow(store, Changeset(removed=quads(ANN, ONE))) == Changeset()
    assert held(store) == quads(ANN, MERGE)
    assert follow(store, Changeset(removed=quads(ANN, OTHER))) == Changeset(removed=quads(ANN, MERGE))
    assert held(store) == set()


def test_a_triple_that_moves_to_another_graph_changes_nothing():
    store = Store()
    follow(store, Changeset(quads(ANN, ONE)))

    assert follow(store, Changeset(quads(ANN, OTHER), quads(ANN, ONE))) == Changeset()


@pytest.mark.parametrize("graph", CONTRIBUTING, ids=str)
def test_source_graphs_ontology_and_inferred_types_are_part_of_it(graph):
    store = Store()

    follow(store, Changeset(quads(ANN, graph)))

    assert held(store) == quads(ANN, MERGE)


@pytest.mark.parametrize("graph", SILENT, ids=str)
def test_provenance_and_shapes_are_not_part_of_it(graph):
    store = Store()

    assert follow(store, Changeset(quads(ANN, graph))) == Changeset()


@pytest.mark.parametrize("seed", rounds("SUMMITRY_TEST_MERGE_ROUNDS", 40))
def test_after_random_changes_it_is_the_union_of_the_graphs(seed):
    """Few triples and many graphs, so that most triples are in several of them."""
    random, store = Random(seed), Store()
    every = sorted(
        (
            Quad(entity(f"person/p{n}"), TYPE, ap(name), graph)
            for n in range(3)
            for name in ("Person", "Firm")
            for graph in CONTRIBUTING + SILENT
        ),
        key=str,
    )

    for step in range(12):
        toggled = set(random.sample(every, random.randint(1, 15)))
        now = {quad for quad in store if quad.graph_name != MERGE}
        follow(store, Changeset(frozenset(toggled - now), frozenset(toggled & now)))

        assert held(store) == union(store), f"seed {seed}, step {step}"
