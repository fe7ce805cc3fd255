"""The settings as command-line options: each field is an `--option` and a `SUMMITRY_…` variable."""

from collections.abc import Callable
from dataclasses import MISSING, Field, fields
from typing import Any

import click

from summitry.settings import ENVIRONMENT, Settings

Command = Callable[..., None]


def settings_options(*names: str) -> Callable[[Command], Command]:
    """Give a decorator that adds the options of the settings `names`, all of them where none is named."""
    chosen = [field for field in fields(Settings) if not names or field.name in names]

    def decorate(command: Command) -> Command:
        for field in reversed(chosen):
            command = _option(field)(command)
        return command

    return decorate


def _option(field: "Field[Any]") -> Callable[[Command], Command]:
    dashed = "--" + field.name.replace("_", "-")
    default = field.default if field.default_factory is MISSING else field.default_factory()
    return click.option(
        dashed,
        field.name,
        type=field.type,
        is_flag=field.type is bool,
        default=default,
        envvar=ENVIRONMENT + field.name.upper(),
        show_envvar=True,
        show_default=field.metadata["default"] or default not in ("", False),
        help=field.metadata["doc"],
    )
