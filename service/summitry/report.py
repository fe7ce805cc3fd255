"""Reports as JSON, between our processes and for clients, and as a sentence."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import Final

from summitry.model import Edit, Finding, Report, Severity

Members = Mapping[str, str | int | Sequence[Mapping[str, str | int]]]

_NAMES: Final = tuple(field.name for field in fields(Finding))


def dumps(report: Report) -> str:
    """Give `report` as a JSON array of its findings, one object each."""
    return json.dumps([as_members(finding) for finding in report.findings], ensure_ascii=False)


def loads(text: str) -> Report:
    """Give the report that `dumps` wrote."""
    return Report(tuple(_finding(row) for row in json.loads(text)))


def as_members(finding: Finding) -> Members:
    """Give what `finding` says, member by member; what is empty is left out."""
    members: Members = asdict(finding)
    return {name: value for name, value in members.items() if value}


def summary(report: Report) -> str:
    """Give the counts of `report` as a sentence; what was there before the change counts apart."""
    counts: list[tuple[str, int]] = [
        (severity, sum(f.severity is severity and not f.standing for f in report.findings))
        for severity in Severity
    ]
    said = [f"{count} {severity}{'s' if count > 1 else ''}" for severity, count in counts if count]
    standing = sum(finding.standing for finding in report.findings)
    if standing:
        said.append(f"{standing} there before")
    return ", ".join(said) if said else "nothing to remark"


def _finding(row: Mapping[str, object]) -> Finding:
    values = {name: row[name] for name in _NAMES if name in row}
    edits = tuple(Edit(**edit) for edit in row.get("edits", ()))  # type: ignore[attr-defined]
    return Finding(**values | {"severity": Severity(str(row["severity"])), "edits": edits})  # type: ignore[arg-type]
