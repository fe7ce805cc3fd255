"""Where idle workers wait for requests, and requests for idle workers."""

import asyncio
from collections import deque

from summitry.errors import QueueFull, SummitryError
from summitry.workers.worker import Worker


class Bench:
    """Hands workers to requests in the order in which these came; at most `places` of them wait."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._idle: list[Worker] = []
        self._waiting: deque[asyncio.Future[Worker]] = deque()

    async def take(self, seconds: float) -> Worker:
        """Give a worker that is idle, as soon as there is one.

        Raises:
            QueueFull: as many requests wait already as may, or `seconds` went by.
        """
        while self._idle:
            worker = self._idle.pop()
            if worker.is_usable:
                return worker
            worker.dismiss()
        if len(self._waiting) >= self._places:
            raise QueueFull(f"{self._places} requests wait already; try again later", limit="queue")
        turn: asyncio.Future[Worker] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout(seconds):
                return await turn
        except TimeoutError as error:
            self._leave(turn)
            raise QueueFull(
                f"no worker was free within {seconds:g} seconds; try again later", limit="queue"
            ) from error
        except asyncio.CancelledError:
            self._leave(turn)
            raise

    def put(self, worker: Worker) -> None:
        """Hand `worker` to who waits longest, or keep it."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(worker)
                return
        self._idle.append(worker)

    def clear(self) -> list[Worker]:
        """Give all idle workers and keep none."""
        idle, self._idle = self._idle, []
        return idle

    def refuse(self, error: SummitryError) -> None:
        """Let all who wait fail with `error`."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_exception(error)

    def _leave(self, turn: asyncio.Future[Worker]) -> None:
        """Forget a request that was cancelled, perhaps after a worker was handed to it."""
        if turn in self._waiting:
            self._waiting.remove(turn)
        elif not turn.cancelled() and turn.exception() is None:
            self.put(turn.result())
