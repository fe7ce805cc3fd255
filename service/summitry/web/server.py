"""The HTTP server around the application."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import uvicorn
from fastapi import FastAPI
from uvicorn.server import HANDLED_SIGNALS

from summitry.errors import BadParameter
from summitry.settings import Settings
from summitry.web.protocol import bounded

_GRACE_SECONDS: Final = 5
_HEAD_SECONDS: Final = 10.0
_BACKLOG: Final = 2048


async def serve(app: FastAPI, settings: Settings, on_ready: Callable[[str], None]) -> None:
    """Serve `app` until SIGINT, SIGTERM or cancellation; `on_ready` is told the address once it answers.

    Raises:
        BadParameter: the address cannot be listened on.
    """
    with _listening(settings) as listener:
        server = _Server(_config(app, settings), lambda: on_ready(_url(listener)))
        try:
            # Entered here: the server runs without lifespan events, whose task would outlive a cancellation.
            async with app.router.lifespan_context(app):
                await server.serve([listener])
        except asyncio.CancelledError:
            if server.started:
                await server.shutdown([listener])
            raise


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and tell."""
        await super().startup(sockets)
        self._on_ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop at a signal, and do not raise it again afterwards: the store has still to be closed."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        loop = asyncio.get_running_loop()
        for number in HANDLED_SIGNALS:
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in HANDLED_SIGNALS:
                loop.remove_signal_handler(number)


def _config(app: FastAPI, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=bounded(min(_HEAD_SECONDS, settings.request_seconds)),
        loop="asyncio",
        ws="none",
        lifespan="off",
        # Otherwise uvicorn believes whoever connects from this machine.
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=settings.proxies,
        log_config=None,
        log_level="error",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )


def _listening(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # asyncio switches Nagle's algorithm off only where the protocol is named: without, 40 ms an answer.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(_BACKLOG)
    except (OSError, OverflowError) as error:
        listener.close()
        raise BadParameter(
            f"cannot listen on {settings.host} port {settings.port}: {error}; choose another --host or --port"
        ) from error
    return listener


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
