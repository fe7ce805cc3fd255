"""/reconcile: the Reconciliation Service API 0.2, as OpenRefine speaks it.

https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Final, Literal, TypeVar
from urllib.parse import parse_qsl, quote

from fastapi import APIRouter, Request
from fastapi import Query as Parameter
from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from summitry import __version__
from summitry.errors import BadParameter
from summitry.terms import AP
from summitry.usecases.reconcile import LIMIT, MOST, Condition, Query
from summitry.usecases.service import Service
from summitry.web.endpoints import Json
from summitry.web.guard import body_of
from summitry.web.reading import context_of
from summitry.web.reconcile_answers import Candidates, Extended, Manifest
from summitry.web.reconcile_suggest import add_routes
from summitry.web.reconciling import HEIGHT, WIDTH, Extension, Reconciling, manifest

Form = TypeVar("Form", bound=BaseModel)

ROOT: Final = "/reconcile"
_FORM: Final = "application/x-www-form-urlencoded"
_BODY: Final = 1024 * 1024
_EXAMPLE: Final = '{"q0": {"query": "US president", "type": "Person"}}'


class Known(BaseModel):
    """A reconciled value of a property."""

    id: str = Field(max_length=2000)


Value = str | int | float | bool | Known


class Property(BaseModel):
    """A property that the entity should have (§5.1)."""

    pid: str = Field(max_length=200)
    v: Value | Annotated[list[Value], Field(max_length=20)]


class Asked(BaseModel):
    """One query of a batch (§5.1)."""

    query: str | None = None
    type: str | list[str] = ""
    limit: int = Field(LIMIT, ge=1)
    properties: list[Property] = Field([], max_length=20)
    type_strict: Literal["any", "should", "all"] = "any"

    def understood(self) -> Query:
        """Give the query that is meant."""
        types = [self.type] if isinstance(self.type, str) else self.type
        conditions = tuple(Condition(p.pid, texts(p.v)) for p in self.properties)
        names = () if self.query is None else (self.query,)
        return Query(names, tuple(filter(None, types)), conditions, min(self.limit, MOST))


_BATCH: Final = TypeAdapter(dict[str, Asked])


def texts(value: Value | Sequence[Value]) -> tuple[str, ...]:
    """Give values of a property as texts, a reconciled one by its identifier."""
    values = value if isinstance(value, list) else [value]
    return tuple(v.id if isinstance(v, Known) else str(v) for v in values)


class Reconcile:
    """The endpoint and what may be sent to it."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._reconciling = Reconciling(service)
        self._space = service.settings.instance_base

    async def ask(
        self,
        request: Request,
        queries: Annotated[str, Parameter(description="A batch, as JSON.", examples=[_EXAMPLE])] = "",
        extend: Annotated[
            str, Parameter(description="A data extension query, as JSON, instead of a batch.")
        ] = "",
    ) -> Response:
        """Give the candidates for each query of a batch, or values of properties; without either, the manifest."""
        if not queries and not extend:
            return JSONResponse(self._manifest(str(request.base_url).rstrip("/")))
        return await run_in_threadpool(self._answer, queries, extend, request)

    async def post(self, request: Request) -> Response:
        """Answer a batch or a data extension query that is too long for an address."""
        form = _form(await body_of(request, _BODY))
        queries, extend = form.get("queries", ""), form.get("extend", "")
        if not queries and not extend:
            raise BadParameter("send the parameter 'queries' or 'extend' in a form")
        return await run_in_threadpool(self._answer, queries, extend, request)

    def _answer(self, queries: str, extend: str, request: Request) -> Response:
        context = context_of(request, self._service)
        if extend:
            meta, rows = self._reconciling.extended(read(Extension, extend, "extend"), context)
            return JSONResponse({"meta": meta, "rows": rows})
        try:
            batch = _BATCH.validate_json(queries)
        except ValidationError as error:
            raise BadParameter(f"queries: {told(error)}") from error
        found = self._reconciling.candidates([asked.understood() for asked in batch.values()], context)
        shown = (
            [self._reconciling.candidate(candidate, _feature) for candidate in candidates]
            for candidates in found
        )
        return JSONResponse({name: {"result": result} for name, result in zip(batch, shown, strict=True)})

    def _manifest(self, base: str) -> Json:
        def at(path: str) -> Json:
            return {"service_url": base, "service_path": f"/reconcile{path}"}

        return {
            **manifest(base),
            "versions": ["0.2"],
            "identifierSpace": self._space,
            "schemaSpace": AP,
            "serviceVersion": __version__,
            "defaultTypes": self._reconciling.default_types(),
            "view": {"url": f"{base}/id/{{{{id}}}}"},
            "preview": {"url": f"{base}/reconcile/preview?id={{{{id}}}}", "width": WIDTH, "height": HEIGHT},
            "suggest": {kind: at(f"/suggest/{kind}") for kind in ("entity", "property", "type")},
            "extend": {"propose_properties": at("/properties"), "property_settings": []},
        }


def _form(body: bytes) -> Mapping[str, str]:
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=10))
    except ValueError as error:
        raise BadParameter("the body is no form in UTF-8 with a few fields") from error


def read(form: type[Form], text: str | bytes, name: str) -> Form:
    """Give the JSON `text` as what `form` says. Raises BadParameter."""
    try:
        return form.model_validate_json(text)
    except ValidationError as error:
        raise BadParameter(f"{name}: {told(error)}") from error


def told(error: ValidationError) -> str:
    """Give the first thing that is wrong, and where."""
    first = error.errors(include_url=False)[0]
    where = ".".join(map(str, first["loc"]))
    return f"{where + ': ' if where else ''}{first['msg']}"


def _feature(name: str, _: str, value: float) -> Json:
    return {"id": name, "value": value}


def routes(service: Service) -> APIRouter:
    """Give the routes of version 0.2."""
    router = APIRouter(tags=["reconciliation"])
    door = Reconcile(service)
    form = {"type": "object", "properties": {name: {"type": "string"} for name in ("queries", "extend")}}
    body = {"required": True, "content": {_FORM: {"schema": form, "example": f"queries={quote(_EXAMPLE)}"}}}
    router.add_api_route(
        ROOT,
        door.ask,
        methods=["GET"],
        summary="Match names to entities, or read the manifest (0.2)",
        response_class=Response,
        responses={200: {"model": Manifest | Extended | dict[str, Candidates]}},
    )
    router.add_api_route(
        ROOT,
        door.post,
        methods=["POST"],
        summary="Match names to entities, in a form (0.2)",
        response_class=Response,
        responses={200: {"model": Extended | dict[str, Candidates]}},
        openapi_extra={"requestBody": body},
    )
    add_routes(router, service, root=ROOT, proposals="/properties", version="0.2")
    return router
