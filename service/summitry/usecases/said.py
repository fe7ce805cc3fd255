"""What graphs state of a resource and what it is called, each laid out once for all who ask for it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Literal, NamedNode

from summitry.merge import contributes
from summitry.store.base import Term
from summitry.terms import AP, DCTERMS, LABEL, TYPE
from summitry.usecases.facts import Fact, Facts

# As in names-of.rq, which is asked about what is only mentioned.
_NAMING: Final = frozenset(
    (
        TYPE,
        LABEL,
        NamedNode(AP + "gist"),
        NamedNode(AP + "sourceDescription"),
        NamedNode(DCTERMS + "title"),
    )
)


@dataclass(frozen=True, slots=True)
class Called:
    """The label of a resource in each language, in order, '' for none; and its classes of the ontology."""

    labels: Mapping[str, str]
    classes: frozenset[NamedNode]

    def __len__(self) -> int:
        """Give how many facts it rests on."""
        return len(self.labels) + len(self.classes)

    def label(self, languages: Sequence[str]) -> str:
        """Give the label in the first of `languages` that there is, else in any; empty where there is none."""
        for tongue in languages:
            if tongue in self.labels:
                return self.labels[tongue]
        return next(iter(self.labels.values()), "")


@dataclass(frozen=True, slots=True)
class Said:
    """What is stated of a resource: by property, in the order of N-Triples, each value and the graphs that state it.

    `nodes` are the resources among the values, `graphs` all that state anything of it.
    """

    values: Mapping[str, Mapping[Term, tuple[str, ...]]]
    nodes: frozenset[NamedNode]
    graphs: frozenset[str]
    called: Called

    def __len__(self) -> int:
        """Give how many facts it rests on."""
        return sum(map(len, self.values.values()))


def _called(rows: Sequence[Fact]) -> Called:
    """Give what something is called by properties and their values; other names count where no rdfs:label is."""
    texts = [(name, value) for name, value in rows if isinstance(value, Literal)]
    labels = [value for name, value in texts if name == LABEL] or [value for _, value in texts]
    by_language: dict[str, str] = {}
    for language, text in sorted((label.language or "", label.value) for label in labels):
        by_language.setdefault(language, text)
    return Called(by_language, frozenset(_classes(rows)))


def _classes(rows: Iterable[Fact]) -> Iterator[NamedNode]:
    for name, value in rows:
        if name == TYPE and isinstance(value, NamedNode) and value.value.startswith(AP):
            yield value


def _said(rows: Sequence[Fact]) -> Said:
    """Give what is said in properties, their values and the graphs that state them."""
    found: dict[str, dict[Term, list[str]]] = {}
    for name, value, graph in rows:
        found.setdefault(name.value, {}).setdefault(value, []).append(graph.value)
    return Said(
        {name: _in_order(values) for name, values in found.items()},
        frozenset(value for _, value, _ in rows if isinstance(value, NamedNode)),
        frozenset(graph.value for _, _, graph in rows),
        _called([(name, value) for name, value, graph in rows if name in _NAMING and _is_merged(graph)]),
    )


def _in_order(values: Mapping[Term, list[str]]) -> Mapping[Term, tuple[str, ...]]:
    return {value: tuple(sorted(values[value])) for value in sorted(values, key=str)}


def _is_merged(graph: Term) -> bool:
    return isinstance(graph, NamedNode) and contributes(graph)


STATED: Final = Facts("statements-of", _said)
CALLED: Final = Facts("names-of", _called)
NOTHING: Final = Called({}, frozenset())
