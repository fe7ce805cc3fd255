"""The pool of workers: hands each request to a child that knows every revision acknowledged before."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Final, Self

from summitry.errors import WorkerDied
from summitry.settings import Settings
from summitry.workers.bench import Bench
from summitry.workers.launch import Replica
from summitry.workers.spawner import Spawner
from summitry.workers.stays import SPARE, Places, SentAway, Stay
from summitry.workers.worker import Answer, Request, Worker

__all__ = ["Answer", "Replica", "Request", "Workers"]

_RETRY_SECONDS: Final = 1.0
_BRIEF: Final = 1024 * 1024  # bytes of a change that is soon made; while a larger one is, idle workers go on
_LOG: Final = logging.getLogger(__name__)


def _unheard() -> None:
    """Say nothing."""


class Workers:
    """Children that run jobs on the graph, and who keeps them ready: `settings.workers` may take long at a time.

    A child serves many requests, until it is killed, takes long, or the graph has moved on.
    """

    def __init__(self, source: Replica, settings: Settings) -> None:
        self._source = source
        self._settings = settings
        self._bench: Bench[Worker] = Bench(settings.queue)
        self._head = 0
        self._staff: set[Worker] = set()
        self._spawners: list[Spawner] = []  # the last one forks, the others wait for their children to end
        self._patching = asyncio.Lock()
        self._applying: set[asyncio.Task[None]] = set()
        self._missed: list[tuple[bytes, int]] | None = None
        self._change = asyncio.Event()
        self._places = Places(settings.workers, queue=settings.queue, notice=self._change.set)
        self._keeping: asyncio.Task[None] | None = None
        self._renewing: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        await self.close()

    @property
    def revision(self) -> int:
        """Give the revision that requests see, or a later one."""
        return self._head

    async def start(self) -> None:
        """Copy the graph into a fork server and begin to fork; no commit may happen meanwhile.

        Raises:
            WorkerDied: the graph cannot be loaded.
        """
        self._install(await self._load())
        self._keeping = asyncio.create_task(self._keep())

    async def close(self) -> None:
        """End all processes; requests that wait or run fail with WorkerDied."""
        tasks = [task for task in (self._keeping, self._renewing) if task]
        self._keeping = None
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._refuse(WorkerDied("the service is stopping; ask again when it is back"))
        self._staff.clear()
        self._keep_idle_from(self._head)
        for spawner in self._spawners:
            await spawner.close()

    async def apply(self, patch: bytes, revision: int) -> None:
        """Bring the graph to `revision`: requests that come after this returns see it.

        It is called for every commit after it, in the order of the commits.
        """
        applying = asyncio.create_task(self._apply(patch, revision))
        self._applying.add(applying)
        applying.add_done_callback(self._applying.discard)
        # The commit stands, so its change must arrive even if the caller is cancelled.
        await asyncio.shield(applying)

    async def run(self, request: Request, begin: Callable[[], None] = _unheard) -> Answer:
        """Give the answer to `request`, whole; `begin` is called when it has a place among those that take long.

        Raises:
            QueueFull: too many requests wait for a worker.
            SummitryError: what the job raised, or the limit that it broke.
        """
        loop = asyncio.get_running_loop()
        patience = loop.time() + request.seconds
        stay = Stay(self._places, request, begin)
        try:
            while True:
                await stay.prepare(patience - loop.time())
                worker = await self._take(patience - loop.time())
                try:
                    return await stay.answer(worker, result_bytes=self._settings.result_bytes)
                except SentAway:
                    continue
                finally:
                    self._put_back(worker)
        finally:
            stay.end()

    async def _take(self, seconds: float) -> Worker:
        if not self._keeping:
            raise WorkerDied("the workers are not running; start them first")
        while not (worker := await self._bench.take(seconds)).is_usable:
            worker.dismiss()
        return worker

    async def _apply(self, patch: bytes, revision: int) -> None:
        async with self._patching:
            if self._missed is not None:
                self._missed.append((patch, revision))
            if len(patch) <= _BRIEF:
                self._clear_bench()
            # Should it be dead, the next fork server copies the store or is given what was missed.
            with suppress(WorkerDied):
                await self._spawners[-1].patch(patch, revision)
            self._keep_idle_from(revision)

    def _put_back(self, worker: Worker) -> None:
        if worker in self._staff and worker.is_usable and worker.revision >= self._head:
            self._bench.put(worker)
        else:
            self._dismiss(worker)

    def _dismiss(self, worker: Worker) -> None:
        worker.dismiss()
        self._staff.discard(worker)
        self._change.set()

    def _clear_bench(self) -> None:
        """End who is idle: of the pages that nobody shares with the fork server it need not copy what it changes."""
        for worker in self._bench.clear():
            worker.kill()
            self._dismiss(worker)

    def _keep_idle_from(self, revision: int) -> None:
        """Let no request begin on an older revision, nor with a worker that died."""
        self._head = max(self._head, revision)
        for worker in self._bench.clear():
            self._put_back(worker)

    async def _load(self) -> Spawner:
        return await Spawner.start(self._source, self._settings.memory_bytes, notice=self._change.set)

    def _install(self, spawner: Spawner) -> None:
        """Have `spawner` fork from now on; what others forked takes no more requests."""
        self._spawners.append(spawner)
        self._staff.clear()
        self._keep_idle_from(spawner.revision)
        self._change.set()

    async def _keep(self) -> None:
        """Put right whatever changed: fill the bench, replace a fork server that died or grew too large."""
        while True:
            await self._change.wait()
            self._change.clear()
            self._staff = {worker for worker in self._staff if worker.is_usable}
            self._keep_idle_from(self._head)
            current = self._spawners[-1]
            if (current.is_gone or current.is_bloated) and not self._renewing:
                self._renewing = asyncio.create_task(self._renew())
                self._renewing.add_done_callback(self._renewed)
            await self._fill(current)
            await self._close_retired()

    async def _fill(self, spawner: Spawner) -> None:
        try:
            while self._lacks_workers_of(spawner):
                worker = await spawner.fork()
                if spawner is self._spawners[-1]:
                    self._staff.add(worker)
                self._put_back(worker)
        except (WorkerDied, OSError):
            _LOG.warning("no worker could be forked; trying again", exc_info=True)
            self._look_again_later()

    def _lacks_workers_of(self, spawner: Spawner) -> bool:
        is_current = spawner is self._spawners[-1] and not spawner.is_gone
        busy = self._places.taken
        return is_current and len(self._staff) < max(self._settings.workers, busy + SPARE if busy else 0)

    async def _close_retired(self) -> None:
        for spawner in self._spawners[:-1]:
            if spawner.is_gone or spawner.is_childless:
                await spawner.close()
                self._spawners.remove(spawner)

    async def _renew(self) -> None:
        """Load a new fork server beside the old one, and let it take over when it has every commit."""
        missed: list[tuple[bytes, int]] = []
        self._missed = missed
        try:
            spawner = await self._load()
            try:
                await self._catch_up(spawner, missed)
            except BaseException:  # cancellation too must leave no process behind
                await spawner.close()
                raise
        finally:
            self._missed = None

    async def _catch_up(self, spawner: Spawner, missed: list[tuple[bytes, int]]) -> None:
        async with self._patching:
            for patch, revision in missed:
                # What it loaded may be newer already: an older change made again would undo a later one.
                if revision > spawner.revision:
                    await spawner.patch(patch, revision)
            self._install(spawner)

    def _renewed(self, task: asyncio.Task[None]) -> None:
        if task.cancelled():
            return
        error = task.exception()
        if error is None:
            self._look_again()
            return
        _LOG.error("no new fork server could be started; trying again", exc_info=error)
        if self._spawners[-1].is_gone:
            self._refuse(WorkerDied("no worker can be started; try again later"))
        self._look_again_later()

    def _refuse(self, error: WorkerDied) -> None:
        self._bench.refuse(error)
        self._places.refuse(error)

    def _look_again_later(self) -> None:
        asyncio.get_running_loop().call_later(_RETRY_SECONDS, self._look_again)

    def _look_again(self) -> None:
        if self._renewing and self._renewing.done():
            self._renewing = None
        self._change.set()
