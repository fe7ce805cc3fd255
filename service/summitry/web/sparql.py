"""/sparql: queries by anyone and updates by curators, as SPARQL 1.1 Protocol has it.

Plain routes: rows pass through as bytes.
"""

import asyncio
import re
from functools import lru_cache
from html import escape
from typing import Final

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from summitry import media
from summitry.usecases import history
from summitry.usecases.ask import GRAPH, QUADS, SOLUTIONS, Subject, ask, at_once
from summitry.usecases.service import Service
from summitry.web import preconditions, problems
from summitry.web.answers import Copy, copy_of, sent, while_connected
from summitry.web.description import Description
from summitry.web.guard import Curator, commit_of
from summitry.web.negotiation import VARY, accepted
from summitry.web.pages import page
from summitry.web.queries import Desk
from summitry.web.rehearsal import rehearsed
from summitry.web.sparql_request import Change, Question, base_of, question
from summitry.web.validation import judgement
from summitry.workers.pool import Answer

EXAMPLE: Final = """\
PREFIX ap: <https://w3id.org/summitry/ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?meeting ?day ?label WHERE {
  ?meeting a/rdfs:subClassOf* ap:Meeting ; rdfs:label ?label .
  OPTIONAL { ?meeting ap:starts ?day }
}
ORDER BY ?day ?meeting ?label LIMIT 20
"""
_DOORS: Final = ("/sparql", "/sparql/")  # test suites end it with a slash
_METHODS: Final = ("GET", "POST")
_HTML: Final = "text/html"
_NO_CACHE: Final = {"cache-control": "no-cache"}


class Sparql:
    """The query endpoint."""

    def __init__(self, service: Service, curator: Curator, desk: Desk) -> None:
        self._desk = desk
        self._service = service
        self._curator = curator
        self._description = Description(service)

    async def answer(self, request: Request) -> Response:
        """Answer a query; without one, show a reader where to write one, and describe the service to others."""
        if (
            request.method == "GET"
            and not request.scope["query_string"]
            and "form" not in request.path_params
        ):
            if _is_reader(request):
                return _form()
            if media.negotiate(accepted(request), GRAPH):
                return await self._description.answer(request, base_of(request))
        asked = await question(request, self._service.settings, request.path_params.get("form", ""))
        if isinstance(asked, Change):
            return await self._update(request, asked)
        offered = (*SOLUTIONS, *QUADS)
        if not asked.explains and media.negotiate(asked.accept, offered) is None:
            raise HTTPException(406, f"{asked.accept} is not on offer; ask for one of {', '.join(offered)}")
        form = _form_of(asked.accept)
        head = self._service.store.head()
        if _is_kept_by_client(request, asked, _tag(head, form)):
            return Response(status_code=304, headers={**VARY, **_NO_CACHE, "etag": _tag(head, form)})
        base = base_of(request) if self._service.settings.is_plain else ""
        key = (asked.query, asked.default_graphs, asked.named_graphs, form, base)
        kept = self._service.answers.find(head, key) if asked.is_repeatable else None
        if isinstance(kept, Copy):
            return kept.sent(_headers(request, head, form))
        at_hand = at_once(self._service, asked.query, accept=asked.accept) if asked.is_usual else None
        answer = at_hand or await self._asked(request, asked, base)
        if asked.is_repeatable and (copy := copy_of(answer, question=asked.size)):
            self._service.answers.keep(answer.revision, key, copy)
        return sent(answer, _headers(request, answer.revision, form))

    async def _asked(self, request: Request, asked: Question, base: str) -> Answer:
        query = self._desk.query(request, asked.query)
        undone = await self._undone(asked.known_at)
        asking = ask(
            self._service.workers,
            asked.query,
            settings=self._service.settings,
            accept=asked.accept,
            subject=Subject(asked.default_graphs, asked.named_graphs, undone, base),
            explains=asked.explains,
            begin=query.begin,
        )
        return await while_connected(request, self._desk.queries.run(query, asking))

    async def _undone(self, known_at: str) -> list[bytes]:
        if not known_at:
            return []
        store = self._service.store
        number = await asyncio.to_thread(history.known_at, store, known_at)
        return await asyncio.to_thread(lambda: list(history.since(store, number)))

    async def _update(self, request: Request, change: Change) -> Response:
        self._curator.admit_bearer(request)
        ingest = self._service.ingest
        if change.is_dry_run:
            outcome = await while_connected(request, ingest.rehearse_update(change.update, base=change.base))
            return JSONResponse(await rehearsed(self._service, outcome))
        outcome = await ingest.update(change.update, commit_of(request, change.message), base=change.base)
        if self._service.settings.is_plain:
            return Response(status_code=204)
        revision = outcome.revision.number if outcome.revision else self._service.store.head()
        return JSONResponse({"revision": revision, **judgement(outcome)})


class Lane:
    """ASGI middleware that takes what is asked most, queries to the endpoint, past the framework's own way."""

    def __init__(self, app: ASGIApp, service: Service, curator: Curator, desk: Desk) -> None:
        self._app = app
        self._sparql = Sparql(service, curator, desk)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or hand on what is for other doors."""
        if scope["type"] != "http" or scope["path"] not in _DOORS or scope["method"] not in _METHODS:
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive, send)
        try:
            response = await self._sparql.answer(request)
        except Exception as error:  # noqa: BLE001 the answer to any error is a problem document
            response = problems.answer_to(request, error)
        await response(scope, receive, send)


def routes(service: Service, curator: Curator, desk: Desk) -> APIRouter:
    """Give the route of the query endpoint; `curator` guards updates, `desk` knows what is asked."""
    router = APIRouter()
    answer = Sparql(service, curator, desk).answer
    # Tools that send no Accept put what they want into the address.
    for path in (*_DOORS, "/sparql.{form}"):
        router.add_route(path, answer, methods=_METHODS)
    return router


def _is_kept_by_client(request: Request, asked: Question, tag: str) -> bool:
    return request.method == "GET" and not asked.known_at and preconditions.is_known(request, tag)


def _headers(request: Request, revision: int, form: str) -> dict[str, str]:
    is_kept = request.method == "GET"
    return {**VARY, **({"etag": _tag(revision, form), **_NO_CACHE} if is_kept else {})}


@lru_cache(maxsize=256)
def _form_of(accept: str) -> str:
    forms = [media.negotiate(accept, offers) or offers[0] for offers in (SOLUTIONS, QUADS)]
    return "-".join(re.split("[/+]", name)[-1] for name in forms)


def _tag(revision: int, form: str) -> str:
    """Give a weak entity tag: the order of rows, or a random value, is not the revision's; the form is."""
    return f"W/{preconditions.tag(revision, form)}"


def _is_reader(request: Request) -> bool:
    return media.negotiate(accepted(request), (*SOLUTIONS, *GRAPH, _HTML)) == _HTML


def _form() -> Response:
    options = "".join(
        f"<option>{name}</option>" for name in ("json", "xml", "csv", "tsv", "turtle", "nt", "jsonld")
    )
    return page(
        "SPARQL query",
        f"""<h1>SPARQL query</h1>
<form action="/sparql">
<p><label for="query">Query</label></p>
<textarea id="query" name="query" rows="12" spellcheck="false">{escape(EXAMPLE)}</textarea>
<p><label>Answer as <select name="format">{options}</select></label> <button>Ask</button></p>
</form>
<p>Programs send the parameter <code>query</code> to this address; see <a href="/docs">the documentation</a>.</p>""",
        VARY,
    )
