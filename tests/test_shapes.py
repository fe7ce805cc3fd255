"""Each shape takes its good examples and refuses its bad ones, for the reason they declare.

pySHACL is the judge here. An example is judged together with the ontology and `context.ttl`, which
holds the entities that examples refer to.
"""

import functools
import logging
import re
import subprocess
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pyshacl
import pytest
import rdflib
from pyoxigraph import NamedNode, RdfFormat, Store, serialize
from rdflib import OWL, RDF, RDFS, SH, SKOS, Graph, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.query import Result

from summitry.terms import GRAPHS
from summitry.validate import judge

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "tests" / "examples"
AP = Namespace("https://w3id.org/summitry/ns#")
SHAPE = Namespace("https://w3id.org/summitry/shapes#")

GOOD = sorted(EXAMPLES.glob("*/good-*.ttl"))
BAD = sorted(EXAMPLES.glob("*/bad-*.ttl"))


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


class Judged(Graph):
    """A graph that parses a query once: pySHACL has a rule parsed again for each node that it looks at."""

    prepared = staticmethod(functools.cache(prepareQuery))

    def query(self, query_object: str | Query, *arguments, **options) -> Result:
        query = self.prepared(query_object) if isinstance(query_object, str) else query_object
        return super().query(query, *arguments, **options)


@functools.cache
def parsed(*paths: Path) -> Graph:
    """Parse files without rewriting their literals: rdflib would drop the zone of a date."""
    graph = Graph()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rdflib, "NORMALIZE_LITERALS", False)
        for path in paths:
            graph.parse(path)
    return graph


def shapes() -> Graph:
    return parsed(*sorted((ROOT / "shapes").glob("*.ttl")))


def ontology() -> Graph:
    return parsed(*sorted((ROOT / "ontology").glob("*.ttl")))


@functools.cache
def schema() -> Graph:
    """Give what the shapes read of the ontology. Its topics are data, judged once with the shipped data."""
    read = {RDF.type, RDFS.subClassOf, RDFS.range, AP.excludes}
    topics = set(ontology().subjects(RDF.type, AP.Topic))
    kept = Graph()
    for triple in ontology():
        if triple[0] not in topics and triple[1] in read:
            kept.add(triple)
    return kept


def results(*graphs: Graph) -> Graph:
    data = Judged()
    for graph in graphs:
        data += graph
    report = pyshacl.validate(
        data, shacl_graph=shapes(), inference="none", advanced=False, js=False, do_owl_imports=False
    )[1]
    assert isinstance(report, Graph)
    return report


def curie(iri: URIRef) -> str:
    return str(iri).replace(str(SHAPE), "shape:").replace(str(SH), "sh:")


def violations(path: Path) -> set[tuple[str, str]]:
    """Give shape and constraint component of each result on an example, of whatever severity."""
    report = results(schema(), parsed(EXAMPLES / "context.ttl"), parsed(path))
    return {
        (
            curie(report.value(result, SH.sourceShape)),
            curie(report.value(result, SH.sourceConstraintComponent)),
        )
        for result in report.subjects(RDF.type, SH.ValidationResult)
    }


def expected(path: Path) -> set[tuple[str, str]]:
    return set(re.findall(r"^# expect: (shape:\S+) (sh:\S+)$", path.read_text(), re.MULTILINE))


def constrained() -> Iterator[URIRef]:
    """Give the shapes that constrain by themselves: property shapes, and node shapes with a query."""
    yield from shapes().subjects(RDF.type, SH.PropertyShape)
    yield from shapes().subjects(SH.sparql)


def message(shape: URIRef) -> str:
    holder = shapes().value(shape, SH.sparql) or shape
    return str(shapes().value(holder, SH.message))


@pytest.fixture(autouse=True)
def _quiet_rdflib():
    """rdflib logs a traceback for each ill-typed date, which some examples contain on purpose."""
    logging.getLogger("rdflib.term").setLevel(logging.CRITICAL)


@pytest.mark.parametrize("path", GOOD, ids=name)
def test_a_good_example_has_no_result(path):
    assert violations(path) == set()


@pytest.mark.parametrize("path", BAD, ids=name)
def test_a_bad_example_fails_for_the_declared_reason_only(path):
    assert violations(path) == expected(path)


def test_a_bad_example_starts_with_what_it_expects_of_its_own_shape():
    undeclared = [
        name(path)
        for path in BAD
        if not path.read_text().startswith("# expect: ")
        or f"shape:{path.parent.name}" not in {shape for shape, _ in expected(path)}
    ]

    assert undeclared == []


def test_each_shape_has_a_good_and_a_bad_example():
    needed = {curie(shape).removeprefix("shape:") for shape in constrained()}

    assert {path.parent.name for path in GOOD} == needed
    assert {path.parent.name for path in BAD} == needed


