"""Asking the service its own routes, without a connection: what agents are told is what REST answers."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from fastapi import FastAPI
from starlette.types import Message, Scope

from summitry.errors import ResultTooLarge
from summitry.media import JSON

LARGEST: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Given:
    """What a route answered."""

    status: int
    body: bytes


async def get(app: FastAPI, path: str, query: Sequence[tuple[str, str]], accept: str = JSON) -> Given:
    """Give what `app` answers to GET. Whoever stops waiting stops what it does, as a client that goes away.

    Raises:
        ResultTooLarge: the answer is too long to be handed on.
    """
    exchange = _Exchange()
    await app(_scope(path, urlencode(query), accept), exchange.receive, exchange.send)
    return Given(exchange.status, bytes(exchange.body))


class _Exchange:
    def __init__(self) -> None:
        self.status = 0
        self.body = bytearray()
        self._is_sent = False

    async def receive(self) -> Message:
        """Give the request, whole, and then nothing more: nobody disconnects."""
        if self._is_sent:
            await asyncio.Event().wait()
        self._is_sent = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(self, message: Message) -> None:
        """Take a part of the answer."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            return
        self.body += message.get("body", b"")
        if len(self.body) > LARGEST:
            raise ResultTooLarge(
                f"the answer has more than {LARGEST} bytes; ask for less, with LIMIT or a narrower question",
                limit="result_bytes",
            )


def _scope(path: str, query: str, accept: str) -> Scope:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(b"host", b"localhost"), (b"accept", accept.encode())],
        "client": None,
        "server": None,
    }
