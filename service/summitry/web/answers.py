"""Answers of workers on their way to a client, and clients that do not wait for them."""

import asyncio
import re
from collections.abc import AsyncIterator, Coroutine, Mapping
from typing import IO, Final, TypeVar

from fastapi import Request
from starlette.requests import ClientDisconnect
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from summitry.workers.pool import Answer

T = TypeVar("T")

_WARNING: Final = 300
_UNPRINTABLE: Final = re.compile(r"[^ !#-\[\]-~]")
_PIECE: Final = 64 * 1024


def sent(answer: Answer, headers: Mapping[str, str]) -> Response:
    """Give `answer` as a response in its own media type: it is whole already, so it cannot break off."""
    media = str(answer.meta["media"])
    headers = {**headers, **_warnings(answer)}
    if answer.size <= _PIECE:
        with answer.body as body:
            return Response(body.read(), headers=dict(headers), media_type=media)
    return _Spooled(answer, headers, media)


async def while_connected(request: Request, work: Coroutine[None, None, T]) -> T:
    """Give what `work` gives, or cancel it when the client of `request` goes away; its body must have been read.

    Raises:
        ClientDisconnect: the client went away.
    """
    task = asyncio.ensure_future(work)
    watch = asyncio.ensure_future(_departure(request))
    try:
        await asyncio.wait((task, watch), return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise ClientDisconnect
        return task.result()
    finally:
        for future in (task, watch):
            future.cancel()
        await asyncio.gather(task, watch, return_exceptions=True)


async def _departure(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _warnings(answer: Answer) -> dict[str, str]:
    """Give the header that tells of names in the query that nothing bears (RFC 7234 §5.5), in ASCII."""
    hints = answer.meta.get("hints")
    if not isinstance(hints, list) or not hints:
        return {}
    printable = (_UNPRINTABLE.sub("?", hint)[:_WARNING] for hint in hints)
    return {"warning": ", ".join(f'199 summitry "{hint}"' for hint in printable)}


class _Spooled(StreamingResponse):
    """Sends a large answer piece by piece, and lets go of it even if nobody takes all of it."""

    def __init__(self, answer: Answer, headers: Mapping[str, str], media: str) -> None:
        self._spool = answer.body
        length = {"content-length": str(answer.size)}
        super().__init__(_pieces(answer.body), headers={**headers, **length}, media_type=media)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        with self._spool:
            await super().__call__(scope, receive, send)


async def _pieces(spool: IO[bytes]) -> AsyncIterator[bytes]:
    while piece := spool.read(_PIECE):
        yield piece
