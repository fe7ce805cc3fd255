"""Clients that are generated from the OpenAPI document: they compile, and speak with the service."""

import importlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from node_commands import NODE, command
from servers import running
from summitry.settings import Settings

sys.path.append(str(Path(__file__).parent.parent / "benchmarks"))

from fuzz import fill

BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def scratch():
    """Give a server with the example document, which starts faster than one with the whole shipped graph."""
    with running(Settings(empty=True, port=0)) as server:
        fill(server.url, server.token)
        yield server


@pytest.fixture
def document(scratch, tmp_path) -> Path:
    """Give the OpenAPI document as a file."""
    path = tmp_path / "openapi.json"
    path.write_bytes(scratch.client.get("/openapi.json").content)
    return path


def test_each_operation_has_a_name_of_its_own_that_is_one_of_python_too(document):
    paths = json.loads(document.read_text())["paths"]

    names = [operation["operationId"] for operations in paths.values() for operation in operations.values()]

    assert [name for name in names if not re.fullmatch("[a-z][a-z0-9_]+", name)] == []
    assert len(names) == len(set(names))


def test_each_answer_in_json_has_a_schema(document):
    paths = json.loads(document.read_text())["paths"]

    bare = [
        (path, method)
        for path, operations in paths.items()
        for method, operation in operations.items()
        for answer in operation["responses"].values()
        if answer.get("content", {}).get("application/json", {"schema": True}).get("schema") in (None, {})
    ]

    assert bare == []


def test_a_python_client_lists_describes_and_searches(scratch, document, tmp_path, monkeypatch):
    """openapi-python-client knows the first form of each answer, which is JSON, and the problems."""
    generated_python(document, tmp_path / "summitry_client")
    monkeypatch.syspath_prepend(tmp_path)
    package = importlib.import_module("summitry_client")
    problem = importlib.import_module("summitry_client.models").Problem

    with package.Client(base_url=scratch.url) as client:
        meetings = operation("meetings.list_meetings")(client=client, name="xi", valid_at="any")
        meeting = operation("meetings.describe_meeting")("trump-xi-apec-2025", client=client)
        found = operation("search.search")(client=client, q="meeting of donald", limit=1)
        unknown = operation("meetings.describe_meeting")("of-nobody", client=client)

    assert meeting.id in [item.id for item in meetings.items]
    assert meeting.label == "meeting of Donald Trump and Xi Jinping, October 2025"
    assert found.groups[0].items[0].matched.how == "prefix"
    assert isinstance(unknown, problem)
    assert unknown.status == 404


def test_a_program_in_typescript_compiles_and_runs(scratch, document, tmp_path):
    """openapi-typescript writes the types, the compiler holds the program to them, Node.js runs it."""
    run(command("openapi-typescript"), document, "-o", tmp_path / "service.d.ts")
    (tmp_path / "node_modules").symlink_to(NODE / "node_modules")
    shutil.copy(NODE / "client.mts", tmp_path)
    options = "--strict --module nodenext --target es2022 --types node --skipLibCheck"
    run(command("tsc"), *options.split(), "client.mts", cwd=tmp_path)

    told = run("node", "client.mjs", scratch.url, cwd=tmp_path)

    assert json.loads(told) == [True, "meeting of Donald Trump and Xi Jinping, October 2025", "prefix"]


def generated_python(document: Path, path: Path) -> None:
    """Write the package of a client, and compile it."""
    # It formats what it writes by ruff, which it looks for on the path.
    environment = os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    words = ("generate", "--path", document, "--output-path", path, "--meta", "none")
    run(BIN / "openapi-python-client", *words, env=environment)
    run(sys.executable, "-m", "compileall", "-q", path)


def operation(name: str):
    """Give the function of the generated client that sends a request and gives what was answered."""
    return importlib.import_module(f"summitry_client.api.{name}").sync


def run(*words, **options) -> str:
    ended = subprocess.run(words, capture_output=True, text=True, check=False, **options)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout
