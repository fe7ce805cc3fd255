"""Queries over HTTP: SPARQL 1.1 Protocol, answers whole or an error, and no query that hurts the next one."""

import os
import signal
import socket
from collections.abc import Iterator
from urllib.parse import urlencode

import httpx
import pytest
from pyoxigraph import NamedNode

from contract import HEAD
from servers import Server, running, until
from summitry.model import Commit, Upload
from summitry.settings import Settings
from summitry.terms import GRAPHS
from workers_scenes import fork_servers, state, worker_pids

KEPT = NamedNode(GRAPHS + "kept")
PROBLEM = "application/problem+json"
JSON = "application/sparql-results+json"
ONTOLOGY = "https://w3id.org/summitry/ns"
SELECT = f"SELECT ?title WHERE {{ <{ONTOLOGY}> <http://purl.org/dc/terms/creator> ?title }}"
CONSTRUCT = f"CONSTRUCT WHERE {{ <{ONTOLOGY}> a ?class }}"
# The ontology multiplied by itself until no wall clock is patient enough.
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@pytest.fixture(scope="module")
def hasty() -> Iterator[Server]:
    """Give a server with one second for a query, and little room for its answer."""
    settings = Settings(empty=True, port=0, workers=2, query_seconds=1.0, result_bytes=4_000_000)
    with running(settings) as server:
        yield server


def ask(server: Server, query: str, accept: str = "", **parameters: str):
    return server.client.get("/sparql", params={"query": query, **parameters}, headers={"accept": accept})


def test_what_is_one_triple_pattern_is_answered_without_a_worker(server):
    """Whatever others ask, and even where no process answers that is not the service itself."""
    stopped = fork_servers() | worker_pids()
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    try:
        answer = ask(server, f"{SELECT} # again", JSON)
        with pytest.raises(httpx.ReadTimeout):
            server.client.get("/sparql", params={"query": f"{SELECT} OFFSET 0"}, timeout=0.5)
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)

    assert answer.headers["query-id"]
    assert answer.headers["etag"] == ask(server, f"{SELECT} OFFSET 0", JSON).headers["etag"]
    assert answer.json() == ask(server, f"{SELECT} OFFSET 0", JSON).json()


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("application/json", JSON),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        ("text/turtle", JSON),
    ],
)
def test_solutions_come_in_the_form_that_the_client_accepts(server, accept, media):
    """A client that accepts graphs alone gets solutions all the same: it asked for them by its query."""
    answer = ask(server, SELECT, accept)

    assert (answer.status_code, answer.headers["content-type"]) == (200, media)
    assert "Summitry" in answer.text
    assert "Accept" in answer.headers["vary"]


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("", "text/turtle; charset=utf-8"),
        ("application/n-triples", "application/n-triples"),
        ("application/n-quads", "application/n-quads"),
        ("application/ld+json", "application/ld+json"),
        ("application/json", "application/ld+json"),
        ("application/rdf+xml", "application/rdf+xml"),
        ("text/csv", "text/turtle; charset=utf-8"),
    ],
)
def test_graphs_come_in_the_form_that_the_client_accepts(server, accept, media):
    answer = ask(server, CONSTRUCT, accept)

    assert (answer.status_code, answer.headers["content-type"]) == (200, media)
    assert "Ontology" in answer.text


def test_no_client_gets_the_form_that_another_asked_for(server):
    """Answers are kept: under the form that they are in, whatever else the client would have taken."""
    accepts = ("application/n-quads, text/turtle;q=0.1", "text/turtle")
    quads, turtle = (ask(server, f"{CONSTRUCT} # of two", accept) for accept in accepts)

    assert quads.headers["content-type"] == "application/n-quads"
    assert turtle.headers["content-type"] == "text/turtle; charset=utf-8"
    assert quads.headers["etag"] != turtle.headers["etag"]


@pytest.mark.parametrize("name", ["format", "output", "results"])
def test_a_parameter_may_say_the_form(server, name):
    assert ask(server, SELECT, JSON, **{name: "csv"}).headers["content-type"] == "text/csv; charset=utf-8"


def test_a_form_that_nobody_writes_is_refused(server):
    assert ask(server, SELECT, "image/png").status_code == 406
    assert ask(server, SELECT, format="pdf").status_code == 400


