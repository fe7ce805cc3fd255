"""The job that judges a change of source graphs; the request's body is the change as an RDF Patch.

The answer is that of `rehearse`: the whole change, with what follows from it, and the report.
"""

from typing import BinaryIO

from pyoxigraph import Store

from summitry import patch
from summitry.rehearse import judge
from summitry.workers.frames import Facts, Message
from summitry.workers.jobs.rehearse import answered, rules


def run(store: Store, request: Message, output: BinaryIO) -> Facts:
    """Write the whole change."""
    return answered(judge(store, patch.read(request.body), rules(request)), output)
