"""What no shape can say: that every term exists, and that what is ours has a class which shapes can look at."""

import pytest
from pyoxigraph import NamedNode, Store

from contract import ONE, OTHER, copy, make, quads, with_ontology
from summitry.model import Changeset, Finding, Severity
from summitry.terms import AP, ENTITIES, ONTOLOGY_GRAPH, SHAPES, SKOLEM
from summitry.vocabulary import Vocabulary

SOURCE = "graph:one prov:wasDerivedFrom document:news . graph:other prov:wasDerivedFrom document:news ."
NEWS = "document:news a ap:Document ."
ANN = "person:ann a ap:Person ."


@pytest.fixture(scope="module")
def ontology() -> Store:
    """Give the ontology, and a source for each graph. It must not be changed."""
    store = with_ontology()
    make(store, Changeset(quads(SOURCE + NEWS)))
    return store


@pytest.fixture
def store(ontology) -> Store:
    return copy(ontology)


def findings(store: Store, change: Changeset, base: str = ENTITIES) -> list[Finding]:
    """Give what is to be remarked on `change`, once it is made."""
    whole = make(store, change)
    return [remark.finding for remark in Vocabulary(store, base).remarks(whole)]


def rules(store: Store, added: str = "", removed: str = "", graph: NamedNode = ONE) -> list[str]:
    """Give the rules that a change of one graph breaks."""
    found = findings(store, Changeset(quads(added, graph), quads(removed, graph)))
    return [finding.shape.removeprefix(SHAPES) for finding in found]


# Every term exists


@pytest.mark.parametrize(
    "document",
    [
        "tenure:t a ap:Tenure ; ap:holder person:ann .",
        "claim:c a ap:Claim ; rdf:predicate ap:location .",
        "document:news schema:about ap:Tenure .",
    ],
)
def test_a_term_of_the_ontology_may_be_used_anywhere(store, document):
    assert rules(store, document + ANN) == []


@pytest.mark.parametrize(
    ("document", "message", "fix"),
    [
        (
            "ap:BilateralMeting",
            "ap:BilateralMeting is not a term of the ontology; did you mean ap:BilateralMeeting?",
            "",
        ),
        ("ap:bilateralMeeting", "did you mean ap:BilateralMeeting?", "ap:BilateralMeeting"),
        ("ap:Offce", "did you mean ap:Office?", "ap:Office"),
        ("ap:Polices", "did you mean ap:Policy?", "ap:Policy"),
    ],
)
def test_an_unknown_class_is_refused_with_the_nearest_one(store, document, message, fix):
    (finding, *_) = findings(store, Changeset(quads(f"{ANN} person:ann a {document} .")))

    assert finding.severity is Severity.VIOLATION
    assert finding.shape == SHAPES + "KnownTerm"
    assert message in finding.message
    assert fix in finding.fix


@pytest.mark.parametrize(("name", "meant"), [("ofice", "office"), ("holdr", "holder"), ("Holder", "holder")])
def test_an_unknown_property_is_refused_with_the_nearest_one(store, name, meant):
    """The ontology has a class Office and a property office: the one that is spelt like it is meant."""
    (finding,) = findings(store, Changeset(quads(f"tenure:t a ap:Tenure ; ap:{name} person:ann . {ANN}")))

    assert finding.message == f"ap:{name} is not a term of the ontology; did you mean ap:{meant}?"
    assert finding.fix == f"ap:{meant}"
    assert (finding.focus, finding.path) == (f"<{ENTITIES}tenure/t>", f"<{AP}{name}>")


def test_a_term_that_is_like_no_other_gets_no_suggestion(store):
    (finding,) = findings(store, Changeset(quads(f"{ANN} person:ann ap:zzz 1 .")))

    assert finding.message == "ap:zzz is not a term of the ontology; see the ontology for the terms there are"
    assert finding.fix == ""


def test_an_unknown_term_is_reported_once(store):
    assert rules(store, f"{ANN} person:bob a ap:Person . person:ann ap:zzz 1 . person:bob ap:zzz 2 .") == [
        "KnownTerm"
    ]


def test_a_term_that_is_only_removed_is_nobodys_concern(store):
    make(store, Changeset(quads(f"{ANN} person:ann ap:zzz 1 .")))

    assert rules(store, removed="person:ann ap:zzz 1 .") == []


# No document changes what terms mean


@pytest.mark.parametrize(
    "axiom",
    [
        "ap:Person rdfs:subClassOf <urn:x> .",
        "<urn:x> rdfs:subClassOf ap:Person .",
        "<urn:x> rdfs:subPropertyOf ap:holder .",
        "<urn:x> rdfs:domain ap:Person .",
        "<urn:x> rdfs:range ap:Person .",
        "<urn:x> owl:equivalentClass ap:Person .",
        "<urn:x> owl:onProperty ap:holder .",
        "<urn:x> owl:sameAs ap:Person .",
        "<urn:x> owl:someValuesFrom ap:Person .",
        "<urn:x> rdf:first ap:Person .",
        'ap:Person rdfs:label "human"@en .',
        "ap:Person a owl:Class .",
        "<urn:x> sh:targetClass ap:Person .",
        "<urn:x> sh:path ap:holder .",
        "shape:TenureShape sh:deactivated true .",
        "<urn:x> sh:property shape:TenureShape-holder .",
        "status:threatened ap:excludes status:announced .",
    ],
)
def test_a_document_cannot_define_or_constrain_our_terms(store, axiom):
    """An uploaded subclass would change what sh:class means."""
    assert "NoAxiom" in rules(store, axiom)


