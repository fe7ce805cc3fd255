"""Turtle in its one layout, or refused where that would change or lose anything that the file says."""

import os
import re
import shutil
import subprocess
import sysconfig
import tempfile
from collections import Counter
from pathlib import Path
from typing import Final

from pyoxigraph import CanonicalizationAlgorithm, Dataset, RdfFormat, parse

from summitry.syntax import TOKEN

_BASE: Final = "https://w3id.org/summitry/.well-known/base/"
_ROUNDS: Final = 3
_SECONDS: Final = 60
# turtlefmt 0.1.2 puts a space before a comment that opens a file.
_OPENING: Final = re.compile(r"\A[ \t]+(?=#)")


class NotFormatted(ValueError):
    """A file that is left as it is: it is no Turtle, or formatting would change what it says."""


def formatted(text: str) -> str:
    """Give `text` in the layout of turtlefmt. What that gives is formatted already.

    Raises:
        NotFormatted: `text` has syntax errors, or its statements or comments would not be the same.
    """
    statements = _statements(text)
    new, previous = text, ""
    for _ in range(_ROUNDS):
        new, previous = _once(new), new
        if new == previous:
            break
    if new != previous or _statements(new) != statements:
        raise NotFormatted("its statements would not be the same afterwards")
    lost = Counter(_comments(text)) - Counter(_comments(new))
    if lost:
        raise NotFormatted(
            f"the comment “{next(iter(lost))}” would be joined with another; move it above the statement"
        )
    return new


def _once(text: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "document.ttl")
        path.write_bytes(text.encode())
        # No shell, and nothing of the document is on the command line.
        done = subprocess.run(  # noqa: S603
            [_program(), str(path)], capture_output=True, check=False, timeout=_SECONDS
        )
        if done.returncode:
            raise NotFormatted("turtlefmt does not read it")
        return _OPENING.sub("", path.read_bytes().decode())


def _program() -> str:
    # Beside this interpreter first: a virtual environment need not be active.
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")])
    found = shutil.which("turtlefmt", path=path)
    if found is None:
        raise NotFormatted("turtlefmt is not installed; install summitry with its dependencies")
    return found


def _statements(text: str) -> Dataset:
    try:
        dataset = Dataset(parse(text.encode(), format=RdfFormat.TURTLE, base_iri=_BASE))
    except SyntaxError as error:
        raise NotFormatted("it has syntax errors, which summitry validate explains") from error
    dataset.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return dataset


def _comments(text: str) -> list[str]:
    return [
        token.group().lstrip("#").strip() for token in TOKEN.finditer(text) if token.lastgroup == "comment"
    ]
