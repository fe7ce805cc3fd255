"""Do lookups suffer from others' heavy queries, and how soon is a runaway query's worker replaced?

The p99 of a lookup over HTTP, alone and beside four clients that ask heavy SPARQL without pause, in one
run. Held to: at most five times as long. Then the time from a query's deadline until its worker is replaced,
that is, until a query that had to wait for that worker is answered. Held to: 250 ms.
"""

import argparse
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
from measure import circumstances
from served import Served, served

HEAVY = """SELECT ?a (COUNT(DISTINCT ?z) AS ?n) (GROUP_CONCAT(STR(?y)) AS ?all) {
  ?a ?p ?x . ?x ?q ?y . ?z ?r ?y } GROUP BY ?a ORDER BY DESC(?n)"""
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
CLIENTS = 4


def lookups(server: Served, path: str, number: int) -> None:
    """Print the p50 and p99 of the lookup, alone and beside heavy clients."""
    _times(server, path, 50)
    alone = _times(server, path, number)
    is_over = threading.Event()
    with ThreadPoolExecutor(CLIENTS) as clients:
        asking = [clients.submit(_ask_on, server, is_over) for _ in range(CLIENTS)]
        time.sleep(1)  # until all workers are busy
        beside = _times(server, path, number)
        is_over.set()
    heavy = [status for one in asking for status in one.result()]
    for name, part in (("p50", 0.5), ("p99", 0.99)):
        before, after = (sorted(times)[int(len(times) * part)] * 1000 for times in (alone, beside))
        print(
            f"lookup {path} {name}: {before:.1f} ms alone, {after:.1f} ms beside, ratio {after / before:.2f}"
        )
    print(f"heavy queries meanwhile: {len(heavy)}, statuses {sorted(set(heavy))}")


def runaways(server: Served, number: int) -> None:
    """Print how long after a runaway query's deadline the next query, which waited for its worker, is answered."""
    late = []
    for _ in range(number):
        with ThreadPoolExecutor(1) as clients:
            start = time.monotonic()
            runaway = clients.submit(_ask, server, ENDLESS)
            time.sleep(0.3)  # until the only worker has it
            assert _ask(server, "ASK {}") == 200
            late.append(time.monotonic() - start - 1)
            assert runaway.result() == 504
    print(f"after a deadline the next query is answered in {max(late) * 1000:.0f} ms at worst of {number}")


def _times(server: Served, path: str, number: int) -> list[float]:
    times = []
    with httpx.Client(base_url=server.url) as client:
        for _ in range(number):
            start = time.perf_counter()
            assert client.get(path).status_code == 200
            times.append(time.perf_counter() - start)
    return times


def _ask_on(server: Served, is_over: threading.Event) -> list[int]:
    statuses = []
    while not is_over.is_set():
        statuses.append(_ask(server, HEAVY))
    return statuses


def _ask(server: Served, sparql: str) -> int:
    return httpx.get(f"{server.url}/sparql", params={"query": sparql}, timeout=60).status_code


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lookups", type=int, default=1000)
    parser.add_argument("--path", default="/countries/us", help="the lookup")
    parser.add_argument("--runaways", type=int, default=10)
    options = parser.parse_args()
    print(circumstances(0))
    with served("--query-seconds", "3", is_empty=False) as server:
        lookups(server, options.path, options.lookups)
    with served("--query-seconds", "1", "--workers", "1", is_empty=False) as server:
        runaways(server, options.runaways)


if __name__ == "__main__":
    main()
