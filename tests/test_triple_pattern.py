"""A query that is one triple pattern is told from others, and answered as the engine answers it."""

import json
from collections import Counter
from types import SimpleNamespace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyoxigraph import (
    BaseDirection,
    BlankNode,
    Literal,
    NamedNode,
    Quad,
    QueryResultsFormat,
    Store,
    Triple,
)

from summitry.settings import Settings
from summitry.terms import LABEL, MERGE, PREFIXES, TYPE, XSD
from summitry.triple_pattern import ROWS, triple_pattern
from summitry.usecases.ask import at_once

A, B, PLAIN, LATE = (NamedNode(f"{PREFIXES['person']}{name}") for name in ("a", "b", "plain", "late"))
KNOWS = NamedNode("https://a.example/knows#well")
VALUES = [
    A,
    BlankNode("b1"),
    Literal("x"),
    Literal('q"\\\n\u0001\u2028 é 😀'),
    Literal("y", language="en-GB"),
    Literal("2025-11-10", datatype=NamedNode(XSD + "date")),
    Literal(7),
    Literal("none", datatype=NamedNode("https://a.example/type")),
]
LATE_VALUES = [Literal("z", language="ar", direction=BaseDirection.RTL), Triple(A, KNOWS, B)]
STORE = Store()
STORE.extend(
    [
        *(Quad(PLAIN, predicate, value) for predicate in (KNOWS, LABEL) for value in VALUES),
        *(Quad(LATE, KNOWS, value) for value in (*VALUES, *LATE_VALUES)),
        Quad(PLAIN, TYPE, B),
        Quad(PLAIN, LABEL, Literal("of one source"), NamedNode("https://a.example/source")),
    ]
)


def found(sparql: str, *, rows: int = ROWS) -> bytes | None:
    """Give the answer without the engine, None where there is none."""
    pattern = triple_pattern(sparql.encode())
    if pattern is None:
        return None
    fits = STORE.quads_for_pattern(pattern.subject, pattern.predicate, pattern.object, MERGE)
    return pattern.answer(fits, rows=rows)


def asked(sparql: str) -> bytes:
    results = STORE.query(sparql, prefixes=dict(PREFIXES))
    return results.serialize(format=QueryResultsFormat.JSON)


def rows(content: bytes) -> tuple[object, Counter[str]]:
    """Give what an answer says but for the order of its rows."""
    shown = json.loads(content)
    bindings = shown.pop("results", {}).get("bindings", [])
    return shown, Counter(json.dumps(row, sort_keys=True) for row in bindings)


@pytest.mark.parametrize(
    "sparql",
    [
        "SELECT ?label { person:plain rdfs:label ?label }",
        "select $label where { person:plain rdfs:label $label . } limit 1000",
        "SELECT*WHERE{<https://w3id.org/summitry/id/person/plain> ?property ?value}",
        "SELECT ?v ?p { person:plain ?p ?v }",
        "SELECT ?p { person:plain ?p ?v }",
        "SELECT ?v ?w { person:plain rdfs:label ?v }",
        "SELECT ?class { person:plain a ?class }",
        "SELECT ?p { person:plain ?p person:b }",
        "ASK { person:plain ?p ?v }",
        "ASK WHERE { person:plain rdf:type person:b }",
        "PREFIX p: <https://w3id.org/summitry/id/person/>\nPREFIX k: <https://a.example/knows#>\n"
        "SELECT ?v # that is all\nWHERE { p:plain k:well ?v } # 1",
        # What the query declares goes before what every query may use.
        "PREFIX rdfs: <https://a.example/knows#> SELECT ?v { person:plain rdfs:well ?v }",
        "PREFIX k: <https://a.example/> PREFIX k: <https://a.example/knows#> SELECT ?v { person:plain k:well ?v }",
    ],
)
def test_it_is_answered_as_the_engine_answers_it(sparql):
    content = found(sparql)

    assert content is not None
    assert rows(content) == rows(asked(sparql))


