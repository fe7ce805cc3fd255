"""The official test suites of SPARQL 1.0 and 1.1 over HTTP, put to a plain store; see `w3c`.

Literals are compared as the engine writes them: `"01"^^xsd:integer` is 1 on both sides.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

import pytest
from httpx import Response
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    RdfFormat,
    Store,
    Triple,
    parse,
    parse_query_results,
)

import w3c
from jars import SUITES
from servers import Server, running
from summitry.settings import Settings
from w3c import BASE, Case

RS: Final = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
MEDIA: Final = {
    "srj": "application/sparql-results+json",
    "tsv": "text/tab-separated-values",
    "csv": "text/csv",
}
XML: Final = "application/sparql-results+xml"
N_TRIPLES: Final = "application/n-triples"
ROW: Final = NamedNode("urn:row")
# What is otherwise here, and why: each of these fails, or this list lies.
OTHERWISE: Final = {
    "nothing that a client sends makes the server ask another": (
        *("update-silent/load-silent", "update-silent/load-into-silent"),
        *(f"syntax-update-1/test_{number}" for number in (1, 2, 3, 4, 37)),
        *(f"syntax-fed/test_{number}" for number in (1, 2, 3)),
    ),
    "LOAD is refused before it is read, with 403": (
        *(f"syntax-update-1/test_{number}" for number in (41, 47, 48, 49)),
    ),
    "the engine writes numbers in one form, so terms that differ by their form alone are one": (
        *(f"distinct/distinct-{number}" for number in (1, 2, 9)),
        *("expr-builtin/dawg-str-1", "expr-builtin/dawg-str-2", "expr-builtin/sameTerm-simple"),
        *("expr-builtin/sameTerm-eq", "expr-builtin/sameTerm-not-eq", "expr-equals/eq-graph-1"),
        *("expr-equals/eq-graph-2", "open-world/open-eq-01", "csv-tsv-res/csv03"),
    ),
    "SPARQL 1.1 has no numbers that end with a dot": (
        *("basic/term-6", "basic/term-7", "syntax-sparql1/syntax-lit-08"),
    ),
    "RDF 1.1 gives plain literals a datatype": ("functions/strdt03", "functions/strlang03"),
    "the engine compares dates as XML Schema 1.1 does": ("open-world/date-2",),
    "the suite has both readings of a filter in nested groups": (
        "optional-filter/dawg-optional-filter-005-simplified",
    ),
    "the engine reads ?x<?a&&?b>?y as comparisons, not as an IRI": ("syntax-sparql3/syn-bad-26",),
    "the engine's BNODE(text) gives another node each time": ("functions/bnode01",),
}
KNOWN: Final = {name: reason for reason, names in OTHERWISE.items() for name in names}

Term = NamedNode | BlankNode | Literal | Triple
Row = frozenset[tuple[str, Term]]
Rows = tuple[Counter[Row], frozenset[Quad]]


@pytest.fixture(scope="module")
def plain() -> Iterator[Server]:
    settings = Settings(empty=True, no_shapes=True, default_graph="unnamed", open=True, port=0, workers=2)
    with running(settings) as server:
        yield server


def of_kind(*kinds: str) -> list:
    cases = [case for case in w3c.cases() if case.kind in kinds]
    if not cases:
        return [pytest.param(None, marks=pytest.mark.skip(reason=SUITES.lacking))]
    return [pytest.param(case, id=case.name, marks=_marks(case)) for case in cases]


def _marks(case: Case) -> list[pytest.MarkDecorator]:
    return [pytest.mark.xfail(reason=KNOWN[case.name])] if case.name in KNOWN else []


@pytest.mark.parametrize("case", of_kind("QueryEvaluationTest"))
def test_queries_have_the_answers_of_the_suites(plain, case):
    fill(plain, case.data if case.data != w3c.Dataset() else named_in(case))

    answer = ask(plain, case, accept=MEDIA.get(ending(case.result), f"{XML}, {N_TRIPLES};q=0.9"))

    assert answer.status_code == 200, answer.text
    found, wanted = results_in(answer), expected(case)
    assert found == wanted or (case.is_lax and once(found) == once(wanted))


@pytest.mark.parametrize("case", of_kind("CSVResultFormatTest"))
def test_answers_in_csv_are_those_of_the_suites(plain, case):
    fill(plain, case.data)

    answer = ask(plain, case, accept="text/csv")

    assert cells(answer.text) == cells(w3c.text(case.result).decode())


@pytest.mark.parametrize("case", of_kind("UpdateEvaluationTest"))
def test_updates_leave_what_the_suites_say(plain, case):
    fill(plain, case.data)

    answer = send(plain, based(case))

    assert answer.status_code == 204, answer.text
    assert canonical(stored(plain)) == canonical(quads(case.outcome))


@pytest.mark.parametrize("case", of_kind("PositiveSyntaxTest", "PositiveSyntaxTest11"))
def test_queries_that_are_sparql_are_answered(plain, case):
    assert ask(plain, case).status_code == 200


@pytest.mark.parametrize("case", of_kind("NegativeSyntaxTest", "NegativeSyntaxTest11"))
def test_queries_that_are_no_sparql_are_refused(plain, case):
    assert ask(plain, case).status_code == 400


@pytest.mark.parametrize("case", of_kind("PositiveUpdateSyntaxTest11"))
def test_updates_that_are_sparql_are_carried_out(plain, case):
    fill(plain, w3c.Dataset())

    assert send(plain, based(case)).status_code == 204


@pytest.mark.parametrize("case", of_kind("NegativeUpdateSyntaxTest11"))
def test_updates_that_are_no_sparql_are_refused(plain, case):
    assert send(plain, based(case)).status_code == 400


def ask(plain: Server, case: Case, accept: str = XML) -> Response:
    headers = {"accept": accept, "content-type": "application/sparql-query"}
    return plain.client.post("/sparql", content=based(case), headers=headers)


def send(plain: Server, update: bytes) -> Response:
    return plain.client.post("/sparql", content=update, headers={"content-type": "application/sparql-update"})


def based(case: Case) -> bytes:
    """Give what is sent: relative names are those of files beside it."""
    return f"BASE <{BASE}{case.request}>\n".encode() + w3c.text(case.request)


def fill(plain: Server, data: w3c.Dataset) -> None:
    """Make `data` all that the store holds."""
    pieces = ["DROP ALL"]
    pieces += [f"CREATE SILENT GRAPH <{name}>" for name, _ in data.named]
    statements = (
        f"{quad.triple} ."
        if isinstance(quad.graph_name, DefaultGraph)
        else f"GRAPH {quad.graph_name} {{ {quad.triple} }}"
        for quad in quads(data)
    )
    pieces.append(f"INSERT DATA {{ {' '.join(statements)} }}")
    answer = send(plain, " ;\n".join(pieces).encode())
    assert answer.status_code == 204, answer.text


def named_in(case: Case) -> w3c.Dataset:
    """Give the graphs that the query itself names: the suites leave it to the service to have them."""
    found = re.findall(r"FROM\s+(?:NAMED\s+)?<([^>]+)>", w3c.text(case.request).decode())
    directory = case.request.rpartition("/")[0]
    return w3c.Dataset(named=tuple((f"{BASE}{directory}/{name}", f"{directory}/{name}") for name in found))


def quads(data: w3c.Dataset) -> list[Quad]:
    default = [Quad(*triple) for path in data.default for triple in w3c.triples(path)]
    return default + [
        Quad(*triple, NamedNode(name)) for name, path in data.named for triple in w3c.triples(path)
    ]


def stored(plain: Server) -> list[Quad]:
    query = "SELECT * { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
    answer = plain.client.get("/sparql", params={"query": query}, headers={"accept": MEDIA["srj"]})
    found = parse_query_results(answer.raise_for_status().content, format=QueryResultsFormat.JSON)
    return [Quad(row["s"], row["p"], row["o"], row["g"] or DefaultGraph()) for row in found]


def once(results: Rows | bool) -> Rows | bool:
    """Give the rows, each once."""
    return results if isinstance(results, bool) else (Counter(set(results[0])), results[1])


def ending(path: str) -> str:
    return path.rpartition(".")[2]


def results_in(answer: Response) -> Rows | bool:
    media = answer.headers["content-type"].partition(";")[0]
    if media == N_TRIPLES:
        return graph_of(parse(answer.content, format=RdfFormat.N_TRIPLES))
    return solutions(answer.content, media)


def expected(case: Case) -> Rows | bool:
    if ending(case.result) in ("ttl", "rdf"):
        triples = w3c.triples(case.result)
        is_table = any(triple.object == NamedNode(RS + "ResultSet") for triple in triples)
        return table_of(triples) if is_table else graph_of(Quad(*triple) for triple in triples)
    return solutions(w3c.text(case.result), MEDIA.get(ending(case.result), XML))


def solutions(content: bytes, media: str) -> Rows | bool:
    results_format = QueryResultsFormat.from_media_type(media)
    assert results_format
    results = parse_query_results(content, format=results_format)
    if isinstance(results, QueryBoolean):
        return bool(results)
    names = [variable.value for variable in results.variables]
    return rows(
        {name: value for name, value in zip(names, solution, strict=True) if value is not None}
        for solution in results
    )


def table_of(triples: list[Triple]) -> Rows | bool:
    """Give what the vocabulary of result sets says."""
    said: dict[Term, dict[str, list[Term]]] = {}
    for subject, predicate, value in triples:
        said.setdefault(subject, {}).setdefault(predicate.value.removeprefix(RS), []).append(value)
    (table,) = (facts for facts in said.values() if "resultVariable" in facts or "boolean" in facts)
    if "boolean" in table:
        return table["boolean"][0].value == "true"
    return rows(
        {
            said[binding]["variable"][0].value: said[binding]["value"][0]
            for binding in said[row].get("binding", [])
        }
        for row in table.get("solution", [])
    )


def rows(solutions: Iterable[dict[str, Term]]) -> Rows:
    """Give the rows without blank nodes, counted, and those with, up to the names of these."""
    ground: Counter[Row] = Counter()
    others: list[Quad] = []
    for solution in solutions:
        row = {name: as_stored(value) for name, value in solution.items()}
        if any(isinstance(value, BlankNode) for value in row.values()):
            node = BlankNode()
            others += [Quad(node, NamedNode(f"urn:{name}"), value) for name, value in row.items()]
        else:
            ground[frozenset(row.items())] += 1
    return ground, canonical(others)


def graph_of(quads: Iterable[Quad]) -> Rows:
    return Counter(), canonical(quads)


def canonical(quads: Iterable[Quad]) -> frozenset[Quad]:
    """Give `quads` with names for blank nodes that depend on nothing but them."""
    store = Store()
    store.extend(quads)
    dataset = Dataset(store)
    dataset.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return frozenset(dataset)


def as_stored(value: Term) -> Term:
    """Give `value` as the engine writes it."""
    if not isinstance(value, Literal):
        return value
    store = Store()
    store.add(Quad(ROW, ROW, value))
    return next(iter(store)).object


def cells(content: str) -> Counter[Row]:
    """Give the rows by their columns, with blank nodes by any name."""
    read = csv.DictReader(io.StringIO(re.sub(r"_:\w+", "_:", content)))
    return Counter(frozenset((name, Literal(value)) for name, value in row.items()) for row in read)
