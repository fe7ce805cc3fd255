"""What this version ships: ontology, shapes and graph; and the seal that tells whether these very files were validated.

A sealed graph is taken in without being validated once more, which is most of what a first start would cost.
`data/seal.py` validates and seals; a test holds the seal to it. Files that are not those are validated like any.
"""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode, RdfFormat, Store

from summitry import documents, resources
from summitry.canonical import canonical
from summitry.media import TURTLE
from summitry.model import Changeset, Upload
from summitry.rehearse import apply
from summitry.terms import GRAPHS, ONTOLOGY_GRAPH, SHAPES_GRAPH

SEAL: Final = resources.ROOT / "data" / "seal.txt"
_ANY_SIZE: Final = 2**40


def rules() -> Iterator[Upload]:
    """Give the ontology and the shapes as the documents of their graphs."""
    for graph, files in (
        (ONTOLOGY_GRAPH, resources.ontology_files()),
        (SHAPES_GRAPH, resources.shape_files()),
    ):
        yield Upload(_joined(files), TURTLE, graph, name=graph.value)


def graphs() -> Iterator[Upload]:
    """Give the documents of the shipped graph: what others refer to comes first."""
    for path in resources.data_files():
        yield Upload(path.read_bytes(), TURTLE, graph_of(path), name=path.name)


def graph_of(path: Path) -> NamedNode:
    """Give the name of the graph that the document in `path` becomes when nobody names one."""
    return NamedNode(GRAPHS + path.stem)


def digest() -> str:
    """Give what changes with any byte of what is shipped, and with its order."""
    found = hashlib.sha256()
    for upload in (*rules(), *graphs()):
        found.update(f"{upload.graph.value} {len(upload.content)}\n".encode() + upload.content)
    return found.hexdigest()


def is_sealed() -> bool:
    """Tell whether what is shipped was validated as it is."""
    return SEAL.is_file() and SEAL.read_text().strip() == digest()


def changes(store: Store) -> Iterator[tuple[Upload, Changeset]]:
    """Fill the empty `store`: give each document, and the whole change that it makes after those before it."""
    for upload in (*rules(), *graphs()):
        parsed = documents.read(upload, limit=_ANY_SIZE)
        stated = frozenset(canonical(parsed.quads, upload.graph).values())
        yield upload, apply(store, Changeset(stated))


class Shipped:
    """All that is shipped, in memory and without a history: for workers to copy (see `workers.launch.Replica`)."""

    def dump(self) -> tuple[int, Iterator[bytes]]:
        """Give its N-Quads. They are no revision."""
        store = Store()
        for _ in changes(store):
            pass
        return 0, iter([store.dump(format=RdfFormat.N_QUADS) or b""])


def _joined(files: Iterable[Path]) -> bytes:
    """Give several Turtle files as one document: a file may repeat prefixes."""
    return b"\n".join(path.read_bytes() for path in files)
