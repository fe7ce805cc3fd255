"""Every store keeps the contract of `summitry.store.base`: whole revisions, or nothing.

A store is named by how it is opened; another one joins by a row in `OPENED`.
"""

import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pyoxigraph import BaseDirection, BlankNode, Literal, NamedNode, Quad, RdfFormat, Store, Triple, parse

from backends import Backend
from contract import ONE, OTHER, ap, change, entity, n_quads, quads
from summitry import bind, patch, provenance, resources
from summitry.errors import BadParameter, StaleRevision, StoreBusy, StoreDamaged, UnknownRevision
from summitry.model import Changeset, Commit, Revision
from summitry.store.base import GraphStore
from summitry.store.embedded import EmbeddedStore
from summitry.store.remote.store import RemoteStore
from summitry.terms import INFERRED_GRAPH, LABEL, MERGE, PROVENANCE_GRAPH

ANN = entity("person/ann")
BOB = entity("person/bob")
COMMIT = Commit("curator", "as the document says", "0f" * 32)
FIRST = change('person:ann a ap:Person ; rdfs:label "Ann"@en , "Анна"@ru .')
SECOND = change('person:bob a ap:Person ; rdfs:label "Bob"@en .', 'person:ann rdfs:label "Анна"@ru .')


@dataclass(frozen=True)
class Opener:
    """Opens the store under test, as often as a test wants. `again` is None where it does not outlive a close."""

    store: GraphStore
    again: Callable[[], GraphStore] | None = None


@contextmanager
def on_disk(path: Path) -> Iterator[Opener]:
    opened: list[EmbeddedStore] = []

    def open_store() -> EmbeddedStore:
        opened.append(EmbeddedStore(path / "store"))
        return opened[-1]

    yield Opener(open_store(), open_store)
    opened[-1].close()


@contextmanager
def temporary(path: Path) -> Iterator[Opener]:
    store = EmbeddedStore()
    yield Opener(store)
    store.close()


@contextmanager
def remote(backend: Backend) -> Iterator[Opener]:
    """Open the store on a server that several tests share, emptied for each."""
    backend.update("DROP ALL")
    opened: list[RemoteStore] = []

    def open_store() -> RemoteStore:
        opened.append(RemoteStore(backend.place()))
        return opened[-1]

    yield Opener(open_store(), open_store)
    for store in opened:
        store.close()


OPENED = {"embedded on disk": on_disk, "embedded, temporary": temporary}
SERVED = {"remote, oxigraph serve": "oxigraph_server", "remote, Fuseki with TDB2": "fuseki_server"}


@pytest.fixture(params=[*OPENED, *SERVED])
def opener(request, tmp_path) -> Iterator[Opener]:
    if request.param in OPENED:
        opening = OPENED[request.param](tmp_path)
    else:
        opening = remote(request.getfixturevalue(SERVED[request.param]))
    with opening as opener:
        yield opener


@pytest.fixture
def store(opener) -> GraphStore:
    return opener.store


def dumped(store: GraphStore) -> list[bytes]:
    """Give everything that the store holds, as sorted lines."""
    return sorted(b"".join(store.dump()[1]).splitlines())


def without_times(lines: list[bytes]) -> list[bytes]:
    return [line for line in lines if str(provenance.ENDED).encode() not in line]


def store_of(store: GraphStore) -> Store:
    """Give in memory what the store holds."""
    copy = Store()
    copy.bulk_load(b"".join(store.dump()[1]), RdfFormat.N_QUADS)
    return copy


def contents(store: GraphStore, graph: NamedNode) -> frozenset:
    return frozenset(store.quads(graph))


def patches(store: GraphStore) -> list[bytes]:
    return [store.patch(number) for number in range(1, store.head() + 1)]


def filled(store: GraphStore) -> GraphStore:
    """Make the two first revisions."""
    store.commit(FIRST, COMMIT, expected=0)
    store.commit(SECOND, Commit("bob", "a second thought"), expected=1)
    return store


