"""The audit trail: a file of JSON lines, only ever appended to, beside the ledger.

Above a size it becomes `audit.1.jsonl` and a new one begins; a few are kept. Several processes may write: a lock on
the file makes each line whole and each turn of the files one. Lines are not waited for until they are on disk: of
what was accepted, the ledger has the record that a power cut leaves.
"""

import fcntl
import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from itertools import dropwhile, islice
from pathlib import Path
from typing import Final

from summitry.audit import Attempt, By, Ending

FILE: Final = "audit.jsonl"
FILE_BYTES: Final = 8 * 1024 * 1024
KEPT: Final = 4

_LOG: Final = logging.getLogger(__name__)


class AuditFile:
    """The trail in `directory`, which is made with its first line; `KEPT` older files of `size` bytes beside it."""

    def __init__(self, directory: Path, *, size: int = FILE_BYTES) -> None:
        self._path = directory / FILE
        self._size = size

    def record(self, attempt: Attempt) -> None:
        """Write `attempt` down, or into the log where there is no space for it."""
        line = line_of(attempt).encode() + b"\n"
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._locked() as file:
                _append(file, line)
        except OSError as error:
            _LOG.error("the audit trail could not be written (%s); it lacks: %s", error, line.decode())

    def read(self, *, who: str = "", outcome: str = "", before: str = "", limit: int = 50) -> list[Attempt]:
        """Give up to `limit` attempts, newest first; see `summitry.audit.Trail`."""
        attempts = self._newest_first()
        if before:
            later = dropwhile(lambda attempt: attempt.id != before, attempts)
            attempts = islice(later, 1, None)
        found = (a for a in attempts if who in ("", a.who) and outcome in ("", a.outcome))
        return list(islice(found, limit))

    def _newest_first(self) -> Iterator[Attempt]:
        for path in self._paths():
            lines = path.read_bytes().splitlines() if path.exists() else []
            yield from filter(None, map(_attempt, reversed(lines)))

    def _paths(self) -> list[Path]:
        """Give the files, newest first."""
        return [self._path, *(self._path.with_name(f"audit.{n}.jsonl") for n in range(1, KEPT + 1))]

    @contextmanager
    def _locked(self) -> Iterator[int]:
        """Give the file to append to, which nobody else writes or moves meanwhile."""
        while True:
            file = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(file, fcntl.LOCK_EX)
                # Whoever had the lock before may have put a new file in its place.
                if not _is_at(file, self._path):
                    continue
                if os.fstat(file).st_size >= self._size:
                    self._turn()
                    continue
                yield file
                return
            finally:
                os.close(file)

    def _turn(self) -> None:
        """Move each file on by one; the oldest goes."""
        paths = self._paths()
        for newer, older in zip(reversed(paths[:-1]), reversed(paths[1:]), strict=True):
            if newer.exists():
                newer.replace(older)


def _is_at(file: int, path: Path) -> bool:
    return path.exists() and os.path.samestat(os.fstat(file), path.stat())


def _append(file: int, line: bytes) -> None:
    """Write `line` whole, or nothing of it. Raises OSError."""
    end = os.fstat(file).st_size
    is_torn = end > 0 and os.pread(file, 1, end - 1) != b"\n"
    whole = b"\n" + line if is_torn else line
    try:
        written = os.write(file, whole)
    except OSError:
        os.ftruncate(file, end)
        raise
    if written < len(whole):
        os.ftruncate(file, end)
        raise OSError(f"only {written} of {len(whole)} bytes found space")


def line_of(attempt: Attempt) -> str:
    """Give `attempt` as JSON on one line."""
    return json.dumps({**asdict(attempt), "at": attempt.at.isoformat(timespec="milliseconds")})


def _attempt(line: bytes) -> Attempt | None:
    """Give what `line` tells; None for one that was torn off."""
    try:
        row = json.loads(line)
        parts = {"at": datetime.fromisoformat(row["at"]), "graphs": tuple(row["graphs"])}
        return Attempt(**{**row, **parts, "by": By(row["by"]), "outcome": Ending(row["outcome"])})
    except (ValueError, KeyError, TypeError):
        return None
