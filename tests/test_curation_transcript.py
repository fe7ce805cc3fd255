"""The first document, broken in twelve ways and mended by what the messages say: `data/curation.md` records it.

SUMMITRY_REWRITE=1 writes the record anew; look at the difference before you commit it.
"""

import asyncio
import os
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff

import pytest

from summitry import resources
from summitry.assembly import rehearsing
from summitry.formats import text
from summitry.model import Report, Upload
from summitry.settings import Settings
from summitry.shipped import graph_of
from summitry.source import Source
from summitry.usecases.rehearsing import Rehearsals

RECORD = resources.ROOT / "data" / "curation.md"
PATH = resources.ROOT / "data" / "documents" / "hawkinsight-trump-xi-apec.ttl"
NAME = PATH.name
DOCUMENT = PATH.read_text("utf-8")
INTRODUCTION = f"""\
# Curation, tried

This shows what a curator is told when the first document is broken in twelve ways, one at a time, and that
following the messages alone mends each. The document is `documents/{NAME}`.

`tests/test_curation_transcript.py` writes this page and fails where it is no longer true. “Certain” mends are
those that `summitry validate --fix` makes; the others are written by hand, as the message says.
"""


@dataclass(frozen=True)
class Mistake:
    """What a curator wrote instead of `right`, which stands in the document once; an empty one: at its end.

    `mend` is what the message lets them write instead of `wrong`, where no mend is certain.
    """

    title: str
    right: str
    wrong: str
    mend: tuple[str, str] | None = None


PREDECESSOR = """
person:hu-jintao a ap:Person ;
    rdfs:label "Hu Jintao"@en .

tenure:hu-jintao-cn-president a ap:Tenure ;
    ap:holder person:hu-jintao ;
    ap:office office:cn-president ;
    ap:from "2003-03-15"^^xsd:date .
"""
MISTAKES = (
    Mistake(
        "A missing semicolon", "    ap:office office:cn-president ;\n", "    ap:office office:cn-president\n"
    ),
    Mistake("Curly quotes", '"Karoline Leavitt"@en', "“Karoline Leavitt”@en"),
    Mistake("An undeclared prefix", "@prefix office: <https://w3id.org/summitry/id/office/> .\n", ""),
    Mistake(
        "A slash in a name",
        "tenure:xi-jinping-cn-president a ap:Tenure",
        "tenure:xi-jinping/cn-president a ap:Tenure",
        ("tenure:xi-jinping/cn-president", "tenure:xi-jinping-cn-president"),
    ),
    Mistake(
        "A date in words", 'ap:published "2025-10-24"^^xsd:date', 'ap:published "Oct 24, 2025"^^xsd:date'
    ),
    Mistake(
        "A day that no calendar has",
        'ap:scheduledUntil "2025-11-10"',
        'ap:scheduledUntil "2025-11-31"',
        ('"2025-11-31"', '"2025-11-30"'),
    ),
    Mistake(
        "A date without its type",
        'ap:wouldTakeEffect "2025-11-01"^^xsd:date',
        'ap:wouldTakeEffect "2025-11-01"',
    ),
    Mistake("A percent sign", "ap:ratePercent 100 ;", 'ap:ratePercent "100%" ;'),
    Mistake("A misspelt property", "ap:scheduledUntil", "ap:sheduledUntil"),
    Mistake(
        "A misspelt class",
        "policy:us-additional-tariff-on-china-2025 a ap:TariffMeasure",
        "policy:us-additional-tariff-on-china-2025 a ap:TarifMeasure",
    ),
    Mistake(
        "A misspelt entity",
        "    ap:office office:us-president ;",
        "    ap:office office:us-presidant ;",
        ("office:us-presidant", "office:us-president"),
    ),
    Mistake(
        "Two holders of one office",
        "",
        PREDECESSOR,
        ('"2003-03-15"^^xsd:date .', '"2003-03-15"^^xsd:date ;\n    ap:until "2013-03-14"^^xsd:date .'),
    ),
)


def broken(mistake: Mistake) -> str:
    """Give the document with `mistake` in it."""
    if not mistake.right:
        return DOCUMENT + mistake.wrong
    assert DOCUMENT.count(mistake.right) == 1, f"“{mistake.right}” does not stand in {NAME} once"
    return DOCUMENT.replace(mistake.right, mistake.wrong)


def mended(mistake: Mistake, document: str, report: Report) -> str:
    """Give the document as it is when the messages were followed."""
    if mistake.mend:
        return document.replace(*mistake.mend)
    return Source(document).edited(edit for finding in report.findings for edit in finding.edits)


def changes(before: str, after: str) -> Iterator[str]:
    """Give the lines that differ, as a diff shows them."""
    yield "```diff"
    lines = unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    yield from (line for line in lines if not line.startswith(("---", "+++", "@@")))
    yield "```"


def new(report: Report) -> Report:
    """Give what the change brings: the document's own remarks were there before."""
    return Report(tuple(finding for finding in report.findings if not finding.standing))


async def judge(rehearsals: Rehearsals, document: str) -> Report:
    upload = Upload(document.encode(), "text/turtle", graph_of(PATH), name=NAME)
    return new((await rehearsals.rehearse(upload)).report)


async def chapter(rehearsals: Rehearsals, number: int, mistake: Mistake) -> list[str]:
    """Try one mistake; give what came of it."""
    document = broken(mistake)
    report = await judge(rehearsals, document)
    repaired = mended(mistake, document, report)
    after = await judge(rehearsals, repaired)

    assert report.findings, f"{mistake.title}: nothing is said"
    assert after == Report(), f"{mistake.title}: following the messages was not enough: {after}"
    refused = "" if report.conforms else " (it is refused)"
    kind = "By hand" if mistake.mend else "Certain"
    return [
        f"\n## {number}. {mistake.title}\n\nThe mistake:\n",
        *changes(DOCUMENT, document),
        f"\nWhat is said{refused}:\n\n```text",
        *text.lines(report, {NAME: document}),
        f"```\n\nThe mend ({kind.lower()}):\n",
        *changes(document, repaired),
        "\nThe document conforms, and nothing is left to remark.",
    ]


async def transcript() -> str:
    async with rehearsing(Settings(), lambda _: None) as rehearsals:
        chapters = [await chapter(rehearsals, n, mistake) for n, mistake in enumerate(MISTAKES, 1)]
    return INTRODUCTION + "\n".join(line for lines in chapters for line in lines) + "\n"


def test_twelve_mistakes_are_mended_by_the_messages_alone():
    """Held to in `data/curation.md`, word for word."""
    said = asyncio.run(transcript())

    if os.environ.get("SUMMITRY_REWRITE"):
        RECORD.write_text(said, "utf-8")
        pytest.skip("the record is written anew")
    assert said == RECORD.read_text("utf-8")


def test_there_are_twelve_of_them():
    assert len(MISTAKES) == 12
