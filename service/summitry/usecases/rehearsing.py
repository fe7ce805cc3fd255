"""What a write would do, worked out in a worker on its private copy of the graph. Nothing is stored.

Whatever a client wrote is read there and nowhere else: see `summitry.rehearse`.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pyoxigraph import NamedNode

from summitry import blank, patch
from summitry.errors import SystemGraph
from summitry.model import Changeset, Report, Revision, Upload
from summitry.patch import Addition, Change
from summitry.report import loads
from summitry.scan import scan_query
from summitry.settings import Settings
from summitry.terms import is_system
from summitry.workers.frames import Fact, Kind, Message
from summitry.workers.pool import Answer, Request, Workers


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a write did, or in a rehearsal would do. `revision` is None where nothing was committed.

    `added` and `removed` count the triples of source graphs, in a rehearsal `change` has them; `base` is the
    revision it was judged on.
    """

    report: Report
    added: int
    removed: int
    base: int
    revision: Revision | None = None
    change: Changeset = field(default_factory=Changeset)


@dataclass(frozen=True, slots=True)
class Judged:
    """A change that was worked out on a copy of the graph, and what was found about it."""

    outcome: Outcome
    change: Change


class Rehearsals:
    """Rehearses writes to the graph that the workers hold."""

    def __init__(self, workers: Workers, settings: Settings) -> None:
        self._workers = workers
        self._settings = settings

    async def rehearse(self, upload: Upload) -> Outcome:
        """Give what `write` would do, and store nothing. The report may refuse it.

        Raises:
            SystemGraph: the graph is not a client's to write.
        """
        self._refuse_system(upload)
        return await self._shown(await self._judge_upload(upload))

    async def rehearse_update(self, update: bytes, *, base: str = "") -> Outcome:
        """Give what `update` would do, and store nothing. The report may refuse it."""
        return await self._shown(await self._judge_update(update, base))

    def _refuse_system(self, upload: Upload) -> None:
        if is_system(upload.graph) and not upload.is_dataset:
            raise SystemGraph(f"the graph {upload.graph} is the system's own; choose another name")

    async def _judge_upload(self, upload: Upload, *, operator: bool = False) -> Judged:
        return await self._judged("rehearse", upload.content, {**facts_of(upload), "operator": operator})

    async def _judge_update(self, update: bytes, base: str) -> Judged:  # noqa: ARG002 for plain stores
        text = scan_query(update, limit=self._settings.query_bytes)
        answer = await self._run("update", text.encode(), {"workspace": self._settings.workspace})
        return await self._judge_change(patch.read(await _content(answer)))

    async def _judge_change(self, change: Changeset) -> Judged:
        return await self._judged("propose", patch.write(change), {})

    async def _judged(self, job: str, body: bytes, facts: Mapping[str, Fact]) -> Judged:
        answer = await self._run(job, body, facts)
        meta = Message(Kind.END, answer.meta)
        change = await asyncio.to_thread(_change, await _content(answer), meta)
        added, removed = int(meta.number("added")), int(meta.number("removed"))
        return Judged(Outcome(loads(meta.text("report")), added, removed, answer.revision), change)

    async def _shown(self, judged: Judged) -> Outcome:
        """Give the outcome of a rehearsal, with what a client's graphs would gain and lose."""
        change = judged.change
        if not isinstance(change, Changeset):
            change = await asyncio.to_thread(change.changeset)
        return replace(judged.outcome, change=self._stated(change))

    def _stated(self, change: Changeset) -> Changeset:
        """Give the part of `change` that a client asked for."""
        return change.of_sources()

    async def _run(self, job: str, body: bytes, facts: Mapping[str, Fact]) -> Answer:
        limits: dict[str, Fact] = {
            "instance_base": self._settings.instance_base,
            "upload_bytes": self._settings.upload_bytes,
        }
        request = Request(job, body, {**limits, **facts}, self._settings.write_seconds, limit="write_seconds")
        return await self._workers.run(request)


def facts_of(upload: Upload) -> dict[str, Fact]:
    """Give what a worker is told of `upload` beside its bytes."""
    return {
        "media": upload.media,
        "graph": upload.graph.value,
        "name": upload.name,
        "method": upload.method.value,
        "is_dataset": upload.is_dataset,
        "base": upload.base,
    }


async def _content(answer: Answer) -> bytes:
    with answer.body as body:
        return await asyncio.to_thread(body.read)


def _change(content: bytes, meta: Message) -> Change:
    """Give the change that a job found, whose answer says `meta` of it."""
    graphs = meta.texts("graphs")
    if meta.number("are_quads"):
        addition = Addition(content, tuple(map(NamedNode, graphs)))
        return addition.changeset() if blank.claims_names(content) else addition
    return patch.received(content, graphs, meta.text("described"))
