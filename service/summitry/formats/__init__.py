"""A report in the forms that others read: people, programs, code review and RDF tools.

`sources` are the texts of the files that the report is about, by the names that it calls them; a form
that shows lines of them does without where they are not at hand.
"""

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from summitry import validation_report
from summitry.formats import github, sarif, text
from summitry.media import JSON, JSON_LD, TURTLE
from summitry.model import Report
from summitry.report import as_members, summary

TEXT: Final = "text/plain"

Render = Callable[[Report, Mapping[str, str]], str]


def _text(report: Report, sources: Mapping[str, str]) -> str:
    return "\n".join([*text.lines(report, sources), summary(report)]) + "\n"


def _json(report: Report, _: Mapping[str, str]) -> str:
    members = {"conforms": report.conforms, "findings": [as_members(f) for f in report.findings]}
    return json.dumps(members, ensure_ascii=False, indent=2) + "\n"


def _turtle(report: Report, _: Mapping[str, str]) -> str:
    return validation_report.write(report, TURTLE).decode()


def _json_ld(report: Report, _: Mapping[str, str]) -> str:
    return validation_report.write(report, JSON_LD).decode()


# What the command line calls a form, and how it is written.
BY_NAME: Final[Mapping[str, Render]] = MappingProxyType(
    {
        "text": _text,
        "json": _json,
        "sarif": sarif.write,
        "github": github.write,
        "turtle": _turtle,
        "jsonld": _json_ld,
    }
)

# What HTTP calls it; the service's own JSON has members beside these.
BY_MEDIA: Final[Mapping[str, Render]] = MappingProxyType(
    {JSON: _json, TEXT: _text, sarif.MEDIA: sarif.write, TURTLE: _turtle, JSON_LD: _json_ld}
)
