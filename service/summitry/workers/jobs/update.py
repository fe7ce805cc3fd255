"""The job that finds what a SPARQL Update changes; the request's body is its text.

The answer's body is the change of source graphs as an RDF Patch, not judged yet.
"""

from typing import BinaryIO

from pyoxigraph import NamedNode, Store

from summitry import patch
from summitry.errors import Conflict
from summitry.update import effect
from summitry.using import lenient
from summitry.workers.frames import Facts, Message


def run(store: Store, request: Message, output: BinaryIO) -> Facts:
    """Write the change. Raises what `summitry.update.effect` raises."""
    workspace = request.text("workspace")
    text = lenient(request.body.decode())
    try:
        change = effect(store, text, NamedNode(workspace) if workspace else None)
    except RuntimeError as error:
        raise Conflict(f"{error}; write SILENT to have this pass") from error
    output.write(patch.write(change))
    return {}
