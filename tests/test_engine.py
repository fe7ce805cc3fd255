"""The compiled shapes give what pySHACL gives, and what a change affects is all that they need to look at."""

import functools
import re
from pathlib import Path
from random import Random

import pyshacl
import pytest
from pyoxigraph import BlankNode, NamedNode, Quad, RdfFormat, Store, serialize
from rdflib import RDF, SH, BNode, Graph, URIRef
from rdflib import Literal as RdflibLiteral
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.query import Result as QueryResult
from rdflib.term import Node

from contract import ONE, OTHER, copy, make, merged, quads, rounds, undo, with_ontology
from scenes import STATE, random_change
from summitry import merge
from summitry.errors import UnsupportedShape
from summitry.model import Changeset
from summitry.terms import ENTITIES, MERGE, ONTOLOGY_GRAPH, SHAPES_GRAPH, XSD, compact, is_source, is_system
from summitry.validate.compile import FOCUS_GRAPH
from summitry.validate.engine import Engine, Result
from summitry.validate.judge import standard_literals
from summitry.validate.shapes import COMPONENTS

Verdict = tuple[Node, Node, Node, Node | None]


class Judged(Graph):
    """A graph that parses a query once: pySHACL has a rule parsed again for each node that it looks at."""

    prepared = staticmethod(functools.cache(prepareQuery))

    def query(self, query_object: str | Query, *arguments, **options) -> QueryResult:
        query = self.prepared(query_object) if isinstance(query_object, str) else query_object
        return super().query(query, *arguments, **options)


@standard_literals()
def judged(store: Store) -> set[Verdict]:
    """Give pySHACL's results on the merge: focus node, shape, component and value."""
    shapes = shapes_of(frozenset(store.quads_for_pattern(None, None, None, SHAPES_GRAPH)))
    data = as_rdflib(store.quads_for_pattern(None, None, None, MERGE), Judged())
    report = pyshacl.validate(
        data, shacl_graph=shapes, inference="none", advanced=False, js=False, do_owl_imports=False
    )[1]
    assert isinstance(report, Graph)
    return {
        (
            report.value(result, SH.focusNode),
            report.value(result, SH.sourceShape),
            report.value(result, SH.sourceConstraintComponent),
            named(report.value(result, SH.value)),
        )
        for result in report.subjects(RDF.type, SH.ValidationResult)
    }


@functools.cache
def shapes_of(quads: frozenset[Quad]) -> Graph:
    return as_rdflib(quads, Graph())


def named(value: Node | None) -> Node | None:
    """Give `value`, all blank nodes as the same: their labels mean nothing."""
    return BNode("blank") if isinstance(value, BNode) else value


def as_rdflib(quads, graph: Graph) -> Graph:
    triples = serialize((quad.triple for quad in quads), format=RdfFormat.N_TRIPLES)
    return graph.parse(data=triples, format="nt")


def ours(store: Store) -> set[Verdict]:
    """Give the engine's results on the whole store, in the same form."""
    return {verdict(result) for result in Engine(copy(store)).all_results()}


def verdict(result: Result) -> Verdict:
    # SHACL §5.3.2: where a query selects no value, it is the value node, of a node shape the focus node.
    constraint = result.compiled.constraint
    is_about_itself = result.value is None and not constraint.path
    value = result.focus if is_about_itself else result.value
    return (
        term(result.focus),
        URIRef(constraint.shape.value),
        URIRef(result.component),
        None if value is None else term(value),
    )


@standard_literals()
def term(value) -> Node:
    match value:
        case NamedNode():
            return URIRef(value.value)
        case BlankNode():
            return BNode("blank")
        case _ if value.language:
            return RdflibLiteral(value.value, lang=value.language)
        case _ if value.datatype.value == XSD + "string":
            return RdflibLiteral(value.value)
        case _:
            return RdflibLiteral(value.value, datatype=URIRef(value.datatype.value))


def assert_agreed(store: Store) -> None:
    mine, theirs = ours(store), judged(store)

    assert (mine - theirs, theirs - mine) == (set(), set()), "of ours alone, and of pySHACL's alone"


# Component by component, on a cat and what it eats

