"""Answers of workers on their way to a client, and clients that do not wait for them."""

import asyncio
import re
from collections.abc import AsyncIterator, Coroutine, Mapping
from dataclasses import dataclass
from typing import IO, Final, TypeVar

from fastapi import Request
from starlette.requests import ClientDisconnect
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from summitry.workers.pool import Answer

T = TypeVar("T")

_WARNING: Final = 300
_SHORT_SECONDS: Final = 0.05
_UNPRINTABLE: Final = re.compile(r"[^ !#-\[\]-~]")
_AT_ONCE: Final = 1024 * 1024  # what a spool holds in memory anyway
_PIECE: Final = 64 * 1024
_COPIED: Final = 64 * 1024
_OVERHEAD: Final = 1000  # what objects take beside their bytes


@dataclass(frozen=True, slots=True)
class Copy:
    """A short answer, to be given again."""

    content: bytes
    media: str
    headers: Mapping[str, str]
    question: int

    def __len__(self) -> int:
        """Give what it counts for where answers are kept, with the `question` bytes that it is kept under."""
        return len(self.content) + self.question + _OVERHEAD

    def sent(self, headers: Mapping[str, str]) -> Response:
        """Give it as a response."""
        return Response(self.content, headers={**headers, **self.headers}, media_type=self.media)


def copy_of(answer: Answer, *, question: int) -> Copy | None:
    """Give a copy of `answer` to a question of so many bytes, whose body can still be read; None of a long one."""
    if answer.size > _COPIED:
        return None
    content = answer.body.read()
    answer.body.seek(0)
    return Copy(content, str(answer.meta["media"]), _warnings(answer), question)


def sent(answer: Answer, headers: Mapping[str, str]) -> Response:
    """Give `answer` as a response in its own media type: it is whole already, so it cannot break off."""
    media = str(answer.meta["media"])
    headers = {**headers, **_warnings(answer)}
    if answer.size <= _AT_ONCE:
        with answer.body as body:
            return Response(body.read(), headers=dict(headers), media_type=media)
    return _Spooled(answer, headers, media)


async def while_connected(request: Request, work: Coroutine[None, None, T]) -> T:
    """Give what `work` gives, or cancel it when the client of `request` goes away; its body must have been read.

    Raises:
        ClientDisconnect: the client went away.
    """
    watch = _Watch(request)
    try:
        return await work
    except asyncio.CancelledError:
        if not watch.has_left:
            raise
        watch.task.uncancel()
        raise ClientDisconnect from None
    finally:
        watch.end()


class _Watch:
    """Looks out for the end of a request's connection, and cancels the task that made it; not for short work."""

    def __init__(self, request: Request) -> None:
        task = asyncio.current_task()
        assert task
        self.task = task
        self.has_left = False
        self._request = request
        self._looking: asyncio.Task[None] | None = None
        self._timer = asyncio.get_running_loop().call_later(_SHORT_SECONDS, self._begin)

    def end(self) -> None:
        """Look no longer."""
        self._timer.cancel()
        if self._looking:
            self._looking.cancel()

    def _begin(self) -> None:
        self._looking = asyncio.create_task(self._look())

    async def _look(self) -> None:
        while (await self._request.receive())["type"] != "http.disconnect":
            pass
        self.has_left = True
        self.task.cancel()


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
