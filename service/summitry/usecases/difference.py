"""What a change does, entity by entity, and which of its new entities look like ones that exist already."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from pyoxigraph import Literal, NamedNode, Quad

from summitry.model import Changeset
from summitry.store.base import Reader
from summitry.terms import AP, LABEL, SKOS, TYPE, display

NAMES = (LABEL, NamedNode(SKOS + "altLabel"))


@dataclass(frozen=True, slots=True)
class Difference:
    """What a change adds and removes of what one graph says of one entity. `label` is empty where there is none."""

    entity: str
    label: str
    graph: str
    added: tuple[Quad, ...]
    removed: tuple[Quad, ...]


@dataclass(frozen=True, slots=True)
class Lookalike:
    """A new entity and one that the store has already, of the same class and of nearly the same name."""

    new: NamedNode
    existing: NamedNode
    name: str


def differences(store: Reader, change: Changeset) -> list[Difference]:
    """Give `change` by graph and entity, in the order of their IRIs."""
    lines = [(quad, True) for quad in change.added] + [(quad, False) for quad in change.removed]
    lines.sort(key=lambda line: (*_place(line[0]), str(line[0])))
    return [
        _difference(
            store, [quad for quad, is_new in group if is_new], [quad for quad, is_new in group if not is_new]
        )
        for group in (list(found) for _, found in groupby(lines, key=lambda line: _place(line[0])))
    ]


def readable(found: Iterable[Difference]) -> Iterator[str]:
    """Give differences as lines for people."""
    for difference in found:
        label = f" ({difference.label})" if difference.label else ""
        yield f"{difference.entity}{label} in {difference.graph}"
        yield from (f"  - {display(q.predicate)} {display(q.object)}" for q in difference.removed)
        yield from (f"  + {display(q.predicate)} {display(q.object)}" for q in difference.added)


def lookalikes(store: Reader, change: Changeset) -> list[Lookalike]:
    """Give the new entities of `change` whose name an older entity of their class has, but for order, case,
    accents or initials: “Donald J. TRUMP” and “Donald Trump”.
    """
    classes = {q.subject: q.object for q in change.added if q.predicate == TYPE and _is_of_ours(q.object)}
    names = [q for q in change.added if q.predicate in NAMES and q.subject in classes]
    found: list[Lookalike] = []
    for quad in sorted(names, key=str):
        cls = classes[quad.subject]
        if (
            isinstance(quad.subject, NamedNode)
            and isinstance(cls, NamedNode)
            and isinstance(quad.object, Literal)
        ):
            found += _like(store, quad.subject, cls, quad.object.value)
    return list({(one.new, one.existing): one for one in found}.values())


def _like(store: Reader, new: NamedNode, cls: NamedNode, name: str) -> Iterator[Lookalike]:
    if any(True for _ in store.select("label", {"entity": [new]})):
        return
    for row in store.select("names-of-class", {"class": [cls]}):
        existing = row["entity"]
        if isinstance(existing, NamedNode) and existing != new and is_like(name, row["name"].value):
            yield Lookalike(new, existing, row["name"].value)


def is_like(name: str, other: str) -> bool:
    """Tell whether two names have the same words, or one has some more and they share two at least."""
    words, others = _words(name), _words(other)
    return words == others != set() or (len(words & others) > 1 and (words <= others or others <= words))


def _words(name: str) -> set[str]:
    bare = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    return set(re.findall(r"\w+", bare))


def _difference(store: Reader, added: list[Quad], removed: list[Quad]) -> Difference:
    quad = (added or removed)[0]
    return Difference(
        display(quad.subject),
        _label(store, added, quad.subject),
        display(quad.graph_name),
        tuple(added),
        tuple(removed),
    )


def _label(store: Reader, added: list[Quad], subject: object) -> str:
    given = [
        quad.object.value for quad in added if quad.predicate == LABEL and isinstance(quad.object, Literal)
    ]
    if given or not isinstance(subject, NamedNode):
        return given[0] if given else ""
    return next((row["label"].value for row in store.select("label", {"entity": [subject]})), "")


def _place(quad: Quad) -> tuple[str, str]:
    return str(quad.graph_name), str(quad.subject)


def _is_of_ours(term: object) -> bool:
    return isinstance(term, NamedNode) and term.value.startswith(AP)
