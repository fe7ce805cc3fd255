"""kill -9 of a service that loads documents, at random moments, and what the next start finds.

A start is told apart from every other state of the graph by the fingerprints of a reference that is never
killed: what it finds must be one whole revision, the last one acknowledged or the one after it.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from threading import Thread
from typing import Final

import click
import loader
from measure import circumstances
from pyoxigraph import Store

from summitry import provenance
from summitry.assembly import opened
from summitry.settings import Settings
from summitry.terms import PROVENANCE_GRAPH

_LIFE: Final = 40  # kills of one store, then a fresh one: the first start is killed as well
_PATIENCE: Final = 120.0
_TICK: Final = 0.0002


class Broken(Exception):
    """A start found what no acknowledged revision left."""


@dataclass
class Found:
    """What the starts after the kills found."""

    kills: Counter[str] = field(default_factory=Counter)
    starts: int = 0
    acknowledged: int = 0
    unacknowledged: int = 0
    ledger_alone: int = 0
    slowest: float = 0.0


class Reference:
    """A service that is never killed, and the fingerprint of each of its revisions."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._prints: dict[int, str] = {}
        self._loop = asyncio.new_event_loop()
        self._context = opened(Settings(empty=True), lambda _: None)
        self._service = self._loop.run_until_complete(self._context.__aenter__())
        self._note()

    @property
    def first(self) -> int:
        """Give the revision that a new store begins with: ontology and shapes are in it."""
        return min(self._prints)

    def fingerprint(self, revision: int) -> str:
        """Give what the graph is at `revision`."""
        while self._service.store.head() < revision:
            self._loop.run_until_complete(loader.step(self._service, self._seed))
            self._note()
        return self._prints[revision]

    def close(self) -> None:
        """Stop the service."""
        self._loop.run_until_complete(self._context.__aexit__(None, None, None))
        self._loop.close()

    def _note(self) -> None:
        store = self._service.store
        self._prints[store.head()] = loader.fingerprint(store)


class Victim:
    """A loading service, and the whole lines that it has printed."""

    def __init__(self, directory: Path, seed: int) -> None:
        command = [sys.executable, loader.__file__, str(directory), "--seed", str(seed)]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        self.lines: list[str] = []
        self._listener = Thread(target=self._listen)
        self._listener.start()

    def wait(self, is_so: Callable[[], bool]) -> None:
        """Wait until `is_so`."""
        deadline = time.monotonic() + _PATIENCE
        while not is_so():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise Broken(f"the service does not go on; it printed {self.lines}")
            time.sleep(_TICK)

    def kill(self) -> None:
        """End it as a power switch would end the process."""
        self._process.kill()
        self._process.wait()
        self._listener.join()

    def _listen(self) -> None:
        assert self._process.stdout
        with self._process.stdout as output:
            self.lines += (line for line in output if line.endswith("\n"))


def killed(directory: Path, seed: int, chance: Random) -> tuple[str, list[str]]:
    """Start a service, kill it at a random moment; give which kind of moment, and what it had printed."""
    moment = chance.choices(["while it opens", "anywhere", "at a commit"], [1, 3, 4])[0]
    victim = Victim(directory, seed)
    try:
        _wait_for(moment, victim, directory / "ledger", chance)
    finally:
        victim.kill()
    return moment, victim.lines


def _wait_for(moment: str, victim: Victim, ledger: Path, chance: Random) -> None:
    if moment == "while it opens":
        time.sleep(chance.uniform(0, 3))
        return
    acknowledged = chance.randrange(6)
    victim.wait(lambda: len(victim.lines) > acknowledged)
    if moment == "anywhere":
        time.sleep(chance.uniform(0, 0.5))
        return
    size = ledger.stat().st_size
    victim.wait(lambda: ledger.stat().st_size != size)
    time.sleep(chance.choice([0.0, chance.uniform(0, 0.01), chance.uniform(0, 0.2)]))


def live(
    directory: Path, kills: int, reference: Reference, *, seed: int, chance: Random, found: Found
) -> None:
    """Kill services on one store, one after the other; check what each start finds.

    Raises:
        Broken: something acknowledged is lost, or something is half there.
    """
    acknowledged = 0
    for _ in range(kills):
        moment, lines = killed(directory, seed, chance)
        found.kills[moment] += 1
        if lines:
            acknowledged = _checked(lines, acknowledged, reference, found)
        found.ledger_alone += _is_in_the_ledger_alone(directory)
    victim = Victim(directory, seed)
    try:
        victim.wait(lambda: len(victim.lines) > 0)
    finally:
        victim.kill()
    _checked(victim.lines, acknowledged, reference, found)


def _checked(lines: list[str], acknowledged: int, reference: Reference, found: Found) -> int:
    """Check what a start found, after `acknowledged`; give the last revision that it acknowledged itself."""
    _, head, fingerprint, seconds = lines[0].split()
    least = max(acknowledged, reference.first)
    if not least <= int(head) <= least + 1:
        raise Broken(f"revision {acknowledged} was acknowledged, and {head} was found")
    if fingerprint != reference.fingerprint(int(head)):
        raise Broken(f"the graph found at revision {head} is not what that revision left")
    found.starts += 1
    found.unacknowledged += int(head) > least
    found.acknowledged += len(lines) - 1
    found.slowest = max(found.slowest, float(seconds))
    return int(lines[-1]) if len(lines) > 1 else int(head)


def _is_in_the_ledger_alone(directory: Path) -> bool:
    """Tell whether the kill came between the two steps of a commit: the ledger has what the graph lacks."""
    try:
        records = (directory / "ledger").read_bytes().count(b"\nTC .\n")
        graph = Store.read_only(str(directory / "graph"))
    except OSError:
        return False  # killed before there was a store
    described = graph.quads_for_pattern(
        provenance.iri(records), provenance.IDENTIFIER, None, PROVENANCE_GRAPH
    )
    return records > 0 and next(described, None) is None


def survived(rounds: int, seed: int) -> Found:
    """Kill so many times and give what was found. Raises Broken."""
    chance, found, reference = Random(seed), Found(), Reference(seed)
    try:
        for first in range(0, rounds, _LIFE):
            with tempfile.TemporaryDirectory() as name:
                kills = min(_LIFE, rounds - first)
                live(Path(name) / "store", kills, reference, seed=seed, chance=chance, found=found)
            click.echo(f"{first + kills} kills: {found}", err=True)
    finally:
        reference.close()
    return found


@click.command()
@click.option("--rounds", default=1000, show_default=True, help="How many times to kill.")
@click.option("--seed", default=1, show_default=True)
def main(rounds: int, seed: int) -> None:
    """Kill a loading service at random moments and check what the next start finds."""
    click.echo(circumstances(seed))
    found = survived(rounds, seed)
    moments = ", ".join(f"{count} {moment}" for moment, count in found.kills.items())
    click.echo(f"{found.kills.total()} kills ({moments}); {found.acknowledged} revisions acknowledged")
    click.echo(f"none of them lost, none half there, in {found.starts} starts that came to be open")
    click.echo(f"{found.unacknowledged} found whole that had not been acknowledged")
    click.echo(f"{found.ledger_alone} left in the ledger alone, and finished by the next start")
    click.echo(f"slowest start: {found.slowest:.2f} s")


if __name__ == "__main__":
    main()