@pytest.mark.parametrize(
    "axiom",
    [
        "<urn:x> rdfs:subClassOf <urn:y> .",
        "<urn:x> owl:equivalentClass schema:Person .",
        "<urn:x> a sh:NodeShape ; sh:targetClass schema:Person .",
        "<urn:x> rdfs:seeAlso ap:Person .",
    ],
)
def test_foreign_axioms_are_stored_and_mean_nothing(store, axiom):
    assert rules(store, axiom) == []


def test_a_statement_about_a_statement_is_refused(store):
    """domain.md 3: a Claim says it; a blank node within a triple term could never be removed again."""
    assert rules(store, "<urn:x> <urn:y> <<( _:b <urn:p> 1 )>> .") == ["NoTripleTerm"]


# What is ours has a class


@pytest.mark.parametrize(
    "document",
    [
        'person:ann rdfs:label "Ann"@en .',
        "person:ann a foaf:Person .",
        "person:ann a ap:holder .",
        "person:ann a status:threatened .",
        "<urn:x> ap:iso2 'US' .",
        "[] ap:iso2 'US' .",
    ],
)
def test_what_is_ours_needs_a_class_of_the_ontology(store, document):
    """Below the instance base, or with one of our properties: without a class no shape would look at it."""
    assert rules(store, document.replace("[]", f"<{SKOLEM}1>")) == ["KnownClass"]


@pytest.mark.parametrize(
    "document",
    [
        f"{ANN} person:ann a foaf:Person .",
        "<urn:x> a ap:Country ; ap:iso2 'US' .",
        "<urn:x> a foaf:Person ; rdfs:label 'Ann'@en .",
        f"<{SKOLEM}1> rdf:first 1 ; rdf:rest rdf:nil .",
        "graph:one dcterms:title 'One'@en .",
        "topic:trade skos:altLabel 'commerce'@en .",
    ],
)
def test_nothing_else_needs_one(store, document):
    """Foreign resources, list cells, descriptions of the graph, concepts that the ontology declares."""
    assert rules(store, document) == []


def test_a_skolem_iri_below_the_instance_base_is_not_an_entity(store):
    cell = Changeset(quads(f"<{SKOLEM}1> rdf:first 1 ; rdf:rest rdf:nil ."))

    assert findings(store, cell, base="https://w3id.org/summitry/.well-known/") == []


def test_the_instance_base_is_a_setting(store):
    change = Changeset(quads("<https://example.org/ann> rdfs:label 'Ann'@en ."))

    (finding,) = findings(store, change, base="https://example.org/")

    assert finding.shape == SHAPES + "KnownClass"


def test_another_graph_may_say_what_an_entity_is(store):
    make(store, Changeset(quads(ANN, OTHER)))

    assert rules(store, 'person:ann rdfs:label "Ann"@en .') == []


def test_a_class_that_goes_leaves_what_others_say_without_one(store):
    make(store, Changeset(quads(ANN) | quads('person:ann rdfs:label "Ann"@en .', OTHER)))

    assert rules(store, removed=ANN) == ["KnownClass"]


def test_an_entity_may_go_as_a_whole(store):
    whole = f'{ANN} person:ann rdfs:label "Ann"@en .'
    make(store, Changeset(quads(whole)))

    assert rules(store, removed=whole) == []


def test_a_leader_is_not_written(store):
    """domain.md: Leader is inferred."""
    (finding,) = findings(store, Changeset(quads(f"{ANN} person:ann a ap:Leader .")))

    assert finding.shape == SHAPES + "InferredClass"
    assert finding.severity is Severity.VIOLATION


# Hints


def test_an_entity_that_nobody_declares_is_mentioned(store):
    (finding,) = findings(
        store, Changeset(quads("tenure:t a ap:Tenure ; ap:holder person:ann , person:ann ."))
    )

    assert finding.severity is Severity.INFO
    assert finding.message == "nothing declares person:ann yet; check its spelling, or declare it"


def test_an_entity_that_another_graph_declares_is_not(store):
    make(store, Changeset(quads(ANN, OTHER)))

    assert rules(store, "tenure:t a ap:Tenure ; ap:holder person:ann .") == []


def test_a_graph_without_source_is_a_warning(store):
    (finding,) = findings(store, Changeset(quads(ANN, NamedNode("urn:sourceless"))))

    assert finding.severity is Severity.WARNING
    assert finding.message.startswith("the graph <urn:sourceless> does not say where it comes from")


def test_a_graph_that_loses_its_source_is_a_warning_unless_it_goes(store):
    make(store, Changeset(quads(ANN)))

    assert rules(store, removed=SOURCE) == ["GraphSource"]
    assert rules(store, removed=ANN + NEWS) == []


def test_the_systems_own_graphs_are_under_no_rule(store):
    assert rules(store, "ap:New a owl:Class . person:ann ap:zzz 1 .", graph=ONTOLOGY_GRAPH) == []
