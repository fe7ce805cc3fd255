"""Where what is free waits for requests, and requests for what is free."""

import asyncio
from collections import deque
from typing import Generic, TypeVar

from summitry.errors import QueueFull, SummitryError

T = TypeVar("T")


class Bench(Generic[T]):
    """Hands what is free to requests in the order in which these came; at most `places` of them wait."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._idle: list[T] = []
        self._waiting: deque[asyncio.Future[T]] = deque()

    def take_now(self) -> T | None:
        """Give one that is idle, None where there is none."""
        return self._idle.pop() if self._idle else None

    async def take(self, seconds: float) -> T:
        """Give one that is idle, as soon as there is one.

        Raises:
            QueueFull: as many requests wait already as may, or `seconds` went by.
        """
        if self._idle:
            return self._idle.pop()
        if len(self._waiting) >= self._places:
            raise QueueFull(f"{self._places} requests wait already; try again later", limit="queue")
        turn: asyncio.Future[T] = asyncio.get_running_loop().create_future()
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

    def put(self, one: T) -> None:
        """Hand `one` to who waits longest, or keep it."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(one)
                return
        self._idle.append(one)

    def clear(self) -> list[T]:
        """Give all that are idle and keep none."""
        idle, self._idle = self._idle, []
        return idle

    def refuse(self, error: SummitryError) -> None:
        """Let all who wait fail with `error`."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_exception(error)

    def _leave(self, turn: asyncio.Future[T]) -> None:
        """Forget a request that was cancelled, perhaps after something was handed to it."""
        if turn in self._waiting:
            self._waiting.remove(turn)
        elif not turn.cancelled() and turn.exception() is None:
            self.put(turn.result())
