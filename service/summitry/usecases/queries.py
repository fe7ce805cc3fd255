"""The queries that run or wait now: whose they are, how many one client may have, and how one is stopped."""

import asyncio
import secrets
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, TypeVar

from summitry.errors import BadParameter, ClientBusy, QueryStopped, UnknownQuery

T = TypeVar("T")

_TEXT: Final = 2000


class State(StrEnum):
    """Whether the query may take long already. All have a moment; what needs more waits for a place."""

    WAITING = "waiting"
    RUNNING = "running"


@dataclass(frozen=True, slots=True)
class Asker:
    """A client, told from others by `key`: the bearer of a token, or an address. An admin sees to all queries."""

    key: str
    is_admin: bool = False


@dataclass(slots=True, kw_only=True)
class Query:
    """A query of `asker`; `text` is its beginning, `is_stopped` says that somebody asked for its end."""

    id: str
    asker: Asker
    text: str
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    state: State = State.WAITING
    is_stopped: bool = False
    _begun: float = field(default_factory=time.monotonic)
    _cancel: Callable[[], object] | None = None

    @property
    def elapsed(self) -> float:
        """Give the seconds since it came."""
        return time.monotonic() - self._begun

    def begin(self) -> None:
        """Note that it may take long from now on."""
        self.state = State.RUNNING

    def stop(self) -> None:
        """End it: who waits for it is told so."""
        self.is_stopped = True
        if self._cancel:
            self._cancel()

    async def run(self, work: Coroutine[None, None, T]) -> T:
        """Give what `work` gives. Raises QueryStopped where `stop` came first."""
        task = asyncio.current_task()
        assert task
        self._cancel = task.cancel
        try:
            return await work
        except asyncio.CancelledError:
            if self.is_stopped:
                task.uncancel()
                raise QueryStopped(f"the query {self.id} was stopped by request; ask again") from None
            raise
        finally:
            self._cancel = None


class Queries:
    """The queries at work; each client may have `per_client` of them."""

    def __init__(self, per_client: int) -> None:
        self._per_client = per_client
        self._queries: dict[str, Query] = {}

    async def run(self, query: Query, work: Coroutine[None, None, T]) -> T:
        """Give what `work`, the answer to `query`, gives; meanwhile the query is known.

        Raises:
            ClientBusy: its asker has as many as one may have.
            BadParameter: another query has its id.
            QueryStopped: somebody stopped it.
        """
        try:
            self._admit(query)
        except BaseException:  # whatever refused it, the work was never begun
            work.close()
            raise
        self._queries[query.id] = query
        try:
            return await query.run(work)
        finally:
            del self._queries[query.id]

    def listed(self, asker: Asker) -> list[Query]:
        """Give the queries that `asker` may see, oldest first."""
        return [query for query in self._queries.values() if _may_see(asker, query)]

    def stop(self, identifier: str, asker: Asker) -> None:
        """Stop a query. Raises UnknownQuery for one that is over, or another's: nobody learns of those."""
        query = self._queries.get(identifier)
        if query is None or not _may_see(asker, query):
            raise UnknownQuery(f"no query {identifier} of yours runs or waits; GET /queries lists them")
        query.stop()

    def _admit(self, query: Query) -> None:
        if query.id in self._queries:
            raise BadParameter(f"a query with the id {query.id} is at work already; choose another Query-Id")
        own = sum(other.asker.key == query.asker.key for other in self._queries.values())
        if own >= self._per_client:
            message = (
                f"{own} of your queries run or wait already; wait for one, or stop it with DELETE /queries/ID"
            )
            raise ClientBusy(message, limit="client_queries")


def fresh_id() -> str:
    """Give an id that nobody guesses."""
    return secrets.token_hex(12)


def bounded(text: bytes) -> str:
    """Give the beginning of a query's text, as far as a list shows it."""
    start = text[:_TEXT].decode("utf-8", "replace")
    return start if len(text) <= _TEXT else start + " …"


def _may_see(asker: Asker, query: Query) -> bool:
    return asker.is_admin or asker.key == query.asker.key
