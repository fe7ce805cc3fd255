"""The remote store at its worst: writers that race, servers that vanish, answers that never come."""

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from pyoxigraph import NamedNode

from backends import Backend, oxigraph
from contract import ONE, change, n_quads, quads
from faults import Faulty, faulty
from servers import until
from summitry.errors import BadParameter, OutcomeUnknown, StaleRevision, StoreUnavailable, TooLarge
from summitry.model import Commit, Revision
from summitry.patch import Addition
from summitry.store.remote import statements
from summitry.store.remote.connection import Place
from summitry.store.remote.engine import FUSEKI, GENERIC, OXIGRAPH, engine_of
from summitry.store.remote.store import RemoteStore

COMMIT = Commit("curator", "as the document says")
ANN = change('person:ann a ap:Person ; rdfs:label "Ann"@en .')
BOB = change('person:bob a ap:Person ; rdfs:label "Bob"@en .')
ROUNDS = int(os.environ.get("SUMMITRY_TEST_STORE_RACES", "10"))
SECONDS = 2.0


@pytest.fixture(params=["oxigraph_server", "fuseki_server"])
def backend(request) -> Backend:
    """Give an empty server of each engine."""
    server = request.getfixturevalue(request.param)
    server.update("DROP ALL")
    return server


@pytest.fixture
def emptied(oxigraph_server) -> Backend:
    oxigraph_server.update("DROP ALL")
    return oxigraph_server


@pytest.fixture
def proxy(backend) -> Iterator[Faulty]:
    with faulty(backend.url) as proxy:
        yield proxy


@pytest.fixture
def store(proxy) -> Iterator[RemoteStore]:
    """Give a store that reaches its server through the proxy, with one revision in it."""
    store = RemoteStore(proxy.place(seconds=SECONDS))
    store.commit(ANN, COMMIT, expected=0)
    yield store
    store.close()


@pytest.fixture
def witness(backend, store) -> Iterator[RemoteStore]:
    """Give another instance on the same server, which reaches it without the proxy."""
    witness = RemoteStore(backend.place())
    yield witness
    witness.close()


# Several instances


def test_of_two_instances_that_make_the_same_revision_exactly_one_does(backend):
    """Each round both commit on the same head: one wins, the other is told that the graph moved on."""
    stores = [RemoteStore(backend.place()) for _ in range(2)]
    start = threading.Barrier(2)

    def attempt(number: int, expected: int) -> Revision | None:
        start.wait()
        try:
            made = change(f"person:p{expected}-{number} a ap:Person .")
            return stores[number].commit(made, COMMIT, expected=expected)
        except StaleRevision:
            return None

    with ThreadPoolExecutor(2) as pool:
        for round_ in range(ROUNDS):
            outcomes = list(pool.map(attempt, range(2), [round_] * 2))
            heads = [store.refresh() for store in stores]

            assert [outcome is None for outcome in outcomes].count(True) == 1
            assert heads == [round_ + 1] * 2
    held = frozenset(stores[0].quads(ONE))

    assert len(held) == ROUNDS
    assert held == frozenset(stores[1].quads(ONE))
    for store in stores:
        store.close()


def test_what_another_instance_wrote_is_learnt_with_its_patch(store, witness):
    made = store.commit(BOB, COMMIT, expected=1)
    assert (witness.head(), witness.last_change(ONE)) == (1, 1)

    assert witness.refresh() == 2

    assert witness.revision(2) == made
    assert witness.patch(2) == store.patch(2)
    assert witness.last_change(ONE) == 2


def test_a_writer_that_ends_in_its_turn_holds_the_others_up_for_a_while_only(backend, store):
    """A turn says how long it may last; whoever has seen it for longer takes it away."""
    backend.update(statements.waiting(NamedNode("urn:uuid:0"), 2, seconds=0.2))

    assert store.commit(BOB, COMMIT, expected=1).number == 2


# Answers that do not come


def test_an_addition_too_large_for_one_update_is_refused_and_holds_nobody_up(store, witness, monkeypatch):
    """It is not sent, and the turn that was taken for it is given back at once."""
    addition = Addition(n_quads(BOB.added), (ONE,))
    monkeypatch.setattr(statements, "_LARGEST", 1000)

    with pytest.raises(TooLarge, match="load it in parts"):
        store.commit(addition, COMMIT, expected=1)

    monkeypatch.undo()
    assert (store.refresh(), witness.refresh()) == (1, 1)
    assert not BOB.added & frozenset(witness.quads(ONE))
    assert witness.commit(addition, COMMIT, expected=1).number == 2


def test_a_commit_whose_answer_is_lost_is_found_by_its_record(proxy, store, witness):
    """It is there, so it is told as made; it was sent once."""
    sent = proxy.commits
    proxy.loses_answer = True

    revision = store.commit(BOB, COMMIT, expected=1)

    assert revision.number == 2
    assert proxy.commits == sent + 1
    assert witness.refresh() == 2
    assert witness.revision(2) == revision


