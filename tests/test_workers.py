"""Whatever a client sends is answered or refused in time, and the next client is served.

Real processes run here: `in_pool` runs a scenario with a pool of two workers on a graph of three people.
"""

import asyncio
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, parse

from summitry import errors, patch
from summitry.errors import (
    BadParameter,
    LimitExceeded,
    MalformedQuery,
    MemoryExceeded,
    OutboundRefused,
    QueueFull,
    Refused,
    ResultTooLarge,
    SummitryError,
    TimeExceeded,
    UnsupportedMedia,
    WorkerDied,
)
from summitry.model import Changeset, Finding, Report, Severity
from summitry.settings import Settings
from summitry.workers import failures, stays
from summitry.workers.bench import Bench
from summitry.workers.frames import Kind, frame
from summitry.workers.line import Line
from summitry.workers.pool import Request, Workers
from summitry.workers.spawner import Spawner
from summitry.workers.stays import SPARE, Places
from summitry.workers.worker import Worker
from workers_scenes import (
    ALL_NAMES,
    BLUE,
    COUNTER,
    CRASHING,
    ENDLESS,
    GREEDY,
    HAS_HUGE_PAGES,
    LABEL,
    MEDIA,
    MIB,
    RED,
    VALUES,
    FailingGraph,
    Graph,
    ask,
    fork_servers,
    huge_pages,
    in_pool,
    is_alive,
    lives,
    outcome,
    people,
    query,
    until,
    without_strangers,
    worker_pids,
)

NAMES = "".join(f'"a name {number}" ' for number in range(700))
LONG = f"SELECT DISTINCT ?a ?b {{ VALUES ?a {{ {NAMES} }} VALUES ?b {{ {NAMES} }} }} ORDER BY ?b"


@pytest.fixture(autouse=True)
def _without_strangers() -> Iterator[None]:
    with without_strangers():
        yield


@pytest.fixture
def graph() -> Graph:
    return Graph(people())


# --- answers


def test_solutions_come_in_the_media_type_that_was_asked_for(graph):
    async def scenario(workers):
        return await workers.run(query(ALL_NAMES, solutions="application/sparql-results+json"))

    answer = in_pool(graph, scenario)

    with answer.body:
        names = [row["name"]["value"] for row in json.load(answer.body)["results"]["bindings"]]
        assert answer.size == answer.body.tell()
    assert names == ["Anwar Ibrahim", "Sanae Takaichi", "Xi Jinping"]
    assert answer.meta == {"form": "solutions", "media": "application/sparql-results+json"}
    assert answer.revision == 1
    assert 0 < answer.elapsed < 1


@pytest.mark.parametrize(
    "media", ["application/sparql-results+json", "application/sparql-results+xml", "text/csv"]
)
def test_an_ask_query_answers_with_a_boolean(graph, media):
    answer = in_pool(graph, lambda workers: workers.run(query("ASK { ?s ?p 'Xi Jinping' }", solutions=media)))

    with answer.body:
        assert b"true" in answer.body.read()
    assert answer.meta == {"form": "boolean", "media": media}


@pytest.mark.parametrize(
    "media",
    [
        "application/ld+json",
        "application/n-quads",
        "application/n-triples",
        "application/rdf+xml",
        "application/trig",
        "text/turtle",
    ],
)
def test_a_graph_reads_back_as_the_same_triples(graph, media):
    answer = in_pool(graph, lambda workers: workers.run(query("CONSTRUCT WHERE { ?s ?p ?o }", graph=media)))

    with answer.body:
        triples = {quad.triple for quad in parse(answer.body, RdfFormat.from_media_type(media))}
    assert triples == {quad.triple for quad in people()}
    assert answer.meta == {"form": "graph", "media": media}


def test_turtle_is_written_with_the_prefixes_of_this_project(graph):
    office = NamedNode("https://w3id.org/summitry/ns#Office")
    graph = Graph([Quad(RED, LABEL, office)])

    answer = in_pool(
        graph, lambda workers: workers.run(query("DESCRIBE ?s { ?s ?p ?o }", graph="text/turtle"))
    )

    with answer.body:
        assert b"rdfs:label ap:Office" in answer.body.read()


