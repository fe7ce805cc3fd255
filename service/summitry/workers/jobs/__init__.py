"""What a child can be asked to do, by name.

A child opens no file: all that a job imports or reads is imported and read with this package, which
the fork server does before it forks.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import BinaryIO, Final

from pyoxigraph import Store

from summitry.workers.frames import Facts, Message
from summitry.workers.jobs import explain, foresee, plain, propose, query, query_at, rehearse, update


@dataclass(frozen=True, slots=True)
class Job:
    """Reads the request, writes the body of the answer, and gives the facts about it.

    A disposable job changes the child's own copy of the store, so the child ends with it.
    """

    run: Callable[[Store, Message, BinaryIO], Facts]
    disposable: bool = False


JOBS: Final[Mapping[str, Job]] = MappingProxyType(
    {
        "query": Job(query.run),
        "explain": Job(explain.run),
        "query_at": Job(query_at.run, disposable=True),
        "rehearse": Job(rehearse.run, disposable=True),
        "update": Job(update.run, disposable=True),
        "propose": Job(propose.run, disposable=True),
        "foresee": Job(foresee.run, disposable=True),
        "plain_update": Job(plain.update, disposable=True),
        "plain_write": Job(plain.write, disposable=True),
    }
)
