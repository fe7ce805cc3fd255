"""The Graph Store HTTP Protocol where rules are kept, and what it has beside plain PUT, POST and DELETE."""

from uuid import uuid4

import pytest

from servers import Server
from summitry.terms import GRAPHS

TURTLE = {"content-type": "text/turtle"}
HEAD = """\
@prefix ap: <https://w3id.org/summitry/ns#> .
@prefix collective: <https://w3id.org/summitry/id/collective/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""


@pytest.fixture
def slug() -> str:
    """Give a name that no other test uses."""
    return uuid4().hex


def collective(slug: str) -> str:
    return f'{HEAD}collective:{slug} a ap:Collective ; rdfs:label "{slug}"@en .\n'


def form(*documents: str):
    return [("file", (f"part{n}.ttl", text, "text/turtle")) for n, text in enumerate(documents)]


def test_the_default_graph_is_read_as_the_merge(server, slug):
    """Graph Store Protocol §4.2: `default`; it is the merge of all graphs here."""
    server.client.put(
        "/graphs",
        params={"graph": GRAPHS + slug},
        content=collective(slug),
        headers={**TURTLE, **server.bearer},
    )

    answer = server.client.get("/graphs?default", headers={"accept": "application/n-triples"})

    assert f'collective/{slug}> <http://www.w3.org/2000/01/rdf-schema#label> "{slug}"@en .' in answer.text
    assert "https://w3id.org/summitry/revision/" not in answer.text


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_the_default_graph_is_not_written(server, slug, method):
    before = server.state()

    answer = server.client.request(
        method, "/graphs?default", content=collective(slug), headers={**TURTLE, **server.bearer}
    )

    assert (answer.status_code, server.state()) == (400, before)


def test_a_graph_and_the_default_graph_are_not_asked_for_at_once(server):
    assert server.client.get("/graphs", params={"default": "", "graph": GRAPHS + "x"}).status_code == 400


def test_a_graph_whose_address_is_no_iri_is_refused(server):
    assert server.client.get("/graph/a%20b").status_code == 400


def test_a_post_without_a_graph_makes_one(server, slug):
    """Graph Store Protocol §5.5: 201, and Location says where the new graph is."""
    answer = server.client.post("/graphs", content=collective(slug), headers={**TURTLE, **server.bearer})

    assert answer.status_code == 201
    assert slug in server.client.get(answer.headers["location"]).text


def test_a_form_is_one_upload(server, slug):
    """§5.5: multipart/form-data. The parts are judged together: one may speak of what another declares."""
    parts = form(
        collective(slug),
        f"{HEAD}collective:{slug} rdfs:seeAlso collective:{slug}-too .",
        collective(f"{slug}-too"),
    )

    answer = server.client.post(
        "/graphs", params={"graph": GRAPHS + slug}, files=parts, headers=server.bearer
    )

    assert (answer.status_code, answer.json()["added"]) == (201, 5)


def test_a_form_with_one_part_that_breaks_a_rule_changes_nothing(server, slug):
    before = server.state()
    parts = form(collective(slug), f"{HEAD}collective:{slug}-too a ap:Collective .")

    answer = server.client.put("/graphs", params={"graph": GRAPHS + slug}, files=parts, headers=server.bearer)

    assert (answer.status_code, server.state()) == (422, before)


@pytest.mark.parametrize(
    ("address", "media"),
    [
        ("/sparql.csv", "text/csv; charset=utf-8"),
        ("/sparql.tsv", "text/tab-separated-values; charset=utf-8"),
        ("/sparql.json", "application/sparql-results+json"),
        ("/sparql.xml", "application/sparql-results+xml"),
        ("/sparql.ttl", "application/sparql-results+json"),
        ("/sparql/", "application/sparql-results+json"),
    ],
)
def test_an_address_may_say_the_form(server, address, media):
    """For tools that send no Accept: a spreadsheet, read_csv."""
    answer = server.client.get(address, params={"query": "ASK {}"}, headers={"accept": "*/*"})

    assert (answer.status_code, answer.headers["content-type"]) == (200, media)


@pytest.mark.parametrize(
    ("address", "media"),
    [
        ("/sparql.ttl", "text/turtle; charset=utf-8"),
        ("/sparql.nt", "application/n-triples"),
        ("/sparql.jsonld", "application/ld+json"),
        ("/sparql.json", "application/ld+json"),
        ("/sparql.xml", "application/rdf+xml"),
    ],
)
def test_an_address_may_say_the_form_of_a_graph(server, address, media):
    answer = server.client.get(address, params={"query": "CONSTRUCT {} {}"})

    assert (answer.status_code, answer.headers["content-type"]) == (200, media)


@pytest.mark.parametrize(
    ("query", "accept", "media"),
    [
        ("ASK {}", "application/rdf+xml", "application/sparql-results+xml"),
        ("ASK {}", "text/turtle;q=0.9, application/rdf+xml;q=0.8", "application/sparql-results+xml"),
        ("ASK {}", "text/csv;q=0.5, application/sparql-results+xml;q=0.6", "application/sparql-results+xml"),
        ("CONSTRUCT {} {}", "application/sparql-results+xml", "application/rdf+xml"),
        ("CONSTRUCT {} {}", "application/sparql-results+json", "application/ld+json"),
        ("CONSTRUCT {} {}", "text/turtle;q=0.1, application/n-triples;q=0.2", "application/n-triples"),
    ],
)
def test_who_asks_for_what_does_not_fit_the_query_gets_the_nearest(server, query, accept, media):
    """rdflib asks for RDF/XML whatever it queries; a 406 would help nobody."""
    answer = server.client.get("/sparql", params={"query": query}, headers={"accept": accept})

    assert (answer.status_code, answer.headers["content-type"]) == (200, media)


def test_each_form_has_a_tag_of_its_own(server):
    """RFC 9110 §8.8.3: else a cache would give one client the other's form."""
    tags = {
        server.client.get("/sparql", params={"query": "ASK {}"}, headers={"accept": accept}).headers["etag"]
        for accept in ("text/csv", "application/sparql-results+json", "application/sparql-results+xml")
    }

    assert len(tags) == 3