ONTOLOGY = """
ap:Cat a owl:Class ; rdfs:subClassOf ap:Animal . ap:Tom a owl:Class ; rdfs:subClassOf ap:Cat .
ap:Mouse a owl:Class ; rdfs:subClassOf ap:Prey .
"""
SCENE = "person:cat a ap:Tom ; ap:sleeps 2 . person:mouse a ap:Mouse . person:ann a ap:Person ."
SHAPES = """
shape:Animal a sh:NodeShape ; sh:targetClass ap:Animal ; {of_node} sh:property shape:Animal-eats .
shape:Animal-eats sh:path ap:eats {of_property} .
<urn:prefixes> sh:declare [ sh:prefix "ap" ; sh:namespace "https://w3id.org/summitry/ns#"^^xsd:anyURI ] .
"""
RULE = "sh:sparql [ sh:prefixes <urn:prefixes> ; sh:select 'SELECT $this WHERE { $this ap:eats %s . }' ]"
# A constraint, what the cat may eat, and what it may not. A line has one good and one bad meal.
MEALS = [
    ("sh:class ap:Prey", "person:mouse", 'person:ann , "mouse"'),
    ("sh:class ap:Mouse", "person:mouse", "person:ann"),
    ("sh:datatype xsd:date", '"2024-02-29"^^xsd:date , "2025-10-30Z"^^xsd:date', '"2025-02-29"^^xsd:date'),
    (
        "sh:datatype xsd:date",
        "",
        '"2025-10-30" , "30.10.2025"^^xsd:date , "2025-10-30T00:00:00"^^xsd:dateTime',
    ),
    ("sh:datatype xsd:integer", "3 , -3", '3.0 , "three"^^xsd:integer , "3"'),
    ("sh:datatype xsd:decimal", "3.5", '3 , 3.5e0 , "much"^^xsd:decimal'),
    ("sh:datatype xsd:boolean", "true , false", '"true" , "maybe"^^xsd:boolean'),
    ("sh:datatype xsd:dateTime", '"2025-10-30T10:00:00Z"^^xsd:dateTime', '"soon"^^xsd:dateTime'),
    ("sh:datatype xsd:string", '"three"', '"three"@en , person:mouse , 3'),
    ("sh:datatype rdf:langString", '"three"@en', '"three" , [ ]'),
    ("sh:nodeKind sh:IRI", "person:mouse", '"mouse" , [ ]'),
    ("sh:nodeKind sh:Literal", '"mouse" , 3', "person:mouse , [ ]"),
    ("sh:nodeKind sh:BlankNode", "[ ]", "person:mouse , 3"),
    ("sh:nodeKind sh:IRIOrLiteral", 'person:mouse , "mouse"', "[ ]"),
    ("sh:nodeKind sh:BlankNodeOrIRI", "person:mouse , [ ]", '"mouse"'),
    ("sh:nodeKind sh:BlankNodeOrLiteral", "3 , [ ]", "person:mouse"),
    ("sh:minCount 1", "1", ""),
    ("sh:minCount 2", '1 , "1"', "1"),
    ("sh:minCount 0", "", None),
    ("sh:maxCount 0", "", "1"),
    ("sh:maxCount 1", "1", '1 , "1"'),
    ("sh:maxCount 2", "1 , 2", "1 , 2 , 3"),
    ("sh:minInclusive 0", "0 , 0.5", '-1 , "one" , "1"@en , person:mouse'),
    ("sh:maxInclusive 10", "10 , 9.99", '10.01 , "2025"^^xsd:gYear'),
    ("sh:minExclusive 0", "0.001", "0"),
    ("sh:maxExclusive 10", "9", "10"),
    ('sh:minInclusive "2025-01-01"^^xsd:date', '"2025-01-01"^^xsd:date', '"2024-12-31"^^xsd:date , 2025'),
    ("sh:minLength 2", '"ab" , person:mouse , 10', '"a" , "b"@en'),
    ("sh:maxLength 2", '"ab" , "é中" , 10', '"abc" , person:mouse , [ ]'),
    ('sh:pattern "^[0-9]{2}$"', '"12" , 12', '"1" , "1a"@en , person:mouse , [ ]'),
    ('sh:pattern "^ab$" ; sh:flags "i"', '"AB"', '"ABC"'),
    ('sh:pattern "^a.b$"', '"a-b"', '"a\\nb" , "a\\"b\\"c"'),
    ('sh:in ( "a" person:mouse 1 )', '"a" , person:mouse , 1', '"a"@en , person:ann , 1.0 , "1"'),
    ("sh:in ( )", "", '"a"'),
    ('sh:hasValue "a"', '"a" , "b"', '"b" , "a"@en'),
    ("sh:hasValue person:mouse", "person:mouse", ""),
    ("sh:uniqueLang true", '"a"@en , "b"@fr , "c" , "d"', '"a"@en , "b"@en , "c"@fr , "d"@FR , "e"@fr'),
    ("sh:uniqueLang false", '"a"@en , "b"@en', None),
    ("sh:lessThanOrEquals ap:sleeps", "1 , 2", '3 , "one"'),
    ("sh:or ( [ sh:datatype xsd:decimal ] [ sh:datatype xsd:integer ] )", "1 , 1.5", '"1"'),
    ("sh:or ( [ sh:class ap:Prey ] [ sh:nodeKind sh:Literal ] )", 'person:mouse , "x"', "person:ann"),
]
# The same on the cat itself: a constraint that it keeps, and one that it breaks.
ON_THE_NODE = [
    ("sh:class ap:Cat", "sh:class ap:Prey"),
    ("sh:nodeKind sh:IRI", "sh:nodeKind sh:Literal"),
    ('sh:pattern "cat$"', 'sh:pattern "dog$"'),
    ("sh:in ( person:cat )", "sh:in ( person:mouse )"),
    (
        "sh:or ( [ sh:class ap:Cat ] [ sh:class ap:Prey ] )",
        "sh:or ( [ sh:class ap:Person ] [ sh:class ap:Prey ] )",
    ),
    (RULE % "true", RULE % "?anything"),
]
# What rdflib is content with although XML Schema 2 is not: two forms that it does not have for these datatypes.
LENIENT = [
    ("sh:datatype xsd:decimal", '"1e3"^^xsd:decimal'),
    ("sh:datatype xsd:dateTime", '"2025-10-30"^^xsd:dateTime'),
]
NOT_ALLOWED = [(constraint, bad) for constraint, _, bad in MEALS if bad is not None]


