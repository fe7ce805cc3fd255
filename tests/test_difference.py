"""A dry run tells what would change: entities, those that may be old ones, and the answers to the catalogue."""

import pytest
from click.testing import CliRunner

from contract import HEAD
from servers import Server
from summitry.cli import cli
from summitry.question import catalogue
from summitry.terms import GRAPHS
from summitry.usecases.difference import is_like
from summitry.usecases.foresight import Foresight, foresee

TURTLE = {"content-type": "text/turtle"}


def put(server: Server, name: str, turtle: str, **parameters: str) -> dict:
    headers = {**TURTLE, **server.bearer}
    address = {"graph": GRAPHS + name, **parameters}
    return server.client.put("/graphs", params=address, content=HEAD + turtle, headers=headers).json()


@pytest.mark.parametrize(
    ("name", "other", "alike"),
    [
        ("Donald J. TRUMP", "Donald Trump", True),
        ("TRUMP, Donald", "Donald Trump", True),
        ("Luiz Inácio Lula da Silva", "Luiz Inacio LULA DA SILVA", True),
        ("Xi Jinping", "Xi Zhongxun", False),
        ("Korea", "South Korea", False),
        ("", "", False),
        ("中国", "中国", True),
    ],
)
def test_names_are_alike_but_for_order_case_accents_and_initials(name, other, alike):
    assert is_like(name, other) is alike


def test_a_dry_run_groups_the_change_by_entity(server):
    put(server, "difference", 'person:ida a ap:Person ; rdfs:label "Ida"@en .')
    before = server.state()

    told = put(server, "difference", 'person:ida a ap:Person ; rdfs:label "Ida B."@en .', dry_run="true")

    (change,) = told["changes"]
    assert (change["entity"], change["label"], change["graph"]) == (
        "person:ida",
        "Ida B.",
        "graph:difference",
    )
    assert [len(change["added"]), len(change["removed"])] == [1, 1]
    assert server.state() == before


def test_a_dry_run_names_the_entity_that_a_new_one_looks_like(server):
    put(server, "difference-old", 'person:mary-smith a ap:Person ; rdfs:label "Mary Smith"@en .')

    told = put(
        server,
        "difference-new",
        'person:m-smith a ap:Person ; rdfs:label "Mary Q. SMITH"@en .',
        dry_run="true",
    )

    assert [(one["new"][-7:], one["existing"][-10:]) for one in told["lookalikes"]] == [
        ("m-smith", "mary-smith")
    ]


GLOOM = """
statement:gloom a ap:Opinion ; ap:saidBy organization:reuters ; ap:about meeting:trump-xi-apec-2025 ;
    ap:outlook "pessimistic" ; ap:gist "Nothing will come of it."@en ; ap:saidOn "2025-10-24"^^xsd:date ;
    ap:inDocument document:hawkinsight-trump-xi-apec ; ap:credence credence:reported ."""


def test_a_dry_run_tells_which_questions_would_have_another_answer(shipped):
    """Each is asked with its defaults before and after the change, which nothing keeps."""
    before = shipped.state()

    told = put(shipped, "gloom", GLOOM, dry_run="true")

    assert told["conforms"]
    assert told["answers"] == [
        {
            "name": "doubts",
            "title": "Who doubts that an event will settle what it is about?",
            "gains": 1,
            "losses": 0,
            "gained": ["doubter organization:reuters, outlook “pessimistic”"],
            "lost": [],
        },
        {
            "name": "outlooks",
            "title": "Who said what about the outlook of an event, and which way do they lean?",
            "gains": 1,
            "losses": 0,
            "gained": [
                "speaker organization:reuters, outlook “pessimistic”, gist “Nothing will come of it.”"
            ],
            "lost": [],
        },
    ]
    assert told["unfinished"] == []
    assert shipped.state() == before


def test_a_dry_run_of_a_deletion_tells_which_answers_would_be_lost(shipped):
    address = {"graph": GRAPHS + "hawkinsight-trump-xi-apec", "dry_run": "true"}

    told = shipped.client.delete("/graphs", params=address, headers=shipped.bearer).json()

    outlooks = next(one for one in told["answers"] if one["name"] == "outlooks")
    assert (outlooks["gains"], outlooks["losses"], len(outlooks["lost"])) == (0, 6, 5)


def test_a_change_that_touches_no_question_changes_no_answer(shipped):
    told = put(shipped, "ida", 'person:ida a ap:Person ; rdfs:label "Ida"@en .', dry_run="true")

    assert (told["answers"], told["unfinished"]) == ([], [])


def test_questions_that_there_is_no_time_for_are_named(shipped):
    update = f"INSERT DATA {{ GRAPH <{GRAPHS}ida> {{ person:ida a ap:Person ; rdfs:label 'Ida'@en }} }}"
    outcome = shipped.run(shipped.service.ingest.rehearse_update(update.encode()))

    told = shipped.run(foresee(shipped.service, outcome.change, budget=0))

    assert told == Foresight(unfinished=tuple(catalogue()))


def test_the_command_line_foretells_answers_too(tmp_path):
    file = tmp_path / "gloom.ttl"
    file.write_text(HEAD + GLOOM)

    result = CliRunner().invoke(cli, ["load", "--data", str(tmp_path / "graph"), "--dry-run", str(file)])

    assert result.exit_code == 0
    assert "another answer to doubts: Who doubts that an event will settle what it is about?" in result.stdout
    assert "  + doubter organization:reuters, outlook “pessimistic”" in result.stdout
