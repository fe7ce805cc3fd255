"""The service does what its OpenAPI document says, whatever is sent to it. `benchmarks/fuzz.py` sends much more."""

import os
import sys
from pathlib import Path

import pytest

from servers import running
from summitry.settings import Settings

sys.path.append(str(Path(__file__).parent.parent / "benchmarks"))

from fuzz import fill, fuzzed

EXAMPLES = int(os.environ.get("SUMMITRY_TEST_FUZZ", "2"))


@pytest.fixture
def scratch():
    """Give a server of its own with the example document: what is generated may write."""
    with running(Settings(empty=True, port=0)) as server:
        fill(server.url, server.token)
        yield server


def test_whatever_is_sent_the_answer_is_as_documented(scratch):
    """RFC 9110 §15: a request that cannot be understood is a 4xx; and OpenAPI 3.1 names all that may come."""
    report = fuzzed(scratch.url, scratch.token, examples=EXAMPLES, seed=1, phases=("examples", "fuzzing"))

    assert "No issues found" in report
