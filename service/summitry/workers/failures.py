"""How a failure crosses the border between processes: as facts, or as the way in which a child ended."""

import signal
from typing import Final

from summitry import errors, report
from summitry.errors import (
    LimitExceeded,
    MalformedQuery,
    MemoryExceeded,
    Refused,
    SummitryError,
    TimeExceeded,
    WorkerDied,
)
from summitry.workers.frames import Facts, number, text

OUT_OF_MEMORY: Final = 77  # the exit status of a child to which Python said so; pyoxigraph aborts

_KINDS: Final[dict[str, type[SummitryError]]] = {
    name: kind
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, SummitryError)
}


def to_facts(error: SummitryError) -> Facts:
    """Give what the other side needs to raise `error` again."""
    facts: Facts = {"error": type(error).__name__, "message": str(error)}
    match error:
        case MalformedQuery():
            return {**facts, "line": error.line, "column": error.column}
        case LimitExceeded():
            return {**facts, "limit": error.limit}
        case Refused():
            return {**facts, "report": report.dumps(error.report)}
        case _:
            return facts


def from_facts(facts: Facts) -> SummitryError:
    """Give the error that `facts` tell of."""
    kind = _KINDS.get(text(facts, "error"), WorkerDied)
    message = text(facts, "message")
    if issubclass(kind, MalformedQuery):
        return kind(message, line=int(number(facts, "line")), column=int(number(facts, "column")))
    if issubclass(kind, LimitExceeded):
        return kind(message, limit=text(facts, "limit"))
    if issubclass(kind, Refused):
        return kind(report.loads(text(facts, "report")))
    return kind(message)


def from_exit(status: int | None, *, limit: str) -> SummitryError:
    """Give what it means that a child ended with `status` before it answered.

    `status` is negative for a signal and None where nobody is left to tell it. `limit` names the setting
    that bounds the time of the job.
    """
    if status in (-signal.SIGABRT, OUT_OF_MEMORY):
        message = "the job needs more memory than a worker has; ask for less at once"
        return MemoryExceeded(message, limit="memory_bytes")
    if status == -signal.SIGXCPU:
        return TimeExceeded("the job used up its processor time; ask for less at once", limit=limit)
    if status == -signal.SIGSEGV:
        return WorkerDied("the worker crashed, as on input nested too deep; simplify it")
    ending = "with its fork server" if status is None else f"with status {status}"
    return WorkerDied(f"the worker ended {ending} before it answered; try again")
