"""GET /leaders /countries /policies /commodities /meetings: lists to filter and page through, and single entities."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Final
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from summitry import linked, media
from summitry.errors import BadParameter, UnknownEntity
from summitry.usecases import listing, lookup
from summitry.usecases.context import TODAY, Context
from summitry.usecases.doors import DOORS, Door
from summitry.usecases.filters import Filter, did_you_mean
from summitry.usecases.service import Service
from summitry.web.citation import citation
from summitry.web.endpoints import Json
from summitry.web.entities import FORMS
from summitry.web.negotiation import chosen
from summitry.web.reading import CLOCKS, answer, clocks, context_of, moments, parameter

_OFFERED: Final = (media.JSON, media.JSON_LD, media.TURTLE)


class FrontDoor:
    """The way in to one kind of thing."""

    def __init__(self, service: Service, door: Door) -> None:
        self._service = service
        self._door = door
        self._form = FORMS[door.name]

    # Plain functions, so that reading the store does not hold up the event loop.
    def list(self, request: Request) -> Response:
        """Give a page of the list."""
        names = [known.name for known in self._door.filters]
        _check(request, [*names, *CLOCKS, "limit", "cursor"])
        default, given = self._door.valid_at.default if self._door.valid_at else TODAY, request.query_params
        context = context_of(request, self._service, default=default)
        texts = {name: given.getlist(name) for name in names if name in given}
        limit, cursor = _limit(given.get("limit", str(listing.LIMIT))), given.get("cursor", "")
        query = listing.understand(self._door, texts, context, limit=limit, cursor=cursor)

        def write(context: Context) -> bytes:
            page = listing.page(replace(query, context=context))
            facts = {"items": page.items, "total": page.total, "next": _next(request, page.cursor)}
            shown = self._form.listing.model_validate({**facts, **dict(moments(request, context))})
            return shown.model_dump_json(by_alias=True).encode()

        return answer(request, self._service.store, context, media.JSON, write)

    def one(
        self,
        request: Request,
        name: Annotated[str, Path(include_in_schema=False)],
    ) -> Response:
        """Give one entity, as JSON, JSON-LD or Turtle. A former name leads to the present one."""
        _check(request, CLOCKS)
        context = context_of(request, self._service)
        stem, form = _form(request, name)
        try:
            entity = lookup.find(self._door, stem, context)
        except UnknownEntity:
            if successor := lookup.successor(self._door, stem, context):
                suffix = name.removeprefix(stem)
                return self._moved(request, lookup.slug(successor) + suffix)
            raise

        def write(context: Context) -> bytes:
            if form == media.JSON:
                described = lookup.describe(self._door, entity, context)
                cited = citation(request, context, described)
                page = self._form.page(described, moments(request, context), cited)
                return page.model_dump_json(by_alias=True).encode()
            serialise = linked.turtle if form == media.TURTLE else linked.json_ld
            return serialise(lookup.triples(context.reader, entity), entity)

        return answer(request, self._service.store, context, form, write)

    def _moved(self, request: Request, name: str) -> Response:
        """Lead to the page called `name`, until the next change: a reverted renaming takes the way back."""
        query = f"?{request.url.query}" if request.url.query else ""
        location = f"/{self._door.name}/{quote(name)}{query}"
        return Response(status_code=308, headers={"location": location, "cache-control": "no-cache"})


def routes(service: Service) -> APIRouter:
    """Give the routes of the five front doors."""
    router = APIRouter()
    for door in DOORS:
        front, look = FrontDoor(service, door), FORMS[door.name]
        router.add_api_route(
            f"/{door.name}",
            front.list,
            methods=["GET"],
            operation_id=f"list_{door.name}",
            summary=f"List the {door.name}",
            description=door.doc,
            tags=[door.name],
            response_class=Response,
            responses={200: {"model": look.listing}},
            openapi_extra={"parameters": [*map(_of_filter, door.filters), *_of_day(door), *_PAGING]},
        )
        router.add_api_route(
            f"/{door.name}/{{name}}",
            front.one,
            methods=["GET"],
            operation_id=f"describe_{look.item.__name__.lower()}",
            summary=f"Describe one of the {door.name}",
            tags=[door.name],
            response_class=Response,
            responses={
                200: {"model": look.whole, "content": {form: {} for form in _OFFERED[1:]}},
                308: {"description": "It has another name now."},
            },
            openapi_extra={"parameters": [_of_name(door), *clocks()]},
        )
    return router


def _of_day(door: Door) -> Sequence[Json]:
    when = door.valid_at
    return clocks(when.doc, when.example, when.default) if when else clocks()


def _of_filter(known: Filter) -> Json:
    schema = {"type": "string"} | ({"default": known.default} if known.default else {})
    return parameter(known.name, known.doc, known.example, schema=schema)


def _of_name(door: Door) -> Json:
    doc = "The last part of its IRI; with .json, .jsonld or .ttl after it, in that form whatever Accept says."
    return parameter("name", doc, door.example) | {"in": "path", "required": True}


_COUNT: Final[Json] = {"type": "integer", "minimum": 1, "maximum": listing.MOST, "default": listing.LIMIT}
_PAGING: Final = (
    parameter("limit", "How many a page has.", "20", schema=_COUNT),
    parameter("cursor", "Where the page begins; `next` of the page before has it."),
)


def _check(request: Request, known: Sequence[str]) -> None:
    """Refuse a parameter that would be ignored."""
    for name in request.query_params:
        if name not in known:
            raise BadParameter(f"{request.url.path} has no parameter {name!r}; {did_you_mean(name, known)}")


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 5 and 1 <= int(text) <= listing.MOST):
        raise BadParameter(f"limit: {text!r} is not a whole number from 1 to {listing.MOST}")
    return int(text)


def _form(request: Request, name: str) -> tuple[str, str]:
    """Give the name without its suffix, and the media type that suffix or Accept ask for."""
    stem, _, suffix = name.rpartition(".")
    form = media.BY_SUFFIX.get(suffix)
    return (stem, form) if stem and form in _OFFERED else (name, chosen(request, _OFFERED))


def _next(request: Request, cursor: str) -> str | None:
    """Give the path of the page after this one, None on the last."""
    if not cursor:
        return None
    others = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
    return f"{request.url.path}?{urlencode([*others, ('cursor', cursor)])}"
