"""Drafts are judged over HTTP by everyone, as a write would judge them, and nothing is stored."""

import pytest

from servers import Server
from summitry.formats import BY_MEDIA

HEAD = """\
@prefix ap: <https://w3id.org/summitry/ns#> .
@prefix collective: <https://w3id.org/summitry/id/collective/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
GOOD = HEAD + 'collective:unheard-of a ap:Collective ; rdfs:label "investors"@en .\n'
BAD = HEAD + "collective:unheard-of a ap:Collective .\n"


@pytest.fixture
def validate(server: Server):
    def validate(document: str | bytes, accept: str = "", media: str = "text/turtle", **parameters: str):
        headers = {"content-type": media, "accept": accept}
        return server.client.post("/validate", params=parameters, content=document, headers=headers)

    return validate


def test_a_good_draft_conforms(validate):
    judged = validate(GOOD, graph="https://a.example/new").json()

    assert (judged["conforms"], judged["added"], judged["removed"]) == (True, 2, 0)


def test_a_bad_draft_is_answered_with_what_is_wrong(validate):
    """The request is fine, so it is answered 200: what is wrong is the draft."""
    answer = validate(BAD)

    assert (answer.status_code, answer.json()["conforms"]) == (200, False)
    [finding] = [row for row in answer.json()["findings"] if row["severity"] == "violation"]
    assert finding["line"] == 4


def test_the_report_for_people_shows_the_line_with_a_caret(validate):
    answer = validate(BAD, "text/plain", name="draft.ttl")
    place, excerpt, caret = answer.text.splitlines()[1:4]

    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert place.startswith("draft.ttl:4:25: violation: ")
    assert excerpt == "  4 | collective:unheard-of a ap:Collective ."
    assert caret == "    |                         ^^^^^^^^^^^^^"


def test_the_report_for_code_scanning_is_a_log_of_one_run(validate):
    answer = validate(BAD, "application/sarif+json", name="draft.ttl")

    assert answer.headers["content-type"] == "application/sarif+json"
    (run,) = answer.json()["runs"]
    assert {result["level"] for result in run["results"]} == {"error", "warning"}


def test_a_certain_mend_comes_as_an_edit(validate):
    findings = validate(BAD.replace("ap:Collective", "ap:Colective")).json()["findings"]

    assert {"line": 4, "column": 25, "end_line": 4, "end_column": 37, "text": "ap:Collective"} in [
        edit for finding in findings for edit in finding.get("edits", [])
    ]


@pytest.mark.parametrize("media", BY_MEDIA)
def test_a_refused_write_says_why_in_the_same_forms(server, media):
    headers = {"content-type": "text/turtle", "accept": media, **server.bearer}
    parameters = {"graph": "https://a.example/refused"}
    answer = server.client.put("/graphs", params=parameters, content=BAD, headers=headers)

    given = "application/problem+json" if media == "application/json" else media
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (422, given)
    assert "This has no name" in answer.text or "CollectiveShape" in answer.text


@pytest.mark.parametrize("media", ["text/turtle", "application/ld+json"])
def test_the_report_comes_in_the_vocabulary_of_shacl(validate, media):
    answer = validate(BAD, media)

    assert answer.headers["content-type"].partition(";")[0] == media
    assert "ValidationReport" in answer.text


@pytest.mark.parametrize(
    ("document", "media", "parameters", "status"),
    [
        ("", "text/turtle", {}, 400),
        (GOOD, "text/html", {}, 415),
        (GOOD, "text/turtle", {"graph": "nowhere"}, 400),
        (GOOD, "text/turtle", {"graph": "https://w3id.org/summitry/graph/system/shapes"}, 403),
        (b"#" * 50 * 1024 * 1024, "text/turtle", {}, 413),
    ],
)
def test_what_is_no_draft_is_a_problem(validate, document, media, parameters, status):
    answer = validate(document, media=media, **parameters)

    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


@pytest.mark.parametrize(
    ("document", "media"),
    [
        (GOOD.replace("collective:un", "<urn:g> { collective:un") + "}", "application/trig"),
        ('<urn:a> <http://www.w3.org/2000/01/rdf-schema#label> "x" <urn:g> .', "application/n-quads"),
    ],
)
def test_a_document_that_names_its_graphs_is_judged_too(validate, document, media):
    judged = validate(document, media=media).json()

    assert (judged["conforms"], judged["added"] > 0) == (True, True)
    assert "graph <urn:g> does not say" in judged["findings"][0]["message"]
    assert validate(document, media=media, graph="https://a.example/new").status_code == 415


def test_nothing_is_stored(server, validate):
    before = server.state()

    validate(GOOD)

    assert server.state() == before


def test_a_refused_write_shows_the_line_too(server):
    headers = {"content-type": "text/turtle", "accept": "text/plain", **server.bearer}
    answer = server.client.put(
        "/graphs", params={"graph": "https://a.example/refused"}, content=BAD, headers=headers
    )

    assert "  4 | collective:unheard-of a ap:Collective .\n    |  " in answer.text
