"""A plain store: default graph, empty graphs and blank nodes as the standards have them, whole after any crash."""

import os
import signal
import sys
from pathlib import Path

import httpx
import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store, Triple

from servers import running
from summitry import blank, plain
from summitry.errors import BadParameter, Conflict, SystemGraph
from summitry.model import Changeset, Commit
from summitry.settings import Settings
from summitry.store.plain import PlainStore
from summitry.terms import MERGE, SYSTEM, UNNAMED

sys.path.append(str(Path(__file__).parent.parent / "benchmarks"))

from served import served

A, B, P = (NamedNode(f"http://example.org/{name}") for name in "abp")
NODE = BlankNode("node")
ME = Commit("a curator", "a test")
OPTIONS = ("--no-shapes", "--default-graph", "unnamed")
UPDATE = {"content-type": "application/sparql-update"}


def commit(store: PlainStore, *, added: set[Quad] = frozenset(), removed: set[Quad] = frozenset()) -> None:
    store.commit(Changeset(frozenset(added), frozenset(removed)), ME, expected=store.head())


def effect(store: Store, update: str) -> Changeset:
    return plain.effect(store, update, "http://example.org/")


@pytest.mark.parametrize(
    "quad",
    [
        Quad(NODE, P, BlankNode("other"), MERGE),
        Quad(A, P, Literal("1"), B),
        Quad(NamedNode(SYSTEM + "blank/node"), P, NamedNode(SYSTEM + "same/x"), MERGE),
        Quad(A, P, Triple(NODE, P, Triple(A, P, NODE)), B),
    ],
)
def test_a_blank_node_is_kept_under_a_name_that_nothing_else_has(quad):
    named = blank.named(quad)

    assert "_:" not in str(named)
    assert blank.unnamed(named) == quad


def test_what_a_blank_node_says_can_be_removed_again(tmp_path):
    """SPARQL 1.1 Update §3.1.2 has no blank nodes in DELETE DATA; a commit removes them all the same."""
    store = PlainStore(tmp_path)
    kept, gone = Quad(NODE, P, A, MERGE), Quad(NODE, P, B, MERGE)
    commit(store, added={kept, gone})

    commit(store, removed={gone}, added={Quad(NODE, P, NODE, A), plain.existence(A)})
    store.close()
    again = PlainStore(tmp_path)

    assert set(again.quads(UNNAMED)) == {kept}
    assert set(again.quads(A)) == {Quad(NODE, P, NODE, A)}
    assert again.last_change(UNNAMED) == 2
    again.close()


def test_an_empty_graph_is_there_until_it_is_dropped(tmp_path):
    """SPARQL 1.1 Update §3.2.1: CREATE makes an empty graph in stores that record empty graphs."""
    store = PlainStore(tmp_path)
    commit(store, added={plain.existence(A)})

    assert (store.graphs(), store.holds(A), store.holds(B)) == ([A], True, False)
    commit(store, removed={plain.existence(A)})
    assert store.graphs() == []
    store.close()


def test_a_copy_for_workers_holds_what_clients_wrote_and_nothing_else(tmp_path):
    store = PlainStore(tmp_path)
    commit(store, added={Quad(NODE, P, A, MERGE), plain.existence(B)})

    _, pieces = store.dump()
    lines = b"".join(pieces).decode().splitlines()
    store.close()

    assert sorted(lines) == sorted([f"{Quad(NODE, P, A, MERGE)} .", f"{plain.existence(B)} ."])


