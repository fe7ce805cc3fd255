"""The curator's commands: validate, load, update, history, revert."""

import getpass
import sys
from collections.abc import Awaitable, Sequence
from dataclasses import replace
from functools import partial

import click

from summitry.assembly import opened, rehearsing
from summitry.cli.auditing import audited
from summitry.cli.fixing import fix
from summitry.cli.options import settings_options, store_options
from summitry.cli.reports import format_option, show, show_lines
from summitry.cli.shell import (
    REFUSED,
    Command,
    examples,
    need_made,
    need_store,
    patiently,
    read,
    run,
    say,
    upload,
)
from summitry.errors import Refused, ScanRefused
from summitry.model import Commit, Finding, Report, Severity, Upload
from summitry.report import summary
from summitry.settings import Settings
from summitry.source import text_of
from summitry.terms import display
from summitry.usecases import difference, foresight
from summitry.usecases import history as past
from summitry.usecases.ingest import SYNTAX
from summitry.usecases.rehearsing import Outcome, Rehearsals
from summitry.usecases.service import Service

_FILES = click.argument("files", nargs=-1, required=True, type=click.Path(allow_dash=True))
_GRAPH = click.option("--graph", help="IRI of the graph; by default the file's name below …/summitry/graph/.")
DRY_RUN = click.option("--dry-run", is_flag=True, help="Show what would change; store nothing.")


def signed(command: Command) -> Command:
    """Add the options that say who changes something and why."""
    command = click.option("--message", default="", help="Why, for the history.")(command)
    return click.option(
        "--agent", default=getpass.getuser, show_default="your user name", help="Who, for the history."
    )(command)


@click.command(
    epilog=examples(
        "validate draft.ttl",
        "validate --fix draft.ttl",
        "validate --format github *.ttl",
        "validate --graph https://w3id.org/summitry/graph/draft - < draft.ttl",
    )
)
@_FILES
@_GRAPH
@format_option
@click.option("--fix", "is_fixing", is_flag=True, help="Make the mends that are certain in the files first.")
@settings_options("data")
def validate(files: tuple[str, ...], graph: str | None, form: str, is_fixing: bool, data: str) -> None:
    """Tell what is wrong with FILES, at file:line:column, and store nothing.

    They are checked against the store in --data, or without one against the shipped graph.
    """
    documents = [upload(name, graph) for name in files]
    sys.exit(run(_validate(documents, form, is_fixing, Settings(data=data))))


@click.command(
    epilog=examples(
        "load --data ./graph --dry-run draft.ttl", 'load --data ./graph --message "APEC 2025" draft.ttl'
    )
)
@_FILES
@_GRAPH
@DRY_RUN
@signed
@store_options
def load(
    files: tuple[str, ...], graph: str | None, dry_run: bool, agent: str, message: str, settings: Settings
) -> None:
    """Make each of FILES the content of its graph in the store, or refuse it and change nothing."""
    need_store(settings)
    sys.exit(run(_load(files, graph, Commit(agent, message), dry_run, _unlimited(settings))))


@click.command(
    epilog=examples(
        "update --data ./graph --dry-run change.ru",
        'update --data ./graph --message "a typing error" - < change.ru',
    )
)
@click.argument("file", type=click.Path(allow_dash=True))
@DRY_RUN
@signed
@store_options
def update(file: str, dry_run: bool, agent: str, message: str, settings: Settings) -> None:
    """Do what the SPARQL Update in FILE asks for, whole, or refuse it and change nothing."""
    need_store(settings)
    sys.exit(run(_update(file, Commit(agent, message), dry_run, settings)))


@click.command(epilog=examples("history --data ./graph", "history --data ./graph 7"))
@click.argument("number", type=int, required=False)
@click.option("--limit", default=20, show_default=True, help="How many revisions to list.")
@store_options
def history(number: int | None, limit: int, settings: Settings) -> None:
    """List the latest revisions of the store, or show what revision NUMBER changed."""
    need_store(settings)
    need_made(settings.data)
    run(_history(number, limit, replace(settings, empty=True)))


