"""The command for agents: mcp."""

import click

from summitry.assembly import opened
from summitry.cli.options import settings_options
from summitry.cli.shell import examples, run
from summitry.settings import Settings
from summitry.tokens import Tokens


@click.command(epilog=examples("mcp --data ./graph", "mcp"))
@settings_options("data")
def mcp(data: str) -> None:
    """Answer an agent by the Model Context Protocol, on standard input and output.

    It asks the store --data, which no server may have open, or without one the shipped graph.
    """
    run(_mcp(Settings(data=data)))


async def _mcp(settings: Settings) -> None:
    # FastAPI and the protocol are slow to import, and few commands need them.
    from summitry.web.app import create_app
    from summitry.web.mcp import Agents
    from summitry.web.tools import Toolbox

    async with opened(settings, _silent) as service:
        app = create_app(service, Tokens(None, []))
        await Agents(Toolbox(service, app), settings).over_stdio()


def _silent(_: str) -> None:
    """Say nothing: the other end reads messages alone."""
