"""What an agent can ask: routes of the service as tools, each with the schema that its OpenAPI operation has."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final
from urllib.parse import quote

from fastapi import FastAPI
from pyoxigraph import NamedNode

from summitry.errors import BadParameter
from summitry.media import JSON, RESULTS_JSON
from summitry.terms import AP, OWL
from summitry.usecases import lookup, timeline
from summitry.usecases.context import Context
from summitry.usecases.excerpt import Excerpt, Ref
from summitry.usecases.filters import did_you_mean
from summitry.usecases.service import Service
from summitry.web import inside
from summitry.web.endpoints import Json

ROWS: Final = 100
MOST_ROWS: Final = 1000
_ANY: Final = f"{JSON}, */*;q=0.1"
_TEXT: Final[Json] = {"type": "string"}
# Operations by the path of their route; whatever the route takes, the tool takes.
_OPERATIONS: Final = {
    "search": "/search",
    "timeline": "/timeline",
    "effective_policies": "/policies/effective",
}
_QUESTIONS: Final = "/questions/"


@dataclass(frozen=True, slots=True)
class Tool:
    """Something to call by name; `schema` is the JSON Schema of its arguments."""

    name: str
    title: str
    description: str
    schema: Json
    path: str = ""


class Refusal(Exception):
    """The service refused a call; the message is what it says, for the agent to mend its call by."""


class Toolbox:
    """The tools of one service."""

    def __init__(self, service: Service, app: FastAPI) -> None:
        self._service = service
        self._app = app
        self._own = {
            "schema": self._schema,
            "describe": self._describe,
            "sparql": self._sparql,
        }

    def tools(self) -> list[Tool]:
        """Give all tools: those of the graph, then the catalogue's questions."""
        return [*_OWN, *_of_routes(self._app.openapi())]

    async def call(self, name: str, arguments: Mapping[str, object]) -> Json:
        """Give what the tool `name` answers.

        Raises:
            SummitryError, Refusal: there is no such tool, or it cannot answer that.
        """
        tools = {tool.name: tool for tool in self.tools()}
        if name not in tools:
            raise BadParameter(f"there is no tool {name!r}; {did_you_mean(name, list(tools))}")
        tool, query = tools[name], _query(arguments)
        known = list(tool.schema["properties"])
        for given, _ in query:
            if given not in known:
                raise BadParameter(f"{name} takes no {given!r}; {did_you_mean(given, known)}")
        if name in self._own:
            return await self._own[name](dict(query))
        return await self._get(tool.path, query)

    async def _get(self, path: str, query: Sequence[tuple[str, str]], accept: str = _ANY) -> Json:
        answer = await inside.get(self._app, path, query, accept)
        if answer.status != 200:
            raise Refusal(_detail(answer.body))
        if answer.body[:1] not in (b"{", b"["):
            return {"text": answer.body.decode()}
        found: Json = json.loads(answer.body)
        return found

    async def _schema(self, given: Mapping[str, str]) -> Json:  # noqa: ARG002
        """Give the terms of the ontology."""
        return {
            "namespace": AP,
            "prefix": "ap",
            "classes": self._terms("Class"),
            "properties": [*self._terms("ObjectProperty"), *self._terms("DatatypeProperty")],
        }

    def _terms(self, kind: str) -> list[dict[str, str]]:
        rows = self._service.store.select("terms-of-ontology", {"kind": [NamedNode(OWL + kind)]})
        return [
            {"term": row["term"].value.replace(AP, "ap:"), "means": row["definition"].value} for row in rows
        ]

    async def _describe(self, given: Mapping[str, str]) -> Json:
        store, base = self._service.store, self._service.settings.instance_base
        context = Context(store, base, _today(), kept=self._service.kept)
        entity = timeline.find(_needed(given, "entity"), context)
        others = [(name, value) for name, value in given.items() if name != "entity"]
        if door := lookup.door_of(entity, context):
            return await self._get(f"/{door.name}/{quote(lookup.slug(entity))}", others)
        return _stated(Excerpt(context, [entity]), entity)

    async def _sparql(self, given: Mapping[str, str]) -> Json:
        limit = int(given.get("limit", ROWS)) if given.get("limit", "1").isdigit() else 0
        if not 1 <= limit <= MOST_ROWS:
            raise BadParameter(f"limit: write a whole number from 1 to {MOST_ROWS}")
        query = [("query", _needed(given, "query"))]
        found = await self._get("/sparql", query, f"{RESULTS_JSON}, text/turtle;q=0.9")
        if "results" not in found:
            return found
        rows: list[dict[str, Json]] = found["results"]["bindings"]
        shown = [{name: cell["value"] for name, cell in row.items()} for row in rows[:limit]]
        return {"columns": found["head"]["vars"], "rows": shown, "total": len(rows), "shown": len(shown)}


