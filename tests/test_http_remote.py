"""The whole service on a remote store, over real HTTP, as its clients use it."""

import asyncio
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from backends import oxigraph
from contract import HEAD
from faults import Faulty, faulty
from servers import Server, running, until
from summitry.cli import cli
from summitry.errors import BadParameter
from summitry.settings import Settings
from summitry.terms import GRAPHS

sys.path.append(str(Path(__file__).parent.parent / "benchmarks"))

from races import BY_UPDATE, CREATED, OVERWRITTEN, raced

DRAFT = GRAPHS + "draft"
CANADA = 'country:ca a ap:Country ; rdfs:label "Canada"@en ; ap:iso2 "CA" ; ap:iso3 "CAN" ; ap:m49 "124" .'
OTTAWA = 'city:ottawa a ap:City ; rdfs:label "Ottawa"@en ; ap:inCountry country:ca .'


def on(url: str, seconds: float = 30) -> Settings:
    return Settings(store=url, store_seconds=seconds, empty=True, port=0, workers=1)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Give a server of this file's own: what its services know must not be taken from under them."""
    with oxigraph() as server:
        yield server.url


@pytest.fixture(scope="module")
def remote(url: str) -> Iterator[Server]:
    """Give a service on a remote store."""
    with running(on(url)) as server:
        yield server


@pytest.fixture(scope="module")
def other(remote: Server, url: str) -> Iterator[Server]:
    """Give another service on the same store."""
    with running(on(url)) as server:
        yield server


@pytest.fixture(scope="module")
def behind_a_proxy(url: str) -> Iterator[tuple[Server, Faulty]]:
    with faulty(url) as proxy, running(on(proxy.url, seconds=1.5)) as server:
        yield server, proxy


@pytest.fixture
def proxied(behind_a_proxy) -> Iterator[tuple[Server, Faulty]]:
    """Give a service that reaches its store through a proxy, which does as it should again afterwards."""
    server, proxy = behind_a_proxy
    yield server, proxy
    proxy.is_down = proxy.drops_update = False


def put(server: Server, turtle: str, graph: str = DRAFT) -> httpx.Response:
    headers = {**server.bearer, "content-type": "text/turtle"}
    return server.client.put("/graphs", params={"graph": graph}, content=HEAD + turtle, headers=headers)


def count(server: Server, pattern: str) -> int:
    query = f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}"
    answer = server.client.get("/sparql", params={"query": query}, headers={"accept": "text/csv"})
    return int(answer.raise_for_status().text.split()[1])


def names(server: Server) -> list[str]:
    return [item["label"] for item in server.client.get("/countries").raise_for_status().json()["items"]]


@pytest.mark.parametrize("backend", ["oxigraph_server", "fuseki_server"])
def test_a_document_is_written_asked_for_undone_and_there_after_a_restart(backend, request):
    """All that the README does with a store in a directory, on a server of somebody else."""
    server = request.getfixturevalue(backend)
    server.update("DROP ALL")
    with running(on(server.url)) as first:
        written = put(first, CANADA).raise_for_status().json()["revision"]
        assert put(first, CANADA.replace('"CA"', '"Canada"')).status_code == 422
        put(first, CANADA + OTTAWA).raise_for_status()
        assert count(first, "?city ap:inCountry country:ca") == 1
        assert names(first) == ["Canada"]
        undone = first.client.post(f"/history/{written + 1}/revert", headers=first.bearer)
        assert undone.raise_for_status().json()["revision"] == written + 2
        before = first.state(), first.client.get("/history").json()

    with running(on(server.url)) as again:
        assert (again.state(), again.client.get("/history").json()) == before
        assert names(again) == ["Canada"]
        assert count(again, "?city ap:inCountry country:ca") == 0
        earlier = again.client.get(
            "/graphs",
            params={"graph": DRAFT, "known_at": written + 1},
            headers={"accept": "application/n-triples"},
        )
        assert "ottawa" in earlier.raise_for_status().text


def test_the_commands_of_a_curator_work_on_the_store_of_a_server(remote, url, tmp_path):
    """What the README does with --data, with --store, or with both addresses of the server."""
    person = 'person:commanded a ap:Person ; rdfs:label "NAME"@en .'
    draft = tmp_path / "commanded.ttl"
    put(remote, person.replace("NAME", "First"), GRAPHS + "commanded").raise_for_status()
    draft.write_text(HEAD + person.replace("NAME", "Second"))
    renaming = "DELETE DATA { GRAPH graph:commanded { person:commanded rdfs:label 'Second'@en } } ; "
    renaming += "INSERT DATA { GRAPH graph:commanded { person:commanded rdfs:label 'Third'@en } }"

    commanded(url, "load", "--message", "the second name", str(draft))
    commanded(url, "update", "--message", "the third name", "-", given=renaming)
    number = commanded(url, "history", "--limit", "1").split("\t")[0]
    rehearsed = commanded(url, "revert", "--dry-run", number)
    commanded(url, "revert", number)

    assert "person:commanded" in rehearsed
    asked = commanded(
        url, "query", "--format", "text/csv", "SELECT ?name { person:commanded rdfs:label ?name }"
    )
    assert asked.split() == ["name", "Second"]
    assert '"Second"@en' in commanded(url, "export", "--graph", GRAPHS + "commanded")


