"""The process that holds the graph in memory and forks the children that work on it.

It has one thread, imports nothing that starts another, and obeys commands on one control socket. It
ends when that socket closes or the process that started it does.
"""

import gc
import io
import os
import selectors
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from socket import recv_fds, socket, socketpair
from typing import Final, NoReturn, ParamSpec

from pyoxigraph import Quad, RdfFormat, Store, parse

from summitry import patch, plain
from summitry.model import Changeset
from summitry.workers import child, hugepages
from summitry.workers.frames import RECEIVE, Body, Decoder, Facts, Inbox, Kind, Message, closing, facts_of

_DESCRIPTORS_AT_ONCE: Final = 16
_PIECE: Final = 5000  # lines

P = ParamSpec("P")


def main() -> NoReturn:
    """Serve the control socket whose descriptor is the first argument, until it closes."""
    descriptor, parent, memory_bytes = (int(argument) for argument in sys.argv[1:])
    child.die_with(parent)
    # The service decides when its workers end: a signal to the whole group must not cut its last answers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with socket(fileno=descriptor) as control:
        server = _ForkServer(control, memory_bytes)
        try:
            server.load()
            server.serve()
        except (ConnectionError, EOFError):
            pass  # the service went away
        finally:
            server.end()
    os._exit(0)  # the graph need not be taken apart quad by quad


class _ForkServer:
    def __init__(self, control: socket, memory_bytes: int) -> None:
        self._control = control
        self._memory_bytes = memory_bytes
        self._store = Store()
        self._revision = 0
        self._live = 0
        self._removed = 0
        self._children: set[int] = set()
        self._killed: set[int] = set()
        self._descriptors: list[int] = []
        self._decoder = Decoder()
        self._body = bytearray()

    def load(self) -> None:
        """Take the graph in, and leave what it needs out of the way of garbage collection."""
        body = Body(Inbox(self._control))
        # Not bulk_load, which gives every blank node another label than the patches to come know it by.
        _in_another_thread(self._store.bulk_extend, _by_subject(io.BufferedReader(body, RECEIVE)))
        plain.settle(self._store)
        self._live = len(self._store)
        self._revision = int(Message(Kind.LOAD, body.facts).number("revision"))
        gc.collect()
        gc.freeze()
        hugepages.gather()  # before the first fork: a child would keep the small ones beside them
        self._report()

    def serve(self) -> None:
        """Obey commands and reap children until the control socket closes."""
        ears = _child_signals()
        with selectors.DefaultSelector() as selector:
            selector.register(self._control, selectors.EVENT_READ)
            selector.register(ears, selectors.EVENT_READ)
            while True:
                ready = {key.fileobj for key, _ in selector.select()}
                if ears in ready:
                    ears.recv(RECEIVE)
                    self._reap()
                if self._control in ready and not self._obey():
                    return

    def end(self) -> None:
        """Leave no child behind."""
        signal.set_wakeup_fd(-1)
        for pid in self._children:
            os.kill(pid, signal.SIGKILL)
        for pid in self._children:
            os.waitpid(pid, 0)

    def _obey(self) -> bool:
        """Carry out what arrived and tell whether more may come."""
        received, descriptors, *_ = recv_fds(self._control, RECEIVE, _DESCRIPTORS_AT_ONCE)
        self._descriptors += descriptors
        for kind, payload in self._decoder.feed(received):
            if kind is Kind.DATA:
                self._body += payload
            else:
                command = Message(kind, facts_of(payload), bytes(self._body))
                self._body.clear()
                self._carry_out(command)
        return bool(received)

    def _carry_out(self, command: Message) -> None:
        match command.kind:
            case Kind.FORK:
                self._fork(self._descriptors.pop(0))
            case Kind.KILL:
                self._kill(int(command.number("pid")))
            case Kind.PATCH:
                self._patch(command.body, int(command.number("revision")))
            case _:
                raise EOFError(f"the service sent {command.kind.name}, which is no command")

    def _fork(self, descriptor: int) -> None:
        """Start a child on the connection `descriptor`; pid 0 says that the system has no room for it."""
        parent = os.getpid()
        try:
            pid = os.fork()
        except OSError:
            pid = 0
        else:
            if pid == 0:
                child.main(self._store, descriptor, parent=parent, memory_bytes=self._memory_bytes)
            self._children.add(pid)
        os.close(descriptor)
        self._tell(Kind.FORKED, {"pid": pid, "revision": self._revision})

    def _kill(self, pid: int) -> None:
        """Kill `pid` unless it is no child: one that was reaped may be anybody's number by now."""
        if pid in self._children:
            os.kill(pid, signal.SIGKILL)
            self._killed.add(pid)

    def _patch(self, lines: bytes, revision: int) -> None:
        """Bring the graph to `revision`, unless it came with a newer one."""
        if revision > self._revision:
            self._await_killed()
            change = patch.received(lines)
            if isinstance(change, Changeset):
                plain.apply(self._store, change)
                self._removed += len(change.removed)
                self._live += len(change.added) - len(change.removed)
            else:
                _in_another_thread(change.load, self._store)
                plain.settle(self._store)
                self._live += len(change)
                hugepages.gather()
            self._revision = revision
        self._report()

    def _reap(self) -> None:
        """Report each child that ended."""
        while self._children:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            self._bury(pid, status)

    def _await_killed(self) -> None:
        """Wait until none of them shares the pages that are to change."""
        for pid in tuple(self._killed):
            self._bury(*os.waitpid(pid, 0))

    def _bury(self, pid: int, status: int) -> None:
        self._children.remove(pid)
        self._killed.discard(pid)
        self._tell(Kind.EXIT, {"pid": pid, "status": os.waitstatus_to_exitcode(status)})

    def _report(self) -> None:
        facts = {"revision": self._revision, "live": self._live, "removed": self._removed}
        self._tell(Kind.DONE, facts)

    def _tell(self, kind: Kind, facts: Facts) -> None:
        self._control.sendall(closing(kind, facts))


def _in_another_thread(load: Callable[P, None], *arguments: P.args, **options: P.kwargs) -> None:
    """Take quads in. The holes that parsing leaves between them stay in that thread's part of the heap: a child
    that put its own objects into them would copy a page for each.
    """
    with ThreadPoolExecutor(1) as loader:
        loader.submit(load, *arguments, **options).result()


def _by_subject(lines: Iterable[bytes]) -> Iterator[Quad]:
    """Give the quads that `lines`, each ended, state, in order of their subjects: what is asked together lies together.

    Memory is read by the line, and most queries read some statements of each of many things.
    """
    left = sorted(lines, reverse=True)
    while left:
        piece = b"".join(reversed(left[-_PIECE:]))
        del left[-_PIECE:]  # the memory that the store now takes
        yield from parse(piece, format=RdfFormat.N_QUADS)


def _child_signals() -> socket:
    """Give a socket on which a byte arrives whenever a child ends."""
    ears, mouth = socketpair()
    ears.setblocking(False)
    mouth.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(mouth.detach(), warn_on_full_buffer=False)
    return ears


if __name__ == "__main__":
    main()
