"""GET /timeline: what involves an entity, in the order of its dates, each with its sureness and its documents."""

from datetime import date
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from pydantic import AliasPath, Field
from starlette.responses import Response

from summitry import media
from summitry.errors import BadParameter
from summitry.usecases import timeline
from summitry.usecases.context import Context, day_of
from summitry.usecases.filters import did_you_mean
from summitry.usecases.readings import Sureness
from summitry.usecases.service import Service
from summitry.usecases.timeline import LIMIT, MOST, EntryKind, Span
from summitry.web.parts import LABEL, REF_IRI, TYPE, Backed, Day, Moments, Ref
from summitry.web.reading import CLOCKS, DAY, KNOWN_AT, answer, clocks, context_of, moments

_KNOWN: Final = ("entity", "from", "to", "limit", "offset", *CLOCKS)


class Entry(Backed):
    """One thing in a timeline."""

    id: str = REF_IRI
    label: str = LABEL
    type: str = TYPE
    kind: EntryKind
    date: Day
    dated: str = Field(description="The property that `date` is the value of.", examples=["from", "saidOn"])
    until: Day | None
    reading: str = Field(
        description="The same in English; a state as it stands on the day `validAt`.",
        examples=["Donald Trump: President of the United States"],
    )
    graphs: list[str] = Field(description="The graphs that state it; their pages say what they come from.")
    sureness: Sureness = Field(
        description="How sure it is that it was so on `date`: `possible` where the day is known only roughly or is "
        "yet to come, `unrecorded` where it was planned and nobody recorded what came of it."
    )


class Timeline(Moments):
    """A page of a timeline, the earliest first."""

    entity: Ref
    items: list[Entry] = Field(validation_alias=AliasPath("entries"))
    total: int = Field(description="How many entries there are on all pages.")
    undated: int = Field(description="How many there are besides for which no date is recorded.")
    next: str | None = Field(description="The path of the next page, null on the last.")


class Telling:
    """The way in to the timelines."""

    def __init__(self, service: Service) -> None:
        self._service = service

    # A plain function, so that reading the store does not hold up the event loop.
    def told(
        self,
        request: Request,
        entity: Annotated[
            str, Query(description="A prefixed name, an IRI or a slug.", examples=["person:donald-trump"])
        ],
        from_: Annotated[
            str,
            Query(
                alias="from",
                description="The first day; a rough date counts as the first it may be.",
                pattern=DAY["pattern"],
            ),
        ] = "any",
        to: Annotated[
            str, Query(description="The last day.", examples=["2025-10-31"], pattern=DAY["pattern"])
        ] = "any",
        limit: Annotated[int, Query(ge=1, le=MOST, description="How many a page has.")] = LIMIT,
        offset: Annotated[int, Query(ge=0, le=1_000_000, description="How many to pass over.")] = 0,
    ) -> Response:
        """Give what involves an entity: tenures, memberships, states of policies, statements, events, documents."""
        _refuse_unknown(request)
        context = context_of(request, self._service)
        node = timeline.find(entity, context)
        span = Span(_day("from", from_, context), _day("to", to, context))

        def write(context: Context) -> bytes:
            found = timeline.timeline(node, span, context, limit=limit, offset=offset)
            end = offset + limit
            following = _next(request, context, end) if end < found.total else None
            facts = {name: getattr(found, name) for name in ("entity", "entries", "total", "undated")}
            shown = Timeline.model_validate({**facts, "next": following, **dict(moments(request, context))})
            return shown.model_dump_json(by_alias=True).encode()

        return answer(request, self._service, context, media.JSON, write)


def _refuse_unknown(request: Request) -> None:
    for name in request.query_params:
        if name not in _KNOWN:
            raise BadParameter(f"/timeline has no parameter {name!r}; {did_you_mean(name, _KNOWN)}")


def routes(service: Service) -> APIRouter:
    """Give the route of the timelines."""
    router = APIRouter(tags=["questions"])
    router.add_api_route(
        "/timeline",
        Telling(service).told,
        methods=["GET"],
        operation_id="timeline",
        summary="Tell what involves an entity, by date",
        response_class=Response,
        responses={200: {"model": Timeline}},
        openapi_extra={"parameters": clocks("The day in the world on which states are read.")},
    )
    return router


def _day(name: str, text: str, context: Context) -> date | None:
    try:
        return day_of(text, context.today)
    except BadParameter as error:
        raise BadParameter(f"{name}: {error}") from error


def _next(request: Request, context: Context, offset: int) -> str:
    """Give the path of the next page, of the same revision: what is recorded meanwhile moves nothing."""
    fixed = {KNOWN_AT: str(context.reader.head()), "offset": str(offset)}
    others = [(name, value) for name, value in request.query_params.multi_items() if name not in fixed]
    return f"{request.url.path}?{urlencode([*others, *fixed.items()])}"
