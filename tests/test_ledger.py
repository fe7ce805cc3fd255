"""What a commit acknowledged is there after any end of the process; what it did not is there whole, or not at all."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest

from contract import ONE, change, rounds
from summitry.errors import StoreDamaged, StoreFull
from summitry.model import Commit
from summitry.store import ledger as ledger_module
from summitry.store.embedded import EmbeddedStore
from summitry.store.ledger import Ledger
from summitry.terms import LABEL, TYPE

PATCHES = [
    b"TX .\nA <urn:a> <urn:p> <urn:b> .\nTC .\n",
    b"",
    b"no newline at the end",
    b"summitry 9 9 is no header\n",
]
COMMIT = Commit("curator", "")


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "ledger"


def written(path: Path, patches: list[bytes]) -> list[int]:
    """Write a ledger of `patches`; give how long it was after each."""
    ledger, ends = Ledger(path), []
    for patch in patches:
        ledger.append(patch)
        ends.append(path.stat().st_size)
    ledger.close()
    return ends


def read(path: Path) -> list[bytes]:
    ledger = Ledger(path)
    patches = list(ledger.since(0))
    ledger.close()
    return patches


def test_what_was_appended_is_read_by_its_number(path):
    ledger = Ledger(path)

    numbers = [ledger.append(patch) for patch in PATCHES]

    assert numbers == [1, 2, 3, 4]
    assert [ledger.read(number) for number in numbers] == PATCHES
    assert list(ledger.since(2)) == PATCHES[2:]
    assert ledger.head == 4
    ledger.close()


def test_a_ledger_is_read_again_as_it_was_written(path):
    written(path, PATCHES)

    assert read(path) == PATCHES


def test_a_record_is_a_line_and_the_patch(path):
    """The format of the module's first lines: other programs may read it."""
    written(path, [b"TX .\n"])

    assert path.read_bytes() == (
        b"summitry 1 5 c3e0dddb6930d1f33dd018ccbae80342c606f9db5734e558faa33e9fed5a4598\nTX .\n"
    )


@pytest.mark.parametrize("last", PATCHES)
def test_a_last_record_that_was_torn_anywhere_counts_for_nothing(path, last):
    *_, whole, end = written(path, [*PATCHES, last])
    content = path.read_bytes()

    for size in range(whole, end):
        path.write_bytes(content[:size])
        assert read(path) == PATCHES, f"torn after {size - whole} bytes"


@pytest.mark.parametrize("size", [1, 60, 90])
def test_after_a_torn_record_the_next_one_takes_its_place(path, size):
    """A power cut may also leave a hole of zeros where the record was to be written."""
    for rest in (b"summitry 2 400 " + b"f" * 85, bytes(100)):
        path.unlink(missing_ok=True)
        written(path, [b"first"])
        path.write_bytes(path.read_bytes() + rest[:size])

        ledger = Ledger(path)
        ledger.append(b"second")
        ledger.close()

        assert read(path) == [b"first", b"second"]


def test_a_flipped_bit_before_the_last_record_is_damage(path):
    """A torn end cannot have a whole record after it. Opening a damaged ledger changes no byte of it."""
    start = written(path, PATCHES)[-2]
    content = path.read_bytes()

    for position in range(start):
        damaged = bytearray(content)
        damaged[position] ^= 1 << position % 8
        path.write_bytes(damaged)
        with pytest.raises(StoreDamaged):
            Ledger(path)
        assert path.read_bytes() == bytes(damaged), f"bit flipped in byte {position}"


def test_a_record_that_changes_under_an_open_ledger_is_damage(path):
    ledger = Ledger(path)
    ledger.append(b"as it was written")
    path.write_bytes(path.read_bytes().replace(b"was", b"is!"))

    with pytest.raises(StoreDamaged):
        ledger.read(1)
    ledger.close()


def test_a_record_taken_back_leaves_the_file_as_it_was(path):
    written(path, [b"first"])
    before = path.read_bytes()
    ledger = Ledger(path)
    ledger.append(b"second")

    ledger.take_back()

    assert (ledger.head, path.read_bytes()) == (1, before)
    assert ledger.append(b"another second") == 2
    ledger.close()
    assert read(path) == [b"first", b"another second"]


