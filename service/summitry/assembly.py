"""Puts a service together from its settings, and fills an empty store. Knows everything; nothing knows it."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode

from summitry import resources
from summitry.errors import BadParameter
from summitry.model import Commit, Upload
from summitry.settings import Settings
from summitry.store.embedded import EmbeddedStore
from summitry.store.names import SqliteNames
from summitry.store.plain import PlainStore
from summitry.terms import GRAPHS, ONTOLOGY_GRAPH, SHAPES_GRAPH, is_source
from summitry.usecases.ingest import Ingest, Progress
from summitry.usecases.plain import PlainIngest
from summitry.usecases.service import Service
from summitry.workers.pool import Workers

TURTLE: Final = "text/turtle"
OPERATOR: Final = "operator"
NAMES: Final = "names.sqlite"


@asynccontextmanager
async def opened(settings: Settings, progress: Progress) -> AsyncIterator[Service]:
    """Give the service of `settings`, its ontology and shapes those of this version; close it afterwards.

    An empty store is filled with the shipped graph unless `settings.empty`.
    A plain store stays as it is: it has neither ontology nor shapes.

    Raises:
        BadParameter: settings that contradict each other, or the store was made with the other ones.
    """
    directory = Path(settings.data) if settings.data else None
    kind = PlainStore if settings.is_plain else EmbeddedStore
    store = kind(directory, past_quads=settings.past_quads)
    names = SqliteNames(directory / NAMES if directory else None)
    try:
        _refuse_other_kind(store, settings)
        async with Workers(store, settings) as workers:
            ingest = (PlainIngest if settings.is_plain else Ingest)(store, workers, settings)
            service = Service(settings, store, workers, ingest, names)
            if settings.is_plain:
                yield service
                return
            await _install(service, progress)
            if not settings.empty and not any(map(is_source, store.graphs())):
                await _fill(service, progress)
            yield service
    finally:
        names.close()
        store.close()


def _refuse_other_kind(store: EmbeddedStore, settings: Settings) -> None:
    """Refuse a store that was filled under the other setting: one has an ontology from its first revision on."""
    has_rules = store.last_change(ONTOLOGY_GRAPH) > 0
    if settings.is_plain and has_rules:
        raise BadParameter(
            f"the store in {settings.data} has shapes and a merge; start it without --no-shapes"
        )
    if not settings.is_plain and store.head() and not has_rules:
        raise BadParameter(
            f"the store in {settings.data} is a plain one; start it with --no-shapes --default-graph unnamed"
        )


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
