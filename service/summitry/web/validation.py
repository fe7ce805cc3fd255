"""POST /validate: what is wrong with a document, at file:line:column, without storing it."""

import asyncio
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

from summitry import report
from summitry.formats import BY_MEDIA
from summitry.media import JSON
from summitry.model import Upload
from summitry.source import text_of
from summitry.terms import GRAPHS
from summitry.usecases.rehearsing import Outcome
from summitry.usecases.service import Service
from summitry.web.answers import while_connected
from summitry.web.content import media_type
from summitry.web.negotiation import VARY, chosen
from summitry.web.uploads import DATASETS, UPLOAD, graph_named, upload_of

DRAFT: Final = GRAPHS + "draft"
_OFFERED: Final = tuple(BY_MEDIA)


class EditMembers(BaseModel):
    """A piece of the document and the text to write instead of it; lines and columns count from 1."""

    line: int
    column: int
    end_line: int
    end_column: int
    text: str


class FindingMembers(BaseModel):
    """One thing a curator should know; members that do not apply are left out. Terms are in N-Triples form."""

    severity: str
    message: str
    file: str = ""
    line: int = 0
    column: int = 0
    shape: str = ""
    component: str = ""
    focus: str = ""
    path: str = ""
    value: str = ""
    fix: str = ""
    edits: list[EditMembers] = []
    standing: bool = False


class Judgement(BaseModel):
    """What writing a document would do: only a document that conforms would be stored."""

    conforms: bool
    findings: list[FindingMembers]
    added: int
    removed: int


class Validation:
    """The door through which a draft is tried."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def validate(
        self,
        request: Request,
        graph: Annotated[str, Query(description="The graph whose content it would become.")] = DRAFT,
        name: Annotated[str, Query(description="What the report calls the document.")] = "document",
    ) -> Response:
        """Judge a document as a write would, against the whole graph, and store nothing. Open to everyone.

        TriG and N-Quads name their graphs themselves.
        """
        media = chosen(request, _OFFERED)
        names_graphs = media_type(request) in DATASETS and "graph" not in request.query_params
        named = None if names_graphs else graph_named(graph)
        upload = await upload_of(request, self._service.settings, named, name=name)
        outcome = await while_connected(request, self._service.ingest.rehearse(upload))
        # A report of thousands of findings takes a while to write; others are served meanwhile.
        return await asyncio.to_thread(_rendered, outcome, media, upload)


def routes(service: Service) -> APIRouter:
    """Give the route that validates."""
    router = APIRouter(tags=["graphs"])
    router.add_api_route(
        "/validate",
        Validation(service).validate,
        methods=["POST"],
        summary="Check a document without storing it",
        response_class=Response,
        responses={200: {"model": Judgement, "content": {media: {} for media in _OFFERED[1:]}}},
        openapi_extra={"requestBody": UPLOAD},
    )
    return router


def judgement(outcome: Outcome) -> dict[str, bool | int | list[report.Members]]:
    """Give the members of a Judgement."""
    return {
        "conforms": outcome.report.conforms,
        "findings": [report.as_members(finding) for finding in outcome.report.findings],
        "added": outcome.added,
        "removed": outcome.removed,
    }


def _rendered(outcome: Outcome, media: str, upload: Upload) -> Response:
    if media == JSON:
        return JSONResponse(judgement(outcome), headers=VARY)
    content = BY_MEDIA[media](outcome.report, {upload.name: text_of(upload.content)})
    return Response(content, headers=VARY, media_type=media)
