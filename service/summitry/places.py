"""Where in its document a finding belongs."""

from collections import Counter
from collections.abc import Callable, Mapping, Set
from dataclasses import replace
from functools import cached_property
from types import MappingProxyType
from typing import Final

from pyoxigraph import NamedNode, Quad

from summitry.advice import Advice
from summitry.model import Finding
from summitry.source import Source
from summitry.terms import TYPE
from summitry.validate.engine import Result
from summitry.vocabulary import Remark

Exact = Mapping[Quad, tuple[int, int]]

_NOWHERE: Final[Exact] = MappingProxyType({})


def _nowhere() -> Exact:
    return _NOWHERE


class Places:
    """Where in the file a statement, or else the nearest statement to blame, stands.

    Nothing is read before there is something to locate.
    """

    def __init__(
        self,
        places: Callable[[], Exact] = _nowhere,
        source: Callable[[], Source] = Source,
        subjects: Callable[[], Set[object]] = frozenset,
    ) -> None:
        self._places = places
        self._text = source
        self._find_subjects = subjects

    @cached_property
    def _exact(self) -> Exact:
        return self._places()

    @cached_property
    def _source(self) -> Source:
        return self._text()

    @cached_property
    def _subjects(self) -> Set[object]:
        return self._find_subjects()

    @cached_property
    def _near(self) -> Mapping[tuple[object, ...], tuple[int, int]]:
        near: dict[tuple[object, ...], tuple[int, int]] = {}
        for quad, place in sorted(self._exact.items(), key=lambda item: item[1]):
            near.setdefault((quad.subject,), place)
            near[quad.subject, quad.predicate.value] = place
            near[quad.subject, quad.predicate.value, quad.object] = place
            if quad.predicate == TYPE:
                near[quad.subject,] = place
        return near

    def locate_remark(self, remark: Remark) -> Finding:
        """Give the finding of `remark` with its place: of a term, where it is first written."""
        if remark.term:
            uses = self._source.renaming(remark.term, remark.meant)
            if uses:
                edits = uses if remark.is_certain else ()
                return replace(remark.finding, line=uses[0].line, column=uses[0].column, edits=edits)
        if remark.quad is None:
            return remark.finding
        place = self._exact.get(remark.quad) or self._near.get((remark.quad.subject,), (0, 0))
        return replace(remark.finding, line=place[0], column=place[1])

    def locate(self, result: Result) -> Finding:
        """Give `result` as a finding, placed at the value, the path or the focus, whichever the file has."""
        constraint = result.compiled.constraint
        path = result.path.strip("<>")
        keys: list[tuple[object, ...]] = [
            (result.focus, path, result.value),
            (result.focus, path),
            *((result.focus, mention, result.value) for mention in result.compiled.mentions),
            (result.focus,),
            *((term,) for _, term in result.bindings),
        ]
        near = (self._near[key] for key in keys if key in self._near)
        line, column = next(near, None) or self._near.get((self._culprit(result),), (0, 0))
        return Finding(
            constraint.severity,
            result.message,
            line=line,
            column=column,
            shape=constraint.shape.value,
            component=result.component,
            focus=str(result.focus),
            path=result.path,
            value="" if result.value is None else str(result.value),
        )

    def standing(self, result: Result, advice: Advice) -> Finding:
        """Give `result`, which was there before, as a finding: with a place where the file describes what it is about.

        The file is not to blame, and most of what stands in a large graph is about nothing in it.
        """
        terms = {result.focus, *(term for _, term in result.bindings)}
        found = Places().explained if terms.isdisjoint(self._subjects) else self.explained
        return replace(found(result, advice), standing=True)

    def explained(self, result: Result, advice: Advice) -> Finding:
        """Give `result` as a finding that says what to write, with the edit where that is certain."""
        key = (result.focus, result.path.strip("<>"), result.value)
        is_certain = bool(advice.text) and key in self._near
        edits = self._source.literal(*self._near[key], advice.text) if is_certain else ()
        return replace(self.locate(result), fix=advice.fix, edits=edits)

    @cached_property
    def _naming(self) -> Mapping[object, Set[object]]:
        """Give for each object the subjects that the file names it of."""
        naming: dict[object, set[object]] = {}
        for quad in self._exact:
            naming.setdefault(quad.object, set()).add(quad.subject)
        return naming

    def _culprit(self, result: Result) -> object:
        """Give the subject in the file that names most of what `result` is about, where it names its focus not."""
        terms = {result.focus, *(term for _, term in result.bindings)}
        named = Counter(
            subject for term in terms if isinstance(term, NamedNode) for subject in self._naming.get(term, ())
        )
        return max(named, key=lambda subject: (named[subject], str(subject)), default=None)
