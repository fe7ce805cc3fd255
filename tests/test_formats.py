"""A report for people, for code scanning, for pull requests and for programs: the same findings in each form."""

import json
from dataclasses import replace

import pytest
from pydantic import AnyUrl, BaseModel, ConfigDict, Field

from summitry.formats import BY_MEDIA, BY_NAME, text
from summitry.model import Edit, Finding, Report, Severity

SHAPE = "https://w3id.org/summitry/shapes#TenureShape-holder"
LINE = "tenure:t ap:holdr person:ann ; ap:office office:o ."
WRONG = Finding(
    Severity.VIOLATION,
    "ap:holdr is no term.",
    file="draft.ttl",
    line=2,
    column=10,
    shape=SHAPE,
    component=SHAPE,
    fix="ap:holder",
    edits=(Edit(2, 10, 2, 18, "ap:holder"),),
)
SOURCELESS = Finding(Severity.WARNING, "The graph has no source.", file="draft.ttl")
HINT = Finding(Severity.INFO, "Nothing declares it.", fix="Declare it.")
OLD = replace(WRONG, message="This was so.", standing=True, edits=(), fix="", line=0, column=0)


def shown(finding: Finding, source: str) -> list[str]:
    """Give the lines for one finding about `source`, without the headline."""
    return list(text.lines(Report((finding,)), {"draft.ttl": source}))[1:]


# Text for people


def test_the_place_is_shown_with_a_caret_and_what_to_write():
    report = Report((OLD, WRONG, SOURCELESS, HINT))

    assert list(text.lines(report, {"draft.ttl": f"# one\n{LINE}\n"})) == [
        "draft.ttl:2:10: violation: ap:holdr is no term. [TenureShape-holder]",
        "  2 | tenure:t ap:holdr person:ann ; ap:office office:o .",
        "    |          ^^^^^^^^",
        "  help: write ap:holder",
        "draft.ttl: warning: The graph has no source.",
        "info: Nothing declares it.",
        "  help: Declare it.",
        "already there before this change (not refused):",
        "draft.ttl: violation: This was so. [TenureShape-holder]",
    ]


def test_without_the_source_there_is_the_place_alone():
    assert list(text.lines(Report((WRONG,)), {}))[1:] == ["  help: write ap:holder"]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_line_ends_as_the_parser_says(line_end):
    source = line_end.join(["# one", LINE, ""])

    assert shown(WRONG, source)[0] == f"  2 | {LINE}"


def test_the_caret_stands_below_its_column_whatever_the_width():
    """Unicode Standard Annex 11: east Asian letters take two columns, accents that combine none."""
    _, caret, *_ = shown(replace(WRONG, line=1, column=8, edits=()), '\t"北e\u0301" x .')

    assert caret == "    |" + " " * (1 + 4 + len('"##e" ')) + "^"


def test_a_long_line_is_clipped_around_the_column():
    at = 5000
    source = "x " * at + LINE + " y" * at
    excerpt, caret, _ = shown(replace(WRONG, line=1, column=2 * at + 10, edits=()), source)

    assert len(excerpt) < text.WIDTH + 10
    start, end = caret.index("^"), caret.rindex("^") + 1
    assert excerpt[start:end] == "ap:holdr"


@pytest.mark.parametrize("filler", ["x", "北", "\u0301", "\t"])
def test_an_endless_line_costs_no_more_than_what_is_shown(filler):
    """A report on such a line may have a hundred findings."""
    finding = replace(WRONG, line=1, column=500_000, edits=())
    report = Report((finding,) * 100)

    shown = list(text.lines(report, {"draft.ttl": filler * 1_000_000}))

    assert max(map(len, shown)) < 5 * text.WIDTH


@pytest.mark.parametrize("bad", ["\x1b[2J", "\u202e", "\x07", "\x9b"])
def test_nothing_in_a_document_commands_the_terminal(bad):
    finding = replace(WRONG, message=f"{bad} is odd", line=1, column=1, edits=())

    assert bad not in "\n".join(text.lines(Report((finding,)), {"draft.ttl": f'"{bad}"'}))


def test_a_place_beyond_the_source_shows_no_line():
    """The file may have changed meanwhile."""
    assert shown(replace(WRONG, line=9), LINE) == ["  help: write ap:holder"]
    assert len(shown(replace(WRONG, line=1, column=999, edits=()), LINE)) == 3


# SARIF 2.1.0, https://docs.oasis-open.org/sarif/sarif/v2.1.0/: what its schema demands of the parts we write


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Message(Strict):
    text: str


class Artifact(Strict):
    uri: str = Field(pattern=r"^[A-Za-z0-9._~/%-]+$")


class Start(Strict):
    startLine: int = Field(ge=1)  # noqa: N815
    startColumn: int = Field(ge=1)  # noqa: N815


class Region(Start):
    endLine: int = Field(ge=1)  # noqa: N815
    endColumn: int = Field(ge=1)  # noqa: N815


class Physical(Strict):
    artifactLocation: Artifact  # noqa: N815
    region: Start | None = None


