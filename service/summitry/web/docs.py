"""GET / and /docs: every endpoint with an example to copy, made from the OpenAPI document, so it cannot lie."""

import re
import shlex
from collections.abc import Iterator
from html import escape
from typing import Final

from fastapi import APIRouter, FastAPI, Request
from starlette.responses import Response

from summitry.web.endpoints import Endpoint, endpoints, tags
from summitry.web.pages import page
from summitry.web.problems import KINDS, TYPES

_TITLES: Final = {"sparql": "SPARQL"}


def routes(app: FastAPI) -> APIRouter:
    """Give the routes of the documentation of `app`."""
    router = APIRouter()

    async def docs(request: Request) -> Response:
        """Show the endpoints, with examples that run against this server."""
        base = str(request.base_url).rstrip("/")
        return page(app.title, "\n".join([*_head(app), *_sections(app, base), *_problems()]))

    for path in ("/", "/docs"):
        router.add_api_route(path, docs, include_in_schema=False, response_class=Response)
    return router


def _head(app: FastAPI) -> Iterator[str]:
    yield f"<h1>{escape(app.title)}</h1><p>{escape(app.description)}</p>"
    yield (
        f'<p>Version {escape(app.version)}. <a href="/explore">Try every route</a>, '
        '<a href="/sparql">write a query</a>, <a href="/ns">read the ontology</a>, '
        'or take the <a href="/openapi.json">OpenAPI document</a>.</p>'
    )


def _sections(app: FastAPI, base: str) -> Iterator[str]:
    document = app.openapi()
    listed = list(endpoints(document))
    for tag, description in tags(document).items():
        tagged = [endpoint for endpoint in listed if endpoint.tag == tag]
        if tagged:
            yield f'<h2 id="{escape(tag)}">{escape(_TITLES.get(tag, tag.capitalize()))}</h2><p>{_text(description)}</p>'
            yield from (_section(endpoint, base) for endpoint in tagged)


def _section(endpoint: Endpoint, base: str) -> str:
    parameters = "".join(
        f"<dt><code>{escape(parameter.name)}</code></dt><dd>{_text(parameter.description)}</dd>"
        for parameter in endpoint.parameters
    )
    return (
        f'<section><h3><span class="method">{endpoint.method}</span> <code>{escape(endpoint.path)}</code></h3>'
        f"<p><strong>{escape(endpoint.summary)}.</strong> {_text(endpoint.description)}</p>"
        f"<dl>{parameters}</dl><pre>{escape(_command(endpoint, base))}</pre></section>"
    )


def _text(description: str) -> str:
    """Give a description as HTML: what stands between backticks is code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(description))


def _command(endpoint: Endpoint, base: str) -> str:
    parts = ["curl"]
    if endpoint.method != "GET":
        parts += ["-X", endpoint.method]
    if endpoint.needs_token:
        parts += ["-H", "Authorization: Bearer TOKEN"]
    if endpoint.media:
        sending = ["--data-raw", endpoint.body] if endpoint.body else ["--data-binary", "@FILE"]
        parts += ["-H", f"Content-Type: {endpoint.media}", *sending]
    return " ".join(map(shlex.quote, [*parts, base + endpoint.example]))


def _problems() -> Iterator[str]:
    yield '<h2 id="problems">Problems</h2><p>Errors are problem documents (RFC 9457) of these types.</p>'
    kinds = sorted({(kind.status, kind.slug, kind.title) for kind in KINDS.values()})
    rows = (
        f"<dt>{status}</dt><dd><code>{escape(TYPES + slug)}</code> {title}</dd>"
        for status, slug, title in kinds
    )
    yield f"<dl>{''.join(rows)}</dl>"
