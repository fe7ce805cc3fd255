"""The IRIs that code and data share: namespaces, prefixes and the names of system graphs."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final, TypeGuard

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple

Resource = NamedNode
Value = NamedNode | Literal
Graph = NamedNode | BlankNode | DefaultGraph

ONTOLOGY: Final = NamedNode("https://w3id.org/summitry/ns")
AP: Final = "https://w3id.org/summitry/ns#"
SHAPES: Final = "https://w3id.org/summitry/shapes#"
GRAPHS: Final = "https://w3id.org/summitry/graph/"
ENTITIES: Final = "https://w3id.org/summitry/id/"
SKOLEM: Final = "https://w3id.org/summitry/.well-known/genid/"

SYSTEM: Final = GRAPHS + "system/"
ONTOLOGY_GRAPH: Final = NamedNode(SYSTEM + "ontology")
SHAPES_GRAPH: Final = NamedNode(SYSTEM + "shapes")
INFERRED_GRAPH: Final = NamedNode(SYSTEM + "inferred")
PROVENANCE_GRAPH: Final = NamedNode(SYSTEM + "provenance")
# What every revision may change, and none is recorded to.
FOLLOWING: Final = frozenset({INFERRED_GRAPH, PROVENANCE_GRAPH})
UNNAMED: Final = NamedNode(SYSTEM + "unnamed")  # stands for the graph that nobody named; it holds nothing
NAMED_GRAPHS: Final = NamedNode(
    SYSTEM + "graphs"
)  # of a plain store: says of each named graph that it is there
MERGE: Final = DefaultGraph()

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
OWL: Final = "http://www.w3.org/2002/07/owl#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
SH: Final = "http://www.w3.org/ns/shacl#"
SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
DCTERMS: Final = "http://purl.org/dc/terms/"
SD: Final = "http://www.w3.org/ns/sparql-service-description#"
VOID: Final = "http://rdfs.org/ns/void#"
PROV: Final = "http://www.w3.org/ns/prov#"

TYPE: Final = NamedNode(RDF + "type")
LABEL: Final = NamedNode(RDFS + "label")
SUBCLASS_OF: Final = NamedNode(RDFS + "subClassOf")

ENTITY_TYPES: Final = (
    "agenda",
    "city",
    "claim",
    "collective",
    "commodity",
    "condition",
    "conflict",
    "country",
    "credence",
    "document",
    "intervention",
    "meeting",
    "membership",
    "move",
    "office",
    "organization",
    "person",
    "policy",
    "source",
    "speech",
    "state",
    "statement",
    "status",
    "stop",
    "tenure",
    "topic",
    "trip",
)

PREFIXES: Final[Mapping[str, str]] = MappingProxyType(
    {name: f"{ENTITIES}{name}/" for name in ENTITY_TYPES}
    | {
        "ap": AP,
        "dcterms": DCTERMS,
        "eli": "http://data.europa.eu/eli/ontology#",
        "foaf": "http://xmlns.com/foaf/0.1/",
        "graph": GRAPHS,
        "org": "http://www.w3.org/ns/org#",
        "owl": OWL,
        "prov": PROV,
        "rdf": RDF,
        "rdfs": RDFS,
        "schema": "https://schema.org/",
        "sem": "http://semanticweb.cs.vu.nl/2009/11/sem/",
        "sh": SH,
        "shape": SHAPES,
        "skos": SKOS,
        "vann": "http://purl.org/vocab/vann/",
        "wd": "http://www.wikidata.org/entity/",
        "xsd": XSD,
    }
)
_MARKS: Final = str.maketrans("", "", "-_.")  # what a local name may have beside letters and digits
_BY_SPACE: Final = {space: name for name, space in PREFIXES.items()}


def is_system(graph: Graph | str) -> bool:
    """Tell whether `graph` is one that clients may read and never write."""
    name = graph if isinstance(graph, str) else getattr(graph, "value", "")
    return name.startswith(SYSTEM)


def is_source(graph: Graph) -> TypeGuard[NamedNode]:
    """Tell whether `graph` holds what a client loaded: named, and not one of the system's."""
    return isinstance(graph, NamedNode) and not _is_system(graph)


@lru_cache(maxsize=1024)
def _is_system(graph: NamedNode) -> bool:
    """Give what `is_system` does. It is asked for each of many quads of a few graphs."""
    return is_system(graph)


def compact(iri: str) -> str:
    """Give `iri` in its shortest prefixed form, or in angle brackets where no prefix fits."""
    # Each namespace ends in one of these, and what follows is not plain if there is another.
    start = max(iri.rfind("/"), iri.rfind("#")) + 1
    name, local = _BY_SPACE.get(iri[:start]), iri[start:]
    is_plain = local[-1:] != "." and local.translate(_MARKS).isalnum()
    return f"{name}:{local}" if name and is_plain else f"<{iri}>"


def in_graph(triple: Triple, graph: Graph) -> Quad:
    """Give `triple` as a quad of `graph`."""
    return Quad(triple.subject, triple.predicate, triple.object, graph)


def display(term: object) -> str:
    """Give `term` as a curator would write it: an IRI compacted, a text in quotation marks."""
    if isinstance(term, NamedNode):
        return "a" if term == TYPE else compact(term.value)
    return f"“{term.value}”" if isinstance(term, Literal) else str(term)
