"""What the commands write into the audit trail."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager

import click

from summitry.audit import Attempt, By, Ending, Notes, Trail, notes, shortened
from summitry.errors import SummitryError


@contextmanager
def audited(trail: Trail, target: str, *, is_write: bool = False) -> Iterator[None]:
    """Write down in `trail` how the block ends, which does to `target` what the command at work is for.

    Without `is_write`, a block that came to no commit was a dry run.
    """
    with notes() as noted:
        try:
            yield
        except SummitryError as error:
            trail.record(_attempt(target, noted, Ending.REFUSED, str(error)))
            raise
        done = Ending.ACCEPTED if is_write or noted.commit else Ending.DRY_RUN
        trail.record(_attempt(target, noted, done))


def _attempt(target: str, noted: Notes, outcome: Ending, message: str = "") -> Attempt:
    return Attempt(
        who=noted.commit.agent if noted.commit else getpass.getuser(),
        by=By.COMMAND,
        action=shortened(f"{_command()} {target}"),
        outcome=outcome,
        graphs=noted.graphs(),
        digest=noted.commit.digest if noted.commit else "",
        revision=noted.revision.number if noted.revision else 0,
        message=shortened(message),
    )


def _command() -> str:
    """Give the command at work by its words, as `token create`, however the program was called."""
    words: list[str] = []
    context = click.get_current_context()
    while context.parent:
        words = [context.info_name or "", *words]
        context = context.parent
    return " ".join(words)
