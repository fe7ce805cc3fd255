"""The formats we read and write, and which of them a client gets."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from types import MappingProxyType
from typing import Final

from pyoxigraph import QueryResultsFormat, RdfFormat


@dataclass(frozen=True, slots=True)
class Media:
    """One format: its media type, the suffixes of its files (the first is ours), and its codec."""

    type: str
    suffixes: tuple[str, ...]
    rdf: RdfFormat | None = None
    results: QueryResultsFormat | None = None


TURTLE: Final = "text/turtle"
TRIG: Final = "application/trig"
N_TRIPLES: Final = "application/n-triples"
N_QUADS: Final = "application/n-quads"
JSON_LD: Final = "application/ld+json"
RDF_XML: Final = "application/rdf+xml"
RESULTS_JSON: Final = "application/sparql-results+json"
RESULTS_XML: Final = "application/sparql-results+xml"
CSV: Final = "text/csv"
TSV: Final = "text/tab-separated-values"
JSON: Final = "application/json"
FORM_DATA: Final = "multipart/form-data"

RDF: Final = (
    Media(TURTLE, ("ttl", "turtle"), rdf=RdfFormat.TURTLE),
    Media(JSON_LD, ("jsonld",), rdf=RdfFormat.JSON_LD),
    Media(N_TRIPLES, ("nt",), rdf=RdfFormat.N_TRIPLES),
    Media(N_QUADS, ("nq",), rdf=RdfFormat.N_QUADS),
    Media(TRIG, ("trig",), rdf=RdfFormat.TRIG),
    Media(RDF_XML, ("rdf", "owl"), rdf=RdfFormat.RDF_XML),
)
RESULTS: Final = (
    Media(RESULTS_JSON, ("srj",), results=QueryResultsFormat.JSON),
    Media(RESULTS_XML, ("srx",), results=QueryResultsFormat.XML),
    Media(CSV, ("csv",), results=QueryResultsFormat.CSV),
    Media(TSV, ("tsv",), results=QueryResultsFormat.TSV),
)

RDF_FORMATS: Final[Mapping[str, RdfFormat]] = MappingProxyType({m.type: m.rdf for m in RDF if m.rdf})
RESULTS_FORMATS: Final[Mapping[str, QueryResultsFormat]] = MappingProxyType(
    {m.type: m.results for m in RESULTS if m.results}
    # Browsers and scripts ask for these; they get the SPARQL results under the name they asked for.
    | {JSON: QueryResultsFormat.JSON, "application/xml": QueryResultsFormat.XML}
)
BY_SUFFIX: Final[Mapping[str, str]] = MappingProxyType(
    {suffix: media.type for media in (*RDF, *RESULTS) for suffix in media.suffixes} | {"json": JSON}
)
WITH_GRAPHS: Final = frozenset({TRIG, N_QUADS, JSON_LD})

_HEADER_LIMIT: Final = 4096
_RANGES_LIMIT: Final = 64
_WORD: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_QUOTED: Final = r'"(?:[^"\\]|\\.)*+"'
_PART: Final = re.compile(rf"(?:[^,\"]|{_QUOTED})++")
_PARAMETER: Final = re.compile(rf"({_WORD})=({_WORD}|{_QUOTED})")
_RANGE: Final = re.compile(rf"\s*({_WORD})/({_WORD})\s*((?:;\s*(?:{_WORD}=(?:{_WORD}|{_QUOTED})\s*)?+)*+)")
_QUALITY: Final = re.compile(r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?")
# What a client may add without choosing between two of our forms: all text is UTF-8, no profile has its own form.
_IDLE_PARAMETERS: Final = frozenset({"charset", "profile"})


@dataclass(frozen=True, slots=True)
class _Range:
    """One media range of an Accept header."""

    type: str
    subtype: str
    parameters: frozenset[tuple[str, str]]
    quality: float

    def specificity(self, offer: "_Range") -> int:
        """Tell how closely the range names `offer`: 0 for not at all."""
        if not self.parameters <= offer.parameters:
            return 0
        if (self.type, self.subtype) == (offer.type, offer.subtype):
            return 3 + len(self.parameters)
        if self.subtype == "*" and self.type in ("*", offer.type):
            return 1 if self.type == "*" else 2
        return 0


def negotiate(accept: str, offers: Sequence[str]) -> str | None:
    """Give the offer that the client likes best (RFC 9110 §12.5.1), None where it takes none.

    The most specific range that fits an offer gives its quality; equal offers rank in their own
    order. Malformed ranges are ignored; a header with nothing else is no wish at all.
    """
    return _negotiated(accept[:_HEADER_LIMIT], tuple(offers))


@lru_cache(maxsize=1024)  # tools say the same with each request
def _negotiated(accept: str, offers: tuple[str, ...]) -> str | None:
    ranges = list(_ranges(accept))
    if not ranges:
        return offers[0] if offers else None
    best, chosen = 0.0, None
    for offer in offers:
        quality = _quality(offer, ranges)
        if quality > best:
            best, chosen = quality, offer
    return chosen


def media_of_file(name: str) -> str | None:
    """Give the RDF media type that the suffix of `name` tells, None where it tells none."""
    suffix = name.rpartition(".")[2].lower() if "." in name else ""
    if suffix == "json":
        return JSON_LD
    media = BY_SUFFIX.get(suffix)
    return media if media in RDF_FORMATS else None


def bare(content_type: str) -> str:
    """Give the media type in a Content-Type header without its parameters, in lower case."""
    return content_type.partition(";")[0].strip().lower()


def _quality(offer: str, ranges: Iterable[_Range]) -> float:
    subject = _range(offer)
    if subject is None:
        return 0.0
    fits = ((r.specificity(subject), r.quality) for r in ranges)
    return max((fit for fit in fits if fit[0]), default=(0, 0.0))[1]


def _ranges(accept: str) -> Iterator[_Range]:
    parts = _PART.finditer(accept)
    for part in islice(parts, _RANGES_LIMIT):
        media_range = _range(part.group())
        if media_range is not None:
            yield media_range


def _range(text: str) -> _Range | None:
    match = _RANGE.fullmatch(text)
    if match is None:
        return None
    kind, subtype, tail = match.group(1).lower(), match.group(2).lower(), match.group(3)
    found = {name.lower(): value.strip('"').lower() for name, value in _PARAMETER.findall(tail)}
    quality = found.pop("q", "1")
    if not _QUALITY.fullmatch(quality) or (kind == "*" and subtype != "*"):
        return None
    wishes = frozenset(item for item in found.items() if item[0] not in _IDLE_PARAMETERS)
    return _Range(kind, subtype, wishes, float(quality))
