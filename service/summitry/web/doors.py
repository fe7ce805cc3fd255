"""The front doors: a list and a page for each kind of thing, and a page for whatever has no door."""

from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Path, Request
from pyoxigraph import NamedNode
from starlette.responses import Response

from summitry import linked, media
from summitry.errors import UnknownEntity
from summitry.usecases import kinds, lookup
from summitry.usecases.context import Context
from summitry.usecases.doors import DOORS, Door
from summitry.usecases.service import Service
from summitry.usecases.views import VIEWS, View
from summitry.web.citation import citation
from summitry.web.endpoints import Json
from summitry.web.entities import FORMS, OTHER, Form
from summitry.web.lists import OFFERED as LISTED
from summitry.web.lists import List, check
from summitry.web.negotiation import chosen
from summitry.web.reading import CLOCKS, answer, clocks, context_of, moments, parameter

OFFERED: Final = (media.JSON, media.JSON_LD, media.TURTLE)
_NAMED: Final = "with .json, .jsonld or .ttl after it, in that form whatever Accept says."


class Pages:
    """The pages of single entities, all made alike."""

    def __init__(self, service: Service, view: View, form: Form) -> None:
        self._service = service
        self._view = view
        self._form = form

    def page(self, request: Request, context: Context, entity: NamedNode, form: str) -> Response:
        """Give the page of `entity` in the media type `form`."""

        def write(context: Context) -> bytes:
            if form == media.JSON:
                described = lookup.describe(self._view, entity, context)
                cited = citation(request, context, described)
                page = self._form.page(described, moments(request, context), cited)
                return page.model_dump_json(by_alias=True).encode()
            serialise = linked.turtle if form == media.TURTLE else linked.json_ld
            return serialise(lookup.triples(context.reader, entity), entity)

        return answer(request, self._service, context, form, write)


class FrontDoor:
    """The pages behind one door."""

    def __init__(self, service: Service, door: Door) -> None:
        self._service = service
        self._door = door
        self._pages = Pages(service, VIEWS[door.name], FORMS[door.name])

    # Plain functions, so that reading the store does not hold up the event loop.
    def one(self, request: Request, name: Annotated[str, Path(include_in_schema=False)]) -> Response:
        """Give one entity, as JSON, JSON-LD or Turtle. A former name leads to the present one."""
        check(request, CLOCKS)
        context = context_of(request, self._service)
        stem, form = form_of(request, name)
        try:
            entity = lookup.find(self._door, stem, context)
        except UnknownEntity:
            if successor := lookup.successor(self._door, stem, context):
                path = lookup.path(self._door.name, successor.value) + name.removeprefix(stem)
                return moved(request, path)
            raise
        return self._pages.page(request, context, entity, form)


class Everything:
    """The pages of entities of any kind, by the last two parts of their IRI."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._pages = Pages(service, kinds.other, OTHER)

    def one(
        self,
        request: Request,
        kind: Annotated[str, Path(description="The type in its IRI.", examples=["city"])],
        name: Annotated[str, Path(description=f"The last part of its IRI; {_NAMED}", examples=["seoul"])],
    ) -> Response:
        """Give whatever the graph declares: tenures, memberships, states, conditions, cities, people and all others."""
        check(request, CLOCKS)
        context = context_of(request, self._service)
        stem, form = form_of(request, name)
        entity = lookup.declared(kind, stem, context)
        if successor := lookup.successor_of(entity, context):
            return moved(request, lookup.path("", successor.value) + name.removeprefix(stem))
        if not lookup.is_declared(entity, context):
            raise UnknownEntity(f"no graph declares {kind}:{stem}; /search?q=… looks for a name")
        return self._pages.page(request, context, entity, form)


def routes(service: Service) -> APIRouter:
    """Give the routes of the front doors, and of the pages of all else."""
    router = APIRouter()
    for door in DOORS:
        _add(router, service, door)
    router.add_api_route(
        "/entities/{kind}/{name}",
        Everything(service).one,
        methods=["GET"],
        operation_id="describe_entity",
        summary="Describe an entity of any kind",
        tags=["entities"],
        response_class=Response,
        responses=_responses(OTHER),
        openapi_extra={"parameters": clocks()},
    )
    return router


def form_of(request: Request, name: str) -> tuple[str, str]:
    """Give the name without its suffix, and the media type that suffix or Accept ask for."""
    stem, _, suffix = name.rpartition(".")
    form = media.BY_SUFFIX.get(suffix)
    return (stem, form) if stem and form in OFFERED else (name, chosen(request, OFFERED))


def moved(request: Request, path: str) -> Response:
    """Lead to `path`, until the next change: a reverted renaming takes the way back."""
    query = f"?{request.url.query}" if request.url.query else ""
    headers = {"location": f"{quote(path, safe='/:')}{query}", "cache-control": "no-cache"}
    return Response(status_code=308, headers=headers)


def _add(router: APIRouter, service: Service, door: Door) -> None:
    listed, form = List(service, door), FORMS[door.name]
    router.add_api_route(
        f"/{door.name}",
        listed.negotiated,
        methods=["GET"],
        operation_id=f"list_{door.name}",
        summary=f"List the {door.name}",
        description=door.doc,
        tags=[door.name],
        response_class=Response,
        responses={200: {"model": form.listing, "content": {media: {} for media in LISTED[1:]}}},
        openapi_extra={"parameters": listed.parameters()},
    )
    router.add_api_route(
        f"/{door.name}.{{suffix}}",
        listed.suffixed,
        methods=["GET"],
        include_in_schema=False,
        response_class=Response,
    )
    router.add_api_route(
        f"/{door.name}/{{name}}",
        FrontDoor(service, door).one,
        methods=["GET"],
        operation_id=f"describe_{form.item.__name__.lower()}",
        summary=f"Describe one of the {door.name}",
        tags=[door.name],
        response_class=Response,
        responses=_responses(form),
        openapi_extra={"parameters": [_of_name(door), *clocks()]},
    )


def _responses(form: Form) -> dict[int | str, dict[str, object]]:
    return {
        200: {"model": form.whole, "content": {media: {} for media in OFFERED[1:]}},
        308: {"description": "It has another name now."},
    }


def _of_name(door: Door) -> Json:
    doc = f"The last part of its IRI; {_NAMED}"
    return parameter("name", doc, door.example) | {"in": "path", "required": True}
