"""A child of the fork server: holds its limits, answers requests one after the other, and ends."""

import ctypes
import gc
import io
import math
import os
import resource
import signal
import sys
import time
import traceback
from socket import socket
from typing import Final, NoReturn

from pyoxigraph import Store

from summitry import progress
from summitry.errors import SummitryError
from summitry.workers.failures import OUT_OF_MEMORY, to_facts
from summitry.workers.frames import LAST, WRITE_BUFFER, Inbox, Kind, Message, Output, closing
from summitry.workers.jobs import JOBS

_PR_SET_PDEATHSIG: Final = 1
_NICE: Final = 10  # who works for one client gives way to the service, which answers all others
_FIRST_OWN_DESCRIPTOR: Final = 3
_LAST_DESCRIPTOR: Final = 2**31 - 1
_PAGE: Final = resource.getpagesize()
_KEPT_SHARE: Final = 16
_STEP_SECONDS: Final = 0.5
_LIBC: Final = ctypes.CDLL(None, use_errno=True)


def die_with(parent: int) -> None:
    """Let the kernel kill this process when the thread of `parent` that started it ends."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def main(store: Store, descriptor: int, *, parent: int, memory_bytes: int) -> NoReturn:
    """Be the child: never returns into the code of the fork server."""
    status = 1
    try:
        die_with(parent)
        os.nice(_NICE)
        signal.set_wakeup_fd(-1)
        os.closerange(_FIRST_OWN_DESCRIPTOR, descriptor)
        os.closerange(descriptor + 1, _LAST_DESCRIPTOR)
        with socket(fileno=descriptor) as connection:
            _Child(store, connection, memory_bytes).serve()
        status = 0
    except ConnectionError:
        status = 0  # nobody waits for the answer any more
    except MemoryError:
        status = OUT_OF_MEMORY
    except BaseException:  # noqa: BLE001 the edge of the process, and pyo3's panics are no Exception
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(status)


class _Child:
    def __init__(self, store: Store, connection: socket, memory_bytes: int) -> None:
        self._store = store
        self._connection = connection
        self._statm = os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)
        self._size = self._address_space()
        self._budget = memory_bytes
        self._allowed = 0
        self._limit()

    def serve(self) -> None:
        """Answer until the other side closes the connection, or until this process is used up."""
        for request in Inbox(self._connection).messages():
            self._renew_processor_time(request.number("seconds"))
            if self._answer(request):
                return

    def _answer(self, request: Message) -> bool:
        """Answer one request and tell whether this was the last."""
        job = JOBS[request.text("job")]
        frames = Output(self._connection)
        output = io.BufferedWriter(frames, WRITE_BUFFER)
        is_last = job.disposable
        if is_last:
            gc.disable()  # it would look through all of a large change again and again
        try:
            with progress.heard_by(_Steps(self._connection)):
                facts = job.run(self._store, request, output)
            output.flush()
            kind = Kind.END
        except SummitryError as error:
            kind, facts = Kind.ERROR, to_facts(error)
        is_last = is_last or self._is_bloated()
        frames.finish(kind, {**facts, LAST: is_last})
        return is_last

    def _is_bloated(self) -> bool:
        """Tell whether this process keeps so much memory that it would cost an idle service or the next job."""
        return self._address_space() - self._size > self._budget / _KEPT_SHARE

    def _limit(self) -> None:
        """Bound what this process may use.

        Without descriptors it opens neither file nor connection, so SERVICE and LOAD reach nobody.
        """
        _lower(resource.RLIMIT_AS, self._size + self._budget)
        _lower(resource.RLIMIT_NOFILE, 0)
        _lower(resource.RLIMIT_CORE, 0)

    def _renew_processor_time(self, seconds: float) -> None:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        used = usage.ru_utime + usage.ru_stime
        allowed = math.ceil(used) + math.ceil(seconds) + 1
        if allowed != self._allowed:
            hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
            resource.setrlimit(resource.RLIMIT_CPU, (_at_most(allowed, hard), hard))
            self._allowed = allowed

    def _address_space(self) -> int:
        return int(os.pread(self._statm, 64, 0).split()[0]) * _PAGE


class _Steps:
    """Tells the service what a job is at, of quick steps only some: most jobs end before there is anything to tell."""

    def __init__(self, connection: socket) -> None:
        self._connection = connection
        self._last = time.monotonic()

    def __call__(self, step: str) -> None:
        now = time.monotonic()
        if now - self._last > _STEP_SECONDS:
            self._connection.sendall(closing(Kind.STEP, {"step": step}))
            self._last = now


def _lower(limit: int, value: int) -> None:
    bound = _at_most(value, resource.getrlimit(limit)[1])
    resource.setrlimit(limit, (bound, bound))


def _at_most(value: int, hard: int) -> int:
    return value if hard == resource.RLIM_INFINITY else min(value, hard)
