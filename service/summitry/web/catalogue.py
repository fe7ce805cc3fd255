"""The list of graphs: how large each is, and what it says of its origin."""

import json
from collections.abc import Iterable, Mapping
from itertools import groupby

from pydantic import BaseModel
from pyoxigraph import NamedNode

from summitry.bind import bind
from summitry.media import RESULTS_JSON
from summitry.terms import is_system
from summitry.usecases.ask import ask
from summitry.usecases.service import Service
from summitry.web.uploads import href_of

Row = Mapping[str, Mapping[str, str]]


class GraphSummary(BaseModel):
    """A graph. `revision` is the one that last changed it; `system` graphs are written by the service alone."""

    graph: str
    triples: int
    revision: int
    system: bool
    titles: dict[str, str]
    sources: list[str]
    publishers: list[str]
    licenses: list[str]
    href: str


class GraphList(BaseModel):
    """All graphs as of `revision`."""

    revision: int
    graphs: list[GraphSummary]


class Catalogue:
    """Counts are worked out by a worker, once for each revision."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._last = GraphList(revision=0, graphs=[])

    async def listed(self) -> GraphList:
        """Give the list as of the last revision."""
        if self._last.revision == self._service.store.head():
            return self._last
        query = bind("graphs", {}).encode()
        answer = await ask(self._service.workers, query, settings=self._service.settings, accept=RESULTS_JSON)
        with answer.body as body:
            rows: list[Row] = json.load(body)["results"]["bindings"]
        found = {name: list(group) for name, group in groupby(rows, key=lambda row: row["graph"]["value"])}
        # A query has no rows for the graphs of a plain store that are empty.
        names = sorted(found.keys() | {graph.value for graph in self._service.store.graphs()})
        summaries = [self._summary(name, found.get(name, [])) for name in names]
        self._last = GraphList(revision=answer.revision, graphs=summaries)
        return self._last

    def _summary(self, name: str, rows: list[Row]) -> GraphSummary:
        graph = NamedNode(name)
        return GraphSummary(
            graph=name,
            triples=int(rows[0]["triples"]["value"]) if rows else 0,
            revision=self._service.store.last_change(graph),
            system=is_system(graph),
            titles={
                row["title"].get("xml:lang", ""): row["title"]["value"] for row in rows if "title" in row
            },
            sources=_values(rows, "source"),
            publishers=_values(rows, "publisher"),
            licenses=_values(rows, "license"),
            href=href_of(graph),
        )


def _values(rows: Iterable[Row], name: str) -> list[str]:
    return sorted({row[name]["value"] for row in rows if name in row})