def commanded(url: str, command: str, *arguments: str, given: str = "") -> str:
    """Give what `command` printed on the store of the server at `url`; it must have succeeded."""
    pair = ["--store-query", f"{url}/query", "--store-update", f"{url}/update"]
    store = pair if command == "history" else ["--store", url]
    result = CliRunner().invoke(cli, [command, *store, *arguments], input=given)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize("command", ["load nothing.ttl", "update -", "history", "revert 1"])
def test_a_command_that_changes_a_store_must_be_told_which(command):
    result = CliRunner().invoke(cli, command.split(), env={"SUMMITRY_DATA": "", "SUMMITRY_STORE": ""})

    assert (result.exit_code, "--data DIR, or --store URL" in result.output) == (2, True)


def test_what_one_service_writes_another_answers_from(remote, other):
    graph = GRAPHS + "follow"
    put(remote, 'person:followed a ap:Person ; rdfs:label "F"@en .', graph).raise_for_status()

    until(lambda: count(other, "person:followed a ap:Person") == 1)

    assert other.service.store.head() == remote.service.store.head()


def test_a_write_is_judged_on_what_another_service_wrote_just_before(remote, other):
    """Nothing waits for the next look: the second document breaks a shape together with the first."""
    twin = 'person:NAME a ap:Person ; rdfs:label "twin"@en ; skos:exactMatch wd:Q999999 .'
    put(remote, twin.replace("NAME", "twin-a"), GRAPHS + "twin-a").raise_for_status()

    refused = put(other, twin.replace("NAME", "twin-b"), GRAPHS + "twin-b")

    assert refused.status_code == 422
    assert "WikidataUniqueShape" in refused.text


def test_two_services_that_write_at_once_both_write_one_after_the_other(remote, other):
    """Who is overtaken is judged anew on what the other wrote: without a precondition nobody is refused."""
    before = remote.service.store.refresh()

    def write(number: int) -> int:
        server = (remote, other)[number % 2]
        return put(
            server, f'person:both-{number} a ap:Person ; rdfs:label "B"@en .', f"{GRAPHS}both-{number}"
        ).status_code

    with ThreadPoolExecutor(2) as pool:
        statuses = list(pool.map(write, range(6)))

    assert statuses == [201] * 6
    assert remote.service.store.refresh() == other.service.store.refresh() == before + 6


@pytest.mark.parametrize("kind", [next(iter(BY_UPDATE)), OVERWRITTEN, CREATED])
def test_of_two_writers_who_must_not_both_win_exactly_one_does(remote, kind):
    """As on the embedded store: see test_races."""
    wins = asyncio.run(raced(remote.url, remote.token, [kind], rounds=2, seed=1))

    assert wins[kind].total() == 2


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", 403),
        ("SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }", 200),
        ("SELECT * FROM NAMED <file:///etc/passwd> { GRAPH ?g { ?s ?p ?o } }", 200),
    ],
)
def test_no_query_reaches_out_from_the_remote_store(proxied, query, status):
    """A query of a client is answered from the workers' copy, and never sent to the server."""
    server, proxy = proxied
    proxy.is_down = True

    answer = server.client.get("/sparql", params={"query": query}, headers={"accept": "text/csv"})

    assert answer.status_code == status
    assert "root" not in answer.text


def test_an_update_that_loads_is_refused_before_the_remote_store_hears_of_it(remote):
    before = remote.state()
    headers = {**remote.bearer, "content-type": "application/sparql-update"}

    refused = remote.client.post("/sparql", content="LOAD <http://127.0.0.1:9/x>", headers=headers)

    assert refused.status_code == 403
    assert remote.state() == before


def test_while_the_store_is_down_sparql_goes_on_and_the_rest_says_when_to_ask_again(proxied):
    """RFC 9110 §15.6.4: 503 with Retry-After; and what reads the store resumes by itself."""
    server, proxy = proxied
    # Where the test before left a write of unknown outcome, its turn keeps others away for a while.
    until(lambda: put(server, 'person:down a ap:Person ; rdfs:label "D"@en .', GRAPHS + "down").is_success)
    proxy.is_down = True

    listed = server.client.get("/countries")
    written = put(server, 'person:never a ap:Person ; rdfs:label "N"@en .', GRAPHS + "never")

    assert [(a.status_code, a.headers["retry-after"]) for a in (listed, written)] == [(503, "2")] * 2
    assert listed.json()["type"] == "https://w3id.org/summitry/problem/store-unavailable"
    assert count(server, "person:down a ap:Person") == 1
    assert server.client.get("/health").status_code == 200

    proxy.is_down = False
    assert server.client.get("/countries").status_code == 200
    assert count(server, "person:never a ap:Person") == 0


def test_a_write_whose_outcome_is_unknown_says_so_and_where_to_look(proxied):
    server, proxy = proxied
    before = server.service.store.refresh()
    proxy.drops_update = True

    unknown = put(server, 'person:unknown a ap:Person ; rdfs:label "U"@en .', GRAPHS + "unknown")

    assert unknown.status_code == 503
    assert unknown.json()["type"] == "https://w3id.org/summitry/problem/outcome-unknown"
    assert "/history" in unknown.json()["detail"]
    assert server.service.store.refresh() == before


def test_a_service_does_not_start_on_half_of_an_address():
    with (
        pytest.raises(BadParameter, match="store-update"),
        running(Settings(store_query="http://127.0.0.1:9/")),
    ):
        pass
