"""/graphs of a plain store: SPARQL 1.1 Graph Store HTTP Protocol (https://www.w3.org/TR/sparql11-http-rdf-update/).

A graph is named by the parameter `graph`, or by its own address below /graphs; the default graph by `default`.
"""

import secrets
from dataclasses import replace
from typing import Final
from urllib.parse import urljoin

from fastapi import APIRouter, Request
from pyoxigraph import NamedNode
from starlette.responses import JSONResponse, Response

from summitry.errors import BadParameter, UnknownGraph
from summitry.model import Method
from summitry.terms import UNNAMED
from summitry.usecases.ask import GRAPH, Subject, ask
from summitry.usecases.service import Service
from summitry.web import preconditions
from summitry.web.answers import sent, while_connected
from summitry.web.catalogue import Catalogue
from summitry.web.content import media_type
from summitry.web.graphs import content_of, form_of
from summitry.web.guard import Curator, commit_of
from summitry.web.negotiation import VARY, chosen
from summitry.web.sparql_request import base_of, parameters_of
from summitry.web.uploads import READABLE, deletion_of, graph_named, href_of, upload_of

_METHODS: Final = {"PUT": Method.REPLACE, "POST": Method.ADD, "DELETE": Method.DELETE}


class GraphStoreDoor:
    """The door to the graphs of a plain store."""

    def __init__(self, service: Service, curator: Curator) -> None:
        self._service = service
        self._curator = curator
        self._catalogue = Catalogue(service)

    async def answer(self, request: Request) -> Response:
        """Read or write the graph that `request` names; without one, list them or make a new one."""
        graph = _graph(request)
        if request.method != "GET":
            self._curator.admit_bearer(request)
            return await self._write(request, graph, _METHODS[request.method])
        if graph is None:
            listed = await while_connected(request, self._catalogue.listed())
            return JSONResponse(listed.model_dump(), headers=VARY)
        return await self._read(request, graph)

    async def _read(self, request: Request, graph: NamedNode) -> Response:
        media, store = chosen(request, GRAPH), self._service.store
        if not store.holds(graph):
            raise UnknownGraph(f"there is no graph {graph}; GET /graphs lists those there are")
        headers = {**VARY, "etag": preconditions.tag(store.last_change(graph), form_of(media))}
        if preconditions.is_known(request, headers["etag"]):
            return Response(status_code=304, headers=headers)
        settings = self._service.settings
        subject = Subject(base=base_of(request))
        asking = ask(
            self._service.workers, content_of(graph), settings=settings, accept=media, subject=subject
        )
        return sent(await while_connected(request, asking), headers)

    async def _write(self, request: Request, named: NamedNode | None, method: Method) -> Response:
        """Write as §5.3 to §5.5 say: 201 for a new graph; 204 for one that was replaced."""
        store = self._service.store
        is_for_one = named is not None or media_type(request) in READABLE
        graph = named or (_fresh(request, method) if is_for_one or method is Method.DELETE else None)
        if method is Method.DELETE:
            upload = deletion_of(store, graph or UNNAMED)
        else:
            base = base_of(request) if graph in (None, UNNAMED) else str(graph and graph.value)
            upload = replace(
                await upload_of(request, self._service.settings, graph, base=base), method=method
            )
        expected = preconditions.expected(request, store, graph) if graph else None
        is_new = graph is not None and not store.holds(graph)
        outcome = await self._service.ingest.write(upload, commit_of(request, ""), expected=expected)
        if method is Method.REPLACE and not is_new:
            return Response(status_code=204)
        told = {"revision": store.head(), "added": outcome.added, "removed": outcome.removed}
        headers = {"location": _address(request, graph)} if is_new and graph else {}
        return JSONResponse(told, 201 if is_new else 200, headers=headers)


def routes(service: Service, curator: Curator) -> APIRouter:
    """Give the routes of the graphs; `curator` guards those that write."""
    router = APIRouter()
    answer = GraphStoreDoor(service, curator).answer
    for path in ("/graphs", "/graphs/{name:path}", "/graph/{name:path}"):
        router.add_route(path, answer, methods=["GET", *_METHODS])
    return router


def _graph(request: Request) -> NamedNode | None:
    """Give the graph that `request` names, UNNAMED for the default graph, None where it names none.

    Raises:
        BadParameter: it names several, or what is no IRI.
    """
    parameters = parameters_of(request.scope["query_string"])
    named = [urljoin(base_of(request), value) for name, value in parameters if name == "graph"]
    named += ["" for name, _ in parameters if name == "default"]
    if request.path_params.get("name"):
        named.append(base_of(request))
    if len(named) > 1:
        raise BadParameter("name one graph: by the parameter graph, by default, or by its own address")
    if not named:
        return None
    return graph_named(named[0]) if named[0] else UNNAMED


def _fresh(request: Request, method: Method) -> NamedNode:
    """Give the name of a graph that nobody named (§5.5). Raises BadParameter where only POST may leave it out."""
    if method is not Method.ADD:
        raise BadParameter("name the graph: by the parameter graph, by default, or by its own address")
    return NamedNode(f"{base_of(request).rstrip('/')}/{secrets.token_hex(8)}")


def _address(request: Request, graph: NamedNode) -> str:
    """Give where `graph` is found: at its own name, if that is one of this server's."""
    if graph.value.startswith(f"{str(request.base_url).rstrip('/')}/graph"):
        return graph.value
    return f"{str(request.base_url).rstrip('/')}{href_of(graph)}"
