"""An empty answer can be explained: which pattern or filter leaves no rows, and what left out would give some."""

from pathlib import Path

import pytest
from pyoxigraph import Store

from servers import Server
from summitry import elements
from summitry.elements import Kind, group_of
from summitry.terms import PREFIXES

PACKAGE = Path(elements.__file__).parent
FORM = "application/x-www-form-urlencoded"


def explained(server: Server, query: str, **parameters: str) -> dict:
    answer = server.client.get("/sparql", params={"query": query, "explain": "empty", **parameters})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    return answer.json()


def parts(query: str) -> list[tuple[str, str]]:
    """Give kind and text of each element of the outermost group of `query`."""
    return [(element.kind.value, element.text) for element in group_of(query).elements]


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ("?s a ap:A ; rdfs:label ?l , ?m ;", ["?s a ap:A", "?s rdfs:label ?l", "?s rdfs:label ?m"]),
        ("?s ap:v1.2 ?o. ?o ap:q 1.5 .", ["?s ap:v1.2 ?o", "?o ap:q 1.5"]),
        ("?s a/rdfs:subClassOf* ap:A . ?s ^(ap:p|!ap:q)+ -1", ["?s a/rdfs:subClassOf* ap:A", "?s ^(ap:p|!ap:q)+ -1"]),
        ("?s ap:p '} #', \"a\"@en # } .\n; ap:q '1'^^<x:int>",
         ["?s ap:p '} #'", '?s ap:p "a"@en', "?s ap:q '1'^^<x:int>"]),
        ("[ ap:p ?x ; ap:q ?y ] ap:r ?z ; ap:s ?w . ?w a ?k", ["[ ap:p ?x ; ap:q ?y ] ap:r ?z ; ap:s ?w", "?w a ?k"]),
        ("?s ap:p [ ap:q ?x, ?y ], (1 [] ?z)", ["?s ap:p [ ap:q ?x, ?y ]", "?s ap:p (1 [] ?z)"]),
        ("?s ap:p <<( ?a ?b ?c )>> {| ap:q ?x |} . ?s a ?c", ["?s ap:p <<( ?a ?b ?c )>> {| ap:q ?x |}", "?s a ?c"]),
    ],
)  # fmt: skip
def test_triples_are_told_apart(group, expected):
    """SPARQL 1.1 Query §4.2: predicate-object lists and object lists share what stands before them."""
    assert parts(f"SELECT * {{ {group} }}") == [("triple pattern", text) for text in expected]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("FILTER", "FILTER(?a < 2 && REGEX(?b, '}'))"),
        ("FILTER", "FILTER NOT EXISTS { ?s ?p { ?a ?b ?c } }"),
        ("FILTER", "filter xsd:integer(?a)"),
        ("OPTIONAL", "OPTIONAL { ?s ?p ?o FILTER(?o != '{') }"),
        ("MINUS", "MINUS { ?s ?p ?o }"),
        ("GRAPH", "GRAPH ?g { ?s ?p ?o }"),
        ("UNION", "{ ?s ?p ?o } UNION { { ?a ?b ?c } } UNION {}"),
        ("group", "{ ?s ?p ?o # }\n }"),
        ("subquery", "{ SELECT ?s { ?s ?p ?o } GROUP BY ?s HAVING(COUNT(*) > 1) }"),
        ("VALUES", "VALUES ?x { ap:a ap:b }"),
        ("VALUES", "VALUES (?x ?y) { (ap:a UNDEF) (<a:b> <c:d>) }"),
        ("BIND", "BIND(IF(?a > 1, <a:b>, '}') AS ?z)"),
    ],
)
def test_each_kind_of_element_is_known(kind, text):
    assert parts(f"SELECT * {{ ?x ?y ?z . {text} ?d ?e ?f }}") == [
        ("triple pattern", "?x ?y ?z"),
        (kind, text),
        ("triple pattern", "?d ?e ?f"),
    ]
    assert {kind for kind, _ in parts(f"ASK {{ {text} }}")} <= {*Kind}


@pytest.mark.parametrize(
    "query",
    [
        "PREFIX a: <a:#> BASE <b:c>\nASK FROM <a:g> FROM NAMED <a:h> WHERE { ?s ?p ?o }",
        "CONSTRUCT { ?s a [] } WHERE { ?s ?p ?o }",
        "CONSTRUCT WHERE { ?s ?p ?o }",
        "SELECT (EXISTS { ?a ?b ?c } AS ?x) { ?s ?p ?o } GROUP BY (STR(?s)) HAVING(COUNT(*) > 1) LIMIT 3",
        "DESCRIBE ?s { ?s ?p ?o }",
    ],
)
def test_the_group_is_found_whatever_stands_around_it(query):
    assert parts(query) == [("triple pattern", "?s ?p ?o")]


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("que*/*.rq")), ids=lambda path: path.name)
def test_every_query_of_the_package_comes_apart_into_sparql(path):
    """Whatever piece is asked for, the engine takes it."""
    query = path.read_text()
    store, group = Store(), group_of(query)

    for piece in [*([element] for element in group.elements), group.elements]:
        store.query(group.ask(piece), prefixes=dict(PREFIXES))
    assert group.elements


