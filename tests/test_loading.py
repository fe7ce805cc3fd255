"""Large files: loaded by the command, kept as lines, taken in at once; the outcome is that of any other write."""

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pyoxigraph import NamedNode, RdfFormat, Store, parse

from contract import HEAD
from servers import running
from summitry import media, patch, plain, progress
from summitry.cli import cli, shell
from summitry.documents import read
from summitry.media import TURTLE
from summitry.model import Commit, Method, Upload
from summitry.settings import Settings
from summitry.terms import GRAPHS, MERGE, UNNAMED

sys.path.append(str(Path(__file__).parent.parent / "benchmarks"))

from generate import document, graph

ANY_SIZE = 2**40
NAME = NamedNode("http://example.org/graph")
LARGE = "".join(document("large", range(150), 1))  # more than 10,000 triples
PREFIX = "@prefix : <http://example.org/> . "
PLAIN = ("--no-shapes", "--default-graph", "unnamed")


def load(directory: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["load", "--data", str(directory / "store"), *arguments])


def written(directory: Path, name: str, text: str) -> str:
    path = directory / name
    path.write_text(text)
    return str(path)


def test_a_file_may_build_on_the_one_before_it(tmp_path):
    """Within one command too, where nobody reads: workers are brought up before the next write."""
    ann = written(tmp_path, "ann.ttl", HEAD + 'person:ann a ap:Person ; rdfs:label "Ann"@en .')
    office = 'office:x a ap:LeadershipOffice ; rdfs:label "an office"@en ; ap:ofCountry country:us .'
    term = (
        'tenure:x a ap:Tenure ; ap:holder person:ann ; ap:office office:x ; ap:from "1801-01-01"^^xsd:date .'
    )
    tenure = written(tmp_path, "tenure.ttl", HEAD + office + term)

    result = load(tmp_path, ann, tenure)

    assert result.exit_code == 0, result.output
    assert "nothing declares" not in result.output
    assert "tenure.ttl: 7 triples to add, 0 to remove: revision 11" in result.stderr


def test_a_plain_store_is_loaded_by_the_command_too(tmp_path):
    file = written(tmp_path, "one.ttl", f"{PREFIX}:a :p 1 , [] .")

    result = load(tmp_path, *PLAIN, "--graph", NAME.value, file)

    assert result.exit_code == 0, result.output
    assert "2 triples to add, 0 to remove: revision 1" in result.stderr


def test_a_long_load_says_what_it_is_at(tmp_path, monkeypatch):
    monkeypatch.setattr(shell, "_SILENT_SECONDS", 0.05)
    file = written(tmp_path, "large.ttl", LARGE)

    result = load(tmp_path, file)

    steps = [line for line in result.stderr.splitlines() if ", after " in line]
    assert any("running the shapes, " in step for step in steps)
    assert "committing, after" in steps[-1]


def test_who_waits_for_a_job_hears_its_steps(server):
    """Of a child as well; who does not listen is told nothing, and nobody hears of another's job."""
    heard: list[str] = []
    upload = Upload(LARGE.encode(), TURTLE, NamedNode(graph("heard")))

    async def rehearse() -> None:
        with progress.heard_by(heard.append):
            await server.service.ingest.rehearse(upload)
        progress.tell("nobody hears this")

    server.run(rehearse())

    assert any(step.startswith("running the shapes") for step in heard)
    assert "nobody hears this" not in heard


@pytest.fixture(params=["", "oxigraph_server"], ids=["embedded", "oxigraph serve"])
def kept(request) -> Settings:
    """Give the settings of a service whose store is in its directory, or with a server."""
    if not request.param:
        return Settings(port=0)
    backend = request.getfixturevalue(request.param)
    backend.update("DROP ALL")
    return Settings(port=0, store=backend.url, store_seconds=60)


