"""Linked-data forms of an entity: Turtle, and JSON-LD 1.1 in the words of the ontology's context.

The JSON-LD carries the part of the context that it uses, so that nobody has to fetch anything. Written here
because rdflib 7.6 puts null into the language maps of our sets.
"""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, serialize

from summitry import resources
from summitry.terms import PREFIXES, TYPE, XSD, compact

Json = str | int | bool | list["Json"] | dict[str, "Json"]

_STRING: Final = XSD + "string"
_CONTEXT: Final = "@context"


def turtle(triples: Iterable[Triple], first: NamedNode | None = None) -> bytes:
    """Give `triples` as Turtle with the project's prefixes, those about `first` first."""
    ordered = _ordered(triples, first)
    text = "\n".join(map(str, ordered))
    prefixes = {name: space for name, space in sorted(PREFIXES.items()) if f"<{space}" in text}
    return serialize(ordered, format=RdfFormat.TURTLE, prefixes=prefixes) or b""


def json_ld(triples: Iterable[Triple], first: NamedNode | None = None) -> bytes:
    """Give `triples` as JSON-LD: a node object for each subject, that of `first` first."""
    writer = _Writer()
    nodes: dict[str, dict[str, Json]] = {}
    for triple in _ordered(triples, first):
        node = nodes.setdefault(str(triple.subject), {"id": writer.iri(_iri(triple.subject))})
        writer.put(node, triple)
    document: Json = {_CONTEXT: writer.used(), "@graph": list(nodes.values())}
    return json.dumps(document, ensure_ascii=False).encode()


def short(iri: str) -> str:
    """Give the context's term for a property or class, or else its prefixed form, or else `iri` itself."""
    return _terms().get(iri) or compact(iri).strip("<>")


def expanded(name: str) -> str | None:
    """Give the IRI of the property that the context calls `name`, None where it has none."""
    return next((iri for iri, term in _terms().items() if term == name and name[:1].islower()), None)


def properties() -> list[str]:
    """Give what the context calls properties."""
    return sorted(term for term in _terms().values() if term[:1].islower())


@cache
def _definitions() -> Mapping[str, Json]:
    definitions: dict[str, Json] = json.loads(resources.context())[_CONTEXT]
    return definitions


@cache
def _prefixes() -> Mapping[str, str]:
    """Give the prefixes of the context and what they stand for."""
    texts = ((name, value) for name, value in _definitions().items() if isinstance(value, str))
    return {name: value for name, value in texts if "://" in value}


@cache
def _terms() -> Mapping[str, str]:
    """Give the terms of the context by what they stand for."""
    found = {TYPE.value: "type"}
    for name, definition in _definitions().items():
        target = definition.get("@id") if isinstance(definition, dict) else definition
        prefix, _, local = str(target).partition(":")
        if prefix in _prefixes():
            found[_prefixes()[prefix] + local] = name
    return found


class _Writer:
    """Puts triples into node objects, and notes what of the context it uses."""

    def __init__(self) -> None:
        self._used = {"@version", "id", "type"}

    def used(self) -> dict[str, Json]:
        """Give the part of the context that was used."""
        return {name: definition for name, definition in _definitions().items() if name in self._used}

    def iri(self, iri: str) -> str:
        """Give `iri` by a prefix of the context if one fits."""
        fits = [name for name, space in _prefixes().items() if iri.startswith(space) and iri != space]
        if not fits:
            return iri
        prefix = max(fits, key=lambda name: len(_prefixes()[name]))
        self._used.add(prefix)
        return f"{prefix}:{iri.removeprefix(_prefixes()[prefix])}"

    def put(self, node: dict[str, Json], triple: Triple) -> None:
        """Put `triple` into the object of its subject, under the term that fits its value or a prefixed name."""
        value, property_ = triple.object, triple.predicate.value
        if triple.predicate == TYPE and isinstance(value, NamedNode):
            _add(node, "type", self._name(value.value))
            return
        match _coercion(property_), value:
            case "", _:
                _add(node, self._name(property_), self._whole(value))
            case "@id", NamedNode():
                _add(node, self._name(property_), self.iri(value.value))
            case "@vocab", NamedNode():
                _add(node, self._name(property_), self._name(value.value))
            case "@language", Literal() if value.language:
                tongues = node.setdefault(self._name(property_), {})
                assert isinstance(tongues, dict)
                _add(tongues, value.language, value.value)
            case str() as datatype, Literal() if datatype == value.datatype.value:
                self.iri(datatype)
                _add(node, self._name(property_), value.value)
            case _:
                _add(node, self.iri(property_), self._whole(value))

    def _name(self, iri: str) -> str:
        """Give the term for a property or a class, if there is one."""
        if iri not in _terms():
            return self.iri(iri)
        self.iri(iri)
        self._used.add(_terms()[iri])
        return _terms()[iri]

    def _whole(self, value: NamedNode | BlankNode | Literal | Triple) -> Json:
        """Give a value that says itself what it is."""
        if not isinstance(value, Literal):
            return {"id": self.iri(_iri(value))}
        if value.language:
            return {"@value": value.value, "@language": value.language}
        if value.datatype.value == _STRING:
            return value.value
        return {"@value": value.value, "@type": self.iri(value.datatype.value)}


def _coercion(iri: str) -> str | None:
    """Give what the term for a property makes of its values: an IRI, a language map, a datatype, or nothing."""
    name = _terms().get(iri)
    definition = _definitions().get(name or "")
    if not isinstance(definition, dict):
        return None if name is None else ""
    if "@language" in str(definition.get("@container", "")):
        return "@language"
    kind = str(definition.get("@type", ""))
    prefix, colon, local = kind.partition(":")
    return _prefixes()[prefix] + local if colon else kind


def _add(holder: dict[str, Json], name: str, value: Json) -> None:
    """Add a value to a member: one stands alone, several are a list."""
    if name not in holder:
        holder[name] = value
        return
    held = holder[name]
    holder[name] = [*held, value] if isinstance(held, list) else [held, value]


def _ordered(triples: Iterable[Triple], first: NamedNode | None) -> list[Triple]:
    return sorted(triples, key=lambda t: (t.subject != first, str(t.subject), t.predicate != TYPE, str(t)))


def _iri(node: NamedNode | BlankNode | Triple) -> str:
    """Give what identifies a node, as JSON-LD writes it."""
    return node.value if isinstance(node, NamedNode) else str(node)
