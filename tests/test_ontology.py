"""The ontology: tidy by its own checks, consistent under OWL 2 RL, true to its context and README."""

import json
import re
from pathlib import Path

import pyoxigraph as ox
import pytest
from owlrl import DeductiveClosure, OWLRL_Semantics
from owlrl.Namespaces import ERRNS
from rdflib import DCTERMS, FOAF, ORG, OWL, PROV, RDF, RDFS, SDO, SKOS, XSD, Graph, URIRef
from rdflib.term import Node

ONTOLOGY = Path(__file__).parent.parent / "ontology"
MODULES = sorted(ONTOLOGY.glob("*.ttl"))
CHECKS = sorted((ONTOLOGY / "checks").glob("*.rq"))
AP = "https://w3id.org/summitry/ns#"
EXCLUDES = ox.NamedNode(f"{AP}excludes")
ID = "https://w3id.org/summitry/id/"
TYPES = [
    "city",
    "claim",
    "commodity",
    "country",
    "credence",
    "document",
    "meeting",
    "membership",
    "office",
    "organization",
    "person",
    "policy",
    "source",
    "state",
    "statement",
    "status",
    "tenure",
    "topic",
]
PREFIXES = "".join(
    f"PREFIX {prefix}: <{namespace}>\n"
    for prefix, namespace in {
        "ap": AP,
        "dcterms": DCTERMS,
        "foaf": FOAF,
        "org": ORG,
        "owl": OWL,
        "prov": PROV,
        "rdf": RDF,
        "rdfs": RDFS,
        "schema": SDO,
        "skos": SKOS,
        "xsd": XSD,
        **{kind: f"{ID}{kind}/" for kind in TYPES},
    }.items()
)

# For each check a small harm to the ontology, and the terms that the check must then name.
HARMS = {
    "badly-cased-name": ("INSERT DATA { ap:cease_fire a owl:Class }", {"ap:cease_fire"}),
    "capitalised-label": ('INSERT DATA { ap:Truce rdfs:label "Truce"@en }', {"ap:Truce"}),
    "circular-definition": ('INSERT DATA { ap:Truce skos:definition "A truce."@en }', {"ap:Truce"}),
    "concept-without-scheme": ("DELETE WHERE { topic:fentanyl skos:inScheme ?any }", {"topic:fentanyl"}),
    "definition-without-full-stop": (
        'INSERT DATA { ap:Truce skos:definition "A pause"@en }',
        {"ap:Truce"},
    ),
    "deprecated-without-successor": ("INSERT DATA { ap:Truce owl:deprecated true }", {"ap:Truce"}),
    "homeless-term": ("DELETE WHERE { ap:Truce rdfs:isDefinedBy ?any }", {"ap:Truce"}),
    "inverse-property": ("INSERT DATA { ap:holds owl:inverseOf ap:holder }", {"ap:holds"}),
    "merging-axiom": ("INSERT DATA { ap:holder a owl:FunctionalProperty }", {"ap:holder"}),
    "one-way-exclusion": ("DELETE DATA { status:expired ap:excludes status:revoked }", {"status:revoked"}),
    "property-without-domain": ("DELETE WHERE { ap:location rdfs:domain ?any }", {"ap:location"}),
    "property-without-range": ("DELETE WHERE { ap:about schema:rangeIncludes ?any }", {"ap:about"}),
    "range-of-wrong-kind": ("INSERT DATA { ap:iso2 rdfs:range ap:Country }", {"ap:iso2"}),
    "several-labels": ('INSERT DATA { ap:Truce rdfs:label "ceasefire"@en }', {"ap:Truce"}),
    "term-above-itself": (
        "INSERT DATA { ap:Policy rdfs:subClassOf ap:Truce }",
        {"ap:Agreement", "ap:Policy", "ap:Truce"},
    ),
    "undeclared-term": ("INSERT DATA { ap:Truce rdfs:seeAlso ap:Ceasefire }", {"ap:Ceasefire"}),
    "undefined-term": ("DELETE WHERE { ap:Truce skos:definition ?any }", {"ap:Truce"}),
    "unequal-concept-labels": ('INSERT DATA { topic:taiwan rdfs:label "Formosa"@pt }', {"topic:taiwan"}),
    "unknown-alignment": ("INSERT DATA { ap:Truce skos:closeMatch schema:Truce }", {"ap:Truce"}),
    "unlabelled-term": ("DELETE WHERE { ap:Truce rdfs:label ?any }", {"ap:Truce"}),
}

