"""The write use-case of a plain store: the same way from bytes to revision, without rules to judge by."""

from pyoxigraph import NamedNode

from summitry import patch
from summitry.errors import SystemGraph
from summitry.model import Changeset, Revision, Upload
from summitry.scan import scan_query
from summitry.terms import MERGE, NAMED_GRAPHS, UNNAMED, Graph, is_system
from summitry.usecases.ingest import Ingest, Judged, facts_of


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

    def _for_workers(self, change: Changeset, revision: Revision) -> bytes:  # noqa: ARG002 no descriptions
        return patch.write(change)

    def _stated_in(self, change: Changeset) -> set[Graph]:
        changed: set[Graph] = set()
        for quad in change.added | change.removed:
            if quad.graph_name != NAMED_GRAPHS:
                changed.add(UNNAMED if quad.graph_name == MERGE else quad.graph_name)
            elif isinstance(quad.subject, NamedNode):
                changed.add(quad.subject)
        return changed

    def _stated(self, change: Changeset) -> Changeset:
        parts = (change.added, change.removed)
        return Changeset(*(frozenset(q for q in part if q.graph_name != NAMED_GRAPHS) for part in parts))
