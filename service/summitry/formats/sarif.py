"""Reports for code scanning: SARIF 2.1.0 (OASIS Standard), https://docs.oasis-open.org/sarif/sarif/v2.1.0/."""

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, TypeAlias
from urllib.parse import quote

from summitry import __version__
from summitry.formats.text import help_
from summitry.model import Edit, Finding, Report, Severity

MEDIA: Final = "application/sarif+json"

Json: TypeAlias = "str | int | Sequence[Json] | Mapping[str, Json]"
Object: TypeAlias = "dict[str, Json]"

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_HOME: Final = "https://w3id.org/summitry/"
_LEVELS: Final = MappingProxyType(
    {Severity.VIOLATION: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
)


def write(report: Report, _: Mapping[str, str]) -> str:
    """Give `report` as a log of one run; its rules are those that have results."""
    rules = {_rule(finding): finding for finding in reversed(report.findings)}
    order = {rule: index for index, rule in enumerate(sorted(rules))}
    driver: Object = {
        "name": "summitry",
        "version": __version__,
        "informationUri": _HOME,
        "rules": [_descriptor(rule, rules[rule]) for rule in sorted(rules)],
    }
    run: Object = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, order) for finding in report.findings],
    }
    log: Object = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _rule(finding: Finding) -> str:
    return finding.shape or finding.component or f"{_HOME}shapes#Rule"


def _descriptor(rule: str, example: Finding) -> Object:
    level = _LEVELS[example.severity]
    return {
        "id": rule.rpartition("#")[2],
        "helpUri": rule,
        "shortDescription": {"text": example.message},
        "defaultConfiguration": {"level": level},
    }


def _result(finding: Finding, order: Mapping[str, int]) -> Object:
    rule = _rule(finding)
    text = f"{finding.message} ({help_(finding)})" if finding.fix else finding.message
    result: Object = {
        "ruleId": rule.rpartition("#")[2],
        "ruleIndex": order[rule],
        "level": _LEVELS[finding.severity],
        "message": {"text": text},
        "baselineState": "unchanged" if finding.standing else "new",
    }
    if finding.file:
        result["locations"] = [_location(finding)]
    if finding.edits:
        result["fixes"] = [_fix(finding)]
    return result


def _location(finding: Finding) -> Object:
    physical: Object = {"artifactLocation": _artifact(finding.file)}
    if finding.line:
        physical["region"] = {"startLine": finding.line, "startColumn": finding.column}
    return {"physicalLocation": physical}


def _fix(finding: Finding) -> Object:
    change: Object = {
        "artifactLocation": _artifact(finding.file),
        "replacements": [_replacement(edit) for edit in finding.edits],
    }
    return {"description": {"text": help_(finding)}, "artifactChanges": [change]}


def _replacement(edit: Edit) -> Object:
    region = {
        "startLine": edit.line,
        "startColumn": edit.column,
        "endLine": edit.end_line,
        "endColumn": edit.end_column,
    }
    return {"deletedRegion": region, "insertedContent": {"text": edit.text}}


def _artifact(file: str) -> Object:
    return {"uri": quote(file)}