# What the standards say of the terms that ours are aligned with and that could clash with our data:
# PROV-O, the organization ontology, FOAF, SKOS and DCMI terms, as far as OWL 2 RL sees it.
STANDARDS = (
    PREFIXES
    + """
prov:Activity owl:disjointWith prov:Entity .
foaf:Person owl:disjointWith foaf:Organization , foaf:Project .
foaf:Document owl:disjointWith foaf:Organization , foaf:Project .
org:Organization rdfs:subClassOf foaf:Agent ; owl:equivalentClass foaf:Organization .
org:member rdfs:domain org:Membership ; rdfs:range foaf:Agent .
org:organization rdfs:domain org:Membership ; rdfs:range org:Organization .
org:postIn rdfs:domain org:Post ; rdfs:range org:Organization .
skos:Concept owl:disjointWith skos:ConceptScheme .
dcterms:publisher rdfs:range dcterms:Agent .
"""
)

# One of each thing whose classes meet in the data: a country that acts and is a place, a speaker without
# a name, a speech act that is an event and has a source, a claim, a concept.
SAMPLE = (
    PREFIXES
    + """
country:us a ap:Country ; ap:iso2 "US" .
country:kr a ap:Country .
city:seoul a ap:City ; ap:inCountry country:kr .
organization:apec a ap:IntergovernmentalOrganization .
organization:reuters a ap:NewsOutlet .
membership:kr-in-apec a ap:Membership ; ap:member country:kr ; ap:organization organization:apec ;
    ap:kind "member" ; ap:observedOn "2025-10-24"^^xsd:date ; ap:inDocument document:article .
office:us-president a ap:LeadershipOffice ; ap:ofCountry country:us .
office:us-press-secretary a ap:Office ; ap:ofCountry country:us ; ap:seats 1 .
person:donald-trump a ap:Person .
person:karoline-leavitt a ap:Person .
tenure:trump a ap:Tenure ; ap:holder person:donald-trump ; ap:office office:us-president ;
    ap:from "2025-01-20"^^xsd:date ; ap:credence credence:accepted .
tenure:leavitt a ap:Tenure ; ap:holder person:karoline-leavitt ; ap:office office:us-press-secretary .
source:strategist a ap:AnonymousSource ; ap:sourceDescription "a strategist"@en .
document:article a ap:Document ; ap:title "Talks"@en ; ap:publisher organization:reuters ;
    ap:published "2025-10-24"^^xsd:date ; ap:cites document:article-before .
meeting:luncheon a ap:Meeting ; ap:location country:kr ; ap:organizer country:kr ;
    ap:participant person:donald-trump ; ap:inResponseTo policy:tariff .
policy:tariff a ap:TariffMeasure ; ap:imposedBy country:us ; ap:targets country:kr ;
    ap:ratePercent 100 ; ap:onCommodity commodity:hs-2805 ; ap:hasState state:tariff-threatened .
commodity:hs-2805 a ap:Commodity ; skos:notation "2805" .
state:tariff-threatened a ap:PolicyState ; ap:status status:threatened ; ap:inDocument document:article .
statement:hope a ap:Forecast ; ap:saidBy source:strategist ; ap:about country:kr , topic:trade ;
    ap:quote "progress"@en ; ap:asserts claim:luncheon-in-seoul ; ap:inDocument document:article .
claim:luncheon-in-seoul a ap:Claim ; rdf:subject meeting:luncheon ; rdf:predicate ap:location ;
    rdf:object city:seoul ; ap:saidBy organization:reuters ; ap:credence credence:disputed .
"""
)


def long_form(name: str) -> str:
    """The IRI that a prefixed name such as `ap:Truce` or `topic:trade` stands for."""
    prefix, _, local = name.partition(":")
    return f"{AP}{local}" if prefix == "ap" else f"{ID}{prefix}/{local}"


def ontology_store() -> ox.Store:
    """A store that holds all modules as one graph."""
    store = ox.Store()
    for module in MODULES:
        store.load(path=str(module), format=ox.RdfFormat.TURTLE)
    return store


def closed(*turtle: str) -> Graph:
    """The OWL 2 RL closure of the ontology together with some Turtle."""
    graph = Graph()
    for module in MODULES:
        graph.parse(module)
    for text in turtle:
        graph.parse(data=text, format="turtle")
    DeductiveClosure(OWLRL_Semantics).expand(graph)
    return graph


def clashes(graph: Graph) -> list[str]:
    """What owlrl found inconsistent while it closed the graph."""
    return [str(message) for message in graph.objects(None, ERRNS.error)]


