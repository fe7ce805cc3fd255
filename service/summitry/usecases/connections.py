"""How entities hang together: what is next to one, and the shortest ways from one to another, as sentences.

The ways go along statements of source graphs in either direction. They do not lead through what connects everything
with everything: classes, statuses, credences, documents.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from pyoxigraph import NamedNode, Quad

from summitry.errors import BadParameter
from summitry.store.base import Reader
from summitry.terms import AP, DCTERMS, PROV, RDF, SKOS, TYPE, is_source
from summitry.usecases.context import Context
from summitry.usecases.excerpt import Names, Ref

MOST: Final = 200
LENGTH: Final = 8
WAYS: Final = 5
_HUB: Final = 2000  # statements about one node; of more than that the first are looked at
_VISITS: Final = 20_000  # nodes; where no way was found by then the search gives up
_NOT_ALONG: Final = frozenset(
    {TYPE, NamedNode(RDF + "predicate"), NamedNode(PROV + "wasDerivedFrom"), NamedNode(SKOS + "exactMatch")}
    | {
        NamedNode(AP + local)
        for local in ("status", "credence", "inDocument", "requiredStatus", "interventionType")
    }
    | {NamedNode(DCTERMS + local) for local in ("publisher", "license", "source", "creator")}
)


@dataclass(frozen=True, slots=True)
class Step:
    """One statement on a way: as it is stated, whichever way it is walked. `link` is the property; `graphs` make it."""

    subject: Ref
    link: Ref
    object: Ref
    graphs: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """Give the statement in words."""
        return f"{self.subject.label} — {self.link.label} — {self.object.label}"


@dataclass(frozen=True, slots=True)
class Way:
    """A way from one entity to another."""

    steps: tuple[Step, ...]

    @property
    def sentence(self) -> str:
        """Give all its statements in words."""
        return "; ".join(step.sentence for step in self.steps)


@dataclass(frozen=True, slots=True)
class Ways:
    """The shortest ways between two entities. `is_complete`: none was left out."""

    ways: tuple[Way, ...]
    is_complete: bool


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What is next to an entity: the first statements by property, and how many there are."""

    of: Ref
    total: int
    steps: tuple[Step, ...]


Edge = tuple[NamedNode, NamedNode, NamedNode]


def neighbours(entity: NamedNode, context: Context, *, limit: int = MOST) -> Neighbours:
    """Give the statements that link `entity` with others, in either direction."""
    graphs: dict[Edge, list[str]] = {}
    for quad in context.reader.mentioning(entity):
        if edge := _edge(quad):
            graphs.setdefault(edge, []).append(_name(quad))
    ordered = sorted(graphs, key=lambda edge: tuple(map(str, (edge[1], edge[0], edge[2]))))
    steps = _Worded(context, graphs).steps(ordered[:limit])
    return Neighbours(Names(context, [entity]).ref(entity), len(ordered), steps)


def ways(start: NamedNode, end: NamedNode, context: Context, *, length: int = LENGTH) -> Ways:
    """Give up to five of the shortest ways of at most `length` statements from `start` to `end`.

    Raises:
        BadParameter: they are the same.
    """
    if start == end:
        raise BadParameter("from and to are the same entity; name two")
    search = _Search(context.reader, start, end)
    found, is_complete = search.run(length)
    graphs = search.graphs
    worded = _Worded(context, graphs)
    return Ways(tuple(Way(worded.steps(way)) for way in found), is_complete)


@dataclass(slots=True)
class _Front:
    """One side of a search: the edges by which each node was first reached, and the nodes reached last."""

    reached: dict[NamedNode, list[tuple[NamedNode, Edge]]]
    last: list[NamedNode]
    depth: int = 0


@dataclass(slots=True)
class _Search:
    """A search from both ends, breadth first, until they meet."""

    reader: Reader
    start: NamedNode
    end: NamedNode
    graphs: dict[Edge, list[str]] = field(default_factory=dict)
    is_complete: bool = True
    visits: int = 0

    def run(self, length: int) -> tuple[list[list[Edge]], bool]:
        """Give the shortest ways, and whether nothing was left out."""
        fronts = (_Front({self.start: []}, [self.start]), _Front({self.end: []}, [self.end]))
        while sum(front.depth for front in fronts) < length and all(front.last for front in fronts):
            smaller, other = sorted(fronts, key=lambda front: len(front.last))
            self._advance(smaller)
            if met := [node for node in smaller.last if node in other.reached]:
                found = list(islice(self._joined(fronts, sorted(met, key=str)), WAYS + 1))
                return found[:WAYS], self.is_complete and len(found) <= WAYS
            if self.visits > _VISITS:
                return [], False
        return [], self.is_complete

    def _advance(self, front: _Front) -> None:
        found: dict[NamedNode, list[tuple[NamedNode, Edge]]] = {}
        for node in front.last:
            self.visits += 1
            for other, edge in self._edges(node):
                if other not in front.reached:
                    found.setdefault(other, []).append((node, edge))
        front.reached.update(found)
        front.last = list(found)
        front.depth += 1

    def _edges(self, node: NamedNode) -> Iterator[tuple[NamedNode, Edge]]:
        quads = list(islice(self.reader.mentioning(node), _HUB + 1))
        self.is_complete &= len(quads) <= _HUB
        for quad in quads[:_HUB]:
            if edge := _edge(quad):
                self.graphs.setdefault(edge, [])
                if (name := _name(quad)) not in self.graphs[edge]:
                    self.graphs[edge].append(name)
                yield (edge[2] if edge[0] == node else edge[0]), edge

    def _joined(self, fronts: Sequence[_Front], met: Iterable[NamedNode]) -> Iterator[list[Edge]]:
        there, back = fronts
        for node in met:
            for one in _back(there.reached, node):
                for other in _back(back.reached, node):
                    yield [*reversed(one), *other]


def _back(reached: Mapping[NamedNode, list[tuple[NamedNode, Edge]]], node: NamedNode) -> Iterator[list[Edge]]:
    """Give the ways from `node` back to where the search began."""
    if not reached[node]:
        yield []
    for before, edge in reached[node]:
        for rest in _back(reached, before):
            yield [edge, *rest]


class _Worded:
    """Edges as steps, with the names of all that they mention."""

    def __init__(self, context: Context, graphs: Mapping[Edge, Sequence[str]]) -> None:
        self._context = context
        self._graphs = graphs

    def steps(self, edges: Sequence[Edge]) -> tuple[Step, ...]:
        """Give `edges` in words."""
        mentioned = [node for edge in edges for node in edge]
        names = Names(self._context, mentioned)
        return tuple(
            Step(
                names.ref(subject),
                names.ref(name),
                names.ref(value),
                tuple(sorted(set(self._graphs[(subject, name, value)]))),
            )
            for subject, name, value in edges
        )


def _edge(quad: Quad) -> Edge | None:
    """Give the link that `quad` is, if it is one to go along."""
    subject, name, value = quad.subject, quad.predicate, quad.object
    if isinstance(subject, NamedNode) and isinstance(value, NamedNode) and name not in _NOT_ALONG:
        return (subject, name, value)
    return None


def _name(quad: Quad) -> str:
    return quad.graph_name.value if is_source(quad.graph_name) else ""
