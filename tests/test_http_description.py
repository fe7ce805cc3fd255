"""The service says of itself what is so: SPARQL 1.1 Service Description and VoID."""

import pytest
from pyoxigraph import NamedNode, RdfFormat, Store, parse

from servers import Server

SD = "http://www.w3.org/ns/sparql-service-description#"
VOID = "http://rdfs.org/ns/void#"
PREFIXES = f"PREFIX sd: <{SD}> PREFIX void: <{VOID}> PREFIX schema: <https://schema.org/>"


def described(server: Server, path: str = "/sparql", accept: str = "text/turtle") -> Store:
    answer = server.client.get(path, headers={"accept": accept}).raise_for_status()
    store = Store()
    media = answer.headers["content-type"].partition(";")[0]
    store.extend(parse(answer.content, format=RdfFormat.from_media_type(media)))
    return store


def values(store: Store, pattern: str) -> list[str]:
    return sorted(row["x"].value for row in store.query(f"{PREFIXES} SELECT ?x {{ {pattern} }}"))


@pytest.mark.parametrize(
    "accept",
    ["", "*/*", "text/turtle", "application/rdf+xml", "application/n-triples", "application/ld+json"],
)
def test_the_endpoint_describes_itself_in_the_form_that_is_asked_for(server, accept):
    """Service Description §2: RDF at the endpoint's own address, when nothing is asked there."""
    store = described(server, accept=accept)

    assert values(store, "[] a sd:Service ; sd:endpoint ?x") == [f"{server.url}/sparql"]


def test_it_offers_what_it_has_and_nothing_else(server):
    """Service Description §3.2.4: nothing is fetched, neither by FROM nor by SERVICE."""
    store = described(server)

    assert values(store, "[] sd:feature ?x") == [f"{SD}UnionDefaultGraph"]
    assert values(store, "[] sd:supportedLanguage ?x") == [
        f"{SD}SPARQL10Query",
        f"{SD}SPARQL11Query",
        f"{SD}SPARQL11Update",
    ]


def test_every_format_that_is_described_is_given(server):
    store = described(server)
    asked = {
        "SPARQL_Results_JSON": ("ASK {}", "application/sparql-results+json"),
        "SPARQL_Results_XML": ("ASK {}", "application/sparql-results+xml"),
        "SPARQL_Results_CSV": ("ASK {}", "text/csv"),
        "SPARQL_Results_TSV": ("ASK {}", "text/tab-separated-values"),
        "Turtle": ("CONSTRUCT {} {}", "text/turtle"),
        "N-Triples": ("CONSTRUCT {} {}", "application/n-triples"),
        "N-Quads": ("CONSTRUCT {} {}", "application/n-quads"),
        "RDF_XML": ("CONSTRUCT {} {}", "application/rdf+xml"),
        "JSON-LD": ("CONSTRUCT {} {}", "application/ld+json"),
    }

    given = {
        name
        for name, (query, media) in asked.items()
        if server.client.get("/sparql", params={"query": query}, headers={"accept": media})
        .headers["content-type"]
        .startswith(media)
    }

    assert {name.rpartition("/")[2] for name in values(store, "[] sd:resultFormat ?x")} == given


def test_limits_are_told_with_their_values(server):
    store = described(server)

    assert values(store, '[] schema:name "query_seconds" ; schema:value ?x') == ["30"]


def test_counts_are_those_of_the_graph(shipped):
    """VoID §4.6: triples, entities, classes, properties, distinct subjects and objects."""
    store = described(shipped)
    counted = {
        "triples": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
        "entities": "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s a ?o }",
        "classes": "SELECT (COUNT(DISTINCT ?o) AS ?n) { ?s a ?o }",
        "properties": "SELECT (COUNT(DISTINCT ?p) AS ?n) { ?s ?p ?o }",
        "distinctSubjects": "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }",
        "distinctObjects": "SELECT (COUNT(DISTINCT ?o) AS ?n) { ?s ?p ?o }",
    }

    for name, query in counted.items():
        [number] = shipped.client.get("/sparql.csv", params={"query": query}).text.split()[1:]
        assert values(store, f"[] a void:Dataset ; void:{name} ?x") == [number]


def test_each_named_graph_is_told_with_its_size(shipped):
    query = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
    listed = shipped.client.get("/sparql.csv", params={"query": query}).text.splitlines()[1:]
    found = described(shipped).query(
        f"{PREFIXES} SELECT ?g ?n {{ [] sd:namedGraph [ sd:name ?g ; sd:graph [ void:triples ?n ] ] }}"
    )

    assert sorted(f"{row['g'].value},{row['n'].value}" for row in found) == sorted(listed)


@pytest.mark.parametrize("path", ["/void", "/.well-known/void"])
def test_the_data_set_is_described_where_machines_look(server, path):
    """VoID §7.2: /.well-known/void; the endpoint is the query endpoint's address."""
    store = described(server, path)

    assert values(store, "[] a void:Dataset ; void:sparqlEndpoint ?x") == [f"{server.url}/sparql"]
    assert NamedNode(f"{server.url}/sparql") in {quad.subject for quad in store}


def test_a_description_that_the_client_has_is_not_sent_again(server):
    tag = server.client.get("/void").headers["etag"]

    assert server.client.get("/void", headers={"if-none-match": tag}).status_code == 304
    assert server.client.get(
        "/void", headers={"if-none-match": tag, "accept": "application/n-triples"}
    ).is_success