def test_an_unknown_media_type_is_refused_and_the_worker_goes_on(graph):
    async def scenario(workers):
        await is_alive(workers)
        before = worker_pids()
        refused = [
            await outcome(workers.run(query("ASK {}", solutions="text/html"))),
            await outcome(workers.run(query("CONSTRUCT WHERE { ?s ?p ?o }", graph="text/html"))),
        ]
        return refused, worker_pids() == before

    refused, same_workers = in_pool(graph, scenario, workers=1)

    assert [type(error) for error in refused] == [UnsupportedMedia, UnsupportedMedia]
    assert same_workers


def test_a_malformed_query_says_where(graph):
    error = in_pool(graph, lambda workers: outcome(workers.run(query("SELECT *\n{ ?s ?p }"))))

    assert isinstance(error, MalformedQuery)
    assert (error.line, error.column) == (2, 10)
    assert "\\u{" not in str(error)


@pytest.mark.parametrize(
    "body", [b"ASK { FILTER(<https://a.example/f>(1)) }", b"ASK { ?s ?p '\xff' }", b"CLEAR ALL"]
)
def test_what_is_no_query_here_is_malformed(graph, body):
    request = Request("query", body, MEDIA, 20)

    error = in_pool(graph, lambda workers: outcome(workers.run(request)))

    assert isinstance(error, MalformedQuery)


def test_a_dataset_is_the_merge_of_its_default_graphs():
    """SPARQL 1.1 Protocol §2.1.4: the default graph is the RDF merge, where a triple is once."""
    quads = [Quad(COUNTER, LABEL, Literal("1"), name) for name in (RED, BLUE)]
    sparql = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"

    async def scenario(workers):
        both = await ask(workers, sparql, default_graphs=[RED.value, BLUE.value])
        one = await ask(workers, sparql, default_graphs=[RED.value])
        none = await ask(workers, sparql, named_graphs=[RED.value])
        return both, one, none

    assert in_pool(Graph(quads), scenario) == (["1"], ["1"], ["0"])


@pytest.mark.parametrize("default", [[], [RED.value], [RED.value, BLUE.value]])
def test_a_dataset_has_only_the_named_graphs_it_names(default):
    quads = [Quad(COUNTER, LABEL, Literal("1"), name) for name in (RED, BLUE)]
    sparql = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"

    async def scenario(workers):
        blue = await ask(workers, sparql, default_graphs=default, named_graphs=[BLUE.value])
        none = await ask(workers, sparql, default_graphs=default, named_graphs=[])
        return blue, none

    assert in_pool(Graph(quads), scenario) == ([BLUE.value], [])


def test_a_graph_that_is_no_iri_is_a_bad_parameter(graph):
    error = in_pool(graph, lambda workers: outcome(workers.run(query("ASK {}", default_graphs=["no iri"]))))

    assert isinstance(error, BadParameter)


def test_a_blank_node_is_one_node_in_all_that_is_loaded():
    """However many pieces the graph is taken in by, and in whatever order."""
    node, knows = BlankNode("b"), NamedNode("https://a.example/knows")
    named = [NamedNode(f"https://a.example/{number}") for number in range(12_000)]
    graph = Graph([*(Quad(name, knows, node) for name in named), Quad(node, LABEL, Literal("x"))])
    count = f"SELECT (COUNT(*) AS ?n) {{ ?s {knows} ?b . ?b {LABEL} 'x' }}"

    assert in_pool(graph, lambda workers: ask(workers, count)) == ["12000"]


def test_no_two_workers_draw_the_same_random_numbers(graph):
    """A generator seeded before the fork would give each child the same UUIDs."""

    async def scenario(workers):
        drawn = []
        for number in range(2, 8):
            drawn += await asyncio.gather(
                *(ask(workers, "SELECT (UUID() AS ?u) (RAND() AS ?r) {}") for _ in range(2))
            )
            await graph.count_to(number, workers)
        return drawn

    drawn = in_pool(graph, scenario)

    assert len({row for rows in drawn for row in rows}) == 12


# --- changes


def test_a_query_sees_every_change_that_was_applied_before_it(graph):
    """Two hundred rounds: also a test that a process which loads, patches and forks does not hang."""

    async def scenario(workers):
        seen = []
        for number in range(200):
            await graph.count_to(number, workers)
            seen += await ask(workers, "SELECT ?n { <https://a.example/counter> ?p ?n }")
        return seen

    assert in_pool(graph, scenario) == [str(number) for number in range(200)]


