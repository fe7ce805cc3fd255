"""Real services for the tests: over real HTTP, each with its own event loop in a thread."""

from collections.abc import Iterator

import pytest

import fuseki
from backends import Backend, jena, oxigraph
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


@pytest.fixture(scope="session")
def oxigraph_server() -> Iterator[Backend]:
    """Give a server of Oxigraph; who uses it empties it first."""
    with oxigraph() as backend:
        yield backend


@pytest.fixture(scope="session")
def fuseki_server() -> Iterator[Backend]:
    """Give a server of Apache Jena Fuseki, where it can be run; who uses it empties it first."""
    if missing := fuseki.lacking():
        pytest.skip(missing)
    with jena() as backend:
        yield backend


@pytest.fixture
def service(server: Server) -> Service:
    """Give the service behind `server`; its coroutines run by `server.run`."""
    return server.service