# Revisions


def test_a_new_store_is_empty_and_at_revision_0(store):
    assert store.head() == 0
    assert store.graphs() == []
    assert dumped(store) == []


def test_a_commit_makes_the_change_and_gives_its_revision(store):
    before = datetime.now(UTC)

    revision = store.commit(FIRST, COMMIT, expected=0)

    assert revision == Revision(1, revision.at, COMMIT, (ONE,))
    assert timedelta(0) <= revision.at - before < timedelta(minutes=1)
    assert store.head() == 1
    assert contents(store, ONE) == {quad for quad in FIRST.added if quad.graph_name == ONE}


def test_a_commit_removes_and_adds_at_once(store):
    filled(store)

    assert contents(store, ONE) == quads(
        'person:ann a ap:Person ; rdfs:label "Ann"@en . person:bob a ap:Person ; rdfs:label "Bob"@en .'
    )


def test_each_revision_can_be_asked_for(store):
    made = [store.commit(FIRST, COMMIT, expected=0), store.commit(SECOND, Commit("bob", ""), expected=1)]

    assert [store.revision(1), store.revision(2)] == made


@pytest.mark.parametrize("number", [-1, 0, 3])
def test_a_revision_that_was_never_made_is_unknown(store, number):
    filled(store)

    with pytest.raises(UnknownRevision):
        store.revision(number)
    with pytest.raises(UnknownRevision):
        store.patch(number)


def test_a_revision_names_the_graphs_that_its_change_touches_in_order(store):
    change_of_two = change("person:ann a ap:Person .", graph=OTHER) | change("person:bob a ap:Person .")

    revision = store.commit(change_of_two, COMMIT, expected=0)

    assert revision.graphs == (ONE, OTHER)


def test_the_last_change_of_a_graph_is_the_last_revision_that_touched_it(store):
    filled(store)
    store.commit(change("person:cid a ap:Person .", graph=OTHER), COMMIT, expected=2)

    assert [store.last_change(graph) for graph in (ONE, OTHER, NamedNode("urn:none"))] == [2, 3, 0]


def test_every_revision_may_change_what_is_inferred_and_adds_to_the_provenance(store):
    filled(store)

    assert [store.last_change(graph) for graph in (INFERRED_GRAPH, PROVENANCE_GRAPH)] == [2, 2]


def test_an_addition_known_by_its_lines_is_the_same_revision(store):
    """A large change is never read: what the graphs say of themselves comes with it."""
    change_ = change("graph:one prov:wasDerivedFrom document:d . person:ann a ap:Person .")
    other = EmbeddedStore()
    other.commit(change_, COMMIT, expected=0)

    made = store.commit(
        patch.Addition(n_quads(change_.added), (ONE,), provenance.self_descriptions(change_)),
        COMMIT,
        expected=0,
    )

    assert made.graphs == (ONE,)
    assert without_times(dumped(store)) == without_times(dumped(other))
    assert patch.read(store.patch(1)).added == frozenset(store_of(store))
    other.close()


def test_a_change_of_nothing_is_a_revision_too(store):
    store.commit(Changeset(), COMMIT, expected=0)

    assert store.head() == 1
    assert store.revision(1).graphs == ()


@pytest.mark.parametrize("expected", [-1, 1, 3])
def test_a_stale_commit_is_refused_and_changes_nothing(opener, expected, tmp_path):
    """RFC 9110 §13.1.1: a false If-Match must not perform the method."""
    store = filled(opener.store)
    before = dumped(store), patches(store), bytes_of(tmp_path)

    with pytest.raises(StaleRevision):
        store.commit(change("person:cid a ap:Person ."), COMMIT, expected=expected)

    assert before == (dumped(store), patches(store), bytes_of(tmp_path))
    assert store.head() == 2


