"""/graphs: the named graphs, listed, read, replaced, added to, removed (SPARQL 1.1 Graph Store Protocol)."""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, params
from pyoxigraph import NamedNode
from starlette.responses import JSONResponse, Response

from summitry.bind import bind
from summitry.errors import BadParameter, PreconditionMissing, UnknownGraph
from summitry.media import TURTLE
from summitry.model import Method
from summitry.terms import GRAPHS, UNNAMED
from summitry.usecases import history
from summitry.usecases.ask import GRAPH, Subject, ask
from summitry.usecases.rehearsing import Outcome
from summitry.usecases.service import Service
from summitry.web import answers, preconditions
from summitry.web.catalogue import Catalogue, GraphList
from summitry.web.content import media_type
from summitry.web.guard import Curator, commit_of
from summitry.web.negotiation import VARY, chosen
from summitry.web.rehearsal import DryRun, Rehearsal, rehearsed
from summitry.web.uploads import EXAMPLE_GRAPH, READABLE, UPLOAD, deletion_of, graph_named, href_of, upload_of
from summitry.web.validation import Judgement, judgement
from summitry.workers.pool import Answer

_DONE: Final = 200
_CREATED: Final = 201
NEW_GRAPH: Final = GRAPHS + "draft"


class Written(Judgement):
    """What a write did. `revision` is the last of the graph, or of all where the document named several.

    It is where it was if nothing changed.
    """

    revision: int


class WrittenGraph(Written):
    """What a write did to one graph. `etag` is what to send as If-Match with the next write."""

    graph: str
    etag: str


GraphName = Annotated[str, Query(description="The graph that is meant, by its IRI.", examples=[NEW_GRAPH])]
GraphOrNone = Annotated[
    str | None,
    Query(
        description="The graph that is meant; none for a document that names graphs.", examples=[NEW_GRAPH]
    ),
]
Message = Annotated[str, Query(description="Why, for the history.")]
Default = Annotated[
    str | None,
    Query(description="The default graph is meant: the merge of all, which can be read and not written."),
]
KnownAt = Annotated[
    str,
    Query(description="A revision, such as 12, or a time: what the graph held then, as it was known then."),
]


class Graphs:
    """The doors to whole graphs, each by its IRI; `direct` names it by the path instead."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._catalogue = Catalogue(service)

    async def read(
        self,
        request: Request,
        graph: Annotated[
            str | None,
            Query(
                description="The graph whose content is wanted; without one, the list.",
                examples=[EXAMPLE_GRAPH],
            ),
        ] = None,
        default: Default = None,
        known_at: KnownAt = "",
    ) -> Response:
        """List the graphs with size, source and licence; or give the content of one, or with `default` of all."""
        if default is not None:
            refuse_both(graph)
            return await self._content(request, UNNAMED, known_at)
        if graph is None:
            listed = await answers.while_connected(request, self._catalogue.listed())
            return JSONResponse(listed.model_dump(), headers=VARY)
        return await self._content(request, graph_named(graph), known_at)

    async def replace(
        self,
        request: Request,
        graph: GraphOrNone = None,
        default: Default = None,
        message: Message = "",
        dry_run: DryRun = False,
    ) -> Response:
        """Make the body the content of the graph, if it conforms; of TriG or N-Quads without `graph`, of each
        graph that it names. `If-Match` with the graph's ETag guards
        against overwriting what somebody else wrote meanwhile; `If-None-Match: *` creates and never replaces.
        """
        _refuse_default(default)
        return await self._write_document(request, graph, Method.REPLACE, message, dry_run)

    async def add(
        self,
        request: Request,
        graph: GraphOrNone = None,
        default: Default = None,
        message: Message = "",
        dry_run: DryRun = False,
    ) -> Response:
        """Add the statements of the body to the graph, or to those that it names, if the whole conforms.

        A document of one graph, sent without `graph`, becomes a new graph, whose address is in `Location`.
        """
        _refuse_default(default)
        if graph is None and media_type(request) in READABLE:
            graph = GRAPHS + secrets.token_hex(8)
        return await self._write_document(request, graph, Method.ADD, message, dry_run)

    async def delete(
        self, request: Request, graph: GraphName, message: Message = "", dry_run: DryRun = False
    ) -> Response:
        """Remove the graph, if what remains conforms."""
        return await self._write(request, graph_named(graph), Method.DELETE, message, dry_run)

    async def direct(
        self,
        request: Request,
        name: str,
        known_at: KnownAt = "",
        message: Message = "",
        dry_run: DryRun = False,
    ) -> Response:
        """Do by the graph's own address what the routes of /graphs do (SPARQL 1.1 Graph Store Protocol §4.1)."""
        graph = graph_named(GRAPHS + name)
        if request.method == "GET":
            return await self._content(request, graph, known_at)
        methods = {"PUT": Method.REPLACE, "POST": Method.ADD, "DELETE": Method.DELETE}
        return await self._write(request, graph, methods[request.method], message, dry_run)

    async def _content(self, request: Request, graph: NamedNode, known_at: str) -> Response:
        media = chosen(request, GRAPH)
        if known_at:
            return await self._earlier_content(request, graph, known_at, media)
        if graph != UNNAMED and not self._service.store.holds(graph):
            raise UnknownGraph(f"there is no graph {graph}; GET /graphs lists those there are")
        # Read before the content: a tag that is too old makes a later If-Match fail, one that is too new
        # would let it overwrite what the client has not seen.
        store = self._service.store
        revision = store.head() if graph == UNNAMED else store.last_change(graph)
        headers = {**VARY, "etag": preconditions.tag(revision, form_of(media))}
        if preconditions.is_known(request, headers["etag"]):
            return Response(status_code=304, headers=headers)
        return answers.sent(await self._asked(request, graph, media, ()), headers)

    async def _earlier_content(
        self, request: Request, graph: NamedNode, known_at: str, media: str
    ) -> Response:
        store = self._service.store
        number = await asyncio.to_thread(history.known_at, store, known_at)
        undone = await asyncio.to_thread(lambda: list(history.since(store, number)))
        headers = {**VARY, "etag": preconditions.tag(number, form_of(media))}
        return answers.sent(await self._asked(request, graph, media, undone), headers)

    async def _asked(self, request: Request, graph: NamedNode, media: str, undone: Sequence[bytes]) -> Answer:
        query = content_of(graph)
        service = self._service
        asking = ask(
            service.workers, query, settings=service.settings, accept=media, subject=Subject(undone=undone)
        )
        return await answers.while_connected(request, asking)

    async def _write_document(
        self, request: Request, graph: str | None, method: Method, message: str, dry_run: bool
    ) -> Response:
        if graph is not None:
            return await self._write(request, graph_named(graph), method, message, dry_run)
        service = self._service
        upload = replace(await upload_of(request, service.settings, None), method=method)
        if dry_run:
            return JSONResponse(await rehearsed(service, await service.ingest.rehearse(upload)))
        outcome = await service.ingest.write(upload, commit_of(request, message))
        revision = outcome.revision.number if outcome.revision else service.store.head()
        return JSONResponse({"revision": revision, **judgement(outcome)})

    async def _write(
        self, request: Request, graph: NamedNode, method: Method, message: str, dry_run: bool
    ) -> Response:
        store, ingest = self._service.store, self._service.ingest
        if method is Method.DELETE:
            upload = deletion_of(store, graph)
        else:
            upload = replace(await upload_of(request, self._service.settings, graph), method=method)
        expected = preconditions.expected(request, store, graph)
        if expected is None and self._service.settings.require_if_match and not dry_run:
            raise PreconditionMissing(
                f"send If-Match with the ETag of {graph}, or If-None-Match: * to create it"
            )
        if dry_run:
            return JSONResponse(await rehearsed(self._service, await ingest.rehearse(upload)))
        is_new = not store.holds(graph)
        outcome = await ingest.write(upload, commit_of(request, message), expected=expected)
        return self._told(graph, outcome, _CREATED if is_new and outcome.revision else _DONE)

    def _told(self, graph: NamedNode, outcome: Outcome, status: int) -> Response:
        revision = self._service.store.last_change(graph)
        if outcome.revision:
            revision = outcome.revision.number
        # Not as a header, which would say that the bytes were stored as they came (RFC 9110 §9.3.4).
        tag = preconditions.tag(revision)
        members = {"graph": graph.value, "revision": revision, "etag": tag, **judgement(outcome)}
        headers = {"location": href_of(graph)} if status == _CREATED else {}
        return JSONResponse(members, status, headers=headers)


