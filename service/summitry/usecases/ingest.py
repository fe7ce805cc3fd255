"""The one write: an upload becomes the content of its graph, or nothing happens.

Bytes → parse → validate what the change touches → difference → provenance → commit → revision. Whatever a
client wrote is read in a worker, on its private copy of the graph; the commit happens here.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Final

from pyoxigraph import NamedNode

from summitry import audit, patch, progress, provenance
from summitry.errors import (
    BadParameter,
    Forbidden,
    InvalidDocument,
    MalformedDocument,
    StaleRevision,
)
from summitry.model import Changeset, Commit, Report, Revision, Upload
from summitry.patch import Change
from summitry.settings import Settings
from summitry.store.base import GraphStore
from summitry.terms import SHAPES, Graph, is_source
from summitry.usecases import history, renaming
from summitry.usecases.rehearsing import Judged, Outcome, Rehearsals
from summitry.workers.pool import Workers

SYNTAX: Final = SHAPES + "Syntax"
# How often a write is judged anew because another instance was faster.
_ATTEMPTS: Final = 5

Progress = Callable[[str], None]


class _Overtaken(StaleRevision):
    """The store moved on between judgement and commit, whatever the writer expected of it."""


class Ingest(Rehearsals):
    """The write use-case over one store. Writers wait for each other.

    Where nobody reads, workers may lag behind the store: they are brought up before the next write.
    """

    def __init__(
        self, store: GraphStore, workers: Workers, settings: Settings, *, lags: bool = False
    ) -> None:
        super().__init__(workers, settings)
        self._store = store
        self._lags = lags
        self._writing = asyncio.Lock()

    async def follow(self) -> None:
        """Bring the workers to what other instances wrote to the same store. Raises StoreUnavailable."""
        async with self._writing:
            await self._catch_up()

    async def write(self, upload: Upload, commit: Commit, *, expected: int | None = None) -> Outcome:
        """Write `upload` to its graph as its method says.

        Raises:
            MalformedDocument, InvalidDocument: it is refused; the error has the report.
            StaleRevision: the graph's last change is not revision `expected`.
            SystemGraph: the graph is not a client's to write.
        """
        self._refuse_system(upload)
        signed = replace(commit, digest=hashlib.sha256(upload.content).hexdigest())

        async def judge() -> Judged:
            self._refuse_stale(upload.graph, expected)
            return await self._judge_upload(upload)

        return await self._write(judge, signed)

    async def install(self, upload: Upload, commit: Commit) -> Outcome:
        """Make `upload` the content of its graph, one of the system's perhaps: for the operator, at start.

        The report says what new shapes or a new ontology find in the whole store; it refuses nothing.
        """
        signed = replace(commit, digest=hashlib.sha256(upload.content).hexdigest())
        return await self._write(lambda: self._judge_upload(upload, operator=True), signed, refuses=False)

    def is_installed(self, upload: Upload) -> bool:
        """Tell whether the graph of `upload` was last changed by these very bytes."""
        last = self._store.last_change(upload.graph)
        digest = hashlib.sha256(upload.content).hexdigest()
        return last > 0 and self._store.revision(last).commit.digest == digest

    async def update(self, update: bytes, commit: Commit, *, base: str = "") -> Outcome:
        """Do what a SPARQL 1.1 Update asks for. `base` is what a plain store resolves relative IRIs against.

        Raises:
            ScanRefused, MalformedQuery, BadParameter, SystemGraph: see `summitry.update`.
            InvalidDocument: the state it would leave breaks a shape; the error has the report.
        """
        signed = replace(commit, digest=hashlib.sha256(update).hexdigest())
        return await self._write(lambda: self._judge_update(update, base), signed)

    async def revert(self, number: int, commit: Commit) -> Outcome:
        """Undo revision `number` by a new one.

        Raises:
            UnknownRevision: it was never made.
            Conflict: a later revision changed again what it changed.
            InvalidDocument: without it, the graph would break a shape; the error has the report.
        """
        return await self._write(lambda: self._judge_inverse(number), commit)

    async def rehearse_revert(self, number: int) -> Outcome:
        """Give what `revert` would do, and store nothing. The report may refuse it."""
        return await self._shown(await self._judge_inverse(number))

    async def rehearse_replacement(self, old: NamedNode, new: NamedNode, *, merging: bool) -> Outcome:
        """Give what `replace_entity` would do, and store nothing. The report may refuse it."""
        return await self._shown(await self._judge_replacement(old, new, merging))

    async def replace_entity(
        self, old: NamedNode, new: NamedNode, commit: Commit, *, merging: bool
    ) -> Outcome:
        """Make `new` the IRI of the entity `old`, or where `merging` make one entity of both, which `new` is then.

        Raises:
            UnknownEntity, BadParameter: see `renaming`; or the commit does not say why.
            InvalidDocument: what `new` would then be breaks a shape; the error has the report.
        """
        if not commit.message.strip():
            raise BadParameter("the message is empty; say why, for whoever looks up the old name")
        return await self._write(lambda: self._judge_replacement(old, new, merging), commit)

    async def _write(
        self, judge: Callable[[], Awaitable[Judged]], commit: Commit, *, refuses: bool = True
    ) -> Outcome:
        audit.note(commit=commit)
        # A client that goes away must not leave a commit half told: the work goes on without it.
        return await asyncio.shield(self._write_whole(judge, commit, refuses))

    async def _write_whole(
        self, judge: Callable[[], Awaitable[Judged]], commit: Commit, refuses: bool
    ) -> Outcome:
        async with self._writing:
            for _ in range(_ATTEMPTS - 1):
                # Another instance may have written to the same store since: then it is all judged anew.
                with suppress(_Overtaken):
                    return await self._attempt(judge, commit, refuses)
            return await self._attempt(judge, commit, refuses)

    async def _attempt(
        self, judge: Callable[[], Awaitable[Judged]], commit: Commit, refuses: bool
    ) -> Outcome:
        await self._catch_up()
        judged = await judge()
        if refuses:
            _refuse_if_invalid(judged.outcome.report)
        self._refuse_out_of_scope(judged.change, commit)
        if not judged.change:
            return judged.outcome
        base = judged.outcome.base
        progress.tell("committing")
        try:
            revision = await asyncio.to_thread(self._store.commit, judged.change, commit, expected=base)
        except StaleRevision as error:
            raise _Overtaken(str(error)) from error
        audit.note(revision=revision)
        if not self._lags:
            await self._workers.apply(self._for_workers(judged.change, revision), revision.number)
        return replace(judged.outcome, revision=revision)

    async def _catch_up(self) -> None:
        head = await asyncio.to_thread(self._store.refresh)
        for number in range(self._workers.revision + 1, head + 1):
            recorded = await asyncio.to_thread(self._store.patch, number)
            await self._workers.apply(patch.changes(recorded), number)

    def _for_workers(self, change: Change, revision: Revision) -> bytes:  # noqa: ARG002 for plain stores
        """Give the patch that brings the workers' graph to `revision`: what it describes of itself included."""
        return patch.changes(self._store.patch(revision.number))

    def _refuse_out_of_scope(self, change: Change, commit: Commit) -> None:
        if commit.scope:
            for graph in self._stated_in(change) - {NamedNode(name) for name in commit.scope}:
                raise Forbidden(f"{commit.agent} may not change the graph {graph}")

    def _stated_in(self, change: Change) -> set[Graph]:
        """Give the graphs in which `change` states or retracts something; the rest of it follows from that."""
        touched = provenance.touched(change) if isinstance(change, Changeset) else change.graphs
        return set(filter(is_source, touched))

    def _refuse_stale(self, graph: NamedNode, expected: int | None) -> None:
        last = self._store.last_change(graph)
        if expected is not None and expected != last:
            raise StaleRevision(f"the graph {graph} is at r{last}, not at r{expected}; fetch it and retry")

    async def _judge_inverse(self, number: int) -> Judged:
        return await self._judge_change(await asyncio.to_thread(history.inverse, self._store, number))

    async def _judge_replacement(self, old: NamedNode, new: NamedNode, merging: bool) -> Judged:
        base = self._settings.instance_base
        find = renaming.merged if merging else partial(renaming.renamed, base=base)
        return await self._judge_change(await asyncio.to_thread(find, self._store, old, new))


def _refuse_if_invalid(report: Report) -> None:
    if report.conforms:
        return
    if any(finding.component == SYNTAX for finding in report.violations):
        raise MalformedDocument(report)
    raise InvalidDocument(report)
