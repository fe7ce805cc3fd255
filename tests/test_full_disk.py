"""On a full disk a write is refused and changes nothing; reads go on; with room again, writes do too."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SCENE = Path(__file__).parent / "full_disk.py"
HARMLESS = {
    "refused": True,
    "unchanged": True,
    "accepted later": True,
    "same reopened": True,
    "closed while full": True,
    "head": 2,
}


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Path]:
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16m", "none", str(tmp_path)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only root can mount a small file system")
    yield tmp_path
    subprocess.run(["umount", str(tmp_path)], check=True)


@pytest.mark.parametrize("moment", ["ledger", "graph"])
def test_a_file_that_may_not_grow_refuses_the_write_alone(tmp_path, moment):
    """RLIMIT_FSIZE: the write takes what fits and then fails with EFBIG, first in the ledger, or in the graph."""
    assert became_of("limited", moment, tmp_path) == HARMLESS


@pytest.mark.parametrize("moment", ["ledger", "graph"])
def test_a_disk_without_room_refuses_the_write_alone(small_disk, moment):
    """ENOSPC, on a file system of 16 MB."""
    assert became_of("filled", moment, small_disk) == HARMLESS


def became_of(way: str, moment: str, directory: Path) -> dict:
    scene = subprocess.run(
        [sys.executable, SCENE, way, moment, directory / "store"], capture_output=True, text=True, check=False
    )
    assert scene.returncode == 0, scene.stderr
    return json.loads(scene.stdout)
