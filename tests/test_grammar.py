"""A query that is no SPARQL is answered with the place, and with what is to be written there."""

import pytest
from pyoxigraph import Store

from summitry.grammar import malformed
from summitry.terms import PREFIXES


def told(query: str, base: str | None = None) -> tuple[int, int, str]:
    with pytest.raises(SyntaxError) as raised:
        Store().query(query, base_iri=base, prefixes=dict(PREFIXES))
    error = malformed(str(raised.value.msg), query, has_base=bool(base))
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
        ("SELECT ?o { <Canada> a ?o }", 1, 13, "<Canada> is no absolute IRI; write it whole"),
        ("PREFIX p: <a/b#>\nASK { p:x a ?o }", 1, 11, "<a/b#> is no absolute IRI"),
        ("BASE <a>\nASK { <b> a ?o }", 1, 6, "<a> is no absolute IRI"),
        ("BASE <http://a.example/>\nASK { <b> a ?o ", 2, 5, "never closed"),
        ("ASK { <http://a.example/10%> a ?o }", 1, 7, "<http://a.example/10%> is no IRI; write % as %25"),
        ("ASK { <http://a.example/a b> a ?o }", 1, 7, "has a space in it, which no IRI has; write %20"),
        ("ASK { ?s ?p ?a FILTER(?a<5&&?a>3) ", 1, 5, "never closed"),
        (
            "INSERT DATA { ap:a a ap:B }",
            1,
            1,
            "INSERT begins an update, not a query; updates go to /sparql by POST",
        ),
        ("SELECT ?s, ?p { ?s ?p ?o }", 1, 10, "SELECT has no commas"),
        ("SELECT (CONCAT(?s, ?p) AS ?x), ?p { ?s ?p ?o }", 1, 30, "SELECT has no commas"),
        ("SELECT ?s COUNT(?o) { ?s ?p ?o }", 1, 11, "write (COUNT(…) AS ?name)"),
        ("SELECT * { { SELECT AVG(?o) { ?s ?p ?o } } }", 1, 21, "write (AVG(…) AS ?name)"),
        ("SELECT (MAX(?o) AS ?x) { ?s ?p ?o . FILTER(STRLENGTH(?o) > 1) }", 1, 44, "did you mean STRLEN?"),
        ("SELECT * { ?s ?p ?o } GROUP BY ?s", 1, 34, "name the variables of GROUP BY"),
        ("SELECT * { ?s https://a.example/p ?o }", 1, 15, "write <https://…>"),
        ("# nothing", 1, 1, "there is nothing in it; write SELECT, for example"),
    ],
)
def test_the_place_and_the_remedy_are_told(query, line, column, words):
    assert told(query)[:2] == (line, column)
    assert words in told(query)[2]


def test_a_relative_iri_is_no_mistake_where_there_is_a_base():
    query = "ASK { <Canada> a ?o "

    assert "is no absolute IRI" in told(query)[2]
    assert "never closed" in told(query, "http://a.example/")[2]


@pytest.mark.parametrize("form", ["INSERT", "DELETE"])
def test_variables_among_data_are_told_of(form):
    query = f"{form} DATA {{ ?s <http://a.example/p> 1 }}"
    with pytest.raises(SyntaxError) as raised:
        Store().update(query)

    told = str(malformed(str(raised.value.msg), query, is_update=True))

    assert told.startswith(f"{form} DATA has no variables")
    assert told.endswith(f"; write {form} {{ … }} WHERE {{ … }}")


def test_a_query_where_an_update_is_to_be_is_told_of():
    query = "PREFIX add: <http://a.example/>\nSELECT * { ?s add:p ?o }"
    with pytest.raises(SyntaxError) as raised:
        Store().update(query)

    error = malformed(str(raised.value.msg), query, is_update=True)

    assert (error.line, error.column) == (2, 1)
    assert "SELECT begins a query, not an update; send it as the parameter 'query'" in str(error)


def test_no_character_class_of_the_engines_grammar_is_shown():
    assert "[" not in told("SELECT * { ?s a ap:X ; foo ?y }")[2]
