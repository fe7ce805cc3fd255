"""What the members of a class have as values of a property: read whole, once for each revision."""

from collections.abc import Iterable, Mapping, Sequence, Set
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
    query = "column-back" if through.startswith(BACK) else "column-through"
    return _kept(context, query, bindings, through)


def members(context: Context, cls: str) -> Set[str]:
    """Give the IRIs of the members of the class `cls`."""
    return column(context, cls, ALL_NAMES).keys()


def concerned(context: Context, mentioned: frozenset[NamedNode], through: str) -> frozenset[NamedNode]:
    """Give whose values may have changed: what is mentioned, and what nodes that are mentioned belong to."""
    if not through:
        return mentioned
    way = [property_of(through.removeprefix(BACK))]
    if through.startswith(BACK):
        rows = context.reader.select("led-to", {"node": list(mentioned), "given": way})
    else:
        rows = context.reader.select("having", {"value": list(mentioned), "given": way})
    return mentioned | set(resources(rows, "entity"))


def _kept(context: Context, query: str, bindings: Bindings, through: str = "") -> Column:
    def mend(earlier: Column, mentioned: frozenset[NamedNode]) -> Column:
        touched = concerned(context, mentioned, through)
        names = {entity.value for entity in touched}
        rows = context.reader.select(query, {**bindings, "entity": list(touched)})
        kept = {iri: values for iri, values in earlier.items() if iri not in names}
        return {**kept, **_read(rows)}

    key = (query, *(tuple(map(str, terms)) for terms in bindings.values()))
    return context.kept.get(
        context.reader, key, lambda: _read(context.reader.select(query, bindings)), mend=mend
    )


def _read(rows: Sequence[Row]) -> dict[str, list[tuple[str, Term]]]:
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

    def joined(iris: Iterable[str]) -> dict[str, str]:
        return {
            iri: "\n".join(collated(term.value) for _, term in names[iri]) for iri in iris if iri in names
        }

    def mend(earlier: Mapping[str, str], mentioned: frozenset[NamedNode]) -> Mapping[str, str]:
        touched = {entity.value for entity in mentioned}
        return {iri: text for iri, text in earlier.items() if iri not in touched} | joined(touched)

    return context.kept.get(context.reader, ("names", cls), lambda: joined(names), mend=mend)
