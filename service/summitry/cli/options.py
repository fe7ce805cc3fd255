"""The settings as command-line options: each field is an `--option` and a `SUMMITRY_…` variable."""

from collections.abc import Callable
from dataclasses import MISSING, Field, fields
from functools import wraps
from typing import Any, Final

import click

from summitry.settings import ENVIRONMENT, Settings

Command = Callable[..., None]

_STORE: Final = (
    "data",
    "store",
    "store_query",
    "store_update",
    "store_credentials",
    "store_seconds",
    "no_shapes",
    "default_graph",
)


def settings_options(*names: str) -> Callable[[Command], Command]:
    """Give a decorator that adds the options of the settings `names`, all of them where none is named."""
    chosen = [field for field in fields(Settings) if not names or field.name in names]

    def decorate(command: Command) -> Command:
        for field in reversed(chosen):
            command = _option(field)(command)
        return command

    return decorate


def store_options(command: Command) -> Command:
    """Add the options that say which store; `command` is given them as its argument `settings`."""

    @wraps(command)
    def with_settings(**values: str | int | float | bool) -> None:
        chosen = {name: values.pop(name) for name in _STORE}
        command(settings=Settings(**chosen), **values)  # type: ignore[arg-type]

    return settings_options(*_STORE)(with_settings)


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
