"""What the commands share: how they speak, what they read, and their exit codes."""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Final, TypeVar

import click
import uvloop
from pyoxigraph import NamedNode

from summitry import media, progress
from summitry.model import Upload
from summitry.settings import Settings
from summitry.shipped import graph_of
from summitry.store.ledger import FILE

T = TypeVar("T")
Command = Callable[..., None]

REFUSED: Final = 1
FAILED: Final = 3
_SILENT_SECONDS: Final = 3
STDIN: Final = "<stdin>"
HYPHEN: Final = "-"


def say(line: str) -> None:
    """Tell the person at the terminal; standard output stays free for results."""
    click.echo(line, err=True)


def run(work: Coroutine[None, None, T]) -> T:
    """Give the result of `work`."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


async def patiently(name: str, work: Awaitable[T]) -> T:
    """Give the result of `work`; while it lasts, say every few seconds what it is at."""
    steps = ["reading"]
    started = time.monotonic()
    with progress.heard_by(steps.append):
        task = asyncio.ensure_future(work)
    while not (await asyncio.wait([task], timeout=_SILENT_SECONDS))[0]:
        say(f"{name}: {steps[-1]}, after {time.monotonic() - started:.0f} s")
    return await task


def examples(*lines: str) -> str:
    """Give the end of a help page: commands that run as they stand."""
    return "\b\nExamples:\n" + "\n".join(f"  summitry {line}" for line in lines)


def read(name: str) -> bytes:
    """Give the content of the file `name`, or of standard input for a hyphen."""
    if name == HYPHEN:
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise click.BadParameter(f"{name}: {error.strerror}") from error


def upload(name: str, graph: str | None) -> Upload:
    """Give the document in the file `name` for `graph`, or else for the graph that is named like the file."""
    if name == HYPHEN:
        return Upload(read(name), "text/turtle", _named(graph, Path("stdin")), name=STDIN)
    kind = media.media_of_file(name)
    if kind is None:
        raise click.BadParameter(f"{name}: its name does not end as that of an RDF file, such as .ttl")
    is_dataset = kind in (media.TRIG, media.N_QUADS)
    return Upload(read(name), kind, _named(graph, Path(name)), name=name, is_dataset=is_dataset)


def need_data(data: str) -> None:
    """Refuse a command line that does not say which store is to be changed."""
    if not data:
        raise click.UsageError("say where the store is: --data DIR, or SUMMITRY_DATA")


def need_store(settings: Settings) -> None:
    """Refuse a command line that names neither a directory nor a server that has the store to be changed."""
    if not any((settings.data, settings.store, settings.store_query, settings.store_update)):
        raise click.UsageError("say where the store is: --data DIR, or --store URL for that of a server")


def need_made(data: str) -> None:
    """Refuse a directory without a store: a new one would be made there, and taken for the one that was meant."""
    if data and not (Path(data) / FILE).exists():
        raise click.BadParameter(f"there is no store in {data}; check the path", param_hint="--data")


def _named(graph: str | None, path: Path) -> NamedNode:
    try:
        return NamedNode(graph) if graph else graph_of(path)
    except ValueError as error:
        raise click.BadParameter(f"{graph} is no IRI: {error}", param_hint="--graph") from error
