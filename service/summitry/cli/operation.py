"""The operator's commands: check, token."""

import sys
from pathlib import Path

import click

from summitry.assembly import opened
from summitry.cli.options import settings_options
from summitry.cli.shell import REFUSED, examples, need_data, run, say
from summitry.settings import Settings
from summitry.tokens import FILE, Bearer, Role, Tokens


@click.command(epilog=examples("check", "check --data ./graph"))
@settings_options("data")
def check(data: str) -> None:
    """Hold ontology, shapes and a sample of the graph against the reference engines, owlrl and pySHACL.

    For the operator, after a change of the ontology or the shapes. The sample holds the first instances of
    each class in each graph; the rest is judged by the compiled shapes alone, as it is written.
    """
    sys.exit(run(_check(Settings(data=data))))


@click.group()
def token() -> None:
    """See to the tokens that writing needs. They are kept as hashes in the directory of the store."""


@token.command(
    epilog=examples(
        "token create --data ./graph lin",
        "token create --data ./graph lin --graph https://w3id.org/summitry/graph/draft",
    )
)
@click.argument("name")
@click.option(
    "--role", type=click.Choice(list(Role)), default=Role.CURATOR, show_default=True, help="What it allows."
)
@click.option("--graph", "graphs", multiple=True, help="A graph that it may write to; without one, all.")
@settings_options("data")
def create(name: str, role: Role, graphs: tuple[str, ...], data: str) -> None:
    """Print a new token for NAME. It cannot be read again; a running service takes it at once."""
    click.echo(_tokens(data).create(Bearer(name, Role(role), graphs)))


@token.command("list", epilog=examples("token list --data ./graph"))
@settings_options("data")
def list_(data: str) -> None:
    """List whom there are tokens for."""
    for bearer in _tokens(data).listed():
        click.echo("\t".join((bearer.name, bearer.role, " ".join(bearer.graphs) or "all graphs")))


@token.command(epilog=examples("token remove --data ./graph lin"))
@click.argument("name")
@settings_options("data")
def remove(name: str, data: str) -> None:
    """End the token of NAME."""
    _tokens(data).remove(name)
    say(f"the token of {name} is no longer valid")


def _tokens(data: str) -> Tokens:
    need_data(data)
    return Tokens(Path(data) / FILE)


async def _check(settings: Settings) -> int:
    from summitry.usecases.check import (
        offences,  # rdflib and pySHACL are slow to import, and needed here alone
    )

    async with opened(settings, say) as service:
        found = list(offences(service.store, say))
    for line in found:
        click.echo(line)
    say(f"{len(found)} offences")
    return REFUSED if found else 0