@pytest.mark.parametrize(
    "sparql",
    [
        "SELECT DISTINCT ?v { person:plain rdfs:label ?v }",
        "SELECT ?v { person:plain rdfs:label ?v } OFFSET 1",
        "SELECT ?v { person:plain rdfs:label ?v } ORDER BY ?v",
        "SELECT ?v { ?s rdfs:label ?v }",
        "SELECT ?v { person:plain ?v ?v }",
        "SELECT ?v ?v { person:plain rdfs:label ?v }",
        # Not the boolean that ASK is answered with: a row without columns.
        "SELECT * { person:plain a person:b }",
        "SELECT ?v { person:plain rdfs:label ?v ; ?p ?w }",
        "SELECT ?v { person:plain rdfs:label|a ?v }",
        "SELECT ?v { person:plain rdfs:label 'x' }",
        "SELECT ?v { GRAPH ?g { person:plain rdfs:label ?v } }",
        "SELECT ?v FROM <https://a.example/source> { person:plain rdfs:label ?v }",
        "SELECT (1 AS ?v) { person:plain rdfs:label ?w }",
        "SELECT ?v { unknown:plain rdfs:label ?v }",
        "SELECT ?v { <plain> rdfs:label ?v }",
        # Whether or not it is used, a prefix must stand for an IRI.
        "PREFIX p: <https://a.example/%> SELECT ?v { person:plain rdfs:label ?v }",
        "PREFIX p: <https://a.example/%> SELECT ?v { p:41 rdfs:label ?v }",
        "SELECT ?v { person:plain A ?v }",
        "SELECT ?v { person:plain rdfs:label ?v",
        "SELECT ?v { person:plain rdfs:label ?v } }",
        "SELECT ?v { person:plain rdfs:label ?é }",
        "SELECT ?v { person:plain rdfs:label ?v }" + " " * 1000,
        # Nothing is declared in a comment.
        "# PREFIX rdfs: <https://a.example/knows#>\nSELECT ?v { person:plain rdfs:label ?v }",
    ],
)
def test_another_query_is_left_to_a_worker(sparql):
    assert triple_pattern(sparql.encode()) is None


@pytest.mark.parametrize(
    "sparql",
    [
        "SELECT ?v { person:nobody rdfs:label ?v }",
        "SELECT ?v { person:plain rdfs:label ?v } LIMIT 0",
        "ASK { person:nobody ?p ?v }",
        # Terms of RDF 1.2.
        "SELECT ?v { person:late ?p ?v }",
    ],
)
def test_so_is_one_that_finds_nothing_or_what_needs_more_than_json(sparql):
    assert triple_pattern(sparql.encode()) is not None
    assert found(sparql) is None


def test_more_rows_than_one_may_have_are_left_to_a_worker():
    sparql = "SELECT ?v { person:plain rdfs:label ?v }"

    assert found(sparql, rows=len(VALUES)) is not None
    assert found(sparql, rows=len(VALUES) - 1) is None
    assert found(sparql + " LIMIT 3", rows=3) is not None


def test_it_stops_reading_when_there_is_more_than_it_answers():
    pattern = triple_pattern(b"SELECT ?v { person:plain rdfs:label ?v }")
    long = Quad(PLAIN, LABEL, Literal("x" * 70_000))
    many = iter([Quad(PLAIN, LABEL, Literal(str(n))) for n in range(10 * ROWS)])
    large = iter([long] * 10)

    assert pattern is not None
    assert pattern.answer(many, rows=ROWS) is None
    assert pattern.answer(large, rows=ROWS) is None
    assert len([*many]) == 9 * ROWS - 1
    assert len([*large]) == 9


