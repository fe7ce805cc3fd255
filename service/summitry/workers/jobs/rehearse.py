"""The job that works out what an upload would do; the request's body is the document.

The answer's body is the change as an RDF Patch; its facts hold the report.
"""

from typing import BinaryIO

from pyoxigraph import NamedNode, Store

from summitry import patch, progress, provenance, report
from summitry.model import Method, Upload
from summitry.rehearse import Rehearsal, Rules, rehearse
from summitry.terms import is_source
from summitry.workers.frames import Facts, Message


def run(store: Store, request: Message, output: BinaryIO) -> Facts:
    """Write the change that the upload makes, nothing where it is refused.

    Raises:
        ScanRefused: the document is not handed to a parser.
    """
    return answered(rehearse(store, upload_of(request), rules(request)), output)


def answered(rehearsal: Rehearsal, output: BinaryIO) -> Facts:
    """Write the whole change; give the report, and what is to be known of the change without reading it."""
    change = rehearsal.change
    progress.tell("handing over the change")
    for piece in patch.pieces(change):
        output.write(piece)
    return {
        "report": report.dumps(rehearsal.report),
        "added": sum(is_source(quad.graph_name) for quad in change.added),
        "removed": sum(is_source(quad.graph_name) for quad in change.removed),
        "graphs": [graph.value for graph in provenance.touched(change)],
        "described": patch.write(provenance.self_descriptions(change)).decode(),
    }


def upload_of(request: Message) -> Upload:
    """Give the upload that `request` brings."""
    return Upload(
        request.body,
        request.text("media"),
        NamedNode(request.text("graph")),
        name=request.text("name"),
        method=Method(request.text("method")),
        is_dataset=bool(request.number("is_dataset")),
        base=request.text("base"),
    )


def rules(request: Message) -> Rules:
    """Give what the write that `request` asks about is held to."""
    return Rules(
        instance_base=request.text("instance_base"),
        upload_bytes=int(request.number("upload_bytes")),
        operator=bool(request.number("operator")),
    )
