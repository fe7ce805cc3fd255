"""The ledger: every revision's patch, checksummed and on disk before anyone hears of it.

One file, only ever appended to. A record is one line `summitry NUMBER LENGTH SHA256` and then LENGTH
bytes: the headers of an RDF Patch (`H` lines), its transaction, and its changes.
"""

import errno
import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from summitry.errors import StoreDamaged, StoreFull

FILE: Final = "ledger"
_MAGIC: Final = b"summitry"
_HEADER: Final = re.compile(rb"summitry (\d+) (\d+) ([0-9a-f]{64})\n")
_LONGEST_HEADER: Final = 128
_NO_SPACE: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@dataclass(frozen=True, slots=True)
class Entry:
    """One record: the number of its revision, its patch, and where in the file it ends."""

    number: int
    patch: bytes
    end: int


class Ledger:
    """The ledger in the file `path`, made if it is not there. A torn last record counts for nothing.

    Reads may come from any thread while one writes: nothing here moves a position that they share.

    Raises:
        StoreDamaged: a record in the middle is not what was written.
    """

    def __init__(self, path: Path) -> None:
        self._file = _open(path)
        self._offsets: list[int] = []
        self._end = 0
        try:
            self._index()
        except StoreDamaged:
            self.close()
            raise

    @property
    def head(self) -> int:
        """Give the number of the last revision, 0 where there is none."""
        return len(self._offsets)

    def append(self, *pieces: bytes) -> int:
        """Write the patch that `pieces` make as the next revision and wait until it is on disk; give its number.

        Raises:
            StoreFull: there is no space; the ledger is as it was.
        """
        number = self.head + 1
        header = b"%s %d %d %s\n" % (_MAGIC, number, sum(map(len, pieces)), _digest(pieces).encode())
        end = self._end
        try:
            # What is left of a torn record must not follow a shorter new one.
            os.ftruncate(self._file, self._end)
            for piece in (header, *pieces):
                end = _write(self._file, piece, end)
            os.fdatasync(self._file)
        except OSError as error:
            self._cut()
            if error.errno in _NO_SPACE:
                raise StoreFull("no space is left to record the change; nothing was written") from error
            raise
        self._offsets.append(self._end)
        self._end = end
        return number

    def take_back(self) -> None:
        """Remove the last record, which the store could not follow."""
        self._end = self._offsets.pop()
        self._cut()

    def read(self, number: int) -> bytes:
        """Give the patch of revision `number`, which counts from 1."""
        entry = _entry_at(self._file, self._offsets[number - 1])
        if entry is None:
            raise StoreDamaged(f"revision {number} of the ledger is not what was written")
        return entry.patch

    def since(self, number: int) -> Iterator[bytes]:
        """Give the patches after revision `number`, oldest first."""
        for later in range(number + 1, self.head + 1):
            yield self.read(later)

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    def _cut(self) -> None:
        """Let the file end where its last whole record does."""
        os.ftruncate(self._file, self._end)
        os.fdatasync(self._file)

    def _index(self) -> None:
        """Note where each record begins and where the last whole one ends."""
        while (entry := _entry_at(self._file, self._end)) is not None:
            if entry.number != self.head + 1:
                raise StoreDamaged(f"the ledger has revision {entry.number} where {self.head + 1} belongs")
            self._offsets.append(self._end)
            self._end = entry.end
        if _holds_entry_after(self._file, self._end):
            raise StoreDamaged(f"revision {self.head + 1} of the ledger is not what was written")


def _open(path: Path) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    directory = os.open(path.parent, os.O_RDONLY)
    os.fsync(directory)
    os.close(directory)
    return descriptor


def _entry_at(file: int, offset: int) -> Entry | None:
    """Give the record that begins at `offset`; None where there is no whole one."""
    header = _HEADER.match(os.pread(file, _LONGEST_HEADER, offset))
    if header is None:
        return None
    start = offset + header.end()
    number, length = int(header[1]), int(header[2])
    if length > os.fstat(file).st_size - start:
        return None
    patch = _read(file, length, start)
    is_whole = _digest([patch]).encode() == header[3]
    return Entry(number, patch, start + length) if is_whole else None


def _holds_entry_after(file: int, offset: int) -> bool:
    """Tell whether a whole record begins somewhere after the broken one at `offset`: damage, not a torn end."""
    rest = _read(file, os.fstat(file).st_size - offset, offset)
    headers = _HEADER.finditer(rest)
    return any(_entry_at(file, offset + header.start()) is not None for header in headers)


def _read(file: int, length: int, offset: int) -> bytes:
    pieces = []
    while length and (piece := os.pread(file, length, offset)):
        pieces.append(piece)
        length -= len(piece)
        offset += len(piece)
    return b"".join(pieces)


def _digest(pieces: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()


def _write(file: int, piece: bytes, offset: int) -> int:
    """Write all of `piece` and give where it ends.

    The system may take a part, on a disk that fills up or of more than 2 GiB.
    """
    rest = memoryview(piece)
    while rest:
        written = os.pwrite(file, rest, offset)
        rest = rest[written:]
        offset += written
    return offset
