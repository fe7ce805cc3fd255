"""What was changed, when, by whom; and what undoes it."""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from pyoxigraph import NamedNode

from summitry import patch
from summitry.errors import BadParameter, Conflict
from summitry.model import Changeset, Revision
from summitry.store.base import GraphStore
from summitry.usecases import difference

_DIGITS: Final = 19  # of a number that no history reaches


def revisions(store: GraphStore, *, before: int = 0, limit: int = 50) -> list[Revision]:
    """Give up to `limit` revisions, newest first; those before revision `before` where it is given."""
    newest = min(before - 1, store.head()) if before else store.head()
    return [store.revision(number) for number in range(newest, max(0, newest - limit), -1)]


def changed(store: GraphStore, number: int) -> Changeset:
    """Give what revision `number` changed in source graphs. Raises UnknownRevision."""
    return patch.read(store.patch(number)).of_sources()


def inverse(store: GraphStore, number: int) -> Changeset:
    """Give the change that undoes revision `number`.

    Raises:
        UnknownRevision: it was never made.
        Conflict: a later revision changed again what it changed.
    """
    change = changed(store, number)
    conflicts = [f"{quad} is gone again" for quad in change.added if not store.states(quad)]
    conflicts += [f"{quad} is stated again" for quad in change.removed if store.states(quad)]
    if conflicts:
        listed = "; ".join(sorted(conflicts)[:5])
        raise Conflict(f"revision {number} cannot be undone, because later ones changed the same: {listed}")
    return change.inverse()


def since(store: GraphStore, number: int) -> Iterator[bytes]:
    """Give the patches of the revisions after `number`, newest first: undone in turn they lead back to it."""
    for later in range(store.head(), number, -1):
        yield store.patch(later)


def known_at(store: GraphStore, moment: str) -> int:
    """Give the revision that was the last at `moment`: its number, or a time (ISO 8601; UTC without an offset).

    Raises:
        BadParameter: it is neither, or lies before the first revision or after the last.
    """
    if moment.isascii() and moment.isdecimal():
        number = int(moment) if len(moment) < _DIGITS else 0
    else:
        numbers = range(1, store.head() + 1)
        number = bisect_right(numbers, _time(moment), key=lambda n: store.revision(n).at)
    if not 1 <= number <= store.head():
        raise BadParameter(f"known_at: nothing was known at {moment}; the revisions are 1 to {store.head()}")
    return number


def _time(moment: str) -> datetime:
    try:
        time = datetime.fromisoformat(moment)
    except ValueError as error:
        raise BadParameter(
            f"known_at: {moment!r} is neither a revision, such as 12, nor a time, such as 2026-01-31T12:00:00Z"
        ) from error
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def of_entity(store: GraphStore, entity: NamedNode, *, before: int = 0, limit: int = 50) -> list[Revision]:
    """Give up to `limit` revisions that changed a statement about `entity` or one that names it, newest first."""
    newest = min(before - 1, store.head()) if before else store.head()
    name = str(entity).encode()
    found: list[Revision] = []
    for number in range(newest, 0, -1):
        # The ledger's bytes are searched first: reading a patch as quads takes far longer.
        if name in store.patch(number) and _concerns(changed(store, number), entity):
            found.append(store.revision(number))
            if len(found) == limit:
                break
    return found


def readable(store: GraphStore, number: int) -> Iterator[str]:
    """Give what revision `number` changed, entity by entity, as lines for people. Raises UnknownRevision."""
    revision = store.revision(number)
    commit = revision.commit
    yield f"revision {number}, {revision.at:%Y-%m-%d %H:%M:%S} UTC, by {commit.agent}: {commit.message}"
    yield from difference.readable(difference.differences(store, changed(store, number)))


def _concerns(change: Changeset, entity: NamedNode) -> bool:
    return any(entity in (quad.subject, quad.object) for quad in change.added | change.removed)
