"""What was worked out from a revision and is worth keeping until the next: bounded, the last used stay."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Sized
from contextlib import contextmanager
from threading import Lock
from typing import Final, TypeVar, cast

from pyoxigraph import NamedNode

from summitry.store.base import Reader

T = TypeVar("T", bound=Sized)

_CELLS: Final = 3_000_000


class Kept:
    """Values by the revision they belong to and a key; those used last are kept, of `cells` items together."""

    def __init__(self, cells: int = _CELLS) -> None:
        self._most = cells
        self._cells = 0
        self._values: OrderedDict[tuple[int, Hashable], Sized] = OrderedDict()
        self._numbers: dict[Hashable, set[int]] = {}
        self._last: tuple[tuple[int, int], frozenset[NamedNode]] = ((0, 0), frozenset())
        self._making: dict[tuple[int, Hashable], Lock] = {}
        self._changing = Lock()

    def get(
        self,
        reader: Reader,
        key: Hashable,
        make: Callable[[], T],
        *,
        mend: Callable[[T, frozenset[NamedNode]], T] | None = None,
    ) -> T:
        """Give the value of `key` at the revision of `reader`, made now if it is not kept.

        `mend` makes it of the value of an earlier revision and of what the changes since mention. Who asks while it
        is made waits for it: made twice at once it would take both twice as long.
        """
        number = reader.head()
        if (found := self.find(number, key)) is not None:
            return cast(T, found)
        with self._turn((number, key)):
            if (found := self.find(number, key)) is not None:
                return cast(T, found)
            made = (self._mended(reader, number, key, mend) if mend else None) or make()
            # What was read while a change landed belongs to no revision.
            if reader.is_at(number):
                self.keep(number, key, made)
            return made

    def find(self, number: int, key: Hashable) -> Sized | None:
        """Give the value of `key` at revision `number`, None where it is not kept."""
        with self._changing:
            if (number, key) not in self._values:
                return None
            self._values.move_to_end((number, key))
            return self._values[number, key]

    def keep(self, number: int, key: Hashable, value: Sized) -> None:
        """Keep the value of `key` at revision `number`."""
        at = (number, key)
        with self._changing:
            if at in self._values:
                return
            self._values[at] = value
            self._numbers.setdefault(key, set()).add(number)
            self._cells += len(value) + 1
            while self._cells > self._most:
                self._forget(next(iter(self._values)))

    @contextmanager
    def _turn(self, at: tuple[int, Hashable]) -> Iterator[None]:
        """Let one thread at a time make the value `at` a revision and a key."""
        with self._changing:
            making = self._making.setdefault(at, Lock())
        with making:
            try:
                yield
            finally:
                with self._changing:
                    self._making.pop(at, None)

    def _mended(
        self, reader: Reader, number: int, key: Hashable, mend: Callable[[T, frozenset[NamedNode]], T]
    ) -> T | None:
        with self._changing:
            earlier = max((at for at in self._numbers.get(key, ()) if at < number), default=None)
            if earlier is None:
                return None
            value = cast(T, self._values[earlier, key])
        mentioned = self._mentioned(reader, earlier, number)
        if mentioned is None:
            return None
        mended = mend(value, mentioned)
        self._drop((earlier, key))
        return mended

    def _mentioned(self, reader: Reader, earlier: int, number: int) -> frozenset[NamedNode] | None:
        """Give what the changes between two revisions mention: read once for all that is mended by them."""
        revisions, mentioned = self._last
        if revisions == (earlier, number):
            return mentioned
        found = reader.mentioned_since(earlier)
        if found is not None and reader.is_at(number):
            self._last = ((earlier, number), found)
        return found

    def _drop(self, key: tuple[int, Hashable]) -> None:
        with self._changing:
            if key in self._values:
                self._forget(key)

    def _forget(self, key: tuple[int, Hashable]) -> None:
        number, name = key
        self._cells -= len(self._values.pop(key)) + 1
        self._numbers[name].discard(number)
        if not self._numbers[name]:
            del self._numbers[name]
