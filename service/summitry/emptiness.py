"""Why a query finds nothing: which of its patterns or filters leaves no solution, and which one left out gives some.

Each part is put to the engine as ASK, over the same dataset: alone, after those before it, and left out.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from summitry.elements import Element, Group, Kind, group_of
from summitry.errors import NotTakenApart

Ask = Callable[[str], bool]

_FINDING: Final = (Kind.TRIPLE, Kind.GROUP, Kind.GRAPH, Kind.UNION, Kind.SUBQUERY)
_WRAPPING: Final = (Kind.GROUP, Kind.GRAPH)
_AROUND: Final = (
    "The pattern of the query has solutions. What stands around it (HAVING, LIMIT, OFFSET, "
    "or a template with variables that have no value) leaves nothing of them."
)
_FILLED: Final = "The answer is not empty."
_TOTAL: Final = "The answer has a row, as a total of nothing has, but the pattern has no solution. "
_TEXT: Final = 80


@dataclass(frozen=True, slots=True)
class Verdict:
    """What comes of one element of a group.

    `matches_alone`: of what can find something. `has_solutions_so_far`: with the elements before it in the
    list. `has_solutions_without`: the others, where that was tried. `inside`: the verdicts on what a group has
    inside, where that is what finds nothing.
    """

    element: Element
    matches_alone: bool | None
    has_solutions_so_far: bool
    has_solutions_without: bool | None
    inside: tuple["Verdict", ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """Whether an answer is empty, why in words, and the verdicts in the order in which SPARQL applies elements.

    Filters come last, wherever they stand (SPARQL 1.1 Query §5.2.2). Without verdicts there is nothing to
    explain, or the query could not be taken apart.
    """

    is_empty: bool
    summary: str
    verdicts: tuple[Verdict, ...] = ()


def explain(query: str, *, is_empty: bool, ask: Ask, is_late: Callable[[], bool]) -> Explanation:
    """Give why `query`, which the engine has answered, has an empty answer.

    `ask` puts a query of the form ASK to the same dataset; it raises NotTakenApart where that is no SPARQL.
    Once `is_late`, nothing further is tried alone or left out.
    """
    try:
        return _explained(group_of(query), is_empty, ask, is_late)
    except NotTakenApart as error:
        told = f"The answer is empty, but the query is too complex to say why: {error}."
        return Explanation(is_empty, told if is_empty else _FILLED)


def _explained(group: Group, is_empty: bool, ask: Ask, is_late: Callable[[], bool]) -> Explanation:
    if ask(group.ask(group.elements)):
        return Explanation(is_empty, _AROUND if is_empty else _FILLED)
    verdicts = _Trial(group, ask, is_late).verdicts(group.elements, ())
    told = "" if is_empty else _TOTAL
    return Explanation(is_empty, told + " ".join(_told(verdicts)), verdicts)


class _Trial:
    def __init__(self, group: Group, ask: Ask, is_late: Callable[[], bool]) -> None:
        self._group = group
        self._put = ask
        self._is_late = is_late

    def verdicts(self, elements: Sequence[Element], openings: tuple[str, ...]) -> tuple[Verdict, ...]:
        """Give the verdicts on elements that have no solution together, within the groups that are open."""
        ordered = sorted(elements, key=lambda element: element.kind is Kind.FILTER)
        first = next(
            (n for n in range(len(ordered)) if not self._has(ordered[: n + 1], openings)), len(ordered) - 1
        )
        return tuple(self._verdict(ordered, number, first, openings) for number in range(len(ordered)))

    def _verdict(self, ordered: list[Element], number: int, first: int, openings: tuple[str, ...]) -> Verdict:
        element = ordered[number]
        alone = self._try([element], openings) if element.kind in _FINDING else None
        # What comes later cannot matter: those up to the first have no solution whatever follows.
        others = [*ordered[:number], *ordered[number + 1 :]]
        without = self._try(others, openings) if number <= first else False
        inside: tuple[Verdict, ...] = ()
        if number == first and alone is False and element.kind in _WRAPPING and element.inside:
            inside = self.verdicts(element.inside, (*openings, element.opening))
        return Verdict(element, alone, number < first, without, inside)

    def _try(self, elements: Sequence[Element], openings: tuple[str, ...]) -> bool | None:
        return None if self._is_late() else self._has(elements, openings)

    def _has(self, elements: Sequence[Element], openings: tuple[str, ...]) -> bool:
        return self._put(self._group.ask(elements, openings))


def _told(verdicts: Sequence[Verdict]) -> Iterator[str]:
    first = next((verdict for verdict in verdicts if not verdict.has_solutions_so_far), None)
    if first is None:
        return
    yield f"No solution is left once {_named(first.element)} is applied."
    if first.matches_alone is False:
        yield "It matches nothing even alone."
    helping = [_named(verdict.element) for verdict in verdicts if verdict.has_solutions_without]
    if helping and len(verdicts) > 1:
        yield f"There are solutions without {', or without '.join(helping)}."
    elif any(verdict.has_solutions_without is None for verdict in verdicts):
        yield "There was no time to try the query without each of its parts."
    elif len(verdicts) > 1:
        yield "No part left out alone gives solutions: two or more of them find nothing."
    if first.inside:
        yield "Inside it:"
        yield from _told(first.inside)


def _named(element: Element) -> str:
    text = " ".join(element.text.split())
    short = text if len(text) <= _TEXT else f"{text[:_TEXT]} …"
    return f"“{short}” (line {element.line}, column {element.column})"
