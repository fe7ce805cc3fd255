"""Graphs over HTTP: what is stored is what was validated, and a refused write leaves no trace."""

import gzip
from uuid import uuid4

import pytest

from servers import Server
from summitry.terms import GRAPHS, ONTOLOGY_GRAPH

PROBLEM = "application/problem+json"
TURTLE = {"content-type": "text/turtle"}
HEAD = """\
@prefix ap: <https://w3id.org/summitry/ns#> .
@prefix collective: <https://w3id.org/summitry/id/collective/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
# SLUG becomes a name of its own in each test: rules see the whole graph, and the server is shared.
GOOD = HEAD + 'collective:SLUG a ap:Collective ; rdfs:label "investors"@en .\n'
OTHER = HEAD + 'collective:SLUG-too a ap:Collective ; rdfs:label "traders"@en .\n'
WITHOUT_LABEL = HEAD + "collective:SLUG a ap:Collective .\n"
UNFINISHED = HEAD + "collective:SLUG a ap:Collective ;\n  rdfs:label\n"


@pytest.fixture
def slug() -> str:
    """Give a name that no other test uses."""
    return uuid4().hex


@pytest.fixture
def graph(slug) -> str:
    return GRAPHS + slug


@pytest.fixture
def put(server: Server, graph: str, slug: str):
    """Give a function that writes a document to the graph as its curator."""

    def put(document: str | bytes, headers: dict[str, str] | None = None, **parameters: str):
        document = document.encode() if isinstance(document, str) else document
        document = document.replace(b"SLUG", slug.encode())
        sent = {**TURTLE, **server.bearer, **(headers or {})}
        return server.client.put(
            "/graphs", params={"graph": graph, **parameters}, content=document, headers=sent
        )

    return put


def get(server: Server, graph: str, **headers: str):
    return server.client.get("/graphs", params={"graph": graph}, headers=headers)


def test_a_graph_that_is_new_is_created(server, graph, put):
    """RFC 9110 §9.3.4: a PUT that creates answers 201."""
    answer = put(GOOD, message="a first try")

    told = answer.json()
    assert (answer.status_code, told["added"], told["removed"], told["conforms"]) == (201, 2, 0, True)
    assert server.client.get(answer.headers["location"]).headers["etag"] == told["etag"]
    revision = server.service.store.revision(told["revision"])
    assert (revision.commit.agent, revision.commit.message) == ("curator", "a first try")


def test_a_graph_that_is_there_is_replaced(put):
    put(GOOD)

    answer = put(OTHER)

    assert (answer.status_code, answer.json()["added"], answer.json()["removed"]) == (200, 2, 2)


def test_the_same_content_again_changes_nothing(server, put):
    first = put(GOOD).json()
    before = server.state()

    again = put(GOOD)

    assert (again.status_code, again.json()["revision"]) == (200, first["revision"])
    assert server.state() == before


@pytest.mark.parametrize(
    ("accept", "media", "mark"),
    [
        ("", "text/turtle; charset=utf-8", b"@prefix"),
        ("text/turtle", "text/turtle; charset=utf-8", b"@prefix"),
        (
            "application/n-triples",
            "application/n-triples",
            b"<https://w3id.org/summitry/id/collective/",
        ),
        ("application/ld+json", "application/ld+json", b"["),
        ("application/rdf+xml", "application/rdf+xml", b"<?xml"),
    ],
)
def test_a_graph_is_given_in_the_form_that_the_client_accepts(server, put, graph, accept, media, mark):
    put(GOOD)

    answer = get(server, graph, accept=accept)

    assert (answer.status_code, answer.headers["content-type"]) == (200, media)
    assert answer.content.startswith(mark)
    assert "Accept" in answer.headers["vary"]


def test_what_was_put_comes_back_as_it_was(server, put, graph, slug):
    put(GOOD)

    lines = get(server, graph, accept="application/n-triples").text.splitlines()

    investors = f"<https://w3id.org/summitry/id/collective/{slug}>"
    assert sorted(lines) == [
        f"{investors} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/summitry/ns#Collective> .",
        f'{investors} <http://www.w3.org/2000/01/rdf-schema#label> "investors"@en .',
    ]


def test_a_client_that_has_the_graph_is_told_so(server, put, graph):
    """RFC 9110 §13.1.2: If-None-Match that matches a GET is answered 304."""
    tag = put(GOOD).json()["etag"]

    assert get(server, graph, **{"if-none-match": tag}).status_code == 304
    assert get(server, graph, **{"if-none-match": '"r0"'}).status_code == 200


def test_the_list_names_each_graph_with_its_size_and_origin(server, put, graph):
    source = "https://a.example/report"
    about = f"<{graph}> <http://www.w3.org/ns/prov#wasDerivedFrom> <{source}> .\n"
    revision = put(GOOD + about).json()["revision"]

    listed = server.client.get("/graphs").json()

    entry = next(row for row in listed["graphs"] if row["graph"] == graph)
    assert (entry["triples"], entry["revision"], entry["sources"]) == (3, revision, [source])
    assert server.client.get(entry["href"]).status_code == 200


def test_an_unknown_graph_is_not_found(server, graph):
    answer = get(server, graph)

    assert (answer.status_code, answer.headers["content-type"]) == (404, PROBLEM)
    assert graph in answer.json()["detail"]


@pytest.mark.parametrize("name", ["investors", "//a/b", "https://a.example/a b", ""])
def test_a_graph_name_must_be_an_absolute_iri(server, name):
    assert get(server, name).status_code == 400


def test_a_graph_of_the_system_can_be_read(server):
    assert get(server, ONTOLOGY_GRAPH.value).status_code == 200


REFUSED = {
    "no token": ({"authorization": ""}, GOOD, 401),
    "another token": ({"authorization": "Bearer let-me-out"}, GOOD, 401),
    "a scheme without a token": ({"authorization": "Bearer"}, GOOD, 401),
    "another scheme": ({"authorization": "Basic bGV0LW1lLWlu"}, GOOD, 401),
    "no label": ({}, WITHOUT_LABEL, 422),
    "a term that does not exist": ({}, GOOD + "collective:SLUG ap:nonsense 1 .", 422),
    "a syntax error": ({}, UNFINISHED, 400),
    "bytes that are not UTF-8": ({}, GOOD.encode() + b'<a:a> <a:b> "\xff" .', 400),
    "no body": ({}, "", 400),
    "an empty body": ({}, " \n", 400),
    "no media type": ({"content-type": ""}, GOOD, 415),
    "a media type of pictures": ({"content-type": "image/png"}, GOOD, 415),
    "another charset": ({"content-type": "text/turtle; charset=utf-16"}, GOOD.encode("utf-16"), 415),
    "a body compressed in an odd way": ({"content-encoding": "br"}, GOOD, 415),
    "a body that is not compressed as it says": ({"content-encoding": "gzip"}, GOOD, 400),
    "a compressed body that breaks off": (
        {"content-encoding": "gzip"},
        gzip.compress(GOOD.encode())[:-4],
        400,
    ),
    "a body that unpacks to far more": ({"content-encoding": "gzip"}, gzip.compress(b" " * 40_000_000), 413),
    "a stale base": ({"if-match": '"r0"'}, GOOD, 412),
    "a base that is not there": ({"if-match": "*"}, GOOD, 412),
    "50 megabytes": ({}, b"#" * 50 * 1024 * 1024, 413),
    "nesting without end": ({}, HEAD + "collective:SLUG ap:x " + "[ ap:x " * 100_000, 400),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refused_write_changes_nothing(server, put, case):
    """Neither the store nor the ledger: compared byte for byte."""
    headers, document, status = REFUSED[case]
    before = server.state()

    answer = put(document, headers)

    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM)
    assert server.state() == before
    assert server.client.get("/health").status_code == 200


def test_a_dataset_is_written_to_the_graphs_that_it_names(server, slug):
    one, other = (f"{GRAPHS}{slug}-{name}" for name in ("one", "other"))
    trig = HEAD + "".join(
        f'<{graph}> {{ collective:{slug}-{i} a ap:Collective ; rdfs:label "c"@en }}\n'
        for i, graph in enumerate((one, other))
    )
    headers = {"content-type": "application/trig", **server.bearer}

    written = server.client.put("/graphs", content=trig, headers=headers)
    outside = server.client.put("/graphs", content=GOOD.replace("SLUG", slug), headers=headers)
    of_system = server.client.put("/graphs", content=trig.replace(one, ONTOLOGY_GRAPH.value), headers=headers)

    assert [answer.status_code for answer in (written, outside, of_system)] == [200, 400, 403]
    assert [server.client.get("/graphs", params={"graph": graph}).status_code for graph in (one, other)] == [
        200,
        200,
    ]


def test_a_document_for_one_graph_states_nothing_in_another(server, put, slug):
    json = f'{{"@id": "{GRAPHS}{slug}-else", "@graph": [{{"@id": "urn:x", "urn:y": 1}}]}}'
    before = server.state()

    assert put(json, {"content-type": "application/ld+json"}).status_code == 400
    assert server.state() == before


def test_a_compressed_document_is_read(put, slug):
    """RFC 9110 §8.4.1.3."""
    document = GOOD.replace("SLUG", slug).encode()

    assert put(gzip.compress(document), {"content-encoding": "gzip"}).status_code == 201


def test_a_graph_of_the_system_cannot_be_written(server):
    before = server.state()

    answer = server.client.put(
        "/graphs",
        params={"graph": ONTOLOGY_GRAPH.value},
        content=GOOD,
        headers={**TURTLE, **server.bearer},
    )

    assert (answer.status_code, server.state()) == (403, before)


def test_a_missing_token_is_answered_with_how_to_send_it(server, put):
    """RFC 9110 §11.6.1: a 401 names the scheme."""
    answer = put(GOOD, {"authorization": ""})

    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_refusal_says_where_and_why(put, slug):
    answer = put(WITHOUT_LABEL)

    [finding] = [row for row in answer.json()["errors"] if row["severity"] == "violation"]
    assert finding["line"] == 4
    assert finding["focus"] == f"<https://w3id.org/summitry/id/collective/{slug}>"
    assert finding["message"]
    assert finding["shape"].startswith("https://w3id.org/summitry/shapes#")


def test_a_refusal_is_told_in_the_vocabulary_of_shacl_where_rdf_is_accepted(put, slug):
    answer = put(WITHOUT_LABEL, {"accept": "text/turtle"})

    assert (answer.status_code, answer.headers["content-type"]) == (422, "text/turtle; charset=utf-8")
    assert "a sh:ValidationReport" in answer.text
    assert "sh:conforms false" in answer.text
    assert f"sh:focusNode collective:{slug}" in answer.text


def test_a_write_on_the_base_that_the_client_read_is_done(server, put, graph):
    """RFC 9110 §13.1.1."""
    tag = put(GOOD).json()["etag"]

    assert put(OTHER, {"if-match": tag}).status_code == 200
    assert put(GOOD, {"if-match": tag}).status_code == 412


def test_a_tag_without_its_quotation_marks_is_told_so(put):
    """RFC 9110 §8.8.3: they are a part of it."""
    tag = put(GOOD).json()["etag"]

    assert "quotation marks" in put(OTHER, {"if-match": tag.strip('"')}).json()["detail"]


def test_a_graph_that_must_not_be_there_yet_is_not_replaced(put):
    """RFC 9110 §13.1.2: If-None-Match * performs the method only where nothing is there."""
    only_new = {"if-none-match": "*"}

    assert put(GOOD, only_new).status_code == 201
    assert put(OTHER, only_new).status_code == 412


@pytest.mark.parametrize(("document", "conforms"), [(GOOD, True), (WITHOUT_LABEL, False)])
def test_a_rehearsal_tells_what_would_happen_and_stores_nothing(server, put, document, conforms):
    before = server.state()

    answer = put(document, dry_run="true")

    assert (answer.status_code, answer.json()["conforms"]) == (200, conforms)
    assert server.state() == before


def test_a_write_is_seen_by_the_queries_after_it(server, put, slug):
    query = f"ASK {{ <https://w3id.org/summitry/id/collective/{slug}> a <https://w3id.org/summitry/ns#Collective> }}"

    put(GOOD)

    assert server.client.get("/sparql", params={"query": query}).json()["boolean"] is True
