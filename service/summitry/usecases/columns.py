"""What the members of a class have as values of a property: read whole, once for each revision."""

from collections.abc import Mapping, Sequence
from typing import Final

from pyoxigraph import NamedNode

from summitry.collation import collated
from summitry.store.base import Bindings, Row, Term
from summitry.terms import AP, PREFIXES, SKOS
from summitry.usecases.context import Context
from summitry.usecases.excerpt import column as resources

# A member without values has an empty tuple; a value comes with its property.
Column = Mapping[str, Sequence[tuple[str, Term]]]

BACK: Final = "^"
NAMES: Final = ("rdfs:label", "gist", "sourceDescription", "dcterms:title")
ALL_NAMES: Final = (*NAMES, "skos:altLabel")
OTHER_NAMES: Final = frozenset({SKOS + "altLabel"})


def property_of(name: str) -> NamedNode:
    """Give the property with a local name of the ontology, or with a prefixed name."""
    prefix, colon, local = name.partition(":")
    return NamedNode(PREFIXES[prefix] + local if colon else AP + name)


def column(context: Context, cls: str, names: Sequence[str]) -> Column:
    """Give every member of the class `cls`, and its values of the properties `names`."""
    properties = [property_of(name) for name in names]
    bindings = {"of": [NamedNode(AP + cls)], "property": properties}
    return _kept(context, "column", bindings)


def column_through(context: Context, cls: str, through: str, name: str) -> Column:
    """Give the members of `cls` of which nodes that they lead to by `through`, or with ^ that lead to them, have
    values of the property `name`, and these.
    """
    way = property_of(through.removeprefix(BACK))
    bindings = {"of": [NamedNode(AP + cls)], "by": [way], "property": [property_of(name)]}
    return _kept(context, "column-back" if through.startswith(BACK) else "column-through", bindings)


def members(context: Context, cls: str) -> frozenset[str]:
    """Give the IRIs of the members of the class `cls`."""

    def read() -> frozenset[str]:
        rows = context.reader.select("members-of", {"class": [NamedNode(AP + cls)]})
        return frozenset(entity.value for entity in resources(rows, "entity"))

    return context.kept.get(context.reader, ("members", cls), read)


def _kept(context: Context, query: str, bindings: Bindings) -> Column:
    key = (query, *(tuple(map(str, terms)) for terms in bindings.values()))
    return context.kept.get(context.reader, key, lambda: _read(context.reader.select(query, bindings)))


def _read(rows: Sequence[Row]) -> Column:
    found: dict[str, list[tuple[str, Term]]] = {}
    for row in rows:
        entity, value = row["entity"], row.get("value")
        if isinstance(entity, NamedNode):
            values = found.setdefault(entity.value, [])
            if value is not None:
                values.append((row["property"].value, value))
    return found


def collated_names(context: Context, cls: str) -> Mapping[str, str]:
    """Give all names of each member of `cls` as one text without case and accents."""
    names = column(context, cls, ALL_NAMES)

    def joined() -> Mapping[str, str]:
        return {iri: "\n".join(collated(term.value) for _, term in values) for iri, values in names.items()}

    return context.kept.get(context.reader, ("names", cls), joined)
