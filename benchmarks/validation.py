"""What validating a small change costs as the graph grows, and beside pySHACL on the whole graph.

Each graph is in the memory of a process which loads it as the service's fork server does, and forks a child for
each rehearsal; the child runs the service's own job, which is a write that stops before it is stored. Counted is
processor time, user and system: of the job, and of the child's whole life with its fork. The graphs take turns,
so that a busy machine slows all of them alike.
"""

import gc
import io
import json
import multiprocessing
import os
import statistics
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

import click
import stores
from generate import blocks, document, graph
from measure import circumstances, cpu
from peers import Verdict, pyshacl_on
from pyoxigraph import NamedNode, RdfFormat, Store, serialize

from summitry import patch
from summitry.model import Method
from summitry.shipped import TURTLE
from summitry.store.embedded import EmbeddedStore
from summitry.terms import ENTITIES, ONTOLOGY_GRAPH, SHAPES_GRAPH, is_source
from summitry.workers import hugepages
from summitry.workers.frames import Fact, Kind, Message
from summitry.workers.jobs import rehearse as job

_ALT_LABEL: Final = "<http://www.w3.org/2004/02/skos/core#altLabel>"
_STATEMENTS: Final = 2  # of a block that is to have about fifty triples
_CHANGED: Final = 50
_FAR_AWAY: Final = 10_000_000
_ANY_SIZE: Final = 2**40


@dataclass(frozen=True, slots=True)
class Change:
    """An upload that changes about fifty triples of the graph `name`."""

    kind: str
    name: str
    content: str
    method: Method = Method.REPLACE


@dataclass(frozen=True, slots=True)
class Cost:
    """Processor seconds of one rehearsal: of the job, and of the process with its fork and its end."""

    job: float
    process: float
    changed: int


class Holder:
    """A process that has the graph of the store in `directory` in memory."""

    def __init__(self, directory: Path) -> None:
        self._connection, theirs = multiprocessing.Pipe()
        multiprocessing.Process(target=_hold, args=(theirs, directory), daemon=True).start()

    def size(self) -> int:
        """Give how many triples its sources state; asked once, first."""
        size: int = self._connection.recv()
        return size

    def rehearsed(self, change: Change) -> Cost:
        """Give what it costs to rehearse `change`, which leaves the graph as it was."""
        self._connection.send(change)
        cost: Cost = self._connection.recv()
        return cost


