"""What the benchmarks share: where and when a run was made, and what a process used."""

import os
import platform
import resource
import subprocess
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
_MIB: Final = 1024 * 1024
_PACKAGES: Final = ("pyoxigraph", "rdflib", "pyshacl")


def circumstances(seed: int) -> str:
    """Give the line that every result stands under: date, commit, seed, machine, versions."""
    commit = _output("git", "-C", str(ROOT), "rev-parse", "--short=10", "HEAD") or "no commit"
    changed = " with changes" if _output("git", "-C", str(ROOT), "status", "--porcelain", "service") else ""
    memory = os.sysconf("SC_PHYS_PAGES") * resource.getpagesize() / _MIB / 1024
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, commit {commit}{changed}, seed {seed}, {os.cpu_count()} cores, "
        f"{memory:.0f} GiB, Python {platform.python_version()}, {packages}"
    )


def cpu() -> float:
    """Give the seconds of processor time, user and system, that this process has used."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def peak_mebibytes(pid: int) -> float:
    """Give the most memory that the process has held at once (VmHWM), 0 if it is gone."""
    return _memory(pid, "VmHWM")


def family(pid: int) -> list[int]:
    """Give the process and all its descendants."""
    found = [pid]
    for one in found:
        with suppress(OSError):  # it may end while it is looked at
            for task in Path(f"/proc/{one}/task").glob("*/children"):
                found += map(int, task.read_text().split())
    return found


def proportional_mebibytes(pid: int) -> float:
    """Give the memory that the process holds now, what it shares with others divided among them (Pss)."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _memory(pid: int, name: str) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) / 1024


def _output(*command: str) -> str:
    """Give what a command prints, nothing where it fails."""
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    return ended.stdout.strip() if ended.returncode == 0 else ""