def test_a_commit_that_never_arrives_changes_nothing_and_is_not_sent_again(proxy, store, witness):
    """Where no update can be at work unseen that is certain, else it is said to be unknown."""
    sent = proxy.commits
    proxy.drops_update = True
    is_certain = store._connection.engine.isolates

    with pytest.raises(StoreUnavailable if is_certain else OutcomeUnknown):
        store.commit(BOB, COMMIT, expected=1)

    assert proxy.commits == sent + 1
    assert witness.refresh() == 1
    assert frozenset(witness.quads(ONE)) == quads('person:ann a ap:Person ; rdfs:label "Ann"@en .')


def test_after_a_write_of_unknown_outcome_the_next_one_waits_until_it_is_known(emptied):
    """Its turn keeps everybody away until it cannot be at work any more."""
    with faulty(emptied.url) as proxy:
        store = RemoteStore(proxy.place(seconds=0.5))
        proxy.drops_update = True
        with pytest.raises(OutcomeUnknown):
            store.commit(ANN, COMMIT, expected=0)
        proxy.drops_update = False

        with pytest.raises(StoreUnavailable, match="another instance"):
            store.commit(ANN, COMMIT, expected=0)
        until(lambda: made(store))

        assert store.head() == 1
        store.close()


def made(store: RemoteStore) -> bool:
    try:
        return store.commit(ANN, COMMIT, expected=0).number == 1
    except StoreUnavailable:
        return False


def test_a_store_that_is_down_is_unavailable_and_resumes_by_itself(proxy, store):
    proxy.is_down = True
    with pytest.raises(StoreUnavailable):
        list(store.quads(ONE))
    with pytest.raises(StoreUnavailable):
        store.commit(BOB, COMMIT, expected=1)

    proxy.is_down = False

    assert len(frozenset(store.quads(ONE))) == 2
    assert store.head() == 1


def test_a_store_that_hangs_is_unavailable_at_once_after_the_first_time(emptied):
    """Else each request would hold a thread for as long as an answer may take."""
    with faulty(emptied.url) as proxy:
        store = RemoteStore(proxy.place(seconds=0.5))
        proxy.hangs = True
        for _ in range(20):
            with pytest.raises(StoreUnavailable, match="in time"):
                store.states(next(iter(ANN.added)))

        proxy.hangs = False
        proxy.released.set()

        until(lambda: answers(store))
        store.close()


def answers(store: RemoteStore) -> bool:
    try:
        return store.states(next(iter(ANN.added))) is False
    except StoreUnavailable:
        return False


# Servers that cannot keep the graph


def test_a_server_that_is_not_there_is_unavailable():
    with pytest.raises(StoreUnavailable):
        RemoteStore(Place("http://127.0.0.1:9/query", "http://127.0.0.1:9/update", seconds=1))


def test_a_server_with_the_statements_of_others_is_refused(emptied):
    emptied.update("INSERT DATA { GRAPH <urn:theirs> { <urn:a> <urn:b> <urn:c> } }")

    with pytest.raises(BadParameter, match="empty dataset"):
        RemoteStore(emptied.place())


def test_a_server_whose_default_graph_is_the_union_of_all_is_refused():
    with oxigraph("--union-default-graph") as server, pytest.raises(BadParameter, match="default graph"):
        RemoteStore(server.place())


def test_urls_of_two_datasets_are_refused(emptied):
    with oxigraph() as other, pytest.raises(BadParameter, match="another dataset"):
        RemoteStore(Place(f"{other.url}/query", f"{emptied.url}/update"))


def test_a_server_that_leaves_rows_out_is_found_out_by_counting(proxy, store):
    proxy.rows = 3

    with pytest.raises(StoreUnavailable, match="rows"):
        b"".join(store.dump()[1])


def test_a_server_that_says_that_it_left_rows_out_is_believed(emptied):
    """Virtuoso answers with its limit of rows, and this header."""
    with faulty(emptied.url) as proxy:
        store = RemoteStore(proxy.place(seconds=SECONDS))
        proxy.headers = {"server": "Virtuoso", "X-SPARQL-MaxRows": "10000"}

        with pytest.raises(StoreUnavailable, match="rows"):
            list(store.quads(ONE))
        store.close()


@pytest.mark.parametrize(
    ("headers", "engine"),
    [
        ({"server": "Oxigraph/0.5.13"}, OXIGRAPH),
        ({"fuseki-request-id": "1"}, FUSEKI),
        ({"server": "Virtuoso"}, GENERIC),
        ({}, GENERIC),
    ],
)
def test_an_engine_is_known_by_its_headers(headers, engine):
    assert engine_of(headers) == engine
