"""A query that is no SPARQL is answered with the place, and with what is to be written there."""

import pytest
from pyoxigraph import Store

from summitry.grammar import malformed
from summitry.terms import PREFIXES


def told(query: str) -> tuple[int, int, str]:
    with pytest.raises(SyntaxError) as raised:
        Store().query(query, prefixes=dict(PREFIXES))
    error = malformed(str(raised.value.msg), query)
    return error.line, error.column, str(error)


@pytest.mark.parametrize(
    ("query", "line", "column", "words"),
    [
        (
            "SELECT * { ?s foo:bar ?o }",
            1,
            15,
            "the prefix foo: is not declared; write PREFIX foo: <…> at the top",
        ),
        ("SELECT * {\n  ?s countr:us ?o }", 2, 6, "did you mean country:?"),
        ("SELECT (COUNT(*) AS ?n { ?s ?p ?o }", 1, 24, '")" is expected before “{”'),
        ("SELECT * WHERE { ?s ?p ?o ", 1, 27, "is expected before the end"),
        ("SELECT ?a (?b AS ?a) { ?a ?b ?c }", 1, 34, "choose another"),
        ("SELECT * { BIND(1 AS ?x) BIND(2 AS ?x) }", 1, 41, "cannot stand here"),
    ],
)
def test_the_place_and_the_remedy_are_told(query, line, column, words):
    assert told(query)[:2] == (line, column)
    assert words in told(query)[2]


def test_no_character_class_of_the_engines_grammar_is_shown():
    assert "[" not in told("SELECT * { ?s a ap:X ; foo ?y }")[2]