def test_a_write_that_takes_a_part_only_is_gone_on_with(path, monkeypatch):
    """write(2): on a disk that fills up, and above 2 GiB, fewer bytes may be written than asked for."""
    pwrite = os.pwrite
    monkeypatch.setattr(ledger_module.os, "pwrite", lambda file, data, offset: pwrite(file, data[:7], offset))

    written(path, PATCHES)

    assert read(path) == PATCHES


def test_a_failed_write_leaves_the_file_as_it_was(path, monkeypatch):
    ledger = Ledger(path)
    ledger.append(b"first")
    before = path.read_bytes()

    def no_room(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ledger_module.os, "fdatasync", only_once(no_room))
    with pytest.raises(StoreFull):
        ledger.append(b"second")

    assert path.read_bytes() == before
    assert ledger.append(b"second, again") == 2
    ledger.close()


def only_once(act):
    """Give a function that does `act` the first time and nothing later."""
    acts = [act]
    return lambda *arguments: acts.pop()(*arguments) if acts else None


# The store behind its ledger


@pytest.fixture
def directory(tmp_path) -> Path:
    return tmp_path / "store"


def dumped(store: EmbeddedStore) -> list[bytes]:
    return sorted(b"".join(store.dump()[1]).splitlines())


@pytest.mark.parametrize("known", [0, 1, 2, 3])
def test_a_graph_that_lacks_revisions_of_the_ledger_catches_up(directory, tmp_path, known):
    """As after a power cut, which takes what the graph had not synced."""
    store = EmbeddedStore(directory)
    for number in range(4):
        if number == known:
            store.close()
            shutil.copytree(directory / "graph", tmp_path / "old")
            store = EmbeddedStore(directory)
        if number < 3:
            revision(store, number)
    before = dumped(store), store.head(), (directory / "ledger").read_bytes()
    store.close()
    shutil.rmtree(directory / "graph")
    shutil.copytree(tmp_path / "old", directory / "graph")

    store = EmbeddedStore(directory)

    assert (dumped(store), store.head(), (directory / "ledger").read_bytes()) == before
    store.close()


def revision(store: EmbeddedStore, number: int) -> None:
    old, new = (f'person:ann rdfs:label "Ann {n}"@en .' for n in (number, number + 1))
    store.commit(
        change(new + f"person:p{number} a ap:Person .", old if number else ""), COMMIT, expected=number
    )


WRITER = """
import sys
from pathlib import Path
from contract import change
from summitry.model import Commit
from summitry.store.embedded import EmbeddedStore

store = EmbeddedStore(Path(sys.argv[1]))
print(store.head(), flush=True)
while True:
    number = store.head()
    old, new = (f'person:ann rdfs:label "Ann {n}"@en .' for n in (number, number + 1))
    more = "".join(f"person:p{number}-{n} a ap:Person ." for n in range(number * 7 % 40))
    store.commit(change(new + more, old if number else ""), Commit("writer", ""), expected=number)
    print(number + 1, flush=True)
"""


@pytest.mark.parametrize("seed", rounds("SUMMITRY_TEST_KILLS", 3))
def test_a_writer_that_is_killed_loses_nothing_that_it_acknowledged(directory, seed):
    """kill -9 at random moments, again and again, of a process that prints each revision once it is committed."""
    random = Random(seed)
    for kill in range(8):
        acknowledged = killed_writer(
            directory, acknowledgements=random.randint(0, 25), seconds=random.random() / 200
        )

        store = EmbeddedStore(directory)
        head = store.head()
        labels = {quad.object.value for quad in store.quads(ONE) if quad.predicate == LABEL}
        persons = sum(quad.predicate == TYPE for quad in store.quads(ONE))
        store.close()
        assert acknowledged <= head <= acknowledged + 1, f"seed {seed}, kill {kill}"
        assert labels == ({f"Ann {head}"} if head else set())
        assert persons == sum(number * 7 % 40 for number in range(head))


def killed_writer(directory: Path, *, acknowledgements: int, seconds: float) -> int:
    """Start a writer and kill it some time after its first acknowledgements; give the last one, 0 for none."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, directory], stdout=subprocess.PIPE, env=environment
    ) as writer:
        for _ in range(1 + acknowledgements):
            last = int(writer.stdout.readline())
        time.sleep(seconds)
        writer.kill()
        rest = writer.stdout.read().splitlines(keepends=True)
    return next((int(line) for line in reversed(rest) if line.endswith(b"\n")), last)
