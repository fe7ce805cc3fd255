"""A dry run tells what would change, entity by entity, and which new entities may be old ones."""

import pytest

from contract import HEAD
from servers import Server
from summitry.terms import GRAPHS
from summitry.usecases.difference import is_like

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
