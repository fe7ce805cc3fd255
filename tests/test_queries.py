"""A client sees the queries that it has at work, stops them, and has no more of them than one may have."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from servers import Server, running, until
from summitry.errors import ResultTooLarge
from summitry.settings import Settings
from summitry.tokens import Bearer, Role, Tokens
from summitry.workers.frames import Kind, Message
from summitry.workers.jobs import query

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o . ?p ?q ?r }"
POINT = "ASK { ?s ?p ?o }"
BEARERS = {
    name: Bearer(name, Role(role)) for name, role in (("ann", "reader"), ("bob", "reader"), ("root", "admin"))
}
AS = {name: {"authorization": f"Bearer {name}-token"} for name in BEARERS}


@pytest.fixture(scope="module")
def small() -> Iterator[Server]:
    """Give a service with two workers, on which one client may have two queries."""
    settings = Settings(
        port=0,
        workers=2,
        queue=2,
        client_queries=2,
        query_seconds=20,
        result_rows=100,
        memory_bytes=512 * 2**20,
    )
    with running(settings, Tokens(None, [(f"{name}-token", who) for name, who in BEARERS.items()])) as server:
        yield server


def asked(server: Server, sparql: str, **headers: str) -> httpx.Response:
    return httpx.get(f"{server.url}/sparql", params={"query": sparql}, headers=headers, timeout=60)


def at_work(server: Server, **headers: str) -> dict[str, str]:
    """Give the state of each query that its asker sees, by id."""
    listed = server.client.get("/queries", headers=headers).json()["queries"]
    return {row["id"]: row["state"] for row in listed}


def test_every_answer_of_the_endpoint_bears_the_id_of_its_query(small):
    answers = [asked(small, text) for text in (POINT, "ASK {", "SELECT * { SERVICE <http://a.example/> {} }")]

    assert [answer.status_code for answer in answers] == [200, 400, 403]
    assert len({answer.headers["query-id"] for answer in answers}) == 3
    assert all(re.fullmatch("[0-9a-f]{24}", answer.headers["query-id"]) for answer in answers)


def test_a_client_may_choose_the_id_and_stop_the_query_by_it(small):
    """Whoever asked is told by a problem that the query was stopped, not that it failed."""
    with ThreadPoolExecutor() as threads:
        asking = threads.submit(asked, small, ENDLESS, **{"query-id": "chosen-by-me"})
        until(lambda: at_work(small) == {"chosen-by-me": "running"})
        [row] = small.client.get("/queries").json()["queries"]
        stopped = small.client.delete("/queries/chosen-by-me")
        answer = asking.result(5)

    assert (row["query"], row["elapsed"] < 10, stopped.status_code) == (ENDLESS, True, 204)
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (503, "query-stopped")
    assert answer.headers["query-id"] == "chosen-by-me"
    assert at_work(small) == {}


@pytest.mark.parametrize("chosen", ["short", "x" * 65, "a b c d e f"])
def test_an_id_that_is_no_word_is_refused(small, chosen):
    answer = asked(small, POINT, **{"query-id": chosen})

    assert (answer.status_code, answer.headers["query-id"] == chosen) == (400, False)
    assert "8 to 64" in answer.json()["detail"]


def test_others_queries_are_neither_seen_nor_stopped_but_by_an_admin(small):
    """Own is what the same token asked; whoever has none is known by the address."""
    with ThreadPoolExecutor() as threads:
        asking = threads.submit(asked, small, ENDLESS, **AS["ann"], **{"query-id": "asked-by-ann"})
        until(lambda: at_work(small, **AS["ann"]) == {"asked-by-ann": "running"})
        seen = [at_work(small, **headers) for headers in (AS["bob"], {}, AS["root"])]
        by_bob = small.client.delete("/queries/asked-by-ann", headers=AS["bob"])
        twin = asked(small, f"{POINT} # twin", **AS["bob"], **{"query-id": "asked-by-ann"})
        by_root = small.client.delete("/queries/asked-by-ann", headers=AS["root"])
        answer = asking.result(5)

    assert seen == [{}, {}, {"asked-by-ann": "running"}]
    assert (by_bob.status_code, by_bob.json()["type"].rpartition("/")[2]) == (404, "unknown-query")
    assert twin.status_code == 400
    assert (by_root.status_code, answer.status_code) == (204, 503)


def test_one_client_has_so_many_queries_at_once_and_another_is_served(small):
    """RFC 6585 §4: 429, and when to come back."""
    with ThreadPoolExecutor() as threads:
        asking = [threads.submit(asked, small, ENDLESS, **AS["ann"]) for _ in range(2)]
        until(lambda: list(at_work(small, **AS["ann"]).values()) == ["running"] * 2)
        third = asked(small, f"{POINT} # third", **AS["ann"])
        other = threads.submit(asked, small, f"{ENDLESS} # too", **AS["bob"], **{"query-id": "asked-by-bob"})
        short = asked(small, POINT, **AS["bob"])
        until(lambda: at_work(small, **AS["bob"]) == {"asked-by-bob": "waiting"})
        for identifier in at_work(small, **AS["ann"]):
            small.client.delete(f"/queries/{identifier}", headers=AS["ann"])
        until(lambda: at_work(small, **AS["bob"]) == {"asked-by-bob": "running"})
        small.client.delete("/queries/asked-by-bob", headers=AS["bob"])

    told = third.json()
    assert (third.status_code, third.headers["retry-after"]) == (429, "1")
    assert (told["limit"], told["value"]) == ("client_queries", 2)
    assert short.status_code == 200
    assert [one.result().status_code for one in (*asking, other)] == [503, 503, 503]


def test_who_leaves_stops_the_query(small):
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(f"{small.url}/sparql", params={"query": ENDLESS}, timeout=0.5)

    until(lambda: at_work(small) == {})


def test_a_forwarded_address_is_not_believed(small):
    """Whoever could write it would have any number of queries, and see others'."""
    with ThreadPoolExecutor() as threads:
        asking = threads.submit(
            asked, small, ENDLESS, **{"x-forwarded-for": "192.0.2.1", "query-id": "forwarded"}
        )
        until(lambda: at_work(small) == {"forwarded": "running"})
        small.client.delete("/queries/forwarded", headers={"x-forwarded-for": "192.0.2.2"})

        assert asking.result(5).status_code == 503


