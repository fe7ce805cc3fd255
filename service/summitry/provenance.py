"""What the system says of its own revisions, in PROV-O (https://www.w3.org/TR/prov-o/), and of each graph.

The provenance graph only ever grows by a revision's description; what a source graph says of itself
(its source, publisher, licence) is repeated there, so that one graph answers for all. Which revision
generated a graph, and what a revision is, nobody but the system says there.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from summitry.model import Changeset, Commit, Revision
from summitry.terms import DCTERMS, PROV, PROVENANCE_GRAPH, TYPE, XSD, is_source, is_system

Term = NamedNode | BlankNode | Literal | Triple
REVISIONS: Final = "https://w3id.org/summitry/revision/"
ACTIVITY: Final = NamedNode(PROV + "Activity")
IDENTIFIER: Final = NamedNode(DCTERMS + "identifier")
ENDED: Final = NamedNode(PROV + "endedAtTime")
AGENT: Final = NamedNode(DCTERMS + "contributor")
MESSAGE: Final = NamedNode(DCTERMS + "description")
DIGEST: Final = NamedNode("https://schema.org/sha256")
GENERATED_BY: Final = NamedNode(PROV + "wasGeneratedBy")
_INTEGER: Final = NamedNode(XSD + "integer")
_DATE_TIME: Final = NamedNode(XSD + "dateTime")


def describe(revision: Revision, change: Changeset) -> Changeset:
    """Give what the provenance graph gains and loses with `revision`, which makes `change`."""
    added = {*_of_revision(revision), *_self_descriptions(change.added)}
    return Changeset(frozenset(added), frozenset(_self_descriptions(change.removed)))


def iri(number: int) -> NamedNode:
    """Give the IRI of revision `number`."""
    return NamedNode(f"{REVISIONS}{number}")


def number(term: Term) -> int:
    """Give the number of the revision whose IRI is `term`."""
    return int(str(term).strip("<>").removeprefix(REVISIONS))


def self_descriptions(change: Changeset) -> Changeset:
    """Give the part of `change` in which graphs describe themselves."""
    return Changeset(*(frozenset(filter(_describes_itself, part)) for part in (change.added, change.removed)))


def touched(change: Changeset) -> tuple[NamedNode, ...]:
    """Give the graphs that `change` changes, what is derived excluded, in order."""
    names = {quad.graph_name for part in (change.added, change.removed) for quad in part}
    return tuple(sorted((n for n in names if isinstance(n, NamedNode) and not _is_derived(n)), key=str))


def read(number: int, quads: Iterable[Quad], graphs: Iterable[NamedNode]) -> Revision:
    """Give the revision that `quads` of the provenance graph describe."""
    values = {
        quad.predicate: quad.object.value for quad in quads if isinstance(quad.object, NamedNode | Literal)
    }
    commit = Commit(values.get(AGENT, ""), values.get(MESSAGE, ""), values.get(DIGEST, ""))
    return Revision(number, datetime.fromisoformat(values[ENDED]), commit, tuple(sorted(graphs, key=str)))


def _of_revision(revision: Revision) -> Iterator[Quad]:
    this, commit = iri(revision.number), revision.commit
    stated: dict[NamedNode, NamedNode | Literal] = {
        TYPE: ACTIVITY,
        IDENTIFIER: Literal(str(revision.number), datatype=_INTEGER),
        ENDED: Literal(_written(revision.at), datatype=_DATE_TIME),
        AGENT: Literal(commit.agent),
        MESSAGE: Literal(commit.message),
        DIGEST: Literal(commit.digest),
    }
    for predicate, value in stated.items():
        if value.value:
            yield Quad(this, predicate, value, PROVENANCE_GRAPH)
    for graph in revision.graphs:
        yield Quad(graph, GENERATED_BY, this, PROVENANCE_GRAPH)


def _written(at: datetime) -> str:
    """Give the canonical form (XML Schema 2 §3.3.7.2), so that the store holds what the patch says."""
    return at.isoformat(timespec="microseconds").removesuffix("+00:00").rstrip("0").rstrip(".") + "Z"


def _self_descriptions(quads: Iterable[Quad]) -> Iterator[Quad]:
    for quad in quads:
        if _describes_itself(quad):
            yield Quad(quad.subject, quad.predicate, quad.object, PROVENANCE_GRAPH)


def _describes_itself(quad: Quad) -> bool:
    graph = quad.graph_name
    if not is_source(graph) or quad.subject != graph:
        return False
    return quad.predicate != GENERATED_BY and not graph.value.startswith(REVISIONS)


def _is_derived(graph: NamedNode) -> bool:
    return is_system(graph) and graph.value.endswith(("/inferred", "/provenance"))