def test_a_large_addition_is_what_its_document_says(kept):
    """Counted, committed, described, read by workers, and undone, as any other write is."""
    name, text = NamedNode(graph("larger")), "".join(document("larger", range(250), 1))
    size = len(set(parse(text, RdfFormat.TURTLE)))

    with running(kept) as server:
        ingest, store = server.service.ingest, server.service.store
        before = sorted(b"".join(store.dump()[1]).splitlines())
        made = server.run(ingest.write(Upload(text.encode(), TURTLE, name), Commit("ann", "much")))
        found = server.client.get(
            "/sparql", params={"query": f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{name.value}> {{ ?s ?p ?o }} }}"}
        )
        described = [
            quad.predicate.value
            for quad in store.quads(NamedNode(GRAPHS + "system/provenance"))
            if quad.subject == name
        ]
        recorded = store.patch(made.revision.number)
        undone = server.run(ingest.revert(made.revision.number, Commit("ann", "too much")))
        after = sorted(
            line for line in b"".join(store.dump()[1]).splitlines() if b"/system/provenance>" not in line
        )

    assert len(recorded) > patch.LARGE
    assert (made.added, made.removed, made.revision.graphs) == (size, 0, (name,))
    assert found.json()["results"]["bindings"][0]["n"]["value"] == str(size)
    assert "http://www.w3.org/ns/prov#wasDerivedFrom" in described
    assert (undone.added, undone.removed) == (0, size)
    assert after == [line for line in before if b"/system/provenance>" not in line]


@pytest.mark.parametrize("graph", [NAME, UNNAMED])
@pytest.mark.parametrize("method", [Method.REPLACE, Method.ADD])
@pytest.mark.parametrize(
    "text",
    [
        ':a :p "01"^^<http://www.w3.org/2001/XMLSchema#integer> , 1 , 1.50 , "x"@en-GB , "x\\n\\"y\\"" , true .',
        ":a :p :b . :a :p :b . <relative> :p <> .",
        "\ufeff:é :p :a .",
        ':a :p "_:b [] (1) <<( @ar--rtl" .',
    ],
)
def test_the_first_content_of_a_plain_graph_is_what_any_write_would_make_of_it(
    monkeypatch, graph, method, text
):
    monkeypatch.setattr(plain, "LARGE", 0)
    text = PREFIX + text if text[0] == ":" or text[0] == "<" else text[0] + PREFIX + text[1:]
    upload = Upload(text.encode(), media.TURTLE, graph, method=method, base="http://example.org/base/")

    first = plain.first_content(Store(), upload, limit=ANY_SIZE)

    expected = plain.written(Store(), read(upload, limit=ANY_SIZE).quads, [graph], method)
    assert frozenset(first) == expected.added


@pytest.mark.parametrize(
    "text",
    [
        ":a :p [] .",
        "_:b :p :a .",
        ":a :p _:b .",
        ":a :p (1 2) .",
        ":a :p <<( :a :p :b )>> .",
        ':a :p "x"@ar--rtl .',
        ":a :p undeclared:b .",
        ":a :p .",
    ],
)
def test_what_needs_a_closer_look_gets_one(monkeypatch, text):
    """Blank nodes are told apart from those of other documents, mistakes are explained."""
    monkeypatch.setattr(plain, "LARGE", 0)

    upload = Upload((PREFIX + text).encode(), media.TURTLE, NAME)

    assert plain.first_content(Store(), upload, limit=ANY_SIZE) is None


@pytest.mark.parametrize("graph", [NAME, UNNAMED])
def test_what_is_there_already_is_compared(monkeypatch, graph):
    monkeypatch.setattr(plain, "LARGE", 0)
    store, upload = Store(), Upload(f"{PREFIX}:a :p 1 .".encode(), media.TURTLE, graph)
    store.bulk_load(
        b"<urn:a> <urn:b> <urn:c> .", RdfFormat.TURTLE, to_graph=MERGE if graph == UNNAMED else graph
    )

    assert plain.first_content(store, upload, limit=ANY_SIZE) is None


@pytest.mark.parametrize(
    "command",
    [["export"], ["query", "ASK {}"], ["history"], ["revert", "7"], ["merge", "person:a", "person:b"]],
)
def test_a_command_about_a_store_that_is_not_there_makes_none(tmp_path, command):
    """A misspelt directory would give a backup of the shipped graph, or the history of nothing."""
    answer = CliRunner().invoke(cli, [*command, "--data", str(tmp_path / "grph")])

    assert (answer.exit_code, "there is no store in" in answer.output) == (2, True)
    assert not list(tmp_path.iterdir())
