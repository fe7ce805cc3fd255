"""How much the graph holds, counted by a worker once for each revision."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from summitry.bind import bind
from summitry.errors import LimitExceeded
from summitry.media import RESULTS_JSON
from summitry.usecases.ask import ask
from summitry.usecases.service import Service

Row = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Counts:
    """The counts of the default graph by their VoID names, and the triples of each named graph, as of `revision`.

    Counts that took longer than a query may are absent.
    """

    revision: int = -1
    default: Mapping[str, int] = field(default_factory=dict)
    graphs: Mapping[str, int] = field(default_factory=dict)


class Statistics:
    """The counts of one service, kept until the graph changes."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._last = Counts()

    async def counts(self) -> Counts:
        """Give the counts as of the last revision."""
        head = self._service.store.head()
        if self._last.revision != head:
            default = await self._rows("statistics")
            graphs = {
                row["graph"]["value"]: int(row["triples"]["value"]) for row in await self._rows("graphs")
            }
            named = {name.value: graphs.get(name.value, 0) for name in self._service.store.graphs()}
            counted = {name: int(term["value"]) for row in default for name, term in row.items()}
            self._last = Counts(head, counted, named)
        return self._last

    async def _rows(self, query: str) -> list[Row]:
        service = self._service
        try:
            answer = await ask(
                service.workers, bind(query, {}).encode(), settings=service.settings, accept=RESULTS_JSON
            )
        except LimitExceeded:
            return []
        with answer.body as body:
            rows: list[Row] = json.load(body)["results"]["bindings"]
        return rows
