"""Whose turn it is to write to a server that several instances share.

Not every engine keeps two guarded updates apart (`Engine.isolates`), so a writer first says in the ledger
graph that it waits, and then reads who else does. It writes only if nobody else does: whoever comes later
sees it, because that one also writes before it reads. Of two who see each other the lower name stays, and
the other leaves and comes again. A turn that outlasts the seconds it gave itself is taken away.
"""

import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Final

from pyoxigraph import NamedNode

from summitry.bind import bind
from summitry.errors import OutcomeUnknown, StaleRevision, StoreDamaged, StoreUnavailable
from summitry.store.remote import statements
from summitry.store.remote.connection import Connection

# A turn ends when its writer cannot be at work any more: it has waited for one answer, and asked what became of it.
_LASTS: Final = 2.0
_NAP_SECONDS: Final = 0.02


@dataclass(frozen=True, slots=True)
class State:
    """The head of the ledger, and for each turn that waits the seconds it may take."""

    head: int
    turns: Mapping[NamedNode, float]


class Turns:
    """The turns of one writer over `connection`, whose answers take up to `seconds`."""

    def __init__(self, connection: Connection, seconds: float) -> None:
        self._connection = connection
        self.answer_seconds: Final = seconds
        self.seconds: Final = seconds * _LASTS
        self._chance = Random()  # noqa: S311 it only keeps two writers from coming back together
        self._seen: dict[NamedNode, float] = {}

    def state(self) -> State:
        """Give what the ledger says now. Raises StoreUnavailable, StoreDamaged."""
        rows = self._connection.rows(bind("remote-state", {}))
        heads = [int(row["head"].value) for row in rows if "head" in row]
        if len(heads) > 1:
            raise StoreDamaged(f"the remote store has {len(heads)} heads: {heads}")
        turns = {
            row["turn"]: float(row["seconds"].value) for row in rows if isinstance(row.get("turn"), NamedNode)
        }
        return State(max(heads, default=0), turns)  # type: ignore[arg-type]

    def take(self, expected: int) -> NamedNode:
        """Wait until it is this writer's turn to make the revision after `expected`; give the turn's name.

        Raises:
            StaleRevision: somebody else made it.
            StoreUnavailable: others took too long, or the server did.
        """
        deadline = time.monotonic() + self.answer_seconds
        turn = self.announce(expected)
        while True:
            state = self._checked(turn, expected)
            others = state.turns.keys() - {turn}
            if not others and turn in state.turns:
                return turn
            self._end_overdue({other: state.turns[other] for other in others})
            if time.monotonic() > deadline:
                self.leave(turn)
                raise StoreUnavailable("another instance is writing to the remote store; try again")
            if turn not in state.turns or str(min(others, key=str)) < str(turn):
                self.leave(turn)
                self._nap()
                turn = self.announce(expected)
            else:
                self._nap()

    def announce(self, expected: int) -> NamedNode:
        """Let a new turn wait to make the revision after `expected`; give its name. Raises StoreUnavailable."""
        turn = NamedNode(uuid.uuid4().urn)
        try:
            self._connection.update(statements.waiting(turn, expected + 1, self.seconds))
        except OutcomeUnknown as error:
            self.leave(turn)
            raise StoreUnavailable("the remote store does not answer; nothing was written") from error
        return turn

    def leave(self, turn: NamedNode) -> None:
        """End `turn`: what it wants to make is not made from now on. Raises StoreUnavailable."""
        try:
            self._connection.update(statements.leaving(turn))
        except OutcomeUnknown as error:
            raise StoreUnavailable("the remote store does not answer; nothing was written") from error

    def is_made(self, turn: NamedNode) -> bool:
        """Tell whether the record of `turn` is there. Raises StoreUnavailable."""
        return bool(self._connection.rows(bind("remote-record", {"record": [turn]})))

    def _checked(self, turn: NamedNode, expected: int) -> State:
        try:
            state = self.state()
        except StoreUnavailable:
            self.leave(turn)
            raise
        if state.head != expected:
            self.leave(turn)
            raise StaleRevision(f"the graph moved from r{expected} to r{state.head}; fetch it and retry")
        return state

    def _end_overdue(self, others: Mapping[NamedNode, float]) -> None:
        now = time.monotonic()
        self._seen = {other: self._seen.get(other, now) for other in others}
        for other, since in self._seen.items():
            if now - since > others[other]:
                self.leave(other)

    def _nap(self) -> None:
        time.sleep(self._chance.uniform(_NAP_SECONDS / 2, _NAP_SECONDS))
