"""What shapes cannot say: that every `ap:` term exists, and that what is ours has a known class.

Untyped data matches no target and would pass every shape; an uploaded axiom could switch shapes off.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from pyoxigraph import NamedNode, Quad, Store, Triple

from summitry.advice import closest_entity, closest_term, is_alone
from summitry.model import Changeset, Finding, Severity
from summitry.terms import (
    AP,
    DCTERMS,
    MERGE,
    ONTOLOGY_GRAPH,
    OWL,
    PROV,
    RDF,
    RDFS,
    SH,
    SHAPES,
    SKOLEM,
    TYPE,
    compact,
    display,
    is_source,
)

LEADER: Final = NamedNode(AP + "Leader")
DERIVED_FROM: Final = NamedNode(PROV + "wasDerivedFrom")
REPLACED_BY: Final = NamedNode(DCTERMS + "isReplacedBy")
CLASS: Final = NamedNode(OWL + "Class")
_AXIOMS: Final = frozenset(
    [RDFS + name for name in ("subClassOf", "subPropertyOf", "domain", "range")] + [RDF + "first"]
)
_SUGGESTIONS: Final = 20  # each costs thousands of look-ups


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding and the quad that it is about, which says where in the file.

    Where it is about an unknown term, `term` is its IRI and `meant` that of the term it is most like.
    """

    finding: Finding
    quad: Quad | None = None
    term: str = ""
    meant: str = ""
    is_certain: bool = False


