"""The command line: a thin skin over the service. Results go to standard output, progress to standard error."""

import sys

import click

from summitry import __version__
from summitry.cli import agents, curation, entities, formatting, operation, serving
from summitry.cli.shell import FAILED, say
from summitry.errors import SummitryError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="summitry")
def cli() -> None:
    """Serve, check and fill a knowledge graph of actors and policies.

    Exit codes: 0 done, 1 something is refused, 2 the command line is wrong, 3 something else failed.
    """


for command in (
    serving.serve,
    serving.query,
    serving.export,
    agents.mcp,
    curation.validate,
    formatting.fmt,
    curation.load,
    curation.update,
    curation.history,
    curation.revert,
    entities.rename,
    entities.merge,
    operation.check,
    operation.token,
    operation.audit,
):
    cli.add_command(command)


def main() -> None:
    """Run the command; give its exit code to the shell."""
    try:
        cli()
    except SummitryError as error:
        say(f"summitry: {error}")
        sys.exit(FAILED)
