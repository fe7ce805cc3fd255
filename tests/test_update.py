"""SPARQL 1.1 Update: its effect is found on a copy, judged like any write, and committed whole or not at all."""

import pytest
from pyoxigraph import NamedNode

from contract import entity
from servers import Server
from summitry.errors import BadParameter, InvalidDocument, MalformedQuery, OutboundRefused, SystemGraph
from summitry.model import Commit
from summitry.terms import GRAPHS, PREFIXES
from summitry.usecases.ingest import Outcome

PROLOGUE = "".join(f"PREFIX {name}: <{space}>\n" for name, space in PREFIXES.items())
ME = Commit("a curator", "a test")
PERSON = 'INSERT DATA { GRAPH graph:%s { person:%s a ap:Person ; rdfs:label "%s"@en } }'


def update(server: Server, text: str) -> Outcome:
    return server.run(server.service.ingest.update((PROLOGUE + text).encode(), ME))


def insert(server: Server, name: str) -> Outcome:
    return update(server, PERSON % (f"update-{name}", name, name))


def types(server: Server, name: str) -> set[str]:
    found = server.client.get(
        "/sparql", params={"query": f"SELECT ?t {{ <{entity(name).value}> a ?t }}", "format": "csv"}
    )
    return set(found.text.split()[1:])


def test_an_update_is_one_revision_and_is_seen_at_once(server):
    outcome = insert(server, "ada")

    assert (outcome.added, outcome.removed) == (2, 0)
    assert outcome.revision
    assert outcome.revision.commit.agent == "a curator"
    assert PREFIXES["ap"] + "Actor" in types(server, "person/ada")


def test_a_sequence_is_judged_by_the_state_that_it_leaves(server):
    """SPARQL 1.1 Update §3: the operations of a request are one; an invalid state between two of them is none."""
    outcome = update(
        server,
        "INSERT DATA { GRAPH graph:update-seq { person:eve a ap:Person } } ;"
        ' INSERT DATA { GRAPH graph:update-seq { person:eve rdfs:label "Eve"@en } }',
    )

    assert outcome.revision


def test_with_names_the_graph_that_is_changed(server):
    insert(server, "gus")

    outcome = update(
        server,
        "WITH graph:update-gus DELETE { ?p rdfs:label ?old } INSERT { ?p rdfs:label 'Gustav'@en } "
        "WHERE { ?p rdfs:label ?old }",
    )

    assert (outcome.added, outcome.removed) == (1, 1)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("INSERT DATA { GRAPH graph:update-bad { person:nameless a ap:Person } }", InvalidDocument),
        ("INSERT DATA { GRAPH graph:update-bad { person:x a ap:Persn } }", InvalidDocument),
        ('INSERT DATA { person:x a ap:Person ; rdfs:label "X"@en }', BadParameter),
        ("DELETE WHERE { person:bea ?p ?o }", BadParameter),
        ("CLEAR DEFAULT", BadParameter),
        ("INSERT DATA { GRAPH graph:system/ontology { ap:X a ap:Y } }", MalformedQuery),
        (
            "INSERT DATA { GRAPH <https://w3id.org/summitry/graph/system/ontology> { ap:X a ap:Y } }",
            SystemGraph,
        ),
        ("INSERT DATA { GRAPH graph:x ", MalformedQuery),
        ("SELECT * { ?s ?p ?o }", MalformedQuery),
        ("LOAD <http://127.0.0.1:1/x> INTO GRAPH graph:x", OutboundRefused),
        ("LOAD SILENT <http://127.0.0.1:1/x> INTO GRAPH graph:x", OutboundRefused),
    ],
)
def test_a_refused_update_changes_nothing(server, text, error):
    insert(server, "bea")
    before = server.state()

    with pytest.raises(error):
        update(server, text)

    assert server.state() == before


def test_delete_in_any_graph_by_a_variable_spares_the_system_graphs(server):
    insert(server, "ira")
    revisions = server.service.store.head()

    update(server, "DELETE { GRAPH ?g { person:ira ?p ?o } } WHERE { GRAPH ?g { person:ira ?p ?o } }")

    assert types(server, "person/ira") == set()
    assert server.service.store.head() == revisions + 1


def test_an_update_that_changes_nothing_makes_no_revision(server):
    insert(server, "kim")

    outcome = insert(server, "kim")

    assert outcome.revision is None


def test_blank_nodes_become_iris_that_a_later_delete_can_name(server):
    """SPARQL 1.1 Update §3.1.2: blank nodes are illegal in DELETE DATA."""
    update(server, 'INSERT DATA { GRAPH graph:update-blank { [] a ap:Person ; rdfs:label "Nobody"@en } }')

    held = list(server.service.store.quads(NamedNode(GRAPHS + "update-blank")))

    assert all(str(quad.subject).startswith("<") for quad in held)