def refuse_both(graph: str | None) -> None:
    """Refuse a request for one graph and for the default graph (Graph Store Protocol §4.2). Raises BadParameter."""
    if graph is not None:
        raise BadParameter("the request names a graph, and default as well; leave out one of them")


def form_of(media: str) -> str:
    """Give what an entity tag says of a representation: nothing of the usual one."""
    return "" if media == TURTLE else media.rpartition("/")[2]


def content_of(graph: NamedNode) -> bytes:
    """Give the query for the content of `graph`; UNNAMED stands for the default graph."""
    return (bind("default-graph", {}) if graph == UNNAMED else bind("graph", {"graph": [graph]})).encode()


def _refuse_default(default: str | None) -> None:
    if default is not None:
        raise BadParameter(
            "the default graph is the merge of all graphs and cannot be written; name the graph that states it"
        )


def routes(service: Service, curator: Curator) -> APIRouter:
    """Give the routes of the graphs; `curator` guards those that write."""
    router = APIRouter(tags=["graphs"])
    graphs = Graphs(service)
    guarded = [Depends(curator)]
    router.add_api_route(
        "/graphs",
        graphs.read,
        methods=["GET"],
        summary="List the graphs, or read one",
        response_class=Response,
        responses={200: {"model": GraphList, "content": {media: {} for media in GRAPH}}},
    )
    _add_writing(router, graphs, guarded)
    for methods, guards in ((["GET"], []), (["PUT", "POST", "DELETE"], guarded)):
        router.add_api_route(
            "/graph/{name:path}",
            graphs.direct,
            methods=methods,
            include_in_schema=False,
            response_class=Response,
            dependencies=guards,
        )
    return router


def _add_writing(router: APIRouter, graphs: Graphs, guarded: list[params.Depends]) -> None:
    one: dict[int | str, dict[str, Any]] = {_DONE: {"model": WrittenGraph | Rehearsal}}
    created: dict[int | str, dict[str, Any]] = {_CREATED: {"model": WrittenGraph}}
    several: dict[int | str, dict[str, Any]] = {_DONE: {"model": WrittenGraph | Written | Rehearsal}}
    for method, door, summary in (
        ("PUT", graphs.replace, "Replace the content of a graph"),
        ("POST", graphs.add, "Add statements to a graph"),
        ("DELETE", graphs.delete, "Remove a graph"),
    ):
        router.add_api_route(
            "/graphs",
            door,
            methods=[method],
            summary=summary,
            response_class=Response,
            dependencies=guarded,
            responses=one if method == "DELETE" else several | created,
            openapi_extra={} if method == "DELETE" else {"requestBody": UPLOAD},
        )
