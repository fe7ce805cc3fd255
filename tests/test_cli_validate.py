"""`summitry validate` on the command line: the report in each form, exit codes, and mends that are certain."""

import json

import pytest
from click.testing import CliRunner

from summitry.cli import cli, reports

HEAD = """\
@prefix ap: <https://w3id.org/summitry/ns#> .
@prefix collective: <https://w3id.org/summitry/id/collective/> .
@prefix document: <https://w3id.org/summitry/id/document/> .
@prefix graph: <https://w3id.org/summitry/graph/> .
@prefix prov: <http://www.w3.org/ns/prov#> .
"""
RDFS = "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
SOURCE = "graph:draft prov:wasDerivedFrom document:hawkinsight-trump-xi-apec .\n"
GOOD = HEAD + RDFS + SOURCE + 'collective:c a ap:Collective ;\n    rdfs:label "who"@en .\n'
# No rdfs:, no semicolon, curly quotes; and once these are mended, a class that is misspelt.
MENDABLE = HEAD + SOURCE + "collective:c a ap:Colective\n    rdfs:label “who”@en .\n"
# What it is called is for the curator to say.
BAD = HEAD + RDFS + SOURCE + "collective:c a ap:Collective .\n"


@pytest.fixture
def draft(tmp_path):
    return tmp_path / "draft.ttl"


def validate(path, content: str | bytes, *options: str):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return CliRunner().invoke(cli, ["validate", *options, str(path)])


def test_a_good_file_is_passed_in_silence(draft):
    result = validate(draft, GOOD)

    assert (result.exit_code, result.stdout, result.stderr) == (0, "", f"{draft}: nothing to remark\n")


def test_what_is_wrong_is_shown_at_its_place(draft):
    result = validate(draft, BAD)
    place, excerpt, caret = result.stdout.splitlines()

    assert result.exit_code == 1
    assert place.startswith(f"{draft}:8:16: violation: This has no name: write an rdfs:label")
    assert excerpt == "  8 | collective:c a ap:Collective ."
    assert caret == "    |                ^^^^^^^^^^^^^"
    assert "\x1b" not in result.stdout


@pytest.mark.parametrize(
    ("form", "beginning"),
    [
        ("sarif", '{\n  "$schema": "https://docs.oasis-open.org/sarif/'),
        ("github", "::error file="),
        ("turtle", "@prefix"),
        ("jsonld", "[{"),
        ("json", '{\n  "conforms": false'),
    ],
)
def test_a_report_of_another_form_has_standard_output_for_itself(draft, form, beginning):
    result = validate(draft, BAD, "--format", form)

    assert (result.exit_code, result.stdout.startswith(beginning)) == (1, True)


def test_several_files_are_one_report(draft, tmp_path):
    other = tmp_path / "other.ttl"
    other.write_text(BAD)

    result = validate(draft, BAD, "--format", "json", str(other))

    findings = json.loads(result.stdout)["findings"]
    assert {row["file"] for row in findings} == {str(draft), str(other)}


def test_what_no_parser_takes_is_reported_of_its_file(draft):
    result = validate(draft, GOOD.encode("utf-16"))

    assert result.exit_code == 1
    assert result.stdout.startswith(f"{draft}: violation: The document is encoded in UTF-16.")


def test_certain_mends_are_made_and_told_until_none_is_left(draft):
    result = validate(draft, MENDABLE, "--fix")

    assert (result.exit_code, draft.read_text()) == (0, GOOD)
    assert result.stderr.count(": fixed: ") == 4
    assert f"{draft}:7:28: fixed: The statement is not finished: a semicolon is missing" in result.stderr


def test_a_file_without_certain_mends_is_not_touched(draft):
    draft.write_text(BAD)
    before = draft.stat()

    result = CliRunner().invoke(cli, ["validate", "--fix", str(draft)])

    assert result.exit_code == 1
    assert (draft.stat().st_mtime_ns, draft.stat().st_ino) == (before.st_mtime_ns, before.st_ino)


def test_a_mend_keeps_line_ends_and_the_byte_order_mark(draft):
    content = b"\xef\xbb\xbf" + MENDABLE.replace("\n", "\r\n").encode()

    validate(draft, content, "--fix")

    assert draft.read_bytes() == b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()


def test_standard_input_cannot_be_mended():
    result = CliRunner().invoke(cli, ["validate", "--fix", "-"], input=BAD)

    assert (result.exit_code, "standard input is none" in result.stderr) == (2, True)


@pytest.mark.parametrize(("no_color", "is_colourful"), [("", True), ("1", False)])
def test_colour_is_for_terminals_whose_user_wants_it(monkeypatch, no_color, is_colourful):
    """https://no-color.org: any value but the empty one."""
    monkeypatch.setenv("NO_COLOR", no_color)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)

    assert reports.is_colourful() is is_colourful


def test_no_terminal_no_colour(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: False, raising=False)

    assert not reports.is_colourful()