def changes(seed: int, size: int, turn: int) -> Iterator[Change]:
    """Give a change of each kind for a graph of about `size` triples; each `turn` has its own."""
    number = _FAR_AWAY + turn
    new = "".join(document("draft", range(number, number + 1), seed, statements=_STATEMENTS))
    yield Change("a new document of {} triples", "draft", new)
    known = turn * 7919 % blocks(size)
    names = (f'<{ENTITIES}person/p{known}> {_ALT_LABEL} "name {n}"@x-{n} .' for n in range(_CHANGED))
    yield Change("{} triples more for a graph of 10,000", "0", "\n".join(names), Method.ADD)
    whole = "".join(document("0", range(min(stores.PER_GRAPH, blocks(size))), seed))
    edited = whole.replace('"measure ', f'"{turn} measure ', _CHANGED // 2)
    yield Change("{} triples edited in a document of 10,000", "0", edited)


def _hold(connection: Connection, directory: Path) -> None:
    disk, store = EmbeddedStore(directory), Store()
    dump = b"".join(disk.dump()[1])
    disk.close()
    with ThreadPoolExecutor(1) as loader:  # as the fork server does, and for its reason
        loader.submit(store.bulk_load, dump, RdfFormat.N_QUADS).result()
    del dump
    connection.send(sum(is_source(quad.graph_name) for quad in store))
    gc.collect()
    gc.freeze()
    hugepages.gather()
    while True:
        connection.send(_in_child(store, connection.recv()))


def _in_child(store: Store, change: Change) -> Cost:
    reading, writing = os.pipe()
    before = cpu()
    pid = os.fork()
    if pid == 0:
        os.write(writing, json.dumps(_job(store, change)).encode())
        os._exit(0)
    forking = cpu() - before
    os.close(writing)
    with open(reading, "rb") as answer:
        seconds, changed = json.loads(answer.read())
    usage = os.wait4(pid, 0)[2]
    return Cost(seconds, forking + usage.ru_utime + usage.ru_stime, changed)


def _job(store: Store, change: Change) -> tuple[float, int]:
    """Give the processor seconds of rehearsing `change`, and how many source triples it would change."""
    facts: dict[str, Fact] = {
        "media": TURTLE,
        "graph": graph(change.name),
        "name": change.name,
        "method": change.method,
        "operator": False,
        "instance_base": ENTITIES,
        "upload_bytes": _ANY_SIZE,
    }
    request, output = Message(Kind.REQUEST, facts, change.content.encode()), io.BytesIO()
    start = cpu()
    answer = job.run(store, request, output)
    seconds = cpu() - start
    if any(finding["severity"] == "violation" for finding in json.loads(str(answer["report"]))):
        raise ValueError(f"{change.kind} is refused: {answer['report']}")
    made = patch.read(output.getvalue())
    return seconds, sum(is_source(quad.graph_name) for quad in made.added | made.removed)


def judged_by_pyshacl(triples: int, seed: int, directory: Path, seconds: float) -> tuple[int, Verdict | None]:
    """Give the size of the whole graph, and what pySHACL needs for it."""
    store = stores.built(triples, seed)
    data, shapes = directory / f"data-{triples}.ttl", directory / "shapes.ttl"
    size = _write(store, data, [*filter(is_source, store.named_graphs()), ONTOLOGY_GRAPH])
    _write(store, shapes, [SHAPES_GRAPH])
    return size, pyshacl_on(data, shapes, seconds=seconds)


def _write(store: Store, path: Path, names: list[NamedNode]) -> int:
    triples = {quad.triple for name in names for quad in store.quads_for_pattern(None, None, None, name)}
    serialize(triples, path, RdfFormat.TURTLE)
    return len(triples)


def measured(
    sizes: tuple[int, ...], rounds: int, seed: int, directory: Path
) -> Mapping[str, Mapping[int, list[Cost]]]:
    """Give the costs of each kind of change on a graph of each size."""
    holders = {}
    for size in sizes:
        place = directory / f"{size}-{seed}"
        if not place.exists():
            maker = multiprocessing.Process(target=stores.make, args=(place, size, seed))
            maker.start()
            maker.join()
        holders[size] = Holder(place)
        click.echo(f"{size:,} generated triples: {holders[size].size():,} in all sources")
    costs: dict[str, dict[int, list[Cost]]] = {}
    for turn in range(rounds):
        for size, holder in holders.items():
            for change in changes(seed, size, turn):
                costs.setdefault(change.kind, {}).setdefault(size, []).append(holder.rehearsed(change))
    return costs


def tell(kind: str, costs: Mapping[int, list[Cost]]) -> float:
    """Print what one kind of change costs; give what its job does at 100,000, or the largest size below."""
    click.echo(f"\n{kind.format(next(iter(costs.values()))[0].changed)}")
    jobs = {size: statistics.median(cost.job for cost in row) for size, row in costs.items()}
    processes = {size: statistics.median(cost.process for cost in row) for size, row in costs.items()}
    least = min(jobs)
    for size in costs:
        click.echo(
            f"  {size:>9,}: {1000 * jobs[size]:6.1f} ms, {jobs[size] / jobs[least]:.2f} of the smallest; "
            f"with the process {1000 * processes[size]:6.1f} ms, {processes[size] / processes[least]:.2f}"
        )
    return jobs[max(size for size in jobs if size <= 100_000)]


@click.command()
@click.option(
    "--size", "sizes", type=int, multiple=True, default=(10_000, 100_000, 1_000_000), show_default=True
)
@click.option("--rounds", default=25, show_default=True, help="Rehearsals of each change on each graph.")
@click.option("--seed", default=1, show_default=True)
@click.option("--pyshacl-at", default=0, help="Size of the graph for pySHACL; 0 leaves it out.")
@click.option(
    "--pyshacl-seconds", default=1200.0, show_default=True, help="Processor time after which it is given up."
)
@click.option(
    "--stores",
    "kept",
    type=click.Path(path_type=Path),
    help="Where to keep the stores, and find them next time.",
)
def main(
    sizes: tuple[int, ...],
    rounds: int,
    seed: int,
    pyshacl_at: int,
    pyshacl_seconds: float,
    kept: Path | None,
) -> None:
    """Print what validating a change of about fifty triples costs at each size, and the ratios."""
    click.echo(circumstances(seed))
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        costs = measured(sizes, rounds, seed, kept or directory)
        dearest = max([tell(kind, row) for kind, row in costs.items()])
        if pyshacl_at:
            size, verdict = judged_by_pyshacl(pyshacl_at, seed, directory, pyshacl_seconds)
            told = f"given up after {pyshacl_seconds:g} s, {pyshacl_seconds / dearest:.0f} times the dearest above"
            if verdict:
                told = f"{verdict.validating:.0f} s, {verdict.validating / dearest:.0f} times the dearest change above"
            click.echo(f"\npySHACL on {size:,} triples: {told}")


if __name__ == "__main__":
    main()
