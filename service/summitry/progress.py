"""What a long job is at: whoever does a step says so, and whoever waits may listen."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

Listener = Callable[[str], None]


def _unheard(_: str) -> None:
    """Say nothing."""


_LISTENER: Final[ContextVar[Listener]] = ContextVar("listener", default=_unheard)


def tell(step: str) -> None:
    """Say what is being done from here on."""
    _LISTENER.get()(step)


def listener() -> Listener:
    """Give whoever listens here, for those who hear of a step elsewhere."""
    return _LISTENER.get()


@contextmanager
def heard_by(listener: Listener) -> Iterator[None]:
    """Let `listener` hear of the steps of the block, and of the tasks and threads that it starts."""
    token = _LISTENER.set(listener)
    try:
        yield
    finally:
        _LISTENER.reset(token)
