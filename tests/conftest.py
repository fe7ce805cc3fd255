"""Real services for the tests: over real HTTP, each with its own event loop in a thread."""

from collections.abc import Iterator

import pytest

from servers import Server, running
from summitry.settings import Settings
from summitry.usecases.service import Service


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """Give a server of an empty graph, shared by all tests: each writes to graphs of its own."""
    with running(Settings(empty=True, port=0)) as server:
        yield server


@pytest.fixture(scope="session")
def shipped() -> Iterator[Server]:
    """Give a server of the shipped graph; nobody writes to it."""
    with running(Settings(port=0)) as server:
        yield server


@pytest.fixture
def service(server: Server) -> Service:
    """Give the service behind `server`; its coroutines run by `server.run`."""
    return server.service
