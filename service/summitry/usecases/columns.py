"""What the members of a class have as values of a property: read whole, once for each revision."""

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Final

from pyoxigraph import Literal, NamedNode

from summitry.collation import collated
from summitry.store.base import Bindings, Row, Term
from summitry.terms import AP, SKOS
from summitry.usecases.context import Context
from summitry.usecases.ways import BACK, concerned, property_of

# A member without values has an empty tuple; a value comes with its property.
Column = Mapping[str, Sequence[tuple[str, Term]]]

NAMES: Final = ("rdfs:label", "gist", "sourceDescription", "dcterms:title")
ALL_NAMES: Final = (*NAMES, "skos:altLabel")
OTHER_NAMES: Final = frozenset({SKOS + "altLabel"})


def column(context: Context, cls: str, names: Sequence[str]) -> Column:
    """Give every member of the class `cls`, and its values of the properties `names`."""
    properties = [property_of(name) for name in names]
    bindings = {"of": [NamedNode(AP + cls)], "property": properties}
    return _kept(context, "column", bindings)


def column_through(context: Context, cls: str, through: str, name: str, kind: str = "") -> Column:
    """Give the members of `cls` of which nodes that they lead to by `through`, or with ^ that lead to them, have
    values of the property `name`, and these; of the latter perhaps none that is said to be of another `kind`.
    """
    way = property_of(through.removeprefix(BACK))
    bindings: Bindings = {"of": [NamedNode(AP + cls)], "by": [way], "property": [property_of(name)]}
    if kind:
        bindings = {**bindings, "kind": [Literal(kind)]}
    query = "column-back" if through.startswith(BACK) else "column-through"
    return _kept(context, query, bindings, through)


def with_own(context: Context, cls: str, name: str, there: Column) -> Column:
    """Give what nodes have `there`, and the members' own values of the property `name`."""
    own = column(context, cls, (name,))
    return {iri: (*own.get(iri, ()), *there.get(iri, ())) for iri in own.keys() | there.keys()}


def members(context: Context, cls: str) -> Set[str]:
    """Give the IRIs of the members of the class `cls`."""
    return column(context, cls, ALL_NAMES).keys()


def _kept(context: Context, query: str, bindings: Bindings, through: str = "") -> Column:
    def mend(earlier: Column, mentioned: frozenset[NamedNode]) -> Column:
        touched = concerned(context, mentioned, [through] if through else [])
        stale = [entity.value for entity in touched if entity.value in earlier]
        read = _read(context.reader.select(query, {**bindings, "entity": list(touched)}))
        if not stale and not read:
            return earlier
        mended = dict(earlier)
        for iri in stale:
            del mended[iri]
        return mended | read

    key = (query, *(tuple(map(str, terms)) for terms in bindings.values()))
    return context.kept.get(
        context.reader, key, lambda: _read(context.reader.select(query, bindings)), mend=mend
    )


def _read(rows: Sequence[Row]) -> dict[str, Sequence[tuple[str, Term]]]:
    found: dict[str, list[tuple[str, Term]]] = {}
    for row in rows:
        entity, value = row["entity"], row.get("value")
        if isinstance(entity, NamedNode):
            values = found.setdefault(entity.value, [])
            if value is not None:
                values.append((row["property"].value, value))
    # Garbage is not looked for in tuples of what refers to nothing.
    return {iri: tuple(values) for iri, values in found.items()}


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