def test_queries_beside_changes_see_whole_revisions_that_only_grow(graph):
    async def scenario(workers):
        async def watch():
            seen = []
            while len(seen) < 150:
                answer = await workers.run(query("SELECT ?n { <https://a.example/counter> ?p ?n }"))
                with answer.body:
                    rows = answer.body.read().decode().splitlines()[1:]
                assert rows == [str(answer.revision)]
                seen.append(answer.revision)
            return seen

        await graph.commit(workers, added=[Quad(COUNTER, LABEL, Literal("2"))])
        watchers = [asyncio.create_task(watch()) for _ in range(4)]
        while not all(watcher.done() for watcher in watchers):
            await graph.count_to(graph.state[0] + 1, workers)
            await asyncio.sleep(0.005)
        return [await watcher for watcher in watchers]

    for seen in in_pool(graph, scenario):
        assert seen == sorted(seen)


def test_a_change_arrives_though_the_request_that_made_it_was_cancelled(graph):
    """The commit stands; a replica without it would be wrong from then on."""

    async def scenario(workers):
        added = [Quad(COUNTER, LABEL, Literal(str(number))) for number in range(4)]
        changes = [asyncio.create_task(graph.commit(workers, added=[quad])) for quad in added[:3]]
        await asyncio.sleep(0)
        for change in changes:
            change.cancel()
        await asyncio.gather(*changes, return_exceptions=True)
        await graph.commit(workers, added=added[3:])
        return await ask(workers, "SELECT ?n { <https://a.example/counter> ?p ?n } ORDER BY ?n")

    assert in_pool(graph, scenario) == ["0", "1", "2", "3"]


def test_a_change_that_the_copy_holds_already_is_not_made_again(graph):
    """A commit may be in the copy of the store before the pool hears of it."""
    change = Changeset(added=frozenset([Quad(COUNTER, LABEL, Literal("0"))]))

    async def scenario(workers):
        await workers.apply(patch.write(change), 1)
        await graph.commit(workers, added=[Quad(RED, LABEL, BLUE)])
        return await ask(workers, "SELECT ?n { <https://a.example/counter> ?p ?n }")

    assert in_pool(graph, scenario) == []


def test_idle_workers_of_an_old_revision_end(graph):
    async def scenario(workers):
        await until(lambda: len(worker_pids()) == 2)
        old = worker_pids()
        await graph.count_to(1, workers)
        await until(lambda: not old & worker_pids())
        await until(lambda: len(worker_pids()) == 2)
        return old & worker_pids()

    assert in_pool(graph, scenario) == set()


@pytest.mark.skipif(not HAS_HUGE_PAGES, reason="Linux gathers memory in huge pages from 6.1 on")
def test_small_changes_leave_the_huge_pages_of_the_graph_whole():
    """A fork copies one entry for each, and one for every 4 KiB of the rest."""
    graph = Graph(Quad(RED, LABEL, Literal(str(number))) for number in range(100_000))

    async def scenario(workers):
        pages = []
        for number in range(5):
            await until(lambda: len(worker_pids()) == 2)
            await asyncio.sleep(0.1)  # until they are idle
            pages.append(huge_pages(*fork_servers()))
            texts = (Literal(f"{turn}{number}") for turn in range(100))
            await graph.commit(workers, added=[Quad(RED, LABEL, text) for text in texts])
        return pages

    pages = in_pool(graph, scenario)

    assert pages[0] > 16 * MIB
    assert pages[-1] > pages[0] / 2


