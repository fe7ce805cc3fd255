"""What the tests of the workers are played with: a graph, a pool on it, hostile queries, and who is alive."""

import asyncio
import os
import re
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from summitry import patch
from summitry.errors import SummitryError
from summitry.model import Changeset
from summitry.settings import Settings
from summitry.workers.pool import Answer, Request, Workers
from summitry.workers.stays import SPARE

Result = TypeVar("Result")
MIB = 1024 * 1024
_RELEASE = tuple(int(number) for number in re.findall("[0-9]+", os.uname().release)[:2])
HAS_HUGE_PAGES = _RELEASE >= (6, 1) and Path("/sys/kernel/mm/transparent_hugepage").exists()
LABEL = NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
COUNTER = NamedNode("https://a.example/counter")
RED, BLUE = NamedNode("https://a.example/red"), NamedNode("https://a.example/blue")
MEDIA = {"solutions": "text/csv", "graph": "application/n-triples"}

ALL_NAMES = "SELECT ?name { ?person <http://www.w3.org/2000/01/rdf-schema#label> ?name } ORDER BY ?name"
VALUES = "VALUES ?v{0} {{ " + "1 " * 2000 + "}}"
ENDLESS = "SELECT * {" + "".join(VALUES.format(i) for i in range(3)) + "FILTER(?v0 + ?v1 + ?v2 = 0) }"
DOUBLING = "".join(f"BIND(CONCAT(?v{i}, ?v{i}) AS ?v{i + 1}) " for i in range(30))
GREEDY = 'SELECT * { BIND("0123456789abcdef" AS ?v0) ' + DOUBLING + "}"
CRASHING = "SELECT (" + "STR(" * 5000 + "1" + ")" * 5000 + " AS ?text) {}"


class Graph:
    """A source for the pool: what a store is to it."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        self.state = 1, frozenset(quads)

    def dump(self) -> tuple[int, Iterator[bytes]]:
        head, quads = self.state
        return head, (line[2:] for line in patch.write(Changeset(added=quads)).splitlines(keepends=True))

    async def commit(
        self, workers: Workers, *, added: Iterable[Quad] = (), removed: Iterable[Quad] = ()
    ) -> None:
        change = Changeset(frozenset(added), frozenset(removed))
        head, quads = self.state
        self.state = head + 1, (quads - change.removed) | change.added
        await workers.apply(patch.write(change), head + 1)

    async def count_to(self, number: int, workers: Workers) -> None:
        old = [Quad(COUNTER, LABEL, Literal(str(number - 1)))]
        await self.commit(workers, added=[Quad(COUNTER, LABEL, Literal(str(number)))], removed=old)


class FailingGraph(Graph):
    """A source that can be copied once, and then not until it is repaired."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        super().__init__(quads)
        self.dumps = 0

    def dump(self) -> tuple[int, Iterator[bytes]]:
        self.dumps += 1
        if self.dumps == 2:
            raise OSError("the disk is away")
        return super().dump()


def people() -> list[Quad]:
    names = ("Anwar Ibrahim", "Sanae Takaichi", "Xi Jinping")
    return [Quad(NamedNode(f"https://a.example/{i}"), LABEL, Literal(name)) for i, name in enumerate(names)]


def in_pool(graph: Graph, scenario: Callable[[Workers], Awaitable[Result]], **settings: int) -> Result:
    async def run() -> Result:
        async with Workers(graph, Settings(**{"workers": 2, **settings})) as workers:
            return await scenario(workers)

    return asyncio.run(run())


def query(sparql: str, *, seconds: float = 20, **header: str | list[str]) -> Request:
    return Request("query", sparql.encode(), MEDIA | header, seconds)


async def ask(workers: Workers, sparql: str, **header: str | list[str]) -> list[str]:
    answer = await workers.run(query(sparql, **header))
    with answer.body:
        return answer.body.read().decode().splitlines()[1:]


async def is_alive(workers: Workers) -> bool:
    return await ask(workers, ALL_NAMES) == ["Anwar Ibrahim", "Sanae Takaichi", "Xi Jinping"]


async def outcome(awaitable: Awaitable[Answer]) -> SummitryError:
    with pytest.raises(SummitryError) as raised:
        await awaitable
    return raised.value


def state(pid: int) -> tuple[str, int]:
    """Give the state of a process and the number of its parent; Z, for dead, where there is none."""
    try:
        letter, parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:2]
    except OSError:
        return "Z", 0
    return letter, int(parent)


def lives(pid: int) -> bool:
    return state(pid)[0] != "Z"


def children_of(parent: int) -> set[int]:
    numbers = [int(entry) for entry in os.listdir("/proc") if entry.isdigit()]
    return {pid for pid in numbers if state(pid)[1] == parent and lives(pid)}


# The fork servers of services that run beside the tests of the workers.
_STRANGERS: set[int] = set()


@contextmanager
def without_strangers() -> Iterator[None]:
    """Let the functions below tell of the fork servers alone that start in the block."""
    _STRANGERS.update(fork_servers())
    yield
    _STRANGERS.clear()


def fork_servers() -> set[int]:
    children = children_of(os.getpid()) - _STRANGERS
    return {pid for pid in children if b"forkserver" in Path(f"/proc/{pid}/cmdline").read_bytes()}


def worker_pids() -> set[int]:
    return {pid for server in fork_servers() for pid in children_of(server)}


def huge_pages(pid: int) -> int:
    """Give how many bytes of the memory of a process are in huge pages."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return 1024 * next(
        int(line.split()[1]) for line in rollup.splitlines() if line.startswith("AnonHugePages")
    )


async def until(is_so: Callable[[], bool], *, seconds: float = 5) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it did not come about"
        await asyncio.sleep(0.01)


async def pool_that_hangs() -> None:
    """Start a pool whose workers are busy, say the numbers of its processes, and wait."""
    async with Workers(Graph(people()), Settings(workers=2)) as workers:
        running = [asyncio.create_task(workers.run(query(ENDLESS))) for _ in range(2)]
        await until(lambda: len(worker_pids()) == 2 + SPARE)
        sys.stdout.write(" ".join(map(str, fork_servers() | worker_pids())) + "\n")
        sys.stdout.flush()
        await asyncio.gather(*running)
