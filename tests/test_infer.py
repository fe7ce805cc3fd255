"""The inferred graph is what OWL 2 RL gives of types, and stays so whatever changes."""

from collections.abc import Iterable
from random import Random

import pytest
from owlrl import DeductiveClosure, OWLRL_Semantics
from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse, serialize
from rdflib import Graph, URIRef

from contract import ONE, OTHER, ap, copy, entity, make, quads, rounds, with_ontology
from scenes import STATE
from summitry import resources
from summitry.model import Changeset
from summitry.terms import (
    AP,
    GRAPHS,
    INFERRED_GRAPH,
    MERGE,
    ONTOLOGY_GRAPH,
    RDF,
    SUBCLASS_OF,
    TYPE,
    in_graph,
    is_source,
)

LEADING = """
person:ann a ap:Person .
office:head a ap:LeadershipOffice .
tenure:ann a ap:Tenure ; ap:holder person:ann ; ap:office office:head .
"""
LEADER = ap("Leader")
ANN = entity("person/ann")


@pytest.fixture(scope="module")
def ontology() -> Store:
    return with_ontology()


@pytest.fixture
def store(ontology) -> Store:
    return copy(ontology)


def types(store: Store, resource: NamedNode = ANN) -> set[NamedNode]:
    """Give the types that are inferred of `resource`."""
    return {quad.object for quad in store.quads_for_pattern(resource, TYPE, None, INFERRED_GRAPH)}


def inferred(store: Store) -> set[Quad]:
    return set(store.quads_for_pattern(None, None, None, INFERRED_GRAPH))


def computed(ontology: Store, sources: Iterable[Quad]) -> set[Quad]:
    """Give the whole inferred graph as it follows from nothing but the sources."""
    fresh = copy(ontology)
    make(fresh, Changeset(frozenset(sources)))
    return inferred(fresh)


def test_a_class_brings_the_classes_of_the_ontology_above_it(store):
    """OWL 2 RL, rule cax-sco."""
    make(store, Changeset(quads("country:us a ap:Country .")))

    assert types(store, entity("country/us")) == {ap("Economy"), ap("Actor"), ap("Place")}


def test_what_a_source_states_is_not_inferred_too(store):
    make(store, Changeset(quads("person:ann a ap:Person .") | quads("person:ann a ap:Actor .", OTHER)))

    assert types(store) == set()


def test_an_inferred_type_comes_back_when_the_last_source_drops_it(store):
    make(store, Changeset(quads("person:ann a ap:Person , ap:Actor .")))

    make(store, Changeset(removed=quads("person:ann a ap:Actor .")))

    assert types(store) == {ap("Actor")}


def test_who_holds_a_leadership_office_is_a_leader(store):
    make(store, Changeset(quads(LEADING)))

    assert types(store) == {ap("Actor"), LEADER}


@pytest.mark.parametrize("line", LEADING.strip().splitlines())
def test_a_leader_is_one_no_longer_when_a_reason_goes(store, line):
    make(store, Changeset(quads(LEADING)))

    make(store, Changeset(removed=quads(line)))

    assert LEADER not in types(store)


@pytest.mark.parametrize("line", LEADING.strip().splitlines())
def test_a_leader_is_one_as_soon_as_the_last_reason_comes(store, line):
    """Whatever comes last, and from whichever graph."""
    make(store, Changeset(quads(LEADING) - quads(line)))
    assert LEADER not in types(store)

    make(store, Changeset(quads(line, OTHER)))

    assert LEADER in types(store)


def test_a_former_leader_is_a_leader(store):
    make(store, Changeset(quads(LEADING + 'tenure:ann ap:until "1999-01-01"^^xsd:date .')))

    assert LEADER in types(store)


def test_who_holds_another_office_is_no_leader(store):
    make(store, Changeset(quads(LEADING.replace("LeadershipOffice", "Office"))))

    assert types(store) == {ap("Actor")}


def test_an_ontology_that_changes_changes_the_types_of_all(store):
    """A new version may be installed over the data that is there."""
    make(store, Changeset(quads("person:ann a ap:Person .")))
    axiom = Quad(ap("Person"), SUBCLASS_OF, ap("Place"), ONTOLOGY_GRAPH)

    make(store, Changeset(added=frozenset([axiom])))
    assert types(store) == {ap("Actor"), ap("Place")}

    make(store, Changeset(removed=frozenset([axiom])))
    assert types(store) == {ap("Actor")}


def test_no_source_says_what_a_class_means(store):
    make(store, Changeset(quads("person:ann a ap:Person . ap:Person rdfs:subClassOf ap:Firm .")))

    assert types(store) == {ap("Actor")}


NAMES = ["ann", "bob", "cid"]
EVERY = [
    quad
    for graph in (ONE, OTHER)
    for name in NAMES
    for quad in sorted(
        quads(
            f"person:{name} a ap:Person , ap:Actor . tenure:{name} a ap:Tenure ; ap:holder person:ann , person:bob ;"
            f" ap:office office:ann , office:bob . office:{name} a ap:Office , ap:LeadershipOffice .",
            graph,
        ),
        key=str,
    )
]


@pytest.mark.parametrize("seed", rounds("SUMMITRY_TEST_INFER_ROUNDS", 15))
def test_after_random_changes_it_is_what_follows_from_the_sources(ontology, seed):
    """People, tenures, offices and their types come and go, in two graphs."""
    random, store, held = Random(seed), copy(ontology), set()
    for step in range(10):
        toggled = set(random.sample(EVERY, random.randint(1, 8)))
        make(store, Changeset(frozenset(toggled - held), frozenset(toggled & held)))
        held ^= toggled

        assert inferred(store) == computed(ontology, held), f"seed {seed}, step {step}"


def test_a_small_graph_has_the_types_that_owlrl_gives(store):
    make(store, Changeset(quads(STATE)))

    assert materialised(store) == closed(store)


def test_the_shipped_graph_has_the_types_that_owlrl_gives(store):
    """Without its goods, which are all of one class, and its labels, of which no type follows: owlrl is slow."""
    for path in (path for path in resources.data_files() if path.stem != "commodities"):
        graph = NamedNode(GRAPHS + path.stem)
        shipped = (q.triple for q in parse(path=path) if q.predicate.value.startswith((AP, RDF)))
        make(store, Changeset(frozenset(in_graph(triple, graph) for triple in shipped)))

    assert materialised(store) == closed(store)


def closed(store: Store) -> set[tuple[str, str]]:
    """Give the `ap:` types that owlrl finds of what the sources declare."""
    stated = (q.triple for q in store if is_source(q.graph_name) or q.graph_name == ONTOLOGY_GRAPH)
    graph = Graph().parse(data=serialize(stated, format=RdfFormat.N_TRIPLES), format="nt")
    DeductiveClosure(OWLRL_Semantics).expand(graph)
    return of_declared(
        store, ((str(subject), str(cls)) for subject, cls in graph.subject_objects(URIRef(TYPE.value)))
    )


def materialised(store: Store) -> set[tuple[str, str]]:
    """Give the `ap:` types that the merge has of what the sources declare."""
    typed = store.quads_for_pattern(None, TYPE, None, MERGE)
    return of_declared(store, ((quad.subject.value, quad.object.value) for quad in typed))


def of_declared(store: Store, types: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    typed = (q for q in store.quads_for_pattern(None, TYPE, None, None) if is_source(q.graph_name))
    declared = {q.subject.value for q in typed if q.object.value.startswith(AP)}
    return {(resource, cls) for resource, cls in types if resource in declared and cls.startswith(AP)}
