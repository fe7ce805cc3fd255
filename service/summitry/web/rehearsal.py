"""What a dry run tells: the judgement, what would change, which new entities look like old
ones, and which questions would have other answers."""

import asyncio
from dataclasses import asdict
from typing import Annotated, Final

from fastapi import Query
from pydantic import BaseModel

from summitry.model import Changeset
from summitry.store.base import GraphStore
from summitry.usecases import difference
from summitry.usecases.foresight import foresee
from summitry.usecases.rehearsing import Outcome
from summitry.usecases.service import Service
from summitry.web.validation import Judgement, judgement

DryRun = Annotated[bool, Query(description="Tell what would change; store nothing.")]

_ENTITIES: Final = 200


class ChangeMembers(BaseModel):
    """What would change of what one graph says of one entity; statements in N-Triples form."""

    entity: str
    label: str
    graph: str
    added: list[str]
    removed: list[str]


class LookalikeMembers(BaseModel):
    """A new entity and an older one of the same class and nearly the same name: perhaps they are one."""

    new: str
    existing: str
    name: str


class AnswerMembers(BaseModel):
    """A question of the catalogue with another answer, asked with its defaults: the first rows gained and lost."""

    name: str
    title: str
    gains: int
    losses: int
    gained: list[str]
    lost: list[str]


class Rehearsal(Judgement):
    """A judgement, and what would change; `changes` are cut off after 200 entities.

    `unfinished` names questions that there was no time to ask.
    """

    changes: list[ChangeMembers]
    lookalikes: list[LookalikeMembers]
    answers: list[AnswerMembers]
    unfinished: list[str]


async def rehearsed(service: Service, outcome: Outcome) -> dict[str, object]:
    """Give the members of a Rehearsal."""
    changes, lookalikes = await asyncio.to_thread(_foreseen, service.store, outcome.change)
    foresight = await foresee(service, outcome.change)
    return {
        **judgement(outcome),
        "changes": changes,
        "lookalikes": lookalikes,
        "answers": [asdict(one) for one in foresight.changed],
        "unfinished": list(foresight.unfinished),
    }


def _foreseen(store: GraphStore, change: Changeset) -> tuple[list[dict[str, object]], list[dict[str, str]]]:
    changes: list[dict[str, object]] = [
        {
            "entity": one.entity,
            "label": one.label,
            "graph": one.graph,
            "added": [f"{quad.triple} ." for quad in one.added],
            "removed": [f"{quad.triple} ." for quad in one.removed],
        }
        for one in difference.differences(store, change)[:_ENTITIES]
    ]
    alike = difference.lookalikes(store, change)
    return changes, [{"new": o.new.value, "existing": o.existing.value, "name": o.name} for o in alike]
