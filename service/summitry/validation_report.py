"""Reports in the vocabulary of SHACL: https://www.w3.org/TR/shacl/#validation-report."""

import re
from collections.abc import Iterator
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse, serialize

from summitry.media import JSON_LD, RDF_FORMATS, TURTLE
from summitry.model import Finding, Report
from summitry.terms import PREFIXES, RDFS, SH, SHAPES, TYPE, XSD

RDF_REPORTS: Final = (TURTLE, JSON_LD)

_TEXTS: Final = NamedNode(RDFS + "comment")
_RULE: Final = SHAPES + "Rule"
_IRI: Final = re.compile(r"<[^<>]*>")

Node = NamedNode | BlankNode
Term = NamedNode | BlankNode | Literal | Triple


def write(report: Report, media: str) -> bytes:
    """Give `report` as a graph, in the one of `RDF_REPORTS` that `media` names.

    It conforms as a write does: warnings are results too, but refuse nothing.
    """
    statements = list(triples(report))
    text = "\n".join(map(str, statements))
    prefixes = {name: space for name, space in PREFIXES.items() if space in text}
    return serialize(statements, format=RDF_FORMATS[media], prefixes=prefixes) or b""


def triples(report: Report) -> Iterator[Triple]:
    """Give the statements of the report graph. The place in the file, which SHACL has no term for, is a comment."""
    this = BlankNode()
    yield Triple(this, TYPE, _sh("ValidationReport"))
    conforms = str(report.conforms).lower()
    yield Triple(this, _sh("conforms"), Literal(conforms, datatype=NamedNode(XSD + "boolean")))
    for finding in report.findings:
        result = BlankNode()
        yield Triple(this, _sh("result"), result)
        for predicate, value in _result(finding):
            yield Triple(result, predicate, value)


def _result(finding: Finding) -> Iterator[tuple[NamedNode, Term]]:
    yield TYPE, _sh("ValidationResult")
    yield _sh("resultSeverity"), _sh(finding.severity.capitalize())
    yield _sh("resultMessage"), Literal(finding.message)
    yield _sh("sourceConstraintComponent"), NamedNode(finding.component or _RULE)
    if finding.shape:
        yield _sh("sourceShape"), NamedNode(finding.shape)
    if finding.focus:
        yield _sh("focusNode"), _term(finding.focus)
    if _IRI.fullmatch(finding.path):
        yield _sh("resultPath"), _term(finding.path)
    if finding.value:
        yield _sh("value"), _term(finding.value)
    if finding.line:
        yield _TEXTS, Literal(f"{finding.file}, line {finding.line}, column {finding.column}")


def _term(text: str) -> Term:
    """Give the term that `text` is in N-Triples; what is none becomes a plain literal."""
    statement = f"_:s <{SH}value> {text} ."
    try:
        parsed: Term = next(iter(parse(statement, format=RdfFormat.N_TRIPLES))).object
    except (SyntaxError, StopIteration):
        return Literal(text)
    return parsed


def _sh(name: str) -> NamedNode:
    return NamedNode(SH + name)
