"""The audit trail: who tried to change what, and what came of it, for admins to read."""

import asyncio
import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from pyoxigraph import NamedNode

from contract import HEAD
from servers import Server, running
from summitry.assembly import opened
from summitry.audit import Attempt, By, Ending
from summitry.cli import cli
from summitry.model import Commit, Upload
from summitry.settings import Settings
from summitry.store.audit import FILE, KEPT, AuditFile, line_of
from summitry.terms import GRAPHS
from summitry.tokens import Bearer, Role, Tokens

SECRETS = {
    "root": ("a-secret-of-root", Role.ADMIN),
    "lin": ("a-secret-of-lin", Role.CURATOR),
    "ray": ("a-secret-of-ray", Role.READER),
}
WRONG = "a-secret-of-nobody"
ANN = f'{HEAD} person:ann-audit a ap:Person ; rdfs:label "Ann"@en .'
GRAPH = f"{GRAPHS}audit"


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("audited")


@pytest.fixture(scope="module")
def audited(data) -> Iterator[Server]:
    tokens = Tokens(None, [(token, Bearer(name, role)) for name, (token, role) in SECRETS.items()])
    with running(Settings(data=str(data), empty=True, workers=2), tokens) as server:
        yield server


def bearer(name: str) -> dict[str, str]:
    return {"authorization": f"Bearer {SECRETS[name][0] if name in SECRETS else WRONG}"}


def put(server: Server, body: str, who: str = "lin", **parameters: str) -> httpx.Response:
    headers = {"content-type": "text/turtle", **bearer(who)}
    return server.client.put("/graphs", params={"graph": GRAPH, **parameters}, content=body, headers=headers)


def trail(server: Server, **parameters: str | int) -> list[dict]:
    answer = server.client.get("/audit", params=parameters, headers=bearer("root"))
    return answer.raise_for_status().json()["attempts"]


def last(server: Server) -> dict:
    return trail(server, limit=1)[0]


def told(attempt: dict, *names: str) -> tuple:
    return tuple(attempt[name] for name in names)


def test_what_is_accepted_is_told_with_its_revision(audited):
    revision = put(audited, ANN).json()["revision"]

    attempt = last(audited)

    assert told(attempt, "who", "by", "action", "graphs") == ("lin", "token", "PUT /graphs", [GRAPH])
    assert told(attempt, "outcome", "revision", "status") == ("accepted", revision, 201)
    commit = audited.client.get(f"/history/{revision}").json()
    assert attempt["digest"] == commit["digest"]
    assert attempt["at"][:16] == commit["at"][:16]


def test_what_is_refused_is_told_with_its_first_reason(audited):
    answer = put(audited, f"{HEAD} person:nameless-audit a ap:Person .")

    attempt = last(audited)

    assert told(attempt, "who", "outcome", "revision", "status") == ("lin", "refused", 0, 422)
    assert attempt["message"] == answer.json()["detail"]
    assert len(attempt["digest"]) == 64


def test_a_dry_run_is_told_as_one(audited):
    put(audited, ANN, dry_run="true")

    assert told(last(audited), "action", "outcome", "status") == ("PUT /graphs", "dry-run", 200)


@pytest.mark.parametrize(
    ("who", "by", "name", "status"),
    [("nobody", "address", "127.0.0.1", 401), ("ray", "token", "ray", 403)],
)
def test_whoever_may_not_write_is_told(audited, who, by, name, status):
    before = audited.state()

    put(audited, ANN, who)

    assert told(last(audited), "who", "by", "outcome", "status") == (name, by, "refused", status)
    assert audited.state() == before


