"""/reconcile/1.0: the Reconciliation Service API 1.0 as drafted: https://reconciliation-api.github.io/specs/draft/."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, StrictBool
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from summitry import __version__
from summitry.errors import BadParameter
from summitry.usecases.reconcile import LIMIT, MOST, Condition, Quantifier, Query
from summitry.usecases.service import Service
from summitry.web.endpoints import Json, sent
from summitry.web.guard import body_of
from summitry.web.reading import context_of
from summitry.web.reconcile import Value, read, texts
from summitry.web.reconcile_answers import Manifest, Matches, RowsOfExtension
from summitry.web.reconcile_suggest import add_routes
from summitry.web.reconciling import HEIGHT, WIDTH, Extension, Reconciling, manifest

ROOT: Final = "/reconcile/1.0"
_BODY: Final = 1024 * 1024
_BATCH: Final = """\
{"queries": [{"type": "Person", "conditions": [
  {"matchType": "name", "propertyValue": "president of China"},
  {"matchType": "property", "propertyId": "validAt", "propertyValue": "2025-10-30"}]}]}
"""
_EXTENSION: Final = '{"ids": ["country/kr"], "properties": [{"id": "iso2"}, {"id": "label"}]}'


class Asked(BaseModel):
    """One condition: a name, an identifier, or a property with the values that it should have."""

    match_type: Literal["name", "property", "id"] = Field(alias="matchType")
    property_id: str = Field("", alias="propertyId", max_length=200)
    property_value: Value | Annotated[list[Value], Field(max_length=20)] = Field(alias="propertyValue")
    required: StrictBool = False
    quantifier: Quantifier = Field(Quantifier.ANY, alias="matchQuantifier")


class AskedQuery(BaseModel):
    """A query of a batch. `lang` is the language of its names; all languages are searched whatever it says."""

    conditions: list[Asked] = Field(min_length=1, max_length=20)
    type: str = ""
    limit: int = Field(LIMIT, ge=1)
    lang: str = ""

    def understood(self, base: str) -> Query:
        """Give the query that is meant. Raises BadParameter."""
        names = [c for c in self.conditions if c.match_type == "name"]
        others = [c for c in self.conditions if c.match_type == "property"]
        if any(not c.property_id for c in others):
            raise BadParameter("queries: a condition of matchType 'property' needs a propertyId")
        ids = (i for c in self.conditions if c.match_type == "id" for i in texts(c.property_value))
        iris = tuple(i if "://" in i else base + i for i in ids)
        return Query(
            tuple(text for c in names for text in texts(c.property_value)),
            tuple(filter(None, [self.type])),
            tuple(
                Condition(c.property_id, texts(c.property_value), c.quantifier, c.required) for c in others
            ),
            min(self.limit, MOST),
            iris,
        )


class Batch(BaseModel):
    """What is sent to /match."""

    queries: list[AskedQuery]


class ReconcileDraft:
    """The endpoints of version 1.0."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._reconciling = Reconciling(service)
        self._base = service.settings.instance_base

    def manifest(self, request: Request) -> Response:
        """Give what the service offers."""
        base = str(request.base_url).rstrip("/")
        return JSONResponse(
            {
                **manifest(base),
                "versions": ["1.0-draft"],
                "serviceVersion": __version__,
                "defaultTypes": self._reconciling.default_types(),
                "view": {"url": f"{base}/id/{{id}}"},
                "preview": {"width": WIDTH, "height": HEIGHT},
                "suggest": {"entity": True, "property": True, "type": True},
                "extend": {"proposeProperties": True, "propertySettings": []},
                "standardizedScore": True,
            }
        )

    async def match(self, request: Request) -> Response:
        """Give the candidates for each query of a batch."""
        batch = read(Batch, await body_of(request, _BODY), "batch")
        queries = [query.understood(self._base) for query in batch.queries]
        found = await run_in_threadpool(
            lambda: self._reconciling.candidates(queries, context_of(request, self._service))
        )
        return JSONResponse(
            {
                "results": [
                    {"candidates": [self._reconciling.candidate(c, _feature) for c in candidates]}
                    for candidates in found
                ]
            }
        )

    async def extend(self, request: Request) -> Response:
        """Give values of properties of entities."""
        wanted = read(Extension, await body_of(request, _BODY), "extension")
        meta, rows = await run_in_threadpool(
            lambda: self._reconciling.extended(wanted, context_of(request, self._service))
        )
        listed = [
            {"id": name, "properties": [{"id": i, "values": values} for i, values in row.items()]}
            for name, row in rows.items()
        ]
        return JSONResponse({"meta": meta, "rows": listed})


def _feature(name: str, label: str, value: float) -> Json:
    return {"id": name, "name": label, "value": value}


def _body(form: type[BaseModel], example: str) -> Mapping[str, Json]:
    return {"requestBody": sent(form, example)}


def routes(service: Service) -> APIRouter:
    """Give the routes of version 1.0."""
    router = APIRouter(tags=["reconciliation"])
    door = ReconcileDraft(service)
    for method, path, answer, summary, model, extra in (
        ("GET", "", door.manifest, "Read the manifest (1.0)", Manifest, {}),
        ("POST", "/match", door.match, "Match names to entities (1.0)", Matches, _body(Batch, _BATCH)),
        (
            "POST",
            "/extend",
            door.extend,
            "Read values of properties (1.0)",
            RowsOfExtension,
            _body(Extension, _EXTENSION),
        ),
    ):
        router.add_api_route(
            f"{ROOT}{path}",
            answer,
            methods=[method],
            summary=summary,
            response_class=Response,
            responses={200: {"model": model}},
            openapi_extra=dict(extra),
        )
    add_routes(router, service, root=ROOT, proposals="/extend/propose", version="1.0")
    return router
