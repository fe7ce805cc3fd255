"""Attempts to change something, and what came of them: the lines of the audit trail.

What is known of an attempt becomes known in different rooms: the door knows who and where, the write use-case
the digest and the revision. Whoever opens an attempt takes notes, and finds in them what the others noted.
"""

import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, Protocol

from summitry.model import Commit, Revision

_LONGEST: Final = 500
_MOST_GRAPHS: Final = 20


class Ending(StrEnum):
    """What came of an attempt."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    DRY_RUN = "dry-run"


class By(StrEnum):
    """How whoever made an attempt is known: the name of a token, an address, or the name given to a command."""

    TOKEN = "token"  # noqa: S105 the word, not one
    ADDRESS = "address"
    COMMAND = "command"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt. `id` tells it apart, `at` is in UTC; `status` is 0 for a command.

    `revision` is 0 where nothing was committed, `digest` the SHA-256 of what was sent, in hex, where it got so far.
    """

    who: str
    by: By
    action: str
    outcome: Ending
    graphs: tuple[str, ...] = ()
    digest: str = ""
    revision: int = 0
    status: int = 0
    message: str = ""
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    id: str = field(default_factory=lambda: f"{time.time_ns():x}-{secrets.token_hex(4)}")


@dataclass(slots=True)
class Notes:
    """What the write use-case notes of the attempt that it works for. Without a commit it is a dry run."""

    commit: Commit | None = None
    revision: Revision | None = None

    def graphs(self) -> tuple[str, ...]:
        """Give the names of the first graphs that were changed."""
        return tuple(graph.value for graph in self.revision.graphs[:_MOST_GRAPHS]) if self.revision else ()


class Trail(Protocol):
    """Where attempts are written down."""

    def record(self, attempt: Attempt) -> None:
        """Write `attempt` down. What cannot be written goes into the log; nothing is raised."""
        ...

    def read(self, *, who: str, outcome: str, before: str, limit: int) -> Sequence[Attempt]:
        """Give up to `limit` attempts, newest first: those before the one whose id is `before`, where it is given,
        and of `who` and with `outcome`, where those are.
        """
        ...


_NOTES: Final[ContextVar[Notes | None]] = ContextVar("notes", default=None)


@contextmanager
def notes() -> Iterator[Notes]:
    """Give the notes of an attempt that lasts as long as the block."""
    taken = Notes()
    token = _NOTES.set(taken)
    try:
        yield taken
    finally:
        _NOTES.reset(token)


def note(*, commit: Commit | None = None, revision: Revision | None = None) -> None:
    """Note what became known of the attempt at work, if anyone takes notes."""
    if taken := _NOTES.get():
        taken.commit = commit or taken.commit
        taken.revision = revision or taken.revision


def shortened(text: str) -> str:
    """Give `text` in the length that a line has room for."""
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
