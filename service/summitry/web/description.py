"""What the service says of itself: SPARQL 1.1 Service Description and VoID, in any RDF format.

https://www.w3.org/TR/sparql11-service-description/ and https://www.w3.org/TR/void/
"""

from collections.abc import Iterator
from typing import Final

from fastapi import APIRouter, Request
from pyoxigraph import BlankNode, Literal, NamedNode, Triple, serialize
from starlette.responses import Response

from summitry.media import RDF, RDF_FORMATS, RESULTS
from summitry.settings import Settings
from summitry.terms import DCTERMS, SD, TYPE, VOID, XSD
from summitry.usecases.ask import GRAPH, QUADS
from summitry.usecases.service import Service
from summitry.usecases.statistics import Counts, Statistics
from summitry.web import preconditions
from summitry.web.negotiation import VARY, chosen

SCHEMA: Final = "https://schema.org/"
Node = NamedNode | BlankNode
Said = Iterator[tuple[Node, NamedNode, NamedNode | BlankNode | Literal]]

_INTEGER: Final = NamedNode(XSD + "integer")
_FORMATS: Final = "http://www.w3.org/ns/formats/"
_NAMES: Final = {
    "text/turtle": "Turtle",
    "application/n-triples": "N-Triples",
    "application/n-quads": "N-Quads",
    "application/trig": "TriG",
    "application/rdf+xml": "RDF_XML",
    "application/ld+json": "JSON-LD",
    "application/sparql-results+json": "SPARQL_Results_JSON",
    "application/sparql-results+xml": "SPARQL_Results_XML",
    "text/csv": "SPARQL_Results_CSV",
    "text/tab-separated-values": "SPARQL_Results_TSV",
}
_COUNTS: Final = {
    "triples": "triples",
    "entities": "entities",
    "classes": "classes",
    "properties": "properties",
    "subjects": "distinctSubjects",
    "objects": "distinctObjects",
}
_PREFIXES: Final = {
    "sd": SD,
    "void": VOID,
    "formats": _FORMATS,
    "dcterms": DCTERMS,
    "schema": SCHEMA,
}


class Description:
    """Describes one service, with the counts of its last revision."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._statistics = Statistics(service)

    async def answer(self, request: Request, endpoint: str) -> Response:
        """Give the description of the service at `endpoint`, in the format that `request` likes best."""
        media = chosen(request, GRAPH)
        tag = f"W/{preconditions.tag(self._service.store.head(), media.rpartition('/')[2])}"
        headers = {**VARY, "etag": tag, "cache-control": "no-cache"}
        if preconditions.is_known(request, tag):
            return Response(status_code=304, headers=headers)
        said = _service(NamedNode(endpoint), self._service.settings, await self._statistics.counts())
        triples = [Triple(*one) for one in said]
        content = serialize(triples, format=RDF_FORMATS[media], prefixes=_PREFIXES)
        return Response(content, headers=headers, media_type=media)


def routes(service: Service) -> APIRouter:
    """Give the routes of the VoID description (§6.2); the query endpoint describes itself."""
    router = APIRouter(tags=["service"])
    description = Description(service)

    async def void(request: Request) -> Response:
        """Describe the data set: its graphs, how much is in them, and where and how to query them."""
        return await description.answer(request, f"{request.base_url}sparql")

    for path, is_shown in (("/void", True), ("/.well-known/void", False)):
        router.add_api_route(
            path,
            void,
            methods=["GET"],
            summary="Describe the data set in VoID",
            include_in_schema=is_shown,
            response_class=Response,
            responses={200: {"content": {media: {} for media in GRAPH}}},
        )
    return router


def _service(endpoint: NamedNode, settings: Settings, counts: Counts) -> Said:
    yield endpoint, TYPE, _sd("Service")
    yield endpoint, _sd("endpoint"), endpoint
    yield endpoint, NamedNode(DCTERMS + "title"), Literal("Summitry", language="en")
    for language in ("SPARQL10Query", "SPARQL11Query", "SPARQL11Update"):
        yield endpoint, _sd("supportedLanguage"), _sd(language)
    for media in (*RESULTS, *(one for one in RDF if one.type in QUADS)):
        yield endpoint, _sd("resultFormat"), NamedNode(_FORMATS + _NAMES[media.type])
    for media in RDF:
        yield endpoint, _sd("inputFormat"), NamedNode(_FORMATS + _NAMES[media.type])
    yield endpoint, _sd("feature"), _sd("EmptyGraphs" if settings.is_plain else "UnionDefaultGraph")
    for limit in settings.limits():
        yield from _limit(endpoint, limit.name, limit.value, limit.sentence)
    dataset = BlankNode()
    yield endpoint, _sd("defaultDataset"), dataset
    yield endpoint, _sd("availableGraphs"), dataset
    yield from _dataset(dataset, endpoint, counts)


def _dataset(dataset: Node, endpoint: NamedNode, counts: Counts) -> Said:
    for kind in (_sd("Dataset"), _sd("GraphCollection"), _void("Dataset")):
        yield dataset, TYPE, kind
    default = BlankNode()
    yield dataset, _void("sparqlEndpoint"), endpoint
    yield dataset, _sd("defaultGraph"), default
    yield default, TYPE, _sd("Graph")
    for about in (dataset, default):
        for name, property_ in _COUNTS.items():
            if name in counts.default:
                yield about, _void(property_), _number(counts.default[name])
    for name, triples in counts.graphs.items():
        named, graph = BlankNode(), BlankNode()
        yield dataset, _sd("namedGraph"), named
        yield named, TYPE, _sd("NamedGraph")
        yield named, _sd("name"), NamedNode(name)
        yield named, _sd("graph"), graph
        yield graph, TYPE, _sd("Graph")
        yield graph, _void("triples"), _number(triples)


def _limit(endpoint: NamedNode, name: str, value: float, text: str) -> Said:
    """Give a setting that bounds what a client may ask for."""
    node = BlankNode()
    yield endpoint, NamedNode(SCHEMA + "additionalProperty"), node
    yield node, TYPE, NamedNode(SCHEMA + "PropertyValue")
    yield node, NamedNode(SCHEMA + "name"), Literal(name)
    yield node, NamedNode(SCHEMA + "value"), Literal(f"{value:.15g}", datatype=NamedNode(XSD + "decimal"))
    yield node, NamedNode(SCHEMA + "description"), Literal(text, language="en")


def _number(count: int) -> Literal:
    return Literal(str(count), datatype=_INTEGER)


def _sd(name: str) -> NamedNode:
    return NamedNode(SD + name)


def _void(name: str) -> NamedNode:
    return NamedNode(VOID + name)