def bytes_of(path: Path) -> bytes:
    """Give the ledger of the store below `path`, empty where it lies elsewhere."""
    ledger = path / "store" / "ledger"
    return ledger.read_bytes() if ledger.exists() else b""


def test_a_change_that_the_engine_refuses_changes_nothing(opener, tmp_path):
    """SPARQL 1.1 Update §3.1.2: no blank node is deleted. The change was in the ledger by then."""
    store = filled(opener.store)
    before = dumped(store), patches(store), bytes_of(tmp_path)
    blank = frozenset([Quad(ANN, LABEL, BlankNode(), ONE)])

    with pytest.raises(SyntaxError):
        store.commit(Changeset(removed=blank), COMMIT, expected=2)

    assert before == (dumped(store), patches(store), bytes_of(tmp_path))
    assert store.commit(change("person:cid a ap:Person ."), COMMIT, expected=2).number == 3


@pytest.mark.parametrize(
    "literal",
    [
        Literal('"\\\n\r\t\x00\x0b\x7f\u2028'),
        Literal("} ; DROP ALL #"),
        Literal("\\u0022"),
        Literal("ναι 😀", language="el"),
        Literal("نعم", language="ar", direction=BaseDirection.RTL),
        Literal("'''", datatype=NamedNode("urn:x:é?a=b&c#d")),
    ],
)
def test_a_commit_replaces_exactly_the_value_that_it_names(store, literal):
    """What both removes and adds is made as a SPARQL update, in which no character may mean something else."""
    old, new = (frozenset([Quad(ANN, LABEL, value, ONE)]) for value in (Literal("old"), literal))
    store.commit(Changeset(old), COMMIT, expected=0)

    store.commit(Changeset(new, old), COMMIT, expected=1)
    assert contents(store, ONE) == new

    store.commit(Changeset(old, new), COMMIT, expected=2)
    assert contents(store, ONE) == old


# Reading


def test_graphs_lists_what_holds_something_the_systems_own_included(store):
    filled(store)
    store.commit(change(removed="person:bob a ap:Person .", graph=OTHER), COMMIT, expected=2)

    assert store.graphs() == [ONE, PROVENANCE_GRAPH]


def test_a_graph_that_lost_its_last_triple_is_gone(store):
    store.commit(change("person:cid a ap:Person .", graph=OTHER), COMMIT, expected=0)
    assert store.holds(OTHER)

    store.commit(change(removed="person:cid a ap:Person .", graph=OTHER), COMMIT, expected=1)

    assert not store.holds(OTHER)
    assert contents(store, OTHER) == frozenset()


@pytest.fixture
def _curated(tmp_path, monkeypatch):
    """Curated queries that ask for what this file's stores hold."""
    shutil.copytree(resources._PACKAGE / "queries", tmp_path / "queries")
    labels = "{ VALUES ?person { UNDEF } ?person <%s> ?label OPTIONAL { ?person <%s> ?office } }"
    labels %= (LABEL.value, ap("office").value)
    (tmp_path / "queries" / "a.rq").write_text(f"SELECT ?person ?label ?office {labels} ORDER BY ?label")
    (tmp_path / "queries" / "b.rq").write_text(f"CONSTRUCT {{ ?person <{LABEL.value}> ?label }} {labels}")
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path)
    bind._loaded.cache_clear()
    yield
    bind._loaded.cache_clear()


@pytest.mark.usefixtures("_curated")
def test_select_gives_a_row_for_each_solution_and_leaves_out_what_is_unbound(store):
    filled(store)

    assert store.select("a") == [
        {"person": ANN, "label": Literal("Ann", language="en")},
        {"person": BOB, "label": Literal("Bob", language="en")},
    ]


@pytest.mark.usefixtures("_curated")
def test_select_binds_variables_to_terms_of_which_none_is_no_solution(store):
    filled(store)

    assert [row["person"] for row in store.select("a", {"person": [BOB]})] == [BOB]
    assert store.select("a", {"person": []}) == []


