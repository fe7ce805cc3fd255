"""The commands that answer: serve, query, export."""

import secrets
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

import click
from pyoxigraph import NamedNode, RdfFormat, serialize

from summitry.assembly import opened
from summitry.cli.options import settings_options, store_options
from summitry.cli.shell import examples, need_made, read, run, say
from summitry.settings import Settings
from summitry.terms import PREFIXES, is_source
from summitry.tokens import FILE, Bearer, Role, Tokens
from summitry.usecases.ask import ask

_LOOK_SECONDS: Final = 1.0


@click.command(
    epilog=examples(
        "serve --data ./graph", "serve --port 8080 --empty", "serve --data ./graph --token secret"
    )
)
@settings_options()
def serve(**values: str | int | float | bool) -> None:
    """Answer SPARQL and REST over HTTP.

    The first start fills an empty store with the shipped graph, through validation.
    """
    run(_serve(Settings(**values)))  # type: ignore[arg-type]


@click.command(
    epilog=examples(
        'query "SELECT ?leader { ?leader a ap:Leader }"',
        "query --data ./graph --format text/csv - < question.rq",
    )
)
@click.argument("query")
@click.option("--format", "media", default="", help="Media type of the answer, for example text/csv.")
@store_options
def query(query: str, media: str, settings: Settings) -> None:
    """Answer a SPARQL QUERY from the store --data or --store, or without one from the shipped graph.

    A hyphen reads the query from standard input.
    """
    need_made(settings.data)
    text = read(query) if query == "-" else query.encode()
    run(_query(text, media, settings))


@click.command(
    epilog=examples(
        "export --data ./graph > all.nq",
        "export --graph https://w3id.org/summitry/graph/countries > countries.ttl",
    )
)
@click.option(
    "--graph", help="IRI of one graph, written as Turtle; without it all source graphs, as N-Quads."
)
@store_options
def export(graph: str | None, settings: Settings) -> None:
    """Write what sources state in the store --data or --store, or in the shipped graph, to standard output."""
    need_made(settings.data)
    run(_export(NamedNode(graph) if graph else None, settings))


async def _serve(settings: Settings) -> None:
    # FastAPI and all that the doors show are slow to import, and no other command needs them.
    from summitry.usecases.warming import warming
    from summitry.web.app import create_app
    from summitry.web.server import serve as serve_http

    token = settings.token or secrets.token_urlsafe(24)
    kept = Path(settings.data) / FILE if settings.data else None
    tokens = Tokens(kept, [(token, Bearer("curator", Role.ADMIN))])
    async with opened(settings, say) as service:
        if not settings.token:
            say(f"Token of the curator, for this run: {token}")
        app = create_app(service, tokens)
        async with AsyncExitStack() as stack:
            if not settings.is_plain:
                await stack.enter_async_context(warming(service, seconds=_LOOK_SECONDS))
            await serve_http(app, settings, lambda url: say(f"Summitry listens on {url}"))


async def _query(text: bytes, media: str, settings: Settings) -> None:
    async with opened(settings, say) as service:
        answer = await ask(service.workers, text, accept=media, settings=settings)
        with answer.body as body:
            while piece := body.read(65536):
                sys.stdout.buffer.write(piece)
        sys.stdout.flush()


async def _export(graph: NamedNode | None, settings: Settings) -> None:
    async with opened(settings, say) as service:
        store = service.store
        if graph:
            triples = (quad.triple for quad in store.quads(graph))
            serialize(triples, sys.stdout.buffer, RdfFormat.TURTLE, prefixes=dict(PREFIXES))
        else:
            quads = (quad for name in store.graphs() if is_source(name) for quad in store.quads(name))
            serialize(quads, sys.stdout.buffer, RdfFormat.N_QUADS)