def _of_routes(document: Json) -> list[Tool]:
    paths = document["paths"]
    found = [_tool(name, path, paths[path]["get"]) for name, path in _OPERATIONS.items() if path in paths]
    questions = [path for path in paths if path.startswith(_QUESTIONS)]
    return found + [_tool(paths[path]["get"]["operationId"], path, paths[path]["get"]) for path in questions]


def _tool(name: str, path: str, operation: Json) -> Tool:
    parameters = [row for row in operation.get("parameters", ()) if row["in"] == "query"]
    properties = {
        row["name"]: {**row["schema"], "description": row.get("description", "")} for row in parameters
    }
    required = [row["name"] for row in parameters if row.get("required")]
    description = operation.get("description") or operation["summary"]
    return Tool(name, operation["summary"], description, _object(properties, required), path)


def _object(properties: Json, required: Sequence[str]) -> Json:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


_ENTITY: Final[Json] = {
    **_TEXT,
    "description": "A prefixed name such as person:donald-trump, an IRI or a slug.",
}
_QUERY: Final[Json] = {**_TEXT, "description": "The query. The prefixes of the project need no declaration."}
_CAP: Final[Json] = {
    "type": "integer",
    "minimum": 1,
    "maximum": MOST_ROWS,
    "default": ROWS,
    "description": "How many rows to show at most; `total` counts all.",
}
_OWN: Final = (
    Tool(
        "schema",
        "Tell the terms of the ontology",
        "Every class and property, with what it means: read it before writing SPARQL.",
        _object({}, ()),
    ),
    Tool(
        "describe",
        "Describe an entity",
        "All that is recorded of one entity: statements, what links to it, claims, sources.",
        _object(
            {"entity": _ENTITY, "valid_at": _TEXT, "known_at": _TEXT, "lang": _TEXT},
            ["entity"],
        ),
    ),
    Tool(
        "sparql",
        "Answer a SPARQL query",
        "A read-only SPARQL 1.1 query over the whole graph, within the limits of the service.",
        _object({"query": _QUERY, "limit": _CAP}, ["query"]),
    ),
)


def _query(arguments: Mapping[str, object]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in arguments.items():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, bool) or not isinstance(one, str | int):
                raise BadParameter(f"{name}: write a text, a whole number or a list of these")
            found.append((name, str(one)))
    return found


def _needed(given: Mapping[str, str], name: str) -> str:
    if not given.get(name):
        raise BadParameter(f"{name}: it is needed")
    return given[name]


def _stated(excerpt: Excerpt, entity: NamedNode) -> Json:
    ref = excerpt.ref(entity)
    statements: Json = {}
    for one in excerpt.statements(entity):
        value = one.value.iri if isinstance(one.value, Ref) else one.value.value
        label = one.value.label if isinstance(one.value, Ref) else ""
        listed = statements.setdefault(one.property, [])
        listed.append({"value": value, "label": label, "graphs": list(one.graphs)})
    return {"id": ref.iri, "label": ref.label, "type": ref.type, "statements": statements}


def _detail(body: bytes) -> str:
    """Give what a problem document says, and where in a query."""
    try:
        problem = json.loads(body)
        place = f" (line {problem['line']}, column {problem['column']})" if "line" in problem else ""
        return f"{problem['detail']}{place}"
    except (ValueError, KeyError, TypeError):
        return "the service gave no answer to this"


def _today() -> date:
    return datetime.now(UTC).date()