def test_the_request_names_the_dataset_of_an_update(server, slug):
    """SPARQL 1.1 Protocol §2.2.3, where rules are kept as well."""
    one, two = GRAPHS + slug, GRAPHS + slug + "-too"
    headers = {**TURTLE, **server.bearer}
    server.client.put("/graphs", params={"graph": one}, content=collective(slug), headers=headers)
    server.client.put("/graphs", params={"graph": two}, content=collective(f"{slug}-too"), headers=headers)
    text = f"INSERT {{ GRAPH <{one}> {{ ?s rdfs:comment 'seen'@en }} }} WHERE {{ ?s a ap:Collective }}"

    answer = server.client.post(
        "/sparql",
        params={"using-graph-uri": one},
        content=text,
        headers={"content-type": "application/sparql-update", **server.bearer},
    )

    assert (answer.status_code, answer.json()["added"]) == (200, 1)


def test_to_clear_a_graph_that_is_not_there_changes_nothing(server):
    before = server.state()

    answer = server.client.post(
        "/sparql",
        content="CLEAR GRAPH <http://a.example/nowhere>",
        headers={"content-type": "application/sparql-update", **server.bearer},
    )

    assert (answer.status_code, server.state()) == (200, before)


def test_a_page_of_another_origin_may_read_with_a_token(server: Server):
    """https://fetch.spec.whatwg.org/#http-cors-protocol: Authorization must be allowed by name."""
    preflight = server.client.options(
        "/sparql",
        headers={
            "origin": "https://a.example",
            "access-control-request-method": "GET",
            "access-control-request-headers": "authorization, if-none-match",
        },
    )

    assert preflight.status_code == 200
    assert "Authorization" in preflight.headers["access-control-allow-headers"]
