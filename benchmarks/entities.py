"""Entities over HTTP: pages, search and lists of Summitry, beside rdflib-endpoint asked for the same in SPARQL.

The peers of the design, Prez and yente, are not measured: the package index has no Prez, and yente needs Elasticsearch.
Nothing is asked twice under the same name or in the same text, so that no answer is one that was kept, unless it is
said to be.
"""

import http.client
import random
import socket
import statistics
import tempfile
import time
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

import click
from endpoints import prefixed, rdflib_endpoint
from generate import blocks
from measure import circumstances
from pyoxigraph import RdfFormat, serialize
from served import Served, served
from stores import built, make

from summitry.terms import MERGE
from summitry.usecases.doors import DOORS

_ROWS: Final = "application/sparql-results+json"
_HUB, _LEAF = "/countries/us", "/countries/to"
_FILTERED: Final = (
    "/policies?imposedBy=us",
    "/policies?targets=cn&status=in-force&valid_at=2008-06-01",
    "/meetings?participant=us",
    "/leaders?country=us&valid_at=any",
    "/leaders?valid_at=2008-06-01",
    "/offices?country=us",
    "/commodities?name=car",
)
# What a page shows, as far as one query in SPARQL can give it: neither which graph states what, nor how sure it is.
_PAGE: Final = """SELECT ?about ?property ?value ?label ?total {
  { VALUES ?about { %(entity)s } ?about ?property ?value OPTIONAL { ?value rdfs:label ?label } }
  UNION { %(entity)s ap:hasState|^ap:holder|^ap:office ?about . ?about ?property ?value
          OPTIONAL { ?value rdfs:label ?label } }
  UNION { ?about rdf:subject|ap:about %(entity)s . ?about ?property ?value OPTIONAL { ?value rdfs:label ?label } }
  UNION { SELECT ?property (COUNT(?from) AS ?total) { ?from ?property %(entity)s } GROUP BY ?property }
}"""
_CONTAINS: Final = """SELECT ?entity ?label {
  ?entity rdfs:label ?label FILTER CONTAINS(LCASE(STR(?label)), "%(text)s") } LIMIT 10"""
# Answers beside those of the peer, search beside our own CONTAINS, first pages, the hub, first pages after a change.
_PARTS: Final = ("peer", "contains", "lists", "hub", "changes")
_NUMBERS: Final = count()
_KINDS: Final = {"policies/m": "policy:m", "leaders/p": "person:p", "meetings/b": "meeting:b"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that is asked, as the path of Summitry and as the query of a SPARQL endpoint."""

    path: str
    query: str


class Client:
    """One connection that is kept open, to a service, or to the SPARQL endpoint at `url`."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._path = parts.path
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=600)
        self._connection.connect()
        self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def get(self, path: str, accept: str = "application/json", *, may_be_kept: bool = False) -> float:
        """Give the seconds that the answer took; under a name of its own the service has kept none."""
        headers = {"Accept": accept} | ({} if may_be_kept else {"Host": f"n{next(_NUMBERS)}.example"})
        start = time.perf_counter()
        self._connection.request("GET", path, headers=headers)
        answer = self._connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {body[:300]!r}")
        return time.perf_counter() - start

    def ask(self, query: str) -> float:
        """Give the seconds that the answer to a SPARQL query took."""
        asked = prefixed(f"{query} # {next(_NUMBERS)}")
        return self.get(f"{self._path}?query={quote(asked)}", _ROWS)


def pages(last: int, chance: random.Random) -> Iterator[Asked]:
    """Give pages of random entities, of three kinds in turn."""
    while True:
        for door, prefix in _KINDS.items():
            number = chance.randrange(last)
            yield Asked(f"/{door}{number}", _PAGE % {"entity": f"{prefix}{number}"})


def searches(last: int, chance: random.Random) -> Iterator[Asked]:
    """Give searches for the names of random entities, whole but for the last digit."""
    while True:
        text = f"{chance.choice(('measure', 'person', 'meeting'))} {chance.randrange(last)}"[:-1].strip()
        yield Asked(f"/search?{urlencode({'q': text})}", _CONTAINS % {"text": text})


def beginnings(last: int, chance: random.Random) -> Iterator[Asked]:
    """Give beginnings of names of the shipped graph, as somebody types them."""
    del last
    words = ("kor", "germ", "unit", "trum", "tari", "semic", "pres", "braz", "mach", "veh", "indone", "asea")
    while True:
        text = chance.choice(words)
        yield Asked(f"/search?{urlencode({'q': text})}", _CONTAINS % {"text": text})


_QUESTIONS: Final[Mapping[str, Callable[[int, random.Random], Iterator[Asked]]]] = {
    "entity page": pages,
    "search for a name": searches,
    "search for a beginning": beginnings,
}


