"""SPARQL 1.1 servers of others, started for the tests on a free loopback port, each in a directory of its own."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import httpx

import fuseki
from jars import FUSEKI
from summitry.store.remote.connection import Place

_OXIGRAPH: Final = Path(sys.executable).parent / "oxigraph"
_START_SECONDS: Final = 60


@dataclass(frozen=True)
class Backend:
    """A running server: where its endpoints are, and its process."""

    url: str
    process: subprocess.Popen[bytes]

    @property
    def port(self) -> int:
        return httpx.URL(self.url).port or 0

    def place(self, *, seconds: float = 30) -> Place:
        return Place(f"{self.url}/query", f"{self.url}/update", seconds=seconds)

    def update(self, text: str) -> None:
        headers = {"content-type": "application/sparql-update"}
        httpx.post(f"{self.url}/update", content=text, headers=headers, timeout=60).raise_for_status()


@contextmanager
def oxigraph(*options: str) -> Iterator[Backend]:
    """Run `oxigraph serve` on a store on disk, with more `options`."""
    port = free_port()
    with TemporaryDirectory() as location:
        command = [str(_OXIGRAPH), "serve", "--location", location, "--bind", f"127.0.0.1:{port}", *options]
        with _running(command, f"http://127.0.0.1:{port}") as backend:
            yield backend


@contextmanager
def jena() -> Iterator[Backend]:
    """Run Apache Jena Fuseki on a TDB2 store. `fuseki.lacking()` tells whether that is possible."""
    port = free_port()
    with TemporaryDirectory() as directory:
        options = ["--localhost", "--port", str(port), "--tdb2", "--loc", directory, "--update", "/ds"]
        command = [fuseki.java(), "-Xmx1G", "-cp", str(FUSEKI.path), fuseki.MAIN, *options]
        with _running(command, f"http://127.0.0.1:{port}/ds") as backend:
            yield backend


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def _running(command: Sequence[str], url: str) -> Iterator[Backend]:
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdout=quiet, stderr=quiet) as process:
        try:
            _wait_for(url, process)
            yield Backend(url, process)
        finally:
            process.kill()


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        assert process.poll() is None, "the server ended while it started"
        assert time.monotonic() < deadline, "the server does not answer"
        try:
            httpx.get(f"{url}/query", params={"query": "ASK {}"}).raise_for_status()
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
