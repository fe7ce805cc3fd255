"""The properties of entities as a table sees them: their own, and those of the tenures and offices between.

A property is named as in the JSON-LD context (`iso2`, `label`, `exactMatch`), or as a prefixed name. A person has
besides `office`, `country` (of the office), `from` and `until`, of the tenures held on the day.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from pyoxigraph import NamedNode

from summitry.linked import short
from summitry.store.base import Reader
from summitry.terms import AP
from summitry.usecases import parts
from summitry.usecases.context import Context
from summitry.usecases.excerpt import Excerpt, Ref, Text
from summitry.usecases.nodes import parts_of
from summitry.usecases.readings import Sureness

_OF_TENURE: Final = ("office", "from", "until", "observedOn", "newInOffice")
_COUNTRY: Final = "country"
HELD: Final = (Sureness.CERTAIN, Sureness.POSSIBLE)


class Attributes:
    """The properties of some entities, in a context: tenures are read on its day."""

    def __init__(self, entities: Sequence[NamedNode], context: Context) -> None:
        self._day = context.day
        nodes = [*entities, *parts_of(context, entities)] if entities else []
        self._excerpt = Excerpt(context, nodes)
        offices = [office for node in nodes for office in self._excerpt.nodes(node, "office")]
        self._offices = Excerpt(context, offices)
        self._labels = {
            short(row["term"].value): row["label"].value for row in context.reader.select("terms-of-ontology")
        }

    def ref(self, entity: NamedNode) -> Ref:
        """Give what `entity` is called."""
        return self._excerpt.ref(entity)

    def label(self, name: str) -> str:
        """Give what the property `name` is called."""
        return self._labels.get(name, name)

    def values(self, entity: NamedNode, name: str) -> list[Ref | Text]:
        """Give the values of a property, in order; none where it has none."""
        tenures = self._tenures(entity)
        if name == _COUNTRY:
            return list(self._countries(entity, tenures))
        nodes = [entity, *tenures] if name in _OF_TENURE else [entity]
        return [
            stated.value
            for node in nodes
            for stated in self._excerpt.statements(node)
            if short(stated.property) == name
        ]

    def description(self, entity: NamedNode) -> str:
        """Give a few words that tell `entity` from its namesakes: its offices, its codes, its kind."""
        offices = [value.label for value in self.values(entity, "office") if isinstance(value, Ref)]
        codes = [
            value.value
            for name in ("iso2", "notation")
            for value in self.values(entity, name)
            if isinstance(value, Text)
        ]
        kind = self._labels.get(self.ref(entity).type, self.ref(entity).type)
        return ", ".join(dict.fromkeys([*offices, *codes])) or kind

    def _tenures(self, entity: NamedNode) -> list[NamedNode]:
        held = self._excerpt.subjects("holder", entity)
        return [node for node in held if parts.tenure(self._excerpt, node, self._day).sureness in HELD]

    def _countries(self, entity: NamedNode, tenures: Iterable[NamedNode]) -> Iterable[Ref]:
        own = [*self._excerpt.refs(entity, "ofCountry"), *self._excerpt.refs(entity, "inCountry")]
        offices = (office for node in tenures for office in self._excerpt.nodes(node, "office"))
        return dict.fromkeys(
            [*own, *(ref for office in offices for ref in self._offices.refs(office, "ofCountry"))]
        )


def properties_of(reader: Reader, type_name: str) -> list[tuple[str, str]]:
    """Give the properties that members of the class with this local name have: their names and labels."""
    rows = reader.select("properties-of-class", {"class": [NamedNode(AP + type_name)]})
    found = {short(row["property"].value): row["label"].value if "label" in row else "" for row in rows}
    if type_name in ("Person", "Leader"):
        found |= {"office": "office held", _COUNTRY: "country of the office"}
    return sorted((name, label or name) for name, label in found.items())