def test_two_moments_are_not_taken_for_one(server):
    """Revisions 1 and 2 are not revision 12."""
    answer = server.client.get("/sparql", params={"query": SELECT, "known_at": ["1", "2"]})

    assert answer.status_code == 400
    assert "known_at: it is given twice" in answer.json()["detail"]


def test_a_query_comes_as_a_form(server):
    """SPARQL 1.1 Protocol §2.1.2."""
    answer = server.client.post("/sparql", data={"query": SELECT})

    assert (answer.status_code, answer.headers["content-type"]) == (200, JSON)


def test_a_query_comes_as_the_body(server):
    """SPARQL 1.1 Protocol §2.1.3."""
    answer = server.client.post(
        "/sparql", content=SELECT, headers={"content-type": "application/sparql-query; charset=utf-8"}
    )

    assert (answer.status_code, answer.headers["content-type"]) == (200, JSON)


def test_the_request_may_choose_the_graphs_to_query(server):
    """SPARQL 1.1 Protocol §2.1.4: the dataset of the request goes before that of the query."""
    count = "SELECT (COUNT(*) AS ?n) { { ?s a ?o } UNION { GRAPH ?g { ?s a ?o } } }"
    graph = "https://w3id.org/summitry/graph/nowhere"

    rows = ask(server, count, **{"default-graph-uri": graph, "named-graph-uri": graph}).json()

    assert rows["results"]["bindings"][0]["n"]["value"] == "0"


QUERY = {"content-type": "application/sparql-query"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
BAD_REQUESTS = {
    "no query": ("GET", urlencode({"format": "csv"}), {}, b"", 400),
    "no query, and no wish for RDF": ("GET", "", {"accept": JSON}, b"", 400),
    "two queries": ("GET", urlencode([("query", SELECT)] * 2), {}, b"", 400),
    "a query in the address and another in the body": (
        "POST",
        urlencode({"query": SELECT}),
        QUERY,
        SELECT.encode(),
        400,
    ),
    "an update in the address": ("GET", urlencode({"update": "CLEAR ALL"}), {}, b"", 400),
    "an update in a form": ("POST", "", FORM, b"update=CLEAR+ALL", 401),
    "an update as the body": ("POST", "", {"content-type": "application/sparql-update"}, b"CLEAR ALL", 401),
    "an update as a query": ("POST", "", QUERY, b"CLEAR ALL", 400),
    "another media type": ("POST", "", {"content-type": "text/plain"}, SELECT.encode(), 415),
    "no media type": ("POST", "", {}, SELECT.encode(), 415),
    "another charset": (
        "POST",
        "",
        {"content-type": "application/sparql-query; charset=latin-1"},
        SELECT.encode(),
        415,
    ),
    "an address that is not UTF-8": ("GET", "query=%ff%fe", {}, b"", 400),
    "a form that is not UTF-8": ("POST", "", FORM, b"query=%ff%fe", 400),
    "a body that is not UTF-8": ("POST", "", QUERY, b"ASK { ?s ?p '\xff' }", 400),
    "parameters without end": ("GET", "a=b&" * 200, {}, b"", 400),
    "a graph name that is no IRI": (
        "GET",
        urlencode({"query": SELECT, "default-graph-uri": "here"}),
        {},
        b"",
        400,
    ),
    "a query of megabytes": ("POST", "", QUERY, b"#" * 2 * 1024 * 1024, 413),
    "a form of megabytes": ("POST", "", FORM, b"query=" + b"#" * 8 * 1024 * 1024, 413),
    "nesting that overflows the parser": (
        "POST",
        "",
        QUERY,
        b"ASK { " + b"{ " * 50_000 + b"} " * 50_001,
        400,
    ),
    "another server": ("POST", "", QUERY, b"ASK { SERVICE SILENT <http://127.0.0.1:1/> { ?s ?p ?o } }", 403),
    "a function that nobody has": ("POST", "", QUERY, b"SELECT (<http://a.example/f>(1) AS ?x) {}", 400),
    "another method": ("PUT", "", QUERY, SELECT.encode(), 405),
}


@pytest.mark.parametrize("case", BAD_REQUESTS)
def test_a_bad_request_is_a_problem_and_the_next_one_is_answered(server, case):
    method, parameters, headers, body, status = BAD_REQUESTS[case]

    answer = server.client.request(method, f"/sparql?{parameters}", headers=headers, content=body)

    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM)
    assert answer.json()["detail"]
    assert ask(server, SELECT).status_code == 200


