"""The curator's commands about single entities: rename, merge."""

import sys

import click

from summitry.assembly import opened
from summitry.cli.curation import DRY_RUN, signed, told
from summitry.cli.options import settings_options
from summitry.cli.shell import examples, need_data, need_made, run, say
from summitry.model import Commit
from summitry.settings import Settings
from summitry.usecases import renaming

_OLD = click.argument("old")


@click.command(
    epilog=examples(
        "rename --data ./graph --dry-run person:li-qang person:li-qiang",
        'rename --data ./graph --message "misspelt" person:li-qang person:li-qiang',
    )
)
@_OLD
@click.argument("new")
@DRY_RUN
@signed
@settings_options("data")
def rename(old: str, new: str, dry_run: bool, agent: str, message: str, data: str) -> None:
    """Give the entity OLD the name NEW. OLD stays, to say that NEW replaces it.

    Both are prefixed names or IRIs. The message is required: it says why.
    """
    need_data(data)
    need_made(data)
    commit = None if dry_run else Commit(agent, message)
    sys.exit(run(_replace(old, new, commit, Settings(data=data, empty=True), merging=False)))


@click.command(
    epilog=examples(
        "merge --data ./graph --dry-run person:donald-j-trump person:donald-trump",
        'merge --data ./graph --message "one man" person:donald-j-trump person:donald-trump',
    )
)
@_OLD
@click.argument("into")
@DRY_RUN
@signed
@settings_options("data")
def merge(old: str, into: str, dry_run: bool, agent: str, message: str, data: str) -> None:
    """Make one entity of OLD and INTO, which turned out to be one. OLD stays, to say that INTO replaces it.

    Both are prefixed names or IRIs. Where they have labels in one language, that of OLD becomes another name.
    The message is required: it says why.
    """
    need_data(data)
    need_made(data)
    commit = None if dry_run else Commit(agent, message)
    sys.exit(run(_replace(old, into, commit, Settings(data=data, empty=True), merging=True)))


async def _replace(old: str, new: str, commit: Commit | None, settings: Settings, *, merging: bool) -> int:
    """Replace `old` by `new`, or without a commit show what that would change; give the exit code."""
    first, second = (renaming.named(name, settings.instance_base) for name in (old, new))
    async with opened(settings, say) as service:
        ingest = service.ingest
        if commit:
            write = ingest.replace_entity(first, second, commit, merging=merging)
        else:
            write = ingest.rehearse_replacement(first, second, merging=merging)
        return await told(service, old, write)
