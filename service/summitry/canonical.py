"""The one form in which a statement is compared and stored."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Final

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Store

from summitry.terms import SKOLEM

# What pyoxigraph calls a node without a label: a new random number, whenever it reads the file.
_ANONYMOUS: Final = re.compile(r"[a-f][0-9a-f]{20,31}")
_SCRATCH: Final = NamedNode("urn:summitry:scratch")


def canonical(quads: Iterable[Quad], graph: NamedNode) -> dict[Quad, Quad]:
    """Give for each of `quads` the one that the store keeps for it: skolemised, and its literal normalised.

    Oxigraph keeps numbers, dates and booleans by value and language tags in lower case: `"01"` of
    xsd:integer is read back as `"1"`. A store is asked, so the answer is right by definition.
    """
    named = skolemised(quads, graph)
    literals = stored({quad.object for quad in named.values() if isinstance(quad.object, Literal)})
    return {quad: _normal(named_quad, literals) for quad, named_quad in named.items()}


def stored(literals: Iterable[Literal]) -> dict[Literal, Literal]:
    """Give for each of `literals` the one that Oxigraph keeps for it."""
    numbered = {NamedNode(f"{_SCRATCH.value}:{number}"): literal for number, literal in enumerate(literals)}
    store = Store()
    store.extend(Quad(name, _SCRATCH, literal, DefaultGraph()) for name, literal in numbered.items())
    return {
        numbered[quad.subject]: quad.object
        for quad in store
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, Literal)
    }


def skolemised(quads: Iterable[Quad], graph: NamedNode) -> dict[Quad, Quad]:
    """Give for each of `quads` the one without blank nodes (RDF 1.1 Concepts §3.5).

    The names follow from `graph` and the label, and where there is none from the order in which
    nodes are first mentioned: the same file gives the same names, every time.
    """
    quads = list(quads)
    names = _names(quads, graph)
    return {quad: _renamed(quad, names) for quad in quads} if names else {quad: quad for quad in quads}


def _normal(quad: Quad, literals: Mapping[Literal, Literal]) -> Quad:
    if isinstance(quad.object, Literal):
        normal = literals[quad.object]
        if normal != quad.object:
            return Quad(quad.subject, quad.predicate, normal, quad.graph_name)
    return quad


def _names(quads: Iterable[Quad], graph: NamedNode) -> Mapping[BlankNode, NamedNode]:
    names: dict[BlankNode, NamedNode] = {}
    anonymous = 0
    for quad in quads:
        for term in quad:
            if isinstance(term, BlankNode) and term not in names:
                label = term.value
                if _ANONYMOUS.fullmatch(label):
                    anonymous += 1
                    label = f"[{anonymous}]"
                names[term] = _name(graph, label)
    return names


def _name(graph: NamedNode, label: str) -> NamedNode:
    digest = hashlib.sha256(f"{graph.value} {label}".encode()).hexdigest()
    return NamedNode(SKOLEM + digest[:32])


def _renamed(quad: Quad, names: Mapping[BlankNode, NamedNode]) -> Quad:
    if not any(isinstance(term, BlankNode) for term in quad):
        return quad
    subject, predicate, object_, graph = (names[t] if isinstance(t, BlankNode) else t for t in quad)
    return Quad(subject, predicate, object_, graph)
