"""What the graph states of some resources, and what all that they mention is called."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from pyoxigraph import Literal, NamedNode

from summitry.store.base import Row, Term
from summitry.terms import AP, compact
from summitry.usecases.context import Context
from summitry.usecases.facts import Facts, facts
from summitry.usecases.readings import Day, Period
from summitry.usecases.said import CALLED, NOTHING, STATED, Said

_XSD_STRING: Final = "http://www.w3.org/2001/XMLSchema#string"
_ABOVE: Final = Facts("classes-above", lambda rows: frozenset(above for (above,) in rows))


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

    def __init__(
        self,
        context: Context,
        resources: Iterable[NamedNode],
        *,
        said: Mapping[NamedNode, Said] = MappingProxyType({}),
    ) -> None:
        """Read what they are called; of what there is something `said` of, that tells it."""
        called = facts(context, CALLED, (resource for resource in resources if resource not in said))
        self._called = called | {resource: known.called for resource, known in said.items()}
        self._languages = context.languages
        self._types = _narrowest(context, {known.classes for known in self._called.values()})
        self._refs: dict[NamedNode, Ref] = {}

    def ref(self, resource: NamedNode) -> Ref:
        """Give `resource` with its name; one without a label is called by the words of its IRI."""
        found = self._refs.get(resource)
        if found is None:
            found = self._refs[resource] = self._named(resource)
        return found

    def _named(self, resource: NamedNode) -> Ref:
        called = self._called.get(resource, NOTHING)
        label = called.label(self._languages) or _from_iri(resource)
        return Ref(resource.value, label, self._types.get(called.classes, ""))


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
        self.resources = tuple(dict.fromkeys(resources))
        self._said = facts(context, STATED, self.resources)
        self._subjects: dict[str, Mapping[Term, Sequence[NamedNode]]] = {}
        mentioned = (node for said in self._said.values() for node in said.nodes)
        self.names = Names(context, [*also, *mentioned], said=self._said)

    def ref(self, resource: NamedNode) -> Ref:
        """Give `resource` with its name."""
        return self.names.ref(resource)

    def _values(self, resource: NamedNode, name: str) -> Iterable[Term]:
        said = self._said.get(resource)
        return () if said is None else said.values.get(_property(name), ())

    def nodes(self, resource: NamedNode, name: str) -> list[NamedNode]:
        """Give the resources that are values of a property, in the order of their IRIs."""
        return [value for value in self._values(resource, name) if isinstance(value, NamedNode)]

    def subjects(self, name: str, value: NamedNode) -> Sequence[NamedNode]:
        """Give those resources of the excerpt that have this value of a property, in the order of their IRIs."""
        if name not in self._subjects:
            self._subjects[name] = self._by_value(name)
        return self._subjects[name].get(value, ())

    def _by_value(self, name: str) -> Mapping[Term, Sequence[NamedNode]]:
        found: dict[Term, list[NamedNode]] = {}
        for resource in sorted(self._said, key=str):
            for value in self._values(resource, name):
                found.setdefault(value, []).append(resource)
        return found

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
        literals = [value for value in self._values(resource, name) if isinstance(value, Literal)]
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
            Statement(name, self._value(value), graphs)
            for name, values in self._said[resource].values.items()
            for value, graphs in values.items()
        ]
        return tuple(sorted(found, key=_order))

    def value(self, resource: NamedNode, name: str) -> Ref | Text | None:
        """Give the one value of a property, whatever it is."""
        first = next(iter(self._values(resource, name)), None)
        return self._value(first) if first else None

    def graphs(self, resources: Iterable[NamedNode]) -> list[NamedNode]:
        """Give the graphs that state anything of `resources`."""
        names = frozenset[str]().union(*(self._said[resource].graphs for resource in resources))
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


def _narrowest(context: Context, kinds: Set[frozenset[NamedNode]]) -> Mapping[frozenset[NamedNode], str]:
    """Give the local name of the narrowest class of each of `kinds`, of several the first."""
    wider = facts(context, _ABOVE, frozenset().union(*kinds))
    return {kind: _first_narrow(kind, wider).removeprefix(AP) for kind in kinds if kind}


def _first_narrow(kind: frozenset[NamedNode], wider: Mapping[NamedNode, frozenset[Term]]) -> str:
    narrow = (cls.value for cls in kind if not any(cls in wider[other] for other in kind - {cls}))
    return min(narrow, default="")


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
