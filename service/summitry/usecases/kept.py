"""What was worked out from a revision and is worth keeping until the next: bounded, the last used stay."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sized
from threading import Lock
from typing import Final, TypeVar, cast

from summitry.store.base import Reader

T = TypeVar("T", bound=Sized)

_CELLS: Final = 3_000_000


class Kept:
    """Values by the revision they belong to and a key; those used last are kept, of `cells` items together."""

    def __init__(self, cells: int = _CELLS) -> None:
        self._most = cells
        self._cells = 0
        self._values: OrderedDict[tuple[int, Hashable], Sized] = OrderedDict()
        self._changing = Lock()

    def get(self, reader: Reader, key: Hashable, make: Callable[[], T]) -> T:
        """Give the value of `key` at the revision of `reader`, made now if it is not kept."""
        number = reader.head()
        with self._changing:
            if (number, key) in self._values:
                self._values.move_to_end((number, key))
                return cast(T, self._values[number, key])
        made = make()
        # What was read while a change landed belongs to no revision.
        if reader.is_at(number):
            self._keep((number, key), made)
        return made

    def before(self, key: Hashable, number: int) -> tuple[int, Sized] | None:
        """Give the value of `key` at the last revision before `number` that is kept, and that revision."""
        with self._changing:
            found = [revision for revision, other in self._values if other == key and revision < number]
            return (max(found), self._values[max(found), key]) if found else None

    def _keep(self, key: tuple[int, Hashable], value: Sized) -> None:
        with self._changing:
            if key in self._values:
                return
            self._values[key] = value
            self._cells += len(value) + 1
            while self._cells > self._most:
                _, gone = self._values.popitem(last=False)
                self._cells -= len(gone) + 1
