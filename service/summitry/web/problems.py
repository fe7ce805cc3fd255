"""Errors as answers: problem documents (RFC 9457). The one place that knows which error is which status."""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import Match

from summitry import errors, media
from summitry.errors import LimitExceeded, MalformedQuery, Refused, SummitryError
from summitry.formats import BY_MEDIA
from summitry.model import Upload
from summitry.report import Members, as_members
from summitry.settings import Settings
from summitry.source import text_of

PROBLEM: Final = "application/problem+json"
TYPES: Final = "https://w3id.org/summitry/problem/"
CLOSE: Final = MappingProxyType({"connection": "close"})

# A turn comes soon; what broke a limit alone may fit when the service has less to do.
_SOON: Final = MappingProxyType({"retry-after": "1"})
_LATER: Final = MappingProxyType({"retry-after": "10"})

# What a report may be asked for as; the first is given where a client accepts none of them.
_REPORTS: Final = (PROBLEM, *BY_MEDIA)
_METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
_OWN_FAULT: Final = "the service could not do this; its operator finds the reason in the log"
_NOBODY: Final = 499  # nobody reads it: the client is gone

_LOG: Final = logging.getLogger(__name__)

Fact = str | float | Sequence[Members]


@dataclass(frozen=True, slots=True)
class Kind:
    """How one class of error looks from outside. The message of a secret one stays inside."""

    status: int
    title: str
    slug: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    is_secret: bool = False


KINDS: Final[Mapping[type[SummitryError], Kind]] = MappingProxyType(
    {
        # Uvicorn closes the connection after what nobody caught, and says so only if told to.
        errors.SummitryError: Kind(500, "Internal error", "internal", CLOSE, is_secret=True),
        errors.ScanRefused: Kind(400, "Input not taken", "scan-refused"),
        errors.MalformedQuery: Kind(400, "Not a SPARQL query", "malformed-query"),
        errors.NotTakenApart: Kind(400, "Query not taken apart", "not-taken-apart"),
        errors.MalformedDocument: Kind(400, "Syntax errors in the document", "malformed-document"),
        errors.BadParameter: Kind(400, "Parameter not usable", "bad-parameter"),
        errors.Unauthorized: Kind(
            401, "Token needed", "unauthorized", MappingProxyType({"www-authenticate": "Bearer"})
        ),
        # Understood, legal, and never done, whoever asks: RFC 9110 §15.5.4.
        errors.OutboundRefused: Kind(403, "No contact with other servers", "outbound-refused"),
        errors.SystemGraph: Kind(403, "Graph of the system", "system-graph"),
        errors.UnknownGraph: Kind(404, "No such graph", "unknown-graph"),
        errors.UnknownRevision: Kind(404, "No such revision", "unknown-revision"),
        errors.UnknownQuery: Kind(404, "No such query", "unknown-query"),
        errors.UnknownEntity: Kind(404, "No such entity", "unknown-entity"),
        errors.Conflict: Kind(409, "Changed again since", "conflict"),
        errors.Forbidden: Kind(403, "Not for this token", "forbidden"),
        errors.StaleRevision: Kind(412, "The graph moved on", "stale-revision"),
        errors.PreconditionMissing: Kind(428, "If-Match needed", "precondition-missing"),
        errors.UnknownRevision: Kind(404, "No such revision", "unknown-revision"),
        errors.Conflict: Kind(409, "Changed again since", "conflict"),
        errors.TooLarge: Kind(413, "Too large", "too-large", CLOSE),
        # Only another query helps, so it is the client's to mend; 413 is the nearest that says so.
        errors.ResultTooLarge: Kind(413, "Result too large", "result-too-large"),
        errors.UnsupportedMedia: Kind(415, "Media type not supported", "unsupported-media"),
        errors.InvalidDocument: Kind(422, "The document breaks a rule", "invalid-document"),
        errors.UnsupportedShape: Kind(500, "Internal error", "internal", is_secret=True),
        errors.StoreDamaged: Kind(500, "Internal error", "internal", is_secret=True),
        errors.QueueFull: Kind(503, "Too many requests", "queue-full", _SOON),
        errors.ClientBusy: Kind(429, "Too many queries of one client", "client-busy", _SOON),
        errors.QueryStopped: Kind(503, "Query stopped", "query-stopped"),
        errors.MemoryExceeded: Kind(503, "Out of memory", "memory-exceeded", _LATER),
        errors.WorkerDied: Kind(503, "The worker ended", "worker-died"),
        errors.StoreBusy: Kind(503, "The store is busy", "store-busy", is_secret=True),
        errors.StoreUnavailable: Kind(
            503, "The store does not answer", "store-unavailable", MappingProxyType({"retry-after": "2"})
        ),
        errors.OutcomeUnknown: Kind(
            503, "Outcome unknown", "outcome-unknown", MappingProxyType({"retry-after": "10"})
        ),
        errors.TimeExceeded: Kind(504, "Out of time", "time-exceeded", _LATER),
        errors.StoreFull: Kind(507, "No space left", "store-full"),
    }
)


def problem(kind: Kind, detail: str, **facts: Fact) -> Response:
    """Give the answer that tells of a problem; `facts` become members beside the standard ones."""
    return _written(kind, TYPES + kind.slug, detail, facts)


