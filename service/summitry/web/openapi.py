"""The OpenAPI document: what FastAPI derives from the routes, with the query endpoint and how errors look."""

from typing import Final

from fastapi import FastAPI

from summitry.usecases.ask import GRAPH, SOLUTIONS
from summitry.web.endpoints import Json
from summitry.web.problems import PROBLEM
from summitry.web.sparql import EXAMPLE
from summitry.web.sparql_request import FORM, QUERY, UPDATE

_PROBLEM_SCHEMA: Final[Json] = {
    "title": "Problem",
    "description": "RFC 9457. Beside these members stand the facts of the problem: a refused document has `errors`, "
    "a bad query `line` and `column`, an exceeded limit `limit`.",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/FindingMembers"}},
        "line": {"type": "integer"},
        "column": {"type": "integer"},
        "limit": {"type": "string"},
    },
}
_PROBLEM_ANSWER: Final[Json] = {
    "description": "A problem: the status says of which kind, `detail` what to do.",
    "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_FORM_FIELDS: Final = ("query", "update", "default-graph-uri", "named-graph-uri", "format", "known_at")
_OF_FRAMEWORK: Final = ("HTTPValidationError", "ValidationError")


def describe(app: FastAPI) -> None:
    """Let `app` give its document complete."""
    derive = app.openapi

    def openapi() -> Json:
        document = derive()
        if "/sparql" not in document["paths"]:
            _complete(document)
        return document

    app.openapi = openapi  # type: ignore[method-assign]


def _complete(document: Json) -> None:
    document["paths"]["/sparql"] = {"get": _sparql_get(), "post": _sparql_post()}
    for path in document["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = _PROBLEM_ANSWER
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"] = _PROBLEM_SCHEMA
    for name in _OF_FRAMEWORK:
        schemas.pop(name, None)


def _sparql_get() -> Json:
    parameters = [
        _parameter("query", "The query, in SPARQL 1.1.", EXAMPLE, is_required=True),
        *_dataset(),
        _parameter("format", "json, xml, csv, tsv, turtle, nt, jsonld or a media type, instead of Accept."),
        _parameter("known_at", "A revision, such as 12, or a time: the answer as it was known then."),
    ]
    return {**_about("Answer a query"), "operationId": "sparql_get", "parameters": parameters}


def _sparql_post() -> Json:
    form = {
        "type": "object",
        "properties": {name: {"type": "string"} for name in _FORM_FIELDS},
    }
    content = {
        QUERY: {"schema": {"type": "string"}, "example": EXAMPLE},
        FORM: {"schema": form, "example": {"query": EXAMPLE}},
        UPDATE: {"schema": {"type": "string"}},
    }
    return {
        **_about("Answer a query that is too long for an address, or do an update"),
        "operationId": "sparql_post",
        "parameters": [*_dataset(), *_of_updates()],
        "requestBody": {"required": True, "content": content},
    }


def _about(summary: str) -> Json:
    text = {"schema": {"type": "string"}}
    return {
        "tags": ["sparql"],
        "summary": summary,
        "description": "The default graph is all source graphs as one, with the ontology and the inferred types; "
        "`GRAPH ?g` says which graph states what. Answers are complete or an error.",
        "responses": {
            "200": {
                "description": "Solutions, or for CONSTRUCT and DESCRIBE a graph.",
                "content": dict.fromkeys((*SOLUTIONS, *GRAPH), text),
            }
        },
    }


def _dataset() -> list[Json]:
    return [
        _parameter("default-graph-uri", "A graph to query instead of the merge of all; may be repeated."),
        _parameter("named-graph-uri", "A graph that GRAPH may name; may be repeated."),
    ]


def _of_updates() -> list[Json]:
    return [
        _parameter("using-graph-uri", "Of an update: a graph for its WHERE, as USING; may be repeated."),
        _parameter(
            "using-named-graph-uri", "Of an update: a graph that its WHERE may name; may be repeated."
        ),
        _parameter("message", "Of an update, which needs a curator's token: why, for the history."),
        _parameter("dry_run", "Of an update: tell what would change; store nothing."),
    ]


def _parameter(name: str, description: str, example: str = "", *, is_required: bool = False) -> Json:
    parameter: Json = {
        "name": name,
        "in": "query",
        "required": is_required,
        "description": description,
        "schema": {"type": "string"},
    }
    return parameter | ({"example": example} if example else {})
