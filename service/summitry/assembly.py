"""Puts a service together from its settings, and fills an empty store. Knows everything; nothing knows it."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode

from summitry import resources
from summitry.model import Commit, Upload
from summitry.settings import Settings
from summitry.store.embedded import EmbeddedStore
from summitry.store.names import SqliteNames
from summitry.terms import GRAPHS, ONTOLOGY_GRAPH, SHAPES_GRAPH, is_source
from summitry.usecases.ingest import Ingest, Progress
from summitry.usecases.service import Service
from summitry.workers.pool import Workers

TURTLE: Final = "text/turtle"
OPERATOR: Final = "operator"
NAMES: Final = "names.sqlite"


@asynccontextmanager
async def opened(settings: Settings, progress: Progress) -> AsyncIterator[Service]:
    """Give the service of `settings`, its ontology and shapes those of this version; close it afterwards.

    An empty store is filled with the shipped graph unless `settings.empty`.
    """
    directory = Path(settings.data) if settings.data else None
    store = EmbeddedStore(directory, past_quads=settings.past_quads)
    names = SqliteNames(directory / NAMES if directory else None)
    try:
        async with Workers(store, settings) as workers:
            service = Service(settings, store, workers, Ingest(store, workers, settings), names)
            await _install(service, progress)
            if not settings.empty and not any(map(is_source, store.graphs())):
                await _fill(service, progress)
            yield service
    finally:
        names.close()
        store.close()


@asynccontextmanager
async def rehearsing(settings: Settings, progress: Progress) -> AsyncIterator[Service]:
    """Give a service to rehearse on: the store of `settings`, or the shipped graph, taken as it is."""
    async with opened(replace(settings, empty=True), progress if settings.data else _silent) as service:
        if not settings.data:
            for path in resources.data_files():
                upload = Upload(path.read_bytes(), TURTLE, graph_of(path), name=path.name)
                await service.ingest.install(upload, Commit(OPERATOR, "to rehearse on"))
        yield service


def _silent(_: str) -> None:
    """Say nothing."""


def graph_of(path: Path) -> NamedNode:
    """Give the name of the graph that the document in `path` becomes when nobody names one."""
    return NamedNode(GRAPHS + path.stem)


async def _install(service: Service, progress: Progress) -> None:
    commit = Commit(OPERATOR, "ontology and shapes of this version")
    for graph, files in (
        (ONTOLOGY_GRAPH, resources.ontology_files()),
        (SHAPES_GRAPH, resources.shape_files()),
    ):
        upload = Upload(_joined(files), TURTLE, graph, name=graph.value)
        if service.ingest.is_installed(upload):
            continue
        outcome = await service.ingest.install(upload, commit)
        if outcome.revision:
            progress(f"installed {graph.value} as revision {outcome.revision.number}")
        for finding in outcome.report.violations:
            progress(f"the store does not conform any more: {finding.focus}: {finding.message}")


async def _fill(service: Service, progress: Progress) -> None:
    for path in resources.data_files():
        commit = Commit(OPERATOR, f"the shipped {path.name}")
        outcome = await service.ingest.write(
            Upload(path.read_bytes(), TURTLE, graph_of(path), name=path.name), commit
        )
        progress(f"loaded {path.name}: {outcome.added} triples")


def _joined(files: Iterable[Path]) -> bytes:
    """Give several Turtle files as one document: a file may repeat prefixes."""
    return b"\n".join(path.read_bytes() for path in files)
