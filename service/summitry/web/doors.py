"""GET /leaders /countries /policies /commodities /meetings: lists to filter and page through, and single entities."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Final
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Path, Request
from pyoxigraph import NamedNode
from starlette.responses import Response

from summitry import linked, media
from summitry.errors import BadParameter, UnknownEntity
from summitry.usecases import listing, lookup
from summitry.usecases.doors import DOORS, Door
from summitry.usecases.filters import TODAY, Context, Filter, day_of, did_you_mean
from summitry.usecases.service import Service
from summitry.web.endpoints import Json
from summitry.web.entities import FORMS
from summitry.web.languages import LANG, languages
from summitry.web.negotiation import chosen
from summitry.web.preconditions import is_known

_OFFERED: Final = (media.JSON, media.JSON_LD, media.TURTLE)
_VARY: Final = "Accept, Accept-Language"


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
        _check(request, [*names, "lang", "limit", "cursor"])
        context, tongues, given = self._setting(), languages(request), request.query_params
        query = listing.understand(
            self._door,
            {name: given.getlist(name) for name in names if name in given},
            context,
            languages=tongues,
            limit=_limit(given.get("limit", str(listing.LIMIT))),
            cursor=given.get("cursor", ""),
        )
        headers = self._headers(media.JSON, tongues, context.today)
        if is_known(request, headers["etag"]):
            return Response(status_code=304, headers=headers)
        page = listing.page(query, context.store)
        following = _next(request, page.cursor)
        shown = self._form.listing.model_validate(
            {"items": page.items, "total": page.total, "next": following, "on": query.on}
        )
        return Response(shown.model_dump_json(by_alias=True), headers=headers, media_type=media.JSON)

    def one(
        self,
        request: Request,
        name: Annotated[str, Path(include_in_schema=False)],
    ) -> Response:
        """Give one entity, as JSON, JSON-LD or Turtle. A former name leads to the present one."""
        _check(request, ["lang", "on"])
        context, tongues = self._setting(), languages(request)
        stem, form = _form(request, name)
        on = day_of(request.query_params.get("on", TODAY), context.today) or context.today
        try:
            entity = lookup.find(self._door, stem, context)
        except UnknownEntity:
            if successor := lookup.successor(self._door, stem, context):
                suffix = name.removeprefix(stem)
                return self._moved(request, lookup.slug(successor) + suffix)
            raise
        headers = self._headers(form, tongues, context.today)
        if is_known(request, headers["etag"]):
            return Response(status_code=304, headers=headers)
        return Response(self._written(entity, form, tongues, on), headers=headers, media_type=form)

    def _moved(self, request: Request, name: str) -> Response:
        """Lead to the page called `name`, until the next change: a reverted renaming takes the way back."""
        query = f"?{request.url.query}" if request.url.query else ""
        location = f"/{self._door.name}/{quote(name)}{query}"
        return Response(status_code=308, headers={"location": location, "cache-control": "no-cache"})

    def _written(self, entity: NamedNode, form: str, tongues: Sequence[str], on: date) -> bytes:
        store = self._service.store
        if form == media.JSON:
            described = lookup.describe(self._door, entity, tongues, on, store)
            return self._form.page(described).model_dump_json(by_alias=True).encode()
        write = linked.turtle if form == media.TURTLE else linked.json_ld
        return write(lookup.triples(store, entity), entity)

    def _setting(self) -> Context:
        today = datetime.now(UTC).date()
        return Context(self._service.store, self._service.settings.instance_base, today)

    def _headers(self, form: str, tongues: Sequence[str], today: date) -> dict[str, str]:
        # Read before the content: a tag that is too old costs a fetch, one that is too new hides a change.
        variant = ".".join([form.rpartition("/")[2], *tongues, today.isoformat()])
        return {"etag": f'W/"r{self._service.store.head()}.{variant}"', "vary": _VARY}


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
            openapi_extra={"parameters": [*map(_of_filter, door.filters), *_PAGING, LANG]},
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
            openapi_extra={"parameters": [_of_name(door), _ON, LANG]},
        )
    return router


def _parameter(name: str, doc: str, schema: Json, example: str = "") -> Json:
    parameter = {"name": name, "in": "query", "description": doc, "schema": schema}
    return parameter | ({"example": example} if example else {})


def _of_filter(known: Filter) -> Json:
    schema = {"type": "string"} | ({"default": known.default} if known.default else {})
    return _parameter(known.name, known.doc, schema, known.example)


def _of_name(door: Door) -> Json:
    doc = "The last part of its IRI; with .json, .jsonld or .ttl after it, in that form whatever Accept says."
    return _parameter("name", doc, {"type": "string"}, door.example) | {"in": "path", "required": True}


_TEXT: Final = {"type": "string"}
_ON: Final = _parameter(
    "on", "The day on which tenures and states are read.", {**_TEXT, "default": TODAY}, "2025-11-05"
)
_COUNT: Final[Json] = {"type": "integer", "minimum": 1, "maximum": listing.MOST, "default": listing.LIMIT}
_PAGING: Final = (
    _parameter("limit", "How many a page has.", _COUNT, "20"),
    _parameter("cursor", "Where the page begins; `next` of the page before has it.", _TEXT),
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
