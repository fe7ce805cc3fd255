"""The job that works out what an upload would do; the request's body is the document.

The answer's body is the change as an RDF Patch; its facts hold the report.
"""

from typing import BinaryIO

from pyoxigraph import NamedNode, Store

from summitry import patch, report
from summitry.model import Method, Upload
from summitry.rehearse import Rules, rehearse
from summitry.workers.frames import Facts, Message


def run(store: Store, request: Message, output: BinaryIO) -> Facts:
    """Write the change that the upload makes, nothing where it is refused.

    Raises:
        ScanRefused: the document is not handed to a parser.
    """
    rehearsal = rehearse(store, upload_of(request), rules(request))
    output.write(patch.write(rehearsal.change))
    return {"report": report.dumps(rehearsal.report)}


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
