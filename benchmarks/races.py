"""Two writers at once, over HTTP: each valid alone, both together not; and two who start from one state.

Of each two exactly one may win. Which one it is, and how far the other gets first, is left to chance: one
starts up to some milliseconds after the other.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

import click
import httpx
from measure import circumstances
from served import served

from summitry.terms import GRAPHS, PREFIXES, SHAPES

_DELAY: Final = 0.02
_INVALID: Final = 422
_STALE: Final = 412

Answers = tuple[httpx.Response, httpx.Response]
Both = tuple[str, str]


class BothWon(Exception):
    """Of two writers other than exactly one won, or not only what it wrote is there."""


@dataclass(frozen=True, slots=True)
class Clash:
    """What two documents share, what each says, and the shape that both together break. `NUMBER` is the round's."""

    shape: str
    shared: str
    says: Both


CLASHES: Final[Mapping[str, Clash]] = {
    "two holders of one office": Clash(
        "SeatsShape",
        """
        country:cNUMBER a ap:Country ; rdfs:label "country"@en .
        office:oNUMBER a ap:Office ; rdfs:label "office"@en ; ap:ofCountry country:cNUMBER .
        person:aNUMBER a ap:Person ; rdfs:label "A"@en . person:bNUMBER a ap:Person ; rdfs:label "B"@en .
        """,
        (
            """tenure:aNUMBER a ap:Tenure ; ap:holder person:aNUMBER ; ap:office office:oNUMBER ;
            ap:from "2020-01-01"^^xsd:date .""",
            """tenure:bNUMBER a ap:Tenure ; ap:holder person:bNUMBER ; ap:office office:oNUMBER ;
            ap:from "2021-01-01"^^xsd:date .""",
        ),
    ),
    "two entities of one Wikidata item": Clash(
        "WikidataUniqueShape",
        """
        person:aNUMBER a ap:Person ; rdfs:label "A"@en . person:bNUMBER a ap:Person ; rdfs:label "B"@en .
        """,
        ("person:aNUMBER skos:exactMatch wd:Q9NUMBER .", "person:bNUMBER skos:exactMatch wd:Q9NUMBER ."),
    ),
    "two states of one policy that exclude each other": Clash(
        "ExclusiveStatesShape",
        """
        country:cNUMBER a ap:Country ; rdfs:label "country"@en .
        organization:oNUMBER a ap:NewsOutlet ; rdfs:label "outlet"@en .
        document:dNUMBER a ap:Document ; rdfs:label "news"@en ; ap:title "news"@en ;
            ap:publisher organization:oNUMBER ; ap:published "2025-10-24"^^xsd:date .
        policy:pNUMBER a ap:TariffMeasure ; rdfs:label "levy"@en ; ap:imposedBy country:cNUMBER .
        """,
        (
            """policy:pNUMBER ap:hasState state:aNUMBER . state:aNUMBER a ap:PolicyState ;
            ap:inDocument document:dNUMBER ; ap:status status:in-force ;
            ap:from "2025-01-01"^^xsd:date ; ap:until "2025-12-31"^^xsd:date .""",
            """policy:pNUMBER ap:hasState state:bNUMBER . state:bNUMBER a ap:PolicyState ;
            ap:inDocument document:dNUMBER ; ap:status status:revoked ;
            ap:from "2025-03-01"^^xsd:date ; ap:until "2025-11-30"^^xsd:date .""",
        ),
    ),
}
BY_UPDATE: Final = {f"{kind}, by SPARQL Update": clash for kind, clash in CLASHES.items()}
OVERWRITTEN: Final = "one state overwritten twice under If-Match"
CREATED: Final = "one graph created twice under If-None-Match"
KINDS: Final = (*CLASHES, *BY_UPDATE, OVERWRITTEN, CREATED)


