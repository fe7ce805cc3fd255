"""Servers that run beside a test, over real HTTP."""

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import httpx
from fastapi import FastAPI

from summitry.assembly import opened
from summitry.settings import Settings
from summitry.tokens import Bearer, Role, Tokens
from summitry.usecases.service import Service
from summitry.web.app import create_app
from summitry.web.server import serve

T = TypeVar("T")

TOKEN: Final = "let-me-in"
_START_SECONDS: Final = 180


@dataclass(frozen=True)
class Address:
    """Where an application answers, and a client that knows it."""

    url: str
    client: httpx.Client

    @property
    def port(self) -> int:
        return httpx.URL(self.url).port or 0


@dataclass(frozen=True)
class Server(Address):
    """A whole service. `run` gives the result of a coroutine that must run on the loop of the service."""

    token: str
    service: Service
    loop: asyncio.AbstractEventLoop

    @property
    def bearer(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"}

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(_START_SECONDS)

    def state(self) -> tuple[int, bytes]:
        """Give all that the store holds, byte for byte: its head and its sorted N-Quads."""
        head, pieces = self.service.store.dump()
        return head, b"".join(sorted(b"".join(pieces).splitlines(keepends=True)))


@contextmanager
def running(settings: Settings, tokens: Tokens | None = None) -> Iterator[Server]:
    """Run the service of `settings` for the time of the block; `tokens` instead of TOKEN."""
    tokens = tokens or Tokens(None, [(TOKEN, Bearer("curator", Role.ADMIN))])

    @asynccontextmanager
    async def application():
        async with opened(settings, lambda _: None) as service:
            yield create_app(service, tokens), service

    with (
        _running(application, settings) as (url, service, loop),
        httpx.Client(base_url=url, timeout=60) as client,
    ):
        yield Server(url, client, TOKEN, service, loop)


@contextmanager
def running_app(app: FastAPI, settings: Settings) -> Iterator[Address]:
    """Run `app` alone for the time of the block."""

    @asynccontextmanager
    async def application():
        yield app, None

    with _running(application, settings) as (url, _, _), httpx.Client(base_url=url, timeout=60) as client:
        yield Address(url, client)


def until(is_so: Callable[[], object], seconds: float = 10) -> None:
    """Wait until `is_so`, and fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@contextmanager
def _running(application: Callable[[], AbstractAsyncContextManager], settings: Settings):
    """Serve on a thread of its own, and stop as cancellation does."""
    ready: Future = Future()

    async def main() -> None:
        async with application() as (app, service):
            task = asyncio.current_task()
            loop = asyncio.get_running_loop()
            await serve(app, settings, lambda url: ready.set_result((url, service, loop, task)))

    def target() -> None:
        try:
            asyncio.run(main())
        except asyncio.CancelledError:
            pass
        except BaseException as error:
            if ready.done():
                raise
            ready.set_exception(error)

    thread = threading.Thread(target=target)
    thread.start()
    url, service, loop, task = ready.result(_START_SECONDS)
    try:
        yield url, service, loop
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join()