@pytest.mark.usefixtures("_curated")
def test_construct_gives_triples(store):
    filled(store)

    assert store.construct("b", {"person": [ANN]}) == [Triple(ANN, LABEL, Literal("Ann", language="en"))]


def test_the_dump_is_everything_at_the_head(store):
    filled(store)

    head, pieces = store.dump()

    held = frozenset(parse(b"".join(pieces), format=RdfFormat.N_QUADS))
    assert head == 2
    assert {q for q in held if q.graph_name in (ONE, MERGE)} == (FIRST.added | SECOND.added) - SECOND.removed
    assert {q for q in held if q.graph_name == PROVENANCE_GRAPH} == contents(store, PROVENANCE_GRAPH)


def test_a_dump_is_of_one_moment_while_commits_happen(store):
    """What a commit adds while the pieces are read belongs to a later revision."""
    many = "".join(f'person:p{number} rdfs:label "{number}"@en .' for number in range(10_100))
    store.commit(change(many), COMMIT, expected=0)
    before = dumped(store)
    replaced = change('person:p2 rdfs:label "two"@en .', 'person:p1 rdfs:label "1"@en .')

    head, pieces = store.dump()
    first = next(pieces)
    writer = threading.Thread(target=lambda: store.commit(replaced, COMMIT, expected=1))
    writer.start()
    writer.join()

    assert (head, store.head()) == (1, 2)
    assert sorted(b"".join([first, *pieces]).splitlines()) == before


def test_no_reader_sees_a_part_of_a_revision_or_a_head_that_is_not_there_yet(store):
    """Each revision adds two triples of a graph and one of its head: a reader finds all of them, or none."""
    seen, done = [], threading.Event()

    def read() -> None:
        while not done.is_set():
            head = store.head()
            seen.append((head, len(contents(store, ONE))))

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(30):
        store.commit(
            change(f'person:p{number} a ap:Person ; rdfs:label "{number}"@en .'), COMMIT, expected=number
        )
    done.set()
    reader.join()

    assert {count % 2 for _, count in seen} == {0}
    assert [(head, count) for head, count in seen if count < 2 * head] == []


# The patch


def test_the_patches_in_turn_rebuild_the_store(store):
    filled(store)
    state: set = set()

    for number in (1, 2):
        made = patch.read(store.patch(number))
        state = state - made.removed | made.added

    assert state == frozenset(parse(b"".join(store.dump()[1]), format=RdfFormat.N_QUADS))


def test_a_patch_says_which_revision_it_makes_and_of_which(store):
    """https://afs.github.io/rdf-delta/rdf-patch.html: headers, then one transaction."""
    filled(store)

    first, second = (store.patch(number).decode().splitlines() for number in (1, 2))

    assert [line for line in first if line[0] not in "AD"] == [
        "H id <https://w3id.org/summitry/revision/1> .",
        "TX .",
        "TC .",
    ]
    assert second[:2] == [
        "H id <https://w3id.org/summitry/revision/2> .",
        "H prev <https://w3id.org/summitry/revision/1> .",
    ]


# Provenance


def test_what_a_graph_says_of_itself_is_repeated_while_it_says_so(store):
    source = "graph:one prov:wasDerivedFrom document:news ."
    store.commit(change(source), COMMIT, expected=0)
    assert quads(source, PROVENANCE_GRAPH) <= contents(store, PROVENANCE_GRAPH)

    store.commit(change(removed=source), COMMIT, expected=1)

    assert not quads(source, PROVENANCE_GRAPH) & contents(store, PROVENANCE_GRAPH)


def test_no_document_says_which_revision_made_its_graph(store):
    """PROV-O allows the statement; the system's own answer must not depend on it."""
    store.commit(change("graph:one prov:wasGeneratedBy ap:Somebody , wd:Q1 ."), COMMIT, expected=0)
    assert store.last_change(ONE) == 1

    store.commit(
        change(removed=f"graph:one prov:wasGeneratedBy <{provenance.REVISIONS}1> ."), COMMIT, expected=1
    )

    assert store.last_change(ONE) == 2
    assert store.revision(1).graphs == (ONE,)


