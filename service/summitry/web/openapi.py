"""The OpenAPI document: what FastAPI derives from the routes, with the query endpoint and how errors look."""

import re
from typing import Final

from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from summitry import media
from summitry.usecases.ask import QUADS, SOLUTIONS
from summitry.web import explanation
from summitry.web.decisions import Decisions
from summitry.web.endpoints import Json
from summitry.web.reconcile_draft import Batch
from summitry.web.reconciling import Extension
from summitry.web.sparql import EXAMPLE
from summitry.web.sparql_request import FORM, QUERY, UPDATE
from summitry.web.statuses import tell

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
        "errors": {
            "type": "array",
            "items": {
                "anyOf": [
                    {"$ref": "#/components/schemas/FindingMembers"},
                    {"$ref": "#/components/schemas/BadParameter"},
                ]
            },
        },
        "line": {"type": "integer"},
        "column": {"type": "integer"},
        "limit": {"type": "string"},
        "value": {"type": "number", "description": "What the limit is set to."},
    },
}
_BAD_PARAMETER: Final[Json] = {
    "title": "BadParameter",
    "description": "What is wrong with one parameter.",
    "type": "object",
    "required": ["parameter", "message"],
    "properties": {"parameter": {"type": "string"}, "message": {"type": "string"}},
}
_RESULTS: Final[Json] = {
    "title": "SparqlResults",
    "description": "SPARQL 1.1 Query Results JSON: `results` of a SELECT, `boolean` of an ASK.",
    "type": "object",
    "required": ["head"],
    "properties": {
        "head": {
            "type": "object",
            "properties": {"vars": {"type": "array", "items": {"type": "string"}}},
        },
        "results": {
            "type": "object",
            "required": ["bindings"],
            "properties": {
                "bindings": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "additionalProperties": {"$ref": "#/components/schemas/Term"},
                    },
                }
            },
        },
        "boolean": {"type": "boolean"},
    },
}
_TERM: Final[Json] = {
    "title": "Term",
    "description": "An RDF term as the results format writes it.",
    "type": "object",
    "required": ["type", "value"],
    "properties": {
        "type": {"type": "string", "enum": ["uri", "literal", "bnode", "triple"]},
        "value": {},
        "xml:lang": {"type": "string"},
        "datatype": {"type": "string"},
    },
}
_FORMS: Final[Json] = {
    media.RESULTS_JSON: {"$ref": "#/components/schemas/SparqlResults"},
    media.JSON_LD: {"type": ["object", "array"]},
    "application/sarif+json": {"type": "object"},
}
_EXPLAINED: Final[Json] = {"$ref": "#/components/schemas/Explanation"}
_UPDATED: Final[Json] = {
    "anyOf": [
        {"$ref": "#/components/schemas/Reverted"},
        {"$ref": "#/components/schemas/Rehearsal"},
        _EXPLAINED,
    ]
}
_PACKED: Final = ("application/gzip", "text/html")
_SCHEMAS: Final = {
    "Problem": _PROBLEM_SCHEMA,
    "BadParameter": _BAD_PARAMETER,
    "SparqlResults": _RESULTS,
    "Term": _TERM,
    **explanation.SCHEMAS,
}
_FORM_FIELDS: Final = (
    "query",
    "update",
    "default-graph-uri",
    "named-graph-uri",
    "format",
    "known_at",
    "explain",
)
# What routes read by themselves, within bounds that the framework does not know.
_SENT: Final = (Batch, Decisions, Extension)
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


def operation_id(route: APIRoute) -> str:
    """Give the name of a route that says none itself: its method and the words of its path."""
    return "_".join([min(route.methods or {""}).lower(), *re.findall("[a-z0-9]+", route.path_format.lower())])


def _complete(document: Json) -> None:
    document["paths"]["/sparql"] = {"get": _sparql_get(), "post": _sparql_post()}
    for path, operations in document["paths"].items():
        for operation in operations.values():
            tell(path, operation)
            _tell_forms(operation)
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas.update(_SCHEMAS)
    sent: list[tuple[type[BaseModel], JsonSchemaMode]] = [(model, "validation") for model in _SENT]
    schemas.update(models_json_schema(sent, ref_template="#/components/schemas/{model}")[1]["$defs"])
    for name in [name for name in schemas if "items" in schemas[name].get("properties", {})]:
        _let_choose(schemas, name)
    for name in _OF_FRAMEWORK:
        schemas.pop(name, None)