def cat(meal: str, *, on_property: str = "", on_node: str = "") -> Store:
    """Give a store with a constraint on cats or on what they eat, and a cat."""
    shapes = SHAPES.format(of_node=on_node and f"{on_node} ;", of_property=on_property and f"; {on_property}")
    store = Store()
    store.extend(merged(quads(ONTOLOGY, ONTOLOGY_GRAPH)) | quads(shapes, SHAPES_GRAPH))
    make(store, Changeset(quads(SCENE + (f"person:cat ap:eats {meal} ." if meal else ""))))
    return store


@pytest.mark.parametrize(("constraint", "good"), [(constraint, good) for constraint, good, _ in MEALS])
def test_what_a_component_allows_has_no_result(constraint, good):
    store = cat(good, on_property=constraint)

    assert ours(store) == set()
    assert judged(store) == set()


@pytest.mark.parametrize(("constraint", "bad"), NOT_ALLOWED)
def test_what_a_component_does_not_allow_has_a_result(constraint, bad):
    """SHACL §4: a result for each value that breaks it, or one for the focus node where values are counted."""
    store = cat(bad, on_property=constraint)

    assert len(ours(store)) >= 1
    assert_agreed(store)


@pytest.mark.parametrize(("constraint", "bad"), LENIENT)
def test_where_rdflib_is_lenient_the_standard_is_followed(constraint, bad):
    store = cat(bad, on_property=constraint)

    assert judged(store) == set()
    assert len(ours(store)) == 1