class Location(Strict):
    physicalLocation: Physical  # noqa: N815


class Replacement(Strict):
    deletedRegion: Region  # noqa: N815
    insertedContent: Message  # noqa: N815


class Change(Strict):
    artifactLocation: Artifact  # noqa: N815
    replacements: list[Replacement] = Field(min_length=1)


class Fix(Strict):
    description: Message
    artifactChanges: list[Change] = Field(min_length=1)  # noqa: N815


LEVEL = Field(pattern="^(none|note|warning|error)$")


class Result(Strict):
    ruleId: str  # noqa: N815
    ruleIndex: int = Field(ge=0)  # noqa: N815
    level: str = LEVEL
    message: Message
    baselineState: str = Field(pattern="^(new|unchanged|updated|absent)$")  # noqa: N815
    locations: list[Location] = []
    fixes: list[Fix] = []


class Configuration(Strict):
    level: str = LEVEL


class Rule(Strict):
    id: str
    helpUri: AnyUrl = Field(strict=False)  # noqa: N815
    shortDescription: Message  # noqa: N815
    defaultConfiguration: Configuration  # noqa: N815


class Driver(Strict):
    name: str
    version: str
    informationUri: AnyUrl = Field(strict=False)  # noqa: N815
    rules: list[Rule]


class Tool(Strict):
    driver: Driver


class Run(Strict):
    tool: Tool
    columnKind: str = Field(pattern="^(utf16CodeUnits|unicodeCodePoints)$")  # noqa: N815
    results: list[Result]


class Log(Strict):
    schema_: AnyUrl = Field(alias="$schema", strict=False)
    version: str = Field(pattern=r"^2\.1\.0$")
    runs: list[Run] = Field(min_length=1)


def sarif(*findings: Finding) -> Run:
    """Give the run that the log of a report has."""
    (run,) = Log.model_validate_json(BY_NAME["sarif"](Report(findings), {})).runs
    return run


def test_a_log_names_rules_places_levels_and_mends():
    run = sarif(WRONG, SOURCELESS, HINT, OLD)

    assert [result.level for result in run.results] == ["error", "warning", "note", "error"]
    assert [result.baselineState for result in run.results] == ["new", "new", "new", "unchanged"]
    assert run.results[0].locations[0].physicalLocation.region == Start(startLine=2, startColumn=10)
    (fix,) = run.results[0].fixes
    assert fix.artifactChanges[0].replacements[0].insertedContent.text == "ap:holder"


def test_each_result_points_at_its_rule():
    """SARIF §3.27.6: ruleIndex is the place of the rule in the driver's rules."""
    run = sarif(WRONG, SOURCELESS, OLD)
    rules = run.tool.driver.rules

    assert [rules[result.ruleIndex].id for result in run.results] == [r.ruleId for r in run.results]
    assert {str(rule.helpUri) for rule in rules} >= {SHAPE}
    assert len({rule.id for rule in rules}) == len(rules) == 2


def test_an_empty_report_is_a_log_too():
    assert sarif().results == []


def test_a_file_name_is_escaped_as_a_uri():
    (result,) = sarif(replace(WRONG, file="data/my draft#1.ttl")).results

    assert result.locations[0].physicalLocation.artifactLocation.uri == "data/my%20draft%231.ttl"


# Annotations of pull requests


def test_annotations_say_where_and_what():
    assert BY_NAME["github"](Report((WRONG, SOURCELESS, HINT, OLD)), {}).splitlines() == [
        "::error file=draft.ttl,line=2,col=10,title=TenureShape-holder::ap:holdr is no term.%0Awrite ap:holder",
        "::warning file=draft.ttl,title=warning::The graph has no source.",
        "::notice title=info::Nothing declares it.%0ADeclare it.",
        "::notice file=draft.ttl,title=TenureShape-holder::This was so.",
    ]


def test_no_document_writes_a_command_of_its_own():
    """GitHub's runner takes each line for a command: line ends, and what ends a property, are escaped."""
    finding = Finding(Severity.INFO, "100%\r\n::error::no", file="a,b:c%.ttl", line=1, column=1)

    assert BY_NAME["github"](Report((finding,)), {}) == (
        "::notice file=a%2Cb%3Ac%25.ttl,line=1,col=1,title=info::100%25%0D%0A::error::no\n"
    )


# Programs


def test_json_has_all_that_is_known():
    members = json.loads(BY_NAME["json"](Report((WRONG, OLD)), {}))

    assert members["conforms"] is False
    assert members["findings"][0]["edits"] == [
        {"line": 2, "column": 10, "end_line": 2, "end_column": 18, "text": "ap:holder"}
    ]
    assert [row.get("standing", False) for row in members["findings"]] == [False, True]


@pytest.mark.parametrize("media", BY_MEDIA)
def test_every_form_writes_an_empty_report_and_a_full_one(media):
    for report in (Report(), Report((WRONG, SOURCELESS, HINT, OLD))):
        assert BY_MEDIA[media](report, {}).strip()