@pytest.mark.parametrize("microsecond", [0, 120340, 120000, 1])
def test_the_time_of_a_revision_is_stored_as_it_is_recorded(microsecond):
    """The engine rewrites "12.50" to "12.5"; the patch in the ledger must be what the store holds."""
    at = datetime(2025, 10, 20, 10, 0, 0, microsecond, tzinfo=UTC)
    described = provenance.describe(Revision(1, at, COMMIT, (ONE,)), Changeset()).added
    held = Store()
    held.extend(described)

    assert set(held) == described
    assert provenance.read(1, described, [ONE]) == Revision(1, at, COMMIT, (ONE,))


def test_no_document_forges_a_revision(store):
    forged = provenance.iri(1)
    store.commit(change("person:ann a ap:Person ."), COMMIT, expected=0)

    store.commit(change(f'{forged} dcterms:contributor "mallory" .', graph=forged), COMMIT, expected=1)

    assert store.revision(1).commit == COMMIT


# What only a directory can do


@pytest.fixture
def directory(tmp_path) -> Path:
    return tmp_path / "store"


def test_reopening_gives_the_same(opener):
    if opener.again is None:
        pytest.skip("a temporary store ends with its process")
    before = dumped(filled(opener.store)), patches(opener.store), opener.store.revision(2)
    opener.store.close()

    again = opener.again()

    assert (dumped(again), patches(again), again.revision(2)) == before
    assert again.head() == 2


def test_a_large_addition_that_only_the_ledger_has_is_made_when_the_store_opens(tmp_path, monkeypatch):
    monkeypatch.setattr(patch, "LARGE", 1)
    store = EmbeddedStore(tmp_path)
    filled(store)
    before = dumped(store)
    store.close()
    shutil.rmtree(tmp_path / "graph")

    store = EmbeddedStore(tmp_path)

    assert store.head() == 2
    assert dumped(store) == before
    store.close()


def test_a_reopened_store_goes_on_from_its_head(opener):
    if opener.again is None:
        pytest.skip("a temporary store ends with its process")
    filled(opener.store).close()

    revision = opener.again().commit(change("person:cid a ap:Person ."), COMMIT, expected=2)

    assert revision.number == 3


def test_a_temporary_store_leaves_nothing_behind():
    store = filled(EmbeddedStore())
    directory = Path(store._temporary.name)
    assert directory.exists()

    store.close()

    assert not directory.exists()


def test_a_store_is_open_once_in_this_process_and_in_others(directory):
    store = EmbeddedStore(directory)
    opening = f"from summitry.store.embedded import *; EmbeddedStore(Path({str(directory)!r}))"

    with pytest.raises(StoreBusy):
        EmbeddedStore(directory)
    other = subprocess.run([sys.executable, "-c", opening], capture_output=True, text=True, check=False)

    assert "StoreBusy" in other.stderr
    store.commit(FIRST, COMMIT, expected=0)
    store.close()


def test_a_directory_that_cannot_be_a_store_is_refused(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(BadParameter):
        EmbeddedStore(tmp_path / "file")


def test_a_graph_that_is_no_graph_is_damaged(directory):
    filled(EmbeddedStore(directory)).close()
    (directory / "graph" / "CURRENT").write_text("nonsense")

    with pytest.raises(StoreDamaged):
        EmbeddedStore(directory)


def test_a_graph_that_knows_more_than_the_ledger_is_damaged(directory):
    """Nothing reaches the graph before it is in the ledger: a ledger without its end has lost it."""
    filled(EmbeddedStore(directory)).close()
    ledger = directory / "ledger"
    ledger.write_bytes(ledger.read_bytes()[:-1])

    for _ in range(2):
        with pytest.raises(StoreDamaged):
            EmbeddedStore(directory)
