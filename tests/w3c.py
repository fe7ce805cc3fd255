"""The official test suites of SPARQL 1.0 and 1.1, by the W3C's working groups, from the jar that RDF4J publishes."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final
from zipfile import ZipFile

from pyoxigraph import RdfFormat, Triple, parse
from rdflib import RDF, RDFS, Graph, Namespace, URIRef
from rdflib.term import Node

from jars import SUITES

BASE: Final = "http://suites.example/"
_STARTS: Final = ("testcases-sparql-1.0-w3c/data-r2/", "testcases-sparql-1.1-w3c/")
# What no service answers for that neither infers by regimes nor asks others, and what has no machine-readable test.
LEFT_OUT: Final = ("entailment", "service", "service-description", "protocol")

MF: Final = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
QT: Final = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
UT: Final = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
DAWGT: Final = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-dawg#")
_FORMATS: Final = {"ttl": RdfFormat.TURTLE, "rdf": RdfFormat.RDF_XML, "nt": RdfFormat.N_TRIPLES}


@dataclass(frozen=True, slots=True)
class Dataset:
    """The files of the default graph, and of each named graph."""

    default: tuple[str, ...] = ()
    named: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """One test: what kind it is, the file that is sent, what it is put to, and what is to come of it.

    Where it `is_lax`, a row may come fewer times than it is expected, but once.
    """

    name: str
    kind: str
    request: str
    data: Dataset
    result: str
    outcome: Dataset
    is_lax: bool


def text(path: str) -> bytes:
    """Give the content of a file of the suites."""
    with ZipFile(SUITES.path) as jar:
        return jar.read(path)


def triples(path: str) -> list[Triple]:
    """Give the triples in a file of the suites."""
    rdf_format = _FORMATS[path.rpartition(".")[2]]
    read = parse(text(path), format=rdf_format, base_iri=BASE + path, rename_blank_nodes=True)
    return [quad.triple for quad in read]


@cache
def cases() -> tuple[Case, ...]:
    """Give the tests of all suites but withdrawn ones; none where the jar is not there."""
    if SUITES.lacking:
        return ()
    with ZipFile(SUITES.path) as jar:
        paths = [
            path for path in jar.namelist() if path.startswith(_STARTS) and path.endswith("/manifest.ttl")
        ]
    kept = (path for path in sorted(paths) if path.split("/")[-2] not in LEFT_OUT)
    return tuple(case for path in kept for case in _cases(path))


def _cases(path: str) -> Iterator[Case]:
    manifest = Graph().parse(data=text(path), format="turtle", publicID=BASE + path)
    for entries in manifest.objects(None, MF.entries):
        for entry in manifest.items(entries):
            if (entry, DAWGT.approval, DAWGT.Withdrawn) not in manifest:
                yield _case(manifest, entry, path)


def _case(manifest: Graph, entry: Node, path: str) -> Case:
    action = manifest.value(entry, MF.action)
    result = manifest.value(entry, MF.result)
    request = manifest.value(action, QT.query) or manifest.value(action, UT.request) or action
    directory = path.rpartition("/manifest")[0].rpartition("/")[2]
    return Case(
        name=f"{directory}/{str(entry).rpartition('#')[2]}",
        kind=str(manifest.value(entry, RDF.type)).rpartition("#")[2],
        request=_path(request),
        data=_dataset(manifest, action),
        result=_path(result) if isinstance(result, URIRef) else "",
        outcome=_dataset(manifest, result),
        is_lax=(entry, MF.resultCardinality, MF.LaxCardinality) in manifest,
    )


def _dataset(manifest: Graph, node: Node | None) -> Dataset:
    default = [*manifest.objects(node, QT.data), *manifest.objects(node, UT.data)]
    graphs = [*manifest.objects(node, QT.graphData), *manifest.objects(node, UT.graphData)]
    named = [_named(manifest, graph) for graph in graphs]
    return Dataset(tuple(sorted(map(_path, default))), tuple(sorted(named)))


def _named(manifest: Graph, graph: Node) -> tuple[str, str]:
    """Give the name of a graph and its file: the file's own address, or what its label says."""
    file = manifest.value(graph, UT.graph) or manifest.value(graph, QT.graph) or graph
    return str(manifest.value(graph, RDFS.label) or file), _path(file)


def _path(node: Node | None) -> str:
    return str(node).removeprefix(BASE)
