"""What the graph states of some resources, and what all that they mention is called: read in three queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from pyoxigraph import Literal, NamedNode

from summitry.store.base import Reader, Row, Term
from summitry.terms import AP, LABEL, TYPE, compact
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
    """The labels and the narrowest classes of some resources; the first of `languages` that there is, is used."""

    def __init__(self, reader: Reader, resources: Iterable[NamedNode], languages: Sequence[str]) -> None:
        wanted = list(dict.fromkeys(resources))
        rows = reader.select("names-of", {"entity": wanted})
        self._labels = labels_of(rows, languages, column="value")
        self._types = _narrowest(reader, rows)

    def __len__(self) -> int:
        """Give how many labels it has."""
        return len(self._labels)

    def ref(self, resource: NamedNode) -> Ref:
        """Give `resource` with its name; one without a label is called by the words of its IRI."""
        label = self._labels.get(resource) or _from_iri(resource)
        return Ref(resource.value, label, self._types.get(resource, ""))


class Excerpt:
    """The statements of some resources. Properties are named by IRI, those of the ontology by local name."""

    def __init__(
        self,
        reader: Reader,
        resources: Iterable[NamedNode],
        languages: Sequence[str],
        *,
        also: Iterable[NamedNode] = (),
    ) -> None:
        """Read them from `reader`. `also` is what else shall be named."""
        self._languages = languages
        self._graphs: dict[tuple[Term, str, Term], list[str]] = {}
        self._values: dict[Term, dict[str, list[Term]]] = {}
        self._subjects: dict[tuple[str, Term], list[NamedNode]] = {}
        self.resources = tuple(dict.fromkeys(resources))
        for row in reader.select("statements-of", {"entity": self.resources}):
            self._take(row["entity"], _text(row["property"]), row["value"], _text(row["graph"]))
        mentioned = (value for _, _, value in self._graphs if isinstance(value, NamedNode))
        self.names = Names(reader, [*self.resources, *also, *mentioned], languages)

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


def labels_of(rows: Iterable[Row], languages: Sequence[str], *, column: str = "label") -> Mapping[Term, str]:
    """Give each entity's label in the first of `languages` that it has one in, else in any.

    A row has an `entity`, a literal in `column`, and perhaps the `property` between them: rdfs:label goes first.
    """
    best: dict[Term, tuple[bool, int, str, str]] = {}
    for row in rows:
        label = row.get(column)
        if isinstance(label, Literal):
            key = (row.get("property", LABEL) != LABEL, *rank(label, languages), label.value)
            best[row["entity"]] = min(key, best.get(row["entity"], key))
    return {entity: label for entity, (*_, label) in best.items()}


def _narrowest(reader: Reader, rows: Iterable[Row]) -> Mapping[Term, str]:
    """Give the local name of each entity's narrowest class of the ontology, of several the first."""
    classes: dict[Term, set[NamedNode]] = {}
    for row in rows:
        cls = row["value"]
        if isinstance(cls, NamedNode) and row["property"] == TYPE and cls.value.startswith(AP):
            classes.setdefault(row["entity"], set()).add(cls)
    above: dict[NamedNode, set[Term]] = {}
    for row in reader.select("classes-above", {"class": list(set().union(*classes.values()))}):
        if isinstance(cls := row["class"], NamedNode) and row["above"] != cls:
            above.setdefault(cls, set()).add(row["above"])
    narrow = {
        entity: found.difference(*(above.get(cls, ()) for cls in found)) for entity, found in classes.items()
    }
    return {
        entity: min(cls.value for cls in found).removeprefix(AP) for entity, found in narrow.items() if found
    }


def rank(literal: Literal, languages: Sequence[str]) -> tuple[int, str]:
    """Give how well a literal's language fits, the least being the best."""
    tongue = literal.language or ""
    return (languages.index(tongue) if tongue in languages else len(languages), tongue)


def _property(name: str) -> str:
    return name if ":" in name else AP + name


def _text(term: Term) -> str:
    return term.value


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
