"""Agents: the official client of the Model Context Protocol over HTTP and stdio, and the guide in plain text."""

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters

from servers import Server
from summitry.question import catalogue
from summitry.web.endpoints import endpoints
from summitry.web.mcp import _security

T = TypeVar("T")
CLIENT = {"name": "a shell", "version": "1"}
STATIC = {"schema", "search", "describe", "timeline", "sparql"}
QUESTIONS = {f"ask_{name.replace('-', '_')}" for name in catalogue()}


def with_client(address: str | StdioServerParameters, work: Callable[[Client], Coroutine[Any, Any, T]]) -> T:
    async def main() -> T:
        async with Client(address) as client:
            return await work(client)

    return asyncio.run(main())


def call(server: Server, name: str, **arguments: object) -> dict[str, Any]:
    """Give what a tool answers over HTTP."""

    async def work(client: Client):
        return await client.call_tool(name, arguments)

    result = with_client(f"{server.url}/mcp", work)
    assert not result.is_error, result.content
    return result.structured_content


def refused(server: Server, name: str, **arguments: object) -> str:
    """Give what a tool says instead of an answer."""

    async def work(client: Client):
        return await client.call_tool(name, arguments)

    result = with_client(f"{server.url}/mcp", work)
    assert result.is_error
    return result.content[0].text


def test_the_tools_are_those_of_the_graph_and_the_questions(shipped):
    async def work(client: Client):
        return (await client.list_tools()).tools

    tools = {tool.name: tool for tool in with_client(f"{shipped.url}/mcp", work)}

    assert tools.keys() >= STATIC | QUESTIONS
    assert all(tool.annotations.read_only_hint for tool in tools.values())
    holders = tools["ask_office_holders"].input_schema
    assert holders["properties"]["valid_at"]["default"] == "2025-10-24"
    assert tools["sparql"].input_schema["required"] == ["query"]


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_a_client_of_either_protocol_is_answered(shipped, mode):
    """The handshake of 2025 and the calls without one of 2026."""

    async def main():
        async with Client(f"{shipped.url}/mcp", mode=mode) as client:
            return (
                await client.call_tool("ask_office_holders", {"office": "cn-president"})
            ).structured_content

    assert asyncio.run(main())["rows"][0]["holder"]["label"] == "Xi Jinping"


def test_every_question_is_answered_by_its_tool(shipped):
    """A tool answers what its route answers."""

    async def work(client: Client):
        return {name: await client.call_tool(name, {}) for name in sorted(QUESTIONS)}

    results = with_client(f"{shipped.url}/mcp", work)

    assert [name for name, result in results.items() if result.is_error] == []
    there = shipped.client.get("/questions/outlooks").json()
    assert results["ask_outlooks"].structured_content == there
    assert "rdf:reifies <<(" in results["ask_claims_as_reifiers"].structured_content["text"]


def test_an_agent_finds_its_way_from_a_name_to_a_timeline(shipped):
    found = call(shipped, "search", q="xi jin")
    iri = found["groups"][0]["items"][0]["id"]

    assert call(shipped, "describe", entity=iri)["label"] == "Xi Jinping"
    assert call(shipped, "timeline", entity=iri)["total"] > 0


def test_what_has_no_page_is_described_by_its_statements(shipped):
    topic = call(shipped, "describe", entity="topic:us-opioid-crisis")

    assert (topic["label"], topic["type"]) == ("opioid crisis in the United States", "Topic")
    assert any(name.endswith("related") for name in topic["statements"])


def test_the_schema_tells_every_class_with_its_meaning(shipped):
    terms = call(shipped, "schema")

    assert {"ap:Tenure", "ap:Policy"} <= {one["term"] for one in terms["classes"]}
    assert all(one["means"] for one in (*terms["classes"], *terms["properties"]))


