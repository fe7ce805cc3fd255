"""The ontology is served at its address: for programs as RDF, for readers as a page with an anchor for each term."""

import json
import re

import pytest
from pyoxigraph import NamedNode, RdfFormat, parse

from summitry import resources
from summitry.terms import AP, ONTOLOGY, TYPE

TERMS = re.compile(r'<section id="([^"]+)">')
FORMS = {
    "text/turtle": RdfFormat.TURTLE,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/ld+json": RdfFormat.JSON_LD,
    "application/rdf+xml": RdfFormat.RDF_XML,
}


def defined_terms() -> set[str]:
    quads = (
        quad for path in resources.ontology_files() for quad in parse(path=path, format=RdfFormat.TURTLE)
    )
    return {
        q.subject.value.removeprefix(AP)
        for q in quads
        if q.predicate == TYPE and str(q.subject)[1:].startswith(AP)
    }


@pytest.mark.parametrize("media", FORMS)
@pytest.mark.parametrize("path", ["/ns", "/ontology", "/shapes"])
def test_the_graph_is_the_same_in_every_form(server, path, media):
    answer = server.client.get(path, headers={"accept": media})
    reference = server.client.get(path, headers={"accept": "application/n-triples"})

    assert answer.headers["content-type"].partition(";")[0] == media
    assert {q.triple for q in parse(answer.content, format=FORMS[media])} == {
        q.triple for q in parse(reference.content, format=RdfFormat.N_TRIPLES)
    }


def test_a_program_that_says_nothing_gets_turtle(server):
    answer = server.client.get("/ns", headers={"accept": "*/*"})

    assert answer.headers["content-type"] == "text/turtle; charset=utf-8"
    assert any(q.subject == ONTOLOGY for q in parse(answer.content, format=RdfFormat.TURTLE))


@pytest.mark.parametrize("ask", [{"headers": {"accept": "text/html"}}, {"params": {"format": "html"}}])
def test_a_reader_gets_a_page_with_an_anchor_for_each_term(server, ask):
    page = server.client.get("/ns", **ask)

    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert defined_terms() - set(TERMS.findall(page.text)) == set()
    assert {"Leader", "Country", "Policy", "Commodity", "Meeting"} <= set(TERMS.findall(page.text))


def test_the_pages_load_nothing_from_elsewhere(server):
    for path in ("/", "/docs", "/ns?format=html", "/sparql"):
        page = server.client.get(path, headers={"accept": "text/html"})
        assert not re.search(r"""(?:src|@import|url\()|<(?:script|link|img|iframe)\b""", page.text)
        assert page.headers["content-security-policy"].startswith("default-src 'none'")


def test_a_client_that_has_the_ontology_is_told_so(server):
    tag = server.client.get("/ns").headers["etag"]

    assert server.client.get("/ns", headers={"if-none-match": tag}).status_code == 304


def test_the_context_makes_linked_data_of_plain_json(server):
    answer = server.client.get("/ns/context.jsonld")

    assert answer.headers["content-type"] == "application/ld+json"
    document = {**json.loads(answer.text), "id": "https://a.example/x", "type": "Leader"}
    [quad] = parse(json.dumps(document), format=RdfFormat.JSON_LD)
    assert quad.object == NamedNode(AP + "Leader")