@click.command(epilog=examples('revert --data ./graph --message "wrong source" 7'))
@click.argument("number", type=int)
@DRY_RUN
@signed
@store_options
def revert(number: int, dry_run: bool, agent: str, message: str, settings: Settings) -> None:
    """Undo revision NUMBER of the store by a new one, if nothing changed the same again since."""
    need_store(settings)
    need_made(settings.data)
    commit = None if dry_run else Commit(agent, message or f"undoes revision {number}")
    sys.exit(run(_revert(number, commit, replace(settings, empty=True))))


async def _validate(documents: Sequence[Upload], form: str, is_fixing: bool, settings: Settings) -> int:
    async with rehearsing(settings, say) as rehearsals:
        judge = partial(_judged, rehearsals)
        pairs = [
            await fix(document, judge) if is_fixing else (document, await judge(document))
            for document in documents
        ]
    report = Report(tuple(finding for _, each in pairs for finding in each.findings))
    show(report, [document for document, _ in pairs], form)
    return 0 if report.conforms else REFUSED


async def _judged(rehearsals: Rehearsals, document: Upload) -> Report:
    try:
        return (await patiently(document.name, rehearsals.rehearse(document))).report
    except ScanRefused as refused:
        return Report((Finding(Severity.VIOLATION, str(refused), file=document.name, component=SYNTAX),))


def _unlimited(settings: Settings) -> Settings:
    """Lift what protects a service from its clients: these are files of whoever runs the command."""
    return replace(
        settings, upload_bytes=2**40, result_bytes=2**40, memory_bytes=2**40, write_seconds=24 * 3600.0
    )


async def _load(
    files: tuple[str, ...], graph: str | None, commit: Commit, dry_run: bool, settings: Settings
) -> int:
    async with opened(settings, say, lags=not dry_run) as service:
        codes = [await _load_one(service, upload(name, graph), commit, dry_run) for name in files]
    return max(codes)


async def _load_one(service: Service, document: Upload, commit: Commit, dry_run: bool) -> int:
    ingest = service.ingest
    write = ingest.rehearse(document) if dry_run else ingest.write(document, commit)
    return await told(service, document.name, write, [document])


async def _update(file: str, commit: Commit, dry_run: bool, settings: Settings) -> int:
    text = read(file)
    async with opened(settings, say) as service:
        ingest = service.ingest
        write = ingest.rehearse_update(text) if dry_run else ingest.update(text, commit)
        return await told(service, file, write)


async def _revert(number: int, commit: Commit | None, settings: Settings) -> int:
    """Undo revision `number`, or without a commit show what that would change; give the exit code."""
    async with opened(settings, say) as service:
        ingest = service.ingest
        write = ingest.revert(number, commit) if commit else ingest.rehearse_revert(number)
        return await told(service, f"revision {number}", write)


async def _history(number: int | None, limit: int, settings: Settings) -> None:
    async with opened(settings, say) as service:
        if number is not None:
            for line in past.readable(service.store, number):
                click.echo(line)
            return
        for revision in past.revisions(service.store, limit=limit):
            commit = revision.commit
            click.echo(
                f"{revision.number}\t{revision.at:%Y-%m-%d %H:%M:%S}Z\t{commit.agent}\t{commit.message}"
            )


async def told(
    service: Service, name: str, write: Awaitable[Outcome], documents: Sequence[Upload] = ()
) -> int:
    """Print what came of a write; give the exit code."""
    try:
        with audited(service.trail, name):
            outcome = await patiently(name, write)
    except Refused as refused:
        outcome = Outcome(refused.report, 0, 0, 0)
    show_lines(outcome.report, {document.name: text_of(document.content) for document in documents})
    say(f"{name}: {summary(outcome.report)}")
    if not outcome.report.conforms:
        say(f"{name}: refused; nothing of it is stored")
        return REFUSED
    if not outcome.revision:
        await _foretell(service, outcome)
    done = f"revision {outcome.revision.number}" if outcome.revision else "nothing stored"
    say(f"{name}: {outcome.added} triples to add, {outcome.removed} to remove: {done}")
    return 0


async def _foretell(service: Service, outcome: Outcome) -> None:
    """Print what a write would change, also of the answers, and which new entities look like older ones."""
    for line in difference.readable(difference.differences(service.store, outcome.change)):
        click.echo(line)
    for line in foresight.readable(await foresight.foresee(service, outcome.change)):
        click.echo(line)
    for one in difference.lookalikes(service.store, outcome.change):
        say(f"{display(one.new)} looks like {display(one.existing)}, “{one.name}”: if it is, use that IRI")