def rate(url: str, name: str, *, last: int, seconds: float, seed: int) -> float:
    """Give how many answers a second one client gets, from a SPARQL endpoint where `url` has a path."""
    client, asked, answers = Client(url), _QUESTIONS[name](last, random.Random(seed)), 0
    is_sparql = bool(urlsplit(url).path)
    start = time.perf_counter()
    while time.perf_counter() - start < seconds:
        one = next(asked)
        _ = client.ask(one.query) if is_sparql else client.get(one.path)
        answers += 1
    return answers / (time.perf_counter() - start)


def beside(
    service: Served, peer: str | None, name: str, *, last: int, rounds: int, seconds: float, seed: int
) -> None:
    """Print one row: the milliseconds here and there, and the ratio of the throughputs."""
    ours, theirs = Client(service.url), Client(peer) if peer else None
    asked = _QUESTIONS[name](last, random.Random(seed))
    here: list[float] = []
    there: list[float] = []
    for turn in range(rounds + 3):
        one = next(asked)
        taken = ours.get(one.path)
        asks_peer = theirs and turn < 3 + max(5, rounds // 10)
        other = theirs.ask(one.query) if theirs and asks_peer else None
        if turn >= 3:
            here.append(taken)
            there += [other] if other is not None else []
    own = rate(service.url, name, last=last, seconds=seconds, seed=seed + 1)
    row = [name, _quantiles(here), f"{own:.0f}"]
    if peer:
        other_rate = rate(peer, name, last=last, seconds=seconds, seed=seed + 1)
        row += [_quantiles(there), f"{other_rate:.1f}", f"{own / other_rate:.1f}"]
    click.echo(f"| {' | '.join(row)} |")


def prefix_search(service: Served, *, last: int, rounds: int, seed: int) -> None:
    """Print how many times as fast a search is as CONTAINS over labels, both in this service."""
    client, endpoint = Client(service.url), Client(f"{service.url}/sparql")
    for name in ("search for a name", "search for a beginning"):
        asked = _QUESTIONS[name](last, random.Random(f"{seed} contained"))
        searched: list[float] = []
        contained: list[float] = []
        for _ in range(rounds):
            one = next(asked)
            searched.append(client.get(one.path))
            # In an order, so that it cannot stop at the first ten that it happens to see, as a search does not.
            query = one.query.replace(" LIMIT", " ORDER BY STRLEN(?label) ?entity LIMIT")
            contained.append(endpoint.ask(query))
        ratio = statistics.median(contained) / statistics.median(searched)
        click.echo(
            f"- {name}: {_quantiles(searched)} ms; CONTAINS {_quantiles(contained)} ms, {ratio:.0f} times"
        )


def lists(service: Served, rounds: int) -> None:
    """Print the milliseconds of the first page of each list: first asked for, written anew, and kept."""
    client = Client(service.url)
    click.echo("\n| first page | asked first | written anew, p50 / p99 | kept, p50 |\n|---|---|---|---|")
    for path in (*(f"/{door.name}" for door in DOORS), *_FILTERED):
        first = client.get(path)
        anew = [client.get(path) for _ in range(rounds)]
        kept = [client.get(path, may_be_kept=True) for _ in range(rounds)][1:]
        click.echo(
            f"| `{path}` | {1000 * first:.1f} | {_quantiles(anew)} | {1000 * statistics.median(kept):.1f} |"
        )


def hub(service: Served, rounds: int) -> None:
    """Print the ratio of the hub to a leaf of its kind and to other leaves, none of the answers kept."""
    client = Client(service.url)
    shown: dict[str, list[float]] = {}
    for _ in range(rounds):
        for path in (_HUB, _LEAF, "/policies/m0", "/leaders/p0"):
            shown.setdefault(path, []).append(client.get(path))
    base = statistics.median(shown[_HUB])
    for path, seconds in shown.items():
        ratio = base / statistics.median(seconds)
        click.echo(f"- `{path}`: {_quantiles(seconds)} ms; the hub takes {ratio:.1f} times that")


def after_a_change(service: Served, rounds: int) -> None:
    """Print how long the first page of each list takes when asked at once after a change."""
    client, shown = Client(service.url), dict[str, list[float]]()
    for turn in range(rounds):
        _write(service, turn)
        for door in DOORS:
            shown.setdefault(door.name, []).append(client.get(f"/{door.name}"))
    for name, seconds in shown.items():
        click.echo(f"- `/{name}`: {_quantiles(seconds)} ms")


def _write(service: Served, turn: int) -> None:
    graph = "https://w3id.org/summitry/graph/changed"
    text = (
        "@prefix ap: <https://w3id.org/summitry/ns#> . @prefix prov: <http://www.w3.org/ns/prov#> .\n"
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        f"<{graph}> prov:wasDerivedFrom <https://w3id.org/summitry/id/document/d0> .\n"
        f'<https://w3id.org/summitry/id/person/changed> a ap:Person ; rdfs:label "changed {turn}"@en .\n'
    )
    parts = urlsplit(service.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=600)
    headers = {"Content-Type": "text/turtle", **service.bearer}
    connection.request("PUT", f"/graphs?graph={quote(graph)}", body=text, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status not in (200, 201, 204):
        raise RuntimeError(f"{answer.status} {body[:500]!r}")


def _warmed(service: Served) -> float:
    """Give the seconds until what is read ahead at start has been read: no list waits for it then."""
    start, client = time.perf_counter(), Client(service.url)
    client.get("/search?q=start")
    for door in DOORS:
        client.get(f"/{door.name}?limit=1")
    return time.perf_counter() - start


def _quantiles(seconds: Sequence[float]) -> str:
    ordered = sorted(seconds)
    last = ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))]
    return f"{1000 * statistics.median(ordered):.1f} / {1000 * last:.1f}"


