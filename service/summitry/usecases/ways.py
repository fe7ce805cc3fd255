"""The ways from one resource to others: by a property, or with ^ against it."""

from collections.abc import Sequence
from typing import Final

from pyoxigraph import NamedNode

from summitry.terms import AP, PREFIXES
from summitry.usecases.context import Context

BACK: Final = "^"


def property_of(name: str) -> NamedNode:
    """Give the property with a local name of the ontology, or with a prefixed name."""
    prefix, colon, local = name.partition(":")
    return NamedNode(PREFIXES[prefix] + local if colon else AP + name)


def concerned(
    context: Context, mentioned: frozenset[NamedNode], through: Sequence[str]
) -> frozenset[NamedNode]:
    """Give of what more may be said now: of what a change mentions, and of what leads there by one way after the other.

    A way that leads to nodes with values has their property as its name, one that nodes lead along has ^ before it.
    """
    for way in through:
        given = [property_of(way.removeprefix(BACK))]
        if way.startswith(BACK):
            rows = context.reader.select("led-to", {"node": list(mentioned), "given": given})
        else:
            rows = context.reader.select("having", {"value": list(mentioned), "given": given})
        mentioned |= {row["entity"] for row in rows if isinstance(row["entity"], NamedNode)}
    return mentioned
