"""Queries that would harm: each is answered within its limit, and the service is unharmed."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from servers import Server, running, until
from summitry.settings import Settings

SECONDS = 1.0
WORKERS = 2
MEMORY = 256 * 2**20
HUGE = 100_000_000
NODES = " ".join(f"(<https://a.example/{n}>)" for n in range(3000))

HOSTILE = {
    "brackets without end": "SELECT * {" + "{" * 5000 + "}" * 5001,
    "functions without end": "SELECT * { FILTER(" + "STR(" * 2000 + "?s" + ")" * 2001 + "}",
    "a planner bomb of patterns": "SELECT * {" + "".join(f"?s ?p{n} ?o{n} ." for n in range(119)) + "}",
    "a planner bomb of alternatives": "SELECT * {" + "{ ?s ?p ?o } UNION " * 900 + "{ ?s ?p ?o } }",
    "a collection": "SELECT * { ?s ?p (" + "?x " * 90 + ") }",
    "a product": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n2 ?o }",
    "a sorted product": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i ?c",
    "a path over everything": "SELECT (COUNT(*) AS ?n) { ?a (!<x:x>|^!<x:x>)* ?b . ?b (!<x:x>|^!<x:x>)* ?c }",
    "a text that concatenates all": "SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?d))) AS ?t) { ?a ?b ?c . ?d ?e ?f }",
    "a text that doubles": 'SELECT ?x40 { BIND("0123456789" AS ?x0) '
    + " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(40))
    + "}",
    "a product of lists": f"SELECT (COUNT(DISTINCT ?t) AS ?n) {{ VALUES (?x) {{ {NODES} }} VALUES (?y) {{ {NODES} }} "
    "BIND(CONCAT(STR(?x), STR(?y)) AS ?t) }",
    "a text larger than a query may be": "SELECT * { ?s ?p '" + "x" * 2_000_000 + "' }",
    "a text larger than any request": "SELECT * { ?s ?p '" + "x" * HUGE + "' }",
}

# Without a product around them: the first is answered whole in a fraction of its limit, the others are not.
EXPRESSIONS = {
    "a greedy expression over everything": 'SELECT * { ?a ?b ?c FILTER(REGEX(STR(?c), "(((a*)*)*)*b$")) }',
    "a greedy expression on a long text": f'ASK {{ FILTER(REGEX("{"a" * 500_000}", "(((a*)*)*)*b$")) }}',
    "an expression that compiles to much": 'SELECT * { ?a ?b ?c FILTER(REGEX(STR(?c), "((x{100}){100}){100}")) }',
    "a replacement that grows": f'ASK {{ FILTER(REPLACE("{"a" * 100_000}", "", "{"b" * 10_000}") = "c") }}',
}
PROBLEMS = [("application/problem+json", status) for status in (400, 413, 503, 504)]
IDLE_SECONDS = 3


@pytest.fixture(scope="module")
def guarded() -> Iterator[Server]:
    """Give a service of the shipped graph with little patience."""
    settings = Settings(
        port=0, workers=WORKERS, query_seconds=SECONDS, memory_bytes=MEMORY, result_bytes=32 * 2**20
    )
    with running(settings) as server:
        yield server


def children() -> list[int]:
    """Give the processes below the fork server of this process."""
    return [child for one in _below("self") for child in _below(str(one))]


def _below(pid: str) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        found += map(int, task.read_text().split())
    return found


def processor_ticks(pids: list[int]) -> int:
    """Give the user and system time of the processes (proc(5): fields 14 and 15 of stat)."""
    rows = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids]
    return sum(int(row[11]) + int(row[12]) for row in rows)


def is_idle() -> bool:
    """Tell whether all workers stand ready and use no processor for a moment."""
    pids = children()
    try:
        before = processor_ticks(pids)
        time.sleep(0.1)
        return len(pids) >= WORKERS and pids == children() and processor_ticks(pids) - before <= 1
    except OSError:
        return False  # one ended meanwhile


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_query_gets_a_problem_in_time_and_leaves_nothing_behind(guarded, name):
    """Within its limit and two seconds; afterwards the workers are idle, and others' lookups never failed."""
    answer, elapsed, others = _put(guarded, HOSTILE[name])
    until(is_idle, IDLE_SECONDS)

    assert (answer.headers["content-type"], answer.status_code) in PROBLEMS
    assert elapsed < SECONDS + 2
    assert others == {200}


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_a_hostile_expression_alone_is_answered_in_time_and_leaves_nothing_behind(guarded, name):
    """By a complete answer or by a problem: what is held is the limit."""
    answer, elapsed, others = _put(guarded, EXPRESSIONS[name])
    until(is_idle, IDLE_SECONDS)

    is_complete = answer.status_code == 200 and answer.json().keys() >= {"head"}
    assert is_complete or (answer.headers["content-type"], answer.status_code) in PROBLEMS
    assert elapsed < SECONDS + 2
    assert others == {200}


def _put(server: Server, query: str) -> tuple[httpx.Response, float, set[int]]:
    """Give the answer, the seconds it took, and the statuses of the lookups of another client meanwhile."""
    answers: list[int] = []
    is_over = threading.Event()
    other = threading.Thread(target=_look_up, args=(server, is_over, answers))
    other.start()
    start = time.monotonic()
    try:
        answer = httpx.post(
            f"{server.url}/sparql",
            content=pieces(query.encode()),
            headers={"content-type": "application/sparql-query", "content-length": str(len(query))},
            timeout=SECONDS + 10,
        )
        elapsed = time.monotonic() - start
    finally:
        is_over.set()
        other.join()
    return answer, elapsed, set(answers)


def pieces(text: bytes) -> Iterator[bytes]:
    """Give `text` in pieces: as a whole, the client copies all that is left each time it has sent some."""
    yield from (text[start : start + 2**20] for start in range(0, len(text), 2**20))


def _look_up(server: Server, is_over: threading.Event, answers: list[int]) -> None:
    while not answers or not is_over.is_set():
        answers.append(httpx.get(f"{server.url}/countries?limit=1", timeout=10).status_code)


@pytest.mark.parametrize("is_announced", [True, False])
@pytest.mark.parametrize(
    ("method", "address", "media"),
    [
        ("POST", "/sparql", "application/sparql-query"),
        ("POST", "/sparql", "application/x-www-form-urlencoded"),
        ("POST", "/sparql", "application/sparql-update"),
        ("PUT", "/graphs?graph=https://a.example/huge", "text/turtle"),
        ("POST", "/validate", "text/turtle"),
    ],
)
def test_a_huge_text_is_refused_by_its_size(guarded, method, address, media, is_announced):
    """RFC 9110 §15.5.14: a client that sends on all the same sees the answer, and no reset."""
    answer = httpx.request(
        method,
        guarded.url + address,
        content=pieces(b"#" * HUGE),
        headers=guarded.bearer
        | {"content-type": media}
        | ({"content-length": str(HUGE)} if is_announced else {}),
        timeout=10,
    )

    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (413, "too-large")


def test_a_query_that_ate_memory_gives_it_back(guarded):
    """The child that held it ended with the query."""
    before = {pid: _resident(pid) for pid in children()}
    guarded.client.get("/sparql", params={"query": HOSTILE["a text that doubles"]})
    until(is_idle)

    after = [_resident(pid) for pid in children()]

    assert max(after) < max(before.values()) + 32 * 2**20


def _resident(pid: int) -> int:
    """Give the bytes of memory that the process has, 0 when it has ended."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS")), 0)