def prepared(directory: Path, triples: int, seed: int, *, with_peer: bool) -> tuple[Path, Path]:
    """Give the store and, for a peer, the merge as N-Triples, made in `directory` where they are not there yet."""
    store, merge = directory / f"store-{triples}-{seed}", directory / f"merge-{triples}-{seed}.nt"
    if not store.exists():
        make(store, triples, seed)
    if with_peer and not merge.exists():
        graph = built(triples, seed)
        merged = (quad.triple for quad in graph.quads_for_pattern(None, None, None, MERGE))
        with merge.open("wb") as file:
            serialize(merged, file, RdfFormat.N_TRIPLES)
    return store, merge


def compare(
    directory: Path,
    triples: int,
    *,
    parts: Container[str],
    rounds: int,
    seconds: float,
    seed: int,
    with_peer: bool,
) -> None:
    """Print the measurements at one size: those `parts` of them that are wanted."""
    store, merge = prepared(directory, triples, seed, with_peer=with_peer)
    last = blocks(triples)
    with ExitStack() as stack:
        start = time.perf_counter()
        service = stack.enter_context(served("--data", str(store)))
        click.echo(f"\n## {triples:,} triples generated\n")
        begun = time.perf_counter() - start
        click.echo(f"started in {begun:.1f} s, all lists read after {_warmed(service):.1f} s more")
        if "peer" in parts:
            peer = stack.enter_context(rdflib_endpoint(merge)).url if with_peer else None
            click.echo(_heads(with_peer=with_peer))
            for name in _QUESTIONS:
                beside(service, peer, name, last=last, rounds=rounds, seconds=seconds, seed=seed)
        if "contains" in parts:
            click.echo("\nsearch, beside CONTAINS in `/sparql` of the same service\n")
            prefix_search(service, last=last, rounds=max(5, rounds // 5), seed=seed)
        if "lists" in parts:
            lists(service, rounds=max(10, rounds // 5))
        if "hub" in parts:
            click.echo("\nthe hub beside leaves, no answer kept\n")
            hub(service, max(10, rounds // 5))
        if "changes" in parts:
            click.echo("\nfirst pages at once after a change\n")
            after_a_change(service, max(3, rounds // 40))


def _heads(*, with_peer: bool) -> str:
    heads = ["", "p50 / p99 ms", "a second"]
    if with_peer:
        heads += ["rdflib-endpoint p50 / p99 ms", "a second", "times its throughput"]
    return f"\n| {' | '.join(heads)} |\n{'|---' * len(heads)}|"


@click.command()
@click.option("--triples", "sizes", multiple=True, type=int, default=(100_000,), show_default=True)
@click.option("--rounds", default=200, show_default=True, help="How often each thing is asked.")
@click.option("--seconds", default=5.0, show_default=True, help="How long each throughput is measured.")
@click.option("--seed", default=1, show_default=True)
@click.option("--rdflib/--no-rdflib", default=True, show_default=True, help="With rdflib-endpoint.")
@click.option(
    "--keep",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the stores are kept for the next run.",
)
@click.option(
    "--part",
    "parts",
    multiple=True,
    type=click.Choice(_PARTS),
    default=_PARTS,
    help="What is measured, everything unless said otherwise.",
)
@click.option("--prepare", is_flag=True, help="Only make the stores in --keep.")
def main(
    sizes: tuple[int, ...],
    rounds: int,
    seconds: float,
    seed: int,
    rdflib: bool,
    keep: Path | None,
    parts: tuple[str, ...],
    prepare: bool,
) -> None:
    """Ask for pages, names and lists over HTTP, beside rdflib-endpoint, which the extra `benchmarks` installs."""
    with tempfile.TemporaryDirectory() as folder:
        directory = keep or Path(folder)
        directory.mkdir(parents=True, exist_ok=True)
        if prepare:
            for triples in sizes:
                prepared(directory, triples, seed, with_peer=rdflib)
            return
        click.echo(circumstances(seed))
        for triples in sizes:
            compare(
                directory,
                triples,
                parts=parts,
                rounds=rounds,
                seconds=seconds,
                seed=seed,
                with_peer=rdflib,
            )


if __name__ == "__main__":
    main()
