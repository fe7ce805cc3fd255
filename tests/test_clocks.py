"""The two clocks: `valid_at` asks about a day in the world, `known_at` about what was known; a permalink fixes both."""

from threading import Thread

import pytest
from pyoxigraph import RdfFormat, Store

from contract import ONE, make, quads
from servers import running
from summitry.errors import MemoryExceeded, UnknownRevision
from summitry.model import Changeset, Commit
from summitry.settings import Settings
from summitry.store.embedded import EmbeddedStore
from summitry.terms import GRAPHS

COMMIT = Commit("curator", "for a test")
DRAFT = "/graphs?graph=" + GRAPHS + "draft"
KOREA = "/countries/kr"


def grown(store: EmbeddedStore, added: str, removed: str = "") -> int:
    """Give the number of the revision that made this change."""
    copy = Store()
    copy.bulk_load(b"".join(store.dump()[1]), RdfFormat.N_QUADS)
    change = make(copy, Changeset(quads(added, ONE), quads(removed, ONE)))
    return store.commit(change, COMMIT, expected=store.head()).number


def whole(reader) -> set[str]:
    return {str(quad) for graph in reader.graphs() for quad in reader.quads(graph)}


@pytest.fixture
def store():
    store = EmbeddedStore()
    yield store
    store.close()


def got(server, path, **headers):
    answer = server.client.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer


def put(server, turtle: str) -> int:
    """Give the revision at which the draft says `turtle`."""
    answer = server.client.put(
        DRAFT + "&message=m",
        content=PROLOGUE + turtle,
        headers={**server.bearer, "content-type": "text/turtle"},
    )
    assert answer.is_success, answer.text
    return answer.json()["revision"]


PROLOGUE = """
@prefix ap: <https://w3id.org/summitry/ns#> .
@prefix country: <https://w3id.org/summitry/id/country/> .
@prefix graph: <https://w3id.org/summitry/graph/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix document: <https://w3id.org/summitry/id/document/> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
graph:draft prov:wasDerivedFrom document:hawkinsight-trump-xi-apec .
"""


# The store


def test_each_revision_is_read_as_it_was(store):
    states = []
    for text in ("a", "b", "c"):
        grown(store, f'country:{text} a ap:Country ; rdfs:label "{text}"@en .')
        states.append(whole(store))
    grown(store, "", 'country:a a ap:Country ; rdfs:label "a"@en .')

    assert [whole(store.at(number)) for number in (1, 3, 2)] == [states[0], states[2], states[1]]
    assert store.at(2).head() == 2
    assert store.at(2) is store.at(2)


def test_the_present_revision_is_the_store_itself(store):
    number = grown(store, "country:a a ap:Country .")

    assert store.at(number) is store
    assert store.is_at(number)


def test_a_reader_of_the_past_stands_still(store):
    grown(store, "country:a a ap:Country .")
    grown(store, "country:b a ap:Country .")
    past = store.at(1)
    before = whole(past)

    grown(store, "country:c a ap:Country .")

    assert whole(past) == before
    assert (past.is_at(1), past.is_at(2)) == (True, False)


@pytest.mark.parametrize("number", [-1, 0, 3])
def test_a_revision_that_never_was_is_unknown(store, number):
    grown(store, "country:a a ap:Country .")
    grown(store, "country:b a ap:Country .")

    with pytest.raises(UnknownRevision):
        store.at(number)


def test_a_graph_that_is_too_large_is_not_kept_a_second_time():
    store = EmbeddedStore(past_quads=3)
    grown(store, "country:a a ap:Country .")
    grown(store, "country:b a ap:Country .")

    with pytest.raises(MemoryExceeded, match="more than 3 quads") as refused:
        store.at(1)

    assert refused.value.limit == "past_quads"
    store.close()


def test_only_as_many_revisions_are_kept_as_the_limit_lets(store):
    for number in range(14):
        grown(store, f"country:c{number} a ap:Country .")
    first = store.at(1)

    for number in range(2, 12):
        store.at(number)

    assert store.at(1) is not first
    assert whole(store.at(1)) == whole(first)


