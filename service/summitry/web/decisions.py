"""POST /reconcile/decisions: what a user of reconciliation decided becomes other names, for the next one to find."""

import asyncio
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize
from starlette.responses import JSONResponse, Response

from summitry.errors import UnknownEntity
from summitry.media import N_TRIPLES
from summitry.model import Method, Upload
from summitry.terms import SKOS
from summitry.usecases.service import Service
from summitry.web.endpoints import sent
from summitry.web.guard import Curator, body_of, commit_of
from summitry.web.reconcile import read
from summitry.web.reconciling import Reconciling
from summitry.web.rehearsal import DryRun, Rehearsal, rehearsed
from summitry.web.uploads import graph_named
from summitry.web.validation import Judgement, judgement

_OTHER_NAME: Final = NamedNode(f"{SKOS}altLabel")
_LANGUAGE: Final = r"^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$"
_BODY: Final = 1024 * 1024
_EXAMPLE: Final = '{"decisions": [{"id": "country/kr", "name": "S. Korea", "lang": "en"}]}'


class Decision(BaseModel):
    """That a name means an entity."""

    id: str = Field(max_length=2000)
    name: str = Field(min_length=1, max_length=300)
    lang: str = Field(pattern=_LANGUAGE)


class Decisions(BaseModel):
    """What was decided about some names."""

    decisions: list[Decision] = Field(min_length=1, max_length=1000)


class Deciding:
    """The door through which decisions come back."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._reconciling = Reconciling(service)

    async def decide(
        self,
        request: Request,
        graph: Annotated[
            str,
            Query(
                description="The graph that shall state the names.",
                examples=["https://w3id.org/summitry/graph/names"],
            ),
        ],
        message: Annotated[str, Query(description="Why, for the history.")] = "reconciliation decisions",
        dry_run: DryRun = False,
    ) -> Response:
        """Add the names as `skos:altLabel` of what they mean, to one graph, if the whole conforms."""
        decided = read(Decisions, await body_of(request, _BODY), "decisions")
        triples = await asyncio.to_thread(self._triples, decided)
        content = serialize(triples, format=RdfFormat.N_TRIPLES) or b""
        upload = Upload(content, N_TRIPLES, graph_named(graph), name="decisions", method=Method.ADD)
        ingest = self._service.ingest
        if dry_run:
            return JSONResponse(await rehearsed(self._service, await ingest.rehearse(upload)))
        outcome = await ingest.write(upload, commit_of(request, message))
        return JSONResponse(judgement(outcome))

    def _triples(self, decided: Decisions) -> list[Triple]:
        nodes = {d.id: self._reconciling.node(d.id) for d in decided.decisions}
        rows = self._service.store.select("classes-of", {"entity": list(nodes.values())})
        known = {row["entity"] for row in rows}
        for name, node in nodes.items():
            if node not in known:
                raise UnknownEntity(f"there is no entity {name}; take an id that reconciliation gave")
        return [Triple(nodes[d.id], _OTHER_NAME, Literal(d.name, language=d.lang)) for d in decided.decisions]


def routes(service: Service, curator: Curator) -> APIRouter:
    """Give the route; `curator` guards it."""
    router = APIRouter(tags=["reconciliation"])
    router.add_api_route(
        "/reconcile/decisions",
        Deciding(service).decide,
        methods=["POST"],
        summary="Feed decisions back as other names",
        response_class=Response,
        dependencies=[Depends(curator)],
        responses={200: {"model": Judgement | Rehearsal}},
        openapi_extra={"requestBody": sent(Decisions, _EXAMPLE)},
    )
    return router
