"""The service's end of one child: sends it a request and collects the answer, or kills it."""

import asyncio
import ctypes
import math
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, Final

from summitry import progress
from summitry.errors import ResultTooLarge, TimeExceeded
from summitry.workers import failures
from summitry.workers.frames import LAST, Fact, Facts, Kind, Message, facts_of, pack, text
from summitry.workers.line import Line

_IN_MEMORY: Final = 1024 * 1024
_EXIT_REPORT_SECONDS: Final = 5
_LIBC: Final = ctypes.CDLL(None)
_NICE: Final = 15  # what takes long gives way to what is short, which has 10


@dataclass(frozen=True, slots=True)
class Request:
    """A job for a child: its name, what it works on, what it should know, and how long it may take.

    `limit` names the setting that `seconds` comes from.
    """

    job: str
    body: bytes
    header: Mapping[str, Fact]
    seconds: float
    limit: str = "query_seconds"

    def message(self) -> Message:
        """Give the message that asks for it."""
        return Message(Kind.REQUEST, {**self.header, "job": self.job, "seconds": self.seconds}, self.body)


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole result of a job: a body of `size` bytes, read from its start, and the facts about it.

    `elapsed` counts the seconds that the job ran; `revision` is that of the graph it saw. Who takes the
    answer closes the body.
    """

    meta: Facts
    body: IO[bytes]
    size: int
    elapsed: float
    revision: int


class Worker:
    """One child, at the revision of the graph at which it was forked."""

    def __init__(self, pid: int, revision: int, *, line: Line, kill: Callable[[int], None]) -> None:
        self.revision = revision
        self.exit: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()
        self._pid = pid
        self._line = line
        self._kill = kill
        self._is_dismissed = False

    @property
    def is_usable(self) -> bool:
        """Tell whether it can take another request."""
        return not self._is_dismissed and not self.exit.done()

    async def answer(self, request: Request, *, result_bytes: int) -> Answer:
        """Give the answer of the child; without one, cancellation included, there is no child left.

        Raises:
            SummitryError: what the job raised, or what became of it.
        """
        start = time.monotonic()
        body: SpooledTemporaryFile[bytes] = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 the caller closes it
        try:
            async with asyncio.timeout(request.seconds):
                kind, facts = await self._exchange(request, body, result_bytes=result_bytes)
        except BaseException as error:  # cancellation too: nobody waits for what it works on
            self.kill()
            body.close()
            if isinstance(error, TimeoutError):
                raise _too_slow(request) from error
            raise
        if facts.get(LAST):
            self.dismiss()
        if kind is Kind.ERROR:
            body.close()
            raise failures.from_facts(facts)
        size = body.tell()
        body.seek(0)
        meta = {name: fact for name, fact in facts.items() if name != LAST}
        return Answer(meta, body, size, time.monotonic() - start, self.revision)

    def dismiss(self) -> None:
        """Let it end: it does when it next waits for a request."""
        self._is_dismissed = True
        self._line.close()

    def processor_seconds(self) -> float:
        """Give the processor time that it has had; without end where it has ended."""
        clock = ctypes.c_int()
        if _LIBC.clock_getcpuclockid(self._pid, ctypes.byref(clock)):
            return math.inf
        try:
            return time.clock_gettime(clock.value)
        except OSError:
            return math.inf

    def give_way(self) -> None:
        """Let it have the processor only when others do not want it. This cannot be taken back."""
        with suppress(OSError):  # it has ended
            os.setpriority(os.PRIO_PROCESS, self._pid, _NICE)

    def stop(self) -> None:
        """End it now: who waits for its answer is told so."""
        self._kill(self._pid)

    def kill(self) -> None:
        """End it now, whatever it does; nobody waits for it any more."""
        self._kill(self._pid)
        self.dismiss()

    async def _exchange(self, request: Request, body: IO[bytes], *, result_bytes: int) -> tuple[Kind, Facts]:
        tell = progress.listener()

        def take(kind: Kind, payload: bytes) -> None:
            if kind is Kind.STEP:
                tell(text(facts_of(payload), "step"))
            else:
                _spool(payload, body, result_bytes=result_bytes)

        try:
            kind, payload = await self._line.exchange(pack(request.message()), take)
        except ConnectionError:
            # It ended while it was talked to; its exit says why.
            await asyncio.wait([self.exit], timeout=_EXIT_REPORT_SECONDS)
            exit_status = self.exit.result() if self.exit.done() else None
            raise failures.from_exit(exit_status, limit=request.limit) from None
        return kind, facts_of(payload)


def _spool(payload: bytes, body: IO[bytes], *, result_bytes: int) -> None:
    if body.tell() + len(payload) > result_bytes:
        message = f"the answer has more than {result_bytes} bytes; ask for less with LIMIT and OFFSET"
        raise ResultTooLarge(message, limit="result_bytes")
    try:
        body.write(payload)
    except OSError as error:
        message = "there is no room left to collect the answer; ask for less with LIMIT and OFFSET"
        raise ResultTooLarge(message, limit="result_bytes") from error


def _too_slow(request: Request) -> TimeExceeded:
    message = f"the job did not end within {request.seconds:g} seconds; ask for less at once"
    return TimeExceeded(message, limit=request.limit)
