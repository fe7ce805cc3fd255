"""The connection to a SPARQL 1.1 server: queries, updates, deadlines, and what a missing answer means."""

import logging
import math
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from itertools import islice
from typing import IO, Final

import httpx
from pyoxigraph import (
    Literal,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Triple,
    parse,
    parse_query_results,
)

from summitry.canonical import stored
from summitry.errors import OutcomeUnknown, StoreUnavailable
from summitry.store.base import Row
from summitry.store.remote.engine import GENERIC, Engine, engine_of

_RESULTS: Final = "application/sparql-results+json"
_TRIPLES: Final = "application/n-triples"
_CONNECT_SECONDS: Final = 3.0
_PAUSE_SECONDS: Final = 1.0
_SHOWN: Final = 500
# What a client is told in words of ours: the server's own may name its files.
_CREDENTIALS: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})

_LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a remote store is: its endpoints, the `name:password` it asks for, the seconds an answer may take."""

    query: str
    update: str
    credentials: str = ""
    seconds: float = 60.0


class Connection:
    """A connection that several threads may use. `engine` is known from the first answer on.

    After an answer that did not come in time, nothing is asked for a second: all who ask are refused at
    once, so that a server that hangs does not hold every thread of the service.
    """

    def __init__(self, place: Place) -> None:
        self.engine: Engine = GENERIC
        self._place = place
        self._resumes = 0.0
        name, _, password = place.credentials.partition(":")
        self._client = httpx.Client(
            auth=httpx.BasicAuth(name, password) if place.credentials else None,
            timeout=httpx.Timeout(place.seconds, connect=min(_CONNECT_SECONDS, place.seconds)),
            follow_redirects=False,
            trust_env=False,
        )

    def rows(self, query: str) -> list[Row]:
        """Give the solutions of a SELECT, their literals in canonical form. Raises StoreUnavailable."""
        body = self._asked(query, _RESULTS)
        return list(self._rows(_solutions(body)))

    def holds(self, query: str) -> bool:
        """Give the answer to an ASK. Raises StoreUnavailable."""
        with _understood():
            found = parse_query_results(self._asked(query, _RESULTS), format=QueryResultsFormat.JSON)
            assert isinstance(found, QueryBoolean)
            return bool(found)

    def triples(self, query: str) -> list[Triple]:
        """Give the triples of a CONSTRUCT, their literals in canonical form. Raises StoreUnavailable."""
        with _understood():
            found = [quad.triple for quad in parse(self._asked(query, _TRIPLES), format=RdfFormat.N_TRIPLES)]
        forms = self._forms(triple.object for triple in found)
        return [Triple(t.subject, t.predicate, forms.get(t.object, t.object)) for t in found]

    def rows_by_file(self, query: str, file: IO[bytes], *, batch: int) -> Iterator[list[Row]]:
        """Give the solutions of a large SELECT in batches; `file` takes the answer, whole before the first one.

        Raises:
            StoreUnavailable: no whole answer came.
        """
        # However long it is in all: a server that stops sending is noticed all the same.
        for piece in self._answer(query, _RESULTS, seconds=math.inf):
            file.write(piece)
        file.seek(0)
        return self._batches(_solutions(file), batch)

    def update(self, text: str) -> None:
        """Send a SPARQL 1.1 Update; that it was taken does not say that its guard held.

        Raises:
            StoreUnavailable: it was not taken, or never sent.
            OutcomeUnknown: it was sent, and nothing tells what became of it.
        """
        headers = {"content-type": "application/sparql-update; charset=utf-8"}
        try:
            answer = self._client.post(self._place.update, content=text.encode(), headers=headers)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise StoreUnavailable("the remote store cannot be reached; nothing was written") from error
        except httpx.HTTPError as error:
            raise OutcomeUnknown("the remote store did not answer") from error
        if answer.is_server_error:
            _LOG.warning("the remote store failed at an update: %s", answer.text[:_SHOWN])
            raise OutcomeUnknown(f"the remote store failed with status {answer.status_code}")
        if not answer.is_success:
            raise _refusal(answer.status_code, answer.text)

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def _batches(self, solutions: Iterator[Row], size: int) -> Iterator[list[Row]]:
        while rows := list(islice(solutions, size)):
            yield list(self._rows(rows))

    def _asked(self, query: str, accept: str) -> bytes:
        return b"".join(self._answer(query, accept, seconds=self._place.seconds))

    def _answer(self, query: str, accept: str, *, seconds: float) -> Iterator[bytes]:
        """Give the pieces of an answer, which end only if it is whole."""
        if time.monotonic() < self._resumes:
            raise StoreUnavailable("the remote store does not answer in time; ask again")
        deadline = time.monotonic() + seconds
        headers = {"content-type": "application/sparql-query; charset=utf-8", "accept": accept}
        request = self._client.build_request(
            "POST", self._place.query, content=query.encode(), headers=headers
        )
        with self._translated():
            answer = self._client.send(request, stream=True)
            try:
                if not answer.is_success:
                    raise _refusal(answer.status_code, answer.read().decode(errors="replace"))
                self._learn(answer.headers)
                for piece in answer.iter_bytes():
                    yield piece
                    if time.monotonic() > deadline:
                        raise httpx.ReadTimeout("the answer takes too long")
            finally:
                answer.close()

    def _learn(self, headers: httpx.Headers) -> None:
        self.engine = engine_of({name.lower(): value for name, value in headers.items()})
        if self.engine.cut_header and self.engine.cut_header in headers:
            raise StoreUnavailable("the remote store left rows out of an answer; raise its limit of rows")

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except httpx.TimeoutException as error:
            self._resumes = time.monotonic() + _PAUSE_SECONDS
            raise StoreUnavailable("the remote store does not answer in time; ask again") from error
        except httpx.HTTPError as error:
            raise StoreUnavailable("the remote store cannot be reached; ask again") from error

    def _rows(self, solutions: Iterable[Row]) -> Iterator[Row]:
        if self.engine.is_canonical:
            yield from solutions
            return
        rows = list(solutions)
        forms = self._forms(term for row in rows for term in row.values())
        for row in rows:
            yield {name: forms.get(term, term) for name, term in row.items()}

    def _forms(self, terms: Iterable[object]) -> dict[object, Literal]:
        """Give for each literal its canonical form, none at all where the engine gives no other."""
        if self.engine.is_canonical:
            return {}
        forms = stored({term for term in terms if isinstance(term, Literal)})
        return {literal: form for literal, form in forms.items() if literal != form}


def _solutions(body: bytes | IO[bytes]) -> Iterator[Row]:
    """Give the rows of results in JSON; variables that are not bound are left out."""
    with _understood():
        found = parse_query_results(body, format=QueryResultsFormat.JSON)
        assert isinstance(found, QuerySolutions)
        names = [variable.value for variable in found.variables]
        for row in found:
            yield {n: term for n in names if (term := row[n]) is not None and not isinstance(term, Triple)}


@contextmanager
def _understood() -> Iterator[None]:
    """Let what is not in the format that was asked for be the server's fault."""
    try:
        yield
    except (SyntaxError, ValueError) as error:
        raise StoreUnavailable("the remote store gives an answer that cannot be read") from error


def _refusal(status: int, text: str) -> StoreUnavailable:
    _LOG.warning("the remote store answered with status %d: %s", status, text[:_SHOWN])
    if status in _CREDENTIALS:
        return StoreUnavailable(
            "the remote store refuses the service's credentials; its operator must mend them"
        )
    return StoreUnavailable(f"the remote store refuses what it is asked, with status {status}")
