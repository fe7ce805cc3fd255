"""A service that loads one document after the other and says so; `kill.py` kills it, again and again.

What revision N does follows from N and the seed alone, so that a service which is never killed, the reference,
goes through the same states. It prints `open HEAD FINGERPRINT SECONDS` once it is open, and then each revision
that was acknowledged.
"""

import asyncio
import hashlib
import time
from random import Random
from typing import Final

import click
from generate import document, graph
from pyoxigraph import NamedNode

from summitry import provenance
from summitry.assembly import opened
from summitry.model import Commit, Method, Upload
from summitry.settings import Settings
from summitry.shipped import TURTLE
from summitry.store.base import GraphStore
from summitry.usecases.service import Service

_GRAPHS: Final = 5
_SIZES: Final = (1, 1, 1, 2, 5, 20)  # in blocks of about 76 triples
_LARGE: Final = 280  # so many make more quads than the store takes in by a transaction
_LARGE_EVERY: Final = 100
_DELETE_EVERY: Final = 7
_TIME: Final = str(provenance.ENDED).encode()


def upload(number: int, seed: int) -> Upload:
    """Give what revision `number` writes: mostly a document, now and then the end of the one before."""
    if number % _DELETE_EVERY == 0:
        return Upload(b"", TURTLE, _graph(number - 1), method=Method.DELETE)
    chance = Random(f"{seed} {number}")
    blocks = _LARGE if number % _LARGE_EVERY == 50 else chance.choice(_SIZES)
    first = number * _LARGE
    text = "".join(document(_name(number), range(first, first + blocks), seed))
    return Upload(text.encode(), TURTLE, _graph(number), method=chance.choice([Method.REPLACE, Method.ADD]))


def fingerprint(store: GraphStore) -> str:
    """Give a digest of all that the store holds, but for the times of its revisions."""
    _, pieces = store.dump()
    lines = (line for line in b"".join(pieces).splitlines() if _TIME not in line)
    return hashlib.sha256(b"\n".join(sorted(lines))).hexdigest()


async def step(service: Service, seed: int) -> int:
    """Make the next revision and give its number."""
    number = service.store.head() + 1
    outcome = await service.ingest.write(upload(number, seed), Commit("loader", f"revision {number}"))
    if outcome.revision is None or outcome.revision.number != number:
        raise RuntimeError(f"revision {number} became {outcome.revision}")
    return number


def _name(number: int) -> str:
    return f"kill-{number % _GRAPHS}"


def _graph(number: int) -> NamedNode:
    return NamedNode(graph(_name(number)))


async def _load(directory: str, seed: int) -> None:
    start = time.monotonic()
    async with opened(Settings(data=directory, empty=True), lambda _: None) as service:
        seconds = time.monotonic() - start
        click.echo(f"open {service.store.head()} {fingerprint(service.store)} {seconds:.3f}")
        while True:
            click.echo(await step(service, seed))


@click.command()
@click.argument("directory")
@click.option("--seed", default=1, show_default=True)
def main(directory: str, seed: int) -> None:
    """Load documents into the store in DIRECTORY until the process is killed."""
    asyncio.run(_load(directory, seed))


if __name__ == "__main__":
    main()
