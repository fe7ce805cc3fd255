"""The field's reference engines, for the operator and for tests: pySHACL, and owlrl's OWL 2 RL closure.

They read all that they are given and take seconds where the compiled shapes take milliseconds, so that no
write waits for them; `summitry check` asks them, on a sample, whether ontology, shapes and engine are right.
"""

import logging
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pyshacl
import rdflib
from owlrl import DeductiveClosure, OWLRL_Semantics
from owlrl.Namespaces import ERRNS
from pyoxigraph import NamedNode, Quad, QuerySolutions, RdfFormat, Store, serialize
from rdflib import RDF, SH, Graph

from summitry import resources
from summitry.terms import ONTOLOGY_GRAPH, SHAPES_GRAPH, SKOLEM, TYPE, is_source
from summitry.validate.engine import Engine

Verdict = tuple[str, str, str]


def sample(store: Store, most: int) -> Store:
    """Give the store without the instances of a class beyond the first `most` of each source graph.

    Every class keeps instances, whole and with the types that follow. What is of no class stays too.
    """
    kept: set[str] = set()
    more: set[str] = set()
    for graph in (name for name in store.named_graphs() if isinstance(name, NamedNode) and is_source(name)):
        instances: dict[str, list[str]] = {}
        for quad in store.quads_for_pattern(None, TYPE, None, graph):
            instances.setdefault(str(quad.object), []).append(str(quad.subject))
        for members in map(sorted, instances.values()):
            kept.update(members[:most])
            more.update(members[most:])
    left = more - kept
    copy = Store()
    copy.bulk_extend(quad for quad in store if str(quad.subject) not in left)
    return copy


def hygiene(store: Store) -> Iterator[str]:
    """Give what each rule of `ontology/checks` finds in the ontology of `store`."""
    ontology = Store()
    ontology.extend(
        Quad(q.subject, q.predicate, q.object)
        for q in store.quads_for_pattern(None, None, None, ONTOLOGY_GRAPH)
    )
    for path in resources.check_files():
        rows = ontology.query(path.read_text("utf-8"))
        assert isinstance(rows, QuerySolutions)
        for row in rows:
            yield f"{path.stem}: {row[0]}"


def clashes(store: Store) -> list[str]:
    """Give what owlrl finds inconsistent while it closes ontology and data under OWL 2 RL."""
    closed = _graph(store, lambda name: name == ONTOLOGY_GRAPH or is_source(name))
    DeductiveClosure(OWLRL_Semantics).expand(closed)
    return sorted(str(message) for message in closed.objects(None, ERRNS.error))


def verdicts(store: Store) -> set[Verdict]:
    """Give pySHACL's results on the whole graph: focus node, shape and constraint component."""
    data = _graph(store, lambda name: name == ONTOLOGY_GRAPH or is_source(name))
    shapes = _graph(store, lambda name: name == SHAPES_GRAPH)
    with standard_literals():
        _, report, _ = pyshacl.validate(
            data,
            shacl_graph=shapes,
            inference="none",
            advanced=False,
            js=False,
            do_owl_imports=False,
            meta_shacl=True,
        )
    if not isinstance(report, Graph):
        raise TypeError(f"pySHACL gave no report: {report}")
    return {
        (
            str(report.value(result, SH.focusNode)),
            str(report.value(result, SH.sourceShape)),
            str(report.value(result, SH.sourceConstraintComponent)),
        )
        for result in report.subjects(RDF.type, SH.ValidationResult)
    }


def own_verdicts(store: Store) -> set[Verdict]:
    """Give our engine's results on the whole graph, in the same form."""
    results = Engine(store).all_results()
    return {(r.focus.value, r.compiled.constraint.shape.value, r.component) for r in results}


def _graph(store: Store, is_chosen: Callable[[NamedNode], bool]) -> Graph:
    """Give the merge of the chosen graphs as rdflib reads it, its literals as they are written."""
    names = [name for name in store.named_graphs() if isinstance(name, NamedNode) and is_chosen(name)]
    triples = (quad.triple for name in names for quad in store.quads_for_pattern(None, None, None, name))
    text = serialize(triples, format=RdfFormat.N_TRIPLES) or b""
    # A store has no blank nodes, and SHACL §2.3.1 wants a path that is not a single property to be one.
    text = re.sub(rb"<" + SKOLEM.encode() + rb"(\w+)>", rb"_:b\1", text)
    with standard_literals():
        return Graph().parse(data=text, format="nt")


@contextmanager
def standard_literals() -> Iterator[None]:
    """Let rdflib keep literals as they are written, and compare them as SPARQL does; ill-typed ones are not logged.

    It has global switches for these. Without them it takes the zone off a date, and has every date before every
    integer, although SPARQL 1.1 §17.3 knows no such comparison: it is an error, and a FILTER that fails
    lets nothing through. Of `>=` it says even then that it is true, so no shape has it. pySHACL turns the first switch
    back in each run: enter this anew for each.
    """
    log = logging.getLogger("rdflib.term")
    level, normalises, is_strict = log.level, rdflib.NORMALIZE_LITERALS, rdflib.DAWG_LITERAL_COLLATION
    log.setLevel(logging.CRITICAL)
    rdflib.NORMALIZE_LITERALS, rdflib.DAWG_LITERAL_COLLATION = False, True
    try:
        with warnings.catch_warnings():
            # It warns that a boolean is ill-typed and takes it for false, which in a path is no node at all; where
            # the warning is an error, it has no value. And its `<` asks whether `>`, which has no answer, is false.
            warnings.filterwarnings("error", "Parsing weird boolean", UserWarning)
            warnings.filterwarnings("ignore", "NotImplemented should not be used", DeprecationWarning)
            yield
    finally:
        log.setLevel(level)
        rdflib.NORMALIZE_LITERALS, rdflib.DAWG_LITERAL_COLLATION = normalises, is_strict