def types_of(graph: Graph, name: str) -> set[str]:
    """The names of our own classes that a thing is in."""
    classes = map(str, graph.objects(URIRef(long_form(name)), RDF.type))
    return {iri.removeprefix(AP) for iri in classes if iri.startswith(AP)}


def names_of(graph: Graph, kind: URIRef) -> set[str]:
    """The local names of our own terms of a kind."""
    return {str(term).removeprefix(AP) for term in graph.subjects(RDF.type, kind) if str(term).startswith(AP)}


@pytest.fixture(scope="module")
def asserted() -> Graph:
    graph = Graph()
    for module in MODULES:
        graph.parse(module)
    return graph


@pytest.fixture(scope="module")
def closure() -> Graph:
    return closed(STANDARDS, SAMPLE)


@pytest.fixture(scope="module")
def context() -> dict[str, object]:
    return json.loads((ONTOLOGY / "context.jsonld").read_text("utf-8"))["@context"]


@pytest.mark.parametrize("check", CHECKS, ids=lambda path: path.stem)
def test_no_check_finds_an_offender(check):
    """A row of `ontology/checks/*.rq` is a defect of the ontology."""
    rows = [[str(value) for value in row] for row in ontology_store().query(check.read_text("utf-8"))]

    assert rows == []


@pytest.mark.parametrize("check", CHECKS, ids=lambda path: path.stem)
def test_each_check_can_fail(check):
    """A check that finds nothing in a harmed ontology guards nothing."""
    harm, offenders = HARMS[check.stem]
    store = ontology_store()
    store.update(PREFIXES + harm)

    found = {row["term"].value for row in store.query(check.read_text("utf-8"))}

    assert found == {long_form(name) for name in offenders}


@pytest.mark.parametrize("check", CHECKS, ids=lambda path: path.stem)
def test_each_check_says_its_question_and_its_columns(check):
    question, columns = check.read_text("utf-8").splitlines()[:2]

    assert re.fullmatch(r"# (Which .*\?)( \(.*\))?", question)
    named = re.sub(r" \(.*?\)", "", columns.removeprefix("# columns: ")).split(", ")
    assert named == [
        variable.value for variable in ontology_store().query(check.read_text("utf-8")).variables
    ]


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_prefixes_are_alphabetical_and_used(module):
    declared = re.findall(r"^@prefix (\w+):", module.read_text("utf-8"), re.MULTILINE)
    body = re.sub(r"^@prefix .*$|<[^>]*>|\"[^\"]*\"", "", module.read_text("utf-8"), flags=re.MULTILINE)

    assert declared == sorted(declared)
    assert set(declared) == set(re.findall(r"(?<![\w@])(\w+):\w", body))


def test_every_alignment_is_to_a_term_that_its_vocabulary_has(asserted):
    """Those of the vocabularies that rdflib bundles; the others were looked up by hand."""
    bundled = [DCTERMS, FOAF, ORG, PROV, RDF, SDO, SKOS]
    relations = [RDFS.subClassOf, RDFS.subPropertyOf, SKOS.closeMatch]
    aligned = {str(o) for p in relations for o in asserted.objects(None, p) if isinstance(o, URIRef)}
    unknown = {iri for iri in aligned if not any(iri in vocabulary for vocabulary in bundled)}

    assert {iri for iri in unknown if not iri.startswith(AP)} == {
        "http://data.europa.eu/eli/ontology#LegalResource",
        "http://semanticweb.cs.vu.nl/2009/11/sem/Event",
        "http://semanticweb.cs.vu.nl/2009/11/sem/hasActor",
        "http://semanticweb.cs.vu.nl/2009/11/sem/hasPlace",
    }


def test_the_closure_is_consistent(closure):
    """No disjointness, of ours or of the standards that ours build on, is violated by ordinary data."""
    assert clashes(closure) == []


@pytest.mark.parametrize(
    "nonsense",
    [
        "person:xi a ap:Person , ap:Organization .",
        "tenure:xi ap:holder organization:apec . organization:apec a ap:Organization .",
        "statement:x a ap:SpeechAct ; ap:saidBy person:xi . person:xi a ap:Person ; ap:hasState state:x .",
    ],
)
def test_nonsense_makes_the_closure_inconsistent(nonsense):
    """The consistency test can fail: classes that share nothing are declared disjoint."""
    assert clashes(closed(PREFIXES + nonsense)) != []


def test_the_holder_of_a_leadership_office_is_a_leader_and_nobody_else(closure):
    leaders = set(closure.subjects(RDF.type, URIRef(f"{AP}Leader")))

    assert leaders == {URIRef(long_form("person:donald-trump"))}


