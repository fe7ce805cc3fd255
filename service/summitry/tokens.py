"""Who may write what: bearer tokens, kept as hashes in a file beside the store.

A token is 32 random bytes, so one round of SHA-256 hides it as well as a slow hash would hide a password.
"""

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode

from summitry.errors import BadParameter

FILE: Final = "tokens.json"


class Role(StrEnum):
    """What the bearer of a token may do: read; write to some graphs or all; and see to tokens and others' queries."""

    READER = "reader"
    CURATOR = "curator"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whom a token stands for. A curator without `graphs` may write to all."""

    name: str
    role: Role
    graphs: tuple[str, ...] = ()

    def may_write(self, graph: NamedNode) -> bool:
        """Tell whether the bearer may change `graph`."""
        return self.role is not Role.READER and (not self.graphs or graph.value in self.graphs)


class Tokens:
    """The tokens in the file `path`, and those given at start. The file is read again when it changes."""

    def __init__(self, path: Path | None, given: Iterable[tuple[str, Bearer]] = ()) -> None:
        self._path = path
        self._given = {_hashed(token): bearer for token, bearer in given}
        self._stored: dict[str, Bearer] = {}
        self._stamp = 0

    def bearer(self, token: str) -> Bearer | None:
        """Give whom `token` stands for, None for a token that nobody has. Takes as long for any token."""
        self._refresh()
        found = None
        wanted = _hashed(token)
        for digest, bearer in (self._given | self._stored).items():
            if hmac.compare_digest(digest, wanted):
                found = bearer
        return found

    def listed(self) -> list[Bearer]:
        """Give whom the tokens of the file stand for."""
        self._refresh()
        return list(self._stored.values())

    def create(self, bearer: Bearer) -> str:
        """Give a new token for `bearer`; it cannot be read again. Raises BadParameter for a name that is taken."""
        self._refresh()
        if any(other.name == bearer.name for other in self._stored.values()):
            raise BadParameter(f"there is a token of {bearer.name} already; remove it first")
        token = secrets.token_urlsafe(32)
        self._write({**self._stored, _hashed(token): bearer})
        return token

    def remove(self, name: str) -> None:
        """End the token of `name`. Raises BadParameter where there is none."""
        self._refresh()
        kept = {digest: bearer for digest, bearer in self._stored.items() if bearer.name != name}
        if len(kept) == len(self._stored):
            raise BadParameter(f"there is no token of {name}")
        self._write(kept)

    def _refresh(self) -> None:
        if self._path is None or not self._path.exists():
            self._stored = {}
            return
        stamp = self._path.stat().st_mtime_ns
        if stamp != self._stamp:
            rows = json.loads(self._path.read_text("utf-8"))
            self._stored = {
                row["sha256"]: Bearer(row["name"], Role(row["role"]), tuple(row["graphs"])) for row in rows
            }
            self._stamp = stamp

    def _write(self, tokens: dict[str, Bearer]) -> None:
        if self._path is None:
            raise BadParameter("a temporary store keeps no tokens; name a directory with --data")
        rows = [
            {"sha256": digest, "name": bearer.name, "role": bearer.role.value, "graphs": list(bearer.graphs)}
            for digest, bearer in tokens.items()
        ]
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_suffix(".new")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(rows, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path)


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