def test_many_ask_for_the_past_at_once_and_each_gets_it(store):
    for number in range(6):
        grown(store, f"country:c{number} a ap:Country .")
    found = {}

    threads = [Thread(target=lambda n=n: found.update({n: store.at(n).head()})) for n in range(1, 6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == {n: n for n in range(1, 6)}


# Over HTTP


def test_a_page_is_given_as_it_was_known(server_of_korea):
    server, first, second = server_of_korea

    pages = {n: got(server, f"{KOREA}?known_at={n}").json() for n in (first, second)}

    assert {n: "Land of the Morning Calm" in page["altLabel"]["en"] for n, page in pages.items()} == {
        first: True,
        second: False,
    }
    assert [page["knownAt"] for page in pages.values()] == [first, second]


def test_a_list_is_given_as_it_was_known(server_of_korea):
    server, first, second = server_of_korea

    totals = [got(server, f"/countries?name=hermit&known_at={n}").json()["total"] for n in (first, second)]

    assert totals == [0, 1]


def test_a_time_stands_for_the_revision_that_was_the_last_then(server_of_korea):
    server, first, _ = server_of_korea
    at = got(server, f"/history/{first}").json()["at"]

    assert got(server, f"{KOREA}?known_at={at.replace('+', '%2B')}").json()["knownAt"] == first


@pytest.mark.parametrize(
    "path",
    [KOREA, "/policies", "/policies?valid_at=2025-11-05", "/leaders?limit=3", "/countries?lang=fr&limit=2"],
)
def test_a_permalink_gives_the_same_answer_after_all_changed(server_of_korea, path):
    server, _, _ = server_of_korea
    shown = got(server, path).json()
    put(server, 'country:kr a ap:Country ; skos:altLabel "another name"@en .')

    again = got(server, shown["permalink"]).json()

    assert without_links(again) == without_links(shown)
    assert got(server, again["permalink"]).json()["permalink"] == again["permalink"]


def test_a_citation_says_what_where_which_revision_and_whose_records(shipped):
    page = got(shipped, KOREA).json()
    cited = page["citation"]

    assert (cited["title"], cited["revision"]) == ("South Korea", page["knownAt"])
    assert cited["permalink"] == shipped.url + page["permalink"]
    assert "Countries and areas" in cited["sources"]
    assert all(part in cited["text"] for part in ("South Korea", cited["permalink"], cited["date"]))
    assert cited["licenses"]


@pytest.mark.parametrize(
    ("query", "help_"),
    [
        ("known_at=never", "neither a revision"),
        ("known_at=0", "nothing was known at 0"),
        ("known_at=99999999", "nothing was known at"),
        ("known_at=", "known_at: it is empty"),
        ("known_at=1&known_at=2", "known_at: it is given twice"),
        ("valid_at=never", "valid_at: 'never' is not a day"),
        ("valid_at=2025-01-01&valid_at=2026-01-01", "valid_at: it is given twice"),
        ("today=someday", "today: 'someday' is not a day"),
    ],
)
@pytest.mark.parametrize("path", [KOREA, "/policies"])
def test_a_clock_that_is_none_is_a_problem(shipped, path, query, help_):
    answer = shipped.client.get(f"{path}?{query}")

    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert help_ in answer.json()["detail"]


def test_a_graph_too_large_for_known_at_is_a_problem_that_names_the_setting():
    with running(Settings(port=0, empty=True, past_quads=10)) as server:
        answer = server.client.get("/countries?known_at=1")

    assert (answer.status_code, answer.json()["limit"]) == (503, "past_quads")


def without_links(answer):
    """Give an answer without the addresses that name the parameters it was asked with."""
    return {name: value for name, value in answer.items() if name not in ("permalink", "next", "citation")}


@pytest.fixture(scope="module")
def server_of_korea():
    """Give a server whose draft called Korea first this and then that, and the two revisions."""
    with running(Settings(port=0)) as server:
        first = put(server, 'country:kr a ap:Country ; skos:altLabel "Land of the Morning Calm"@en .')
        second = put(server, 'country:kr a ap:Country ; skos:altLabel "Hermit Kingdom"@en .')
        yield server, first, second
