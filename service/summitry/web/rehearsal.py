"""What a dry run tells: the judgement, what would change, and which new entities look like old ones."""

import asyncio
from typing import Final

from pydantic import BaseModel

from summitry.model import Changeset
from summitry.store.base import GraphStore
from summitry.usecases import difference
from summitry.usecases.ingest import Outcome
from summitry.web.validation import Judgement, judgement

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


class Rehearsal(Judgement):
    """A judgement, and what would change; `changes` are cut off after 200 entities."""

    changes: list[ChangeMembers]
    lookalikes: list[LookalikeMembers]


async def rehearsed(store: GraphStore, outcome: Outcome) -> dict[str, object]:
    """Give the members of a Rehearsal."""
    changes, lookalikes = await asyncio.to_thread(_foreseen, store, outcome.change)
    return {**judgement(outcome), "changes": changes, "lookalikes": lookalikes}


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
