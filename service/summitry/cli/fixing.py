"""Makes the edits of a report that are certain, and nothing else, to the files of a curator."""

import os
import tempfile
from codecs import BOM_UTF8
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from shutil import copymode
from typing import Final

import click

from summitry.cli.shell import STDIN, say
from summitry.formats.text import help_
from summitry.model import Finding, Report, Upload
from summitry.source import Source, text_of
from summitry.terms import SHAPES

Judge = Callable[[Upload], Awaitable[Report]]

_ROUNDS: Final = 8  # a file whose syntax is mended shows what else is to be mended
_SYNTAX: Final = SHAPES + "Syntax"


async def fix(document: Upload, judge: Judge) -> tuple[Upload, Report]:
    """Mend the file of `document` as far as that is certain; give it as it is then, with its report."""
    if document.name == STDIN:
        raise click.UsageError("--fix changes files; standard input is none")
    fixed, report = document, await judge(document)
    for _ in range(_ROUNDS):
        made = list(_fixable(report))
        if not made:
            break
        candidate = replace(fixed, content=_edited(fixed.content, made))
        judged = await judge(candidate)
        # What made it worse was not certain after all.
        if _mistakes(judged) > _mistakes(report):
            break
        _tell(made)
        fixed, report = candidate, judged
    if fixed.content != document.content:
        write(Path(fixed.name), fixed.content)
    return fixed, report


def write(path: Path, content: bytes) -> None:
    """Make `content` that of the file `path`, whole or not at all; a link stays one."""
    path = path.resolve()
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        copymode(path, name)
        Path(name).replace(path)
    except OSError as error:
        with suppress(OSError):
            Path(name).unlink()
        raise click.FileError(str(path), error.strerror or "cannot be written") from error


def _fixable(report: Report) -> Iterator[Finding]:
    return (finding for finding in report.findings if finding.edits and not finding.standing)


def _edited(content: bytes, findings: list[Finding]) -> bytes:
    mark = BOM_UTF8 if content.startswith(BOM_UTF8) else b""
    edits = (edit for finding in findings for edit in finding.edits)
    return mark + Source(text_of(content)).edited(edits).encode()


def _mistakes(report: Report) -> int:
    return sum(finding.component == _SYNTAX for finding in report.findings)


def _tell(made: list[Finding]) -> None:
    for finding in made:
        say(f"{finding.file}:{finding.line}:{finding.column}: fixed: {finding.message} {help_(finding)}")