@pytest.mark.parametrize("comparison", ["?value < ?other", "?value <= ?other", "?other > ?value"])
@pytest.mark.parametrize(
    "value",
    ['"2025-10-30"^^xsd:date', '"2025"^^xsd:gYear', '"1"', '"1"@en', '"maybe"^^xsd:boolean', "person:mouse"],
)
def test_what_cannot_be_compared_with_a_number_is_not_before_it(value, comparison):
    """SPARQL 1.1 §17.3: `<` has no meaning for them, which is an error; a FILTER that fails lets nothing through."""
    before = RULE % f"?value ; ap:sleeps ?other FILTER({comparison})"

    assert len(ours(cat("1", on_node=before))) == 1
    assert_agreed(cat("1", on_node=before))
    assert ours(cat(value, on_node=before)) == set()
    assert judged(cat(value, on_node=before)) == set()


@pytest.mark.filterwarnings("ignore:Parsing weird boolean")
def test_an_ill_typed_boolean_is_a_node_from_which_no_path_leads_on():
    way_back = cat('"maybe"^^xsd:boolean', on_node=RULE % "?value . ?value ap:eats* $this")

    assert ours(way_back) == set()
    assert judged(way_back) == set()


def test_pyshacl_sees_the_zone_of_a_date_each_time_that_it_judges():
    store = cat('"2025-10-30Z"^^xsd:date', on_property='sh:pattern "[0-9]$"')

    assert len(judged(store)) == 1
    assert_agreed(store)


@pytest.mark.parametrize(("kept", "broken"), ON_THE_NODE)
def test_a_constraint_on_a_node_shape_is_about_the_focus_node(kept, broken):
    assert ours(cat("1", on_node=kept)) == set()
    assert len(ours(cat("1", on_node=broken))) == 1
    assert_agreed(cat("1", on_node=broken))


@pytest.mark.parametrize(("meal", "results"), [("person:mouse", 0), ("", 1)])
def test_a_path_may_be_the_inverse_of_a_predicate(meal, results):
    inverse = "shape:Eaten a sh:NodeShape ; sh:targetClass ap:Prey ; sh:property shape:Eaten-by ."
    inverse += "shape:Eaten-by sh:path [ sh:inversePath ap:eats ] ; sh:minCount 1 ."
    store = cat(meal)
    store.extend(quads(inverse, SHAPES_GRAPH))

    assert len(ours(store)) == results
    assert_agreed(store)


def test_every_component_that_the_compiler_knows_is_compared():
    compared = {constraint.split()[0].removeprefix("sh:") for constraint, _ in NOT_ALLOWED + ON_THE_NODE}

    assert set(COMPONENTS) == compared


@pytest.mark.parametrize(
    "shapes",
    [
        "shape:S sh:targetNode person:cat ; sh:property shape:P . shape:P sh:path ap:eats ; sh:minCount 1 .",
        "shape:S sh:targetSubjectsOf ap:eats ; sh:nodeKind sh:IRI .",
        "shape:S sh:targetClass ap:Cat ; sh:path ap:eats ; sh:minCount 1 .",
        "shape:S sh:targetClass ap:Cat ; sh:closed true .",
        "shape:S sh:targetClass ap:Cat ; sh:deactivated true ; sh:nodeKind sh:IRI .",
        "shape:S sh:targetClass ap:Cat ; sh:not [ sh:class ap:Prey ] .",
        "shape:S sh:targetClass ap:Cat ; sh:hasValue person:cat .",
        "shape:S sh:targetClass ap:Cat ; sh:or ( [ sh:class ap:Prey ; sh:nodeKind sh:IRI ] ) .",
        "shape:S sh:targetClass ap:Cat ; sh:or ( [ sh:minLength 3 ] [ sh:class ap:Prey ] ) .",
        "shape:S sh:targetClass ap:Cat ; sh:property [ sh:path ap:eats ; sh:minCount 1 ] .",
        "shape:S sh:targetClass ap:Cat ; sh:property shape:P . shape:P sh:path ( ap:eats ap:eats ) ; sh:minCount 1 .",
        "shape:S sh:targetClass ap:Cat ; sh:property shape:P . shape:P sh:path [ sh:zeroOrMorePath ap:eats ] .",
        "shape:S sh:targetClass ap:Cat ; sh:property shape:P . shape:P sh:path ap:eats ; sh:property shape:Q .",
        "shape:S sh:targetClass ap:Cat ; sh:sparql [ sh:select 'SELECT $this { $this a ?class }' ] .",
        "shape:S sh:targetClass ap:Cat ; shape:reads ( [ sh:alternativePath ( ap:eats ap:sleeps ) ] ) ; "
        "sh:sparql [ sh:select 'SELECT $this WHERE { $this a ?class }' ] .",
    ],
)
def test_what_the_compiler_does_not_know_is_refused(shapes):
    """A shape that is read by half would let pass what it forbids."""
    store = Store()
    store.extend(quads(shapes, SHAPES_GRAPH))

    with pytest.raises(UnsupportedShape):
        Engine(store)


