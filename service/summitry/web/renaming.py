"""POST /entities/rename and /entities/merge: another IRI for an entity, one entity for two."""

from typing import Final

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from summitry.usecases import renaming
from summitry.usecases.service import Service
from summitry.web.guard import Curator, commit_of
from summitry.web.rehearsal import DryRun, Rehearsal, rehearsed
from summitry.web.validation import Judgement, judgement

_NAME: Final = "A prefixed name, or an IRI."


class Replacement(BaseModel):
    """Which entity is replaced by which, and why."""

    old: str = Field(description=_NAME, examples=["person:donald-j-trump"])
    new: str = Field(description=_NAME, examples=["person:donald-trump"])
    message: str = Field(
        "", description="Why, for the history: required, but for a dry run.", examples=["one man"]
    )


class Replaced(Judgement):
    """What replacing did. `revision` is the one that records it."""

    revision: int


class Renaming:
    """The doors through which an entity gets another name."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def rename(self, request: Request, body: Replacement, dry_run: DryRun = False) -> Response:
        """Make `new` the IRI of the entity `old`: all that names it moves, in every graph.

        The old IRI answers with `dcterms:isReplacedBy`, and its page leads to the new one.
        """
        return await self._replace(request, body, merging=False, dry_run=dry_run)

    async def merge(self, request: Request, body: Replacement, dry_run: DryRun = False) -> Response:
        """Make one entity of `old` and `new`, which turned out to be one: all that names `old` moves to `new`.

        Where both have a label in one language, that of `old` becomes another name. The old IRI answers as
        after renaming.
        """
        return await self._replace(request, body, merging=True, dry_run=dry_run)

    async def _replace(
        self, request: Request, body: Replacement, *, merging: bool, dry_run: bool
    ) -> Response:
        base, ingest = self._service.settings.instance_base, self._service.ingest
        old, new = (renaming.named(name, base) for name in (body.old, body.new))
        if dry_run:
            outcome = await ingest.rehearse_replacement(old, new, merging=merging)
            return JSONResponse(await rehearsed(self._service, outcome))
        outcome = await ingest.replace_entity(old, new, commit_of(request, body.message), merging=merging)
        assert outcome.revision, "what is declared has something to move"
        number = outcome.revision.number
        headers = {"location": f"/history/{number}"}
        return JSONResponse({"revision": number, **judgement(outcome)}, headers=headers)


def routes(service: Service, curator: Curator) -> APIRouter:
    """Give the routes that rename and merge; `curator` guards them."""
    router = APIRouter(prefix="/entities", tags=["graphs"])
    doors = Renaming(service)
    for path, endpoint, summary in (
        ("/rename", doors.rename, "Give an entity another IRI"),
        ("/merge", doors.merge, "Make one entity of two"),
    ):
        router.add_api_route(
            path,
            endpoint,
            methods=["POST"],
            summary=summary,
            response_class=Response,
            dependencies=[Depends(curator)],
            responses={200: {"model": Replaced | Rehearsal}},
        )
    return router
