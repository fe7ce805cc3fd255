"""The texts of the updates that a remote store is sent, and the terms of its ledger graph.

The ledger graph holds the number of the head, whose turn it is to write, and for each revision the record
of its transaction with its RDF Patch. Numbers are plain strings there, which no engine rewrites.
"""

import base64
import zlib
from collections.abc import Iterable
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from summitry.errors import TooLarge
from summitry.model import Changeset
from summitry.terms import MERGE, SYSTEM

LEDGER_GRAPH: Final = NamedNode(SYSTEM + "ledger")
_TERMS: Final = LEDGER_GRAPH.value + "#"
HEAD: Final = NamedNode(_TERMS + "head")
WAITS_FOR: Final = NamedNode(_TERMS + "waitsFor")
SECONDS: Final = NamedNode(_TERMS + "seconds")
MAKES: Final = NamedNode(_TERMS + "makes")
PIECE: Final = NamedNode(_TERMS + "piece")

# Fuseki 5.6 takes 0.3 s for an update with one literal of 64 KiB, 2 s with one of 1 MiB, and no end with 4 MiB.
_PIECE: Final = 64 * 1024
_LARGEST: Final = 128 * 1024 * 1024


def data(quads: Iterable[Quad]) -> str:
    """Give `quads` as QuadData or as a template (SPARQL 1.1 Update §3), every term in its N-Triples form."""
    return "\n".join(
        f"{q.triple} ." if q.graph_name == MERGE else f"GRAPH {q.graph_name} {{ {q.triple} }}" for q in quads
    )


def waiting(turn: NamedNode, number: int, seconds: float) -> str:
    """Give the update by which `turn` waits to make revision `number`, for at most `seconds`."""
    return f"INSERT DATA {{ {data(_turn(turn, number, seconds))} }}"


def leaving(turn: NamedNode) -> str:
    """Give the update after which `turn` makes nothing any more."""
    return f"DELETE WHERE {{ GRAPH {LEDGER_GRAPH} {{ {turn} {WAITS_FOR} ?number ; {SECONDS} ?seconds }} }}"


def guarded(change: Changeset, patch: bytes, *, turn: NamedNode, number: int, seconds: float) -> str:
    """Give the one update that makes `change` as revision `number` if the head is the one before and `turn` waits.

    Raises:
        SyntaxError: there is a blank node in it (SPARQL 1.1 Update §3.1.3: none in a DELETE template).
        TooLarge: no server should be sent that much at once.
    """
    if any(isinstance(term, BlankNode) for quad in change.added | change.removed for term in quad):
        raise SyntaxError("a blank node cannot be removed again; it must have a name")
    waits = _turn(turn, number, seconds)
    before = _head(number - 1)
    removed = [*change.removed, *waits, *before]
    added = [*change.added, *_head(number), _of_ledger(turn, MAKES, str(number)), *_pieces(turn, patch)]
    # The first revision finds no head at all.
    headless = f"FILTER NOT EXISTS {{ GRAPH {LEDGER_GRAPH} {{ {LEDGER_GRAPH} {HEAD} ?head }} }}"
    guard = data([*waits, *before]) + ("" if before else headless)
    text = f"DELETE {{ {data(removed)} }} INSERT {{ {data(added)} }} WHERE {{ {guard} }}"
    if len(text) > _LARGEST:
        raise TooLarge(
            f"the change is an update of {len(text)} characters, more than {_LARGEST}; load it in parts"
        )
    return text


def patch_of(pieces: Iterable[str]) -> bytes:
    """Give the RDF Patch whose pieces these are, in any order."""
    return zlib.decompress(base64.b64decode("".join(piece[7:] for piece in sorted(pieces))))


def _head(number: int) -> list[Quad]:
    return [_of_ledger(LEDGER_GRAPH, HEAD, str(number))] if number else []


def _turn(turn: NamedNode, number: int, seconds: float) -> list[Quad]:
    return [_of_ledger(turn, WAITS_FOR, str(number)), _of_ledger(turn, SECONDS, str(seconds))]


def _pieces(record: NamedNode, patch: bytes) -> list[Quad]:
    text = base64.b64encode(zlib.compress(patch)).decode()
    starts = range(0, len(text), _PIECE)
    return [
        _of_ledger(record, PIECE, f"{number:06} {text[start : start + _PIECE]}")
        for number, start in enumerate(starts)
    ]


def _of_ledger(subject: NamedNode, predicate: NamedNode, value: str) -> Quad:
    return Quad(subject, predicate, Literal(value), LEDGER_GRAPH)
