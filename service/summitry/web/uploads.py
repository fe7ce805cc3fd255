"""Documents that clients send: their graph, their media type, their bytes."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from fastapi import Request
from pyoxigraph import NamedNode

from summitry.errors import BadParameter, MalformedDocument, SystemGraph, UnknownGraph, UnsupportedMedia
from summitry.media import FORM_DATA, JSON_LD, N_QUADS, N_TRIPLES, RDF_XML, TRIG, TURTLE
from summitry.model import Finding, Method, Report, Severity, Upload
from summitry.settings import Settings
from summitry.store.base import GraphStore
from summitry.terms import UNNAMED, is_system
from summitry.usecases.ingest import SYNTAX
from summitry.web.content import media_type, unpacked
from summitry.web.guard import body_of

EXAMPLE_GRAPH: Final = "https://w3id.org/summitry/graph/countries"
_EXAMPLE: Final = """\
@prefix ap: <https://w3id.org/summitry/ns#> .
@prefix collective: <https://w3id.org/summitry/id/collective/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .

collective:investors a ap:Collective ; rdfs:label "investors"@en .
"""
# The formats of one graph: what names graphs itself would contradict the address.
READABLE: Final = (TURTLE, N_TRIPLES, JSON_LD, RDF_XML, FORM_DATA)
DATASETS: Final = (TRIG, N_QUADS)
UPLOAD: Final[Mapping[str, object]] = {
    "required": True,
    "content": {
        **{
            media: {"schema": {}} for media in (*READABLE, *DATASETS)
        },  # bytes, of which a schema says nothing
        TURTLE: {"schema": {}, "example": _EXAMPLE},
        FORM_DATA: {"schema": {"type": "object", "description": "Each part is a document."}},
    },
}


def graph_named(iri: str) -> NamedNode:
    """Give the graph that a parameter names. Raises BadParameter."""
    try:
        return NamedNode(iri)
    except ValueError as error:
        raise BadParameter(f"graph: {iri!r} is no absolute IRI; give one like {EXAMPLE_GRAPH}") from error


def href_of(graph: NamedNode) -> str:
    """Give the address of the content of `graph` on this server."""
    return f"/graphs?{urlencode({'graph': graph.value})}"


def deletion_of(store: GraphStore, graph: NamedNode) -> Upload:
    """Give the upload that removes `graph`.

    Raises:
        SystemGraph: it is not a client's to remove.
        UnknownGraph: it is not there.
    """
    if is_system(graph) and graph != UNNAMED:
        raise SystemGraph(f"the graph {graph} is the system's own")
    if not store.holds(graph):
        raise UnknownGraph(f"there is no graph {graph}; GET /graphs lists those there are")
    return Upload(b"", TURTLE, graph, method=Method.DELETE)


async def upload_of(
    request: Request, settings: Settings, graph: NamedNode | None, *, name: str = "document", base: str = ""
) -> Upload:
    """Give the document that `request` brings for `graph`, or without one for the graphs that it names.

    A form brings several documents as one. With a `base`, which a plain store gives, it may be empty.

    Raises:
        SystemGraph: it is not a client's to write.
        UnsupportedMedia: the media type, its charset or its encoding is not one that is read here.
        TooLarge, MalformedDocument: there is too much of it, or nothing.
    """
    if graph and graph != UNNAMED and is_system(graph):
        raise SystemGraph(f"the graph {graph} is the system's own; choose another name")
    media = media_type(request)
    readable = READABLE if graph else DATASETS
    if media not in readable:
        where = "for one graph" if graph else "for several graphs (for one, give the parameter graph)"
        raise UnsupportedMedia(
            f"{media or 'no media type'} is not read {where}; send one of {', '.join(readable)}"
        )
    content = unpacked(request, await body_of(request, settings.upload_bytes), settings.upload_bytes)
    if not content.strip() and not base:
        nothing = "the request has no body; send the document in it"
        raise MalformedDocument(Report((Finding(Severity.VIOLATION, nothing, file=name, component=SYNTAX),)))
    unnamed = NamedNode(settings.workspace) if settings.workspace else UNNAMED
    if media == FORM_DATA:
        media = request.headers["content-type"]  # with what separates the parts
    upload = Upload(content, media, graph or unnamed, name=name, is_dataset=graph is None, base=base)
    request.state.document = upload  # for a report that shows its lines
    return upload