class Vocabulary:
    """The terms of the ontology in `store`, which already holds the change."""

    def __init__(self, store: Store, instance_base: str) -> None:
        self._store = store
        self._base = instance_base
        quads = list(store.quads_for_pattern(None, None, None, ONTOLOGY_GRAPH))
        self._terms = {q.subject.value for q in quads if isinstance(q.subject, NamedNode)}
        classes = {q.subject for q in quads if q.predicate == TYPE and q.object == CLASS}
        self._classes = {cls for cls in classes if isinstance(cls, NamedNode) and cls.value.startswith(AP)}

    def remarks(self, change: Changeset) -> Iterator[Remark]:
        """Give what is wrong with the statements that `change` adds, or with what it leaves behind."""
        added = [quad for quad in change.added if is_source(quad.graph_name)]
        yield from self._unknown_terms(added)
        yield from self._axioms(added)
        yield from _triple_terms(added)
        yield from self._untyped(added, change.removed)
        yield from self._lost(change)
        yield from self._undeclared(added)
        yield from self._without_source(change)

    def _unknown_terms(self, quads: Sequence[Quad]) -> Iterator[Remark]:
        terms = {term for quad in quads for term in (quad.predicate, quad.object, quad.subject)}
        unknown = {term for term in terms if isinstance(term, NamedNode) and self._is_unknown(term)}
        uses: dict[str, list[Quad]] = {}
        for quad in _in_order(quad for quad in quads if unknown and not unknown.isdisjoint(quad)):
            for term in unknown.intersection((quad.predicate, quad.object, quad.subject)):
                uses.setdefault(term.value, []).append(quad)
        for iri, places in uses.items():
            yield self._unknown(iri.removeprefix(AP), places)

    def _is_unknown(self, term: NamedNode) -> bool:
        return term.value.startswith(AP) and term.value not in self._terms

    def _unknown(self, name: str, places: Sequence[Quad]) -> Remark:
        names = [term.removeprefix(AP) for term in self._terms if term.startswith(AP)]
        close = closest_term(name, names)
        more = f" (and {len(places) - 1} more place{'s' if places[2:] else ''})" if places[1:] else ""
        help_ = f"did you mean ap:{close}?" if close else "see the ontology for the terms there are"
        remark = _remark(
            "KnownTerm",
            f"ap:{name} is not a term of the ontology{more}; {help_}",
            places[0],
            fix=f"ap:{close}" if close else "",
        )
        certain = bool(close) and is_alone(name, names)
        return replace(remark, term=AP + name, meant=AP + close if close else "", is_certain=certain)

    def _axioms(self, quads: Sequence[Quad]) -> Iterator[Remark]:
        constraining = {p for p in {quad.predicate for quad in quads} if _constrains(p)}
        subjects = {quad.subject for quad in quads}
        ours = {s for s in subjects if isinstance(s, NamedNode) and self._is_ontological(s)}
        for quad in _in_order(q for q in quads if q.predicate in constraining or q.subject in ours):
            subject, value = (
                t.value if isinstance(t, NamedNode) else "" for t in (quad.subject, quad.object)
            )
            is_of_ontology = subject in self._terms and quad.predicate.value.startswith(AP)
            defined = subject if subject.startswith((AP, SHAPES)) or is_of_ontology else ""
            if not defined and quad.predicate in constraining and value.startswith((AP, SHAPES)):
                defined = value
            if defined:
                yield _remark(
                    "NoAxiom",
                    f"a document cannot define or constrain {compact(defined)}: the ontology and the shapes are "
                    "changed by the operator; remove this statement",
                    quad,
                )

    def _is_ontological(self, subject: NamedNode) -> bool:
        return subject.value.startswith((AP, SHAPES)) or subject.value in self._terms

    def _untyped(self, quads: Sequence[Quad], removed: Iterable[Quad]) -> Iterator[Remark]:
        for quad in _in_order(q for q in quads if q.predicate == TYPE and q.object == LEADER):
            yield _remark(
                "InferredClass",
                "ap:Leader is inferred and never written; write ap:Person, and a Tenure in a LeadershipOffice",
                quad,
            )
        left = [q for q in removed if q.predicate == TYPE and self._still_ours(q)]
        subjects = {quad.subject for quad in (*left, *quads)}
        lacking = {subject for subject in subjects if isinstance(subject, NamedNode) and self._lacks(subject)}
        added = (quad for quad in quads if quad.subject in lacking and self._is_ours(quad))
        about = [*_in_order(quad for quad in left if quad.subject in lacking), *_in_order(added)]
        for subject, quad in {quad.subject: quad for quad in about}.items():
            yield _remark(
                "KnownClass",
                f"{display(subject)} has no class of the ontology, so nothing could check it; "
                "say what it is, for example “a ap:Person”",
                quad,
            )

    def _lacks(self, subject: NamedNode) -> bool:
        """Tell whether `subject` needs a class, and no misspelt one says already what is wrong."""
        return not self._is_known(subject) and not self._is_misspelt(subject)

    def _is_ours(self, quad: Quad) -> bool:
        """Tell whether the subject of `quad` is an entity of this graph, or bears one of our properties."""
        if not is_source(quad.graph_name) or not isinstance(quad.subject, NamedNode):
            return False
        iri = quad.subject.value
        return (iri.startswith(self._base) and not iri.startswith(SKOLEM)) or quad.predicate.value.startswith(
            AP
        )

    def _still_ours(self, quad: Quad) -> bool:
        return any(self._is_ours(q) for q in self._store.quads_for_pattern(quad.subject, None, None, None))

    def _has_known_class(self, subject: NamedNode) -> bool:
        types = self._store.quads_for_pattern(subject, TYPE, None, MERGE)
        return any(quad.object in self._classes for quad in types)

    def _is_known(self, subject: NamedNode) -> bool:
        """Tell whether `subject` has a class, or is no more than a former name."""
        if self._has_known_class(subject):
            return True
        said = self._store.quads_for_pattern(subject, None, None, MERGE)
        return all(quad.predicate == REPLACED_BY for quad in said)

    def _is_misspelt(self, subject: NamedNode) -> bool:
        """Tell whether `subject` has a class that does not exist, which is said of the class already."""
        types = self._store.quads_for_pattern(subject, TYPE, None, MERGE)
        return any(isinstance(quad.object, NamedNode) and self._is_unknown(quad.object) for quad in types)

    def _lost(self, change: Changeset) -> Iterator[Remark]:
        """Give the former names that lead to nothing: new ones, and those of what is no longer declared."""
        untyped = {quad.subject for quad in change.removed if quad.predicate == TYPE}
        former = {quad for quad in change.added if quad.predicate == REPLACED_BY and self._is_ours(quad)}
        for subject in untyped:
            found = self._store.quads_for_pattern(None, REPLACED_BY, subject, None)
            former.update(quad for quad in found if self._is_ours(quad))
        for quad in sorted(former, key=str):
            if not (isinstance(quad.object, NamedNode) and self._has_known_class(quad.object)):
                yield _remark(
                    "ReplacedBy",
                    f"{display(quad.subject)} is replaced by {display(quad.object)}, which nothing declares; "
                    "name the entity that it is now",
                    quad,
                )

    def _undeclared(self, quads: Sequence[Quad]) -> Iterator[Remark]:
        """Give the entities that nobody declares; of the first ones, whether another name was meant."""
        objects = {quad.object for quad in quads}
        undeclared = {o for o in objects if isinstance(o, NamedNode) and self._is_undeclared(o)}
        missing: dict[NamedNode, Quad] = {}
        for quad in _in_order(q for q in quads if undeclared and q.object in undeclared):
            if isinstance(quad.object, NamedNode):
                missing.setdefault(quad.object, quad)
        neighbours = {q.subject.value for q in quads if isinstance(q.subject, NamedNode)} if missing else ()
        for entity, quad in islice(missing.items(), _SUGGESTIONS):
            yield _not_declared(entity, quad, closest_entity(self._store, entity.value, neighbours))
        for entity, quad in islice(missing.items(), _SUGGESTIONS, None):
            yield _not_declared(entity, quad, "")

    def _is_undeclared(self, entity: NamedNode) -> bool:
        is_ours = entity.value.startswith(self._base)
        return is_ours and next(self._store.quads_for_pattern(entity, None, None, MERGE), None) is None

    def _without_source(self, change: Changeset) -> Iterator[Remark]:
        graphs = {quad.graph_name for part in (change.added, change.removed) for quad in part}
        for graph in sorted(filter(is_source, graphs), key=str):
            is_empty = next(self._store.quads_for_pattern(None, None, None, graph), None) is None
            if not is_empty and not self._has_source(graph):
                message = (
                    f"the graph {compact(graph.value)} does not say where it comes from; add "
                    f"“{compact(graph.value)} prov:wasDerivedFrom …”"
                )
                finding = Finding(
                    Severity.WARNING,
                    message,
                    shape=SHAPES + "GraphSource",
                    component=SHAPES + "GraphSource",
                    focus=str(graph),
                )
                yield Remark(finding)

    def _has_source(self, graph: NamedNode) -> bool:
        return next(self._store.quads_for_pattern(graph, DERIVED_FROM, None, MERGE), None) is not None


