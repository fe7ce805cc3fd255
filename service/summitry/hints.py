"""Names in a query that nothing bears: terms of the ontology that do not exist, and entities that nobody declares.

Such a query is no error: it only finds nothing, and its asker wonders why.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from pyoxigraph import NamedNode, Store

from summitry.advice import closest_entity, closest_term
from summitry.scan import tokens
from summitry.terms import AP, ONTOLOGY_GRAPH, PREFIXES, compact

_TOKENS: Final = 2000
_HINTS: Final = 3  # each may cost thousands of look-ups


def hints(store: Store, query: str, instance_base: str) -> list[str]:
    """Give a sentence for each of the first names in `query` that `store` does not know, and the closest name."""
    names = dict.fromkeys(_names(query))
    return list(islice(filter(None, (_hint(store, name, instance_base) for name in names)), _HINTS))


def _names(query: str) -> Iterator[str]:
    """Give the IRI of each name in `query`, as its prefixes make it."""
    prefixes: dict[str, str] = dict(PREFIXES)
    declared = ""
    for token in islice(tokens(query), _TOKENS):
        if token.kind == "iri":
            iri = token.text[1:-1]
            if declared:
                prefixes[declared] = iri
            else:
                yield iri
        declared_before, declared = declared, ""
        if token.kind == "word" and token.text.upper() == "PREFIX":
            declared = "?"
        elif token.kind == "name":
            prefix, _, local = token.text.partition(":")
            if declared_before:
                declared = prefix
            elif prefix in prefixes:
                yield prefixes[prefix] + local


def _hint(store: Store, iri: str, instance_base: str) -> str:
    if iri.startswith(AP):
        return _of_term(store, iri)
    is_entity = bool(instance_base) and iri.startswith(instance_base)
    return _of_entity(store, iri) if is_entity else ""


def _of_term(store: Store, iri: str) -> str:
    try:
        is_known = next(store.quads_for_pattern(NamedNode(iri), None, None, ONTOLOGY_GRAPH), None) is not None
    except ValueError:
        return ""
    if is_known:
        return ""
    subjects = {quad.subject for quad in store.quads_for_pattern(None, None, None, ONTOLOGY_GRAPH)}
    terms = [
        s.value.removeprefix(AP) for s in subjects if isinstance(s, NamedNode) and s.value.startswith(AP)
    ]
    if not terms:
        return ""  # no ontology: a plain store
    name = iri.removeprefix(AP)
    close = closest_term(name, terms)
    return f"ap:{name} is not a term of the ontology" + (f"; did you mean ap:{close}?" if close else "")


def _of_entity(store: Store, iri: str) -> str:
    try:
        entity = NamedNode(iri)
    except ValueError:
        return ""
    said = (
        store.quads_for_pattern(entity, None, None, None),
        store.quads_for_pattern(None, None, entity, None),
    )
    if any(next(quads, None) is not None for quads in said):
        return ""
    close = closest_entity(store, iri, ())
    return f"nothing is said of {compact(iri)}" + (f"; did you mean {compact(close)}?" if close else "")
