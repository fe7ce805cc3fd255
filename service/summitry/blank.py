"""Blank nodes as IRIs, and back without loss: a store that must remove them names them so.

SPARQL 1.1 Update §3.1.2 allows no blank node in DELETE DATA, which alone removes and adds in one
transaction. An IRI of a client that looks like one of these names is set apart from them.
"""

from typing import Final

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple

from summitry.model import Changeset
from summitry.terms import SYSTEM

_BLANK: Final = SYSTEM + "blank/"
_SAME: Final = SYSTEM + "same/"
_RESERVED: Final = (_BLANK, _SAME)

_NODES: Final = (b"\n_:", b"> _:", b"<<(")

Term = NamedNode | BlankNode | Literal | Triple | DefaultGraph


def named(quad: Quad) -> Quad:
    """Give `quad` without blank nodes; `unnamed` gives it back."""
    return Quad(*map(_named, quad))  # type: ignore[arg-type]


def unnamed(quad: Quad) -> Quad:
    """Give the quad of which `quad` is what `named` made."""
    return Quad(*map(_unnamed, quad))  # type: ignore[arg-type]


def named_change(change: Changeset) -> Changeset:
    """Give `change` without blank nodes."""
    return Changeset(frozenset(map(named, change.added)), frozenset(map(named, change.removed)))


def is_absent(quads: bytes) -> bool:
    """Tell whether no line of some N-Quads needs `named`, nor does anything that a text says look as if."""
    has_nodes = quads.startswith(b"_:") or any(mark in quads for mark in _NODES)
    return not has_nodes and not claims_names(quads)


def claims_names(quads: bytes) -> bool:
    """Tell whether an IRI of a client, or perhaps no more than a text, looks like a name that `named` gives."""
    return any(space.encode() in quads for space in _RESERVED)


def _named(term: Term) -> Term:
    match term:
        case BlankNode():
            return NamedNode(_BLANK + term.value)
        case NamedNode() if term.value.startswith(_RESERVED):
            return NamedNode(_SAME + term.value)
        case Triple():
            return Triple(*map(_named, term))  # type: ignore[arg-type]
        case _:
            return term


def _unnamed(term: Term) -> Term:
    match term:
        case NamedNode() if term.value.startswith(_BLANK):
            return BlankNode(term.value.removeprefix(_BLANK))
        case NamedNode() if term.value.startswith(_SAME):
            return NamedNode(term.value.removeprefix(_SAME))
        case Triple():
            return Triple(*map(_unnamed, term))  # type: ignore[arg-type]
        case _:
            return term