def test_a_malformed_query_is_told_with_its_place(server):
    told = ask(server, "SELECT ?title\nWHERE { ?s ?p }").json()

    assert (told["type"].rpartition("/")[2], told["line"]) == ("malformed-query", 2)
    assert told["column"] > 1


def test_a_reader_without_a_query_is_shown_where_to_write_one(server):
    answer = server.client.get("/sparql", headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})

    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert '<textarea id="query" name="query"' in answer.text


def test_pages_of_other_origins_may_ask(server):
    """https://fetch.spec.whatwg.org/#http-cors-protocol"""
    origin = {"origin": "https://a.example"}
    asking = {
        **origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
    }

    answer = server.client.get("/sparql", params={"query": SELECT}, headers=origin)
    preflight = server.client.options("/sparql", headers=asking)

    assert answer.headers["access-control-allow-origin"] == "*"
    assert (preflight.status_code, preflight.headers["access-control-allow-origin"]) == (200, "*")
    assert "access-control-allow-credentials" not in preflight.headers


def test_the_same_question_is_not_answered_twice_while_the_graph_stays(server):
    tag = ask(server, SELECT).headers["etag"]

    again = server.client.get("/sparql", params={"query": SELECT}, headers={"if-none-match": tag})

    assert (again.status_code, again.content) == (304, b"")


def test_a_short_answer_is_given_again_without_a_worker_until_the_graph_changes(server, monkeypatch):
    count = "SELECT (COUNT(*) AS ?kept) { GRAPH <https://w3id.org/summitry/graph/kept> { ?s ?p ?o } }"
    first = ask(server, count)
    with monkeypatch.context() as broken:
        broken.setattr(server.service.workers, "run", None)
        again = ask(server, count)
    upload = Upload((HEAD + 'person:kept a ap:Person ; rdfs:label "Kept"@en .').encode(), "text/turtle", KEPT)
    server.run(server.service.ingest.write(upload, Commit("a curator", "a test")))
    changed = ask(server, count)

    assert (again.content, again.headers["etag"]) == (first.content, first.headers["etag"])
    assert again.headers["query-id"] != first.headers["query-id"]
    assert changed.content != first.content


@pytest.mark.parametrize("chance", ["UUID()", "STRUUID()", "RAND()", "NOW()", "\\u0052AND()"])
def test_an_answer_of_chance_is_never_given_again(server, chance):
    query = f"SELECT ({chance} AS ?it) {{}}"

    assert ask(server, query).content != ask(server, query).content


def test_a_large_answer_arrives_whole(server):
    query = {"query": "SELECT * { ?s ?p ?o }"}
    answer = server.client.get("/sparql", params=query, headers={"accept-encoding": "identity"})

    assert len(answer.content) == int(answer.headers["content-length"]) > 65536
    assert answer.json()["results"]["bindings"]


def test_a_query_that_takes_too_long_is_stopped(hasty):
    answer = ask(hasty, ENDLESS)

    assert (answer.status_code, answer.json()["limit"]) == (504, "query_seconds")
    assert ask(hasty, SELECT).status_code == 200


def test_an_answer_that_is_too_large_is_no_half_answer(hasty):
    answer = ask(hasty, "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 100000")

    assert (answer.status_code, answer.json()["limit"]) == (413, "result_bytes")


def test_a_query_whose_client_leaves_is_stopped(server):
    """The worker is killed: 30 seconds of its time are nobody's any more."""
    request = f"GET /sparql?{urlencode({'query': ENDLESS})} HTTP/1.1\r\nhost: a\r\n\r\n"

    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(request.encode())
        until(lambda: "running" in {query["state"] for query in listed(server)})

    until(lambda: not listed(server) and not at_work())
    assert ask(server, "ASK {}").json()["boolean"] is True


def listed(server: Server) -> list[dict[str, str]]:
    """Give the queries that the service says are at work."""
    return server.client.get("/queries").json()["queries"]


def at_work() -> set[int]:
    """Give the workers that compute now."""
    return {pid for pid in worker_pids() if state(pid)[0] == "R"}
