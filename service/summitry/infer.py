"""The types that follow from what is asserted: superclasses within the ontology, and Leader.

A small part of OWL 2 RL, maintained per commit for what the change touches: `cax-sco`
(https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules) for classes of
`ap:`, and the ontology's definition of Leader: a Person who holds a LeadershipOffice.
"""

from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Quad, Store

from summitry.model import Changeset
from summitry.terms import AP, INFERRED_GRAPH, MERGE, ONTOLOGY_GRAPH, SUBCLASS_OF, TYPE, is_source

PERSON = NamedNode(AP + "Person")
LEADER = NamedNode(AP + "Leader")
LEADERSHIP_OFFICE = NamedNode(AP + "LeadershipOffice")
HOLDER = NamedNode(AP + "holder")
OFFICE = NamedNode(AP + "office")
TENURE = NamedNode(AP + "Tenure")

Term = NamedNode | Literal

_READ = frozenset({TYPE, HOLDER, OFFICE, SUBCLASS_OF})


def follow(store: Store, change: Changeset) -> Changeset:
    """Give what the inferred graph must gain and lose after `change`, which the store already holds."""
    added: set[Quad] = set()
    removed: set[Quad] = set()
    supers = Superclasses(store)
    for resource in _touched(store, change, supers):
        held = set(store.quads_for_pattern(resource, TYPE, None, INFERRED_GRAPH))
        due = {Quad(resource, TYPE, cls, INFERRED_GRAPH) for cls in inferred_types(store, resource, supers)}
        added |= due - held
        removed |= held - due
    return Changeset(frozenset(added), frozenset(removed))


class Superclasses:
    """The classes of `ap:` above a class, itself excluded, as the ontology in the store has them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[NamedNode, frozenset[NamedNode]] = {}

    def __getitem__(self, cls: NamedNode) -> frozenset[NamedNode]:
        """Give all classes above `cls`, however far."""
        if cls not in self._known:
            self._known[cls] = frozenset(self._above(cls))
        return self._known[cls]

    def _above(self, cls: NamedNode) -> Iterator[NamedNode]:
        waiting, seen = [cls], {cls}
        while waiting:
            for quad in self._store.quads_for_pattern(waiting.pop(), SUBCLASS_OF, None, ONTOLOGY_GRAPH):
                parent = quad.object
                if isinstance(parent, NamedNode) and parent.value.startswith(AP) and parent not in seen:
                    seen.add(parent)
                    waiting.append(parent)
                    yield parent


def inferred_types(store: Store, resource: NamedNode, supers: Superclasses) -> set[NamedNode]:
    """Give the types of `resource` that follow and are not asserted of it by any source."""
    asserted = asserted_types(store, resource)
    types = set(asserted).union(*(supers[cls] for cls in asserted))
    if PERSON in types and any(_leads(store, tenure, supers) for tenure in _tenures(store, resource)):
        types.add(LEADER)
    return types - asserted


def asserted_types(store: Store, resource: NamedNode) -> set[NamedNode]:
    """Give the types that source graphs state of `resource`."""
    quads = store.quads_for_pattern(resource, TYPE, None, None)
    return {q.object for q in quads if is_source(q.graph_name) and isinstance(q.object, NamedNode)}


def _has_type(store: Store, resource: NamedNode, cls: NamedNode, supers: Superclasses) -> bool:
    asserted = asserted_types(store, resource)
    return cls in asserted or any(cls in supers[other] for other in asserted)


def _tenures(store: Store, person: NamedNode) -> Iterator[NamedNode]:
    for quad in store.quads_for_pattern(None, HOLDER, person, MERGE):
        if isinstance(quad.subject, NamedNode):
            yield quad.subject


def _leads(store: Store, tenure: NamedNode, supers: Superclasses) -> bool:
    if not _has_type(store, tenure, TENURE, supers):
        return False
    offices = (q.object for q in store.quads_for_pattern(tenure, OFFICE, None, MERGE))
    return any(
        isinstance(office, NamedNode) and _has_type(store, office, LEADERSHIP_OFFICE, supers)
        for office in offices
    )


def _touched(store: Store, change: Changeset, supers: Superclasses) -> set[NamedNode]:
    """Give the resources whose inferred types may differ: the subjects of a changed type, and holders.

    All that have a type, where the classes themselves changed.
    """
    quads = [q for part in (change.added, change.removed) for q in part if q.predicate in _READ]
    if any(quad.graph_name == ONTOLOGY_GRAPH and quad.predicate == SUBCLASS_OF for quad in quads):
        typed = store.quads_for_pattern(None, TYPE, None, None)
        return {quad.subject for quad in typed if isinstance(quad.subject, NamedNode)}
    resources: set[NamedNode] = set()
    for quad in quads:
        if not is_source(quad.graph_name) or not isinstance(quad.subject, NamedNode):
            continue
        if quad.predicate == TYPE:
            resources.add(quad.subject)
            if _may_lead(quad.object, supers):
                resources.update(_holders(store, {quad.subject, *_tenures_of_office(store, quad.subject)}))
        elif quad.predicate == HOLDER and isinstance(quad.object, NamedNode):
            resources.add(quad.object)
        elif quad.predicate == OFFICE:
            resources.update(_holders(store, {quad.subject}))
    return resources


def _may_lead(cls: object, supers: Superclasses) -> bool:
    """Tell whether instances of `cls` are tenures or leadership offices, which make somebody a Leader."""
    return isinstance(cls, NamedNode) and not {TENURE, LEADERSHIP_OFFICE}.isdisjoint({cls, *supers[cls]})


def _tenures_of_office(store: Store, office: NamedNode) -> Iterator[NamedNode]:
    for quad in store.quads_for_pattern(None, OFFICE, office, MERGE):
        if isinstance(quad.subject, NamedNode):
            yield quad.subject


def _holders(store: Store, tenures: Iterable[NamedNode]) -> Iterator[NamedNode]:
    for tenure in tenures:
        for quad in store.quads_for_pattern(tenure, HOLDER, None, MERGE):
            if isinstance(quad.object, NamedNode):
                yield quad.object
