"""Puts a service together from its settings, and fills an empty store. Knows everything; nothing knows it."""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext, suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from pyoxigraph import Store

from summitry import shipped
from summitry.errors import BadParameter, StaleRevision, StoreUnavailable
from summitry.model import Commit
from summitry.settings import Settings
from summitry.store.audit import AuditFile
from summitry.store.base import GraphStore
from summitry.store.embedded import EmbeddedStore
from summitry.store.names import SqliteNames
from summitry.store.plain import PlainStore
from summitry.terms import ONTOLOGY_GRAPH, is_source
from summitry.usecases.follow import following
from summitry.usecases.ingest import Ingest, Progress
from summitry.usecases.plain import PlainIngest
from summitry.usecases.rehearsing import Rehearsals
from summitry.usecases.service import Service
from summitry.workers.pool import Workers

OPERATOR: Final = "operator"
NAMES: Final = "names.sqlite"
_LOOK_SECONDS: Final = 2.0
_RULES: Final = "ontology and shapes of this version"


@asynccontextmanager
async def opened(settings: Settings, progress: Progress, *, lags: bool = False) -> AsyncIterator[Service]:
    """Give the service of `settings`, its ontology and shapes those of this version; close it afterwards.

    An empty store is filled with the shipped graph unless `settings.empty`.
    A plain store stays as it is: it has neither ontology nor shapes. Its workers lag behind where it is only written
    to: see `Ingest`.

    Raises:
        BadParameter: settings that contradict each other, or the store was made with the other ones.
    """
    store = await asyncio.to_thread(_store, settings)
    names = SqliteNames(_names(settings, store))
    try:
        _refuse_other_kind(store, settings)
        if not store.head() and not (settings.empty or settings.is_plain) and shipped.is_sealed():
            await asyncio.to_thread(_take_in_sealed, store, progress)
        async with _audited(settings) as trail, Workers(store, settings) as workers:
            ingest = (PlainIngest if settings.is_plain else Ingest)(store, workers, settings, lags=lags)
            service = Service(settings, store, workers, ingest, names, trail)
            if not settings.is_plain:
                await _bring_up(service, progress)
            # Who lags behind catches up when it writes, and nobody else writes to a plain store.
            follower = (
                nullcontext() if lags or settings.is_plain else following(ingest, seconds=_LOOK_SECONDS)
            )
            async with follower:
                yield service
    finally:
        names.close()
        store.close()


@asynccontextmanager
async def _audited(settings: Settings) -> AsyncIterator[AuditFile]:
    """Give the audit trail: beside the ledger, or for as long as the store lasts."""
    if settings.data:
        yield AuditFile(Path(settings.data))
    else:
        with tempfile.TemporaryDirectory(prefix="summitry-audit-") as directory:
            yield AuditFile(Path(directory))


def _refuse_other_kind(store: GraphStore, settings: Settings) -> None:
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


def _store(settings: Settings) -> GraphStore:
    """Give the store that the settings name: a server's, or one of this process alone."""
    query = settings.store_query or (settings.store and settings.store.rstrip("/") + "/query")
    update = settings.store_update or (settings.store and settings.store.rstrip("/") + "/update")
    if not query and not update:
        kind = PlainStore if settings.is_plain else EmbeddedStore
        return kind(Path(settings.data) if settings.data else None, past_quads=settings.past_quads)
    if not query or not update:
        raise BadParameter("a remote store needs --store, or both --store-query and --store-update")
    if settings.is_plain:
        raise BadParameter("a plain store keeps blank nodes, which no other server does; leave out --store")
    # httpx is slow to import, and no other store needs it.
    from summitry.store.remote.connection import Place
    from summitry.store.remote.store import RemoteStore

    try:
        place = Place(query, update, settings.store_credentials, settings.store_seconds)
        return RemoteStore(place, past_quads=settings.past_quads)
    except StoreUnavailable as error:
        raise StoreUnavailable(f"{error}; it is looked for at {query}") from error


@asynccontextmanager
async def rehearsing(settings: Settings, progress: Progress) -> AsyncIterator[Rehearsals]:
    """Give where to rehearse writes: on the store of `settings`, or on what is shipped, taken as it is."""
    if settings.data:
        async with opened(replace(settings, empty=True), progress) as service:
            yield service.ingest
    else:
        async with Workers(shipped.Shipped(), settings) as workers:
            yield Rehearsals(workers, settings)


def _names(settings: Settings, store: GraphStore) -> Path | None:
    """Give the file of the index of names: in memory where the directory may once have been another store's."""
    is_in_directory = bool(settings.data) and isinstance(store, EmbeddedStore)
    return Path(settings.data) / NAMES if is_in_directory else None


def _take_in_sealed(store: GraphStore, progress: Progress) -> None:
    """Fill an empty store with what was validated when it was sealed, before anything copies the store."""
    installed = {upload.graph for upload in shipped.rules()}
    # Whoever fills the same server's store at the same time does the same.
    with suppress(StaleRevision):
        for number, (upload, change) in enumerate(shipped.changes(Store())):
            message = _RULES if upload.graph in installed else f"the shipped {upload.name}"
            digest = hashlib.sha256(upload.content).hexdigest()
            store.commit(change, Commit(OPERATOR, message, digest=digest), expected=number)
            if upload.graph in installed:
                progress(f"installed {upload.name} as revision {number + 1}")
            else:
                progress(f"loaded {upload.name}: {len(change.of_sources().added)} triples")


async def _bring_up(service: Service, progress: Progress) -> None:
    """Have the rules of this version in the store, and what is shipped in an empty one."""
    await _install(service, progress)
    if not service.settings.empty and not any(map(is_source, service.store.graphs())):
        await _fill(service, progress)


async def _install(service: Service, progress: Progress) -> None:
    commit = Commit(OPERATOR, _RULES)
    for upload in shipped.rules():
        if service.ingest.is_installed(upload):
            continue
        outcome = await service.ingest.install(upload, commit)
        if outcome.revision:
            progress(f"installed {upload.name} as revision {outcome.revision.number}")
        for finding in outcome.report.violations:
            progress(f"the store does not conform any more: {finding.focus}: {finding.message}")


async def _fill(service: Service, progress: Progress) -> None:
    for upload in shipped.graphs():
        outcome = await service.ingest.write(upload, Commit(OPERATOR, f"the shipped {upload.name}"))
        progress(f"loaded {upload.name}: {outcome.added} triples")
