"""Runs compiled shapes on what a change touches, in a store that already holds the change."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, QuerySolutions, Store

from summitry import progress
from summitry.model import Changeset
from summitry.terms import MERGE, RDF, SH, TYPE, XSD, display
from summitry.validate.compile import FOCUS_GRAPH, FOCUS_OF, Compiled, compiled
from summitry.validate.focus import Affected
from summitry.validate.shapes import COMPONENTS, Node, Reader, Term

_LARGE: Final = 20_000
_NO_NAMES: Final[Mapping[Node, Node]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Result:
    """One thing that breaks a constraint. `bindings` are what the message may name."""

    compiled: Compiled
    focus: Node
    bindings: tuple[tuple[str, Term], ...]

    @property
    def value(self) -> Term | None:
        """Give the value that breaks the constraint, where it is about one."""
        return dict(self.bindings).get("value")

    def under(self, names: Mapping[Node, Node]) -> "Result":
        """Give the same result with each node that has another name in `names` called so."""
        focus, bindings = names.get(self.focus, self.focus), self.bindings
        renamed = (
            (name, term if isinstance(term, Literal) else names.get(term, term)) for name, term in bindings
        )
        return replace(self, focus=focus, bindings=tuple(renamed))

    @property
    def path(self) -> str:
        """Give the path to the value, in SPARQL syntax: the shape's, or the one that a rule selects."""
        return self.compiled.constraint.path or str(dict(self.bindings).get("path", ""))

    @property
    def component(self) -> str:
        """Give the IRI of the constraint component."""
        return SH + COMPONENTS[self.compiled.constraint.component]

    @property
    def message(self) -> str:
        """Give the shape's message, with the values of this result in it."""
        texts = {name: _said(term) for name, term in self.bindings} | {"this": display(self.focus)}
        return re.sub(r"\{[?$](\w+)\}", lambda m: texts.get(m[1], m[0]), self.compiled.constraint.message)


def _said(term: Term) -> str:
    """Give `term` as a sentence has it: a day or a number without quotation marks."""
    is_typed = isinstance(term, Literal) and term.datatype.value not in (XSD + "string", RDF + "langString")
    return term.value if is_typed else display(term)


class Engine:
    """The shapes of a store, compiled, and a way to run them there."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._shapes = Reader(store).shapes()
        self._compiled = [compiled(constraint) for constraint in self._shapes.constraints]
        self._names = self._shapes.named_for_targets()
        self._is_whole = False

    def results(self, change: Changeset) -> list[Result]:
        """Give all results of the shapes on the nodes that `change` can affect, warnings and infos included."""
        if self._is_most_of_the_store(change):
            return self.all_results()
        self._is_whole = False
        awake = (one.constraint for one in self._awake(change))
        pairs = Affected(self._store, self._shapes, change).pairs(awake)
        self._pair(pairs)
        shapes = {shape for _, shape in pairs}
        return self._run_all([one for one in self._compiled if one.constraint.node_shape in shapes])

    def all_results(self) -> list[Result]:
        """Give all results of the shapes on the whole store."""
        # Shapes with the same targets share their pairs: there are some three times as many otherwise.
        self._is_whole = True
        self._store.clear_graph(FOCUS_GRAPH)
        for name in set(self._names.values()):
            classes = " ".join(map(str, self._shapes.classes(name)))
            pair = f"GRAPH {FOCUS_GRAPH} {{ ?this {FOCUS_OF} {name} }}"
            typed = f"VALUES ?class {{ {classes} }} ?this a ?class"
            self._store.update(f"INSERT {{ {pair} }} WHERE {{ {typed} }}")
        return self._run_all(self._compiled)

    def _is_most_of_the_store(self, change: Changeset) -> bool:
        """Tell whether it costs less to run all shapes everywhere than to find out what `change` affects."""
        size = len(change.added) + len(change.removed)
        return size > _LARGE and size > len(self._store) / 4

    def _pair(self, pairs: Iterable[tuple[Node, NamedNode]]) -> None:
        """Let the scratch graph hold `pairs` of a node and the name by which queries find it."""
        self._store.clear_graph(FOCUS_GRAPH)
        self._store.extend(Quad(node, FOCUS_OF, name, FOCUS_GRAPH) for node, name in pairs)

    def _name(self, one: Compiled) -> NamedNode:
        """Give with what the scratch graph pairs the focus nodes of `one` now."""
        shape = one.constraint.node_shape
        return self._names[shape] if self._is_whole else shape

    def still(self, results: Sequence[Result], names: Mapping[Node, Node] = _NO_NAMES) -> set[Result]:
        """Give those of `results` that the store gives as well in the state that it has now, perhaps under `names`,
        in which nodes are called otherwise in this state.

        The scratch graph still pairs nodes with shapes as `results` found them: what is no target of its
        shape in this state, a new entity above all, did not break it here.
        """
        before = {result: result.under(names) for result in results}
        self._store.extend(
            Quad(was.focus, FOCUS_OF, self._name(was.compiled), FOCUS_GRAPH) for was in before.values()
        )
        found = {result for one in {r.compiled for r in results} for result in self._run(one)}
        given = {
            result for result in found.intersection([*before, *before.values()]) if self._is_target(result)
        }
        return {result for result, was in before.items() if result in given or was in given}

    def _is_target(self, result: Result) -> bool:
        classes = self._shapes.classes(result.compiled.constraint.node_shape)
        types = self._store.quads_for_pattern(result.focus, TYPE, None, MERGE)
        return any(quad.object in classes for quad in types)

    def _run_all(self, chosen: Sequence[Compiled]) -> list[Result]:
        results: list[Result] = []
        for number, one in enumerate(chosen, 1):
            progress.tell(f"running the shapes, {number} of {len(chosen)}")
            results += self._run(one)
        return results

    def _run(self, one: Compiled) -> Iterator[Result]:
        solutions = self._store.query(one.on(self._name(one)))
        assert isinstance(solutions, QuerySolutions)
        names = [variable.value for variable in solutions.variables]
        for solution in solutions:
            terms = ((name, solution[name]) for name in sorted(names))
            bound = {n: term for n, term in terms if isinstance(term, NamedNode | BlankNode | Literal)}
            focus = bound.pop("this")
            if not isinstance(focus, Literal):
                yield Result(one, focus, tuple(bound.items()))

    def _awake(self, change: Changeset) -> Iterator[Compiled]:
        """Give the rules that `change` concerns: it has a predicate or a class that they mention."""
        terms = {
            quad.object.value
            if quad.predicate == TYPE and isinstance(quad.object, NamedNode)
            else quad.predicate.value
            for quad in change.added | change.removed
        }
        for one in self._compiled:
            if one.is_open or not one.mentions.isdisjoint(terms):
                yield one
