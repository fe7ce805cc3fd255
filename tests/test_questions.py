"""The catalogue: every question runs as it stands, takes other values as terms, and is a route with rows and names."""

import csv
import io
import re
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Store, Triple, parse

from contract import AP, HEAD
from servers import Server
from summitry.question import Question, catalogue, examples, read
from summitry.terms import ENTITIES, GRAPHS, RDF
from summitry.usecases.questions import KINDS

EXPECTED = Path(__file__).parent / "questions"
ALL = list(catalogue().values())
WITH_ROWS = [question for question in ALL if question.columns]


def name(question: Question) -> str:
    return question.name


def ask(server: Server, name: str, **parameters: str):
    return server.client.get(f"/questions/{name}", params=parameters)


def shown(cell: object) -> str:
    """Give a cell of an answer as a person reads it: what has a name by its name, what is not recorded as nothing."""
    match cell:
        case None:
            return ""
        case {"label": label}:
            return label
        case bool():
            return str(cell).lower()
        case _:
            return str(cell)


def table(server: Server, name: str, **parameters: str) -> list[list[str]]:
    """Give the answer as rows of texts, its columns first."""
    rows = ask(server, name, **parameters).json()["rows"]
    columns = [column.name for column in catalogue()[name].columns]
    return [columns, *([shown(row[column]) for column in columns] for row in rows)]


@pytest.mark.parametrize("question", WITH_ROWS, ids=name)
def test_a_question_is_answered_with_names(shipped, question):
    """Columns, rows and their order are those of the file of the same name."""
    expected = (EXPECTED / f"{question.name}.csv").read_text("utf-8")

    assert table(shipped, question.name) == list(csv.reader(io.StringIO(expected)))


@pytest.mark.parametrize("question", WITH_ROWS, ids=name)
def test_a_question_runs_as_it_stands_at_the_query_endpoint(shipped, question):
    """Its text is SPARQL whose VALUES are the defaults: the same rows, in every form of results."""
    there = shipped.client.get("/sparql", params={"query": question.text, "format": "csv"})
    here = ask(shipped, question.name, format="csv")

    assert here.headers["content-type"].startswith("text/csv")
    assert here.text == there.text
    assert len(list(csv.reader(io.StringIO(here.text)))) > 1


@pytest.mark.parametrize("question", WITH_ROWS, ids=name)
def test_the_order_of_rows_is_total(question):
    """Pages lose and double nothing: every column that can tell two rows apart is in ORDER BY."""
    order = question.text.rpartition("ORDER BY")[2].split()
    computed = {"certain", "gist", "note", "other", "one"} if "GROUP BY" in question.text else set()

    assert {f"?{column.name}" for column in question.columns if column.name not in computed} == set(order)


@pytest.mark.parametrize("question", ALL, ids=name)
def test_a_question_says_what_it_takes_and_gives(question):
    variables = re.findall(r"VALUES \?(\w+) \{", question.text)
    selected = re.search(r"SELECT (?:DISTINCT )?(.*?) WHERE", question.text, re.DOTALL)

    assert question.title.endswith("?")
    assert [parameter.name for parameter in question.parameters] == variables
    assert {parameter.kind for parameter in question.parameters} <= KINDS.keys()
    assert all(parameter.example and parameter.doc for parameter in question.parameters)
    if question.columns:
        named = re.findall(r"\?(\w+)(?=[\s)]|$)", re.sub(r"\(.*? AS (\?\w+)\)", r"\1", selected[1]))
        assert [column.name for column in question.columns] == named
    else:
        assert question.graph


def test_a_comment_that_says_nothing_is_no_question(tmp_path):
    file = tmp_path / "odd.rq"
    file.write_text("# What?\n# whatever\nSELECT * {}")

    with pytest.raises(ValueError, match="whatever"):
        read(file)


def test_a_service_description_can_show_every_question():
    assert [(name, title, text) for name, title, text in examples()] == [
        (question.name, question.title, question.text) for question in ALL
    ]


@pytest.mark.parametrize("question", WITH_ROWS, ids=name)
def test_an_answer_is_as_the_openapi_document_says(shipped, question):
    """One operation for each question, with a schema of its own: every member is there and of its type."""
    document = shipped.client.get("/openapi.json").json()
    operation = document["paths"][f"/questions/{question.name}"]["get"]
    schemas = document["components"]["schemas"]
    reference = operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
    schema = schemas[reference.rpartition("/")[2]]
    row = schemas[schema["properties"]["rows"]["items"]["$ref"].rpartition("/")[2]]

    answer = ask(shipped, question.name).json()

    assert answer.keys() == schema["properties"].keys()
    assert all(found.keys() == row["properties"].keys() for found in answer["rows"])
    for column in question.columns:
        allowed = {kind.get("type", "object") for kind in row["properties"][column.name]["anyOf"]}
        assert {type_of(found[column.name]) for found in answer["rows"]} <= allowed


