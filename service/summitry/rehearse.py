"""What an upload would do to a store, worked out on a private copy of that store.

The steps of a write before anything is stored: scan, parse, canonical form, difference, what follows for
the inferred types and for the merge, and validation of the state that the write would leave.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from pyoxigraph import NamedNode, Quad, Store

from summitry import causes, documents, infer, merge, progress
from summitry.advice import for_result
from summitry.canonical import canonical
from summitry.diff import diff
from summitry.errors import BadParameter, SystemGraph
from summitry.model import Changeset, Finding, Method, Report, Upload
from summitry.places import Places
from summitry.prefixes import misdeclared
from summitry.source import Source, text_of
from summitry.terms import ONTOLOGY_GRAPH, SHAPES_GRAPH, TYPE, UNNAMED, Graph, is_source
from summitry.validate.engine import Engine
from summitry.validate.shapes import Node
from summitry.vocabulary import REPLACED_BY, Vocabulary


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What was found, and the whole change: source graph, inferred types and merge. Empty if malformed."""

    report: Report
    change: Changeset = field(default_factory=Changeset)


@dataclass(frozen=True, slots=True)
class Rules:
    """What a write is held to. `operator` is for the system's own graphs: no rules for curators apply."""

    instance_base: str
    upload_bytes: int
    operator: bool = False


def rehearse(store: Store, upload: Upload, rules: Rules) -> Rehearsal:
    """Give what would happen if `upload` were written as its method says.

    `store` holds the result of the change afterwards, or any state: it must be a copy.

    Raises:
        ScanRefused: the upload is not handed to a parser.
        BadParameter, SystemGraph: it names another graph than its own, or one of the system.
    """
    if upload.method is Method.DELETE:
        return judge(store, diff(_held(store, [upload.graph]), frozenset()), rules)
    progress.tell("reading the document")
    parsed = documents.read(upload, limit=rules.upload_bytes)
    findings = (*parsed.findings, *misdeclared(parsed, upload.name))
    if not Report(findings).conforms:
        return Rehearsal(Report(findings))
    forms = canonical(parsed.quads, upload.graph)
    places = Places(
        lambda: {form: parsed.places[quad] for quad, form in forms.items() if quad in parsed.places},
        lambda: Source(text_of(upload.content), parsed.prefixes) if parsed.places else Source(),
        lambda: {quad.subject for quad in forms.values()},
    )
    new = frozenset(forms.values())
    held = _held(store, _graphs(upload, new, rules))
    rehearsal = judge(store, diff(held, new | held if upload.method is Method.ADD else new), rules, places)
    found = (replace(f, file=f.file or upload.name) for f in (*findings, *rehearsal.report.findings))
    return Rehearsal(
        Report(tuple(sorted(found, key=lambda f: (f.line, f.column, f.shape)))), rehearsal.change
    )


def _graphs(upload: Upload, quads: Iterable[Quad], rules: Rules) -> set[Graph]:
    """Give the graphs that `upload` is about: its own, or of a dataset those that it has statements for."""
    graphs = {quad.graph_name for quad in quads}
    if not upload.is_dataset:
        if others := graphs - {upload.graph}:
            raise BadParameter(
                f"the document is for {upload.graph}, and states something in {min(others, key=str)}"
            )
        graphs = {upload.graph}
    if UNNAMED in graphs:
        raise BadParameter("the document has statements outside of all graphs; write them into one")
    for graph in graphs:
        if not rules.operator and not is_source(graph):
            raise SystemGraph(f"the graph {graph} is the system's own; choose another name")
    return graphs


def _held(store: Store, graphs: Iterable[Graph]) -> frozenset[Quad]:
    return frozenset(quad for graph in graphs for quad in store.quads_for_pattern(None, None, None, graph))


def judge(store: Store, asserted: Changeset, rules: Rules, places: Places | None = None) -> Rehearsal:
    """Give what follows from a change of source graphs, and what the shapes say of the state it would leave."""
    progress.tell(f"making the change: {len(asserted.added):,} triples more, {len(asserted.removed):,} less")
    change = apply(store, asserted)
    if rules.operator:
        return Rehearsal(Report(tuple(_audited(store, change))), change)
    found = causes.distinct(_found(store, change, rules, places or Places()))
    return Rehearsal(Report(tuple(found)), change)


def apply(store: Store, asserted: Changeset) -> Changeset:
    """Make a change of source graphs and all that follows from it; give the whole."""
    merge.apply(store, asserted)
    merged = merge.follow(store, asserted)
    merge.apply(store, merged)
    inferred = infer.follow(store, asserted)
    merge.apply(store, inferred)
    merged_types = merge.follow(store, inferred)
    merge.apply(store, merged_types)
    return joined([asserted, merged, inferred, merged_types])


def joined(changes: Iterable[Changeset]) -> Changeset:
    """Give one change for several in turn; what one adds and a later one removes is in neither part."""
    added: set[Quad] = set()
    removed: set[Quad] = set()
    for change in changes:
        came, went = change.added - removed, change.removed - added
        added -= change.removed
        removed -= change.added
        added |= came
        removed |= went
    return Changeset(frozenset(added), frozenset(removed))


def _audited(store: Store, change: Changeset) -> Iterator[Finding]:
    """Give what the shapes find in the whole store, when a change of theirs or of the ontology takes effect."""
    if any(quad.graph_name in (ONTOLOGY_GRAPH, SHAPES_GRAPH) for quad in change.added | change.removed):
        yield from map(Places().locate, Engine(store).all_results())


def _found(store: Store, change: Changeset, rules: Rules, places: Places) -> Iterator[Finding]:
    progress.tell("looking at the terms")
    remarks = list(Vocabulary(store, rules.instance_base).remarks(change))
    yield from map(places.locate_remark, remarks)
    engine = Engine(store)
    results = list(causes.roots(engine.results(change), remarks, change.added))
    if results:
        progress.tell("finding out what was so before")
        merge.apply(store, change.inverse())
        standing = engine.still(results, _renamed(change))
        for result in results:
            tell = places.standing if result in standing else places.explained
            yield tell(result, for_result(store, result))


def _renamed(change: Changeset) -> dict[Node, Node]:
    """Give the former name of what `change` gives another one, where the former is declared no more.

    What broke a rule under that name breaks it as before. Undoing a renaming gives the former name back.
    """
    renamed = {(quad.object, quad.subject) for quad in change.added if quad.predicate == REPLACED_BY}
    undone = {(quad.subject, quad.object) for quad in change.removed if quad.predicate == REPLACED_BY}
    undeclared = {quad.subject for quad in change.removed if quad.predicate == TYPE}
    return {
        now: before
        for now, before in (*renamed, *undone)
        if before in undeclared and isinstance(now, NamedNode) and isinstance(before, NamedNode)
    }
