"""GET /id/…: the IRIs of entities, which are not documents, lead to the documents about them (303)."""

from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from summitry import media
from summitry.errors import UnknownEntity
from summitry.usecases import lookup
from summitry.usecases.service import Service
from summitry.web.doors import OFFERED, moved
from summitry.web.negotiation import VARY, chosen
from summitry.web.reading import context_of

_SUFFIXES: Final = {media.JSON: "", media.JSON_LD: ".jsonld", media.TURTLE: ".ttl"}


class Identifiers:
    """What answers under the paths of entities' IRIs."""

    def __init__(self, service: Service) -> None:
        self._service = service

    # A plain function, so that reading the store does not hold up the event loop.
    def lead(
        self,
        request: Request,
        kind: Annotated[str, Path(description="The type in the IRI.", examples=["country"])],
        name: Annotated[str, Path(description="The last part of the IRI.", examples=["kr"])],
    ) -> Response:
        """Lead from an entity's IRI to its page: that of its door, or of everything; in the form Accept asks for.

        A former IRI leads to the present one (308).
        """
        context = context_of(request, self._service)
        entity = lookup.declared(kind, name, context)
        if successor := lookup.successor_of(entity, context):
            there, slug = successor.value.split("/")[-2:]
            return moved(request, f"/id/{there}/{slug}")
        if not lookup.is_declared(entity, context):
            raise UnknownEntity(f"no graph declares {kind}:{name}; /search?q=… looks for a name")
        door = lookup.door_of(entity, context)
        path = lookup.path(door.name if door else "", entity.value) + _SUFFIXES[chosen(request, OFFERED)]
        query = f"?{request.url.query}" if request.url.query else ""
        headers = {"location": f"{quote(path, safe='/:')}{query}", "cache-control": "no-cache", **VARY}
        return Response(status_code=303, headers=headers)


def routes(service: Service) -> APIRouter:
    """Give the route under which the IRIs of entities answer."""
    router = APIRouter(tags=["entities"])
    router.add_api_route(
        "/id/{kind}/{name}",
        Identifiers(service).lead,
        methods=["GET"],
        operation_id="dereference",
        summary="Follow the IRI of an entity",
        response_class=Response,
        status_code=303,
        responses={
            303: {"description": "The page about it is there."},
            308: {"description": "It has another IRI now."},
        },
    )
    return router
