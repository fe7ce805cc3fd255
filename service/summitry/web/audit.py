"""The audit trail over HTTP: every attempt to write, as it ends; and GET /audit, by which an admin reads of them."""

import asyncio
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Final
from urllib.parse import parse_qs, urlencode

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from summitry.audit import Attempt, By, Ending, Notes, Trail, notes, shortened
from summitry.tokens import Bearer
from summitry.usecases.service import Service
from summitry.web.guard import ANYONE, Admin, Curator
from summitry.web.sparql_request import UPDATE

_READING: Final = ("GET", "HEAD", "OPTIONS")
# What is refused here was an attempt to write, even if it was refused before anyone asked for a token.
_DOORS: Final = ("/graphs", "/graph/", "/entities/", "/history/", "/reconcile/decisions")
_SHORTEST_TOKEN: Final = 6
_HIDDEN: Final = "[token]"


class AttemptMembers(BaseModel):
    """An attempt to change something: `who` is the name of a token, an address, or the name given to a command."""

    id: str
    at: datetime
    who: str
    by: By
    action: str
    graphs: list[str]
    digest: str
    outcome: Ending
    revision: int
    status: int
    message: str


class AttemptList(BaseModel):
    """Attempts, newest first. `next` leads to those before, null at the end."""

    attempts: list[AttemptMembers]
    next: str | None


class Audited:
    """ASGI middleware that writes down how each attempt to write ended, before its answer leaves."""

    def __init__(self, app: ASGIApp, *, trail: Trail) -> None:
        self._app = app
        self._trail = trail

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope.setdefault("state", {})
        with notes() as noted:

            async def send_audited(message: Message) -> None:
                if message["type"] == "http.response.start" and _is_attempt(scope, message["status"]):
                    attempt = _attempt(scope, message["status"], noted)
                    await asyncio.to_thread(self._trail.record, attempt)
                await send(message)

            await self._app(scope, receive, send_audited)


def routes(service: Service, curator: Curator) -> APIRouter:
    """Give the route by which an admin reads the trail."""
    router = APIRouter(tags=["history"], dependencies=[Depends(Admin(curator))])

    @router.get("/audit", summary="List the attempts to write")
    def audit(
        who: Annotated[str, Query(description="Only of this name or address.", examples=["curator"])] = "",
        outcome: Annotated[
            Ending | None, Query(description="Only those that ended so.", examples=["refused"])
        ] = None,
        before: Annotated[str, Query(description="Only those before the one with this id.")] = "",
        limit: Annotated[int, Query(description="How many at most.", ge=1, le=200)] = 50,
    ) -> AttemptList:
        """Who tried to change what, when, and what came of it, newest first; for the token of an admin.

        Failed attempts are among them, dry runs, and tokens that nobody has; what was said in them is not.
        """
        ending = outcome.value if outcome else ""
        found = service.trail.read(who=who, outcome=ending, before=before, limit=limit)
        following = {"who": who, "outcome": ending, "before": found[-1].id if found else "", "limit": limit}
        address = "/audit?" + urlencode({name: value for name, value in following.items() if value})
        return AttemptList(
            attempts=[_members(attempt) for attempt in found], next=address if len(found) == limit else None
        )

    return router


def _is_attempt(scope: Scope, status: int) -> bool:
    if scope["state"].get("is_attempt"):
        return True
    if scope["method"] in _READING or status < HTTPStatus.BAD_REQUEST:
        return False
    is_update = Headers(scope=scope).get("content-type", "").startswith(UPDATE)
    return is_update or scope["path"].startswith(_DOORS)


def _attempt(scope: Scope, status: int, noted: Notes) -> Attempt:
    who, by = _author(scope)
    # What was committed stays so, even if the answer that tells of it failed.
    is_refused = status >= HTTPStatus.BAD_REQUEST and not noted.revision
    done = Ending.ACCEPTED if noted.commit else Ending.DRY_RUN
    refusal = scope["state"].get("refusal") or HTTPStatus(status).phrase
    named = parse_qs(scope["query_string"].decode("latin-1")).get("graph", [])
    return Attempt(
        who=who,
        by=by,
        action=_clean(scope, f"{scope['method']} {scope['path']}"),
        outcome=Ending.REFUSED if is_refused else done,
        graphs=noted.graphs() or tuple(_clean(scope, name) for name in named[:1]),
        digest=noted.commit.digest if noted.commit else "",
        revision=noted.revision.number if noted.revision else 0,
        status=status,
        message=_clean(scope, refusal) if is_refused else "",
    )


def _author(scope: Scope) -> tuple[str, By]:
    bearer = scope["state"].get("bearer")
    if isinstance(bearer, Bearer) and bearer is not ANYONE:
        return bearer.name, By.TOKEN
    return (scope["client"] or ("",))[0], By.ADDRESS


def _clean(scope: Scope, text: str) -> str:
    """Give `text`, of which a client may have written a part, in short and without the token that it sent."""
    token = Headers(scope=scope).get("authorization", "").rpartition(" ")[2]
    return shortened(text.replace(token, _HIDDEN) if len(token) >= _SHORTEST_TOKEN else text)


def _members(attempt: Attempt) -> AttemptMembers:
    return AttemptMembers(
        id=attempt.id,
        at=attempt.at,
        who=attempt.who,
        by=attempt.by,
        action=attempt.action,
        graphs=list(attempt.graphs),
        digest=attempt.digest,
        outcome=attempt.outcome,
        revision=attempt.revision,
        status=attempt.status,
        message=attempt.message,
    )
