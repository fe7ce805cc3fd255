"""SPARQL 1.1 Update: its effect is found on a copy, judged like any write, and committed whole or not at all."""

import re
from collections.abc import Callable
from random import Random

import pytest
from pyoxigraph import NamedNode, Quad, Store

from contract import entity, make, quads, rounds
from servers import Server
from summitry.errors import BadParameter, InvalidDocument, MalformedQuery, OutboundRefused, SystemGraph
from summitry.model import Changeset, Commit
from summitry.terms import GRAPHS, ONTOLOGY_GRAPH, PREFIXES
from summitry.update import effect
from summitry.usecases.rehearsing import Outcome

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


def test_an_operation_sees_what_those_before_it_wrote_and_what_follows_from_it(server):
    """SPARQL 1.1 Update §3: operations are done in order; the default graph is the merge, with inferred types."""
    update(
        server,
        PERSON
        % ("update-leo", "leo", "Leo")
        + " ; INSERT { GRAPH graph:update-leo { ?who rdfs:comment 'acts' } } "
        "WHERE { ?who a ap:Actor ; rdfs:label 'Leo'@en }",
    )

    held = server.service.store.quads(NamedNode(GRAPHS + "update-leo"))
    assert '"acts"' in {str(quad.object) for quad in held}


def test_what_an_earlier_operation_takes_back_is_seen_no_more_unless_the_ontology_says_it():
    """A triple stays in the merge as long as one graph holds it, of a source or of the system."""
    store = Store()
    triple = quads("<urn:a> <urn:eats> <urn:b> .", ONTOLOGY_GRAPH)
    make(store, Changeset(triple | quads("<urn:a> <urn:eats> <urn:b> , <urn:c> .", NamedNode("urn:G"))))

    found = effect(store, "CLEAR GRAPH <urn:G> ; INSERT { GRAPH <urn:H> { ?s ?p ?o } } WHERE { ?s ?p ?o }")

    assert found.added == quads("<urn:a> <urn:eats> <urn:b> .", NamedNode("urn:H"))


def test_a_blank_node_is_the_same_for_all_operations_of_a_request():
    found = effect(
        Store(),
        "INSERT DATA { GRAPH <urn:G> { [] <urn:eats> 1 } } ;"
        " INSERT { GRAPH <urn:H> { ?s ?p ?o } } WHERE { ?s ?p ?o FILTER isBlank(?s) }",
    )

    assert len(found.added) == 2
    assert len({quad.subject for quad in found.added}) == 1


# Operations with what they do to a set of statements, each a graph and a name; X and Y stand for graphs, N for a name

