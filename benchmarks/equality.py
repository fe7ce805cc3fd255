"""Random changes, judged by the compiled shapes on what they touch and by pySHACL on the whole graph.

The graph, the changes and both ways to judge are those of `tests/test_engine.py`, whose small scene has every
shape in use. Each change is made to a graph that earlier ones have left in any state, right or wrong.
"""

import multiprocessing
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

import click
from measure import circumstances
from pyoxigraph import Store

sys.path.append(str(Path(__file__).parent.parent / "tests"))

from contract import copy, make, quads, undo, with_ontology
from scenes import STATE, random_change
from summitry import merge
from summitry.model import Changeset
from summitry.validate.engine import Engine, Result
from test_engine import Verdict, everything, held, judged, verdict

_CHANGES_IN_TURN: Final = 12  # then the scene begins anew: where much is broken, little new can break


@dataclass(frozen=True, slots=True)
class Difference:
    """What the two did not agree on, and after which changes it shows."""

    seed: str
    step: int
    of_ours_alone: frozenset[Verdict]
    of_theirs_alone: frozenset[Verdict]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many changes were judged, what came and went with them, and what was not agreed on."""

    changes: int = 0
    added: int = 0
    fixed: int = 0
    differences: tuple[Difference, ...] = ()

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.changes + other.changes,
            self.added + other.added,
            self.fixed + other.fixed,
            self.differences + other.differences,
        )


def compared(seed: str) -> Tally:
    """Make some changes in turn and compare what each brings, and the whole graph after it."""
    random, store = Random(seed), with_ontology(shapes=True)
    make(store, Changeset(quads(STATE)))
    theirs, everywhere = judged(store), everything(store)
    tally = Tally()
    for step in range(_CHANGES_IN_TURN):
        change = make(store, random_change(random, held(store)))
        theirs_before, theirs = theirs, judged(store)
        everywhere_before, everywhere = everywhere, everything(store)
        brought = brought_by(change, copy(store))
        verdicts = {verdict(result) for result in brought}
        # A result may be new where its verdict is not: its message names another entity.
        invented = {verdict(result) for result in brought ^ (everywhere - everywhere_before)}
        mine = {verdict(result) for result in everywhere}
        ours_alone = (mine | verdicts) - theirs | invented
        theirs_alone = theirs - mine | (theirs - theirs_before - verdicts)
        alone = frozenset(ours_alone), frozenset(theirs_alone)
        differences = (Difference(seed, step, *alone),) if any(alone) else ()
        new, gone = len(theirs - theirs_before), len(theirs_before - theirs)
        tally += Tally(1, new, gone, differences)
    return tally


def brought_by(change: Changeset, store: Store) -> set[Result]:
    """Give the results that `change` brought to the store that holds it, found as a rehearsal finds them."""
    engine = Engine(store)
    results = engine.results(change)
    merge.apply(store, undo(change))
    return set(results) - engine.still(results)


def _seeds(changes: int, seed: int) -> Iterator[str]:
    for number in range(-(-changes // _CHANGES_IN_TURN)):
        yield f"{seed}.{number}"


def compared_in(seconds: float, changes: int, seed: int, processes: int) -> Tally:
    """Compare so many changes, or as many as `seconds` allow; differences are printed as they come."""
    deadline, tally = time.monotonic() + seconds, Tally()
    with multiprocessing.Pool(processes) as pool:
        for some in pool.imap_unordered(compared, _seeds(changes, seed)):
            tally += some
            for difference in some.differences:
                click.echo(difference)
            if tally.changes % 600 == 0:
                click.echo(f"{tally.changes} changes, {len(tally.differences)} differences", err=True)
            if time.monotonic() > deadline:
                break
    return tally


@click.command()
@click.option("--changes", default=10_000, show_default=True, help="How many to compare.")
@click.option("--seed", default=1, show_default=True)
@click.option("--seconds", default=7200.0, show_default=True, help="When to stop, done or not.")
@click.option("--processes", default=2, show_default=True)
def main(changes: int, seed: int, seconds: float, processes: int) -> None:
    """Compare incremental validation with pySHACL on random changes; exit 1 if they ever differ."""
    click.echo(circumstances(seed))
    tally = compared_in(seconds, changes, seed, processes)
    click.echo(
        f"{tally.changes} changes, which brought {tally.added} results of pySHACL and took {tally.fixed} away: "
        f"{len(tally.differences)} differences"
    )
    sys.exit(1 if tally.differences else 0)


if __name__ == "__main__":
    main()
