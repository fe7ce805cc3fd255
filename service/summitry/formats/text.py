"""Reports for people, as a compiler prints them: the place, what is wrong, the line with a caret, the help."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Final

from summitry.model import Finding, Report, Severity
from summitry.syntax import TOKEN, line_starts

WIDTH: Final = 100  # columns of a source line that are shown
_TAB: Final = "    "
_BEFORE: Final = "already there before this change (not refused):"


class Role(StrEnum):
    """What a piece of the text is, for those who paint it."""

    PLACE = "place"
    VIOLATION = Severity.VIOLATION.value
    WARNING = Severity.WARNING.value
    INFO = Severity.INFO.value
    CARET = "caret"
    HELP = "help"


Paint = Callable[[str, Role], str]


def plain(text: str, _: Role) -> str:
    """Give `text` without colour."""
    return text


def lines(report: Report, sources: Mapping[str, str], paint: Paint = plain) -> Iterator[str]:
    """Give the lines that show `report`: what refuses or remarks on the change, then what was there before."""
    placed = {finding.file for finding in report.findings if finding.line}
    files = {name: (text, line_starts(text)) for name, text in sources.items() if name in placed}

    def shown(findings: Iterable[Finding]) -> Iterator[str]:
        for finding in findings:
            text, starts = files.get(finding.file, ("", []))
            yield _headline(finding, paint)
            if 0 < finding.line <= len(starts):
                end = starts[finding.line] if finding.line < len(starts) else len(text)
                yield from _excerpt(finding, text[starts[finding.line - 1] : end].rstrip("\r\n"), paint)
            if finding.fix:
                yield f"  {paint('help:', Role.HELP)} {_visible(help_(finding))}"

    yield from shown(finding for finding in report.findings if not finding.standing)
    standing = [finding for finding in report.findings if finding.standing]
    if standing:
        yield _BEFORE
        yield from shown(standing)


def help_(finding: Finding) -> str:
    """Give what to write as a sentence; the fix of a finding may be one, or just the term."""
    return finding.fix if finding.fix[:1].isupper() else f"write {finding.fix}"


def _headline(finding: Finding, paint: Paint) -> str:
    place = ":".join(str(part) for part in (finding.file, finding.line, finding.column) if part)
    start = paint(f"{_visible(place)}:", Role.PLACE) + " " if place else ""
    severity = paint(f"{finding.severity}:", Role(finding.severity.value))
    shape = f" [{finding.shape.rpartition('#')[2]}]" if finding.shape else ""
    return f"{start}{severity} {_visible(finding.message)}{shape}"


def _excerpt(finding: Finding, line: str, paint: Paint) -> Iterator[str]:
    """Give the source line, clipped around the column, and below it a caret for each column of the token."""
    at = min(max(finding.column - 1, 0), len(line))
    end = _end(finding, line, at)
    first, last = _window(line, at)
    before = ("…" if first else "") + _shown(line[first:at])
    marked = _shown(line[at : min(end, last)])
    after = _shown(line[min(end, last) : last]) + ("…" if last < len(line) else "")
    margin = len(str(finding.line)) * " "
    yield f"  {finding.line} | {before}{marked}{after}"
    carets = "^" * max(_width(marked), 1)
    yield f"  {margin} | {' ' * _width(before)}{paint(carets, Role.CARET)}"


def _end(finding: Finding, line: str, at: int) -> int:
    """Give where what is wrong ends: what an edit replaces there, or else the token."""
    for edit in finding.edits:
        if (edit.line, edit.column, edit.end_line) == (finding.line, at + 1, finding.line):
            return max(edit.end_column - 1, at + 1)
    token = TOKEN.match(line, at)
    return max(token.end() if token else at, at + 1)


def _window(line: str, at: int) -> tuple[int, int]:
    """Give the part of `line` to show: all that fits before `at` and after it, up to half of the width before."""
    if len(line) <= WIDTH and _width(_shown(line)) <= WIDTH:
        return 0, len(line)
    # Characters without width are counted too: a line may have a million of them.
    first, used = at, 0
    while first > max(0, at - WIDTH) and (used := used + _width(_shown(line[first - 1]))) <= WIDTH // 2:
        first -= 1
    last, used = at, _width(_shown(line[first:at]))
    while last < min(len(line), at + WIDTH) and (used := used + _width(_shown(line[last]))) <= WIDTH:
        last += 1
    return first, last


def _shown(text: str) -> str:
    """Give `text` with what a terminal would obey, or turn around, made visible; tabs become spaces."""
    return "".join(_TAB if c == "\t" else "\ufffd" if _commands(c) else c for c in text)


def _visible(text: str) -> str:
    return _shown(" ".join(text.split()))


def _commands(character: str) -> bool:
    # U+200C and U+200D join letters in many scripts; other format characters turn lines around.
    return unicodedata.category(character) in ("Cc", "Cf") and character not in "\u200c\u200d"


def _width(text: str) -> int:
    """Give how many columns `text` takes on a terminal (Unicode Standard Annex 11)."""
    return sum(
        0
        if unicodedata.category(c) in ("Mn", "Me", "Cf")
        else 1 + (unicodedata.east_asian_width(c) in ("W", "F"))
        for c in text
    )
