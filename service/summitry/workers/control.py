"""The service's end of a fork server's control socket: commands go out in order, reports come in."""

import asyncio
from collections.abc import AsyncIterator
from socket import send_fds, socket

from summitry.workers.frames import RECEIVE, Decoder, Frame

Order = tuple[bytes, socket | None]


class Control:
    """Sends and receives on a non-blocking socket without blocking the event loop."""

    def __init__(self, connection: socket) -> None:
        self._connection = connection
        self._orders: asyncio.Queue[Order] = asyncio.Queue()
        self._sending = asyncio.create_task(self._send())

    def order(self, command: bytes, descriptor: socket | None = None) -> None:
        """Send `command` after all earlier ones; `descriptor` goes with it and is closed here."""
        self._orders.put_nowait((command, descriptor))

    async def frames(self) -> AsyncIterator[Frame]:
        """Give each frame that arrives until the other side is gone."""
        loop = asyncio.get_running_loop()
        decoder = Decoder()
        try:
            while received := await loop.sock_recv(self._connection, RECEIVE):
                for frame in decoder.feed(received):
                    yield frame
        except ConnectionError:
            return

    async def close(self) -> None:
        """Stop sending and close the socket, also those that were still to be sent."""
        self._sending.cancel()
        await asyncio.gather(self._sending, return_exceptions=True)
        while not self._orders.empty():
            _, descriptor = self._orders.get_nowait()
            if descriptor:
                descriptor.close()
        self._connection.close()

    async def _send(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            command, descriptor = await self._orders.get()
            try:
                if descriptor is None:
                    await loop.sock_sendall(self._connection, command)
                else:
                    await self._send_with(descriptor, command)
            except ConnectionError:
                return  # the receiving side notices it too, and tells who waits

    async def _send_with(self, descriptor: socket, command: bytes) -> None:
        with descriptor:
            while True:
                try:
                    send_fds(self._connection, [command], [descriptor.fileno()])
                except BlockingIOError:
                    await self._until_writable()
                else:
                    return

    async def _until_writable(self) -> None:
        loop = asyncio.get_running_loop()
        is_writable = asyncio.Event()
        loop.add_writer(self._connection, is_writable.set)
        try:
            await is_writable.wait()
        finally:
            loop.remove_writer(self._connection)
