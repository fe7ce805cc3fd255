"""GET /dumps: everything, or one graph, compressed, with a checksum (RFC 9530)."""

import base64
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field
from pyoxigraph import NamedNode
from starlette.responses import FileResponse, JSONResponse, Response

from summitry.terms import GRAPHS
from summitry.usecases.dumps import Dumps
from summitry.usecases.service import Service
from summitry.web.endpoints import Json
from summitry.web.parts import Member
from summitry.web.preconditions import is_known, tag
from summitry.web.uploads import graph_named, href_of

_GZIP = "application/gzip"


class Listed(Member):
    """A file to fetch."""

    href: str
    graph: str | None = Field(description="The graph that it holds; null for the file that holds all.")
    revision: int = Field(description="The revision that last changed what it holds.")


class DumpList(Member):
    """The files that there are."""

    items: list[Listed]


class DumpDoor:
    """The way to the dumps."""

    def __init__(self, service: Service) -> None:
        self._store = service.store
        self._dumps = Dumps(service.store)

    # Plain functions, so that reading the store does not hold up the event loop.
    def listed(self) -> Response:
        """List the files: one with all graphs, and one for each."""
        everything = Listed(href="/dumps/all.nq.gz", graph=None, revision=self._dumps.revision(None))
        single = [
            Listed(
                href=href_of(graph).replace("/graphs?", "/dumps/graph.nt.gz?", 1),
                graph=graph.value,
                revision=self._dumps.revision(graph),
            )
            for graph in self._store.graphs()
        ]
        return JSONResponse(DumpList(items=[everything, *single]).model_dump(by_alias=True))

    def everything(self, request: Request) -> Response:
        """Give all named graphs, the system's included, as N-Quads in gzip. `Repr-Digest` has the SHA-256."""
        return self._sent(request, None)

    def one(
        self,
        request: Request,
        graph: Annotated[str, Query(description="The graph.", examples=[f"{GRAPHS}countries"])],
    ) -> Response:
        """Give one graph as N-Triples in gzip. `Repr-Digest` has the SHA-256."""
        return self._sent(request, graph_named(graph))

    def _sent(self, request: Request, graph: NamedNode | None) -> Response:
        dump = self._dumps.dump(graph)
        digest = f"sha-256=:{base64.b64encode(dump.digest).decode()}:"
        headers = {"etag": tag(dump.revision), "repr-digest": digest}
        if is_known(request, headers["etag"]):
            return Response(status_code=304, headers=headers)
        name = f"{graph.value.rpartition('/')[2]}.nt.gz" if graph else "all.nq.gz"
        return FileResponse(dump.path, headers=headers, media_type=_GZIP, filename=name)


def routes(service: Service) -> APIRouter:
    """Give the routes of the dumps."""
    router = APIRouter(tags=["graphs"])
    door = DumpDoor(service)
    packed: Json = {"content": {_GZIP: {}}}
    for path, answer, summary, described in (
        ("/dumps", door.listed, "List the dumps", {"model": DumpList}),
        ("/dumps/all.nq.gz", door.everything, "Fetch everything", packed),
        ("/dumps/graph.nt.gz", door.one, "Fetch one graph", packed),
    ):
        router.add_api_route(
            path,
            answer,
            methods=["GET"],
            summary=summary,
            response_class=Response,
            responses={200: described},
        )
    return router
