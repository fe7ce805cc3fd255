"""What a running service consists of: one value that the web layer and the command line are given."""

from dataclasses import dataclass, field
from typing import Final

from summitry.audit import Trail
from summitry.settings import Settings
from summitry.store.base import GraphStore, Names
from summitry.usecases.ingest import Ingest
from summitry.usecases.kept import Kept
from summitry.workers.pool import Workers

_ANSWER_BYTES: Final = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Service:
    """A store, the workers that hold its graph, the one way to write to it, what its entities are called,
    the trail of who tried to change it, what lists are made of, and the last answers."""

    settings: Settings
    store: GraphStore
    workers: Workers
    ingest: Ingest
    names: Names
    trail: Trail
    kept: Kept = field(default_factory=Kept)
    answers: Kept = field(default_factory=lambda: Kept(_ANSWER_BYTES))
