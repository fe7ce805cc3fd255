"""From an upload to its statements: one document, or the several parts of a form (RFC 7578), each in its own format."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from pyoxigraph import BlankNode, Quad

from summitry.errors import ScanRefused
from summitry.media import FORM_DATA, TURTLE, bare
from summitry.model import Upload
from summitry.parse import Parsed, parse
from summitry.scan import scan_upload

PARTS: Final = 100
_BOUNDARY: Final = re.compile(
    r"""multipart/form-data\s*;(?:[^"]*;)?\s*boundary=("?)([^\s";]{1,70})\1""", re.IGNORECASE
)
_HEADER: Final = re.compile(rb"^([A-Za-z-]+):[ \t]*(.*?)[ \t]*\r?$", re.MULTILINE)
_NAMES: Final = tuple(re.compile(rf'\b{name}="([^"]*)"', re.IGNORECASE) for name in ("filename", "name"))
_HEAD_END: Final = re.compile(rb"\r?\n\r?\n")

__all__ = ["PARTS", "Parsed", "boundary", "parts", "read"]


def read(upload: Upload, *, limit: int, may_be_empty: bool = False) -> Parsed:
    """Give the statements of `upload`, or all its syntax errors; nodes of different parts are different.

    Raises:
        ScanRefused: it, or a part of it, is not handed to a parser.
    """
    if bare(upload.media) != FORM_DATA:
        return _parsed(upload, limit, may_be_empty)
    found = [_parsed(part, limit, may_be_empty) for part in parts(upload)]
    findings = tuple(finding for parsed in found for finding in parsed.findings)
    if findings:
        return Parsed(findings=findings)
    return Parsed(tuple(q for n, parsed in enumerate(found) for q in _set_apart(parsed, n)))


def parts(upload: Upload) -> Iterator[Upload]:
    """Give the documents in the body of a form, each under the name of its file.

    Raises:
        ScanRefused: the body is not made of parts, or of too many.
    """
    delimiter = b"--" + boundary(upload.media).encode()
    pieces = upload.content.split(delimiter, PARTS + 2)[1:]
    if len(pieces) < 2 or not any(piece.startswith(b"--") for piece in pieces):
        raise ScanRefused(
            f"The form has no parts, does not end, or has more than {PARTS}. Send each document as one part."
        )
    for piece in pieces:
        if piece.startswith(b"--"):
            return
        yield _part(upload, piece)


def boundary(media: str) -> str:
    """Give what separates the parts. Raises ScanRefused where Content-Type does not say it."""
    found = _BOUNDARY.fullmatch(media.strip()) or _BOUNDARY.match(media.strip())
    if found is None:
        raise ScanRefused(
            "The Content-Type multipart/form-data has no boundary. Say what separates the parts."
        )
    return found[2]


def _part(upload: Upload, piece: bytes) -> Upload:
    head_end = _HEAD_END.search(piece)
    if head_end is None:
        raise ScanRefused("A part of the form has no empty line between its headers and its document.")
    headers = {
        name.decode().lower(): value.decode("utf-8", "replace")
        for name, value in _HEADER.findall(piece[: head_end.end()])
    }
    disposition = headers.get("content-disposition", "")
    named = next((found[1] for pattern in _NAMES if (found := pattern.search(disposition))), "")
    content = re.sub(rb"\r?\n\Z", b"", piece[head_end.end() :])
    media = bare(headers.get("content-type", "")) or TURTLE
    return replace(upload, content=content, media=media, name=named or upload.name)


def _parsed(upload: Upload, limit: int, may_be_empty: bool) -> Parsed:
    if may_be_empty and not upload.content.strip():
        return Parsed()
    scan_upload(upload.content, upload.media, limit=limit)
    return parse(upload, base=upload.base or upload.graph.value)


def _set_apart(parsed: Parsed, number: int) -> Iterator[Quad]:
    for quad in parsed.quads:
        subject = _numbered(quad.subject, number) if isinstance(quad.subject, BlankNode) else quad.subject
        value = _numbered(quad.object, number) if isinstance(quad.object, BlankNode) else quad.object
        yield Quad(subject, quad.predicate, value, quad.graph_name)


def _numbered(node: BlankNode, part: int) -> BlankNode:
    return BlankNode(f"part{part}.{node.value}") if part else node