def _tell_forms(operation: Json) -> None:
    """Say of each form of an answer what it is; a generator takes one without a schema for anything at all."""
    for answer in operation["responses"].values():
        for form, content in answer.get("content", {}).items():
            if form not in _PACKED:
                content.setdefault("schema", _FORMS.get(form, {"type": "string"}))


def _let_choose(schemas: Json, name: str) -> None:
    """Let the items of a list lack what the parameter `fields` leaves out."""
    listing = schemas[name]["properties"]
    if "facets" in listing:
        item = listing["items"]["items"]["$ref"].rpartition("/")[2]
        listed = f"Listed{item}"
        schemas[listed] = {**schemas[item], "title": listed, "required": ["id"]}
        listing["items"]["items"] = {"$ref": f"#/components/schemas/{listed}"}


def _sparql_get() -> Json:
    parameters = [
        _parameter("query", "The query, in SPARQL 1.1. Without any parameter: what the service is.", EXAMPLE),
        *_dataset(),
        _parameter("format", "json, xml, csv, tsv, turtle, nt, jsonld or a media type, instead of Accept."),
        _parameter("known_at", "A revision, such as 12, or a time: the answer as it was known then."),
        _explain(),
    ]
    return {**_about("Answer a query"), "operationId": "sparql_get", "parameters": parameters}


def _sparql_post() -> Json:
    form = {
        "type": "object",
        "properties": {name: {"type": "string"} for name in _FORM_FIELDS},
    }
    content = {
        QUERY: {"schema": {"type": "string"}, "example": EXAMPLE},
        FORM: {
            "schema": form,
            "examples": {
                "query": {"value": {"query": EXAMPLE}},
                "explain": {
                    "summary": "Why is the answer empty?",
                    "value": {"query": explanation.NOTHING, "explain": "empty"},
                },
            },
        },
        UPDATE: {"schema": {"type": "string"}},
    }
    about = _about("Answer a query that is too long for an address, or do an update")
    about["responses"]["200"]["content"][media.JSON] = {"schema": _UPDATED}
    return {
        **about,
        "operationId": "sparql_post",
        "parameters": [*_dataset(), _explain(), *_of_updates()],
        "requestBody": {"required": True, "content": content},
    }


def _about(summary: str) -> Json:
    content: Json = {form: {} for form in (*SOLUTIONS, *QUADS, "text/html")}
    content[media.JSON] = {"schema": _EXPLAINED}
    return {
        "tags": ["sparql"],
        "summary": summary,
        "description": "The default graph is all source graphs as one, with the ontology and the inferred types; "
        "`GRAPH ?g` says which graph states what. Answers are complete or an error.",
        "responses": {
            "200": {
                "description": "Solutions, or for CONSTRUCT and DESCRIBE a graph; with `explain` an explanation.",
                "headers": explanation.HEADERS,
                "content": content,
            }
        },
    }


def _dataset() -> list[Json]:
    return [
        _parameter("default-graph-uri", "A graph to query instead of the merge of all; may be repeated."),
        _parameter("named-graph-uri", "A graph that GRAPH may name; may be repeated."),
    ]


def _explain() -> Json:
    return _parameter(
        "explain",
        "`empty`: instead of the answer, tell in JSON whether it is empty, which pattern or filter leaves no rows, "
        "and what left out would give some.",
    )


def _of_updates() -> list[Json]:
    return [
        _parameter("using-graph-uri", "Of an update: a graph for its WHERE, as USING; may be repeated."),
        _parameter(
            "using-named-graph-uri", "Of an update: a graph that its WHERE may name; may be repeated."
        ),
        _parameter("message", "Of an update, which needs a curator's token: why, for the history."),
        _parameter("dry_run", "Of an update: tell what would change; store nothing."),
    ]


def _parameter(name: str, description: str, example: str = "") -> Json:
    parameter: Json = {
        "name": name,
        "in": "query",
        "description": description,
        "schema": {"type": "string"},
    }
    return parameter | ({"example": example} if example else {})
