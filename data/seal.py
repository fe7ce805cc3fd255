"""Validate what the service ships, and seal it: a first start takes in sealed files without validating them again.

    python data/seal.py

It needs the service installed, and is run after any change to the ontology, the shapes or the shipped graph.
"""

import sys
from collections.abc import Iterator
from dataclasses import replace

from pyoxigraph import Store

from summitry import shipped
from summitry.model import Finding
from summitry.rehearse import Rules, rehearse
from summitry.terms import ENTITIES

_ANY_SIZE = 2**40


def violations() -> Iterator[Finding]:
    """Give what the rules refuse of the shipped graph, each document judged as a curator's write of it would be."""
    store, curator = Store(), Rules(ENTITIES, _ANY_SIZE)
    for upload in shipped.rules():
        yield from rehearse(store, upload, replace(curator, operator=True)).report.violations
    for upload in shipped.graphs():
        yield from rehearse(store, upload, curator).report.violations


if __name__ == "__main__":
    found = list(violations())
    for finding in found:
        print(f"{finding.file}:{finding.line}:{finding.column}: {finding.message}", file=sys.stderr)
    if found:
        sys.exit("not sealed")
    shipped.SEAL.write_text(shipped.digest() + "\n")
