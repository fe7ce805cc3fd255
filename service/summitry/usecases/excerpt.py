"""What the graph states of some resources, and what all that they mention is called."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from pyoxigraph import Literal, NamedNode

from summitry.store.base import Row, Term
from summitry.terms import AP, LABEL, TYPE, compact
from summitry.usecases.context import Context
from summitry.usecases.facts import Fact, Facts, facts
from summitry.usecases.readings import Day, Period

_XSD_STRING: Final = "http://www.w3.org/2001/XMLSchema#string"


@dataclass(frozen=True, slots=True)
class Ref:
    """A resource as others mention it. `type` is the local name of its narrowest class, empty if it has none."""

    iri: str
    label: str
    type: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A literal; `language` is empty where it has none."""

    value: str
    datatype: str
    language: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement about a resource. `graphs` are those that make it."""

    property: str
    value: Ref | Text
    graphs: tuple[str, ...]


class Names:
    """The labels and the narrowest classes of some resources, the labels in the first language there is."""

    def __init__(self, context: Context, resources: Iterable[NamedNode]) -> None:
        named = facts(context, "names-of", resources)
        self._labels = {resource: label_of(said, context.languages) for resource, said in named.items()}
        self._types = _narrowest(context, named)

    def ref(self, resource: NamedNode) -> Ref:
        """Give `resource` with its name; one without a label is called by the words of its IRI."""
        label = self._labels.get(resource) or _from_iri(resource)
        return Ref(resource.value, label, self._types.get(resource, ""))


class Excerpt:
    """The statements of some resources. Properties are named by IRI, those of the ontology by local name."""

    def __init__(
        self,
        context: Context,
        resources: Iterable[NamedNode],
        *,
        also: Iterable[NamedNode] = (),
    ) -> None:
        """Read them in `context`. `also` is what else shall be named."""
        self._languages = context.languages
        self._graphs: dict[tuple[Term, str, Term], list[str]] = {}
        self._values: dict[Term, dict[str, list[Term]]] = {}
        self._subjects: dict[tuple[str, Term], list[NamedNode]] = {}
        self.resources = tuple(dict.fromkeys(resources))
        for resource, said in facts(context, "statements-of", self.resources).items():
            for name, value, graph in said:
                self._take(resource, name.value, value, graph.value)
        mentioned = (value for _, _, value in self._graphs if isinstance(value, NamedNode))
        self.names = Names(context, [*self.resources, *also, *mentioned])

    def _take(self, resource: Term, name: str, value: Term, graph: str) -> None:
        graphs = self._graphs.setdefault((resource, name, value), [])
        if not graphs:
            self._values.setdefault(resource, {}).setdefault(name, []).append(value)
            if isinstance(resource, NamedNode):
                self._subjects.setdefault((name, value), []).append(resource)
        graphs.append(graph)

    def ref(self, resource: NamedNode) -> Ref:
        """Give `resource` with its name."""
        return self.names.ref(resource)

    def nodes(self, resource: NamedNode, name: str) -> list[NamedNode]:
        """Give the resources that are values of a property, in the order of their IRIs."""
        values = self._values.get(resource, {}).get(_property(name), [])
        return sorted((value for value in values if isinstance(value, NamedNode)), key=str)

    def subjects(self, name: str, value: NamedNode) -> list[NamedNode]:
        """Give those resources of the excerpt that have this value of a property, in the order of their IRIs."""
        return sorted(self._subjects.get((_property(name), value), []), key=str)

    def refs(self, resource: NamedNode, name: str) -> tuple[Ref, ...]:
        """Give the resources that are values of a property, in the order of their labels."""
        return self.named(self.nodes(resource, name))

    def named(self, resources: Iterable[NamedNode]) -> tuple[Ref, ...]:
        """Give `resources` with their names, in the order of their labels."""
        return tuple(sorted(map(self.ref, resources), key=lambda ref: (ref.label.casefold(), ref.iri)))

    def one(self, resource: NamedNode, name: str) -> Ref | None:
        """Give the one resource that is the value of a property, the first where there are several."""
        return next(iter(self.refs(resource, name)), None)

    def literals(self, resource: NamedNode, name: str) -> list[Literal]:
        """Give the literals that are values of a property, those in the preferred language first."""
        values = self._values.get(resource, {}).get(_property(name), [])
        literals = (value for value in values if isinstance(value, Literal))
        return sorted(literals, key=lambda literal: (rank(literal, self._languages), literal.value))

    def text(self, resource: NamedNode, name: str) -> str | None:
        """Give the text of the one literal that is the value of a property."""
        return next((literal.value for literal in self.literals(resource, name)), None)

    def is_true(self, resource: NamedNode, name: str) -> bool | None:
        """Give the one boolean that is the value of a property."""
        text = self.text(resource, name)
        return None if text is None else text in ("true", "1")

    def day(self, resource: NamedNode, name: str) -> Day | None:
        """Give the date that is the value of a property, as exactly as the property `…Precision` says."""
        try:
            first = date.fromisoformat(self.text(resource, name) or "")
        except ValueError:
            return None  # a year beyond 9999, which XML Schema knows and Python does not
        return Day(first, self.text(resource, f"{name}Precision") or "day")

    def period(self, resource: NamedNode) -> Period:
        """Give when a tenure, a membership or a state holds."""
        names = ("from", "until", "scheduledUntil", "observedOn")
        return Period(*(self.day(resource, name) for name in names))

    def statements(self, resource: NamedNode) -> tuple[Statement, ...]:
        """Give all that is stated of `resource`, by property and value."""
        found = [
            Statement(name, self._value(value), tuple(sorted(graphs)))
            for (subject, name, value), graphs in self._graphs.items()
            if subject == resource
        ]
        return tuple(sorted(found, key=_order))

    def value(self, resource: NamedNode, name: str) -> Ref | Text | None:
        """Give the one value of a property, whatever it is."""
        values = self._values.get(resource, {}).get(_property(name), [])
        return self._value(min(values, key=str)) if values else None

    def graphs(self, resources: Iterable[NamedNode]) -> list[NamedNode]:
        """Give the graphs that state anything of `resources`."""
        wanted = set(resources)
        names = {
            graph for (subject, _, _), found in self._graphs.items() if subject in wanted for graph in found
        }
        return [NamedNode(name) for name in sorted(names)]

    def _value(self, term: Term) -> Ref | Text:
        if isinstance(term, NamedNode):
            return self.ref(term)
        if isinstance(term, Literal):
            return Text(term.value, term.datatype.value, term.language or "")
        return Text(term.value, _XSD_STRING, "")


def column(rows: Iterable[Row], name: str) -> list[NamedNode]:
    """Give the resources in one column of `rows`."""
    terms = (row.get(name) for row in rows)
    return [term for term in terms if isinstance(term, NamedNode)]


def label_of(said: Iterable[Fact], languages: Sequence[str]) -> str | None:
    """Give the label in the first of `languages` that there is, else in any, of properties and their values.

    rdfs:label goes first.
    """
    labels = [
        (name != LABEL, *rank(value, languages), value.value)
        for name, value in said
        if isinstance(value, Literal)
    ]
    return min(labels)[-1] if labels else None


def _narrowest(context: Context, named: Facts) -> Mapping[NamedNode, str]:
    """Give the local name of each resource's narrowest class of the ontology, of several the first."""
    classes = {resource: frozenset(_classes(said)) for resource, said in named.items()}
    kinds = set(classes.values())
    above = facts(context, "classes-above", frozenset().union(*kinds))
    wider = {cls: _others(said, cls) for cls, said in above.items()}
    narrow = {kind: kind.difference(*(wider[cls] for cls in kind)) for kind in kinds}
    return {
        resource: min(cls.value for cls in narrow[kind]).removeprefix(AP)
        for resource, kind in classes.items()
        if narrow[kind]
    }


def _classes(said: Iterable[Fact]) -> Iterator[NamedNode]:
    for name, cls in said:
        if name == TYPE and isinstance(cls, NamedNode) and cls.value.startswith(AP):
            yield cls


def _others(above: Iterable[Fact], cls: NamedNode) -> set[Term]:
    return {other for (other,) in above if other != cls}


def rank(literal: Literal, languages: Sequence[str]) -> tuple[int, str]:
    """Give how well a literal's language fits, the least being the best."""
    tongue = literal.language or ""
    return (languages.index(tongue) if tongue in languages else len(languages), tongue)


def _property(name: str) -> str:
    return name if ":" in name else AP + name


def _from_iri(resource: NamedNode) -> str:
    name = compact(resource.value)
    return (
        name.partition(":")[2].replace("-", " ")
        if ":" in name[1:] and not name.startswith("<")
        else resource.value
    )


def _order(statement: Statement) -> tuple[str, str, str]:
    value = statement.value
    shown = (value.label, value.iri) if isinstance(value, Ref) else (value.value, value.language)
    return (statement.property, *shown)
