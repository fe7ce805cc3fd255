"""What a request of the SPARQL 1.1 Protocol (https://www.w3.org/TR/sparql11-protocol/) asks for."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from fastapi import Request

from summitry.errors import BadParameter, UnsupportedMedia
from summitry.settings import Settings
from summitry.web.content import media_type, unpacked
from summitry.web.guard import body_of
from summitry.web.negotiation import accepted

FORM: Final = "application/x-www-form-urlencoded"
QUERY: Final = "application/sparql-query"
UPDATE: Final = "application/sparql-update"
FORMATS: Final = ("format", "output", "results")

_UPDATE_BY_POST: Final = "an update comes by POST, as the parameter 'update' of a form or as a body"
_PARAMETERS: Final = 100
# Percent-encoding makes three bytes of one; what stands beside the query is small.
_ENCODED: Final = 3
_BESIDE: Final = 64 * 1024
_PLAIN_JSON: Final = re.compile(r"application/json(\s*;[^,]*)?")

Parameters = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Question:
    """A query, the dataset it is put to (its own where both are empty), and the answer's media types."""

    query: bytes
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    accept: str
    known_at: str


@dataclass(frozen=True, slots=True)
class Change:
    """An update, and why, for the history."""

    update: bytes
    message: str
    is_dry_run: bool


async def question(request: Request, settings: Settings) -> Question | Change:
    """Give what `request` asks (§2.1).

    Raises:
        BadParameter: neither a query nor an update, several, or an update by GET.
        UnsupportedMedia: a POST that is neither a form nor a query.
        TooLarge: the body is.
    """
    parameters = _parameters(request.scope["query_string"])
    if request.method == "GET":
        return _question(request, parameters, ())
    match media_type(request):
        case "application/x-www-form-urlencoded":
            form = _parameters(await _body(request, _ENCODED * settings.query_bytes + _BESIDE))
            if _all(form, ["update"]):
                return _change(parameters + form, ())
            return _question(request, parameters + form, ())
        case "application/sparql-query":
            return _question(request, parameters, [await _body(request, settings.query_bytes)])
        case "application/sparql-update":
            return _change(parameters, [await _body(request, settings.query_bytes)])
        case other:
            raise UnsupportedMedia(
                f"a query comes as {QUERY} or {FORM}, an update as {UPDATE} or {FORM}, not as {other or 'nothing'}"
            )


async def _body(request: Request, limit: int) -> bytes:
    return unpacked(request, await body_of(request, limit), limit)


def _question(request: Request, parameters: Parameters, bodies: Iterable[bytes]) -> Question:
    if _all(parameters, ["update"]):
        raise BadParameter(_UPDATE_BY_POST)
    queries = [*bodies, *(text.encode() for text in _all(parameters, ["query"]))]
    if len(queries) != 1:
        raise BadParameter(f"give the parameter 'query' once, not {len(queries)} times")
    return Question(
        queries[0],
        default_graphs=_all(parameters, ["default-graph-uri"]),
        named_graphs=_all(parameters, ["named-graph-uri"]),
        accept=_accept(request, parameters),
        known_at="".join(_all(parameters, ["known_at"])),
    )


def _change(parameters: Parameters, bodies: Iterable[bytes]) -> Change:
    if _all(parameters, ["using-graph-uri", "using-named-graph-uri"]):
        raise BadParameter("write USING in the update itself; the parameters using-… are not read here")
    updates = [*bodies, *(text.encode() for text in _all(parameters, ["update"]))]
    if len(updates) != 1 or _all(parameters, ["query"]):
        raise BadParameter("give one update, and no query beside it")
    is_dry_run = any(value.lower() in ("1", "true") for value in _all(parameters, ["dry_run"]))
    return Change(updates[0], " ".join(_all(parameters, ["message"])), is_dry_run)


def _accept(request: Request, parameters: Parameters) -> str:
    formats = _all(parameters, FORMATS)
    # Not registered for results, but what most clients say when they mean JSON.
    json_of_both = r"application/sparql-results+json\1, application/ld+json\1"
    return _PLAIN_JSON.sub(json_of_both, accepted(request, formats[-1] if formats else ""))


def _all(parameters: Parameters, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(value for name, value in parameters if name in names)


def _parameters(encoded: bytes) -> Parameters:
    try:
        text = encoded.decode()
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_PARAMETERS)
    except UnicodeDecodeError as error:
        raise BadParameter(
            "the parameters are not UTF-8; encode them so and then by percent signs"
        ) from error
    except ValueError as error:
        raise BadParameter(f"there are more than {_PARAMETERS} parameters") from error
