"""Reading ahead what the first lists and searches need, so that no client waits for it: at start and after changes."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Final

from summitry.errors import SummitryError
from summitry.usecases import listing
from summitry.usecases.context import TODAY, Context, day_of
from summitry.usecases.doors import DOORS, Door
from summitry.usecases.service import Service

_LOG: Final = logging.getLogger(__name__)


@asynccontextmanager
async def warming(service: Service, *, seconds: float) -> AsyncIterator[None]:
    """Read ahead for the time of the block; look every `seconds` whether the graph has changed.

    At its end what is being read is read to the end: a store is not closed under its reader.
    """
    stopping = asyncio.Event()
    task = asyncio.create_task(_keep_warm(service, seconds, stopping))
    try:
        yield
    finally:
        stopping.set()
        await task


async def _keep_warm(service: Service, seconds: float, stopping: asyncio.Event) -> None:
    done = -1
    while not stopping.is_set():
        try:
            head = service.store.head()
            if head != done:
                await _read_ahead(service, stopping, is_first=done < 0)
                done = head
        except SummitryError as error:
            _LOG.warning("the lists cannot be read ahead, trying again: %s", error)
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), seconds)


async def _read_ahead(service: Service, stopping: asyncio.Event, *, is_first: bool) -> None:
    """Read what the first search and the first page of each list need, one after the other: most of it is kept."""
    await asyncio.to_thread(service.names.of, service.store, service.store)
    for door in DOORS:
        if not stopping.is_set():
            await asyncio.to_thread(_read, service, door)
        if is_first:
            # A collection of garbage that looks through all that is kept holds up every answer.
            gc.freeze()


def _read(service: Service, door: Door) -> None:
    today = datetime.now(UTC).date()
    default = door.valid_at.default if door.valid_at else TODAY
    base = service.settings.instance_base
    context = Context(service.store, base, today, day_of(default, today), kept=service.kept)
    listing.page(listing.understand(door, {}, context))
