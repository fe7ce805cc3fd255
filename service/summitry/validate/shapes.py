"""SHACL shapes as values, read from the shapes graph of a store.

The part of SHACL (https://www.w3.org/TR/shacl/) that our shapes use: class targets, predicate paths and
their inverses, the core constraint components of `COMPONENTS`, SPARQL constraints. What it does not know
it refuses: a shape that is read half would let pass what it forbids.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Store, Triple

from summitry.errors import UnsupportedShape
from summitry.model import Severity
from summitry.terms import MERGE, RDF, SH, SHAPES, SHAPES_GRAPH, SKOLEM, SUBCLASS_OF, TYPE

Node = NamedNode | BlankNode
Term = NamedNode | BlankNode | Literal

FIRST: Final = NamedNode(RDF + "first")
REST: Final = NamedNode(RDF + "rest")
READS: Final = NamedNode(SHAPES + "reads")
NIL: Final = NamedNode(RDF + "nil")

COMPONENTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "class": "ClassConstraintComponent",
        "datatype": "DatatypeConstraintComponent",
        "hasValue": "HasValueConstraintComponent",
        "in": "InConstraintComponent",
        "lessThanOrEquals": "LessThanOrEqualsConstraintComponent",
        "maxCount": "MaxCountConstraintComponent",
        "maxExclusive": "MaxExclusiveConstraintComponent",
        "maxInclusive": "MaxInclusiveConstraintComponent",
        "maxLength": "MaxLengthConstraintComponent",
        "minCount": "MinCountConstraintComponent",
        "minExclusive": "MinExclusiveConstraintComponent",
        "minInclusive": "MinInclusiveConstraintComponent",
        "minLength": "MinLengthConstraintComponent",
        "nodeKind": "NodeKindConstraintComponent",
        "or": "OrConstraintComponent",
        "pattern": "PatternConstraintComponent",
        "sparql": "SPARQLConstraintComponent",
        "uniqueLang": "UniqueLangConstraintComponent",
    }
)
_NOT_CONSTRAINTS: Final = frozenset(
    (
        "path",
        "property",
        "targetClass",
        "message",
        "severity",
        "flags",
        "name",
        "description",
        "order",
        "group",
        "declare",
    )
)
_FALSE: Final = Literal(False)
_SEVERITIES: Final = MappingProxyType(
    {"Violation": Severity.VIOLATION, "Warning": Severity.WARNING, "Info": Severity.INFO}
)


class Direction(Enum):
    """How a step goes along a predicate: from subject to object, back, or any number of times."""

    FORWARD = "forward"
    INVERSE = "inversePath"
    REPEATED = "zeroOrMorePath"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path that a rule reads."""

    predicate: NamedNode
    direction: Direction


Steps = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Constraint:
    """One constraint of one shape. `path` is in SPARQL syntax, empty for a constraint on the focus node.

    `shape` is the shape that a report names; `node_shape` the one whose targets are its focus nodes.
    `parameters` are what the component needs: its value, the members of its list, for sh:class the class
    with its subclasses, for sh:or pairs of a parameter and its value, for sh:sparql the query and its prefixes.
    `reads` are the paths from the focus node to other nodes whose triples a rule reads; none for one that
    may read anything.
    """

    shape: NamedNode
    node_shape: NamedNode
    component: str
    parameters: tuple[Term, ...]
    path: str
    flags: str
    severity: Severity
    message: str
    reads: tuple[Steps, ...] = ()


@dataclass(frozen=True, slots=True)
class Shapes:
    """All constraints, and which node shapes target the instances of which class, subclasses included."""

    constraints: tuple[Constraint, ...]
    targets: Mapping[NamedNode, frozenset[NamedNode]]

    def classes(self, shape: NamedNode) -> frozenset[NamedNode]:
        """Give the classes whose instances are focus nodes of the node shape `shape`."""
        return frozenset(cls for cls, shapes in self.targets.items() if shape in shapes)

    def named_for_targets(self) -> Mapping[NamedNode, NamedNode]:
        """Give for each node shape the first one that has the same focus nodes, often itself."""
        first: dict[frozenset[NamedNode], NamedNode] = {}
        shapes = dict.fromkeys(constraint.node_shape for constraint in self.constraints)
        return {shape: first.setdefault(self.classes(shape), shape) for shape in shapes}


