"""One cause is shown once: what only follows from it, or says the same again, is left out."""

from collections.abc import Iterable, Iterator, Sequence, Set
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad

from summitry.model import Finding
from summitry.terms import TYPE
from summitry.validate.engine import Result
from summitry.vocabulary import Remark

_KINDS: Final = frozenset({"datatype", "or"})


def roots(results: Sequence[Result], remarks: Iterable[Remark], added: Set[Quad]) -> Iterator[Result]:
    """Give the results that neither a misspelt term nor a value of the wrong datatype, or of no list, explains.

    Without its misspelt ap:holder a tenure has no holder; what has a misspelt class is not of the class that
    others need; a text breaks every rule for numbers.
    """
    meant = {remark.term: remark.meant for remark in remarks if remark.term}
    wanting = added if meant else ()
    lacking = {(q.subject, meant[q.predicate.value]) for q in wanting if q.predicate.value in meant}
    untyped = {quad.subject for quad in wanting if quad.predicate == TYPE and _iri(quad.object) in meant}
    wrong = {_about(result) for result in results if _is_of_kind(result)}
    # What says which words there are says more than a rule that knows no words.
    listed = {_about(result) for result in results if _component(result) == "in"}
    for result in results:
        terms = {result.path.strip("<>"), *result.compiled.mentions}
        is_lacking = any((result.focus, term) in lacking for term in terms)
        is_wrong = isinstance(result.value, Literal) and not _is_of_kind(result) and _about(result) in wrong
        is_listed = (
            isinstance(result.value, Literal) and _component(result) == "sparql" and _about(result) in listed
        )
        if not (is_lacking or is_wrong or is_listed or result.value in untyped):
            yield result


def _is_of_kind(result: Result) -> bool:
    return _component(result) in _KINDS


def _component(result: Result) -> str:
    return result.compiled.constraint.component


def _iri(term: object) -> str:
    return term.value if isinstance(term, NamedNode) else ""


def distinct(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Give each message about one value of one focus once, whichever shapes say it."""
    seen = set()
    for finding in findings:
        # Without a focus it is about the document: there are no two alike.
        key = (finding.message, finding.focus, finding.value, finding.standing)
        if not finding.focus or key not in seen:
            seen.add(key)
            yield finding


def _about(result: Result) -> tuple[object, ...]:
    return result.focus, result.path, result.value
