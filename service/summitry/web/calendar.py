"""GET /calendar: what is due, as JSON, and as iCalendar (RFC 5545) to subscribe to."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from icalendar import Calendar as Document
from icalendar import Event
from pydantic import Field
from starlette.responses import Response

from summitry import media
from summitry.usecases import calendar
from summitry.usecases.calendar import Entry, Kind
from summitry.usecases.context import Context
from summitry.usecases.service import Service
from summitry.web.negotiation import chosen
from summitry.web.parts import Backed, Day, GivenDay, Moments, Ref
from summitry.web.reading import answer, clocks, context_of, moments

_ICALENDAR: Final = "text/calendar"
_PRODUCT: Final = "-//Summitry//what is due//EN"

Begin = Annotated[
    GivenDay | None,
    Query(
        alias="from",
        description="The first day. Left out: what is to come, and what passed without a recorded outcome.",
        examples=["2025-10-01"],
    ),
]
End = Annotated[GivenDay | None, Query(alias="to", description="The last day.", examples=["2025-12-31"])]
Kinds = Annotated[list[Kind], Query(description="What to give; may be repeated. All where it is left out.")]


class Due(Backed):
    """One thing that is due."""

    kind: Kind
    what: Ref
    node: str = Field(description="The state, condition, event or tenure that says so, by its IRI.")
    day: Day
    status: Ref | None
    reading: str = Field(description="The same as a sentence of English.")
    is_open: bool = Field(description="The day has passed, and what came of it is not recorded.")


class Dues(Moments):
    """What is due, in the order of the days."""

    total: int = Field(description="How many there are; the first 1,000 are given.")
    items: list[Due]


class Dated:
    """The way in to what is due."""

    def __init__(self, service: Service) -> None:
        self._service = service

    # Plain functions, so that reading the store does not hold up the event loop.
    def due(self, request: Request, begin: Begin = None, end: End = None, kind: Kinds = []) -> Response:  # noqa: B006
        """Give truces that expire, threatened starts, deadlines, events and ends of tenures. A planned day that has
        passed without a recorded outcome stays, and says so.
        """
        form = chosen(request, (media.JSON, _ICALENDAR))
        return self._answer(request, form, begin, end, kind)

    def subscription(
        self,
        request: Request,
        begin: Begin = None,
        end: End = None,
        kind: Kinds = [],  # noqa: B006
    ) -> Response:
        """Give the same as iCalendar, for calendar programs to subscribe to."""
        return self._answer(request, _ICALENDAR, begin, end, kind)

    def _answer(
        self, request: Request, form: str, begin: date | None, end: date | None, kinds: Sequence[Kind]
    ) -> Response:
        def write(context: Context) -> bytes:
            found = calendar.calendar(context, begin=begin, end=end, kinds=kinds)
            if form == _ICALENDAR:
                return _document(found.entries, context)
            facts = {"total": found.total, "items": found.entries, **dict(moments(request, context))}
            return Dues.model_validate(facts).model_dump_json(by_alias=True).encode()

        return answer(request, self._service, context_of(request, self._service), form, write)


def routes(service: Service) -> APIRouter:
    """Give the routes of the calendar."""
    router = APIRouter(tags=["calendar"])
    dated = Dated(service)
    for path, door, summary, described in (
        ("/calendar", dated.due, "List what is due", {"model": Dues, "content": {_ICALENDAR: {}}}),
        ("/calendar.ics", dated.subscription, "Subscribe to what is due", {"content": {_ICALENDAR: {}}}),
    ):
        router.add_api_route(
            path,
            door,
            methods=["GET"],
            summary=summary,
            response_class=Response,
            responses={200: described},
            openapi_extra={"parameters": clocks("The day on which plans count as passed or to come.")},
        )
    return router


def _document(entries: Sequence[Entry], context: Context) -> bytes:
    document = Document()
    document.add("prodid", _PRODUCT)
    document.add("version", "2.0")
    document.add("name", "Summitry")
    recorded = context.reader.revision(context.reader.head()).at
    for entry in entries:
        event = Event()
        # The same for the same thing, so that a program that subscribes moves it instead of adding another.
        event.add("uid", f"{entry.kind.replace(' ', '-')}:{entry.node}")
        event.add("dtstamp", recorded)
        event.add("dtstart", entry.day.date)
        if entry.day.last < date.max:
            event.add("dtend", entry.day.last + timedelta(days=1))  # RFC 5545 §3.6.1: the end is not included
        event.add("summary", f"{entry.what.label}: {entry.status.label if entry.status else entry.kind}")
        event.add("description", entry.reading)
        event.add("categories", [entry.kind.value])
        event.add("url", entry.what.iri)
        event.add("transp", "TRANSPARENT")
        document.add_component(event)
    return bytes(document.to_ical())
