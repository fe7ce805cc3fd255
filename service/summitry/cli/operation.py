"""The operator's commands: check, token, audit."""

import sys
from pathlib import Path

import click

from summitry.assembly import opened
from summitry.audit import Ending
from summitry.cli.auditing import audited
from summitry.cli.options import settings_options
from summitry.cli.shell import REFUSED, examples, need_data, run, say
from summitry.settings import Settings
from summitry.store.audit import AuditFile, line_of
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
    "--role",
    type=click.Choice([one.value for one in Role]),
    default=Role.CURATOR.value,
    show_default=True,
    help="What it allows.",
)
@click.option("--graph", "graphs", multiple=True, help="A graph that it may write to; without one, all.")
@settings_options("data")
def create(name: str, role: str, graphs: tuple[str, ...], data: str) -> None:
    """Print a new token for NAME. It cannot be read again; a running service takes it at once."""
    need_data(data)
    with audited(AuditFile(Path(data)), f"{name} as {role}", is_write=True):
        token = _tokens(data).create(Bearer(name, Role(role), graphs))
    click.echo(token)


@token.command("list", epilog=examples("token list --data ./graph"))
@settings_options("data")
def list_(data: str) -> None:
    """List whom there are tokens for."""
    need_data(data)
    for bearer in _tokens(data).listed():
        click.echo("\t".join((bearer.name, bearer.role, " ".join(bearer.graphs) or "all graphs")))


@token.command(epilog=examples("token remove --data ./graph lin"))
@click.argument("name")
@settings_options("data")
def remove(name: str, data: str) -> None:
    """End the token of NAME."""
    need_data(data)
    with audited(AuditFile(Path(data)), name, is_write=True):
        _tokens(data).remove(name)
    say(f"the token of {name} is no longer valid")


def _tokens(data: str) -> Tokens:
    return Tokens(Path(data) / FILE)


@click.command(
    epilog=examples(
        "audit --data ./graph", "audit --data ./graph --who lin", "audit --data ./graph --outcome refused"
    )
)
@click.option("--who", default="", help="Only of this name or address.")
@click.option("--outcome", type=click.Choice([one.value for one in Ending]), help="Only those that ended so.")
@click.option("--limit", default=50, show_default=True, help="How many at most.")
@settings_options("data")
def audit(who: str, outcome: str | None, limit: int, data: str) -> None:
    """List who tried to change the store --data, newest first, as JSON lines.

    Refused attempts are among them, dry runs, and what was done to tokens.
    """
    need_data(data)
    for attempt in AuditFile(Path(data)).read(who=who, outcome=outcome or "", limit=limit):
        click.echo(line_of(attempt))


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
