"""Turtle is laid out in one way; a file is never changed where that would change or lose what it says."""

import pytest
from click.testing import CliRunner

from summitry import resources
from summitry.cli import cli
from summitry.layout import formatted

LOOSE = """\
# opens the file
@prefix ap:   <https://w3id.org/summitry/ns#> .
# about x
<x>   a ap:Tenure; ap:office <o>,<p> . # at the end
# closes the file
"""
TIDY = """\
# opens the file
@prefix ap: <https://w3id.org/summitry/ns#> .

# about x
<x> a ap:Tenure ;
    ap:office <o> , <p> . # at the end

# closes the file
"""
# turtlefmt writes both comments into one.
JOINED = "@prefix ap: <urn:x:> .\n<x> a ap:T ; # one\n  # two\n  ap:o <p> ."


@pytest.fixture
def fmt(tmp_path):
    """Give a way to run the command on files; what is there afterwards is read from the folder."""

    def fmt(*arguments: str, stdin: bytes = b"", **files: str):
        for name, text in files.items():
            (tmp_path / f"{name}.ttl").write_bytes(text.encode())
        paths = [str(tmp_path / f"{name}.ttl") for name in files]
        return CliRunner().invoke(cli, ["fmt", *arguments, *paths], input=stdin)

    return fmt


def test_a_file_is_laid_out_and_comments_are_kept():
    assert formatted(LOOSE) == TIDY


def test_formatting_is_idempotent():
    assert formatted(TIDY) == TIDY


@pytest.mark.parametrize("path", [*resources.ontology_files(), *resources.data_files()], ids=lambda p: p.name)
def test_the_projects_own_files_are_formatted(path):
    text = path.read_text("utf-8")

    assert formatted(text) == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (JOINED, "the comment “one” would be joined with another; move it above the statement"),
        ("<x> a <y", "it has syntax errors, which summitry validate explains"),
    ],
)
def test_what_would_not_be_the_same_is_left_as_it_is(fmt, tmp_path, text, reason):
    result = fmt(draft=text)

    assert (result.exit_code, result.stderr.endswith(f"draft.ttl: left as it is: {reason}\n")) == (1, True)
    assert (tmp_path / "draft.ttl").read_text() == text


def test_files_are_changed_and_only_those_that_need_it(fmt, tmp_path):
    result = fmt(loose=LOOSE, tidy=TIDY)

    assert (result.exit_code, result.stderr.count("formatted")) == (0, 1)
    assert (tmp_path / "loose.ttl").read_text() == TIDY


def test_a_check_changes_nothing_and_tells(fmt, tmp_path):
    result = fmt("--check", loose=LOOSE, tidy=TIDY)

    assert result.exit_code == 1
    assert result.stderr == f"{tmp_path / 'loose.ttl'}: would be formatted\n"
    assert (tmp_path / "loose.ttl").read_text() == LOOSE


def test_a_directory_means_the_turtle_files_below(fmt, tmp_path):
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "a.ttl").write_text(LOOSE)
    (tmp_path / "below" / "a.txt").write_text("no Turtle")

    assert fmt(str(tmp_path)).exit_code == 0
    assert (tmp_path / "below" / "a.ttl").read_text() == TIDY


def test_standard_input_goes_through(fmt):
    assert fmt("-", stdin=LOOSE.encode()).stdout == TIDY


def test_a_byte_order_mark_and_the_permissions_stay(fmt, tmp_path):
    path = tmp_path / "draft.ttl"
    path.write_bytes(b"\xef\xbb\xbf" + LOOSE.encode())
    path.chmod(0o640)

    assert fmt(str(path)).exit_code == 0
    assert path.read_bytes() == b"\xef\xbb\xbf" + TIDY.encode()
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_link_stays_a_link(fmt, tmp_path):
    (tmp_path / "real.ttl").write_text(LOOSE)
    (tmp_path / "link.ttl").symlink_to(tmp_path / "real.ttl")

    fmt(str(tmp_path / "link.ttl"))

    assert (tmp_path / "link.ttl").is_symlink()
    assert (tmp_path / "real.ttl").read_text() == TIDY


def test_what_is_not_utf_8_is_left_as_it_is(fmt, tmp_path):
    (tmp_path / "draft.ttl").write_bytes(b"# \xff\n")

    assert fmt(str(tmp_path / "draft.ttl")).exit_code == 1
