"""The command `summitry serve` in a process of its own."""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Served:
    """Where the service answers, the token that it takes, and its process."""

    url: str
    token: str
    pid: int

    @property
    def bearer(self) -> dict[str, str]:
        """Give the header that lets a request write."""
        return {"authorization": f"Bearer {self.token}"}


@contextmanager
def served(*options: str, is_empty: bool = True) -> Iterator[Served]:
    """Run the service of an empty graph, or of the shipped one, with more `options`; stop it as an operator would."""
    token = secrets.token_urlsafe()
    environment = os.environ | {"SUMMITRY_TOKEN": token, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", "summitry", "serve", *(["--empty"] * is_empty), "--port", "0", *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as server:
        try:
            assert server.stderr
            url = next(line.split()[-1] for line in server.stderr if "listens on" in line)
            yield Served(url, token, server.pid)
        finally:
            server.terminate()