def _not_declared(entity: NamedNode, quad: Quad, meant: str) -> Remark:
    name = compact(entity.value)
    if meant:
        message = f"nothing declares {name}; did you mean {compact(meant)}?"
        return _remark("DeclaredEntity", message, quad, severity=Severity.WARNING, fix=compact(meant))
    message = f"nothing declares {name} yet; check its spelling, or declare it"
    return _remark("DeclaredEntity", message, quad, severity=Severity.INFO)


def _triple_terms(quads: Iterable[Quad]) -> Iterator[Remark]:
    for quad in _in_order(quad for quad in quads if isinstance(quad.object, Triple)):
        message = "statements about statements (<< >>, {| |}) are not stored; write an ap:Claim"
        yield _remark("NoTripleTerm", message, quad, fix="ap:Claim")


def _in_order(quads: Iterable[Quad]) -> list[Quad]:
    """Give `quads` in an order that does not differ from run to run: what is told first depends on it."""
    return sorted(quads, key=str)


def _constrains(predicate: NamedNode) -> bool:
    return predicate.value in _AXIOMS or predicate.value.startswith((OWL, SH))


def _remark(
    rule: str, message: str, quad: Quad, *, severity: Severity = Severity.VIOLATION, fix: str = ""
) -> Remark:
    finding = Finding(
        severity,
        message,
        shape=SHAPES + rule,
        component=SHAPES + rule,
        focus=str(quad.subject),
        path=str(quad.predicate),
        value=str(quad.object),
        fix=fix,
    )
    return Remark(finding, quad)