@pytest.mark.parametrize(
    ("method", "path", "body", "media"),
    [
        ("POST", "/sparql", "INSERT DATA { GRAPH graph:audit { person:x a ap:Persn } }", "sparql-update"),
        ("DELETE", "/graphs?graph=urn:none", "", "json"),
        ("POST", "/graph/audit", "{", "json"),
        ("POST", "/history/9999/revert", "", "json"),
        ("POST", "/entities/rename", '{"old": "person:no", "new": "person:one", "message": "so"}', "json"),
        ("POST", "/entities/merge", "{", "json"),
        ("POST", "/reconcile/decisions?graph=urn:names", '{"decisions": []}', "json"),
        ("PATCH", "/graphs", "", "json"),
    ],
)
def test_every_door_that_writes_is_watched(audited, method, path, body, media):
    headers = {"content-type": f"application/{media}", **bearer("lin")}
    answer = audited.client.request(method, path, content=body, headers=headers)

    attempt = last(audited)

    assert attempt["action"] == f"{method} {path.partition('?')[0]}"
    assert told(attempt, "outcome", "status") == ("refused", answer.status_code)
    assert attempt["message"]


def test_what_is_too_large_to_be_read_is_told(audited):
    large = audited.service.settings.upload_bytes + 1
    headers = {"content-type": "text/turtle", **bearer("lin")}
    with audited.client.stream(
        "PUT", "/graphs", headers={**headers, "content-length": str(large)}, content=iter([b"x" * large])
    ) as answer:
        assert answer.status_code == 413

    assert told(last(audited), "action", "outcome", "status") == ("PUT /graphs", "refused", 413)


def test_reading_and_asking_are_no_attempts(audited):
    before = last(audited)

    audited.client.get("/sparql", params={"query": "ASK {}"}, headers=bearer("lin"))
    audited.client.post("/validate", content=ANN, headers={"content-type": "text/turtle"})
    audited.client.get("/graphs?graph=urn:none")

    assert last(audited) == before


def test_no_token_is_ever_in_the_trail(audited, data):
    for who in ("lin", "nobody"):
        token = bearer(who)["authorization"].removeprefix("Bearer ")
        audited.client.put(f"/graphs?graph=urn:{token}", content=token, headers=bearer(who))
        audited.client.put(f"/graph/{token}?access_token={token}", content=token, headers=bearer(who))
        audited.client.delete(f"/graphs?graph={token}", headers=bearer(who))
        audited.client.patch(f"/graph/{token}", headers=bearer(who))

    lines = (data / FILE).read_text()

    assert len(trail(audited, limit=8)) == 8
    assert [token for token in (*(token for token, _ in SECRETS.values()), WRONG) if token in lines] == []


@pytest.mark.parametrize(("who", "status"), [("lin", 403), ("ray", 403), ("nobody", 401), ("", 401)])
def test_only_an_admin_reads_the_trail_and_who_else_tries_is_in_it(audited, who, status):
    answer = audited.client.get("/audit", headers=bearer(who) if who else {})

    assert answer.status_code == status
    assert told(last(audited), "action", "outcome", "status") == ("GET /audit", "refused", status)


def test_pages_and_filters_give_each_attempt_once(audited):
    for who in ("lin", "root", "lin", "lin"):
        put(audited, ANN, who, dry_run="true")
    whole = trail(audited, who="lin", outcome="dry-run", limit=200)
    pages: list[dict] = []

    address = "/audit?who=lin&outcome=dry-run&limit=2"
    while address:
        page = audited.client.get(address, headers=bearer("root")).json()
        pages += page["attempts"]
        address = page["next"]

    assert pages == whole
    assert len(whole) >= 3
    assert {told(attempt, "who", "outcome") for attempt in whole} == {("lin", "dry-run")}


# The file


def attempt(number: int) -> Attempt:
    return Attempt(who=f"curator-{number}", by=By.TOKEN, action="PUT /graphs", outcome=Ending.ACCEPTED)


