"""Names in a query that nothing bears: terms of the ontology that do not exist, and entities that nobody declares.

Such a query is no error: it only finds nothing, and its asker wonders why.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from pyoxigraph import NamedNode, Store

from summitry.advice import closest_entity, closest_term
from summitry.scan import tokens
from summitry.terms import AP, ONTOLOGY_GRAPH, PREFIXES, compact

_TOKENS: Final = 2000
_HINTS: Final = 3  # each may cost thousands of look-ups
_DECLARED: Final = re.compile(r"\bprefix\s+([\w.-]*):\s*<([^<>\s]*)>", re.IGNORECASE)
_NAMED: Final = re.compile(r"<([^<>\s]*)>|([\w.-]*):((?:[\w:%\\-]|\.+[\w:%\\-])+)")


def hints(store: Store, query: str, instance_base: str) -> list[str]:
    """Give a sentence for each of the first names in `query` that `store` does not know, and the closest name."""
    # Every query pays for this, and most have nothing to be told: reading their tokens costs five times more.
    if all(_is_known(store, name, instance_base) for name in _seeming_names(query)):
        return []
    unknown = (name for name in dict.fromkeys(_names(query)) if not _is_known(store, name, instance_base))
    return list(islice(filter(None, (_hint(store, name) for name in unknown)), _HINTS))


def _seeming_names(query: str) -> Iterator[str]:
    """Give the IRIs of what looks like a name in `query`, also in strings and comments.

    It misses only those of a prefix that is declared with a comment in between.
    """
    declared = dict(_DECLARED.findall(query))
    spaces = {*declared.values()}
    for iri, prefix, local in {*_NAMED.findall(query)}:
        if iri and iri not in spaces:
            yield iri
        elif space := declared.get(prefix) or PREFIXES.get(prefix):
            yield space + local


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


def _is_known(store: Store, iri: str, instance_base: str) -> bool:
    """Tell whether something is said of `iri`; whatever is no term or entity of ours counts as known."""
    is_term = iri.startswith(AP)
    if not is_term and not (instance_base and iri.startswith(instance_base)):
        return True
    try:
        name = NamedNode(iri)
    except ValueError:
        return True
    graph = ONTOLOGY_GRAPH if is_term else None
    if next(store.quads_for_pattern(name, None, None, graph), None) is not None:
        return True
    return not is_term and next(store.quads_for_pattern(None, None, name, None), None) is not None


def _hint(store: Store, iri: str) -> str:
    return _of_term(store, iri) if iri.startswith(AP) else _of_entity(store, iri)


def _of_term(store: Store, iri: str) -> str:
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
    close = closest_entity(store, iri, ())
    return f"nothing is said of {compact(iri)}" + (f"; did you mean {compact(close)}?" if close else "")
