"""The Model Context Protocol: the toolbox for agents, at /mcp over HTTP and by the command line over stdio."""

import json
from contextlib import AbstractAsyncContextManager
from typing import Any, Final

import mcp_types as types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPASGIApp, StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
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


class Agents:
    """The way in for agents. It keeps nothing between calls, so any number of servers may stand behind an address."""

    def __init__(self, toolbox: Toolbox, settings: Settings) -> None:
        self._toolbox = toolbox
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
        """Answer on standard input and output until the input ends."""
        async with stdio_server() as (read, write):
            await self._server.run(read, write, self._server.create_initialization_options())

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
