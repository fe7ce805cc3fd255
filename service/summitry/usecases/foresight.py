"""Which questions of the catalogue a change would give other answers, as far as there is time to find out."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from summitry import patch
from summitry.errors import LimitExceeded, WorkerDied
from summitry.model import Changeset
from summitry.question import catalogue
from summitry.usecases.service import Service
from summitry.workers.pool import Request

BUDGET_SECONDS: Final = 5.0
_GRACE_SECONDS: Final = 5.0  # for the question that is under way when the budget ends


@dataclass(frozen=True, slots=True)
class Changed:
    """A question with another answer: how many rows it gains and loses, and the first of them in words."""

    name: str
    title: str
    gains: int
    losses: int
    gained: tuple[str, ...]
    lost: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Foresight:
    """The questions whose answer changes, asked with their defaults, and those not asked for want of time."""

    changed: tuple[Changed, ...] = ()
    unfinished: tuple[str, ...] = ()


async def foresee(service: Service, change: Changeset, *, budget: float = BUDGET_SECONDS) -> Foresight:
    """Give what `change` of source graphs would do to the answers; nothing is stored.

    A rehearsal does not fail because a question is slow: what is not finished is said.
    """
    if not change:
        return Foresight()
    request = Request(
        "foresee", patch.write(change), {"budget": budget}, budget + _GRACE_SECONDS, limit="write_seconds"
    )
    try:
        answer = await service.workers.run(request)
    except (LimitExceeded, WorkerDied):
        return Foresight(unfinished=tuple(catalogue()))
    with answer.body as body:
        found = json.loads(await asyncio.to_thread(body.read))
    return Foresight(tuple(_changed(**row) for row in found["changed"]), tuple(found["unfinished"]))


def readable(foresight: Foresight) -> Iterator[str]:
    """Give it as lines for people."""
    for one in foresight.changed:
        yield f"another answer to {one.name}: {one.title}"
        yield from (f"  - {row}" for row in one.lost)
        yield from (f"  + {row}" for row in one.gained)
        if more := one.gains + one.losses - len(one.gained) - len(one.lost):
            yield f"  and {more} rows more"
    if foresight.unfinished:
        yield f"not asked for want of time: {', '.join(foresight.unfinished)}"


def _changed(name: str, gains: int, losses: int, gained: list[str], lost: list[str]) -> Changed:
    return Changed(name, catalogue()[name].title, gains, losses, tuple(gained), tuple(lost))
