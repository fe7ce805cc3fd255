"""/history: who changed what and why; each revision as JSON, RDF Patch or a readable difference; undo."""

from datetime import datetime
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel
from starlette.responses import JSONResponse, PlainTextResponse, Response

from summitry import model
from summitry.usecases import history
from summitry.usecases.renaming import named
from summitry.usecases.service import Service
from summitry.web import preconditions
from summitry.web.guard import Curator, commit_of
from summitry.web.negotiation import VARY, chosen
from summitry.web.rehearsal import DryRun, Rehearsal, rehearsed
from summitry.web.validation import Judgement, judgement

PATCH: Final = "application/rdf-patch"
_JSON: Final = "application/json"
_OFFERED: Final = (_JSON, PATCH, "text/plain")

Number = Annotated[int, Path(description="The number of a revision.", examples=[1], ge=1)]


class RevisionSummary(BaseModel):
    """A revision: `at` in UTC, `digest` the SHA-256 of the document or update that made it, in hex."""

    number: int
    at: datetime
    agent: str
    message: str
    digest: str
    graphs: list[str]
    href: str


class RevisionList(BaseModel):
    """Revisions, newest first. `next` leads to those before, null at the end."""

    revisions: list[RevisionSummary]
    next: str | None


class RevisionDetail(RevisionSummary):
    """A revision and what it changed in source graphs, as N-Quads."""

    added: list[str]
    removed: list[str]


class Reverted(Judgement):
    """What undoing did. `revision` is the new one, or the present one where there was nothing to undo."""

    revision: int


class History:
    """The doors to what was changed."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def listed(
        self,
        before: Annotated[int, Query(description="Only revisions before this one.", ge=0)] = 0,
        limit: Annotated[int, Query(description="How many at most.", ge=1, le=200)] = 50,
        entity: Annotated[
            str,
            Query(
                description="As person:xi-jinping, or an IRI: only revisions that changed what is said of it"
            ),
        ] = "",
    ) -> RevisionList:
        """List the revisions, newest first."""
        store = self._service.store
        if entity:
            iri = named(entity, self._service.settings.instance_base)
            found = history.of_entity(store, iri, before=before, limit=limit)
        else:
            found = history.revisions(store, before=before, limit=limit)
        last = found[-1].number if len(found) == limit else 1
        more = f"&{urlencode({'entity': entity})}" if entity else ""
        following = f"/history?before={last}&limit={limit}{more}" if last > 1 else None
        return RevisionList(revisions=[_summary(revision) for revision in found], next=following)

    def told(self, request: Request, number: Number) -> Response:
        """Tell one revision: as JSON, as an RDF Patch, or as a difference that people read."""
        media = chosen(request, _OFFERED)
        store = self._service.store
        revision = store.revision(number)
        headers = {
            **VARY,
            "etag": preconditions.tag(number, media.rpartition("/")[2]),
            "cache-control": "public, max-age=31536000, immutable",
        }
        if preconditions.is_known(request, headers["etag"]):
            return Response(status_code=304, headers=headers)
        if media == PATCH:
            return Response(store.patch(number), headers=headers, media_type=PATCH)
        if media != _JSON:
            return PlainTextResponse("\n".join(history.readable(store, number)) + "\n", headers=headers)
        change = history.changed(store, number)
        detail = RevisionDetail(
            **_summary(revision).model_dump(),
            added=sorted(f"{quad} ." for quad in change.added),
            removed=sorted(f"{quad} ." for quad in change.removed),
        )
        return JSONResponse(detail.model_dump(mode="json"), headers=headers)

    async def revert(
        self,
        request: Request,
        number: Number,
        message: Annotated[str, Query(description="Why, for the history.")] = "",
        dry_run: DryRun = False,
    ) -> Response:
        """Undo a revision by a new one, if what it changed was not changed again since."""
        if dry_run:
            outcome = await self._service.ingest.rehearse_revert(number)
            return JSONResponse(await rehearsed(self._service, outcome))
        commit = commit_of(request, message or f"undoes revision {number}")
        outcome = await self._service.ingest.revert(number, commit)
        revision = outcome.revision.number if outcome.revision else self._service.store.head()
        return JSONResponse(
            {"revision": revision, **judgement(outcome)}, headers={"location": f"/history/{revision}"}
        )


def routes(service: Service, curator: Curator) -> APIRouter:
    """Give the routes of the history; `curator` guards the one that writes."""
    router = APIRouter(tags=["history"])
    doors = History(service)
    router.add_api_route("/history", doors.listed, methods=["GET"], summary="List the revisions")
    router.add_api_route(
        "/history/{number}",
        doors.told,
        methods=["GET"],
        summary="Tell one revision",
        response_class=Response,
        responses={200: {"model": RevisionDetail, "content": {media: {} for media in _OFFERED[1:]}}},
    )
    router.add_api_route(
        "/history/{number}/revert",
        doors.revert,
        methods=["POST"],
        summary="Undo a revision by a new one",
        response_class=Response,
        dependencies=[Depends(curator)],
        responses={200: {"model": Reverted | Rehearsal}},
    )
    return router


def _summary(revision: model.Revision) -> RevisionSummary:
    return RevisionSummary(
        number=revision.number,
        at=revision.at,
        agent=revision.commit.agent,
        message=revision.commit.message,
        digest=revision.commit.digest,
        graphs=[graph.value for graph in revision.graphs],
        href=f"/history/{revision.number}",
    )
