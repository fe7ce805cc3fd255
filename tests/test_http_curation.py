"""Curation over HTTP: updates, additions and removals by token, the history, undo, feeds, and earlier states."""

import httpx
import pytest

from contract import HEAD
from servers import Server, running
from summitry.settings import Settings
from summitry.terms import GRAPHS
from summitry.tokens import FILE, Bearer, Role, Tokens

UPDATE = {"content-type": "application/sparql-update"}
TURTLE = {"content-type": "text/turtle"}
INSERT = 'INSERT DATA {{ GRAPH graph:{0} {{ person:{0} a ap:Person ; rdfs:label "{0}"@en }} }}'
SIZE = "SELECT (COUNT(*) AS ?n) {{ GRAPH graph:{} {{ ?s ?p ?o }} }}"


def person(name: str) -> str:
    return f'{HEAD} person:{name} a ap:Person ; rdfs:label "{name}"@en .'


def size(server: Server, name: str, **parameters: str | int) -> int:
    answer = server.client.get("/sparql", params={"query": SIZE.format(name), "format": "csv", **parameters})
    return int(answer.text.split()[1])


def update(server: Server, text: str, **parameters: str) -> httpx.Response:
    headers = {**UPDATE, **server.bearer}
    return server.client.post("/sparql", content=text, headers=headers, params=parameters)


def send(server: Server, method: str, name: str, body: str = "", **parameters: str) -> httpx.Response:
    headers = {**TURTLE, **server.bearer}
    return server.client.request(
        method, "/graphs", params={"graph": GRAPHS + name, **parameters}, content=body, headers=headers
    )


def test_an_update_by_token_is_a_revision(server):
    answer = update(server, INSERT.format("curation-a"), message="a first test")

    told = server.client.get(f"/history/{answer.json()['revision']}").json()
    assert (answer.status_code, told["message"], told["agent"]) == (200, "a first test", "curator")
    assert size(server, "curation-a") == 2


@pytest.mark.parametrize("accept", ["application/json", "text/plain", "application/rdf-patch"])
def test_a_revision_that_is_known_is_not_sent_again_in_its_form(server, accept):
    """RFC 9110 §13.1.2; a strong tag names one representation (§8.8.3)."""
    number = update(server, INSERT.format("curation-known")).json()["revision"]
    first = server.client.get(f"/history/{number}", headers={"accept": accept})
    known = {"accept": accept, "if-none-match": first.headers["etag"]}

    assert server.client.get(f"/history/{number}", headers=known).status_code == 304
    known["accept"] = "text/plain" if accept == "application/json" else "application/json"
    assert server.client.get(f"/history/{number}", headers=known).status_code == 200


def test_an_update_as_a_form_is_the_same(server):
    """SPARQL 1.1 Protocol §2.2.1."""
    answer = server.client.post(
        "/sparql", data={"update": INSERT.format("curation-b")}, headers=server.bearer
    )

    assert (answer.status_code, size(server, "curation-b")) == (200, 2)


@pytest.mark.parametrize("word", ["true", "True", "1", "yes", "on"])
def test_a_dry_run_is_one_however_true_is_written(server, word):
    before = server.state()

    update(server, INSERT.format("curation-dry"), dry_run=word)
    send(server, "PUT", "curation-dry", person("curation-dry"), dry_run=word)
    server.client.put(
        "/graph/curation-dry",
        params={"dry_run": word},
        content=person("curation-dry"),
        headers={**TURTLE, **server.bearer},
    )

    assert server.state() == before


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("POST", "/sparql?dry_run=please"),
        ("POST", "/sparql?DryRun=true"),
        ("PUT", "/graphs?graph=https://a.example/dry&dryrun=true"),
        ("POST", "/graphs?graph=https://a.example/dry&dry-run=true"),
        ("PUT", "/graph/curation-dry?dry_run=please"),
        ("PUT", "/graph/curation-dry?rehearse=true"),
        ("POST", "/history/4/revert?dryrun=true"),
        ("POST", "/entities/merge?message=why"),
    ],
)
def test_a_parameter_that_nobody_reads_is_refused_and_writes_nothing(server, method, address):
    """A misspelt dry_run would be a write."""
    before = server.state()
    is_update = address.startswith("/sparql")
    body = INSERT.format("curation-dry") if is_update else person("curation-dry")
    headers = {**(UPDATE if is_update else TURTLE), **server.bearer}

    answer = server.client.request(method, address, content=body, headers=headers)

    assert (answer.status_code, server.state()) == (400, before)
    assert "dry_run" in answer.json()["detail"] or "there are: " in answer.json()["detail"]


