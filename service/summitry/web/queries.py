"""/queries: what a client has asked and not been answered yet, and how to stop it.

Every answer of /sparql bears the header Query-Id. A client that wants to know the id while the query runs
chooses it: it sends that header itself.
"""

import re
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from summitry.errors import BadParameter
from summitry.tokens import Role, Tokens
from summitry.usecases.queries import Asker, Queries, Query, bounded, fresh_id
from summitry.web import problems

HEADER: Final = "query-id"
_DOOR: Final = "/sparql"
_STATE: Final = "query_id"
_ID: Final = Path(
    description="What the header Query-Id of the query said, or its answer's says.",
    examples=["trade-report-1"],
)
_CHOSEN: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")


class QueryMembers(BaseModel):
    """A query at work: the beginning of its text, when it came, and for how many seconds it is here."""

    id: str
    query: str
    started: datetime
    state: str
    elapsed: float


class QueryList(BaseModel):
    """The queries at work, oldest first."""

    queries: list[QueryMembers]


class Desk:
    """Tells clients apart, and knows what each has asked."""

    def __init__(self, queries: Queries, tokens: Tokens) -> None:
        self.queries = queries
        self._tokens = tokens

    def asker(self, request: Request) -> Asker:
        """Give who asks: the bearer of a token, or whoever is at that address."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        bearer = self._tokens.bearer(token.strip()) if scheme.lower() == "bearer" else None
        if bearer is None:
            return Asker(f"address {request.client.host if request.client else ''}")
        return Asker(f"bearer {bearer.name}", is_admin=bearer.role is Role.ADMIN)

    def query(self, request: Request, text: bytes) -> Query:
        """Give the query that `request` brings, under its id."""
        identifier = str(getattr(request.state, _STATE, "")) or fresh_id()
        return Query(id=identifier, asker=self.asker(request), text=bounded(text))


class Identified:
    """ASGI middleware that gives each request to /sparql an id and its answer, whatever it is, the header."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on."""
        if scope["type"] != "http" or not scope["path"].startswith(_DOOR):
            await self._app(scope, receive, send)
            return
        chosen = Headers(scope=scope).get(HEADER)
        is_usable = chosen is None or _CHOSEN.fullmatch(chosen)
        identifier = chosen if chosen and is_usable else fresh_id()
        scope.setdefault("state", {})[_STATE] = identifier

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[HEADER] = identifier
            await send(message)

        app = self._app if is_usable else problems.of(_unusable())
        await app(scope, receive, send_with_id)


def routes(desk: Desk) -> APIRouter:
    """Give the routes by which a client sees to its queries."""
    router = APIRouter(tags=["sparql"])

    # Both touch what the event loop's tasks touch, so they run on it.
    @router.get("/queries", summary="List your queries that run or wait")
    async def queries(request: Request) -> QueryList:
        """Those of the same token, or without one those from the same address; an admin's token lists all."""
        return QueryList(queries=[_members(query) for query in desk.queries.listed(desk.asker(request))])

    @router.delete(
        "/queries/{query_id}",
        summary="Stop a query",
        status_code=204,
        response_class=Response,
        responses={204: {"description": "It is being stopped; who waits for it gets a problem."}},
    )
    async def stop(request: Request, query_id: Annotated[str, _ID]) -> Response:
        """Stop one of your own, or with an admin's token any; whoever asked it is told by a problem."""
        desk.queries.stop(query_id, desk.asker(request))
        return Response(status_code=204)

    return router


def _members(query: Query) -> QueryMembers:
    return QueryMembers(
        id=query.id,
        query=query.text,
        started=query.started,
        state=query.state.value,
        elapsed=round(query.elapsed, 3),
    )


def _unusable() -> BadParameter:
    return BadParameter("the header Query-Id is 8 to 64 letters, digits, dots, dashes or low lines")
