"""What the README says can be done: its commands run, its addresses answer, its tree stands."""

import re
import shlex
from itertools import pairwise
from pathlib import Path

import pytest

from summitry.cli import cli

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = sorted(set(re.findall(r"(?:^|`|/)summitry ([a-z]+)", README, re.M)))
ADDRESSES = sorted(set(re.findall(r"`(?:GET )?(/[a-z][a-z./]*)`", README)))


def block(name):
    """Give the commands of the block that follows the comment `name`, those over several lines as one."""
    text = README.partition(f"<!-- {name} -->")[2].partition("```sh\n")[2].partition("```")[0]
    return [line for line in re.split(r"\n(?=curl|python3)", text.strip()) if line]


@pytest.mark.parametrize("command", block("examples"))
def test_each_example_answers(shipped, command):
    """The curl lines, sent as curl sends them."""
    words = shlex.split(command)
    url = next(word for word in words if word.startswith("http"))
    headers = dict(word.split(": ", 1) for flag, word in pairwise(words) if flag == "-H")
    form = [word for flag, word in pairwise(words) if flag == "--data-urlencode"]
    address = url.replace("http://127.0.0.1:8000", shipped.url)
    fields = dict(field.split("=", 1) for field in form)

    if fields:
        answer = shipped.client.post(address, data=fields, headers=headers)
    else:
        answer = shipped.client.get(address, headers=headers)

    assert answer.status_code == 200, answer.text
    assert len(answer.content) > 20


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_is_one(command):
    assert command in cli.commands


@pytest.mark.parametrize("address", ADDRESSES)
def test_each_address_is_served(shipped, address):
    """A question without its parameters is refused in words; an address that is none is not found."""
    if address in ("/history/events", "/id/"):  # one never ends, the other needs a name
        return
    answer = shipped.client.head(address, follow_redirects=False)

    assert answer.status_code in (200, 303, 400, 401, 405)


def test_the_tree_stands():
    tree = README.partition("## The house")[2].partition("```")[2].partition("```")[0]
    named = re.findall(r"^([a-z]+)/", tree, re.M)

    assert [name for name in named if not (ROOT / name).is_dir()] == []
    inside = tree.partition("service/summitry/")[2].partition("tests/")[0]
    words = re.findall(r"^  ([a-z_/. ]+?)(?:  |$)", inside, re.M)
    modules = [word.rstrip("/") for line in words for word in line.split()]
    package = ROOT / "service" / "summitry"
    missing = [
        m
        for m in modules
        if not (package / m).is_dir() and not (package / f"{m.removesuffix('.py')}.py").is_file()
    ]
    assert (missing, len(modules) > 20) == ([], True)