def test_a_dry_run_tells_and_changes_nothing(server):
    before = server.state()

    answer = update(server, INSERT.format("curation-c"), dry_run="true")

    assert (answer.status_code, answer.json()["added"]) == (200, 2)
    assert server.state() == before


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer wrong"}, {"authorization": "Basic bGV0"}])
def test_an_update_without_a_good_token_changes_nothing(server, headers):
    before = server.state()

    answer = server.client.post("/sparql", content=INSERT.format("x"), headers={**UPDATE, **headers})

    assert answer.status_code == 401
    assert server.state() == before


def test_an_invalid_update_is_refused_with_the_report(server):
    before = server.state()

    answer = update(server, "INSERT DATA { GRAPH graph:curation-d { person:nobody a ap:Person } }")

    assert answer.status_code == 422
    assert any("rdfs:label" in error["message"] for error in answer.json()["errors"])
    assert server.state() == before


def test_post_adds_and_delete_removes(server):
    """SPARQL 1.1 Graph Store HTTP Protocol §5.5 and §5.4."""
    added = [send(server, "POST", "curation-e", person(name)) for name in ("una", "val")]
    held = size(server, "curation-e")
    gone = send(server, "DELETE", "curation-e")
    again = send(server, "DELETE", "curation-e")

    assert [answer.status_code for answer in (*added, gone, again)] == [201, 200, 200, 404]
    assert (held, size(server, "curation-e")) == (4, 0)


def test_a_graph_has_an_address_of_its_own(server):
    """SPARQL 1.1 Graph Store HTTP Protocol §4.1: direct graph identification."""
    headers = {**TURTLE, **server.bearer}
    created = server.client.put("/graph/curation-f", content=person("wim"), headers=headers)
    read = server.client.get("/graph/curation-f", headers={"accept": "application/n-triples"})
    deleted = server.client.delete("/graph/curation-f", headers=server.bearer)

    assert [created.status_code, read.status_code, deleted.status_code] == [201, 200, 200]
    assert "person/wim" in read.text


def test_the_history_pages_and_finds_what_changed_an_entity(server):
    update(server, INSERT.format("curation-g"))
    update(server, INSERT.format("curation-h"))

    page = server.client.get("/history", params={"limit": 1}).json()
    following = server.client.get(page["next"]).json()
    found = server.client.get(
        "/history", params={"entity": "https://w3id.org/summitry/id/person/curation-g"}
    ).json()

    assert [r["graphs"] for r in (*page["revisions"], following["revisions"][0])] == [
        [GRAPHS + "curation-h"],
        [GRAPHS + "curation-g"],
    ]
    assert [r["graphs"] for r in found["revisions"]] == [[GRAPHS + "curation-g"]]


def test_the_history_of_an_entity_is_found_by_its_prefixed_name(server):
    """An IRI that nobody has would have an empty history, which reads as if nothing had happened."""
    send(server, "PUT", "curation-named", person("curation-named"))
    iri = "https://w3id.org/summitry/id/person/curation-named"

    by_name, by_iri, by_neither = (
        server.client.get("/history", params={"entity": entity})
        for entity in ("person:curation-named", iri, "curation-named")
    )

    assert by_name.json()["revisions"] == by_iri.json()["revisions"] != []
    assert (by_neither.status_code, "names no entity" in by_neither.json()["detail"]) == (400, True)


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("application/json", '"added":["<https://w3id.org/summitry/id/person/curation-i>'),
        ("application/rdf-patch", "\nA <https://w3id.org/summitry/id/person/curation-i> "),
        ("text/plain", "person:curation-i (curation-i) in graph:curation-i\n  + a ap:Person"),
    ],
)
def test_a_revision_is_told_in_the_form_asked_for(server, accept, expected):
    update(server, INSERT.format("curation-i"))
    found = server.client.get(
        "/history", params={"entity": "https://w3id.org/summitry/id/person/curation-i"}
    ).json()

    told = server.client.get(found["revisions"][0]["href"], headers={"accept": accept})

    assert told.headers["content-type"].startswith(accept)
    assert expected in told.text


