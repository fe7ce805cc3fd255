"""Every error is a problem document (RFC 9457) that says what to do, and nothing about our insides."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from pyoxigraph import parse

from servers import Address, Server, running_app, until
from summitry import errors
from summitry.errors import LimitExceeded, Refused, SummitryError
from summitry.media import RDF_FORMATS
from summitry.model import Finding, Report, Severity
from summitry.settings import Settings
from summitry.terms import SH
from summitry.web import problems

PROBLEM = "application/problem+json"
SECRET = "/var/lib/summitry: on fire"
REPORT = Report(
    (
        Finding(
            Severity.VIOLATION,
            "no name",
            file="draft.ttl",
            line=3,
            column=7,
            shape="https://w3id.org/summitry/shapes#ActorShape-label",
            focus="<https://a.example/x>",
            path="<http://www.w3.org/2000/01/rdf-schema#label>",
            value='"a \\"b\\""@en',
        ),
        Finding(Severity.WARNING, "no source"),
    )
)


def leaves(kind: type[SummitryError]) -> set[type[SummitryError]]:
    # Other modules have private ones, which are what their parent is to a client.
    below = [sub for sub in kind.__subclasses__() if sub.__module__ == errors.__name__]
    return {leaf for sub in below for leaf in leaves(sub)} if below else {kind}


def made(kind: type[SummitryError]) -> SummitryError:
    """Give an error of `kind` with whatever it needs to be made."""
    if issubclass(kind, Refused):
        return kind(REPORT)
    return kind(SECRET, limit="queue") if issubclass(kind, LimitExceeded) else kind(SECRET)


@pytest.fixture(scope="module")
def failing() -> Iterator[Address]:
    """Give an application that raises what its address names."""
    app = FastAPI()
    problems.install(app)

    @app.get("/{name}")
    async def fail(name: str) -> None:
        raise made(getattr(errors, name)) if hasattr(errors, name) else RuntimeError(SECRET)

    with running_app(app, Settings(port=0)) as address:
        yield address


def test_every_error_has_its_own_line_in_the_table():
    mapped = {kind for kind in problems.KINDS if kind.__module__ == errors.__name__}

    assert leaves(SummitryError) - mapped == set()


@pytest.mark.parametrize("kind", sorted(leaves(SummitryError), key=str))
def test_every_error_is_answered_by_its_status_and_type(failing, kind):
    expected = problems.KINDS[kind]

    answer = failing.client.get(f"/{kind.__name__}")

    told = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (expected.status, PROBLEM)
    assert (told["type"], told["title"]) == (problems.TYPES + expected.slug, expected.title)
    assert (told["status"], bool(told["detail"])) == (expected.status, True)


@pytest.mark.parametrize("name", ["Surprise", "StoreDamaged", "StoreBusy", "UnsupportedShape"])
def test_what_is_ours_to_mend_says_nothing_about_our_insides_but_to_the_log(failing, caplog, name):
    answer = failing.client.get(f"/{name}")

    assert answer.status_code >= 500
    assert answer.headers["content-type"] == PROBLEM
    assert "on fire" not in answer.text
    until(lambda: "on fire" in caplog.text)


def test_a_client_that_should_come_back_is_told_when(failing):
    assert failing.client.get("/QueueFull").headers["retry-after"] == "1"


def test_a_refusal_lists_its_findings_and_leaves_out_what_is_empty(failing):
    [first, second] = failing.client.get("/InvalidDocument").json()["errors"]

    assert (first["line"], first["column"], first["severity"]) == (3, 7, "violation")
    assert second == {"severity": "warning", "message": "no source"}


@pytest.mark.parametrize("media", ["text/turtle", "application/ld+json"])
def test_a_refusal_is_a_validation_report_where_rdf_is_accepted(failing, media):
    """SHACL §3.6: the results graph."""
    answer = failing.client.get("/InvalidDocument", headers={"accept": media})

    quads = parse(answer.content, format=RDF_FORMATS[media])
    said = {
        (quad.predicate.value.removeprefix(SH), str(quad.object).removeprefix(f"<{SH}")) for quad in quads
    }
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (422, media)
    assert said >= {
        ("conforms", '"false"^^<http://www.w3.org/2001/XMLSchema#boolean>'),
        ("resultSeverity", "Violation>"),
        ("resultSeverity", "Warning>"),
        ("resultMessage", '"no name"'),
        ("focusNode", "<https://a.example/x>"),
        ("resultPath", "<http://www.w3.org/2000/01/rdf-schema#label>"),
        ("value", '"a \\"b\\""@en'),
        ("sourceShape", "<https://w3id.org/summitry/shapes#ActorShape-label>"),
    }


@pytest.mark.parametrize(
    ("method", "path", "status", "allow"),
    [
        ("GET", "/nowhere", 404, None),
        ("PATCH", "/graphs", 405, "GET, HEAD, POST, PUT, DELETE"),
        ("POST", "/health", 405, "GET, HEAD"),
        ("PUT", "/validate", 405, "POST"),
        ("DELETE", "/sparql", 405, "GET, HEAD, POST"),
    ],
)
def test_what_is_not_there_or_not_done_is_a_problem(server: Server, method, path, status, allow):
    """RFC 9110 §15.5.6: a 405 lists all methods of the resource."""
    answer = server.client.request(method, path)

    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM)
    assert answer.headers.get("allow") == allow
    assert answer.json()["detail"]


def test_a_parameter_that_is_missing_is_named(server: Server):
    answer = server.client.delete("/graphs", headers=server.bearer)

    assert answer.status_code == 400
    assert answer.json()["errors"] == [{"parameter": "graph", "message": "Field required"}]