def test_idle_workers_answer_while_a_large_change_is_made(graph):
    many = [Quad(RED, LABEL, Literal(f"{number:0100}")) for number in range(30_000)]

    async def scenario(workers):
        await until(lambda: len(worker_pids()) == 2)
        change = asyncio.create_task(graph.commit(workers, added=many))
        await asyncio.sleep(0)
        during = [await ask(workers, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }") for _ in range(2)]
        was_over = change.done()
        await change
        return during, was_over, await ask(workers, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")

    assert in_pool(graph, scenario) == ([["3"], ["3"]], False, ["30003"])


def test_a_fork_server_with_many_removed_quads_is_replaced_while_changes_go_on(graph):
    """A memory store never frees what is removed from it."""
    many = [Quad(RED, LABEL, Literal(str(number))) for number in range(100_001)]

    async def scenario(workers):
        (old,) = fork_servers()
        await graph.commit(workers, added=many)
        await graph.commit(workers, removed=many)
        number = 0
        while fork_servers() & {old}:
            await graph.count_to(number, workers)
            assert await ask(workers, "SELECT ?n { <https://a.example/counter> ?p ?n }") == [str(number)]
            number += 1
        return number, len(fork_servers()), await ask(workers, ALL_NAMES)

    changes, servers, alive = in_pool(graph, scenario)

    assert changes > 1
    assert servers == 1
    assert alive == [str(changes - 1), "Anwar Ibrahim", "Sanae Takaichi", "Xi Jinping"]


# --- hostile input


def test_a_runaway_ends_at_its_time_and_is_replaced_within_a_quarter_second(graph):
    async def attempt(workers):
        start = time.monotonic()
        ends = await asyncio.gather(*(outcome(workers.run(query(ENDLESS, seconds=0.4))) for _ in range(2)))
        assert await is_alive(workers)
        assert [(type(end), end.limit) for end in ends] == [(TimeExceeded, "query_seconds")] * 2
        return time.monotonic() - start

    async def scenario(workers):
        return [await attempt(workers) for _ in range(3)]

    # The best of three: other processes may hold the machine up.
    assert 0.4 <= min(in_pool(graph, scenario)) < 0.65


def test_the_error_names_the_setting_that_the_time_came_from(graph):
    request = Request("query", ENDLESS.encode(), MEDIA, 0.1, limit="write_seconds")

    error = in_pool(graph, lambda workers: outcome(workers.run(request)))

    assert isinstance(error, TimeExceeded)
    assert error.limit == "write_seconds"


def test_a_query_that_overflows_the_stack_takes_only_its_worker_with_it(graph):
    async def scenario(workers):
        ends = [await outcome(workers.run(query(CRASHING))) for _ in range(3)]
        assert await is_alive(workers)
        return ends

    assert [type(error) for error in in_pool(graph, scenario)] == [WorkerDied] * 3


def test_a_query_that_takes_all_memory_takes_only_its_worker_with_it(graph):
    async def scenario(workers):
        error = await outcome(workers.run(query(GREEDY)))
        assert await is_alive(workers)
        return error

    error = in_pool(graph, scenario, memory_bytes=64 * MIB)

    assert isinstance(error, MemoryExceeded)
    assert error.limit == "memory_bytes"


def test_a_request_larger_than_the_memory_of_a_worker_is_a_memory_error(graph):
    async def scenario(workers):
        error = await outcome(workers.run(query("#" * 80 * MIB)))
        assert await is_alive(workers)
        return error

    assert isinstance(in_pool(graph, scenario, memory_bytes=64 * MIB), MemoryExceeded)


def test_a_result_larger_than_allowed_is_refused_whole(graph):
    sparql = "SELECT * {" + "".join(VALUES.format(i) for i in range(2)) + "}"

    async def scenario(workers):
        error = await outcome(workers.run(query(sparql)))
        assert await is_alive(workers)
        return error

    error = in_pool(graph, scenario, result_bytes=MIB)

    assert isinstance(error, ResultTooLarge)
    assert error.limit == "result_bytes"


def test_a_result_of_many_frames_arrives_whole(graph):
    sparql = "SELECT * {" + "".join(VALUES.format(i) for i in range(2)) + "} LIMIT 1000000"

    answer = in_pool(graph, lambda workers: workers.run(query(sparql)))

    with answer.body:
        assert answer.body.read() == b"v0,v1\r\n" + b"1,1\r\n" * 1_000_000
    assert answer.size == 5_000_007


def test_a_request_of_many_frames_arrives_whole(graph):
    async def scenario(workers):
        return await ask(workers, ALL_NAMES + "#" * 3 * MIB)

    assert in_pool(graph, scenario) == ["Anwar Ibrahim", "Sanae Takaichi", "Xi Jinping"]


@pytest.mark.parametrize("silent", ["", "SILENT"])
def test_a_query_reaches_no_other_server(graph, silent):
    """SPARQL 1.1 Federated Query: SERVICE connects, unless the process cannot."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        listener.setblocking(False)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        sparql = f"SELECT * {{ SERVICE {silent} <{address}> {{ ?s ?p ?o }} }}"
        request = query(sparql, solutions="application/sparql-results+json")

        async def scenario(workers):
            if silent:
                (await workers.run(request)).body.close()
            else:
                assert isinstance(await outcome(workers.run(request)), OutboundRefused)

        in_pool(graph, scenario)

        with pytest.raises(BlockingIOError):
            listener.accept()


def test_a_runaway_ends_even_while_the_service_hangs(graph):
    """The time limit is the service's; the limit of processor time is the kernel's."""

    async def scenario(workers):
        runaway = asyncio.create_task(outcome(workers.run(query(ENDLESS, seconds=0.2))))
        await asyncio.sleep(0.1)
        (pid,) = worker_pids()
        deadline = time.monotonic() + 30
        while pid in worker_pids() and time.monotonic() < deadline:
            time.sleep(0.05)
        return pid in worker_pids(), await runaway

    survived, error = in_pool(graph, scenario, workers=1)

    assert not survived
    assert isinstance(error, TimeExceeded)


def test_a_worker_opens_nothing_and_dumps_no_core(graph):
    async def scenario(workers):
        await is_alive(workers)
        return [Path(f"/proc/{pid}/limits").read_text() for pid in worker_pids()]

    (limits,) = in_pool(graph, scenario, workers=1)

    rows = {line[:25].strip(): line[25:].split()[:2] for line in limits.splitlines()}
    assert rows["Max open files"] == ["0", "0"]
    assert rows["Max core file size"] == ["0", "0"]
    assert rows["Max address space"][0] != "unlimited"


def test_a_worker_has_nothing_open_but_its_connection(graph):
    async def scenario(workers):
        await is_alive(workers)
        (pid,) = worker_pids()
        return [os.readlink(entry) for entry in sorted(Path(f"/proc/{pid}/fd").iterdir())]

    opened = in_pool(graph, scenario, workers=1)

    assert opened[:2] == ["/dev/null", "/dev/null"]
    assert sum(name.startswith("socket:") for name in opened[3:]) == 1
    assert sum(name.endswith("/statm") for name in opened[3:]) == 1
    assert len(opened) == 5


def test_a_worker_that_keeps_much_memory_is_replaced_after_an_answer(graph):
    """What an allocator keeps for later costs an idle service and the next job."""

    async def scenario(workers):
        await is_alive(workers)
        first = worker_pids()
        for _ in range(10):
            assert len(await ask(workers, LONG)) == 490_000
            if not first & worker_pids():
                return await is_alive(workers)
        return False

    assert in_pool(graph, scenario, workers=1, memory_bytes=256 * MIB)


# --- the pool


def test_a_service_without_free_descriptors_forks_again_when_it_has_some(graph, caplog):
    async def scenario(workers):
        await is_alive(workers)
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
        try:
            await graph.count_to(1, workers)
            await asyncio.sleep(0.1)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        return await ask(workers, "SELECT ?n { <https://a.example/counter> ?p ?n }")

    assert in_pool(graph, scenario, workers=1) == ["1"]
    assert "no worker could be forked" in caplog.text


def test_a_cancelled_request_stops_its_query(graph):
    """A client that goes away does not leave its query running."""

    async def scenario(workers):
        await until(lambda: len(worker_pids()) == 2)
        before = worker_pids()
        running = asyncio.create_task(workers.run(query(ENDLESS)))
        await asyncio.sleep(0.1)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        await until(lambda: len(before & worker_pids()) == 1, seconds=0.25)
        assert await is_alive(workers)

    in_pool(graph, scenario)


def test_short_requests_do_not_wait_for_the_end_of_long_ones(graph, monkeypatch):
    """Three of which one may take long: the others have had their moment, and wait."""
    monkeypatch.setattr(stays, "MOMENT", 1)  # so that on a busy machine the short ones are short

    async def scenario(workers):
        long = [asyncio.create_task(outcome(workers.run(query(f"{ENDLESS} #{n}")))) for n in range(3)]
        served = [await is_alive(workers) for _ in range(100)]
        return served, [task.done() for task in long]

    served, ended = in_pool(graph, scenario, workers=1)

    assert served == [True] * 100
    assert ended == [False] * 3


def test_what_takes_long_without_a_place_is_begun_anew_and_answered_whole(graph):
    async def scenario(workers):
        runaway = asyncio.create_task(outcome(workers.run(query(ENDLESS, seconds=1))))
        await until(lambda: 15 in nice_values())
        rows = await ask(workers, LONG)
        return await runaway, len(rows)

    error, rows = in_pool(graph, scenario, workers=1)

    assert isinstance(error, TimeExceeded)
    assert rows == 490_000


def test_what_takes_long_gives_way_to_others_and_its_worker_is_used_no_more(graph):
    async def scenario(workers):
        await until(lambda: len(worker_pids()) == 1)
        before, started = worker_pids(), []
        answer = await workers.run(query(LONG), lambda: started.append(nice_values()))
        answer.body.close()
        await until(lambda: worker_pids() and not before & worker_pids())
        return started, nice_values()

    started, after = in_pool(graph, scenario, workers=1)

    assert started == [{15}]
    assert after == {10}


def test_what_had_no_processor_meanwhile_has_not_taken_long(graph):
    async def scenario(workers):
        await until(lambda: len(worker_pids()) == 1)
        before = worker_pids()
        for pid in before:
            os.kill(pid, signal.SIGSTOP)
        asking = asyncio.create_task(is_alive(workers))
        await asyncio.sleep(3 * stays.MOMENT)
        for pid in before:
            os.kill(pid, signal.SIGCONT)
        return await asking, nice_values(), worker_pids() == before

    assert in_pool(graph, scenario, workers=1) == (True, {10}, True)


def test_what_took_long_waits_for_a_place_first_until_it_is_short_again(graph):
    async def scenario(workers):
        long = known_as_long(workers, seconds=0.3)
        runaway = asyncio.create_task(workers.run(query(ENDLESS)))
        await until(lambda: 15 in nice_values() and len(worker_pids()) == 1 + SPARE)
        before = worker_pids()
        refused = await outcome(workers.run(long))
        is_undisturbed = worker_pids() == before
        runaway.cancel()
        return refused, is_undisturbed

    refused, is_undisturbed = in_pool(graph, scenario, workers=1)

    assert isinstance(refused, QueueFull)
    assert is_undisturbed


def test_a_text_that_was_short_at_last_is_no_longer_known_as_long():
    places = Places(1, queue=1, notice=lambda: None)
    for number in range(2000):
        places.note(query(str(number)), is_long=True)
    places.note(query("1999"), is_long=False)

    assert [places.is_long(query(str(number))) for number in (0, 1998, 1999)] == [False, True, False]


def known_as_long(workers: Workers, *, seconds: float) -> Request:
    """Give a query that waits for its place at once, because it took long before."""
    request = query(f"{ENDLESS} # again", seconds=seconds)
    workers._places.note(request, is_long=True)
    return request


def nice_values() -> set[int]:
    """Give the nice values of the workers (proc(5): field 19 of stat)."""
    stats = [Path(f"/proc/{pid}/stat").read_text() for pid in worker_pids()]
    return {int(stat.rpartition(")")[2].split()[16]) for stat in stats}


def test_more_requests_than_may_wait_are_refused_and_the_others_have_their_turn(graph):
    async def scenario(workers):
        runaway = asyncio.create_task(outcome(workers.run(query(ENDLESS, seconds=1.5))))
        await until(lambda: 15 in nice_values())
        waiting = asyncio.create_task(outcome(workers.run(known_as_long(workers, seconds=2))))
        await asyncio.sleep(0)
        full = await outcome(workers.run(query(f"{ENDLESS} #3")))
        return full, await runaway, await waiting

    full, *others = in_pool(graph, scenario, workers=1, queue=1)

    assert isinstance(full, QueueFull)
    assert full.limit == "queue"
    assert [type(error) for error in others] == [TimeExceeded] * 2


def test_nobody_waits_for_a_place_longer_than_the_job_may_take(graph):
    async def scenario(workers):
        runaway = asyncio.create_task(outcome(workers.run(query(ENDLESS, seconds=1))))
        await until(lambda: 15 in nice_values())
        tired = await outcome(workers.run(known_as_long(workers, seconds=0.3)))
        await runaway
        assert await is_alive(workers)
        return tired

    assert isinstance(in_pool(graph, scenario, workers=1), QueueFull)


def test_a_request_cancelled_while_it_waits_leaves_its_place_to_others(graph):
    async def scenario(workers):
        runaway = asyncio.create_task(outcome(workers.run(query(ENDLESS, seconds=0.4))))
        await asyncio.sleep(0.1)
        impatient = asyncio.create_task(workers.run(query("ASK {}")))
        await asyncio.sleep(0)
        impatient.cancel()
        patient = asyncio.create_task(is_alive(workers))
        await runaway
        return await patient

    assert in_pool(graph, scenario, workers=1, queue=1)


def test_a_worker_handed_to_a_request_that_was_just_cancelled_serves_the_next():
    async def scenario():
        connection, other = socket.socketpair()
        with other:
            worker = Worker(1, 1, line=await Line.over(connection), kill=os._exit)
            bench = Bench(1)
            impatient = asyncio.create_task(bench.take(1))
            await asyncio.sleep(0)
            bench.put(worker)
            impatient.cancel()
            await asyncio.gather(impatient, return_exceptions=True)
            return worker is await bench.take(1)

    assert asyncio.run(scenario())


@pytest.mark.parametrize("said", [b"\xff no frame", frame(Kind.END, b"no JSON"), frame(Kind.STEP, b"{")])
def test_a_worker_that_sends_nonsense_is_killed_and_the_request_told_so(said):
    """Nothing else that it says can be trusted, and waiting for more would take all the time there is."""

    async def scenario():
        connection, other = socket.socketpair()
        killed = []
        with other:
            worker = Worker(1, 1, line=await Line.over(connection), kill=killed.append)
            other.sendall(said)
            with pytest.raises(WorkerDied, match="no frame"):
                await worker.answer(query("ASK {}"), result_bytes=MIB)
        return killed, worker.is_usable

    assert asyncio.run(scenario()) == ([1], False)


def test_the_fork_server_kills_only_its_own_children(graph):
    """The number of a child that was reaped may be anybody's."""

    async def scenario():
        spawner = await Spawner.start(graph, 64 * MIB, notice=lambda: None)
        with subprocess.Popen(["sleep", "60"]) as stranger:
            spawner._kill(stranger.pid)
            (await spawner.fork()).dismiss()
            await asyncio.sleep(0.05)
            lived = lives(stranger.pid)
            stranger.kill()
        await spawner.close()
        return lived

    assert asyncio.run(scenario())


def test_requests_that_wait_while_the_fork_server_dies_are_served_by_the_next(graph):
    async def scenario(workers):
        await graph.count_to(1, workers)
        running = asyncio.create_task(outcome(workers.run(query(ENDLESS))))
        await asyncio.sleep(0.1)
        waiting = asyncio.create_task(ask(workers, "SELECT ?n { <https://a.example/counter> ?p ?n }"))
        await asyncio.sleep(0)
        (server,) = fork_servers()
        os.kill(server, signal.SIGKILL)
        died = await running
        changing = asyncio.create_task(graph.count_to(2, workers))
        await changing
        after = await ask(workers, "SELECT ?n { <https://a.example/counter> ?p ?n }")
        return died, await waiting, after, server in fork_servers()

    died, waited, after, survived = in_pool(graph, scenario, workers=1)

    assert isinstance(died, WorkerDied)
    assert waited in (["1"], ["2"])
    assert after == ["2"]
    assert not survived


def test_a_change_between_the_death_of_a_fork_server_and_the_next_is_not_lost(graph):
    async def scenario(workers):
        for number in range(5):
            for server in fork_servers():
                os.kill(server, signal.SIGKILL)
            await graph.count_to(number, workers)
            assert await ask(workers, "SELECT ?n { <https://a.example/counter> ?p ?n }") == [str(number)]

    in_pool(graph, scenario)


def test_a_fork_server_that_cannot_be_loaded_is_tried_again(caplog, monkeypatch):
    monkeypatch.setattr(stays, "MOMENT", 60)  # until then the one worker is all there is
    graph = FailingGraph(people())

    async def scenario(workers):
        (server,) = fork_servers()
        await until(lambda: len(worker_pids()) == 1)
        running = asyncio.create_task(outcome(workers.run(query(ENDLESS))))
        await asyncio.sleep(0.05)
        waiting = asyncio.create_task(outcome(workers.run(query("ASK {}"))))
        await asyncio.sleep(0.05)
        os.kill(server, signal.SIGKILL)
        ends = await running, await waiting
        assert await is_alive(workers)
        return ends

    ends = in_pool(graph, scenario, workers=1)

    assert [type(end) for end in ends] == [WorkerDied, WorkerDied]
    assert graph.dumps == 3
    assert "no new fork server" in caplog.text


def test_a_graph_that_is_no_n_quads_fails_the_start():
    class Broken(Graph):
        def dump(self):
            return 1, iter([b"this is no quad\n" * 100_000])

    with pytest.raises(WorkerDied):
        in_pool(Broken([]), is_alive)

    assert not fork_servers()


def test_a_closed_pool_leaves_no_process_and_answers_nobody(graph):
    async def scenario():
        workers = Workers(graph, Settings(workers=2))
        await workers.start()
        running = [asyncio.create_task(outcome(workers.run(query(ENDLESS)))) for _ in range(3)]
        await until(lambda: len(worker_pids()) == 2 + SPARE)
        processes = fork_servers() | worker_pids()
        await workers.close()
        ends = [await task for task in running] + [await outcome(workers.run(query("ASK {}")))]
        return processes, ends

    processes, ends = asyncio.run(scenario())

    assert len(processes) == 1 + 2 + SPARE
    assert not any(Path(f"/proc/{pid}").exists() for pid in processes)
    assert [type(end) for end in ends] == [WorkerDied] * 4


def test_a_service_that_is_killed_leaves_no_process():
    code = "import asyncio, workers_scenes; asyncio.run(workers_scenes.pool_that_hangs())"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])}
    with subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE) as service:
        processes = [int(pid) for pid in service.stdout.readline().split()]
        service.kill()

    assert len(processes) == 1 + 2 + SPARE
    asyncio.run(until(lambda: not any(lives(pid) for pid in processes), seconds=2))


