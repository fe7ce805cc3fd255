"""The hooks for curators' own repositories: `.pre-commit-hooks.yaml` names commands that exist."""

from pathlib import Path

import pytest
import yaml

from summitry.cli import cli

ROOT = Path(__file__).parents[1]
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))


def test_there_are_two_of_them():
    assert [hook["id"] for hook in HOOKS] == ["summitry-validate", "summitry-fmt"]


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_each_runs_a_command_of_ours_on_turtle_files(hook):
    program, command = hook["entry"].split()

    assert (program, hook["language"], hook["files"]) == ("summitry", "python", r"\.ttl$")
    assert command in cli.commands


def test_the_readme_names_each():
    section = (ROOT / "README.md").read_text("utf-8").partition("## In your own repository")[2]

    assert all(hook["id"] in section for hook in HOOKS)
