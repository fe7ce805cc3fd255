"""The documentation is made of the OpenAPI document, and every example in it works on the shipped graph."""

import re
from html import unescape
from typing import Final

import pytest

from servers import Server
from summitry.terms import AP, ENTITIES, GRAPHS, RDFS, SHAPES_GRAPH
from summitry.web.endpoints import endpoints
from summitry.web.openapi import Json

TURTLE: Final = {"content-type": "text/turtle"}


def document_of(server: Server) -> Json:
    return server.client.get("/openapi.json").json()


def test_every_documented_read_has_an_example_that_works(shipped):
    wrong = {}
    for endpoint in endpoints(document_of(shipped)):
        if endpoint.method == "GET":
            # Some answers never end: their beginning must do. An IRI leads on.
            headers = shipped.bearer if endpoint.needs_token else {}
            with shipped.client.stream(
                "GET", endpoint.example, follow_redirects=True, headers=headers
            ) as answer:
                if answer.status_code != 200:
                    wrong[endpoint.example] = answer.read()

    assert wrong == {}


def test_every_documented_body_is_taken(server):
    korea = "country:kr a ap:Country ; rdfs:label 'South Korea'@en ."
    known = f"PREFIX ap: <{AP}> PREFIX rdfs: <{RDFS}> PREFIX country: <{ENTITIES}country/> {korea}"
    server.client.put(
        "/graphs",
        params={"graph": f"{GRAPHS}korea"},
        content=known,
        headers={**server.bearer, "content-type": "text/turtle"},
    ).raise_for_status()
    wrong = {}
    for endpoint in endpoints(document_of(server)):
        if endpoint.method != "GET" and endpoint.body:
            headers = {"content-type": endpoint.media, **(server.bearer if endpoint.needs_token else {})}
            answer = server.client.request(
                endpoint.method, endpoint.example, content=endpoint.body, headers=headers
            )
            if not answer.is_success:
                wrong[endpoint.method, endpoint.path] = (answer.status_code, answer.text)

    assert wrong == {}


def test_every_operation_says_how_its_errors_look(server):
    document = document_of(server)

    for operations in document["paths"].values():
        for operation in operations.values():
            assert "application/problem+json" in operation["responses"]["default"]["content"]
            assert "HTTPValidationError" not in str(operation["responses"])
    assert document["components"]["schemas"]["Problem"]["required"] == ["type", "title", "status", "detail"]


@pytest.mark.parametrize(
    ("method", "path", "sent"),
    [
        (
            "GET",
            "/sparql",
            {"params": {"query": "ASK { SERVICE <https://a.example/sparql> {} }"}},
        ),
        (
            "POST",
            "/validate",
            {"params": {"graph": SHAPES_GRAPH.value}, "content": "<a:s> <a:p> 1 .", "headers": TURTLE},
        ),
    ],
)
def test_what_is_nobodys_is_documented_as_forbidden(server, method, path, sent):
    answer = server.client.request(method, path, **sent)

    assert answer.status_code == 403, answer.text
    assert "403" in document_of(server)["paths"][path][method.lower()]["responses"]


def test_a_document_that_names_its_graphs_is_answered_as_documented(server):
    """It has no one graph, and so no tag for the next write."""
    headers = {"content-type": "application/trig", **server.bearer}
    document = document_of(server)

    members = server.client.put("/graphs", content="{}", headers=headers).json()

    answers = document["paths"]["/graphs"]["put"]["responses"]["200"]["content"]["application/json"]["schema"]
    names = [schema["$ref"].rpartition("/")[2] for schema in answers["anyOf"]]
    schemas = [document["components"]["schemas"][name] for name in names]
    assert names == ["WrittenGraph", "Written", "Rehearsal"]
    assert [members.keys() >= {*schema["required"]} for schema in schemas] == [False, True, False]


def test_every_reference_within_the_document_leads_somewhere(server):
    document = document_of(server)
    schemas = document["components"]["schemas"]

    named = re.findall(r"#/components/schemas/(\w+)", server.client.get("/openapi.json").text)

    assert set(named) - schemas.keys() == set()


def test_whoever_has_no_token_can_only_read(server):
    open_to_all = {(e.method, e.path) for e in endpoints(document_of(server)) if not e.needs_token}

    assert {(m, path) for m, path in open_to_all if m != "GET"} == {
        ("POST", "/reconcile"),
        ("POST", "/reconcile/1.0/extend"),
        ("POST", "/reconcile/1.0/match"),
        ("POST", "/sparql"),
        ("POST", "/validate"),
        ("DELETE", "/queries/{query_id}"),
    }


def test_the_page_lists_every_endpoint_with_its_example(server):
    page = unescape(server.client.get("/docs").text)

    for endpoint in endpoints(document_of(server)):
        assert f"<code>{endpoint.path}</code>" in page
        assert server.url + endpoint.example in page


def test_the_front_page_is_the_documentation(server):
    assert server.client.get("/").text == server.client.get("/docs").text