# The project's own shapes

EXAMPLES = Path(__file__).parent / "examples"


@pytest.fixture(scope="module")
def context() -> Store:
    """Give a store of ontology, shapes, and the entities to which the examples refer."""
    store = with_ontology(shapes=True)
    make(store, Changeset(quads((EXAMPLES / "context.ttl").read_text(), OTHER)))
    return store


@pytest.fixture(scope="module")
def engine(context) -> Engine:
    return Engine(context)


@pytest.mark.parametrize(
    "path", sorted(EXAMPLES.glob("*/*.ttl")), ids=lambda path: f"{path.parent.name}/{path.stem}"
)
def test_an_example_that_arrives_is_blamed_for_what_it_declares(context, engine, path):
    """`test_shapes.py` has pySHACL judge the same examples."""
    text = path.read_text()

    results = new_results(context, make(context, Changeset(quads(text))), engine)

    found = {(compact(r.compiled.constraint.shape.value), compact(r.component)) for r in results}
    assert found == set(re.findall(r"^# expect: (shape:\S+) (sh:\S+)$", text, re.MULTILINE))


@pytest.fixture(scope="module")
def scene() -> Store:
    """Give a store of ontology, shapes and a graph that breaks none of them. It must not be changed."""
    store = with_ontology(shapes=True)
    make(store, Changeset(quads(STATE)))
    return store


def test_the_scene_breaks_no_shape(scene):
    assert ours(scene) == set()
    assert judged(scene) == set()


@pytest.mark.parametrize("seed", rounds("SUMMITRY_TEST_ENGINE_ROUNDS", 10))
def test_random_changes_are_judged_as_pyshacl_judges_them(scene, seed):
    """Three changes in turn, each of up to four triples; then the whole graph, by both engines."""
    random, store = Random(seed), copy(scene)
    for _ in range(3):
        make(store, random_change(random, held(store)))

    assert_agreed(store)


@pytest.mark.parametrize("seed", ["2.43", "2.45", "2.50"])
def test_changes_after_which_the_engines_once_differed_are_judged_alike(scene, seed):
    """They compared a date with a number. The seeds and the twelve changes are those of `benchmarks/equality.py`."""
    random, store = Random(seed), copy(scene)
    for _ in range(12):
        make(store, random_change(random, held(store)))

    assert_agreed(store)


@pytest.mark.parametrize("seed", rounds("SUMMITRY_TEST_ENGINE_ROUNDS", 10))
def test_what_a_change_brings_is_found_on_what_it_affects(scene, seed):
    """The results on the affected nodes, without those that stood before, are the full difference."""
    random, store = Random(f"incremental {seed}"), copy(scene)
    before = everything(store)
    for step in range(6):
        change = make(store, random_change(random, held(store)))
        after = everything(store)

        assert new_results(copy(store), change) == after - before, f"seed {seed}, step {step}: {change}"
        before = after


def everything(store: Store) -> set[Result]:
    return set(Engine(copy(store)).all_results())


def held(store: Store) -> set[Quad]:
    return {quad for quad in store if is_source(quad.graph_name)}


def new_results(store: Store, change: Changeset, engine: Engine | None = None) -> set[Result]:
    """Give what the engine blames on `change`, which `store` holds, and undo it, as a rehearsal does."""
    engine = engine or Engine(store)
    results = engine.results(change)
    merge.apply(store, undo(change))
    return set(results) - engine.still(results)


def blamed(store: Store, change: Changeset) -> set[str]:
    """Give the shapes that `change` breaks, once it is made; it stays made."""
    whole = make(store, change)
    results = new_results(copy(store), whole)
    return {compact(result.compiled.constraint.shape.value) for result in results}