def type_of(cell: object) -> str:
    kinds = {
        type(None): "null",
        bool: "boolean",
        int: "number",
        float: "number",
        str: "string",
        dict: "object",
    }
    return kinds[type(cell)]


def test_the_list_tells_what_each_question_takes(shipped):
    listed = shipped.client.get("/questions").json()["questions"]

    assert [one["name"] for one in listed] == [question.name for question in ALL]
    holders = next(one for one in listed if one["name"] == "office-holders")
    assert (holders["href"], holders["title"]) == (
        "/questions/office-holders",
        "Who held an office on a day, as far as is recorded?",
    )
    assert [(one["name"], one["kind"], one["default"]) for one in holders["parameters"]] == [
        ("office", "office", "office:us-president"),
        ("valid_at", "day", "2025-10-24"),
    ]


@pytest.mark.parametrize("office", ["cn-president", "office:cn-president", f"{ENTITIES}office/cn-president"])
def test_a_parameter_takes_slug_prefixed_name_or_iri(shipped, office):
    assert table(shipped, "office-holders", office=office)[1:] == [["Xi Jinping", "true"]]


def test_a_parameter_may_be_given_several_times(shipped):
    """Any of its values may match."""
    answer = shipped.client.get("/questions/office-holders?office=cn-president&office=us-president").json()

    assert [row["holder"]["label"] for row in answer["rows"]] == ["Donald Trump", "Xi Jinping"]


def test_a_parameter_is_not_given_without_end(shipped):
    answer = shipped.client.get("/questions/office-holders?" + "office=us-president&" * 21)

    assert (answer.status_code, "ask about 20 at most" in answer.json()["detail"]) == (400, True)


def test_before_anybody_was_seen_in_office_nothing_is_recorded(shipped):
    assert table(shipped, "office-holders", office="cn-president", valid_at="1900-01-01")[1:] == []


def test_a_parameter_that_is_left_open_restricts_nothing(shipped):
    header, *everything = table(shipped, "contradictions")
    _, *about_the_meeting = table(shipped, "contradictions", about="trump-xi-apec-2025")

    assert header[0] == "subject"
    assert about_the_meeting == [
        row for row in everything if row[0].startswith("meeting of Donald Trump and Xi")
    ]
    assert 0 < len(about_the_meeting) < len(everything)
    assert table(shipped, "contradictions", about="country:us")[1:] == []


def test_names_are_in_the_language_asked_for(shipped):
    assert table(shipped, "stops-of-trip", lang="zh")[1][2] == "马来西亚"


