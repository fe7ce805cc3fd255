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
        ("SELECT * WHERE { ?s ?p ?o ", 1, 16, "this “{” is never closed; write “}” at its end"),
        ("SELECT * { ?s ?p ?o } }", 1, 23, "“}” closes nothing"),
        ("SELECT * {\n  ?s a ap:Person\n  ?s ap:holds ?o }", 3, 3, "a dot is missing before “?s”"),
        ("SELECT * { ?s ap:starts ?o ; ap:ends ?p ?s a ?c }", 1, 41, "a dot is missing before “?s”"),
        ("SELECT * { FILTER(STRLENGTH(?o) > 1) }", 1, 19, "did you mean STRLEN?"),
        ("SELECT * { ?s ?p ?o } LIMT 5", 1, 23, "LIMT is no word of SPARQL; did you mean LIMIT?"),
        ("SELECT ?s (COUNT(?o) AS ?n) { ?s ?p ?o }", 1, 41, "add it to GROUP BY"),
        ("SELECT ?s { ?s ?p }", 1, 20, "is expected before the end"),
        ("SELECT ?a (?b AS ?a) { ?a ?b ?c }", 1, 34, "choose another"),
        ("SELECT * { BIND(1 AS ?x) BIND(2 AS ?x) }", 1, 41, "cannot stand here"),
    ],
)
def test_the_place_and_the_remedy_are_told(query, line, column, words):
    assert told(query)[:2] == (line, column)
    assert words in told(query)[2]


def test_no_character_class_of_the_engines_grammar_is_shown():
    assert "[" not in told("SELECT * { ?s a ap:X ; foo ?y }")[2]
