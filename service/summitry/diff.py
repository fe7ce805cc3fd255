"""The smallest change between two states of a graph."""

from collections.abc import Set

from pyoxigraph import Quad

from summitry.model import Changeset


def diff(old: Set[Quad], new: Set[Quad]) -> Changeset:
    """Give the smallest changeset that turns `old` into `new`.

    Both must be canonical (see `summitry.canonical`), otherwise equal values with different
    spellings look like changes.
    """
    return Changeset(added=frozenset(new - old), removed=frozenset(old - new))
