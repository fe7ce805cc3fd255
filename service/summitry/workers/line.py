"""The service's end of the connection to one child, watched by the event loop for as long as it is open."""

import asyncio
from collections.abc import Callable
from socket import socket
from typing import Self, cast

from summitry.errors import SummitryError
from summitry.workers.frames import Decoder, Frame, Kind

Take = Callable[[Kind, bytes], None]


def _ignore(_: Kind, __: bytes) -> None:
    """Take nothing."""


class Line(asyncio.Protocol):
    """Sends one message after the other, and hands on what comes back."""

    def __init__(self) -> None:
        self._decoder = Decoder()
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[Frame] | None = None
        self._take: Take = _ignore

    @classmethod
    async def over(cls, connection: socket) -> Self:
        """Give the line over a connected socket, which is closed with it."""
        connection.setblocking(False)
        try:
            _, line = await asyncio.get_running_loop().create_unix_connection(cls, sock=connection)
        except BaseException:  # cancellation too must leave no connection open
            connection.close()
            raise
        return line

    async def exchange(self, message: bytes, take: Take) -> Frame:
        """Send `message` and give the frame that closes the answer; `take` is given what comes before.

        Raises:
            ConnectionError: the other side is gone.
            SummitryError: what `take` raised, or the other side sends what is no frame.
        """
        if self._transport is None or self._transport.is_closing():
            raise ConnectionResetError("the line is closed")
        self._answer = asyncio.get_running_loop().create_future()
        self._take = take
        self._transport.write(message)
        try:
            return await self._answer
        finally:
            self._answer = None

    def close(self) -> None:
        """Close it at once, also with something still to be sent."""
        if self._transport:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's are none by inheritance

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell who waits for an answer that none will come."""
        self._fail(exc or ConnectionResetError("the line is closed"))

    def data_received(self, data: bytes) -> None:
        """Take the next part of an answer."""
        try:
            for kind, payload in self._decoder.feed(data):
                self._hear(kind, payload)
        except SummitryError as error:
            self._fail(error)

    def _hear(self, kind: Kind, payload: bytes) -> None:
        if self._answer is None or self._answer.done():
            return  # nobody waits any more: the child is being killed
        if kind in (Kind.DATA, Kind.STEP):
            self._take(kind, payload)
        else:
            self._answer.set_result((kind, payload))

    def _fail(self, error: Exception) -> None:
        if self._answer and not self._answer.done():
            self._answer.set_exception(error)
