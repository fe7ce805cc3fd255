"""How long a request may stay with a worker: a moment always, longer only a few at a time.

So a short request never waits for the end of long ones. Nobody can tell beforehand which is which: each begins with
any idle worker, and after a moment needs one of the places for long ones. Where none is free its worker is killed, and
it begins anew when it has a place. What took long is known again by its text, and then waits for a place first.

A moment is told by the processor time that the worker had: on a busy machine all take long by the clock.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Final

from summitry.errors import SummitryError
from summitry.workers.bench import Bench
from summitry.workers.worker import Answer, Request, Worker

MOMENT: Final = 0.1  # seconds of processor time
_LONGEST_MOMENT: Final = 10  # times as long on the clock
_BETWEEN_LOOKS: Final = 0.02
SPARE: Final = 2  # workers for a moment each, where all places are taken
_REMEMBERED: Final = 1000


class SentAway(Exception):
    """The moment was over, and all places were taken."""


class Places:
    """The places for requests that take long; `notice` is called when one is taken."""

    def __init__(self, number: int, *, queue: int, notice: Callable[[], None]) -> None:
        self.taken = 0
        self._free: Bench[int] = Bench(queue)
        for place in range(number):
            self._free.put(place)
        self._notice = notice
        self._long: dict[int, None] = {}

    async def take(self, seconds: float) -> int:
        """Give a place as soon as one is free. Raises QueueFull as `Bench.take` does."""
        return self._count(await self._free.take(seconds))

    def take_now(self) -> int | None:
        """Give a place, None where all are taken."""
        place = self._free.take_now()
        return None if place is None else self._count(place)

    def give_back(self, place: int) -> None:
        """Let the next one have `place`."""
        self.taken -= 1
        self._free.put(place)

    def refuse(self, error: SummitryError) -> None:
        """Let all who wait fail with `error`."""
        self._free.refuse(error)

    def is_long(self, request: Request) -> bool:
        """Tell whether `request` took long when it was last asked."""
        return hash(request.body) in self._long

    def note(self, request: Request, *, is_long: bool) -> None:
        """Remember what `request` was."""
        self._long.pop(hash(request.body), None)
        if is_long:
            self._long[hash(request.body)] = None
        if len(self._long) > _REMEMBERED:
            del self._long[next(iter(self._long))]

    def _count(self, place: int) -> int:
        self.taken += 1
        self._notice()
        return place


class Work:
    """What `worker` does from now on."""

    def __init__(self, worker: Worker) -> None:
        self.worker = worker
        self._start = time.monotonic()
        self._before = worker.processor_seconds()

    def left(self) -> float:
        """Give the seconds of processor time that are left of its moment."""
        worked = self.worker.processor_seconds() - self._before
        elapsed = time.monotonic() - self._start
        return MOMENT - max(worked, elapsed / _LONGEST_MOMENT)


class Stay:
    """One request with a worker, or with several in turn; `begin` is called when it may stay as long as it needs."""

    def __init__(self, places: Places, request: Request, begin: Callable[[], None]) -> None:
        self._places = places
        self._request = request
        self._begin = begin
        self._place: int | None = None
        self._is_sent_away = False
        self._timer: asyncio.TimerHandle | None = None

    async def prepare(self, seconds: float) -> None:
        """Wait for a place, where the request needs one. Raises QueueFull."""
        if self._place is None and (self._is_sent_away or self._places.is_long(self._request)):
            self._place = await self._places.take(seconds)

    async def answer(self, worker: Worker, *, result_bytes: int) -> Answer:
        """Give the answer of `worker`, which is no more to be used where it took long.

        Raises:
            SentAway: it would take long, and needs a place first.
            SummitryError: as `Worker.answer`.
        """
        work = Work(worker)
        if self._place is None:
            self._look_after(MOMENT, work)
        else:
            self._settle(worker)
        try:
            answer = await worker.answer(self._request, result_bytes=result_bytes)
        except SummitryError as error:
            if self._is_sent_away and self._place is None:
                raise SentAway from error
            raise
        finally:
            if self._timer:
                self._timer.cancel()
            if self._place is not None:
                worker.dismiss()
        self._places.note(self._request, is_long=answer.elapsed > MOMENT and work.left() <= 0)
        return answer

    def end(self) -> None:
        """Give the place back."""
        if self._place is not None:
            self._places.give_back(self._place)

    def _look_after(self, seconds: float, work: Work) -> None:
        self._timer = asyncio.get_running_loop().call_later(seconds, self._look, work)

    def _look(self, work: Work) -> None:
        left = work.left()
        if left > 0:
            self._look_after(max(left, _BETWEEN_LOOKS), work)
        else:
            self._overstay(work.worker)

    def _overstay(self, worker: Worker) -> None:
        self._places.note(self._request, is_long=True)
        self._place = self._places.take_now()
        if self._place is None:
            self._is_sent_away = True
            worker.stop()
        else:
            self._settle(worker)

    def _settle(self, worker: Worker) -> None:
        worker.give_way()
        self._begin()
