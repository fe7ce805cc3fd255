"""The service's handle of one fork server: keeps its graph up to date and has it fork."""

import asyncio
import subprocess
from collections import deque
from collections.abc import Callable
from socket import socket, socketpair
from typing import Final, Self

from summitry.errors import WorkerDied
from summitry.workers import launch
from summitry.workers.control import Control
from summitry.workers.frames import Facts, Kind, Message, closing, facts_of, number, pack
from summitry.workers.launch import Replica
from summitry.workers.line import Line
from summitry.workers.worker import Worker

_TOLERATED_REMOVALS: Final = 100_000


class Spawner:
    """A loaded fork server. `notice` is called whenever a child of it, or the server itself, has ended."""

    def __init__(
        self, process: subprocess.Popen[bytes], control: socket, *, graph: Facts, notice: Callable[[], None]
    ) -> None:
        self.is_gone = False
        self._learn(graph)
        self._process = process
        self._control = Control(control)
        self._notice = notice
        self._forking: deque[tuple[Line, asyncio.Future[Worker]]] = deque()
        self._patching: deque[asyncio.Future[None]] = deque()
        self._workers: dict[int, Worker] = {}
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def start(cls, source: Replica, memory_bytes: int, *, notice: Callable[[], None]) -> Self:
        """Give a fork server that holds what `source` holds.

        Raises:
            WorkerDied: it ended before it had read all.
        """
        control, theirs = socketpair()
        with theirs:
            process = launch.start(theirs, memory_bytes)
        try:
            graph = await asyncio.to_thread(launch.load, control, source)
        except BaseException:  # cancellation too must leave no process behind
            process.kill()
            process.wait()
            control.close()
            raise
        control.setblocking(False)
        return cls(process, control, graph=graph, notice=notice)

    @property
    def is_childless(self) -> bool:
        """Tell whether no child of it lives."""
        return not self._workers

    async def patch(self, lines: bytes, revision: int) -> None:
        """Bring its graph to `revision`.

        Raises:
            WorkerDied: it ended before it had the change.
        """
        self._require_life()
        done = asyncio.get_running_loop().create_future()
        self._patching.append(done)
        self._control.order(pack(Message(Kind.PATCH, {"revision": revision}, lines)))
        await done

    async def fork(self) -> Worker:
        """Give a new child.

        Raises:
            WorkerDied: the fork server ended, or the system has no room for another process.
        """
        self._require_life()
        ours, theirs = socketpair()
        try:
            line = await Line.over(ours)
        except BaseException:  # cancellation too must leave no connection open
            theirs.close()
            raise
        if self.is_gone:
            line.close()
            theirs.close()
            self._require_life()
        forked: asyncio.Future[Worker] = asyncio.get_running_loop().create_future()
        self._forking.append((line, forked))
        self._control.order(closing(Kind.FORK, {}), theirs)
        try:
            return await forked
        except asyncio.CancelledError:
            if not forked.cancelled() and not forked.exception():
                forked.result().dismiss()  # it was born in the moment of the cancellation
            raise

    async def close(self) -> None:
        """End it and its children."""
        self._listening.cancel()
        await asyncio.gather(self._listening, return_exceptions=True)
        await self._control.close()
        await asyncio.to_thread(launch.wait, self._process)

    async def _listen(self) -> None:
        try:
            async for kind, payload in self._control.frames():
                self._hear(kind, facts_of(payload))
        finally:
            self._bury()

    def _hear(self, kind: Kind, facts: Facts) -> None:
        match kind:
            case Kind.DONE:
                self._learn(facts)
                done = self._patching.popleft()
                if not done.done():
                    done.set_result(None)
            case Kind.FORKED:
                self._adopt(int(number(facts, "pid")), int(number(facts, "revision")))
            case Kind.EXIT:
                worker = self._workers.pop(int(number(facts, "pid")))
                worker.exit.set_result(int(number(facts, "status")))
                self._notice()
            case _:
                raise WorkerDied(f"the fork server sent {kind.name}, which is no report")

    def _learn(self, graph: Facts) -> None:
        """Note what the fork server says of its graph: a memory store never frees removed quads."""
        self.revision = int(number(graph, "revision"))
        self.is_bloated = number(graph, "removed") > max(_TOLERATED_REMOVALS, number(graph, "live") / 2)

    def _adopt(self, pid: int, revision: int) -> None:
        line, forked = self._forking.popleft()
        if not pid:
            line.close()
            _fail(forked, "the system has no room for another process; try again later")
            return
        worker = self._workers[pid] = Worker(pid, revision, line=line, kill=self._kill)
        if forked.done():
            worker.dismiss()
        else:
            forked.set_result(worker)

    def _kill(self, pid: int) -> None:
        self._control.order(closing(Kind.KILL, {"pid": pid}))

    def _require_life(self) -> None:
        if self.is_gone:
            raise WorkerDied("the fork server ended")

    def _bury(self) -> None:
        """Tell all who wait for this fork server that it ended; its children end with it."""
        self.is_gone = True
        while self._patching:
            _fail(self._patching.popleft(), "the fork server ended")
        while self._forking:
            line, forked = self._forking.popleft()
            line.close()
            _fail(forked, "the fork server ended")
        while self._workers:
            _, worker = self._workers.popitem()
            worker.exit.set_result(None)
        self._notice()


def _fail(future: asyncio.Future[Worker] | asyncio.Future[None], message: str) -> None:
    if not future.done():
        future.set_exception(WorkerDied(message))
