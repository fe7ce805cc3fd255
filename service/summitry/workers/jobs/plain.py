"""The jobs that work out what a write to a plain store changes; the answer's body is that change as an RDF Patch."""

from typing import BinaryIO

from pyoxigraph import NamedNode, Store

from summitry import documents, patch, plain, report
from summitry.model import Changeset, Method, Report, Upload
from summitry.terms import UNNAMED
from summitry.using import lenient
from summitry.workers.frames import Facts, Message
from summitry.workers.jobs.rehearse import upload_of


def update(store: Store, request: Message, output: BinaryIO) -> Facts:
    """Write what the SPARQL Update in the request's body changes. Raises what `summitry.plain.effect` raises."""
    return _answered(plain.effect(store, lenient(request.body.decode()), request.text("base")), output)


def write(store: Store, request: Message, output: BinaryIO) -> Facts:
    """Write what the document in the request's body changes, nothing where it has syntax errors.

    Raises:
        ScanRefused: the document is not handed to a parser.
    """
    upload, limit = upload_of(request), int(request.number("upload_bytes"))
    if quads := plain.first_content(store, upload, limit=limit):
        return _handed_over(upload.graph, quads, output)
    parsed = documents.read(upload, limit=limit, may_be_empty=True)
    found = Report(parsed.findings)
    if not found.conforms:
        return {"report": report.dumps(found)}
    return _answered(plain.written(store, parsed.quads, _graphs(upload, parsed), upload.method), output)


def _handed_over(graph: NamedNode, quads: bytes, output: BinaryIO) -> Facts:
    """Write the addition of `quads` as the first content of `graph`."""
    for piece in patch.marked(b"A ", quads):
        output.write(piece)
    is_named = graph != UNNAMED  # then one of `quads` says that it is there
    added = quads.count(b"\n") - is_named
    return {"report": report.dumps(Report()), "added": added, "removed": 0, "graphs": [graph.value]}


def _answered(change: Changeset, output: BinaryIO) -> Facts:
    """Write `change`; give an empty report, and what is to be known of the change without reading it."""
    for piece in patch.pieces(change):
        output.write(piece)
    stated = plain.stated(change)
    return {
        "report": report.dumps(Report()),
        "added": len(stated.added),
        "removed": len(stated.removed),
        "graphs": [graph.value for graph in plain.touched(change)],
    }


def _graphs(upload: Upload, parsed: documents.Parsed) -> list[NamedNode]:
    """Give the graphs that `upload` is about: its own, or of a dataset those that it has statements for."""
    if upload.method is Method.DELETE or not upload.is_dataset:
        return [upload.graph]
    return [name for name in {quad.graph_name for quad in parsed.quads} if isinstance(name, NamedNode)]