@pytest.mark.parametrize(
    ("name", "classes"),
    [
        ("country:kr", {"Actor", "Country", "Economy", "Place"}),
        ("document:article-before", {"Document"}),
        ("meeting:luncheon", {"Event", "Meeting"}),
        ("organization:reuters", {"Actor", "NewsOutlet", "Organization"}),
        ("policy:tariff", {"Policy", "TariffMeasure"}),
        ("source:strategist", {"AnonymousSource"}),
        ("state:tariff-threatened", {"PolicyState"}),
        ("statement:hope", {"Event", "Forecast", "SpeechAct"}),
        ("topic:trade", {"Topic"}),
    ],
)
def test_domains_and_ranges_infer_nothing_false(closure, name, classes):
    """A property that several classes share says so by schema:domainIncludes, which infers nothing."""
    assert types_of(closure, name) == classes


def coercion(value_range: Node | None) -> dict[str, str]:
    """How JSON-LD writes the values of a property of this range shortest without losing their type."""
    if value_range == XSD.string:
        return {}
    if value_range == RDF.langString:
        return {"@container": "@language"}
    return {"@type": f"xsd:{str(value_range).removeprefix(str(XSD))}"}


def test_the_context_has_each_datatype_property_with_the_coercion_of_its_range(asserted, context):
    for name in names_of(asserted, OWL.DatatypeProperty):
        expected = coercion(asserted.value(URIRef(AP + name), RDFS.range))

        assert context[name] == ({"@id": f"ap:{name}", **expected} if expected else f"ap:{name}")


def test_the_context_has_each_object_property_as_a_link_and_each_class_by_its_name(asserted, context):
    for name in names_of(asserted, OWL.ObjectProperty):
        assert context[name] == {"@id": f"ap:{name}", "@type": "@id"}
    for name in names_of(asserted, OWL.Class):
        assert context[name] == f"ap:{name}"


def test_the_context_has_no_term_that_the_ontology_lacks(asserted, context):
    kinds = [OWL.Class, OWL.DatatypeProperty, OWL.ObjectProperty]
    targets = (value["@id"] if isinstance(value, dict) else value for value in context.values())
    ours = {target.removeprefix("ap:") for target in targets if str(target).startswith("ap:")}

    assert ours == set.union(*(names_of(asserted, kind) for kind in kinds))


def test_plain_json_under_the_context_means_the_same_as_turtle(context):
    document = {
        "@context": context,
        "id": "policy:tariff",
        "type": "TariffMeasure",
        "label": {"en": "additional tariff"},
        "altLabel": {"en": ["new duty", "extra duty"]},
        "imposedBy": "country:us",
        "ratePercent": "57.6",
        "hasState": {"id": "state:tariff", "status": "entity:status/threatened", "from": "2025-10-10"},
    }
    turtle = """
        policy:tariff a ap:TariffMeasure ; rdfs:label "additional tariff"@en ;
            skos:altLabel "new duty"@en , "extra duty"@en ; ap:imposedBy country:us ; ap:ratePercent 57.6 ;
            ap:hasState state:tariff .
        state:tariff ap:status status:threatened ; ap:from "2025-10-10"^^xsd:date .
    """

    read = ox.parse(json.dumps(document).encode(), format=ox.RdfFormat.JSON_LD)

    assert set(read) == set(ox.parse((PREFIXES + turtle).encode(), format=ox.RdfFormat.TURTLE))


def test_the_table_of_statuses_says_what_the_triples_say():
    """`ontology/README.md` says for each pair of statuses whether they may overlap in time."""
    readme = (ONTOLOGY / "README.md").read_text("utf-8")
    table = re.findall(r"^\| .*", readme[readme.index("| status ") :].split("\n\n")[0], re.MULTILINE)
    head, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
    cells = {(row[0], column): cell for row in rows for column, cell in zip(head[1:], row[1:], strict=True)}

    asked = "SELECT ?one ?other { ?one a ap:PolicyStatus . ?other a ap:PolicyStatus }"
    pairs = [(row["one"], row["other"]) for row in ontology_store().query(PREFIXES + asked)]
    excluded = {(s, o) for s, _, o, _ in ontology_store().quads_for_pattern(None, EXCLUDES, None)}
    assert cells == {
        tuple(status.value.rpartition("/")[2] for status in pair): overlap(pair, excluded) for pair in pairs
    }


def overlap(pair, excluded):
    """The cell of the table for a pair of statuses."""
    if pair[0] == pair[1]:
        return "–"
    return "no" if pair in excluded else "yes"
