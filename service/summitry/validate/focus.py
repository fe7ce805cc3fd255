"""Which focus nodes a change can affect, shape by shape.

A constraint on a property reads the focus node's own triples: it is run on the subjects and objects of what
changed, and, for what sh:class says, on what points to a resource whose type changed. A rule in SPARQL
says with `shape:reads` where else it looks; these paths are walked backwards from what changed.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from pyoxigraph import BlankNode, NamedNode, Quad, Store

from summitry.model import Changeset
from summitry.terms import MERGE, TYPE, is_source
from summitry.validate.shapes import Constraint, Direction, Node, Shapes, Step, Steps, instances


class Affected:
    """The nodes that `change` can affect, in a `store` that already holds it.

    Paths are walked over the triples before and after the change together.
    """

    def __init__(self, store: Store, shapes: Shapes, change: Changeset) -> None:
        self._store = store
        self._shapes = shapes
        self._known: dict[Node, frozenset[NamedNode]] = {}
        self._gone = _Index(quad for quad in change.removed if quad.graph_name == MERGE)
        quads = [quad for quad in change.added | change.removed if is_source(quad.graph_name)]
        self._subjects = _nodes(quad.subject for quad in quads)
        retyped = _nodes(quad.subject for quad in quads if quad.predicate == TYPE)
        self._near = self._subjects | _nodes(quad.object for quad in quads)
        self._near |= {node for one in retyped for node in self._pointing_to(one)}

    def pairs(self, awake: Iterable[Constraint]) -> set[tuple[Node, NamedNode]]:
        """Give each affected node with each shape that must run on it; `awake` are the rules concerned."""
        found = {(node, shape) for node in self._near for shape in self._shapes_of(node)}
        for rule in awake:
            found |= {(node, rule.node_shape) for node in self._read_by(rule)}
        return found

    def _read_by(self, rule: Constraint) -> Iterator[Node]:
        if not rule.reads:
            yield from instances(self._store, self._shapes.classes(rule.node_shape))
            return
        for steps in rule.reads:
            for node in self._before(steps):
                if rule.node_shape in self._shapes_of(node):
                    yield node

    def _before(self, steps: Steps) -> set[Node]:
        """Give the nodes from which `steps` lead to a changed subject."""
        nodes = self._subjects
        for step in reversed(steps):
            nodes = (
                self._reached(nodes, step)
                if step.direction is Direction.REPEATED
                else self._back(nodes, step)
            )
        return nodes

    def _reached(self, nodes: set[Node], step: Step) -> set[Node]:
        reached, waiting = set(nodes), set(nodes)
        while waiting:
            waiting = self._back(waiting, Step(step.predicate, Direction.FORWARD)) - reached
            reached |= waiting
        return reached

    def _back(self, nodes: set[Node], step: Step) -> set[Node]:
        if step.direction is Direction.INVERSE:
            return {n for node in nodes for n in self._objects(node, step.predicate)}
        return {n for node in nodes for n in self._subjects_of(step.predicate, node)}

    def _subjects_of(self, predicate: NamedNode, node: Node) -> set[Node]:
        quads = self._store.quads_for_pattern(None, predicate, node, MERGE)
        return _nodes(quad.subject for quad in quads) | self._gone.subjects[predicate, node]

    def _objects(self, node: Node, predicate: NamedNode) -> set[Node]:
        quads = self._store.quads_for_pattern(node, predicate, None, MERGE)
        return _nodes(quad.object for quad in quads) | self._gone.objects[node, predicate]

    def _pointing_to(self, node: Node) -> set[Node]:
        return _nodes(quad.subject for quad in self._store.quads_for_pattern(None, None, node, MERGE))

    def _shapes_of(self, node: Node) -> frozenset[NamedNode]:
        if node not in self._known:
            types = [quad.object for quad in self._store.quads_for_pattern(node, TYPE, None, MERGE)]
            targets = (
                self._shapes.targets.get(cls, frozenset()) for cls in types if isinstance(cls, NamedNode)
            )
            self._known[node] = frozenset[NamedNode]().union(*targets)
        return self._known[node]


class _Index:
    """The triples that are gone, by what is known of them."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        self.subjects: defaultdict[tuple[NamedNode, Node], set[Node]] = defaultdict(set)
        self.objects: defaultdict[tuple[Node, NamedNode], set[Node]] = defaultdict(set)
        for quad in quads:
            for subject in _nodes([quad.subject]):
                for value in _nodes([quad.object]):
                    self.subjects[quad.predicate, value].add(subject)
                    self.objects[subject, quad.predicate].add(value)


def _nodes(terms: Iterable[object]) -> set[Node]:
    return {term for term in terms if isinstance(term, NamedNode | BlankNode)}
