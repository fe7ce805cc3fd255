"""How the fork server's process begins and ends, and how the graph gets into it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from socket import socket
from typing import Final, Protocol

from summitry.errors import WorkerDied
from summitry.settings import ENVIRONMENT
from summitry.workers.frames import Facts, Inbox, Kind, closing, data

_FORKSERVER: Final = "summitry.workers.forkserver"
_END_SECONDS: Final = 5


class Replica(Protocol):
    """What a fork server copies: the store, at one moment."""

    def dump(self) -> tuple[int, Iterator[bytes]]:
        """Give the number of the head revision, and the N-Quads of all graphs at it in pieces.

        The default graph is among them. All pieces are taken in the thread that calls this.
        """
        ...


def start(control: socket, memory_bytes: int) -> subprocess.Popen[bytes]:
    """Start a fork server. It finds the modules that this process finds, and learns no secret.

    It ends with the thread that starts it (PR_SET_PDEATHSIG), so this is called in the event loop's.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ENVIRONMENT)}
    environment["PYTHONPATH"] = os.pathsep.join(os.path.abspath(entry) for entry in sys.path)
    arguments = [str(control.fileno()), str(os.getpid()), str(memory_bytes)]
    return subprocess.Popen(  # noqa: S603 nothing in it comes from a client
        [sys.executable, "-P", "-m", _FORKSERVER, *arguments],
        env=environment,
        pass_fds=[control.fileno()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )


def load(control: socket, source: Replica) -> Facts:
    """Send the graph over the blocking socket `control`, and give what the fork server says of it.

    Raises:
        WorkerDied: it ended before it had read all.
    """
    try:
        revision, pieces = source.dump()
        for piece in pieces:
            control.sendall(data(piece))
        control.sendall(closing(Kind.LOAD, {"revision": revision}))
        done = next(Inbox(control).messages(), None)
    except ConnectionError as error:
        raise WorkerDied("the fork server ended while it loaded the graph") from error
    if done is None:
        raise WorkerDied("the fork server ended while it loaded the graph")
    return done.facts


def wait(process: subprocess.Popen[bytes]) -> None:
    """Wait for the end of a process that was asked to end, and force it if need be."""
    try:
        process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
