"""A client that sends too much, too slowly or not at all is refused in time, and the next one is served."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from fastapi import FastAPI, Request
from starlette.responses import StreamingResponse

from servers import Address, running_app
from summitry.settings import Settings
from summitry.web import problems
from summitry.web.guard import Guard

SECONDS = 1.0
LIMIT = 100_000


@pytest.fixture(scope="module")
def strict() -> Iterator[Address]:
    """Give an application that reads its body, behind a guard with little patience."""
    settings = Settings(port=0, request_seconds=SECONDS, upload_bytes=LIMIT)
    app = guarded(settings)

    @app.post("/size")
    async def size(request: Request) -> int:
        return len(await request.body())

    @app.post("/ignored")
    async def ignored() -> str:
        return "answered without reading"

    @app.get("/much")
    async def much() -> StreamingResponse:
        return StreamingResponse(b"x" * 65536 for _ in range(1000))

    with running_app(app, settings) as address:
        yield address


def guarded(settings: Settings) -> FastAPI:
    app = FastAPI()
    problems.install(app)
    app.add_middleware(Guard, settings=settings)
    return app


def spoken(address: Address, *parts: bytes, pause: float = 0) -> bytes:
    """Say `parts` with a pause after each; give what comes back until the server closes."""
    with socket.create_connection(("127.0.0.1", address.port), timeout=10) as connection:
        for part in parts:
            try:
                connection.sendall(part)
            except OSError:
                break
            time.sleep(pause)
        return heard(connection)


def heard(connection: socket.socket) -> bytes:
    received = b""
    try:
        while piece := connection.recv(65536):
            received += piece
    except ConnectionResetError:
        pass
    return received


def test_a_body_within_the_limit_is_taken(strict):
    answer = strict.client.post("/size", content=b"x" * LIMIT)

    assert (answer.status_code, answer.json()) == (200, LIMIT)


def test_a_body_announced_as_too_large_is_refused_and_the_connection_closed(strict):
    """RFC 9110 §15.5.14: the server may close the connection to stop the client from sending on."""
    answer = strict.client.post("/size", content=b"x" * 50 * 1024 * 1024)

    assert answer.status_code == 413
    assert answer.headers["connection"] == "close"
    assert answer.json()["type"].endswith("/too-large")


def test_a_body_of_unknown_length_is_refused_once_it_is_too_large(strict):
    answer = strict.client.post("/size", content=(b"x" * 65536 for _ in range(800)))

    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")


def test_a_body_that_dribbles_is_refused_in_time(strict):
    start = time.monotonic()
    head = b"POST /size HTTP/1.1\r\nhost: a\r\ncontent-length: 1000\r\n\r\n"

    answer = spoken(strict, head, *[b"x"] * 8, pause=0.2)

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"application/problem+json" in answer
    assert b"connection: close" in answer
    assert time.monotonic() - start < 8 * SECONDS


def test_a_client_that_says_nothing_is_cut_off(strict):
    start = time.monotonic()

    assert spoken(strict) == b""
    assert SECONDS * 0.9 < time.monotonic() - start < 4 * SECONDS


def test_headers_that_dribble_are_cut_off_however_steadily_they_come(strict):
    start = time.monotonic()

    answer = spoken(strict, b"GET /size HTTP/1.1\r\n", *[b"a: b\r\n"] * 12, pause=0.2)

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert time.monotonic() - start < 6 * SECONDS


def test_headers_without_end_are_refused_by_their_size(strict):
    answer = spoken(strict, b"GET /size HTTP/1.1\r\n", *[b"a: " + b"b" * 9000 + b"\r\n"] * 10, pause=0.01)

    assert answer.startswith(b"HTTP/1.1 431 ")


def test_a_body_that_dribbles_after_its_answer_is_cut_off(strict):
    start = time.monotonic()
    head = b"POST /ignored HTTP/1.1\r\nhost: a\r\ncontent-length: 1000\r\n\r\n"

    answer = spoken(strict, head, *[b"x"] * 15, pause=0.2)

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert time.monotonic() - start < 6 * SECONDS


def test_a_client_that_falls_silent_after_a_body_that_nobody_read_is_cut_off(strict):
    start = time.monotonic()
    head = b"POST /ignored HTTP/1.1\r\nhost: a\r\ncontent-length: 1000\r\n\r\n"

    answer = spoken(strict, head, b"x" * 1000, pause=0.2)

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert time.monotonic() - start < 4 * SECONDS


def test_a_client_that_does_not_read_its_answer_is_cut_off(strict):
    with socket.create_connection(("127.0.0.1", strict.port), timeout=10) as connection:
        connection.sendall(b"GET /much HTTP/1.1\r\nhost: a\r\n\r\n")
        time.sleep(3 * SECONDS)
        received = heard(connection)

    assert len(received) < 60_000_000


def test_what_is_no_http_gets_a_problem(strict):
    answer = spoken(strict, b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"application/problem+json" in answer


def test_a_connection_serves_one_request_after_the_other(strict):
    """The deadline of one request does not cut the next one on its connection."""
    for _ in range(3):
        assert strict.client.post("/size", content=b"x").json() == 1
        time.sleep(0.6 * SECONDS)


def test_what_is_at_work_when_the_server_stops_is_answered(monkeypatch):
    monkeypatch.setattr("summitry.web.server._GRACE_SECONDS", 0)
    settings = Settings(port=0)
    app = guarded(settings)
    at_work = threading.Event()

    @app.get("/long")
    async def long() -> None:
        at_work.set()
        await asyncio.sleep(60)

    with ThreadPoolExecutor() as threads, running_app(app, settings) as address:
        asking = threads.submit(httpx.get, address.url + "/long")
        at_work.wait(10)

    assert (asking.result().status_code, asking.result().json()["status"]) == (503, 503)


def test_head_is_answered_as_get_without_the_body(strict):
    """RFC 9110 §9.3.2: HEAD is identical to GET, except that the server sends no content."""
    answer = spoken(strict, b"HEAD /much HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(b"\r\n\r\n")
