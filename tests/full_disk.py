"""A process whose disk fills up under an open store; it prints what became of the store, as JSON.

Its arguments: how the disk fills up, at which moment of a commit, and the directory of the store.
"""

import json
import resource
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from contract import ONE, change
from summitry.errors import StoreFull
from summitry.model import Changeset, Commit
from summitry.store.embedded import EmbeddedStore
from summitry.terms import ENTITIES

COMMIT = Commit("curator", "")
PAGE = 4096


def many(prefix: str) -> Changeset:
    """Give a change whose record is small beside what the graph writes of it."""
    return change("".join(f'<{ENTITIES}person/{prefix}-{n}> rdfs:label "{n}"@en .' for n in range(300)))


def state(store: EmbeddedStore, ledger: Path) -> tuple[list[bytes], bytes, int]:
    return sorted(b"".join(store.dump()[1]).splitlines()), ledger.read_bytes(), store.head()


def refuses(store: EmbeddedStore, change: Changeset) -> bool:
    try:
        store.commit(change, COMMIT, expected=store.head())
    except StoreFull:
        return True
    return False


def limited(directory: Path, moment: str) -> Callable[[], None]:
    """Let no file of this process grow beyond a size: the ledger's now, or that of the graph's journal."""
    journal = max(path.stat().st_size for path in (directory / "graph").glob("*.log"))
    size = (directory / "ledger").stat().st_size + 100 if moment == "ledger" else journal + 100
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def filled(directory: Path, moment: str) -> Callable[[], None]:
    """Fill the file system, but for what the ledger's record needs if the graph is to meet the end."""
    filler = directory / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(PAGE)):
                pass
        except OSError:
            if moment == "graph":
                file.truncate(file.tell() - 30 * PAGE)
    return filler.unlink


def begun_read(store: EmbeddedStore) -> threading.Thread:
    """Give a client that is in the middle of a read when the next write comes."""
    begun = threading.Event()

    def read() -> None:
        quads = store.quads(ONE)
        next(quads)
        begun.set()
        time.sleep(0.3)

    client = threading.Thread(target=read)
    client.start()
    begun.wait()
    return client


def full(store: EmbeddedStore, way: str, moment: str, directory: Path) -> tuple[bool, Callable[[], None]]:
    """Fill the disk; tell whether it refuses writes then, and give what makes room again."""
    make_room = {"limited": limited, "filled": filled}[way](directory, moment)
    tried = ["second"] if way == "limited" else ["second", "third"]
    return all(refuses(store, many(name)) for name in tried), make_room


def main(way: str, moment: str, directory: Path) -> None:
    store, ledger = EmbeddedStore(directory), directory / "ledger"
    store.commit(many("first"), COMMIT, expected=0)
    before = state(store, ledger)

    refused, make_room = full(store, way, moment, directory)
    unchanged = state(store, ledger) == before
    make_room()
    client = begun_read(store)
    accepted = not refuses(store, many("fourth"))
    after = state(store, ledger)
    client.join()
    store.close()

    again = EmbeddedStore(directory)
    same = state(again, ledger) == after
    refused_again, make_room = full(again, way, moment, directory)
    again.close()
    make_room()
    last = EmbeddedStore(directory)
    closed = state(last, ledger) == after
    last.close()
    outcome = {
        "refused": refused and refused_again,
        "unchanged": unchanged,
        "accepted later": accepted,
        "same reopened": same,
        "closed while full": closed,
    }
    sys.stdout.write(json.dumps(outcome | {"head": after[2]}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