TOKENS = [
    *(
        "SELECT",
        "select",
        "ASK",
        "WHERE",
        "LIMIT",
        "PREFIX",
        "DISTINCT",
        "BASE",
        "FROM",
        "?v",
        "?p",
        "$v",
        "*",
    ),
    *(
        "{",
        "}",
        ".",
        ";",
        "a",
        "A",
        "1",
        "0",
        "3",
        "-",
        "'x'",
        "#",
        "# x: <https://a.example/>\n",
        "\n",
        "\\",
    ),
    *("person:plain", "rdfs:label", "person:", "p:", "p:plain", "person:plain.", "rdfs:label?v", "_:b", "[]"),
    *(
        "<https://w3id.org/summitry/id/person/>",
        "<https://w3id.org/summitry/id/person/plain>",
        "<plain>",
        "<a b>",
    ),
]
FORM = ["SELECT", "?v", "WHERE", "{", "person:plain", "rdfs:label", "?v", ".", "}", "LIMIT", "3"]


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Give tokens in any order, most often something like a pattern, with gaps between them or none."""
    start = draw(st.sampled_from([[], ["PREFIX", "p:", "<https://w3id.org/summitry/id/person/>"]]))
    tokens = [*start, *FORM] if draw(st.booleans()) else draw(st.lists(st.sampled_from(TOKENS), max_size=14))
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, len(tokens)))
        tokens[place : place + draw(st.integers(0, 1))] = [draw(st.sampled_from(TOKENS))]
    return "".join(token + draw(st.sampled_from([" ", " ", " ", "", "\n", "# \n"])) for token in tokens)


@given(texts())
@example("SELECT*{person:plain a ?v}")
@example("SELECT*{person:plain a person:b}LIMIT 3")
def test_whatever_is_taken_for_one_the_engine_understands_in_the_same_way(sparql):
    content = found(sparql)

    if content is not None:
        assert rows(content)[0] == rows(asked(sparql))[0]
        assert sum(rows(content)[1].values()) == sum(rows(asked(sparql))[1].values())
        if "limit" not in sparql.lower():
            assert rows(content) == rows(asked(sparql))


class Disk:
    """A store at revision 3 that gives what STORE does, or fails as a disk does."""

    def __init__(self, *, is_broken: bool = False, moved: int = 0) -> None:
        self._is_broken = is_broken
        self._moved = moved

    def head(self) -> int:
        return 3

    def is_at(self, number: int) -> bool:
        return number == 3 + self._moved

    def about(self, subject, predicate, value):
        if self._is_broken:
            raise OSError("the disk is gone")
        return STORE.quads_for_pattern(subject, predicate, value, MERGE)


class Elsewhere(Disk):
    """A store on another server."""

    def about(self, *_):
        return None


def at_hand(store: Disk, *, revision: int = 3, accept: str = "", **settings: object):
    service = SimpleNamespace(
        settings=Settings(**settings), store=store, workers=SimpleNamespace(revision=revision)
    )
    return at_once(service, b"SELECT ?v { person:plain rdfs:label ?v }", accept=accept)


def test_an_answer_at_once_tells_its_revision():
    answer = at_hand(Disk(), result_rows=len(VALUES))

    assert answer is not None
    assert (answer.revision, answer.meta["media"]) == (3, "application/sparql-results+json")
    assert answer.body.read() == found("SELECT ?v { person:plain rdfs:label ?v }")


@pytest.mark.parametrize(
    ("store", "options"),
    [
        (Disk(), {"revision": 2}),
        (Disk(moved=1), {}),
        (Disk(is_broken=True), {}),
        (Elsewhere(), {}),
        (Disk(), {"accept": "text/csv"}),
        (Disk(), {"result_rows": len(VALUES) - 1}),
        (Disk(), {"result_bytes": 100}),
        (Disk(), {"query_bytes": 20}),
        (Disk(), {"no_shapes": True, "default_graph": "unnamed"}),
    ],
)
def test_what_a_limit_a_change_or_the_disk_forbids_is_left_to_a_worker(store, options):
    """It tells the client of the limit, or has the graph as it is from now on."""
    assert at_hand(store, **options) is None
