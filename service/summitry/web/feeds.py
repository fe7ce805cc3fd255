"""/history.atom and /history/events: revisions as a feed, and as they are made."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final
from xml.sax.saxutils import escape

from fastapi import APIRouter, Request
from starlette.responses import Response, StreamingResponse

from summitry.errors import BadParameter, QueueFull
from summitry.model import Revision
from summitry.usecases import history
from summitry.usecases.service import Service
from summitry.web.history import PATCH

_FEED_LENGTH: Final = 50
_LISTENERS: Final = 100
_LOOK_SECONDS: Final = 0.25
_ALIVE_SECONDS: Final = 15.0
_ATOM: Final = "application/atom+xml"
_EVENTS: Final = "text/event-stream"


class Feeds:
    """The doors for those who follow the graph."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._listeners = 0

    def feed(self, request: Request) -> Response:
        """Give the latest revisions as an Atom feed (RFC 4287); an entry's content is its RDF Patch."""
        base = str(request.base_url).rstrip("/")
        revisions = history.revisions(self._service.store, limit=_FEED_LENGTH)
        updated = revisions[0].at.isoformat() if revisions else "1970-01-01T00:00:00+00:00"
        entries = "".join(_entry(revision, base) for revision in revisions)
        text = (
            '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
            f"<title>Summitry: revisions</title><id>{escape(base)}/history</id><updated>{updated}</updated>"
            f'<link rel="self" href="{escape(base)}/history.atom"/>{entries}</feed>\n'
        )
        return Response(text, media_type=_ATOM)

    async def events(self, request: Request) -> Response:
        """Send each revision as it is made, as server-sent events: the id is its number, the data its RDF Patch.

        `Last-Event-ID` resumes after that revision; without it, the stream begins with the next one.
        """
        last = request.headers.get("last-event-id", str(self._service.store.head()))
        if not last.isdecimal():
            raise BadParameter(f"Last-Event-ID: {last!r} is not the number of a revision")
        if self._listeners >= _LISTENERS:
            raise QueueFull("too many clients listen already; read /history.atom instead", limit="listeners")
        return StreamingResponse(
            self._stream(int(last)), media_type=_EVENTS, headers={"cache-control": "no-store"}
        )

    async def _stream(self, last: int) -> AsyncIterator[bytes]:
        loop = asyncio.get_running_loop()
        self._listeners += 1
        try:
            spoken = loop.time()
            while True:
                if last < self._service.store.head():
                    last += 1
                    yield _event(last, await asyncio.to_thread(self._service.store.patch, last))
                    spoken = loop.time()
                    continue
                if loop.time() - spoken > _ALIVE_SECONDS:
                    yield b": still here\n\n"
                    spoken = loop.time()
                await asyncio.sleep(_LOOK_SECONDS)
        finally:
            self._listeners -= 1


def routes(service: Service) -> APIRouter:
    """Give the routes of the feeds."""
    router = APIRouter(tags=["history"])
    feeds = Feeds(service)
    for path, door, media, summary in (
        ("/history.atom", feeds.feed, _ATOM, "The latest revisions as a feed"),
        ("/history/events", feeds.events, _EVENTS, "Revisions as they are made, as server-sent events"),
    ):
        router.add_api_route(
            path,
            door,
            methods=["GET"],
            summary=summary,
            response_class=Response,
            responses={200: {"content": {media: {}}}},
        )
    return router


def _entry(revision: Revision, base: str) -> str:
    link = f"{escape(base)}/history/{revision.number}"
    title = escape(revision.commit.message or f"revision {revision.number}")
    return (
        f"<entry><id>{link}</id><title>{title}</title><updated>{revision.at.isoformat()}</updated>"
        f"<author><name>{escape(revision.commit.agent)}</name></author>"
        f'<link rel="alternate" href="{link}"/><content type="{PATCH}" src="{link}"/></entry>'
    )


def _event(number: int, patch: bytes) -> bytes:
    """Give one event (HTML Living Standard §9.2): each line of the patch is a line of data."""
    data = b"".join(b"data: " + line + b"\n" for line in patch.rstrip(b"\n").split(b"\n"))
    return b"id: %d\nevent: revision\n%s\n" % (number, data)