Statements = frozenset[tuple[str, str]]
OPERATIONS: dict[str, Callable[[Statements, str, str, str], Statements]] = {
    "INSERT DATA { GRAPH X { ex:a ex:eats ex:N } }": lambda held, x, _y, n: held | {(x, n)},
    "DELETE DATA { GRAPH X { ex:a ex:eats ex:N } }": lambda held, x, _y, n: held - {(x, n)},
    "DELETE WHERE { GRAPH X { ?s ?p ?o } }": lambda held, x, _y, _n: without(held, x),
    "CLEAR SILENT GRAPH X": lambda held, x, _y, _n: without(held, x),
    "DROP SILENT GRAPH X": lambda held, x, _y, _n: without(held, x),
    "ADD SILENT X TO Y": lambda held, x, y, _n: held | put(held, x, y),
    "COPY SILENT X TO Y": lambda held, x, y, _n: held if x == y else without(held, y) | put(held, x, y),
    "MOVE SILENT X TO Y": lambda held, x, y, _n: held if x == y else without(held, x, y) | put(held, x, y),
    "DELETE { GRAPH ?g { ?s ?p ex:N } } WHERE { GRAPH ?g { ?s ?p ex:N } }": lambda held, _x, _y, n: frozenset(
        (graph, name) for graph, name in held if name != n
    ),
    "WITH X DELETE { ?s ?p ?o } INSERT { ?s ?p ex:N } WHERE { ?s ?p ?o }": lambda held, x, _y, n: (
        without(held, x) | {(x, n) for graph, _ in held if graph == x}
    ),
    "INSERT { GRAPH X { ?s ?p ?o } } USING Y WHERE { ?s ?p ?o }": lambda held, x, y, _n: (
        held | put(held, y, x)
    ),
    # From here on the default graph, which is the merge, is read
    "INSERT { GRAPH X { ?s ?p ?o } } WHERE { ?s ?p ?o }": lambda held, x, _y, _n: held | merged(held, x),
    "COPY SILENT DEFAULT TO X": lambda held, x, _y, _n: without(held, x) | merged(held, x),
    "CLEAR ALL": lambda _held, _x, _y, _n: frozenset(),
    "INSERT { GRAPH X { ?s ?p ex:N } } WHERE { ?s ?p ?o FILTER NOT EXISTS { ?s ?p ex:N } }": (
        lambda held, x, _y, n: held | ({(x, n)} if held and (x, n) not in merged(held, x) else set())
    ),
    "DELETE { ?s ?p ex:N . GRAPH ?g { ?s ?p ex:N } } WHERE { ?s ?p ex:N . GRAPH ?g { ?s ?p ex:N } }": (
        lambda held, _x, _y, n: frozenset((graph, name) for graph, name in held if name != n)
    ),
    "PREFIX ex: <urn:> DELETE { GRAPH X { ?s ?p ?o } } WHERE { ?s ?p ?o MINUS { GRAPH Y { ?s ?p ?o } } }": (
        lambda held, x, y, _n: held - (put(held, x, x) - put(held, y, x))
    ),
    # And from here on it is written to, which goes to the workspace
    "INSERT DATA { ex:a ex:eats ex:N }": lambda held, _x, _y, n: (
        held if ("W", n) in merged(held, "W") else held | {("W", n)}
    ),
}


def without(held: Statements, *graphs: str) -> Statements:
    return frozenset((graph, name) for graph, name in held if graph not in graphs)


def put(held: Statements, source: str, target: str) -> Statements:
    """Give what a copy of the graph `source` is as `target`."""
    return frozenset((target, name) for graph, name in held if graph == source)


def merged(held: Statements, target: str) -> Statements:
    """Give what a copy of the merge is as `target`."""
    return frozenset((target, name) for _, name in held)


def as_quads(held: Statements) -> frozenset[Quad]:
    return frozenset().union(
        *(quads(f"<urn:a> <urn:eats> <urn:{name}> .", NamedNode(f"urn:{graph}")) for graph, name in held)
    )


@pytest.mark.parametrize("seed", rounds("SUMMITRY_TEST_UPDATE_ROUNDS", 50))
def test_the_effect_of_random_operations_is_the_difference_that_they_make(seed):
    """SPARQL 1.1 Update §3: the operations of a request are done in turn, each on what the last one left."""
    random, store = Random(seed), Store()
    held = frozenset((random.choice("GHI"), random.choice("bcd")) for _ in range(6))
    make(store, Changeset(as_quads(held)))
    after, operations = held, []
    for _ in range(random.randint(1, 6)):
        text, done = random.choice(list(OPERATIONS.items()))
        x, y, name = random.choice("GHI"), random.choice("GHI"), random.choice("bcd")
        after = done(after, x, y, name)
        names = {"X": f"<urn:{x}>", "Y": f"<urn:{y}>", "N": name}
        operations.append(re.sub(r"\b[XYN]\b", lambda m, names=names: names[m[0]], text))

    found = effect(store, "PREFIX ex: <urn:> " + " ; ".join(operations), NamedNode("urn:W"))

    assert found == Changeset(as_quads(after - held), as_quads(held - after)), operations
