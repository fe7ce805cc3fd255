"""Of two writers who must not both win, exactly one does. `benchmarks/races.py` runs many more rounds."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent.parent / "benchmarks"))

from races import BY_UPDATE, CLASHES, CREATED, OVERWRITTEN, raced

ROUNDS = int(os.environ.get("SUMMITRY_TEST_RACES", "3"))


@pytest.mark.parametrize("kind", [*CLASHES, *BY_UPDATE])
def test_of_two_writes_that_break_a_shape_together_one_is_refused(server, kind):
    """Each is valid alone, and goes to a graph of its own: the second is judged against what the first left."""
    wins = asyncio.run(raced(server.url, server.token, [kind], rounds=ROUNDS, seed=1))

    assert wins[kind].total() == ROUNDS


@pytest.mark.parametrize("kind", [OVERWRITTEN, CREATED])
def test_of_two_writers_from_one_state_one_is_told_that_it_moved_on(server, kind):
    """RFC 9110 §13.1.1 and §13.1.2: a false If-Match or If-None-Match must not perform the method."""
    wins = asyncio.run(raced(server.url, server.token, [kind], rounds=ROUNDS, seed=1))

    assert wins[kind].total() == ROUNDS
