"""The application: every door, behind the guard."""

from typing import Final

from fastapi import APIRouter, FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from summitry import __version__
from summitry.tokens import Tokens
from summitry.usecases.queries import Queries
from summitry.usecases.service import Service
from summitry.web import (
    audit,
    calendar,
    connections,
    decisions,
    dereference,
    description,
    docs,
    doors,
    dumps,
    effective,
    explorer,
    feeds,
    graph_store,
    graphs,
    guide,
    health,
    history,
    ontology,
    openapi,
    problems,
    queries,
    questions,
    reconcile,
    reconcile_draft,
    renaming,
    search,
    sparql,
    timeline,
    validation,
)
from summitry.web.compression import Compression
from summitry.web.guard import Curator, Guard
from summitry.web.mcp import Agents
from summitry.web.tools import Toolbox

_DESCRIPTION: Final = (
    "A knowledge graph of actors and policies: who does what to whom in international economic diplomacy, "
    "when, and according to which source. Reading is open; writing needs the curator's token. "
    "Agents find a guide at /llms.txt and speak the Model Context Protocol at /mcp."
)
_TAGS: Final = {
    "sparql": "Questions in SPARQL, over the whole graph.",
    "search": "What is called how: all kinds of things by their names, in any language.",
    "reconciliation": "Which entities the rows of a table mean, as OpenRefine asks.",
    "leaders": "Who leads which country, and from when to when.",
    "countries": "Economies: countries, and those that are none.",
    "policies": "Tariffs, export controls, sanctions, strategies, agreements; what state each is in, and since when.",
    "commodities": "What is traded, by the Harmonized System.",
    "meetings": "Summits, bilateral meetings and plenums: when, where, between whom.",
    "organizations": "Bodies that act, and their members.",
    "offices": "Positions that people hold.",
    "topics": "What is talked about.",
    "events": "What happens at a time: meetings, trips, speeches, conflicts, moves of markets.",
    "statements": "Who said what to whom about what, according to which document.",
    "claims": "What is attributed, inferred or disputed.",
    "documents": "The texts that the record rests on.",
    "entities": "Whatever has an IRI.",
    "calendar": "What is due: ends, starts, deadlines, meetings.",
    "connections": "How entities hang together, and where the record disagrees.",
    "questions": "Questions with parameters, each with its query: who held what, what was in force, who said what.",
    "graphs": "The graph of each source: list, read, check and replace.",
    "history": "Who changed what, when and why; undo; feeds.",
    "ontology": "The terms that the graph is written in, and the rules it is held to.",
    "service": "The service itself.",
}


def create_app(service: Service, tokens: Tokens) -> FastAPI:
    """Give the application that serves `service`; who has one of `tokens` may write."""
    app = FastAPI(
        title="Summitry",
        version=__version__,
        description=_DESCRIPTION,
        openapi_tags=[{"name": name, "description": text} for name, text in _TAGS.items()],
        docs_url=None,
        redoc_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # nothing of ours is sent anywhere
        generate_unique_id_function=openapi.operation_id,
    )
    curator = Curator(tokens, is_open=service.settings.open)
    desk = queries.Desk(Queries(service.settings.client_queries), tokens)
    for router in _routers(app, service, curator, desk):
        app.include_router(router)
    toolbox = Toolbox(service, app)
    if not service.settings.is_plain:
        app.include_router(guide.routes(app, toolbox))
    app.state.settings = service.settings
    problems.install(app)
    openapi.describe(app)
    if not service.settings.is_plain:
        _admit_agents(app, Agents(toolbox, service.settings))
    app.middleware_stack = _guarded(
        sparql.Lane(app.build_middleware_stack(), service, curator, desk), service
    )
    return app


def _routers(app: FastAPI, service: Service, curator: Curator, desk: queries.Desk) -> list[APIRouter]:
    """Give what `service` offers: a plain store has the doors of the standards alone."""
    plain = [
        sparql.routes(service, curator, desk),
        queries.routes(desk),
        audit.routes(service, curator),
        description.routes(service),
        health.routes(service),
        docs.routes(app),
    ]
    if service.settings.is_plain:
        return [*plain, graph_store.routes(service, curator)]
    # Each is tried in turn: what is asked most often stands first.
    return [
        effective.routes(service),
        doors.routes(service),
        *plain,
        search.routes(service),
        calendar.routes(service),
        connections.routes(service),
        dumps.routes(service),
        reconcile.routes(service),
        reconcile_draft.routes(service),
        decisions.routes(service, curator),
        questions.routes(service),
        timeline.routes(service),
        dereference.routes(service),
        graphs.routes(service, curator),
        feeds.routes(service),
        history.routes(service, curator),
        renaming.routes(service, curator),
        validation.routes(service),
        ontology.routes(service),
        explorer.routes(),
    ]


def _admit_agents(app: FastAPI, agents: Agents) -> None:
    """Let `app` answer agents for as long as it is served."""
    app.router.routes.append(agents.route())
    app.router.lifespan_context = lambda _: agents.running()


def _guarded(app: ASGIApp, service: Service) -> ASGIApp:
    """Put the guard before `app`, and before it what lets pages of other origins read."""
    guarded = Guard(Compression(queries.Identified(app)), settings=service.settings)
    return CORSMiddleware(
        audit.Audited(guarded, trail=service.trail),
        allow_origins=["*"],
        allow_methods=["GET", "HEAD", "POST"],
        allow_headers=["Authorization", "If-None-Match", "Last-Event-ID", "Query-Id"],
        expose_headers=["ETag", "Link", "Location", "Query-Id", "Retry-After", "Warning"],
    )