def test_the_trail_keeps_the_newest_within_its_bound(tmp_path):
    size = 10 * len(line_of(attempt(100)))
    kept = AuditFile(tmp_path, size=size)
    attempts = [attempt(100 + number) for number in range(100)]

    for one in attempts:
        kept.record(one)

    found = kept.read(limit=1000)
    assert [one.id for one in found] == [one.id for one in reversed(attempts)][: len(found)]
    assert 10 * KEPT <= len(found) <= 11 * (KEPT + 1)
    files = list(tmp_path.iterdir())
    assert len(files) == KEPT + 1
    assert sum(file.stat().st_size for file in files) <= (KEPT + 1) * (size + 200)
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


def test_two_writers_lose_nothing_and_mix_nothing(tmp_path):
    size = 20 * len(line_of(attempt(100)))
    attempts = [attempt(100 + number) for number in range(60)]

    def write(part: list[Attempt]) -> None:
        for one in part:
            AuditFile(tmp_path, size=size).record(one)

    threads = [threading.Thread(target=write, args=(attempts[start::3],)) for start in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {one.id for one in AuditFile(tmp_path).read(limit=1000)} == {one.id for one in attempts}


def test_a_torn_line_costs_no_other(tmp_path):
    kept = AuditFile(tmp_path)
    first, second = attempt(1), attempt(2)
    kept.record(first)
    with (tmp_path / FILE).open("a") as file:
        file.write('{"id": "to')

    kept.record(second)

    assert [one.id for one in kept.read()] == [second.id, first.id]


def test_a_full_disk_stops_nothing_and_the_log_has_what_the_trail_lacks(tmp_path, caplog):
    (tmp_path / FILE).symlink_to("/dev/full")

    with caplog.at_level(logging.ERROR):
        AuditFile(tmp_path).record(attempt(1))

    assert "curator-1" in caplog.text


def test_a_line_that_finds_space_for_a_part_is_not_there_in_part(tmp_path):
    """A write may take a part of what it is given, on a disk that fills up."""
    code = (
        "import resource, sys; from pathlib import Path; from summitry.audit import *;"
        "from summitry.store.audit import AuditFile;"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (400, 400)); kept = AuditFile(Path(sys.argv[1]));"
        "[kept.record(Attempt(who=f'c{n}', by=By.TOKEN, action='PUT', outcome=Ending.ACCEPTED)) for n in (1, 2)]"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True
    )

    lines = (tmp_path / FILE).read_text().splitlines()
    assert [json.loads(line)["who"] for line in lines] == ["c1"]
    assert '"who": "c2"' in done.stderr


# The commands


def command(*words: str) -> str:
    return CliRunner().invoke(cli, words).stdout


async def prepare(data: str) -> None:
    """Make a store in which somebody can be renamed."""
    async with opened(Settings(data=data, empty=True), lambda _: None) as service:
        upload = Upload(ANN.encode(), "text/turtle", NamedNode(GRAPH))
        await service.ingest.write(upload, Commit("a curator", "a test"))


def test_the_commands_write_the_same_trail_and_one_lists_it(tmp_path):
    data = ("--data", str(tmp_path))
    asyncio.run(prepare(str(tmp_path)))
    names = ("person:ann-audit", "person:anna-audit")
    token = command("token", "create", *data, "--role", "curator", "lin").strip()
    command("token", "remove", *data, "lin")
    command("token", "remove", *data, "lin")
    command("rename", *data, "--dry-run", *names)
    command("rename", *data, "--agent", "lin", "--message", "misspelt", *names)

    rows = [json.loads(line) for line in command("audit", *data).splitlines()]

    assert [told(row, "action", "outcome") for row in rows] == [
        ("rename person:ann-audit", "accepted"),
        ("rename person:ann-audit", "dry-run"),
        ("token remove lin", "refused"),
        ("token remove lin", "accepted"),
        ("token create lin as curator", "accepted"),
    ]
    assert told(rows[0], "who", "by", "graphs") == ("lin", "command", [GRAPH])
    refused = [json.loads(line) for line in command("audit", *data, "--outcome", "refused").splitlines()]
    assert [row["message"] for row in refused] == ["there is no token of lin"]
    assert len(token) > 20
    assert token not in (tmp_path / FILE).read_text()