def test_sparql_shows_some_rows_and_counts_all(shipped):
    found = call(shipped, "sparql", query="SELECT ?c { ?c a ap:Country } ORDER BY ?c", limit=3)

    assert (found["columns"], found["shown"], len(found["rows"])) == (["c"], 3, 3)
    assert found["total"] > 100


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT ?x {", "line 1"),
        ("SELECT * { SERVICE <http://localhost/> { ?s ?p ?o } }", "SERVICE"),
        ("DELETE WHERE { ?s ?p ?o }", "begins an update, not a query"),
    ],
)
def test_a_query_that_is_not_answered_says_why(shipped, query, said):
    """Read-only: an update is no query, and nothing makes the server contact another."""
    before = shipped.state()

    assert said in refused(shipped, "sparql", query=query)
    assert shipped.state() == before


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("ask_office_holder", {}, "did you mean ask_office_holders?"),
        ("ask_office_holders", {"office": "nobody"}, "the graph declares no office 'nobody'"),
        ("ask_office_holders", {"offce": "x"}, "did you mean office?"),
        ("ask_office_holders", {"office": {"a": 1}}, "write a text"),
        ("describe", {}, "entity: it is needed"),
        ("describe", {"entity": "person:nobody"}, "no graph declares 'person:nobody'"),
        ("sparql", {"query": "ASK {}", "limit": 5000}, "from 1 to 1000"),
    ],
)
def test_a_call_that_cannot_be_answered_says_what_to_write(shipped, tool, arguments, said):
    assert said in refused(shipped, tool, **arguments)


def test_a_page_of_another_origin_cannot_speak_to_a_service_on_loopback(shipped):
    """DNS rebinding: a name that a web page points at this machine is not one of this machine's."""
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    head = {"accept": "application/json, text/event-stream"}

    statuses = [
        shipped.client.post("/mcp", json=body, headers={**head, **bad}).status_code
        for bad in ({}, {"host": "evil.example"}, {"origin": "https://evil.example"})
    ]

    assert statuses == [200, 421, 403]


def test_a_service_on_a_public_address_answers_under_any_name():
    assert not _security("0.0.0.0").enable_dns_rebinding_protection
    assert _security("::1").enable_dns_rebinding_protection


def test_there_is_nothing_to_get(shipped):
    """Streamable HTTP: a server without streams of its own answers GET with 405."""
    answer = shipped.client.get("/mcp")

    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_the_command_line_answers_over_standard_input_and_output():
    """`summitry mcp` asks the shipped graph; the output has messages alone."""
    command = StdioServerParameters(command=sys.executable, args=["-m", "summitry", "mcp"])

    async def work(client: Client):
        tools = (await client.list_tools()).tools
        holders = await client.call_tool("ask_office_holders", {"office": "jp-prime-minister"})
        return {tool.name for tool in tools}, holders.structured_content

    tools, holders = with_client(command, work)

    assert tools >= STATIC | QUESTIONS
    assert [row["holder"]["label"] for row in holders["rows"]] == ["Sanae Takaichi"]


def test_what_is_asked_before_the_input_ends_is_answered():
    calls = [
        ("initialize", {"protocolVersion": "2025-03-26", "capabilities": {}, "clientInfo": CLIENT}),
        ("tools/call", {"name": "search", "arguments": {"q": "trump"}}),
        ("tools/call", {"name": "ask_office_holders", "arguments": {"office": "jp-prime-minister"}}),
    ]
    lines = [
        json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": parameters})
        for number, (method, parameters) in enumerate(calls)
    ]

    command = [sys.executable, "-m", "summitry", "mcp"]
    ended = subprocess.run(command, input="\n".join(lines), capture_output=True, text=True, check=True)

    answers = [json.loads(line) for line in ended.stdout.splitlines()]
    assert sorted(answer["id"] for answer in answers) == [0, 1, 2]
    assert all("result" in answer for answer in answers)


def test_the_guide_lists_what_there_is_and_nothing_else(shipped):
    """It is made of the OpenAPI document, the catalogue and the tools."""
    guide = shipped.client.get("/llms.txt").text
    listed = set(re.findall(r"^- [A-Z]+ (/\S*?): ", guide, re.MULTILINE))
    asked = set(re.findall(r"\]\((/questions/[\w-]+)\)", guide))

    document = shipped.client.get("/openapi.json").json()
    assert listed | asked == {endpoint.path for endpoint in endpoints(document)}
    assert asked == {f"/questions/{name}" for name in catalogue()}
    tools = guide.partition("Tools:")[2]
    assert set(re.findall(r"^- (\w+): ", tools, re.MULTILINE)) >= STATIC | QUESTIONS
