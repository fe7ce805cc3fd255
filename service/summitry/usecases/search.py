"""Entities found by what they are called, in any language: ranked, grouped by kind, each saying why it was found."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from pyoxigraph import NamedNode
from rapidfuzz import fuzz

from summitry.collation import collated
from summitry.errors import BadParameter
from summitry.store.base import Name, Names, Reader
from summitry.terms import AP, LABEL
from summitry.usecases import columns, excerpt
from summitry.usecases.context import Context
from summitry.usecases.excerpt import Ref
from summitry.usecases.filters import did_you_mean

LIMIT: Final = 10
MOST: Final = 50
LETTERS: Final = 200
PERSON: Final = "Person"
LEADER: Final = "Leader"  # what follows of persons, and is stated of nobody
_CANDIDATES: Final = 500  # names; ranking looks at no more
# In the order in which groups that are as good are shown; an entity is in the first that it is of.
_GROUPS: Final = (
    *("Person", "Economy", "Policy", "Commodity", "Meeting", "Organization", "Office", "Collective"),
    *("AnonymousSource", "City", "Topic", "SpeechAct", "Event", "Document", "Claim"),
)


class How(StrEnum):
    """How a name fits what was searched for, the closest first."""

    EXACT = "exact"
    PREFIX = "prefix"
    WORDS = "words"
    INFIX = "infix"
    SIMILAR = "similar"


_WORTH: Final[Mapping[How, float]] = {
    How.EXACT: 100,
    How.PREFIX: 80,
    How.WORDS: 70,
    How.INFIX: 50,
    How.SIMILAR: 40,
}
_BY_LABEL: Final = 4.0  # more than by another name
_IN_LANGUAGE: Final = 2.0
_LIKENESS: Final = 0.1  # for each percent that the whole name is like the text


@dataclass(frozen=True, slots=True)
class Matched:
    """A name, and how it fits what was searched for."""

    name: Name
    how: How


@dataclass(frozen=True, slots=True)
class Found:
    """An entity, how well it fits (100 and more: its name is the text), and by which of its names."""

    ref: Ref
    score: float
    matched: Matched


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind, the best first. `total` counts what was found, `items` are the first of them."""

    type: str
    total: int
    items: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class Search:
    """What to search for: a text, entities of which classes (any where there are none), in which context."""

    text: str
    types: frozenset[str]
    context: Context
    limit: int = LIMIT


def understand(context: Context, text: str, *, types: Sequence[str], limit: int = LIMIT) -> Search:
    """Give the search for `text` among entities of the classes `types`, by their local names, and those below.

    Raises:
        BadParameter: there is nothing to search for, too much, or no such class.
    """
    if not collated(text):
        raise BadParameter("q: there is nothing to search for; write a name or the beginning of one")
    if len(text) > LETTERS:
        raise BadParameter(f"q: {len(text)} characters are no name; write {LETTERS} at most")
    below = [below for name in types for below in classes_below(context.reader, name)]
    return Search(text, frozenset(below), context, limit)


def classes_below(reader: Reader, name: str) -> list[str]:
    """Give the local names of the class called `name` and of those below it. Raises BadParameter."""
    local = name.removeprefix(AP).removeprefix("ap:")
    known = [row["class"].value.removeprefix(AP) for row in reader.select("classes")]
    if local not in known:
        raise BadParameter(f"type: the ontology has no class {name!r}; {did_you_mean(local, known)}")
    rows = reader.select("classes-below", {"top": [NamedNode(AP + local)]})
    return [row["class"].value.removeprefix(AP) for row in rows]


def search(names: Names, wanted: Search) -> list[Group]:
    """Give what is called like `wanted.text`, by kind. `names` is the index of the graph of the context."""
    best = ranked(names, wanted)
    context = wanted.context
    heads = context.kept.get(context.reader, "heads", lambda: _heads(context.reader))
    groups: dict[str, list[tuple[float, How, Name]]] = {}
    for scored in best:
        kind = scored[2].type
        groups.setdefault(heads.get(kind, kind), []).append(scored)
    shown = [scored for group in groups.values() for scored in group[: wanted.limit]]
    entities = [NamedNode(name.entity) for _, _, name in shown]
    refs = excerpt.Names(wanted.context, entities)
    return [
        Group(kind, len(group), tuple(_found(refs, scored) for scored in group[: wanted.limit]))
        for kind, group in groups.items()
    ]


def ranked(names: Names, wanted: Search) -> list[tuple[float, How, Name]]:
    """Give each entity that is found once, by its best name, the best first."""
    best: dict[str, tuple[float, How, Name]] = {}
    for how, name in _candidates(names, wanted):
        score = _score(wanted, how, name)
        if name.entity not in best or score > best[name.entity][0]:
            best[name.entity] = (score, how, name)
    return sorted(best.values(), key=lambda scored: (-scored[0], scored[2].text, scored[2].entity))


def is_of(context: Context, types: frozenset[str], stated: str, entity: str) -> bool:
    """Tell whether an entity of the class `stated` is of one of `types`, any where there are none."""
    if not types or stated in types:
        return True
    return LEADER in types and entity in columns.members(context, LEADER)


def _candidates(names: Names, wanted: Search) -> Iterator[tuple[How, Name]]:
    """Give names and how they fit; what fits loosely is looked for only where nothing fits better."""
    text, plain = wanted.text, collated(wanted.text)
    types = wanted.types | {PERSON} if LEADER in wanted.types else wanted.types

    def fitting(found: Iterable[tuple[How, Name]]) -> list[tuple[How, Name]]:
        return [(how, n) for how, n in found if is_of(wanted.context, wanted.types, n.type, n.entity)]

    found = [(How.EXACT, name) for name in names.exact(text, _CANDIDATES, types)]
    found += [(_how(plain, name), name) for name in names.beginning(text, _CANDIDATES, types)]
    if len(found) < _CANDIDATES:
        found += [(How.INFIX, name) for name in names.containing(text, _CANDIDATES, types)]
    yield from fitting(found) or fitting(
        (How.SIMILAR, name) for name in names.similar(text, _CANDIDATES, types)
    )


def _how(plain: str, name: Name) -> How:
    own = collated(name.text)
    return How.EXACT if own == plain else How.PREFIX if own.startswith(plain) else How.WORDS


def _score(wanted: Search, how: How, name: Name) -> float:
    likeness = fuzz.ratio(collated(wanted.text), collated(name.text))
    by_label = _BY_LABEL if name.property == LABEL.value else 0.0
    in_language = _IN_LANGUAGE if name.language in wanted.context.languages[:1] else 0.0
    return round(_WORTH[how] + by_label + in_language + _LIKENESS * likeness, 2)


def _heads(reader: Reader) -> Mapping[str, str]:
    """Give the group of each class that is in one."""
    heads: dict[str, str] = {}
    for head in reversed(_GROUPS):
        rows = reader.select("classes-below", {"top": [NamedNode(AP + head)]})
        heads.update({row["class"].value.removeprefix(AP): head for row in rows})
    return heads


def _found(refs: excerpt.Names, scored: tuple[float, How, Name]) -> Found:
    score, how, name = scored
    return Found(refs.ref(NamedNode(name.entity)), score, Matched(name, how))