def test_the_fork_server_learns_no_secret_of_the_service(graph, monkeypatch):
    monkeypatch.setenv("SUMMITRY_TOKEN", "a-secret")

    async def scenario(workers):
        return b"".join(Path(f"/proc/{pid}/environ").read_bytes() for pid in fork_servers())

    assert b"a-secret" not in in_pool(graph, scenario)


def test_the_fork_server_imports_neither_web_nor_shacl_libraries():
    code = "import sys, summitry.workers.forkserver; print(*sys.modules)"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}

    listed = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )

    assert not {"fastapi", "starlette", "rdflib", "pyshacl", "owlrl", "uvicorn"} & set(listed.stdout.split())


def test_the_fork_server_outlives_the_signals_that_stop_a_service(graph):
    """A terminal and a service manager signal the whole group; the last answers must not be cut."""

    async def scenario(workers):
        before = fork_servers()
        for pid in before | worker_pids():
            os.kill(pid, signal.SIGINT)
            os.kill(pid, signal.SIGTERM)
        assert await is_alive(workers)
        return before == fork_servers()

    assert in_pool(graph, scenario)


# --- failures


def every_error() -> Iterator[SummitryError]:
    yield MalformedQuery("expected }", line=2, column=9)
    for kind in vars(errors).values():
        if not isinstance(kind, type) or not issubclass(kind, SummitryError):
            continue
        if issubclass(kind, LimitExceeded):
            yield kind("too much", limit="memory_bytes")
        elif issubclass(kind, Refused):
            yield kind(
                Report((Finding(Severity.VIOLATION, "no label", line=3), Finding(Severity.INFO, "unknown")))
            )
        else:
            yield kind("what happened")


@pytest.mark.parametrize("error", list(every_error()), ids=lambda error: type(error).__name__)
def test_every_error_is_the_same_on_the_other_side_of_a_process_border(error):
    raised = failures.from_facts(failures.to_facts(error))

    assert (type(raised), str(raised), vars(raised)) == (type(error), str(error), vars(error))


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (-signal.SIGSEGV, WorkerDied),
        (-signal.SIGABRT, MemoryExceeded),
        (-signal.SIGXCPU, TimeExceeded),
        (-signal.SIGKILL, WorkerDied),
        (1, WorkerDied),
        (None, WorkerDied),
    ],
)
def test_the_end_of_a_worker_tells_what_its_job_did(status, kind):
    assert type(failures.from_exit(status, limit="query_seconds")) is kind
