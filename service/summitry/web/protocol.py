"""The server's end of one connection, with the deadlines that uvicorn's has not.

Uvicorn 0.54 waits for ever for the rest of a request's head, of a body that nobody reads any more, and for a
client that does not read its answer; and it takes a head of any size.
"""

import asyncio
import json
from http import HTTPStatus
from typing import ClassVar, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_BYTES: Final = 64 * 1024


class BoundedProtocol(HttpToolsProtocol):
    """HTTP/1.1 on one connection that is cut when the client leaves the server waiting for `seconds`."""

    seconds: ClassVar[float]

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._is_in_head = True
        self._head_bytes = 0
        self._patience: asyncio.TimerHandle | None = None
        self._stall: asyncio.TimerHandle | None = None
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._stop_waiting()
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take the next part of a request."""
        self._wait()
        if self._is_in_head:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._is_in_head and self._head_bytes > HEAD_BYTES:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, f"a head has at most {HEAD_BYTES} bytes")

    def on_headers_complete(self) -> None:
        """Note that what follows is the body."""
        self._is_in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Note that the request is there whole: from now on the client waits, or has its answer already."""
        super().on_message_complete()
        self._is_in_head = True
        self._head_bytes = 0
        self._stop_waiting()
        if self._is_idle():
            # Uvicorn's own deadline for the next request ended when the rest of the body came.
            self._wait()

    def pause_writing(self) -> None:
        """Begin to wait for a client that does not read."""
        super().pause_writing()
        if self._stall is None:
            self._stall = self.loop.call_later(self.seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """Note that the client reads on."""
        super().resume_writing()
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP."""
        self._refuse(HTTPStatus.BAD_REQUEST, msg)

    def _wait(self) -> None:
        if self._patience is None:
            self._patience = self.loop.call_later(self.seconds, self._lose_patience)

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _lose_patience(self) -> None:
        self._patience = None
        if self.transport.is_closing():
            return
        if self.flow.read_paused or not self._is_idle():
            # The server is at work, or does not read: silence is not the client's. The guard bounds the body.
            self._wait()
        elif self._is_in_head and self._head_bytes:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT, f"the head was not there after {self.seconds:g} seconds")
        else:
            self.transport.abort()

    def _is_idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _refuse(self, status: HTTPStatus, detail: str) -> None:
        """Answer what never becomes a request, and close; without words where an answer is under way."""
        if self.transport.is_closing():
            return
        if not self._is_idle() and (self._is_in_head or self.cycle.response_started):
            self.transport.abort()
            return
        members = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
        content = json.dumps(members)
        head = (
            f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-type: application/problem+json\r\n"
            f"content-length: {len(content)}\r\nconnection: close\r\n\r\n"
        )
        self.transport.write((head + content).encode())
        self.transport.close()


def bounded(seconds: float) -> type[BoundedProtocol]:
    """Give the protocol class that waits for `seconds`."""
    return type("Bounded", (BoundedProtocol,), {"seconds": seconds})
