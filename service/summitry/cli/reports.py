"""How reports are shown on standard output."""

import os
import sys
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

import click

from summitry.cli.shell import say
from summitry.formats import BY_NAME, text
from summitry.model import Report, Upload
from summitry.report import summary
from summitry.source import text_of

TEXT: Final = "text"

format_option = click.option(
    "--format",
    "form",
    type=click.Choice(list(BY_NAME)),
    default=TEXT,
    show_default=True,
    help="How the report is written: for people, programs, code scanning, pull requests, RDF tools.",
)

_STYLES: Final = MappingProxyType(
    {
        text.Role.PLACE: "bold",
        text.Role.VIOLATION: "red",
        text.Role.WARNING: "yellow",
        text.Role.INFO: "blue",
        text.Role.CARET: "green",
        text.Role.HELP: "green",
    }
)


def show(report: Report, documents: Iterable[Upload], form: str = TEXT) -> None:
    """Print `report` about `documents`; for people, the counts go to standard error."""
    sources = {document.name: text_of(document.content) for document in documents}
    if form != TEXT:
        click.echo(BY_NAME[form](report, sources), nl=False)
        return
    show_lines(report, sources)
    for name in sources:
        found = tuple(finding for finding in report.findings if finding.file == name)
        say(f"{name}: {summary(Report(found))}")


def show_lines(report: Report, sources: Mapping[str, str]) -> None:
    """Print `report` for people."""
    paint = _styled if is_colourful() else text.plain
    for line in text.lines(report, sources, paint):
        click.echo(line)


def _styled(piece: str, role: text.Role) -> str:
    style = _STYLES[role]
    return click.style(piece, bold=True) if style == "bold" else click.style(piece, fg=style, bold=True)


def is_colourful() -> bool:
    """Tell whether standard output is a terminal whose user did not turn colour off (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
