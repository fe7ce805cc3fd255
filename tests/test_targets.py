"""Which graphs an update can write to: the effect found in those alone is the effect found in all."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode, Quad, Store

from summitry import update
from summitry.errors import SummitryError
from summitry.targets import targets
from summitry.terms import GRAPHS, MERGE

A, B = NamedNode(f"{GRAPHS}a"), NamedNode(f"{GRAPHS}b")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("INSERT DATA { GRAPH graph:a { <urn:s> <urn:p> '{ GRAPH <urn:no>' } } # GRAPH <urn:no> {", {A}),
        (f"PREFIX x: <{GRAPHS}> WITH x:a DELETE {{ ?s ?p ?o }} WHERE {{ GRAPH x:b {{ ?s ?p ?o }} }}", {A}),
        ("DELETE WHERE { GRAPH graph:a { ?s ?p ?o } . GRAPH graph:b { ?s ?p ?o } }", {A, B}),
        ("WITH graph:a INSERT { ?s ?p 1 . GRAPH graph:b { ?s ?p 2 } } WHERE { ?s ?p ?o }", {A, B}),
        ("DELETE DATA { GRAPH graph:a {} } ; INSERT DATA { GRAPH graph:b { <urn:s> <urn:p> 1 } }", {A, B}),
        ("INSERT { GRAPH graph:a { ?s ?p 1 } } WHERE { GRAPH ?g { ?s ?p ?o FILTER(?o<1&&?o>0) } }", {A}),
        ("INSERT { GRAPH ?g { ?s ?p 1 } } WHERE { GRAPH ?g { ?s ?p ?o } }", None),
        ("INSERT DATA { <urn:s> <urn:p> 1 . GRAPH graph:a { <urn:s> <urn:p> 1 } }", None),
        ("WITH graph:a DELETE { ?s ?p ?o } WHERE { ?s ?p ?o } ; DELETE WHERE { ?s ?p ?o }", None),
        ("INSERT { GRAPH graph:a { ?s ?p 1 } } USING graph:b WHERE { ?s ?p ?o }", None),
        ("CLEAR GRAPH graph:a", None),
        ("COPY graph:a TO graph:b", None),
        ("BASE <urn:x:> INSERT DATA { GRAPH <a> { <urn:s> <urn:p> 1 } }", None),
        ("INSERT DATA { GRAPH <\\u0075rn:x> { <urn:s> <urn:p> 1 } }", None),
        ("INSERT DATA { GRAPH no:x { <urn:s> <urn:p> 1 } }", None),
        ("PREFIX graph: <urn:x:> INSERT DATA { GRAPH graph:a { <urn:s> <urn:p> 1 } }", None),
        ("WITH graph:a DELETE { ?s ?p ?o GRAPHgraph:b { ?s ?p ?o } } WHERE { ?s ?p ?o }", None),
        ("INSERT DATA { GRAPH graph:a { <urn:s> <urn:p> 1", None),
        ("WITH", None),
        ("PREFIX x:", None),
    ],
)
def test_the_graphs_are_told_where_the_text_is_plain(text, expected):
    assert targets(text) == expected


NAME = st.sampled_from(["graph:a", f"<{GRAPHS}b>", "graph:c", "?g"])
TRIPLE = st.sampled_from(["<urn:1> <urn:p> <urn:2> .", "<urn:2> <urn:p> <urn:1> .", "<urn:1> <urn:q> 'x{' ."])
PATTERN = st.sampled_from(["?s ?p ?o .", "?s <urn:p> ?o .", "<urn:1> ?p ?o ."])
WHERE = st.builds("WHERE {{ GRAPH ?g {{ ?s ?p ?o . {} }} }}".format, PATTERN)


def block(content: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    graph = st.builds("GRAPH {} {{ {} }} ".format, NAME, content)
    return st.lists(graph | content, min_size=1, max_size=3).map(" ".join)


OPERATION = st.one_of(
    st.builds("INSERT DATA {{ {} }}".format, block(TRIPLE)),
    st.builds("DELETE DATA {{ {} }}".format, block(TRIPLE)),
    st.builds("DELETE WHERE {{ {} }}".format, block(PATTERN)),
    st.builds(
        "{} DELETE {{ {} }} INSERT {{ {} }} {}".format,
        st.sampled_from(["", "WITH graph:a", "WITH graph:d"]),
        block(PATTERN),
        block(TRIPLE | st.just("?s <urn:new> ?o .")),
        WHERE,
    ),
    st.sampled_from(["CLEAR GRAPH graph:a", "MOVE graph:a TO graph:b", "DROP SILENT GRAPH graph:c"]),
)


def filled() -> Store:
    store = Store()
    for name in (MERGE, A, B, NamedNode(f"{GRAPHS}c")):
        for subject, value in (("1", "2"), ("2", "3")):
            store.add(Quad(NamedNode(f"urn:{subject}"), NamedNode("urn:p"), NamedNode(f"urn:{value}"), name))
    return store


def outcome(text: str):
    try:
        return update.effect(filled(), text, A)
    except (SummitryError, RuntimeError) as error:
        return type(error)


@settings(max_examples=300, deadline=None)
@given(st.lists(OPERATION, min_size=1, max_size=3).map(" ; ".join))
def test_the_effect_in_those_graphs_is_the_whole_effect(text):
    narrowed = outcome(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(update, "targets", lambda _: None)
        whole = outcome(text)

    assert narrowed == whole