@pytest.mark.parametrize(
    ("update", "added", "removed"),
    [
        ("CREATE GRAPH <b>", {plain.existence(B)}, set()),
        ("INSERT DATA { <a> <p> <b> }", {Quad(A, P, B, MERGE)}, set()),
        ("DROP GRAPH <a>", set(), {plain.existence(A), Quad(NODE, P, B, A)}),
        ("CLEAR GRAPH <a>", set(), {Quad(NODE, P, B, A)}),
        ("CLEAR DEFAULT", set(), {Quad(NODE, P, A, MERGE)}),
        ("DROP ALL", set(), {plain.existence(A), Quad(NODE, P, B, A), Quad(NODE, P, A, MERGE)}),
        ("COPY <a> TO <b>", {plain.existence(B), Quad(NODE, P, B, B)}, set()),
        (
            "MOVE <a> TO DEFAULT",
            {Quad(NODE, P, B, MERGE)},
            {plain.existence(A), Quad(NODE, P, B, A), Quad(NODE, P, A, MERGE)},
        ),
        ("ADD DEFAULT TO <a>", {Quad(NODE, P, A, A)}, set()),
        ("DELETE WHERE { GRAPH <a> { ?s ?p ?o } }", set(), {Quad(NODE, P, B, A)}),
    ],
)
def test_an_update_changes_what_the_standard_says(update, added, removed):
    """SPARQL 1.1 Update §3.1 and §3.2, on a default graph and a graph <a> that share a blank node."""
    store = Store()
    store.extend([Quad(NODE, P, A, MERGE), Quad(NODE, P, B, A)])

    assert effect(store, update) == Changeset(frozenset(added), frozenset(removed))


def test_to_create_a_graph_that_is_there_fails():
    """SPARQL 1.1 Update §3.2.1: if the graph exists, CREATE fails, unless SILENT."""
    store = Store()
    store.add_graph(A)

    with pytest.raises(Conflict):
        effect(store, "CREATE GRAPH <a>")
    assert effect(store, "CREATE SILENT GRAPH <a>") == Changeset()


@pytest.mark.parametrize("name", ["graphs", "provenance", "anything"])
def test_the_names_that_the_store_keeps_for_itself_are_refused(name):
    with pytest.raises(SystemGraph):
        effect(Store(), f"INSERT DATA {{ GRAPH <{SYSTEM}{name}> {{ <a> <p> <b> }} }}")


def test_a_service_that_is_killed_has_every_revision_and_the_same_blank_nodes(tmp_path):
    """kill -9 between two writes: what was acknowledged is there, under the labels that the ledger has."""
    options = ("--data", str(tmp_path), "--open", *OPTIONS)
    question = {"query": "SELECT * { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } } ORDER BY ?g ?p ?o"}
    with served(*options) as service, httpx.Client(base_url=service.url) as client:
        for update in (
            "INSERT DATA { [] <p> [ <q> 1 ] } ; CREATE GRAPH <empty>",
            "DELETE { ?s <p> ?o } INSERT { GRAPH <g> { ?s <p> ?o } } WHERE { ?s <p> ?o }",
        ):
            assert client.post("/sparql", content=update, headers=UPDATE).status_code == 204
        before = client.get("/sparql.tsv", params=question).text
        os.kill(service.pid, signal.SIGKILL)
    with served(*options) as service, httpx.Client(base_url=service.url) as client:
        after = client.get("/sparql.tsv", params=question).text
        graphs = [graph["graph"] for graph in client.get("/graphs").json()["graphs"]]

    assert after == before
    assert before.count("\n") == 3
    assert [name.rpartition("/")[2] for name in graphs] == ["empty", "g"]


@pytest.mark.parametrize(
    "settings",
    [
        Settings(empty=True, no_shapes=True),
        Settings(empty=True, default_graph="unnamed"),
        Settings(empty=True, default_graph="other", no_shapes=True),
    ],
)
def test_half_of_a_plain_store_is_refused(settings):
    with pytest.raises(BadParameter, match="--default-graph"), running(settings):
        pass


def test_a_store_is_opened_as_what_it_was_made(tmp_path):
    """Rules that were not kept from the beginning would be broken by what is there already."""
    kinds = {
        name: {"empty": True, "data": str(tmp_path / name), "port": 0} for name in ("plain", "with-rules")
    }
    plainly = {"no_shapes": True, "default_graph": "unnamed"}
    with running(Settings(**kinds["with-rules"])):
        pass
    with running(Settings(**kinds["plain"], **plainly, open=True)) as server:
        server.client.post("/sparql", content="INSERT DATA { <a> <b> <c> }", headers=UPDATE)

    with (
        pytest.raises(BadParameter, match="without --no-shapes"),
        running(Settings(**kinds["with-rules"], **plainly)),
    ):
        pass
    with pytest.raises(BadParameter, match="is a plain one"), running(Settings(**kinds["plain"])):
        pass