def test_the_filter_that_leaves_no_rows_is_named_with_its_place(shipped):
    query = "SELECT ?meeting {\n  FILTER(?day < '1900-01-01'^^xsd:date)\n  ?meeting a ap:Meeting ; ap:starts ?day\n}"

    told = explained(shipped, query)

    found = [
        (e["kind"], e["line"], e["column"], e["has_solutions_so_far"], e["has_solutions_without"])
        for e in told["elements"]
    ]
    assert found == [
        ("triple pattern", 3, 3, True, False),
        ("triple pattern", 3, 27, True, False),
        ("FILTER", 2, 3, False, True),
    ]
    assert told["explanation"] == (
        "No solution is left once “FILTER(?day < '1900-01-01'^^xsd:date)” (line 2, column 3) is applied. "
        "There are solutions without “FILTER(?day < '1900-01-01'^^xsd:date)” (line 2, column 3)."
    )  # fmt: skip


def test_a_pattern_that_matches_nothing_even_alone_is_told_with_the_closest_name(shipped):
    told = explained(shipped, "SELECT * { ?s a ap:Country . ?s ap:capitl ?city }")

    assert [element["matches_alone"] for element in told["elements"]] == [True, False]
    assert "matches nothing even alone" in told["explanation"]
    assert told["hints"][0].startswith("ap:capitl is not a term of the ontology")


def test_two_parts_that_find_nothing_are_not_blamed_on_one(shipped):
    told = explained(shipped, "ASK { ?s ap:none ?a . ?s ap:nought ?b }")

    assert [element["has_solutions_without"] for element in told["elements"]] == [False, False]
    assert "two or more" in told["explanation"]


def test_what_finds_nothing_inside_a_graph_is_told(shipped):
    told = explained(shipped, "SELECT * { GRAPH ?g { ?s a ap:Country . ?s a ap:Meeting } }")

    [graph] = told["elements"]
    assert [(e["matches_alone"], e["has_solutions_so_far"]) for e in graph["inside"]] == [
        (True, True),
        (True, False),
    ]


@pytest.mark.parametrize(
    ("query", "is_empty", "said"),
    [
        ("SELECT * { ?s a ap:Country }", False, "The answer is not empty."),
        ("ASK { ?s a ap:Country }", False, "The answer is not empty."),
        ("SELECT * { ?s a ap:Country } LIMIT 0", True, "The pattern of the query has solutions."),
        ("CONSTRUCT { ?s a ?none } WHERE { ?s a ap:Country }", True, "The pattern of the query has solutions."),
        ("SELECT (COUNT(*) AS ?n) { ?s a ap:Nothing }", False, "The answer has a row, as a total of nothing has"),
        ("SELECT * { ?s a ?c FILTER(?s<?c&&?c>?s) FILTER(false) }", True, "the query is too complex to say why"),
        ("SELECT * { ?s a ap:Country " + "OPTIONAL { ?s a ?c } " * 50 + "FILTER(false) }", True,
         "more than 40 patterns"),
    ],
)  # fmt: skip
def test_what_cannot_or_need_not_be_explained_is_said_plainly(shipped, query, is_empty, said):
    told = explained(shipped, query)

    assert (told["is_empty"], said in told["explanation"]) == (is_empty, True)


def test_a_form_and_the_dataset_of_the_protocol_are_respected(shipped):
    form = {
        "query": "ASK { ?s a ap:Country }",
        "explain": "empty",
        "default-graph-uri": "https://a.example/none",
    }

    told = shipped.client.post("/sparql", data=form).json()

    assert (told["is_empty"], told["elements"][0]["matches_alone"]) == (True, False)


def test_the_answer_of_an_earlier_revision_is_explained(shipped):
    assert explained(shipped, "ASK { ?s a ap:Country }", known_at="1")["is_empty"] is True


@pytest.mark.parametrize(
    ("parameters", "slug"),
    [
        ({"query": "ASK {}", "explain": "plan"}, "bad-parameter"),
        ({"query": "ASK {", "explain": "empty"}, "malformed-query"),
    ],
)
def test_other_explanations_and_what_is_no_query_are_refused(shipped, parameters, slug):
    answer = shipped.client.get("/sparql", params=parameters)

    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (400, slug)


def test_the_documented_explanation_is_what_the_shipped_graph_gives(shipped):
    document = shipped.client.get("/openapi.json").json()
    content = document["paths"]["/sparql"]["post"]["requestBody"]["content"]

    told = shipped.client.post("/sparql", data=content[FORM]["examples"]["explain"]["value"]).json()

    members = document["components"]["schemas"]["Explanation"]["required"]
    assert (told["is_empty"], sorted(told)) == (True, sorted(members))
    assert told["elements"][-1]["has_solutions_without"] is True
