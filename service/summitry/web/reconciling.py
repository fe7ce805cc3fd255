"""What both versions of the Reconciliation Service API share: candidates, suggestions, values and previews as JSON."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from html import escape
from math import isfinite
from typing import Final
from urllib.parse import quote

from pydantic import BaseModel, Field
from pyoxigraph import NamedNode
from starlette.responses import Response

from summitry.errors import BadParameter, UnknownEntity
from summitry.store.base import Names as NameIndex
from summitry.terms import AP, OWL, XSD
from summitry.usecases import search
from summitry.usecases.attributes import Attributes, properties_of
from summitry.usecases.context import Context
from summitry.usecases.excerpt import Names, Ref, Text
from summitry.usecases.reconcile import BATCH, ON, Candidate, Query, Reconciler
from summitry.usecases.service import Service
from summitry.web.endpoints import Json
from summitry.web.pages import page

WIDTH: Final = 400
HEIGHT: Final = 140
SUGGESTIONS: Final = 20
DEFAULT_TYPES: Final = ("Person", "Economy", "Organization", "Office", "Policy", "Commodity", "Meeting")
_ON_NAME: Final = "date on which it holds (valid at)"
_IDS: Final = 200
_PROPERTIES: Final = 50
_INTEGER: Final = f"{XSD}integer"
_NUMBERS: Final = (f"{XSD}decimal", f"{XSD}double", f"{XSD}float")
_DATE: Final = f"{XSD}date"
_DIGITS: Final = 19  # of a number that is sent as one


class Wanted(BaseModel):
    """A property whose values are asked for."""

    id: str = Field(max_length=200)


class Extension(BaseModel):
    """Which values of which properties of which entities are asked for."""

    ids: list[str] = Field(max_length=_IDS)
    properties: list[Wanted] = Field(max_length=_PROPERTIES)


class Reconciling:
    """The service as the protocol sees it: entities are named by what follows the base of their IRIs."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._base = service.settings.instance_base

    def candidates(self, queries: Sequence[Query], context: Context) -> list[list[Candidate]]:
        """Give the candidates for each of `queries`. Raises BadParameter for too many, or one that asks nothing."""
        if len(queries) > BATCH:
            raise BadParameter(f"a batch has {BATCH} queries at most, not {len(queries)}; send several")
        reconciler = Reconciler(self._names(context), context)
        return [reconciler.candidates(query) for query in queries]

    def candidate(self, candidate: Candidate, feature: Callable[[str, str, float], Json]) -> Json:
        """Give a candidate as JSON; `feature` gives one of its features so."""
        return {
            "id": self.id_of(candidate.ref.iri),
            "name": candidate.ref.label,
            "description": candidate.description,
            "score": candidate.score,
            "match": candidate.match,
            "type": [self._type(candidate.ref.type)],
            "features": [feature(f.id, f.name, f.value) for f in candidate.features],
        }

    def types(self, prefix: str = "") -> list[Json]:
        """Give the classes whose names contain `prefix`."""
        found = self._terms(NamedNode(OWL + "Class"), prefix)
        return [{"id": name, "name": label, "description": text} for name, label, text in found]

    def default_types(self) -> list[Json]:
        """Give the classes that most tables are about."""
        return [self._type(name) for name in DEFAULT_TYPES]

    def properties(self, prefix: str = "") -> list[Json]:
        """Give the properties whose names contain `prefix`."""
        kinds = (OWL + "ObjectProperty", OWL + "DatatypeProperty")
        found = [row for kind in kinds for row in self._terms(NamedNode(kind), prefix)]
        if any(prefix.casefold() in name.casefold() for name in (ON, _ON_NAME)):
            found.append((ON, _ON_NAME, "The day on which offices are read, as 2013-06-07."))
        return [{"id": name, "name": label, "description": text} for name, label, text in sorted(found)]

    def entities(self, prefix: str, context: Context) -> list[Json]:
        """Give the first entities that are called like `prefix`."""
        wanted = search.understand(context, prefix, types=(), limit=SUGGESTIONS)
        best = search.ranked(self._names(context), wanted)[:SUGGESTIONS]
        nodes = [NamedNode(name.entity) for _, _, name in best]
        attributes = Attributes(nodes, context)
        return [self._entity(attributes, node) for node in nodes]

    def proposed(self, type_name: str, limit: int) -> list[Json]:
        """Give properties that members of the class `type_name` have. Raises BadParameter."""
        search.classes_below(self._service.store, type_name)
        found = properties_of(self._service.store, type_name)
        return [{"id": name, "name": label} for name, label in found][:limit]

    def extended(
        self, wanted: Extension, context: Context
    ) -> tuple[list[Json], dict[str, dict[str, list[Json]]]]:
        """Give what the properties are called, and the values of each, by entity and property."""
        nodes = {name: self.node(name) for name in wanted.ids}
        attributes = Attributes(list(nodes.values()), context)
        meta: list[Json] = [{"id": p.id, "name": attributes.label(p.id)} for p in wanted.properties]
        rows = {
            name: {p.id: [self._value(v) for v in attributes.values(node, p.id)] for p in wanted.properties}
            for name, node in nodes.items()
        }
        return meta, rows

    def preview(self, name: str, context: Context) -> Response:
        """Show an entity in a small frame. Raises UnknownEntity."""
        node = self.node(name)
        if not context.reader.select("classes-of", {"entity": [node]}):
            raise UnknownEntity(f"there is no entity {name}; take an id that reconciliation gave")
        attributes = Attributes([node], context)
        ref = attributes.ref(node)
        view = f"/id/{quote(self.id_of(ref.iri))}"
        body = (
            f'<h1><a href="{escape(view)}" target="_blank">{escape(ref.label)}</a></h1>'
            f"<p>{escape(attributes.description(node))}</p><p><code>{escape(self.id_of(ref.iri))}</code></p>"
        )
        return page(ref.label, body)

    def id_of(self, iri: str) -> str:
        """Give the identifier of an entity: what follows the base, or else its IRI."""
        return iri.removeprefix(self._base)

    def node(self, name: str) -> NamedNode:
        """Give the entity with the identifier `name`. Raises BadParameter."""
        try:
            return NamedNode(name if "://" in name else self._base + name)
        except ValueError as error:
            raise BadParameter(
                f"{name!r} is no identifier of an entity; write it as person/xi-jinping"
            ) from error

    def _names(self, context: Context) -> NameIndex:
        return self._service.names.of(context.reader, self._service.store)

    def _entity(self, attributes: Attributes, node: NamedNode) -> Json:
        ref = attributes.ref(node)
        return {
            "id": self.id_of(ref.iri),
            "name": ref.label,
            "description": attributes.description(node),
            "notable": [self._type(ref.type)],
        }

    def _type(self, name: str) -> Json:
        node, today = NamedNode(AP + name), datetime.now(UTC).date()
        context = Context(self._service.store, self._base, today, kept=self._service.kept)
        return {"id": name, "name": Names(context, [node]).ref(node).label}

    def _terms(self, kind: NamedNode, prefix: str) -> Iterable[tuple[str, str, str]]:
        for row in self._service.store.select("terms-of-ontology", {"kind": [kind]}):
            name, label = row["term"].value.removeprefix(AP), row["label"].value
            if prefix.casefold() in f"{name} {label}".casefold():
                yield name, label, row["definition"].value

    def _value(self, value: Ref | Text) -> Json:
        """Give a value as the protocol has it: an entity, a number, a date with a time, or a text."""
        if isinstance(value, Ref):
            return {"id": self.id_of(value.iri), "name": value.label}
        if value.datatype == _INTEGER and len(value.value) < _DIGITS:
            return {"int": int(value.value)}
        if value.datatype in _NUMBERS and isfinite(float(value.value)):
            return {"float": float(value.value)}
        if value.datatype == _DATE and len(value.value) == len("2025-10-30"):
            return {"date": f"{value.value}T00:00:00"}
        return {"str": value.value}


def manifest(base: str) -> Json:
    """Give what both versions say of the service at the address `base`."""
    return {
        "name": "Summitry",
        "documentation": f"{base}/docs",
        "batchSize": BATCH,
    }