def test_a_proxy_that_the_operator_names_is_believed():
    settings = Settings(port=0, empty=True, proxies="127.0.0.1")
    near, far = ({"x-forwarded-for": f"192.0.2.{n}"} for n in (1, 2))
    with running(settings) as server, ThreadPoolExecutor() as threads:
        asking = threads.submit(asked, server, ENDLESS, **near, **{"query-id": "forwarded"})
        until(lambda: at_work(server, **near))
        seen = at_work(server, **far)
        server.client.delete("/queries/forwarded", headers=near)

        assert (seen, asking.result(5).status_code) == ({}, 503)


@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv"])
def test_an_answer_with_more_rows_than_the_limit_is_refused_whole(small, form):
    rows = [
        small.client.get("/sparql", params={"query": f"SELECT * {{ ?s ?p ?o }} LIMIT {n}", "format": form})
        for n in (100, 101)
    ]

    assert [answer.status_code for answer in rows] == [200, 413]
    assert (rows[1].json()["limit"], rows[1].json()["value"]) == ("result_rows", 100)


@pytest.mark.parametrize("form", ["turtle", "nt", "jsonld"])
def test_a_graph_with_more_triples_than_the_limit_is_refused_whole(small, form):
    text = "CONSTRUCT {{ ?s ?p ?o }} {{ ?s ?p ?o }} LIMIT {}"
    answers = [
        small.client.get("/sparql", params={"query": text.format(n), "format": form}) for n in (100, 101)
    ]

    assert [answer.status_code for answer in answers] == [200, 413]


@pytest.mark.parametrize(
    "media",
    [
        "application/sparql-results+json",
        "application/sparql-results+xml",
        "text/csv",
        "text/tab-separated-values",
    ],
)
def test_rows_are_counted_exactly_whatever_their_texts_look_like(media):
    """Texts that end like a row, and lines within a text, are no rows."""
    texts = ["},{", '},{"', "a\r\nb", '"\n"', "<result>", "},{}", '"},{"', "x},{"]
    store = Store()
    store.extend(
        Quad(NamedNode(f"https://a.example/{n}"), NamedNode("https://a.example/p"), Literal(text))
        for n, text in enumerate(texts * 2000)
    )
    sparql = b"SELECT ?a ?s ?b { ?s ?p ?a BIND(?a AS ?b) }"

    def rows(limit: int) -> str:
        written = []
        facts = {"solutions": media, "graph": "", "result_rows": limit}
        query.run(store, Message(Kind.REQUEST, facts, sparql), Sink(written))
        return "complete"

    assert rows(16_000) == "complete"
    with pytest.raises(ResultTooLarge):
        rows(15_999)


class Sink:
    """Takes what is written."""

    def __init__(self, pieces: list[bytes]) -> None:
        self.write = pieces.append


def test_limits_are_told_with_value_and_sentence():
    limits = {limit.name: limit for limit in Settings(queue=7).limits()}

    assert limits["queue"].value == 7
    assert limits["result_rows"].sentence == "Most rows, or triples, in the answer of one query."
