"""Another IRI for an entity, or one entity for two: what names the old one then names the new one.

The old IRI keeps answering: each graph that declared it says by what it is replaced.
"""

import re
from collections.abc import Iterator, Set
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad

from summitry.errors import BadParameter, UnknownEntity
from summitry.model import Changeset
from summitry.store.base import Reader
from summitry.terms import (
    AP,
    ENTITY_TYPES,
    LABEL,
    ONTOLOGY_GRAPH,
    PREFIXES,
    SKOS,
    TYPE,
    compact,
)
from summitry.vocabulary import REPLACED_BY

ALTERNATIVE: Final = NamedNode(SKOS + "altLabel")
_NAMES: Final = (LABEL, ALTERNATIVE)
_LOCAL: Final = re.compile(rf"(?:{'|'.join(ENTITY_TYPES)})/[A-Za-z0-9._~-]+")


def named(text: str, base: str) -> NamedNode:
    """Give the entity that `text` names: a prefixed name, or an IRI. `base` is what those of entities start with.

    Raises:
        BadParameter: it is neither.
    """
    prefix, colon, local = text.partition(":")
    space = f"{base}{prefix}/" if prefix in ENTITY_TYPES else PREFIXES.get(prefix, f"{prefix}:")
    try:
        if colon and local:
            return NamedNode(space + local)
    except ValueError as error:
        raise BadParameter(f"{text!r} is no IRI: {error}") from error
    raise BadParameter(
        f"{text!r} names no entity; write a prefixed name as person:xi-jinping, or the whole IRI"
    )


def renamed(store: Reader, old: NamedNode, new: NamedNode, *, base: str) -> Changeset:
    """Give the change of source graphs that makes `new` the IRI of the entity `old`.

    Raises:
        UnknownEntity: no source declares `old`.
        BadParameter: `new` is no IRI for an entity, or is in use already.
    """
    _refuse_unfit(store, old, new)
    if not new.value.startswith(base) or not _LOCAL.fullmatch(new.value.removeprefix(base)):
        raise BadParameter(f"{new} is no IRI of an entity; write one like {base}person/xi-jinping")
    if _classes(store, new):
        raise BadParameter(
            f"{compact(new.value)} exists already; if both are one, merge {compact(old.value)} into it"
        )
    return replaced(store, old, new)


def merged(store: Reader, old: NamedNode, into: NamedNode) -> Changeset:
    """Give the change of source graphs that makes the entities `old` and `into` one, which is called `into`.

    Raises:
        UnknownEntity: no source declares `old`, or nothing `into`.
        BadParameter: they are of classes that nothing is both of.
    """
    _refuse_unfit(store, old, into)
    if not _classes(store, into):
        raise UnknownEntity(
            f"nothing declares {compact(into.value)}; declare it, or rename {compact(old.value)} to it"
        )
    if not store.select("shared-classes", {"entity": [old], "other": [into]}):
        classes = [
            f"{compact(one.value)} is {' and '.join(_classes(store, one)) or 'of none'}"
            for one in (old, into)
        ]
        raise BadParameter(f"{' and '.join(classes)}; nothing is both, so they cannot be one")
    return replaced(store, old, into)


def replaced(store: Reader, old: NamedNode, new: NamedNode) -> Changeset:
    """Give the change that lets each source graph say of `new` what it says of `old`.

    What links the two is dropped. Where `new` has a label, that of `old` becomes another name. A graph that
    declares `old` keeps one statement of it: that it is replaced by `new`.
    """
    stated = frozenset(store.mentioning(old))
    linking = {(old, new), (new, old)}
    moved = [_moved(quad, old, new) for quad in stated if (quad.subject, quad.object) not in linking]
    names = frozenset(_names(store, new))
    after = {_placed(quad, names) for quad in moved}
    after |= {Quad(old, REPLACED_BY, new, quad.graph_name) for quad in stated if _declares(quad, old)}
    return Changeset(frozenset(quad for quad in after if not store.states(quad)), stated - after)


def _refuse_unfit(store: Reader, old: NamedNode, new: NamedNode) -> None:
    """Refuse what holds for renaming and merging alike."""
    if old == new:
        raise BadParameter(f"{compact(old.value)} is its name already; give two that differ")
    if not any(_declares(quad, old) for quad in store.mentioning(old)):
        successor = _successor(store, old)
        help_ = f"it is {compact(successor)} now" if successor else "check its spelling"
        raise UnknownEntity(f"no source declares {compact(old.value)}; {help_}")
    if any(row["graph"] == ONTOLOGY_GRAPH for row in store.select("statements-of", {"entity": [old]})):
        raise BadParameter(f"{compact(old.value)} is a term of the ontology, which the operator changes")
    if successor := _successor(store, new):
        raise BadParameter(
            f"{compact(new.value)} is a former name of {compact(successor)}; give that, "
            "or undo the revision that replaced it"
        )


def _successor(store: Reader, entity: NamedNode) -> str:
    rows = store.select("replaced-by", {"entity": [entity]})
    return rows[0]["successor"].value if rows else ""


def _classes(store: Reader, entity: NamedNode) -> list[str]:
    return [compact(row["class"].value) for row in store.select("classes-of", {"entity": [entity]})]


def _declares(quad: Quad, entity: NamedNode) -> bool:
    is_ours = isinstance(quad.object, NamedNode) and quad.object.value.startswith(AP)
    return is_ours and quad.subject == entity and quad.predicate == TYPE


def _moved(quad: Quad, old: NamedNode, new: NamedNode) -> Quad:
    subject = new if quad.subject == old else quad.subject
    value = new if quad.object == old else quad.object
    return Quad(subject, quad.predicate, value, quad.graph_name)


def _names(store: Reader, entity: NamedNode) -> Iterator[Quad]:
    """Give what each graph calls `entity`, the ontology included."""
    for row in store.select("statements-of", {"entity": [entity]}):
        name, graph = row["property"], row["graph"]
        if name in _NAMES and isinstance(name, NamedNode) and isinstance(graph, NamedNode):
            yield Quad(entity, name, row["value"], graph)


def _placed(quad: Quad, names: Set[Quad]) -> Quad:
    """Give `quad` as it can stand beside `names`: a second label is another name, a name said before the same."""
    if quad.predicate not in _NAMES:
        return quad
    label, other = (Quad(quad.subject, name, quad.object, quad.graph_name) for name in _NAMES)
    if label in names:
        return label
    is_free = quad.predicate == LABEL and other not in names and not _has_rival(label, names)
    return label if is_free else other


def _has_rival(label: Quad, names: Set[Quad]) -> bool:
    """Tell whether `label` would be a second one: in its graph, or against all that other graphs say."""
    rivals = [name for name in names if name.predicate == LABEL and _language(name) == _language(label)]
    is_agreed = any(name.object == label.object for name in rivals)
    return any(name.graph_name == label.graph_name or not is_agreed for name in rivals)


def _language(quad: Quad) -> str | None:
    return quad.object.language if isinstance(quad.object, Literal) else None
