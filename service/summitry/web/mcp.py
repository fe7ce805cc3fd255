"""The Model Context Protocol: the toolbox for agents, at /mcp over HTTP and by the command line over stdio."""

import asyncio
import json
from contextlib import AbstractAsyncContextManager, suppress
from typing import Any, Final, Self

import mcp_types as types
from anyio import EndOfStream
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPASGIApp, StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from mcp.shared._stream_protocols import ReadStream, WriteStream
from mcp.shared.message import SessionMessage
from starlette.routing import Route

from summitry import __version__
from summitry.errors import SummitryError
from summitry.settings import Settings
from summitry.web import problems
from summitry.web.tools import Refusal, Tool, Toolbox

PATH: Final = "/mcp"
_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
_HOSTS: Final = ("127.0.0.1", "localhost", "[::1]")
_INSTRUCTIONS: Final = (
    "A knowledge graph of who does what to whom in international economic diplomacy. Every answer says how sure it "
    "is, since when it holds and who says so; what is not recorded is unrecorded, so do not fill it in. Find "
    "entities by `search`, then `describe` them or ask their `timeline`; the tools whose names begin with `ask_` "
    "answer common questions; read `schema` before writing `sparql`."
)
_ENVELOPE: Final = 64 * 1024  # what stands around a query in a call

_Call = ServerRequestContext[dict[str, Any]]
_Message = SessionMessage | Exception


class Agents:
    """The way in for agents. It keeps nothing between calls, so any number of servers may stand behind an address."""

    def __init__(self, toolbox: Toolbox, settings: Settings) -> None:
        self._toolbox = toolbox
        self._patience = settings.query_seconds
        self._server: Server[dict[str, Any]] = Server(
            "summitry",
            version=__version__,
            instructions=_INSTRUCTIONS,
            on_list_tools=self._list,
            on_call_tool=self._call,
        )
        self._manager = StreamableHTTPSessionManager(
            self._server,
            json_response=True,
            stateless=True,
            security_settings=_security(settings.host),
            max_request_body_size=settings.query_bytes + _ENVELOPE,
        )

    def running(self) -> AbstractAsyncContextManager[None]:
        """Give what has to be entered while calls over HTTP are answered."""
        return self._manager.run()

    def route(self) -> Route:
        """Give the route of the streamable HTTP transport; without sessions there is nothing to GET or DELETE."""
        return Route(PATH, StreamableHTTPASGIApp(self._manager), methods=["POST"])

    async def over_stdio(self) -> None:
        """Answer on standard input and output until the input ends and all that it asked is answered."""
        async with stdio_server() as (read, write):
            asked = _Asked(read, patience=self._patience)
            answers = _Answers(write, asked)
            await self._server.run(asked, answers, self._server.create_initialization_options())

    async def _list(self, _: _Call, __: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[_listed(tool) for tool in self._toolbox.tools()])

    async def _call(self, _: _Call, asked: types.CallToolRequestParams) -> types.CallToolResult:
        try:
            found = await self._toolbox.call(asked.name, asked.arguments or {})
        except Refusal as refusal:
            return _said(str(refusal), is_error=True)
        except SummitryError as error:
            return _said(problems.told(error), is_error=True)
        answer = _said(json.dumps(found, ensure_ascii=False, separators=(",", ":")))
        answer.structured_content = found
        return answer


class _Asked:
    """The messages of a client. Their end waits until all requests are answered, or for `patience` seconds.

    At the end the SDK stops whatever it works on: the last answers to who writes its calls and closes would be lost.
    """

    def __init__(self, messages: ReadStream[_Message], *, patience: float) -> None:
        self._messages = messages
        self._patience = patience
        self._open: set[types.RequestId] = set()
        self._all_answered = asyncio.Event()

    def settle(self, request: types.RequestId | None) -> None:
        """Note that a request is answered."""
        self._open -= {request}
        if not self._open:
            self._all_answered.set()

    async def receive(self) -> _Message:
        """Give the next message. Raises anyio.EndOfStream."""
        try:
            item = await self._messages.receive()
        except EndOfStream:
            if self._open:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._all_answered.wait(), self._patience)
            raise
        if isinstance(item, SessionMessage) and isinstance(item.message, types.JSONRPCRequest):
            self._open.add(item.message.id)
            self._all_answered.clear()
        return item

    async def aclose(self) -> None:
        """Close."""
        await self._messages.aclose()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> _Message:
        try:
            return await self.receive()
        except EndOfStream:
            raise StopAsyncIteration from None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


class _Answers:
    """What the client is sent."""

    def __init__(self, messages: WriteStream[SessionMessage], asked: _Asked) -> None:
        self._messages = messages
        self._asked = asked

    async def send(self, item: SessionMessage) -> None:
        """Send a message."""
        await self._messages.send(item)
        if isinstance(item.message, types.JSONRPCResponse | types.JSONRPCError):
            self._asked.settle(item.message.id)

    async def aclose(self) -> None:
        """Close."""
        await self._messages.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


def _listed(tool: Tool) -> types.Tool:
    hints = types.ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=tool.schema,
        annotations=hints,
    )


def _said(text: str, *, is_error: bool = False) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(type="text", text=text)], is_error=is_error)


def _security(host: str) -> TransportSecuritySettings:
    """Give who may be asked for: on loopback this machine alone, since a web page can point a name at it.

    Elsewhere the service answers whoever reaches it, under whatever name the operator gave it.
    """
    if host not in _LOOPBACK:
        return TransportSecuritySettings(enable_dns_rebinding_protection=False)
    names = [name for known in _HOSTS for name in (known, f"{known}:*")]
    origins = [f"{scheme}://{name}" for scheme in ("http", "https") for name in names]
    return TransportSecuritySettings(allowed_hosts=names, allowed_origins=origins)