@pytest.mark.parametrize(
    ("question", "parameters", "said"),
    [
        ("office-holders", {"office": "nobody"}, "office: the graph declares no office 'nobody'"),
        ("office-holders", {"valid_at": "any"}, "valid_at: 'any' is no day"),
        ("office-holders", {"valid_at": "Nov 5"}, "valid_at: 'Nov 5' is not a day"),
        ("office-holders", {"offfice": "x"}, "did you mean office?"),
        ("office-holders", {"office": ""}, "office: it is empty"),
        ("admissions", {"words": "a" * 1001}, "words: 1001 characters are too many; write 1000 at most"),
        ("office-holders", {"limit": "0"}, "limit: '0' is not a whole number from 1 to 1000"),
        ("office-holders", {"limit": "5", "format": "csv"}, "limit: an answer as text/csv is whole"),
        ("agenda-of-meeting", {"position": "1 } UNION { ?s ?p ?o"}, "is not a whole number"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused(shipped, question, parameters, said):
    answer = ask(shipped, question, **parameters)

    assert answer.status_code == 400
    assert said in answer.json()["detail"]


@pytest.mark.parametrize(
    "words", ['" } # ', 'levies" } UNION { ?a ?b ?c } VALUES ?x { "', "\\u0022 }", "?speaker"]
)
def test_a_text_is_bound_as_a_term_and_never_read_as_a_query(shipped, words):
    assert table(shipped, "admissions", words=words)[1:] == []


def test_an_answer_comes_in_pages(shipped):
    first = ask(shipped, "outlooks", limit="4").json()
    second = shipped.client.get(first["next"]).json()

    assert (first["total"], len(first["rows"]), len(second["rows"]), second["next"]) == (6, 4, 2, None)
    assert first["rows"] + second["rows"] == ask(shipped, "outlooks").json()["rows"]


def test_an_answer_that_has_not_changed_is_not_sent_again(shipped):
    """RFC 9110 §13.1.2."""
    first = ask(shipped, "doubts")
    again = shipped.client.get("/questions/doubts", headers={"if-none-match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")


def test_an_answer_can_be_had_as_it_was_known(server):
    """Our clock: the permalink gives what was answered then, whatever has been recorded since."""
    hold_meeting_in(server, "at")
    then = ask(server, "place-of-meeting", meeting="meeting:moved").json()
    hold_meeting_in(server, "de")
    now = ask(server, "place-of-meeting", meeting="meeting:moved").json()

    again = server.client.get(then["permalink"]).json()

    assert [row["country"]["label"] for row in (*then["rows"], *now["rows"])] == ["Austria", "Germany"]
    assert (again["rows"], again["knownAt"]) == (then["rows"], then["knownAt"])


def hold_meeting_in(server: Server, country: str) -> None:
    turtle = f"""
        country:at a ap:Country ; rdfs:label "Austria"@en .
        country:de a ap:Country ; rdfs:label "Germany"@en .
        meeting:moved a ap:Meeting ; rdfs:label "moved"@en ; ap:organizer country:de ;
            ap:location country:{country} ."""
    server.client.put(
        "/graphs",
        params={"graph": GRAPHS + "moved"},
        content=HEAD + turtle,
        headers={**server.bearer, "content-type": "text/turtle"},
    ).raise_for_status()


REIFIES = NamedNode(RDF + "reifies")
FORMS = {
    "text/turtle": RdfFormat.TURTLE,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/n-quads": RdfFormat.N_QUADS,
    "application/rdf+xml": RdfFormat.RDF_XML,
}


def reified(server: Server, media: str) -> set[Triple]:
    answer = server.client.get("/questions/claims-as-reifiers", headers={"accept": media})
    assert answer.headers["content-type"].startswith(media)
    return {quad.triple for quad in parse(answer.content, FORMS[media])}


@pytest.mark.parametrize("media", FORMS)
def test_claims_are_exported_as_reifiers_in_every_form_that_has_triple_terms(shipped, media):
    """RDF 1.2 Concepts §3.1: what a reifier reifies is a triple term, and is not asserted by that."""
    triples = reified(shipped, media)
    terms = {triple.object for triple in triples if triple.predicate == REIFIES}
    made = "SELECT ?c { ?c a ap:Claim ; ap:inDocument document:hawkinsight-trump-xi-apec }"
    claims = shipped.client.get("/sparql", params={"query": made, "format": "csv"}).text

    assert all(isinstance(term, Triple) for term in terms)
    assert len(terms) == len(claims.split()) - 1 > 0
    assert triples & terms == set()
    assert triples == reified(shipped, "application/n-triples")


def test_reifiers_can_be_asked_again_by_sparql(shipped):
    """What was exported is read back and says who holds the disputed place of the luncheon."""
    store = Store()
    store.load(shipped.client.get("/questions/claims-as-reifiers").content, RdfFormat.TURTLE)

    found = store.query(f"""PREFIX ap: <{AP}> PREFIX rdf: <{RDF}>
        SELECT ?said ?credence {{
            ?claim rdf:reifies <<( <{ENTITIES}meeting/apec-ceo-luncheon-2025> ap:location ?place )>> ;
                ap:saidBy ?said ; ap:credence ?credence }}""")

    assert [[term.value.removeprefix(ENTITIES) for term in row] for row in found] == [
        ["organization/hawkinsight", "credence/disputed"]
    ]


def test_json_ld_has_no_triple_terms_and_says_so(shipped):
    """JSON-LD 1.1 knows RDF 1.1 alone."""
    there = ask(shipped, "claims-as-reifiers", format="jsonld")
    query = catalogue()["claims-as-reifiers"].text
    at_sparql = shipped.client.get("/sparql", params={"query": query, "format": "jsonld"})

    assert (there.status_code, at_sparql.status_code) == (406, 415)
    assert "no triple terms" in at_sparql.json()["detail"]


def test_a_literal_may_be_claimed(shipped):
    objects = {term.object.object for term in reified(shipped, "text/turtle") if term.predicate == REIFIES}

    assert any(isinstance(value, Literal) for value in objects)
