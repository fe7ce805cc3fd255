"""The write use-case of a plain store: the same way from bytes to revision, without rules to judge by."""

from summitry import patch, plain
from summitry.errors import SystemGraph
from summitry.model import Changeset, Revision, Upload
from summitry.patch import Change
from summitry.scan import scan_query
from summitry.terms import UNNAMED, Graph, is_system
from summitry.usecases.ingest import Ingest
from summitry.usecases.rehearsing import Judged, facts_of


class PlainIngest(Ingest):
    """Writes documents and updates as the standards say; UNNAMED stands for the default graph."""

    async def _judge_upload(self, upload: Upload, *, operator: bool = False) -> Judged:  # noqa: ARG002 no rules
        return await self._judged("plain_write", upload.content, facts_of(upload))

    async def _judge_update(self, update: bytes, base: str) -> Judged:
        text = scan_query(update, limit=self._settings.query_bytes)
        return await self._judged("plain_update", text.encode(), {"base": base})

    def _refuse_system(self, upload: Upload) -> None:
        if is_system(upload.graph) and upload.graph != UNNAMED:
            raise SystemGraph(f"the name {upload.graph} is reserved; choose another")

    def _for_workers(self, change: Change, revision: Revision) -> bytes:  # noqa: ARG002 no descriptions
        return patch.write(change)

    def _stated_in(self, change: Change) -> set[Graph]:
        return set(plain.touched(change) if isinstance(change, Changeset) else change.graphs)

    def _stated(self, change: Changeset) -> Changeset:
        return plain.stated(change)
