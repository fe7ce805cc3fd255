"""The command that lays Turtle files out: fmt."""

import sys
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from summitry.cli.fixing import write
from summitry.cli.shell import HYPHEN, REFUSED, examples, read, say
from summitry.layout import NotFormatted, formatted


@click.command(epilog=examples("fmt draft.ttl", "fmt --check data", "fmt - < draft.ttl"))
@click.argument("files", nargs=-1, required=True, type=click.Path(allow_dash=True))
@click.option("--check", is_flag=True, help="Change nothing; tell which files would change, and exit with 1.")
def fmt(files: tuple[str, ...], check: bool) -> None:
    """Lay FILES out in one way, comments kept. Of a directory all .ttl files are meant; - goes through.

    A file is left as it is, and the exit code is 1, where its statements or comments would not be the same.
    """
    results = [_formatted(name, check) for name in _names(files)]
    sys.exit(0 if all(results) else REFUSED)


def _names(files: Iterable[str]) -> Iterator[str]:
    for name in files:
        if Path(name).is_dir():
            yield from map(str, sorted(Path(name).rglob("*.ttl")))
        else:
            yield name


def _formatted(name: str, is_checking: bool) -> bool:
    """Format one file; tell whether all is well with it."""
    content = read(name)
    mark = BOM_UTF8 if content.startswith(BOM_UTF8) else b""
    try:
        new = mark + formatted(content.removeprefix(mark).decode()).encode()
    except UnicodeDecodeError:
        say(f"{name}: left as it is: it is not UTF-8")
        return False
    except NotFormatted as refused:
        say(f"{name}: left as it is: {refused}")
        return False
    if name == HYPHEN and not is_checking:
        click.echo(new, nl=False)
        return True
    if new == content:
        return True
    if is_checking:
        say(f"{name}: would be formatted")
        return False
    write(Path(name), new)
    say(f"{name}: formatted")
    return True
