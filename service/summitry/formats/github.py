"""Reports as annotations of a pull request: GitHub's workflow commands, one line for each finding."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from summitry.formats.text import help_
from summitry.model import Finding, Report, Severity

_LEVELS: Final = MappingProxyType(
    {Severity.VIOLATION: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
)
# A percent sign first: the other escapes have one.
_DATA: Final = (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"))
_PROPERTY: Final = (*_DATA, (":", "%3A"), (",", "%2C"))


def write(report: Report, _: Mapping[str, str]) -> str:
    """Give one workflow command for each finding. What was there before is a notice."""
    return "".join(f"{_command(finding)}\n" for finding in report.findings)


def _command(finding: Finding) -> str:
    level = "notice" if finding.standing else _LEVELS[finding.severity]
    properties = ",".join(f"{name}={_escaped(value, _PROPERTY)}" for name, value in _properties(finding))
    help_line = f"\n{help_(finding)}" if finding.fix else ""
    return f"::{level} {properties}::{_escaped(finding.message + help_line, _DATA)}"


def _properties(finding: Finding) -> Iterator[tuple[str, str]]:
    if finding.file:
        yield "file", finding.file
    if finding.line:
        yield "line", str(finding.line)
        yield "col", str(finding.column)
    yield "title", (finding.shape or finding.component).rpartition("#")[2] or finding.severity.value


def _escaped(text: str, escapes: tuple[tuple[str, str], ...]) -> str:
    for character, escape in escapes:
        text = text.replace(character, escape)
    return text
