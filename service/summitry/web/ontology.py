"""GET /ns and /shapes: the ontology and the shapes that this service works with, for programs and readers."""

import asyncio
from functools import cache
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from pyoxigraph import NamedNode, RdfFormat, serialize
from starlette.responses import Response

from summitry import resources
from summitry.media import JSON_LD, RDF_FORMATS
from summitry.terms import ONTOLOGY_GRAPH, PREFIXES, SHAPES_GRAPH
from summitry.usecases.ask import GRAPH
from summitry.usecases.service import Service
from summitry.web import ontology_page, preconditions
from summitry.web.endpoints import Json
from summitry.web.negotiation import VARY, chosen
from summitry.web.pages import page

_HTML: Final = "text/html"

Format = Annotated[
    str, Query(alias="format", description="turtle, nt, jsonld, xml or html, instead of Accept.")
]


class Published:
    """The graphs that come with this version. They change at start only, so each form is made once."""

    def __init__(self, service: Service) -> None:
        self._store = service.store
        self._written = cache(self._write)

    async def ontology(self, request: Request, wanted: Format = "") -> Response:
        """Give every term with its label and definition: RDF for programs, a page for readers."""
        media = chosen(request, (*GRAPH, _HTML), wanted)
        if media == _HTML:
            return page(*_ontology_page(), headers=VARY)
        return await asyncio.to_thread(self._given, request, ONTOLOGY_GRAPH, media)

    async def shapes(self, request: Request, wanted: Format = "") -> Response:
        """Give the rules that every write is held to, as a SHACL shapes graph."""
        media = chosen(request, GRAPH, wanted)
        return await asyncio.to_thread(self._given, request, SHAPES_GRAPH, media)

    async def context(self) -> Response:
        """Give the JSON-LD context by which the entities of this service are written."""
        return Response(resources.context(), media_type=JSON_LD)

    def _given(self, request: Request, graph: NamedNode, media: str) -> Response:
        headers = {**VARY, "etag": preconditions.tag(self._store.last_change(graph))}
        if preconditions.is_known(request, headers["etag"]):
            return Response(status_code=304, headers=headers)
        return Response(self._written(graph, media), headers=headers, media_type=media)

    def _write(self, graph: NamedNode, media: str) -> bytes:
        rdf_format = RDF_FORMATS[media]
        triples = sorted((quad.triple for quad in self._store.quads(graph)), key=str)
        prefixes = None if rdf_format == RdfFormat.N_TRIPLES else dict(PREFIXES)
        return serialize(triples, format=rdf_format, prefixes=prefixes) or b""


def routes(service: Service) -> APIRouter:
    """Give the routes of the ontology and the shapes."""
    router = APIRouter(tags=["ontology"])
    published = Published(service)
    router.add_api_route(
        "/ns",
        published.ontology,
        summary="Read the ontology",
        response_class=Response,
        responses=_offering(*GRAPH, _HTML),
    )
    router.add_api_route("/ontology", published.ontology, include_in_schema=False)
    router.add_api_route(
        "/shapes",
        published.shapes,
        summary="Read the shapes",
        response_class=Response,
        responses=_offering(*GRAPH),
    )
    router.add_api_route(
        "/ns/context.jsonld",
        published.context,
        summary="Read the JSON-LD context",
        response_class=Response,
        responses=_offering(JSON_LD),
    )
    return router


def _offering(*types: str) -> dict[int | str, Json]:
    return {200: {"content": {media: {} for media in types}}}


@cache
def _ontology_page() -> tuple[str, str]:
    return ontology_page.content(resources.ontology_files())
