"""What the first load of a large file costs: validated and committed, beside rdflib with pySHACL; and alone.

Validated: `summitry load` on a fresh directory, which installs ontology and shapes, loads the shipped graph and
then the generated file, each validated in full and committed. The peers read the same documents as one graph
with rdflib and judge it by the same shapes with pySHACL. Compared is processor time, of all processes together.

Alone: the same file loaded by `summitry load` into a plain store, which has no rules but a ledger, and by a process
that does nothing but `Store.bulk_load` and `flush` of pyoxigraph, in turn. Both begin with the file, and end with
a directory that can be opened again; compared is the time on the clock, from the start of the process to its end.
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click
from generate import generate
from measure import circumstances, family, proportional_mebibytes
from peers import pyshacl_on

from summitry import resources

_SUMMITRY: Final = (sys.executable, "-m", "summitry", "load")
_PLAIN: Final = ("--no-shapes", "--default-graph", "unnamed")
_BULK_LOAD: Final = """
import sys
from pyoxigraph import NamedNode, RdfFormat, Store
store = Store(sys.argv[1])
store.bulk_load(path=sys.argv[2], format=RdfFormat.TURTLE, to_graph=NamedNode("urn:loaded"))
store.flush()
"""
_LOOK_SECONDS: Final = 0.5
_STEP: Final = re.compile(r", after \d+ s$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a command and all its processes took: seconds on the clock, of the processor, and MiB at the peak.

    `steps` counts how often it said what it was at.
    """

    seconds: float
    processor: float
    peak: float
    steps: int


def run(command: Sequence[str], *, limit: float, watched: bool = True) -> Cost:
    """Give what `command` costs. Raises TimeoutError where it does not end in `limit` seconds, or ends badly."""
    start = time.monotonic()
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said)
        watch = _Watch(process.pid if watched else 0)
        timer = threading.Timer(limit, process.kill)
        timer.start()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - start
        timer.cancel()
        peak = watch.peak()
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        lines = said.read()
    if process.returncode:
        raise TimeoutError(f"{' '.join(command)} ended with {process.returncode}: {lines[-500:]}")
    return Cost(seconds, usage.ru_utime + usage.ru_stime, peak, len(_STEP.findall(lines)))


class _Watch:
    """Looks twice a second how much memory the process `pid` and those below it hold together."""

    def __init__(self, pid: int) -> None:
        self._pid, self._peak = pid, 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def peak(self) -> float:
        """Stop looking; give the most that was seen, in MiB."""
        self._ended.set()
        self._thread.join()
        return self._peak

    def _look(self) -> None:
        while self._pid and not self._ended.wait(_LOOK_SECONDS):
            self._peak = max(self._peak, sum(map(proportional_mebibytes, family(self._pid))))


def validated(file: Path, directory: Path, *, limit: float) -> Cost:
    """Give what it costs to load `file` into a fresh store, with everything that belongs to it."""
    return run([*_SUMMITRY, "--data", str(directory / "validated"), str(file)], limit=limit)


def peers(file: Path, directory: Path, *, seconds: float) -> float | None:
    """Give the processor seconds of rdflib and pySHACL for the same documents; None where `seconds` do not suffice."""
    data, shapes = directory / "data.ttl", directory / "shapes.ttl"
    documents = [*resources.ontology_files(), *resources.data_files(), file]
    data.write_bytes(b"\n".join(path.read_bytes() for path in documents))
    shapes.write_bytes(b"\n".join(path.read_bytes() for path in resources.shape_files()))
    verdict = pyshacl_on(data, shapes, seconds=seconds)
    return verdict.reading + verdict.validating if verdict else None


def alone(file: Path, directory: Path, *, rounds: int, limit: float) -> tuple[list[Cost], list[Cost]]:
    """Give what loading without rules costs Summitry and pyoxigraph, in turn."""
    ours, theirs = [], []
    for number in range(rounds):
        plain, bare = (str(directory / f"{name}-{number}") for name in ("plain", "bare"))
        ours.append(run([*_SUMMITRY, *_PLAIN, "--data", plain, str(file)], limit=limit, watched=False))
        bulk_load = [sys.executable, "-c", _BULK_LOAD, bare, str(file)]
        theirs.append(run(bulk_load, limit=limit, watched=False))
    return ours, theirs


def tell_validated(cost: Cost, reference: float | None, seconds: float) -> None:
    """Print what a validated load cost, and how much longer the peers take."""
    click.echo(
        f"validated and committed: {cost.seconds:.1f} s, {cost.processor:.1f} s of processor time, "
        f"{cost.peak:,.0f} MiB at the peak; said {cost.steps} times what it was at"
    )
    if reference:
        ratio = f"{reference:.0f} s of processor time, {reference / cost.processor:.1f} times as much"
        click.echo(f"rdflib and pySHACL: {ratio}")
    elif seconds:
        click.echo(
            f"rdflib and pySHACL: given up after {seconds:g} s, more than {seconds / cost.processor:.1f} times"
        )


def tell_alone(ours: Sequence[Cost], theirs: Sequence[Cost]) -> None:
    """Print what loading without rules costs, and the ratio of the medians."""
    for name, costs in (("Summitry, without rules", ours), ("pyoxigraph, bulk_load", theirs)):
        wall = statistics.median(cost.seconds for cost in costs)
        processor = statistics.median(cost.processor for cost in costs)
        click.echo(f"{name}: {wall:.2f} s, {processor:.2f} s of processor time")
    clock = [statistics.median(cost.seconds for cost in costs) for costs in (theirs, ours)]
    used = [statistics.median(cost.processor for cost in costs) for costs in (theirs, ours)]
    click.echo(
        f"speed of Summitry: {clock[0] / clock[1]:.2f} on the clock, {used[0] / used[1]:.2f} by the processor"
    )


@click.command()
@click.option("--triples", default=100_000, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option(
    "--rounds", default=3, show_default=True, help="Loads without rules, of each; 0 leaves them out."
)
@click.option(
    "--validate/--no-validate", "validates", default=True, show_default=True, help="Load validated as well."
)
@click.option(
    "--pyshacl-seconds",
    default=600.0,
    show_default=True,
    help="Processor time for the peers; 0 leaves them out.",
)
@click.option(
    "--limit", default=600.0, show_default=True, help="Seconds after which any one load is given up."
)
def main(triples: int, seed: int, rounds: int, validates: bool, pyshacl_seconds: float, limit: float) -> None:
    """Print what the first load of a generated file costs, and the ratios."""
    click.echo(circumstances(seed))
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        file = directory / "generated.ttl"
        file.write_text("".join(generate(triples, seed)))
        click.echo(f"{triples:,} triples, {file.stat().st_size / 1e6:.0f} MB of Turtle")
        if rounds:
            tell_alone(*alone(file, directory, rounds=rounds, limit=limit))
        if validates:
            cost = validated(file, directory, limit=limit)
            reference = peers(file, directory, seconds=pyshacl_seconds) if pyshacl_seconds else None
            tell_validated(cost, reference, pyshacl_seconds)


if __name__ == "__main__":
    main()