def test_a_revision_is_undone_once(server):
    number = update(server, INSERT.format("curation-j")).json()["revision"]

    undone = server.client.post(f"/history/{number}/revert", headers=server.bearer)
    again = server.client.post(f"/history/{number}/revert", headers=server.bearer)

    assert [undone.status_code, again.status_code] == [200, 409]
    assert size(server, "curation-j") == 0


def test_undoing_takes_a_dry_run(server):
    number = update(server, INSERT.format("curation-undone")).json()["revision"]
    address, before = f"/history/{number}/revert", server.state()

    rehearsed = server.client.post(address, params={"dry_run": "true"}, headers=server.bearer).json()
    unchanged = server.state() == before
    undone = server.client.post(address, headers=server.bearer).json()
    again = server.client.post(address, params={"dry_run": "true"}, headers=server.bearer)

    assert unchanged
    assert (rehearsed["added"], rehearsed["removed"]) == (undone["added"], undone["removed"]) == (0, 2)
    assert [len(change["removed"]) for change in rehearsed["changes"]] == [2]
    assert again.status_code == 409


def test_a_query_and_a_graph_are_answered_as_they_were_known(server):
    first = send(server, "PUT", "curation-k", person("xia")).json()["revision"]
    send(server, "PUT", "curation-k", person("xia") + " person:yan a ap:Person ; rdfs:label 'yan'@en .")
    address = {"graph": GRAPHS + "curation-k", "known_at": str(first)}

    earlier = server.client.get("/graphs", params=address, headers={"accept": "application/n-triples"})

    assert (size(server, "curation-k"), size(server, "curation-k", known_at=first)) == (4, 2)
    assert len(earlier.text.splitlines()) == 2
    assert server.client.get("/sparql", params={"query": "ASK {}", "known_at": "never"}).status_code == 400


def test_the_feed_lists_the_latest_revision_first(server):
    number = update(server, INSERT.format("curation-l"), message="<fed> & told").json()["revision"]

    feed = server.client.get("/history.atom")

    assert feed.headers["content-type"] == "application/atom+xml"
    assert feed.text.index(f"/history/{number}</id>") < feed.text.index(f"/history/{number - 1}</id>")
    assert "&lt;fed&gt; &amp; told" in feed.text


def test_events_resume_where_the_client_left(server):
    """HTML Living Standard §9.2: Last-Event-ID."""
    numbers = [update(server, INSERT.format(f"curation-m{i}")).json()["revision"] for i in range(3)]

    seen = []
    with server.client.stream("GET", "/history/events", headers={"last-event-id": str(numbers[0])}) as events:
        for line in events.iter_lines():
            if line.startswith("id: "):
                seen.append(int(line[4:]))
            if len(seen) == 2:
                break

    assert seen == numbers[1:]


def test_a_token_is_good_for_its_graphs_and_its_role(tmp_path):
    tokens = Tokens(tmp_path / FILE)
    narrow = tokens.create(Bearer("lin", Role.CURATOR, (GRAPHS + "mine",)))
    reader = tokens.create(Bearer("ray", Role.READER))
    with running(Settings(empty=True, port=0), tokens) as server:

        def put(token: str, name: str) -> int:
            headers = {**TURTLE, "authorization": f"Bearer {token}"}
            return server.client.put(f"/graph/{name}", content=person("kay"), headers=headers).status_code

        statuses = [put(narrow, "mine"), put(narrow, "theirs"), put(reader, "mine")]
        before = server.state()
        agent = server.client.get("/history").json()["revisions"][0]["agent"]
        tokens.remove("lin")
        statuses.append(put(narrow, "mine"))

        assert statuses == [201, 403, 403, 401]
        assert agent == "lin"
        assert server.state() == before


def test_the_operator_may_demand_a_precondition():
    """RFC 6585 §3."""
    with running(Settings(empty=True, port=0, require_if_match=True)) as server:
        blind = send(server, "PUT", "curation-n", person("lou"))
        headers = {**TURTLE, **server.bearer, "if-none-match": "*"}
        created = server.client.put("/graph/curation-n", content=person("lou"), headers=headers)

        assert [blind.status_code, created.status_code] == [428, 201]