def test_each_shape_has_an_iri_a_message_and_a_severity():
    """SHACL §2.1.4: the severity is a property of the shape; on a query it is ignored."""
    incomplete = [
        shape
        for shape in constrained()
        if not str(shape).startswith(str(SHAPE))
        or not message(shape).endswith(".")
        or shapes().value(shape, SH.severity) not in {SH.Violation, SH.Warning, SH.Info}
    ]

    assert incomplete == []


def test_no_message_is_used_twice():
    said = [message(shape) for shape in constrained()]

    assert sorted({text for text in said if said.count(text) > 1}) == []


def test_a_message_names_only_what_its_query_selects():
    """SHACL §5.2.1: a variable that is not projected would be left as it is."""
    unknown = {
        shape: missing
        for shape, _, rule in shapes().triples((None, SH.sparql, None))
        if (missing := named(shapes().value(rule, SH.message)) - selected(shapes().value(rule, SH.select)))
    }

    assert unknown == {}


def named(text: str) -> set[str]:
    return set(re.findall(r"\{\?(\w+)\}", text))


def selected(query: str) -> set[str]:
    return set(re.findall(r"\?(\w+)[ )]", query[: query.index("WHERE")]))


def test_no_query_says_at_least():
    """Between what cannot be compared `>=` is an error (SPARQL 1.1 §17.3), and true to rdflib; `<=` says the same."""
    queries = [str(select) for select in shapes().objects(None, SH.select)]

    assert queries
    assert not [query for query in queries if ">=" in query]


def test_a_property_shape_belongs_to_the_node_shape_that_it_is_named_for():
    strangers = [
        (node, shape)
        for node, _, shape in shapes().triples((None, SH.property, None))
        if not str(shape).startswith(f"{node}-")
    ]

    assert strangers == []
    assert set(shapes().objects(None, SH.property)) == set(shapes().subjects(RDF.type, SH.PropertyShape))


def test_each_literal_property_of_ours_is_held_to_a_kind_of_values():
    literals = set(ontology().subjects(RDF.type, OWL.DatatypeProperty))
    kinds = (SH.datatype, SH["in"], SH["or"])
    held = {shapes().value(shape, SH.path) for kind in kinds for shape in shapes().subjects(kind)}

    assert literals
    assert literals - held == set()


def test_each_target_and_each_path_is_a_term_of_the_ontology():
    targets = set(shapes().objects(None, SH.targetClass))
    paths = {path for path in shapes().objects(None, SH.path) if str(path).startswith(str(AP))}

    assert {term for term in targets | paths if (term, RDFS.isDefinedBy, None) not in ontology()} == set()


@pytest.mark.parametrize(
    ("shape", "scheme"),
    [
        ("PolicyStateShape-status-listed", "StatusScheme"),
        ("ConditionShape-requiredStatus", "StatusScheme"),
        ("CredenceShape-credence", "CredenceScheme"),
    ],
)
def test_a_list_in_a_shape_is_the_scheme_of_the_ontology(shape, scheme):
    listed = Collection(shapes(), shapes().value(SHAPE[shape], SH["in"]))

    assert set(listed) == set(ontology().subjects(SKOS.inScheme, AP[scheme]))


def test_the_shapes_conform_to_the_shapes_of_shapes():
    """SHACL Appendix C: the syntax rules of shapes graphs, as shapes."""
    conforms, _, text = pyshacl.validate(
        Graph(), shacl_graph=shapes(), meta_shacl=True, inference="none", do_owl_imports=False
    )

    assert conforms, text


def test_the_examples_are_formatted(tmp_path):
    """One command formats all Turtle; it puts a space before a comment that opens a file."""
    examples = sorted(EXAMPLES.rglob("*.ttl"))
    for path in examples:
        copy = tmp_path / path.relative_to(EXAMPLES)
        copy.parent.mkdir(exist_ok=True)
        copy.write_text(path.read_text())

    subprocess.run([Path(sysconfig.get_path("scripts")) / "turtlefmt", tmp_path], check=True)

    unformatted = [
        name(path)
        for path in examples
        if path.read_text() != (tmp_path / path.relative_to(EXAMPLES)).read_text().removeprefix(" ")
    ]
    assert unformatted == []


def test_the_shipped_data_has_no_violation():
    """By pySHACL, of which a sample of each class is enough to ask: the compiled shapes judge all at a first start."""
    references = sorted((ROOT / "data" / "reference").glob("*.ttl"))
    documents = sorted((ROOT / "data" / "documents").glob("*.ttl"))
    store = Store()
    for path in (*references, *documents):
        store.load(path.read_bytes(), RdfFormat.TURTLE, to_graph=NamedNode(f"{GRAPHS}{path.stem}"))
    chosen = serialize((quad.triple for quad in judge.sample(store, 5)), format=RdfFormat.N_TRIPLES)

    report = results(ontology(), Graph().parse(chosen, format="nt"))

    assert references
    assert documents
    assert [
        str(report.value(result, SH.resultMessage))
        for result in report.subjects(SH.resultSeverity, SH.Violation)
    ] == []
