"""Following a store that others write to as well."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from summitry.errors import SummitryError
from summitry.usecases.ingest import Ingest

_LOG: Final = logging.getLogger(__name__)


@asynccontextmanager
async def following(ingest: Ingest, *, seconds: float) -> AsyncIterator[None]:
    """Look every `seconds` for what other instances wrote, for the time of the block.

    A store that does not answer is asked again: reads from the workers go on meanwhile.
    """
    task = asyncio.create_task(_follow(ingest, seconds))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _follow(ingest: Ingest, seconds: float) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            await ingest.follow()
        except SummitryError as error:
            _LOG.warning("the store cannot be followed, trying again: %s", error)
