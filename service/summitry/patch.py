"""RDF Patch, the form in which a change is kept and sent: https://afs.github.io/rdf-delta/rdf-patch.html."""

from collections.abc import Iterable

from pyoxigraph import NamedNode, Quad, RdfFormat, parse, serialize

from summitry import provenance
from summitry.model import Changeset


def write(changeset: Changeset) -> bytes:
    """Give the lines of `changeset`, removals first; the same bytes for the same change."""
    removed = b"".join(b"D " + line for line in _lines(changeset.removed))
    return removed + b"".join(b"A " + line for line in _lines(changeset.added))


def recorded(number: int, changeset: Changeset) -> bytes:
    """Give the whole patch that is kept of revision `number`: its headers, and one transaction of `changeset`."""
    headers = [f"H id {provenance.iri(number)} ."]
    if number > 1:
        headers.append(f"H prev {provenance.iri(number - 1)} .")
    opening = "".join(f"{line}\n" for line in [*headers, "TX ."])
    return opening.encode() + write(changeset) + b"TC .\n"


def read(lines: bytes) -> Changeset:
    """Give the change that `lines` record. Raises SyntaxError where they are no patch."""
    marked: dict[bytes, list[bytes]] = {mark: [] for mark in (b"A ", b"D ", b"H ", b"TX", b"TC")}
    for line in lines.splitlines(keepends=True):
        if line[:2] not in marked:
            raise SyntaxError(f"{line[:80]!r} is no line of an RDF Patch")
        marked[line[:2]].append(line[2:])
    return Changeset(added=_quads(marked[b"A "]), removed=_quads(marked[b"D "]))


def mentioned(record: bytes) -> frozenset[NamedNode]:
    """Give the resources that a recorded patch mentions as subject or object."""
    change = read(record)
    terms = (term for quad in change.added | change.removed for term in (quad.subject, quad.object))
    return frozenset(term for term in terms if isinstance(term, NamedNode))


def changes(record: bytes) -> bytes:
    """Give the lines of a recorded patch that change something, without its headers."""
    return b"".join(line for line in record.splitlines(keepends=True) if line.startswith((b"A ", b"D ")))


def _lines(quads: Iterable[Quad]) -> list[bytes]:
    text = serialize(quads, format=RdfFormat.N_QUADS) or b""
    return sorted(text.splitlines(keepends=True))


def _quads(lines: Iterable[bytes]) -> frozenset[Quad]:
    return frozenset(parse(b"".join(lines), format=RdfFormat.N_QUADS))
