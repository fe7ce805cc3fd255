"""What both versions of the Reconciliation Service API offer beside matching: suggestions, proposals, previews."""

from typing import Annotated, Final

from fastapi import APIRouter, Request
from fastapi import Query as Parameter
from starlette.responses import JSONResponse, Response

from summitry.usecases.service import Service
from summitry.web.endpoints import Json
from summitry.web.reading import context_of
from summitry.web.reconcile_answers import Proposal, Suggestions
from summitry.web.reconciling import Reconciling

Prefix = Annotated[str, Parameter(description="What the name begins with or contains.", examples=["coun"])]
_HTML: Final[Json] = {"content": {"text/html": {}}}


class Suggest:
    """The suggest services, the proposal of properties, and the preview."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._reconciling = Reconciling(service)

    def entities(self, request: Request, prefix: Prefix) -> Response:
        """Suggest entities."""
        return JSONResponse(
            {"result": self._reconciling.entities(prefix, context_of(request, self._service))}
        )

    def properties(self, prefix: Prefix = "") -> Response:
        """Suggest properties."""
        return JSONResponse({"result": self._reconciling.properties(prefix)})

    def types(self, prefix: Prefix = "") -> Response:
        """Suggest classes."""
        return JSONResponse({"result": self._reconciling.types(prefix)})

    def proposed(
        self,
        type: Annotated[str, Parameter(description="A class.", examples=["Country"])],  # noqa: A002
        limit: Annotated[int, Parameter(ge=1, le=200)] = 50,
    ) -> Response:
        """Propose properties of a class to extend a table by."""
        found = self._reconciling.proposed(type, limit)
        return JSONResponse({"type": type, "limit": limit, "properties": found})

    def preview(
        self,
        request: Request,
        id: Annotated[str, Parameter(description="An entity.", examples=["country/us"])],  # noqa: A002
    ) -> Response:
        """Show an entity in a small frame of HTML."""
        return self._reconciling.preview(id, context_of(request, self._service))


def add_routes(router: APIRouter, service: Service, *, root: str, proposals: str, version: str) -> None:
    """Add the routes below `root` to `router`; `proposals` is where properties are proposed."""
    suggest = Suggest(service)
    suggestions: Json = {"model": Suggestions}
    for path, door, summary, described in (
        ("/suggest/entity", suggest.entities, "Suggest entities", suggestions),
        ("/suggest/property", suggest.properties, "Suggest properties", suggestions),
        ("/suggest/type", suggest.types, "Suggest classes", suggestions),
        (proposals, suggest.proposed, "Propose properties of a class", {"model": Proposal}),
        ("/preview", suggest.preview, "Preview an entity", _HTML),
    ):
        router.add_api_route(
            f"{root}{path}",
            door,
            methods=["GET"],
            summary=f"{summary} ({version})",
            response_class=Response,
            responses={200: described},
        )
