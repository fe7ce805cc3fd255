"""Three SPARQL endpoints on the same triples, side by side over HTTP: Summitry, `oxigraph serve`, rdflib-endpoint.

Each is asked in turn, round by round, by one client on a kept connection, so that a slow moment of the machine
falls on all of them. Throughput is that of four clients at once, which read answers whole and do not look into
them, since they share the processors with whom they ask. No text is asked twice.
"""

import http.client
import json
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

import click
from generate import blocks
from measure import circumstances
from pyoxigraph import RdfFormat, Store, serialize
from served import served
from stores import built, make

from summitry.terms import MERGE, PREFIXES

_JSON: Final = "application/sparql-results+json"
_START_SECONDS: Final = 900
_POINT: Final = "point lookup"
_ROWS: Final = "1,000 rows"
_CLIENTS: Final = 4
_TURNS: Final = 3


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A SPARQL endpoint and what it is called."""

    name: str
    url: str


def queries(entity: int) -> Mapping[str, str]:
    """Give the queries, those that ask for one entity for that with this number."""
    policy, person, meeting = f"policy:m{entity}", f"person:p{entity}", f"meeting:b{entity}"
    holders = "ap:imposedBy/^ap:ofCountry/^ap:office/ap:holder"
    tariffs = "?policy a ap:TariffMeasure ; rdfs:label ?label ; ap:ratePercent ?rate"
    until = "OPTIONAL { ?state ap:until ?until }"
    spring = 'FILTER (?day >= "2008-01-01"^^xsd:date && ?day < "2008-03-01"^^xsd:date)'
    then = 'FILTER (?from <= "1990-01-01"^^xsd:date && (!BOUND(?until) || ?until >= "1990-01-01"^^xsd:date))'
    return {
        _POINT: f"SELECT ?label {{ {person} rdfs:label ?label }}",
        _ROWS: f"SELECT ?policy ?label ?rate {{ {tariffs} }} LIMIT 1000",
        "all of one entity": f"SELECT ?property ?value {{ {policy} ?property ?value }}",
        "what links to one": f"SELECT ?from ?property {{ ?from ?property {policy} }} LIMIT 100",
        "two hops": f"SELECT ?label {{ {person} ^ap:holder/ap:office/rdfs:label ?label }}",
        "three hops": f"SELECT ?outlet {{ ?said ap:about {policy} ; ap:saidBy/rdfs:label ?outlet }}",
        "four hops": f"SELECT ?name {{ {policy} {holders} ?holder . ?holder rdfs:label ?name }} LIMIT 50",
        "optional": f"SELECT ?state ?until {{ {policy} ap:hasState ?state . {until} }}",
        "dates": f"SELECT ?meeting ?day {{ ?meeting a ap:BilateralMeeting ; ap:starts ?day {spring} }} LIMIT 100",
        "in force on a day": (
            f"SELECT ?state {{ {policy} ap:hasState ?state . "
            f"?state ap:status status:in-force ; ap:from ?from . {until} {then} }}"
        ),
        "count": "SELECT ?country (COUNT(?policy) AS ?n) { ?policy ap:imposedBy ?country } GROUP BY ?country",
        "mean": (
            "SELECT ?country (AVG(?rate) AS ?mean) { ?policy ap:targets ?country ; ap:ratePercent ?rate } "
            "GROUP BY ?country ORDER BY ?country"
        ),
        "path": f"SELECT ?class {{ {meeting} a/rdfs:subClassOf* ?class }}",
        "a page": "SELECT ?policy { ?policy a ap:TariffMeasure } ORDER BY ?policy LIMIT 50 OFFSET 200",
        "provenance": f"SELECT DISTINCT ?document {{ {policy} ap:hasState/ap:inDocument ?document }}",
        "exists": f"ASK {{ ?said ap:about {policy} ; ap:saidBy ?somebody }}",
    }


def prefixed(query: str) -> bytes:
    """Give `query` with the prefixes that it uses, which others than Summitry must be told."""
    used = (f"PREFIX {name}: <{space}> " for name, space in PREFIXES.items() if f"{name}:" in query)
    return ("".join(used) + query).encode()


class Client:
    """One connection to an endpoint, kept open."""

    def __init__(self, endpoint: Endpoint) -> None:
        parts = urlsplit(endpoint.url)
        self._path = parts.path
        self._connection = http.client.HTTPConnection(
            parts.hostname or "", parts.port, timeout=_START_SECONDS
        )
        self._connection.connect()
        self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, query: bytes) -> tuple[float, bytes]:
        """Give the seconds that the answer took, and the answer, which is not looked into."""
        start = time.perf_counter()
        self._connection.request("GET", f"{self._path}?query={quote(query)}", headers={"Accept": _JSON})
        answer = self._connection.getresponse()
        body = answer.read()
        seconds = time.perf_counter() - start
        if answer.status != 200:
            raise RuntimeError(f"{answer.status} {body[:500]!r}")
        return seconds, body


def rows_of(body: bytes) -> int:
    """Give how many rows an answer has, of ASK whether it says yes."""
    shown = json.loads(body)
    return len(shown["results"]["bindings"]) if "results" in shown else int(shown["boolean"])


@contextmanager
def oxigraph(data: Path, directory: Path) -> Iterator[Endpoint]:
    """Run `oxigraph serve` on the N-Triples in `data`."""
    where = ["--location", str(directory)]
    load = [_command("oxigraph"), "load", *where, "--file", str(data)]
    subprocess.run(load, check=True, capture_output=True)
    with _running([_command("oxigraph"), "serve-read-only", *where, "--bind", "127.0.0.1:{port}"]) as port:
        yield Endpoint("oxigraph serve", f"http://127.0.0.1:{port}/query")


@contextmanager
def rdflib_endpoint(data: Path) -> Iterator[Endpoint]:
    """Run rdflib-endpoint on the N-Triples in `data`."""
    command = [_command("rdflib-endpoint"), "serve", "--host", "127.0.0.1", "--port", "{port}", str(data)]
    with _running(command) as port:
        yield Endpoint("rdflib-endpoint", f"http://127.0.0.1:{port}/")


@contextmanager
def _running(command: list[str]) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [word.replace("{port}", str(port)) for word in command]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            deadline = time.monotonic() + _START_SECONDS
            while not _answers(port):
                if server.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"{words[0]} did not start")
                time.sleep(0.1)
            yield port
        finally:
            server.terminate()


def _command(name: str) -> str:
    """Give the command `name` of this environment."""
    return str(Path(sys.executable).parent / name)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def latencies(
    endpoints: list[Endpoint], name: str, *, last: int, rounds: int, seed: int
) -> tuple[dict[str, list[float]], dict[str, int]]:
    """Give the seconds of each round for each endpoint, and the rows of all rounds, which must be the same."""
    clients = {endpoint.name: Client(endpoint) for endpoint in endpoints}
    seconds: dict[str, list[float]] = {endpoint.name: [] for endpoint in endpoints}
    rows = dict.fromkeys(seconds, 0)
    chance = random.Random(f"{seed} {name}")
    for turn in range(rounds + 1):
        query = _fresh(name, chance.randrange(last), str(turn))
        for endpoint in endpoints:
            taken, body = clients[endpoint.name].ask(query)
            rows[endpoint.name] += rows_of(body)
            if turn:  # the first round warms up
                seconds[endpoint.name].append(taken)
    return seconds, rows


def throughput(endpoint: Endpoint, name: str, *, last: int, seconds: float, seed: int) -> float:
    """Give how many queries a second several clients get answered, each in a process of its own."""
    options = {"--ask": endpoint.url, "--query": name, "--last": str(last), "--seconds": str(seconds)}
    command = [sys.executable, __file__, *chain.from_iterable(options.items())]
    asking = [
        subprocess.Popen([*command, "--seed", f"{seed}{number}"], stdout=subprocess.PIPE, text=True)
        for number in range(_CLIENTS)
    ]
    return sum(float(client.communicate()[0]) for client in asking)


def asked(url: str, name: str, *, last: int, seconds: float, seed: int) -> float:
    """Give how many queries a second one client gets answered, no text twice."""
    client, chance, count = Client(Endpoint("", url)), random.Random(seed), 0
    start = time.monotonic()
    while (taken := time.monotonic() - start) < seconds:
        client.ask(_fresh(name, chance.randrange(last), f"{seed} {count}"))
        count += 1
    return count / taken


def _fresh(name: str, entity: int, note: str) -> bytes:
    """Give a query of a text that no other has: Summitry would give the answer to the first again."""
    return prefixed(queries(entity)[name]) + f"\n# {note}".encode()


def table(
    endpoints: list[Endpoint], measure: Callable[[str], tuple[dict[str, list[float]], dict[str, int]]]
) -> None:
    """Print the milliseconds of each query and the ratios of the others' to Summitry's."""
    ours, *others = endpoints
    heads = [f"{e.name} p50 / p99 ms" for e in endpoints] + [f"{o.name} ÷ Summitry" for o in others]
    click.echo(f"| query | {' | '.join(heads)} |")
    click.echo("|---" * (1 + len(heads)) + "|")
    for name in queries(0):
        seconds, rows = measure(name)
        if len(set(rows.values())) != 1 and "LIMIT" not in queries(0)[name]:
            raise RuntimeError(f"{name}: the endpoints do not agree: {rows}")
        shown = [_quantiles(seconds[e.name]) for e in endpoints]
        base = statistics.median(seconds[ours.name])
        ratios = [f"{statistics.median(seconds[o.name]) / base:.2f}" for o in others]
        click.echo(f"| {name} | {' | '.join([f'{a:.2f} / {b:.2f}' for a, b in shown] + ratios)} |")


def _quantiles(seconds: list[float]) -> tuple[float, float]:
    ordered = sorted(seconds)
    return 1000 * statistics.median(ordered), 1000 * ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))]


def _exported(triples: int, seed: int, path: Path) -> None:
    store: Store = built(triples, seed)
    merged = (quad.triple for quad in store.quads_for_pattern(None, None, None, MERGE))
    with path.open("wb") as file:
        serialize(merged, file, RdfFormat.N_TRIPLES)


def compare(triples: int, *, rounds: int, seed: int, rdflib: bool, seconds: float) -> None:
    """Print the comparison at one size."""
    last = blocks(triples)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        data = Path(folder, "merge.nt")
        _exported(triples, seed, data)
        make(Path(folder, "summitry"), triples, seed)
        service = stack.enter_context(served("--data", str(Path(folder, "summitry"))))
        endpoints = [Endpoint("Summitry", f"{service.url}/sparql")]
        endpoints.append(stack.enter_context(oxigraph(data, Path(folder, "oxigraph"))))
        if rdflib:
            endpoints.append(stack.enter_context(rdflib_endpoint(data)))
        click.echo(f"\n{triples:,} triples generated; {rounds} rounds, one client\n")
        table(endpoints, lambda name: latencies(endpoints, name, last=last, rounds=rounds, seed=seed))
        for name in (_POINT, _ROWS):
            click.echo(f"\n{name}, answers a second, four clients at once\n")
            for turn in range(_TURNS):
                tell(
                    {
                        e.name: throughput(e, name, last=last, seconds=seconds, seed=seed + turn)
                        for e in endpoints
                    }
                )


def tell(rates: Mapping[str, float]) -> None:
    """Print what each endpoint answers a second, and how many times that Summitry does."""
    ours = rates["Summitry"]
    click.echo("- " + "; ".join(f"{name} {rate:.0f} ({ours / rate:.2f})" for name, rate in rates.items()))


@click.command()
@click.option("--triples", "sizes", multiple=True, type=int, default=(100_000,), show_default=True)
@click.option("--rounds", default=200, show_default=True, help="How often each query is asked.")
@click.option("--seconds", default=5.0, show_default=True, help="How long the throughput is measured.")
@click.option("--seed", default=1, show_default=True)
@click.option("--rdflib/--no-rdflib", default=True, show_default=True, help="With rdflib-endpoint.")
@click.option("--ask", hidden=True, default="")
@click.option("--query", "name", hidden=True, default="")
@click.option("--last", hidden=True, default=1)
def main(
    sizes: tuple[int, ...],
    rounds: int,
    seconds: float,
    seed: int,
    rdflib: bool,
    ask: str,
    name: str,
    last: int,
) -> None:
    """Compare Summitry with `oxigraph serve` and rdflib-endpoint, which the extra `benchmarks` installs."""
    if ask:
        click.echo(asked(ask, name, last=last, seconds=seconds, seed=seed))
        return
    click.echo(circumstances(seed))
    for triples in sizes:
        compare(triples, rounds=rounds, seed=seed, rdflib=rdflib, seconds=seconds)


if __name__ == "__main__":
    main()