class Reader:
    """Reads the shapes graph of `store`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def shapes(self) -> Shapes:
        """Give all shapes. Raises UnsupportedShape for what the compiler does not know."""
        for target in ("targetNode", "targetObjectsOf", "targetSubjectsOf", "target"):
            for shape in self._subjects(SH + target):
                raise UnsupportedShape(f"{shape} has sh:{target}; give it an sh:targetClass")
        node_shapes = sorted(self._subjects(SH + "targetClass"), key=str)
        constraints = [c for node in node_shapes for c in self._of_node_shape(node)]
        return Shapes(tuple(constraints), self._targets(node_shapes))

    def _targets(self, node_shapes: list[NamedNode]) -> Mapping[NamedNode, frozenset[NamedNode]]:
        targets: dict[NamedNode, set[NamedNode]] = {}
        for shape in node_shapes:
            for cls in self._values(shape, "targetClass"):
                for sub in self._subclasses(cls):
                    targets.setdefault(sub, set()).add(shape)
        return {cls: frozenset(shapes) for cls, shapes in targets.items()}

    def _subclasses(self, cls: Term) -> set[NamedNode]:
        found: set[NamedNode] = set()
        waiting: list[object] = [cls]
        while waiting:
            current = waiting.pop()
            if isinstance(current, NamedNode) and current not in found:
                found.add(current)
                waiting += [
                    q.subject for q in self._store.quads_for_pattern(None, SUBCLASS_OF, current, MERGE)
                ]
        return found

    def _of_node_shape(self, node: NamedNode) -> Iterator[Constraint]:
        if self._values(node, "path"):
            raise UnsupportedShape(f"{node} has a target and a path; give the target to a node shape")
        yield from self._constraints(node, node, "")
        for shape in sorted(self._values(node, "property"), key=str):
            if not isinstance(shape, NamedNode) or _is_anonymous(shape):
                raise UnsupportedShape(f"a property shape of {node} has no IRI; name it")
            if self._values(shape, "property"):
                raise UnsupportedShape(f"{shape} has property shapes of its own; give them to a node shape")
            yield from self._constraints(shape, node, self._path(self._one(shape, "path")))

    def _constraints(self, shape: NamedNode, node_shape: NamedNode, path: str) -> Iterator[Constraint]:
        severity = self._text(shape, "severity").removeprefix(SH) or "Violation"
        flags = self._text(shape, "flags")
        for name, value in sorted(self._parameters(shape), key=str):
            message, parameters = self._text(shape, "message"), self._list(value)
            if name == "sparql":
                message = self._text(value, "message") or message
                parameters = (self._one(value, "select"), *self._prefixes(value))
            elif name == "class":
                parameters = tuple(sorted(self._subclasses(value), key=str))
            elif name == "or":
                parameters = tuple(term for item in parameters for term in self._alternative(item))
            reads = tuple(self._steps(steps) for steps in self._objects(shape, READS))
            level = _SEVERITIES[severity]
            yield Constraint(shape, node_shape, name, parameters, path, flags, level, message, reads)

    def _parameters(self, shape: NamedNode) -> Iterator[tuple[str, Term]]:
        for quad in self._store.quads_for_pattern(shape, None, None, SHAPES_GRAPH):
            name = quad.predicate.value.removeprefix(SH)
            if name in COMPONENTS and (name != "uniqueLang" or quad.object != _FALSE):
                yield name, _term(quad.object)
            elif quad.predicate.value.startswith(SH) and name not in (*COMPONENTS, *_NOT_CONSTRAINTS):
                raise UnsupportedShape(f"{shape} uses sh:{name}, which the compiler does not know")

    def _alternative(self, item: Term) -> Iterator[Term]:
        """Give pairs of a parameter and its value, from a member of sh:or, which must have just one."""
        if isinstance(item, Literal):
            return
        quads = list(self._store.quads_for_pattern(item, None, None, SHAPES_GRAPH))
        names = [quad.predicate.value.removeprefix(SH) for quad in quads]
        if names not in (["class"], ["datatype"], ["nodeKind"]):
            raise UnsupportedShape(
                f"a member of sh:or has {names} where it can have one class, datatype or nodeKind"
            )
        value = _term(quads[0].object)
        for one in sorted(self._subclasses(value), key=str) if names == ["class"] else [value]:
            yield quads[0].predicate
            yield one

    def _prefixes(self, constraint: Term) -> Iterator[Term]:
        """Give prefix, namespace, prefix, namespace … that the sh:prefixes of a constraint declare."""
        for owner in self._values(constraint, "prefixes"):
            for declaration in self._values(owner, "declare"):
                yield self._one(declaration, "prefix")
                yield self._one(declaration, "namespace")

    def _path(self, path: Term) -> str:
        if not _is_anonymous(path):
            return str(path)
        inverse = self._values(path, "inversePath")
        if not inverse or _is_anonymous(inverse[0]):
            raise UnsupportedShape(f"the path {path} is neither a predicate nor the inverse of one")
        return f"^{inverse[0]}"

    def _steps(self, head: Term) -> Steps:
        return tuple(self._step(member) for member in self._list(head))

    def _step(self, member: Term) -> Step:
        for direction in (Direction.INVERSE, Direction.REPEATED):
            for predicate in self._values(member, direction.value):
                return Step(NamedNode(predicate.value), direction)
        if _is_anonymous(member):
            raise UnsupportedShape(
                "a step of shape:reads is neither a predicate, its inverse nor its repetition"
            )
        return Step(NamedNode(member.value), Direction.FORWARD)

    def _list(self, head: Term) -> tuple[Term, ...]:
        """Give the members where `head` is an RDF list, else `head` alone."""
        members: list[Term] = []
        while cell := self._objects(head, FIRST):
            members.append(cell[0])
            head = self._objects(head, REST)[0]
        return tuple(members) if members or head == NIL else (head,)

    def _subjects(self, predicate: str) -> set[NamedNode]:
        quads = self._store.quads_for_pattern(None, NamedNode(predicate), None, SHAPES_GRAPH)
        return {q.subject for q in quads if isinstance(q.subject, NamedNode)}

    def _objects(self, subject: Term, predicate: NamedNode) -> list[Term]:
        if isinstance(subject, Literal):
            return []
        return [
            _term(q.object) for q in self._store.quads_for_pattern(subject, predicate, None, SHAPES_GRAPH)
        ]

    def _values(self, subject: Term, name: str) -> list[Term]:
        return self._objects(subject, NamedNode(SH + name))

    def _one(self, subject: Term, name: str) -> Term:
        values = self._values(subject, name)
        if len(values) != 1:
            raise UnsupportedShape(f"{subject} has {len(values)} values of sh:{name} where it needs one")
        return values[0]

    def _text(self, subject: Term, name: str) -> str:
        values = self._values(subject, name)
        return values[0].value if values else ""


def instances(store: Store, classes: frozenset[NamedNode]) -> Iterator[Node]:
    """Give each resource that has one of `classes` as a type in the merge, perhaps more than once."""
    for cls in classes:
        for quad in store.quads_for_pattern(None, TYPE, cls, MERGE):
            if not isinstance(quad.subject, Triple):
                yield quad.subject


def _is_anonymous(term: Term) -> bool:
    """Tell whether `term` is a blank node, or was one before it was skolemised."""
    return isinstance(term, BlankNode) or term.value.startswith(SKOLEM)


def _term(value: Term | Triple) -> Term:
    if isinstance(value, Triple):
        raise UnsupportedShape("a triple term has no meaning in a shape")
    return value
