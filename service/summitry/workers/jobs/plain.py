"""The jobs that work out what a write to a plain store changes; the answer's body is that change as an RDF Patch.

Where `are_quads` is among its facts, the body is the N-Quads that are added.
"""

from typing import BinaryIO, Final

from pyoxigraph import NamedNode, RdfFormat, Store

from summitry import documents, patch, plain, report
from summitry.model import Changeset, Method, Report, Upload
from summitry.terms import UNNAMED
from summitry.using import lenient
from summitry.workers.frames import Facts, Message
from summitry.workers.jobs.rehearse import upload_of

# A large store takes long to be taken apart quad by quad, and this process ends with its answer.
_KEPT: Final[list[Store]] = []


def update(store: Store, request: Message, output: BinaryIO) -> Facts:
    """Write what the SPARQL Update in the request's body changes. Raises what `summitry.plain.effect` raises."""
    return _answered(plain.effect(store, lenient(request.body.decode()), request.text("base")), output)


def write(store: Store, request: Message, output: BinaryIO) -> Facts:
    """Write what the document in the request's body changes, nothing where it has syntax errors.

    Raises:
        ScanRefused: the document is not handed to a parser.
    """
    upload, limit = upload_of(request), int(request.number("upload_bytes"))
    first = plain.first_content(store, upload, limit=limit)
    if first is not None:
        return _handed_over(upload.graph, first, output)
    parsed = documents.read(upload, limit=limit, may_be_empty=True)
    found = Report(parsed.findings)
    if not found.conforms:
        return {"report": report.dumps(found)}
    return _answered(plain.written(store, parsed.quads, _graphs(upload, parsed), upload.method), output)


def _handed_over(graph: NamedNode, first: Store, output: BinaryIO) -> Facts:
    """Write all that is in `first`, which is added as the first content of `graph`."""
    _KEPT.append(first)
    first.dump(output, RdfFormat.N_QUADS)
    is_named = graph != UNNAMED  # then one of the quads says that it is there
    return {
        "report": report.dumps(Report()),
        "added": len(first) - is_named,
        "removed": 0,
        "graphs": [graph.value],
        "are_quads": True,
    }


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
