"""RDF Patch, the form in which a change is kept and sent: https://afs.github.io/rdf-delta/rdf-patch.html."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse, serialize

from summitry import blank, provenance
from summitry.model import Changeset

LARGE: Final = 6 * 1024 * 1024  # bytes, some 40,000 quads
_AT_ONCE: Final = 20_000
_PIECE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Addition:
    """Many quads to add and none to remove, kept as the N-Quads that an engine wrote: nobody needs to read them.

    No node of them is blank. `graphs` are those that they change, and `described` is what these say of
    themselves: see `provenance`.
    """

    quads: bytes
    graphs: tuple[NamedNode, ...] = ()
    described: Changeset = field(default_factory=Changeset)

    def __or__(self, other: Changeset) -> "Addition":
        """Give this and the additions of `other`, which removes nothing."""
        return Addition(self.quads + _text(other.added), self.graphs, self.described)

    def __len__(self) -> int:
        """Count the quads."""
        return self.quads.count(b"\n")

    def changeset(self) -> Changeset:
        """Give the quads as values."""
        return Changeset(frozenset(parse(self.quads, format=RdfFormat.N_QUADS)))

    def load(self, store: Store) -> None:
        """Add the quads to `store`, all at once or, where that fails, none."""
        # An engine wrote their IRIs: looking at each again takes a tenth of the time.
        store.bulk_load(self.quads, RdfFormat.N_QUADS, lenient=True)


Change = Changeset | Addition


def received(lines: bytes, graphs: Iterable[str] = (), described: str = "") -> Change:
    """Give the change that `lines` record, as values only where that is cheap or cannot be helped.

    Raises SyntaxError where they are no patch.
    """
    if len(lines) >= LARGE and lines.startswith(b"A "):
        quads = lines[2:].replace(b"\nA ", b"\n")
        if blank.is_absent(quads):
            return Addition(quads, tuple(map(NamedNode, graphs)), read(described.encode()))
    return read(lines)


def write(change: Change) -> bytes:
    """Give the lines of `change`, removals first; the same bytes for the same changeset."""
    return b"".join(pieces(change))


def pieces(change: Change) -> Iterator[bytes]:
    """Give what `write` gives, some thousand lines at a time; those of an addition in its own order."""
    if isinstance(change, Addition):
        yield from _marked(change.quads)
        return
    for mark, quads in ((b"D ", change.removed), (b"A ", change.added)):
        lines = _text(quads).splitlines(keepends=True)
        lines.sort()
        for start in range(0, len(lines), _AT_ONCE):
            yield mark + mark.join(lines[start : start + _AT_ONCE])


def recorded(number: int, change: Change) -> Iterator[bytes]:
    """Give the whole patch that is kept of revision `number` in pieces: its headers, one transaction of `change`."""
    headers = [f"H id {provenance.iri(number)} ."]
    if number > 1:
        headers.append(f"H prev {provenance.iri(number - 1)} .")
    opening = "".join(f"{line}\n" for line in [*headers, "TX ."])
    yield opening.encode()
    yield from pieces(change)
    yield b"TC .\n"


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


def _marked(quads: bytes) -> Iterator[bytes]:
    start = 0
    while start < len(quads):
        end = quads.find(b"\n", start + _PIECE) + 1 or len(quads)
        yield b"A " + quads[start : end - 1].replace(b"\n", b"\nA ") + b"\n"
        start = end


def _quads(lines: Iterable[bytes]) -> frozenset[Quad]:
    return frozenset(parse(b"".join(lines), format=RdfFormat.N_QUADS))


def _text(quads: Iterable[Quad]) -> bytes:
    return serialize(quads, format=RdfFormat.N_QUADS) or b""