def of(error: SummitryError, settings: Settings | None = None) -> Response:
    """Give the answer that tells of `error`, and of the value in `settings` of a limit that it broke."""
    kind = _kind(error)
    return problem(kind, told(error), **({} if kind.is_secret else _facts(error, settings)))


def told(error: SummitryError) -> str:
    """Give what whoever asked is told of `error`; what is secret goes into the log."""
    kind = _kind(error)
    if not kind.is_secret:
        return str(error)
    _LOG.error("%s: %s", kind.title, error, exc_info=error)
    return _OWN_FAULT


def _kind(error: SummitryError) -> Kind:
    return next(KINDS[parent] for parent in type(error).__mro__ if parent in KINDS)


def install(app: FastAPI) -> None:
    """Let `app` answer every error with a problem document."""
    for kind, answer in _handlers().items():
        app.add_exception_handler(kind, answer)


def answer_to(request: Request, error: Exception) -> Response:
    """Give the answer to `request`, which ended in `error`; what nobody expected goes into the log."""
    handlers = _handlers()
    kind = next(parent for parent in type(error).__mro__ if parent in handlers)
    if kind is Exception:
        _LOG.error("%s %s ended in an error", request.method, request.url.path, exc_info=error)
    return handlers[kind](request, error)


def _facts(error: SummitryError, settings: Settings | None) -> dict[str, Fact]:
    match error:
        case Refused():
            return {"errors": [as_members(finding) for finding in error.report.findings]}
        case LimitExceeded():
            value = {limit.name: limit.value for limit in settings.limits()} if settings else {}
            known: dict[str, Fact] = {"value": value[error.limit]} if error.limit in value else {}
            return {"limit": error.limit, **known}
        case MalformedQuery() if error.line:
            return {"line": error.line, "column": error.column}
        case _:
            return {}


def _on_ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, SummitryError)
    answer = of(error, getattr(request.app.state, "settings", None))
    # For the audit trail, whatever form the answer has.
    request.state.refusal = _OWN_FAULT if _kind(error).is_secret else str(error)
    wanted = media.negotiate(request.headers.get("accept", ""), _REPORTS)
    if isinstance(error, Refused) and wanted in BY_MEDIA.keys() - {media.JSON}:
        return Response(
            BY_MEDIA[wanted](error.report, _sources(request)), answer.status_code, media_type=wanted
        )
    return answer


def _sources(request: Request) -> dict[str, str]:
    """Give the text of the document that `request` brought, if it got so far."""
    document = getattr(request.state, "document", None)
    return {document.name: text_of(document.content)} if isinstance(document, Upload) else {}


def _on_parameters(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = [{"parameter": _named(row["loc"]), "message": str(row["msg"])} for row in error.errors()]
    detail = "; ".join(f"{row['parameter']}: {row['message']}" for row in found)
    request.state.refusal = detail
    return problem(KINDS[errors.BadParameter], detail, errors=found)


def _named(place: Sequence[str | int]) -> str:
    """Give the name of a parameter, of which one of several values may be meant."""
    return next(part for part in reversed(place) if isinstance(part, str))


def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = {name.lower(): value for name, value in (error.headers or {}).items()}
    detail = error.detail
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["allow"] = ", ".join(_allowed(request))
        detail = f"{request.url.path} knows {headers['allow']}, not {request.method}"
    elif error.status_code == HTTPStatus.NOT_FOUND and detail == HTTPStatus.NOT_FOUND.phrase:
        detail = f"there is nothing at {request.url.path}; /docs lists what there is"
    request.state.refusal = detail
    title = HTTPStatus(error.status_code).phrase
    return _written(Kind(error.status_code, title, headers=headers), "about:blank", detail, {})


def _on_disconnect(request: Request, _: Exception) -> Response:
    request.state.refusal = "the client left before its request was there whole"
    return Response(status_code=_NOBODY)


def _on_surprise(_: Request, __: Exception) -> Response:
    # The server logs what escaped.
    return problem(KINDS[SummitryError], _OWN_FAULT)


def _handlers() -> Mapping[type[Exception], Callable[[Request, Exception], Response]]:
    return {
        SummitryError: _on_ours,
        RequestValidationError: _on_parameters,
        HTTPException: _on_http,
        ClientDisconnect: _on_disconnect,
        Exception: _on_surprise,
    }


def _allowed(request: Request) -> list[str]:
    """Give the methods that some route has at this path; the framework tells those of the first one only."""
    routes = request.app.routes
    scopes = {method: {**request.scope, "method": method} for method in _METHODS}
    known = [m for m in _METHODS if any(route.matches(scopes[m])[0] is Match.FULL for route in routes)]
    return (
        ["GET", "HEAD", *(method for method in known if method not in ("GET", "HEAD"))]
        if "GET" in known
        else known
    )


def _written(kind: Kind, type_: str, detail: str, facts: Mapping[str, Fact]) -> Response:
    members = {"type": type_, "title": kind.title, "status": kind.status, "detail": detail, **facts}
    content = json.dumps(members, ensure_ascii=False)
    return Response(content, kind.status, headers=dict(kind.headers), media_type=PROBLEM)
