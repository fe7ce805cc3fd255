"""Which of the forms on offer an answer takes: by the parameter `format`, or else by Accept."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from fastapi import Request
from starlette.exceptions import HTTPException

from summitry import media
from summitry.errors import BadParameter

VARY: Final = MappingProxyType({"vary": "Accept"})

# What people write in an address line; a name that stands for several takes the one on offer.
_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "csv": "text/csv",
        "html": "text/html",
        "json": "application/sparql-results+json, application/ld+json, application/json",
        "json-ld": "application/ld+json",
        "jsonld": "application/ld+json",
        "n3": "text/turtle",  # every Turtle document is one of Notation3
        "nt": "application/n-triples",
        "rdf": "application/rdf+xml",
        "rdf+xml": "application/rdf+xml",
        "tsv": "text/tab-separated-values",
        "ttl": "text/turtle",
        "turtle": "text/turtle",
        "xml": "application/sparql-results+xml, application/rdf+xml",
    }
)


def chosen(request: Request, offered: Sequence[str], wanted: str = "") -> str:
    """Give the media type of `offered` that `request` likes best; `wanted` is its parameter `format`.

    Raises:
        BadParameter: there is no such format.
        HTTPException: 406, nothing on offer is acceptable.
    """
    accept = accepted(request, wanted)
    fit = media.negotiate(accept, offered)
    if fit is None:
        raise HTTPException(406, f"{accept} is not on offer here; ask for one of {', '.join(offered)}")
    return fit


def accepted(request: Request, wanted: str = "") -> str:
    """Give what `request` accepts, as an Accept header would say it. Raises BadParameter."""
    if not wanted:
        return ", ".join(request.headers.getlist("accept"))
    if "/" in wanted:
        return wanted
    if wanted not in _NAMES:
        raise BadParameter(f"there is no format {wanted!r}; use a media type or one of {', '.join(_NAMES)}")
    return _NAMES[wanted]


def nearest(accept: str) -> str:
    """Give `accept` with the least wish for what is nearest to a form that answers only the other kind of query.

    rdflib, for one, asks for RDF/XML whatever it queries.
    """
    kinds = (
        ("rdf+xml", "application/sparql-results+xml"),
        ("sparql-results+xml", "application/rdf+xml"),
        ("sparql-results+json", "application/ld+json"),
    )
    return ", ".join(
        [accept, *(f"{near};q=0.001" for kind, near in kinds if kind in accept and near not in accept)]
    )
