"""What became of a write: the server's word is not enough, its record is."""

import time
from contextlib import suppress
from typing import Final

from pyoxigraph import NamedNode

from summitry.errors import OutcomeUnknown, StaleRevision, StoreUnavailable
from summitry.store.remote.turns import Turns

# When to ask for the record, each time after the one before, in shares of the time that an answer may take:
# of a minute 6.3 s in all.
_NAPS: Final = (0, 1 / 600, 2 / 600, 4 / 600, 8 / 600, 16 / 600, 32 / 600)


def read_back(turns: Turns, turn: NamedNode, number: int) -> None:
    """Return if the update of `turn`, which the server says it took, made revision `number`.

    Raises:
        StaleRevision: the guard did not hold, because somebody else made it.
        StoreUnavailable: it did not hold, because the turn had ended.
        OutcomeUnknown: the record cannot be asked for.
    """
    for nap in _NAPS:
        time.sleep(nap * turns.answer_seconds)
        with suppress(StoreUnavailable):
            if turns.is_made(turn):
                return
            _refuse_moved(turns, number)
            break
    else:
        raise OutcomeUnknown(_unknown(number))
    raise StoreUnavailable("the remote store took too long and others went first; nothing was written")


def resolve(turns: Turns, turn: NamedNode, number: int, *, isolates: bool) -> None:
    """Return if the update of `turn`, which was not answered, made revision `number`. It is not sent again.

    Raises:
        StaleRevision: somebody else made it.
        StoreUnavailable: it was not made, and never will be.
        OutcomeUnknown: it is not made yet.
    """
    for nap in _NAPS:
        time.sleep(nap * turns.answer_seconds)
        with suppress(StoreUnavailable):
            if turns.is_made(turn):
                return
            _refuse_moved(turns, number)
    if not isolates:
        # It may still be at work, unseen. Its turn keeps all others away until it cannot be any more.
        raise OutcomeUnknown(_unknown(number))
    try:
        # From here on the guard cannot hold.
        turns.leave(turn)
        is_made = turns.is_made(turn)
    except StoreUnavailable as error:
        raise OutcomeUnknown(_unknown(number)) from error
    if not is_made:
        raise StoreUnavailable("the remote store did not take the change in time; nothing was written")


def leave(turns: Turns, turn: NamedNode) -> None:
    """End `turn`, or let it end by itself where the server does not answer."""
    with suppress(StoreUnavailable):
        turns.leave(turn)


def _refuse_moved(turns: Turns, number: int) -> None:
    head = turns.state().head
    if head >= number:
        raise StaleRevision(f"the graph moved from r{number - 1} to r{head}; fetch it and retry")


def _unknown(number: int) -> str:
    return f"the remote store did not tell whether it made revision {number}; ask /history before you write again"
