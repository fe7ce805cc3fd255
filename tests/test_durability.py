"""A whole service that is killed, or runs out of disk. `benchmarks/kill.py` kills many more times."""

import os
import resource
import sys
from pathlib import Path

import httpx
import pytest

from contract import HEAD
from summitry.terms import GRAPHS

sys.path.append(str(Path(__file__).parent.parent / "benchmarks"))

from kill import survived
from served import Served, served

KILLS = int(os.environ.get("SUMMITRY_TEST_SERVICE_KILLS", "8"))
NO_LIMIT = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


def test_a_service_that_is_killed_loses_nothing_acknowledged_and_keeps_nothing_by_halves():
    """kill -9 at random moments, while it opens, anywhere, at a commit: each start finds one whole revision."""
    found = survived(KILLS, seed=1)

    assert found.kills.total() == KILLS
    assert found.acknowledged > 0
    assert found.slowest < 10


@pytest.mark.parametrize("moment", ["ledger", "graph"])
def test_on_a_full_disk_a_write_is_refused_and_reads_go_on(tmp_path, moment):
    """RFC 4918 §11.5: 507, the server cannot store what is needed; when there is room again, it can."""
    with served("--data", str(tmp_path)) as service, client_of(service) as client:
        assert put(client, "before").status_code == 201
        before = stated(client, "before")

        limit(service, file_that_grows(tmp_path, moment))
        refused = put(client, "full")
        found = get(client, "full").status_code, stated(client, "before")
        resource.prlimit(service.pid, resource.RLIMIT_FSIZE, NO_LIMIT)

        assert refused.status_code == 507
        assert refused.json()["type"] == "https://w3id.org/summitry/problem/store-full"
        assert found == (404, before)
        assert put(client, "after").status_code == 201
    with served("--data", str(tmp_path)) as service, client_of(service) as client:
        assert stated(client, "before") == before
        assert [get(client, name).status_code for name in ("full", "after")] == [404, 200]


def client_of(service: Served) -> httpx.Client:
    return httpx.Client(base_url=service.url, headers=service.bearer, timeout=60)


def put(client: httpx.Client, name: str) -> httpx.Response:
    """Write a graph whose record is small beside what the store writes of it."""
    persons = "".join(f'person:{name}-{n} a ap:Person ; rdfs:label "{n}"@en .\n' for n in range(300))
    headers = {"content-type": "text/turtle"}
    return client.put("/graphs", params={"graph": GRAPHS + name}, content=HEAD + persons, headers=headers)


def get(client: httpx.Client, name: str) -> httpx.Response:
    return client.get("/graphs", params={"graph": GRAPHS + name}, headers={"accept": "application/n-triples"})


def stated(client: httpx.Client, name: str) -> list[str]:
    return sorted(get(client, name).raise_for_status().text.splitlines())


def file_that_grows(directory: Path, moment: str) -> Path:
    """Give the ledger, or the file into which the graph writes next."""
    if moment == "ledger":
        return directory / "ledger"
    return max((directory / "graph").glob("*.log"), key=lambda path: path.stat().st_size)


def limit(service: Served, file: Path) -> None:
    """Let no file of the service grow by more than a hundred bytes beyond the size of `file`."""
    size = file.stat().st_size + 100
    resource.prlimit(service.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
