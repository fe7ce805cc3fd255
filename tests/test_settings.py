"""Every setting has a sentence, an option, an environment variable and a row in the README, which all agree."""

import re
from dataclasses import MISSING, Field, FrozenInstanceError, fields
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from summitry.cli import cli
from summitry.cli.options import settings_options
from summitry.settings import ENVIRONMENT, Settings

README = Path(__file__).parents[1] / "README.md"
HEADER = "| option | variable | default | meaning |\n|---|---|---|---|\n"
FIELDS = fields(Settings)
# For each type a value that is no default, as text and as itself.
OTHERS = {str: ("other", "other"), int: ("7", 7), float: ("2.5", 2.5), bool: ("true", True)}


def option(field: Field) -> str:
    return "--" + field.name.replace("_", "-")


def variable(field: Field) -> str:
    return ENVIRONMENT + field.name.upper()


def default(field: Field) -> str:
    """Give the default as the README has it."""
    if field.default is MISSING:
        return field.metadata["default"]
    if isinstance(field.default, bool):
        return "on" if field.default else "off"
    return f"{field.default:g}" if isinstance(field.default, float) else str(field.default)


def read(*arguments: str, **environment: str) -> Settings:
    """Give the settings that a command line and an environment make."""
    found: list[Settings] = []

    @click.command()
    @settings_options()
    def command(**values):
        found.append(Settings(**values))

    result = CliRunner().invoke(command, arguments, env=environment, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return found[0]


def named(field: Field) -> str:
    return field.name


@pytest.mark.parametrize("field", FIELDS, ids=named)
def test_a_setting_says_in_a_sentence_what_it_means(field):
    assert re.fullmatch(r"[A-Z].*\.", field.metadata["doc"])


@pytest.mark.parametrize("field", FIELDS, ids=named)
def test_a_setting_is_in_the_help_of_serve(field):
    result = CliRunner().invoke(cli, ["serve", "--help"], prog_name="summitry", terminal_width=200)
    described = " ".join(result.output.split())

    assert re.search(rf"{option(field)}( [A-Z]+)? {re.escape(field.metadata['doc'])}", described)
    assert f"env var: {variable(field)}" in described


def test_without_arguments_the_settings_are_the_defaults():
    assert read() == Settings()


@pytest.mark.parametrize("field", FIELDS, ids=named)
def test_a_setting_is_taken_from_the_environment(field):
    text, value = OTHERS[field.type]

    assert getattr(read(**{variable(field): text}), field.name) == value


@pytest.mark.parametrize("field", [field for field in FIELDS if field.type is not bool], ids=named)
def test_the_command_line_wins_over_the_environment(field):
    text, value = OTHERS[field.type]

    assert getattr(read(option(field), text, **{variable(field): "8"}), field.name) == value


def test_a_value_of_another_type_is_refused_with_the_name_of_the_option():
    result = CliRunner().invoke(cli, ["serve", "--port", "many"])

    assert result.exit_code == 2
    assert "--port" in result.output


def test_settings_do_not_change():
    with pytest.raises(FrozenInstanceError):
        Settings().port = 1


def test_the_defaults_are_safe():
    """Loopback, and no token that anyone could know: nobody writes until the operator says so."""
    assert (Settings().host, Settings().token, Settings().workspace) == ("127.0.0.1", "", "")


def test_the_readme_has_a_row_for_each_setting():
    text = README.read_text("utf-8")
    assert HEADER in text
    table = text.split(HEADER)[1].split("\n\n")[0].splitlines()

    assert table == [
        f"| `{option(field)}` | `{variable(field)}` | {default(field)} | {field.metadata['doc']} |"
        for field in FIELDS
    ]