@pytest.fixture
def store(scene) -> Store:
    return copy(scene)


def test_a_new_entity_is_blamed_for_what_it_lacks(store):
    """It lacked that before it was there, too."""
    assert blamed(store, Changeset(quads("agenda:new a ap:AgendaItem ."))) == {"shape:AgendaItemShape-topic"}


def test_an_entity_of_another_class_is_blamed_for_what_that_class_needs(store):
    retyped = Changeset(quads("topic:rice a ap:City ."), quads("topic:rice a ap:Topic ."))

    assert "shape:CityShape-inCountry" in blamed(store, retyped)


def test_what_was_wrong_before_is_not_blamed_on_the_change(store):
    make(store, Changeset(removed=quads("agenda:rice ap:topic topic:rice .")))

    assert blamed(store, Changeset(quads("agenda:rice ap:position 2 .", OTHER))) == {
        "shape:AgendaItemShape-position-one"
    }


def test_what_was_wrong_under_another_name_is_found_again_when_the_whole_store_is_judged(store):
    """Shapes with the same targets share their focus nodes then; shape:WikidataShape is not the first of them."""
    wrong = "a ap:AgendaItem ; ap:topic topic:rice ; skos:exactMatch <https://www.wikidata.org/wiki/Q1> ."
    make(store, Changeset(quads(f"agenda:old {wrong}", OTHER)))
    renaming = make(
        store, Changeset(quads(f"agenda:new {wrong}", OTHER), quads(f"agenda:old {wrong}", OTHER))
    )
    engine = Engine(store)
    results = engine.all_results()
    merge.apply(store, undo(renaming))

    standing = engine.still(results, {NamedNode(f"{ENTITIES}agenda/new"): NamedNode(f"{ENTITIES}agenda/old")})

    assert [compact(result.compiled.constraint.shape.value) for result in standing] == ["shape:WikidataShape"]
    assert standing == set(results)


def test_a_reference_is_blamed_for_the_declared_class_of_its_value_and_not_for_an_inferred_one(store):
    """Ann is no Leader any more, which makes the reference to her neither better nor worse."""
    make(store, Changeset(quads("statement:threat ap:threatens person:ann .", OTHER)))
    before = everything(store)
    office = Changeset(
        quads("tenure:ann ap:office office:clerk-cn ."), quads("tenure:ann ap:office office:head-us .")
    )

    assert blamed(store, office) == set()
    assert len(before) == 1
    assert everything(store) == before


def test_a_fact_that_a_claim_of_another_graph_disputes_is_found(store):
    """The rule names no property: it reads whatever the claim is about."""
    fact = quads("meeting:round ap:location city:seoul .", OTHER)

    assert blamed(store, Changeset(fact)) == {"shape:PlainTripleShape"}


def test_labels_of_one_language_are_one_in_each_graph(store):
    """domain.md 10: one label per language in the graph that declares the entity; another graph adds alternatives."""
    assert blamed(store, Changeset(quads('person:ann rdfs:label "Anna"@en .', OTHER))) == set()
    assert blamed(store, Changeset(quads('person:ann rdfs:label "Annie"@en .', ONE))) == {
        "shape:LabelShape-label-one"
    }


def test_a_message_has_its_values_in_it_as_a_curator_writes_them():
    """SHACL §5.3.2: {?name} and {$name} stand for what the query selects; what it does not select stays."""
    message = "{$this} eats {?value}, not {?other}"
    rule = (RULE % "?value").replace("$this WHERE", "$this ?value WHERE")
    store = cat(
        'person:mouse , "cheese"@en , <urn:x>', on_node=rule.replace("[", f'[ sh:message "{message}" ;', 1)
    )

    assert sorted(result.message for result in Engine(store).all_results()) == [
        "person:cat eats <urn:x>, not {?other}",
        "person:cat eats person:mouse, not {?other}",
        "person:cat eats “cheese”, not {?other}",
    ]


def test_no_document_writes_the_graph_that_pairs_nodes_with_shapes():
    assert is_system(FOCUS_GRAPH)