class Race:
    """Rounds of one kind; each gives which of two writers won, 0 or 1."""

    def __init__(self, client: httpx.AsyncClient, kind: str, seed: int) -> None:
        self._client = client
        self._kind = kind
        self._chance = Random(f"{kind} {seed}")

    async def run(self) -> int:
        """Run one round, in graphs and with entities of its own. Raises BothWon."""
        number = str(self._chance.randrange(10**12))
        if self._kind == OVERWRITTEN:
            answer = await self._put(number, _person(number, "old"))
            return await self._conditional(number, {"if-match": answer.raise_for_status().json()["etag"]})
        if self._kind == CREATED:
            return await self._conditional(number, {"if-none-match": "*"})
        return await self._clash({**CLASHES, **BY_UPDATE}[self._kind], number)

    async def _clash(self, clash: Clash, number: str) -> int:
        """Have two graphs written that break a shape together."""
        (await self._put(f"{number}-shared", clash.shared.replace("NUMBER", number))).raise_for_status()
        write = self._insert if self._kind in BY_UPDATE else self._put
        graphs = (f"{number}-0", f"{number}-1")
        first, second = (
            write(graph, says.replace("NUMBER", number))
            for graph, says in zip(graphs, clash.says, strict=True)
        )
        answers = await self._both(first, second)
        winner = _only_winner(answers, _INVALID)
        blamed = {error.get("shape") for error in answers[1 - winner].json()["errors"]}
        found = [(await self._get(graph)).is_success for graph in graphs]
        if SHAPES + clash.shape not in blamed or found != [winner == 0, winner == 1]:
            raise BothWon(f"{self._kind}, {number}: {blamed} is blamed, {found} is there")
        return winner

    async def _conditional(self, graph: str, condition: Mapping[str, str]) -> int:
        """Have one graph written twice by writers who started from the same state of it."""
        names = ("new", "newer")
        first, second = (self._put(graph, _person(graph, name), condition) for name in names)
        winner = _only_winner(await self._both(first, second), _STALE)
        found = (await self._get(graph)).text
        if [f'"{name}"' in found for name in names] != [winner == 0, winner == 1]:
            raise BothWon(f"{self._kind}, {graph}: {names[winner]} was accepted, and this is there: {found}")
        return winner

    async def _both(self, first: Awaitable[httpx.Response], second: Awaitable[httpx.Response]) -> Answers:
        """Start both, one of them a little later; give both answers."""
        late = self._chance.randrange(2)
        delay = self._chance.choice([0, self._chance.uniform(0, _DELAY)])

        async def answer(index: int, request: Awaitable[httpx.Response]) -> httpx.Response:
            await asyncio.sleep(delay if index == late else 0)
            return await request

        return await asyncio.gather(answer(0, first), answer(1, second))

    async def _put(
        self, graph: str, turtle: str, condition: Mapping[str, str] | None = None
    ) -> httpx.Response:
        headers = {"content-type": "text/turtle", **(condition or {})}
        content = _prologue("@prefix {}: <{}> .\n") + turtle
        return await self._client.put("/graphs", params=_named(graph), content=content, headers=headers)

    async def _insert(self, graph: str, turtle: str) -> httpx.Response:
        headers = {"content-type": "application/sparql-update"}
        update = f"INSERT DATA {{ GRAPH <{_named(graph)['graph']}> {{ {turtle} }} }}"
        content = _prologue("PREFIX {}: <{}>\n") + update
        return await self._client.post("/sparql", content=content, headers=headers)

    async def _get(self, graph: str) -> httpx.Response:
        return await self._client.get("/graphs", params=_named(graph), headers={"accept": "text/turtle"})


def _named(graph: str) -> Mapping[str, str]:
    return {"graph": f"{GRAPHS}race-{graph}"}


def _prologue(line: str) -> str:
    return "".join(line.format(name, space) for name, space in PREFIXES.items())


def _person(number: str, name: str) -> str:
    return f'person:p{number} a ap:Person ; rdfs:label "{name}"@en .'


def _only_winner(answers: Answers, refusal: int) -> int:
    won = [index for index, answer in enumerate(answers) if answer.is_success]
    if len(won) != 1 or answers[1 - won[0]].status_code != refusal:
        raise BothWon(f"{[(answer.status_code, answer.text) for answer in answers]}")
    return won[0]


async def raced(
    url: str, token: str, kinds: Sequence[str], *, rounds: int, seed: int
) -> Mapping[str, Counter[int]]:
    """Run so many rounds of each kind, and give how often the first and the second writer won.

    Raises:
        BothWon: two writers of whom other than exactly one won.
    """
    headers = {"authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=60) as client:
        races = {kind: Race(client, kind, seed) for kind in kinds}
        return {kind: Counter([await race.run() for _ in range(rounds)]) for kind, race in races.items()}


@click.command()
@click.option("--rounds", default=500, show_default=True, help="Rounds of each kind.")
@click.option("--seed", default=1, show_default=True)
def main(rounds: int, seed: int) -> None:
    """Race two writers of one service and check that exactly one of them wins."""
    click.echo(circumstances(seed))
    with served() as service:
        wins = asyncio.run(raced(service.url, service.token, KINDS, rounds=rounds, seed=seed))
    for kind, count in wins.items():
        click.echo(f"{kind}: {count.total()} rounds, won by the first {count[0]}, by the second {count[1]}")
    click.echo("never both, never none")


if __name__ == "__main__":
    main()
