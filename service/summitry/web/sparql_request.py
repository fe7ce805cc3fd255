"""What a request of the SPARQL 1.1 Protocol (https://www.w3.org/TR/sparql11-protocol/) asks for."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from fastapi import Request

from summitry.errors import BadParameter, UnsupportedMedia
from summitry.scan import scan_query
from summitry.settings import Settings
from summitry.using import Using, over
from summitry.web.content import media_type, unpacked
from summitry.web.guard import body_of
from summitry.web.negotiation import accepted, nearest

FORM: Final = "application/x-www-form-urlencoded"
QUERY: Final = "application/sparql-query"
UPDATE: Final = "application/sparql-update"
FORMATS: Final = ("format", "output", "results")

_UPDATE_BY_POST: Final = "an update comes by POST, as the parameter 'update' of a form or as a body"
# As the framework reads a boolean, so that a dry run is one wherever it is asked for.
_TRUE: Final = frozenset({"1", "true", "t", "yes", "y", "on"})
_FALSE: Final = frozenset({"0", "false", "f", "no", "n", "off"})
_PARAMETERS: Final = 100
# Percent-encoding makes three bytes of one; what stands beside the query is small.
_ENCODED: Final = 3
_BESIDE: Final = 64 * 1024
_DRY_RUN: Final = re.compile("dry[-_ ]?run", re.IGNORECASE)
_CHANCE: Final = re.compile(rb"now|rand|uuid|bnode|\\u", re.IGNORECASE)
_PLAIN_JSON: Final = re.compile(r"application/json(\s*;[^,]*)?")

Parameters = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Question:
    """A query, the dataset it is put to (its own where both are empty), and the answer's media types.

    If it `explains`, what is wanted is not the answer but why it is empty.
    """

    query: bytes
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    accept: str
    known_at: str
    explains: bool

    @property
    def is_usual(self) -> bool:
        """Tell that it asks for its answer, from the graph of now, over its own dataset."""
        return not (self.explains or self.known_at or self.default_graphs or self.named_graphs)

    @property
    def is_repeatable(self) -> bool:
        """Tell that the graph alone says what the answer is: no time of day, no chance (SPARQL §17.4)."""
        return not (self.explains or self.known_at or _CHANCE.search(self.query))

    @property
    def size(self) -> int:
        """Give the bytes of the query and of the names of its graphs, more or less."""
        return len(self.query) + sum(map(len, (*self.default_graphs, *self.named_graphs)))


@dataclass(frozen=True, slots=True)
class Change:
    """An update, and why, for the history."""

    update: bytes
    message: str
    is_dry_run: bool
    base: str


async def question(request: Request, settings: Settings, wanted: str = "") -> Question | Change:
    """Give what `request` asks (§2.1); `wanted` is the format that its address names.

    Raises:
        BadParameter: neither a query nor an update, several, or an update by GET.
        UnsupportedMedia: a POST that is neither a form nor a query.
        TooLarge: the body is.
        OutboundRefused, ScanRefused: an update whose dataset the request names is not handed to the engine.
    """
    given = parameters_of(request.scope["query_string"])
    if request.method == "GET":
        return _question(request, given, (), wanted)
    match media_type(request):
        case "application/x-www-form-urlencoded":
            form = parameters_of(await _body(request, _ENCODED * settings.query_bytes + _BESIDE))
            if _all(form, ["update"]):
                return _change(request, given + form, (), settings.query_bytes)
            return _question(request, given + form, (), wanted)
        case "application/sparql-query":
            return _question(request, given, [await _body(request, settings.query_bytes)], wanted)
        case "application/sparql-update":
            body = await _body(request, settings.query_bytes)
            return _change(request, given, [body], settings.query_bytes)
        case other:
            raise UnsupportedMedia(
                f"a query comes as {QUERY} or {FORM}, an update as {UPDATE} or {FORM}, not as {other or 'nothing'}"
            )


async def _body(request: Request, limit: int) -> bytes:
    return unpacked(request, await body_of(request, limit), limit)


def _question(request: Request, parameters: Parameters, bodies: Iterable[bytes], wanted: str) -> Question:
    if _all(parameters, ["update"]):
        raise BadParameter(_UPDATE_BY_POST)
    queries = [*bodies, *(text.encode() for text in _all(parameters, ["query"]))]
    if len(queries) != 1:
        raise BadParameter(f"give the parameter 'query' once, not {len(queries)} times")
    return Question(
        queries[0],
        default_graphs=_all(parameters, ["default-graph-uri"]),
        named_graphs=_all(parameters, ["named-graph-uri"]),
        accept=_accept(request, parameters, wanted),
        known_at=_known_at(parameters),
        explains=_explains(parameters),
    )


def _known_at(parameters: Parameters) -> str:
    given = _all(parameters, ["known_at"])
    if len(given) > 1:
        raise BadParameter("known_at: it is given twice; give it once or not at all")
    return "".join(given)


def _explains(parameters: Parameters) -> bool:
    wanted = _all(parameters, ["explain"])
    if other := [value for value in wanted if value != "empty"]:
        raise BadParameter(f"explain={other[0]} is not known; explain=empty tells why an answer is empty")
    return bool(wanted)


def _change(request: Request, parameters: Parameters, bodies: Iterable[bytes], limit: int) -> Change:
    updates = [*bodies, *(text.encode() for text in _all(parameters, ["update"]))]
    if len(updates) != 1 or _all(parameters, ["query"]):
        raise BadParameter("give one update, and no query beside it")
    using = Using(_all(parameters, ["using-graph-uri"]), _all(parameters, ["using-named-graph-uri"]))
    update = over(scan_query(updates[0], limit=limit), using).encode() if using else updates[0]
    return Change(update, " ".join(_all(parameters, ["message"])), _is_dry_run(parameters), base_of(request))


def _is_dry_run(parameters: Parameters) -> bool:
    """Tell whether nothing is to be stored. Raises BadParameter where that is nearly said."""
    for name, value in parameters:
        if name != "dry_run" and _DRY_RUN.fullmatch(name):
            raise BadParameter(f"{name}={value} is not known; write dry_run=true, or leave it out to write")
    words = {value.lower() for value in _all(parameters, ["dry_run"])}
    if other := words - _TRUE - _FALSE:
        raise BadParameter(f"dry_run={min(other)} is not known; write dry_run=true, or leave it out to write")
    return not words.isdisjoint(_TRUE)


def base_of(request: Request) -> str:
    """Give what relative IRIs in `request` are resolved against: its own address (RFC 3986 §5.1.3)."""
    # As it was sent: a name with an escape in it is not the name without.
    path = request.scope["raw_path"].decode("latin-1")
    return str(request.url.replace(path=path, query="", fragment=""))


def _accept(request: Request, parameters: Parameters, wanted: str) -> str:
    formats = _all(parameters, FORMATS)
    # Not registered for results, but what most clients say when they mean JSON.
    json_of_both = r"application/sparql-results+json\1, application/ld+json\1"
    return _PLAIN_JSON.sub(json_of_both, nearest(accepted(request, formats[-1] if formats else wanted)))


def _all(parameters: Parameters, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(value for name, value in parameters if name in names)


def parameters_of(encoded: bytes) -> Parameters:
    """Give the parameters in a query string or a form, each percent-decoded once. Raises BadParameter."""
    try:
        text = encoded.decode()
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_PARAMETERS)
    except UnicodeDecodeError as error:
        raise BadParameter(
            "the parameters are not UTF-8; encode them so and then by percent signs"
        ) from error
    except ValueError as error:
        raise BadParameter(f"there are more than {_PARAMETERS} parameters") from error
