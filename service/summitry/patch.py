"""RDF Patch, the form in which a change is kept and sent: https://afs.github.io/rdf-delta/rdf-patch.html."""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode, Quad, RdfFormat, parse, serialize

from summitry import blank, provenance
from summitry.model import Changeset

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

LARGE: Final = 6 * 1024 * 1024  # bytes, some 40,000 quads
_AT_ONCE: Final = 20_000
_PIECE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Addition:
    """Many quads to add and none to remove, kept as the lines that record them: nobody needs to read them.

    No node of them is blank. `graphs` are those that they change, and `described` is what these say of
    themselves: see `provenance`.
    """

    pieces: tuple[bytes, ...]
    graphs: tuple[NamedNode, ...] = ()
    described: Changeset = field(default_factory=Changeset)

    def __or__(self, other: Changeset) -> "Addition":
        """Give this and the additions of `other`, which removes nothing."""
        return Addition((*self.pieces, write(other)), self.graphs, self.described)

    def __len__(self) -> int:
        """Count the quads."""
        return sum(piece.count(b"\n") for piece in self.pieces)

    def changeset(self) -> Changeset:
        """Give the quads as values."""
        return read(b"".join(self.pieces))

    def quads(self) -> "io.BufferedReader":
        """Give the quads as a file of N-Quads."""
        return io.BufferedReader(_Unmarked(self.pieces), _PIECE)


Change = Changeset | Addition


def received(lines: bytes, graphs: Iterable[str] = (), described: str = "") -> Change:
    """Give the change that `lines` record, as values only where that is cheap or cannot be helped.

    Raises SyntaxError where they are no patch.
    """
    if len(lines) < LARGE or not lines.startswith(b"A ") or not blank.is_absent(lines):
        return read(lines)
    return Addition((lines,), tuple(map(NamedNode, graphs)), read(described.encode()))


def write(changeset: Changeset) -> bytes:
    """Give the lines of `changeset`, removals first; the same bytes for the same change."""
    return b"".join(pieces(changeset))


def pieces(changeset: Changeset) -> Iterator[bytes]:
    """Give what `write` gives, some thousand lines at a time."""
    for mark, quads in ((b"D ", changeset.removed), (b"A ", changeset.added)):
        text = serialize(quads, format=RdfFormat.N_QUADS) or b""
        yield from marked(mark, text)


def marked(mark: bytes, quads: bytes) -> Iterator[bytes]:
    """Give the lines of the N-Quads `quads` in order, each behind `mark`."""
    lines = quads.splitlines(keepends=True)
    del quads
    lines.sort()
    for start in range(0, len(lines), _AT_ONCE):
        yield mark + mark.join(lines[start : start + _AT_ONCE])


def recorded(number: int, change: Change) -> tuple[bytes, ...]:
    """Give the whole patch that is kept of revision `number` in pieces: its headers, one transaction of `change`."""
    headers = [f"H id {provenance.iri(number)} ."]
    if number > 1:
        headers.append(f"H prev {provenance.iri(number - 1)} .")
    opening = "".join(f"{line}\n" for line in [*headers, "TX ."])
    lines = (write(change),) if isinstance(change, Changeset) else change.pieces
    return (opening.encode(), *lines, b"TC .\n")


def read(lines: bytes) -> Changeset:
    """Give the change that `lines` record. Raises SyntaxError where they are no patch."""
    found: dict[bytes, list[bytes]] = {mark: [] for mark in (b"A ", b"D ", b"H ", b"TX", b"TC")}
    for line in lines.splitlines(keepends=True):
        if line[:2] not in found:
            raise SyntaxError(f"{line[:80]!r} is no line of an RDF Patch")
        found[line[:2]].append(line[2:])
    return Changeset(added=_quads(found[b"A "]), removed=_quads(found[b"D "]))


def mentioned(record: bytes) -> frozenset[NamedNode]:
    """Give the resources that a recorded patch mentions as subject or object."""
    change = read(record)
    terms = (term for quad in change.added | change.removed for term in (quad.subject, quad.object))
    return frozenset(term for term in terms if isinstance(term, NamedNode))


def changes(record: bytes) -> bytes:
    """Give the lines of a recorded patch that change something: neither headers nor the marks of its transaction."""
    opening, closing = b"\nTX .\n", b"TC .\n"
    start = record.index(opening) + len(opening)
    return record[start : len(record) - len(closing)]


class _Unmarked(io.RawIOBase):
    """The N-Quads that the lines of `pieces` add."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._chunks = (chunk for piece in pieces for chunk in _unmarked(piece))
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        """Say that this file can be read."""
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """Fill `buffer` with what comes next; 0 at the end."""
        target = memoryview(buffer).cast("B")
        self._rest = self._rest or memoryview(next(self._chunks, b""))
        size = min(len(target), len(self._rest))
        target[:size], self._rest = self._rest[:size], self._rest[size:]
        return size


def _unmarked(lines: bytes) -> Iterator[bytes]:
    start = 0
    while start < len(lines):
        end = lines.find(b"\n", start + _PIECE) + 1 or len(lines)
        yield lines[start + 2 : end].replace(b"\nA ", b"\n")
        start = end


def _quads(lines: Iterable[bytes]) -> frozenset[Quad]:
    return frozenset(parse(b"".join(lines), format=RdfFormat.N_QUADS))
