"""Commands of Node.js packages, which npm installs when a test first needs one."""

import fcntl
import shutil
import subprocess
from pathlib import Path

import pytest

NODE = Path(__file__).parent / "node"


def command(name: str) -> Path:
    """Give the command `name` of a package in `node/package.json`."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip(f"{name} needs Node.js with npm, which this machine does not have")
    found = NODE / "node_modules" / ".bin" / name
    with (NODE / "package.json").open() as manifest:
        # Tests run two at a time, and both may need a command first.
        fcntl.flock(manifest, fcntl.LOCK_EX)
        if not found.exists():
            install = [npm, "install", "--no-package-lock", "--no-audit", "--no-fund"]
            subprocess.run(install, cwd=NODE, check=True, capture_output=True)
    return found
