"""Which entity a row of somebody's table means: candidates by name, office and properties, with what speaks for each.

The score of a candidate, 0 to 100, is made of its features: how alike the name is, and for each condition how alike
the closest value is. A candidate is a match when it is very alike and none of the others comes near.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final

from pyoxigraph import NamedNode
from rapidfuzz import fuzz

from summitry.collation import collated
from summitry.errors import BadParameter
from summitry.store.base import Names
from summitry.usecases.attributes import HELD, Attributes
from summitry.usecases.context import Context
from summitry.usecases.excerpt import Excerpt, Ref, Text, column
from summitry.usecases.readings import sureness
from summitry.usecases.search import LEADER, PERSON, Search, classes_below, is_of, ranked

BATCH: Final = 50
LIMIT: Final = 5
MOST: Final = 25
LETTERS: Final = 300
ON: Final = "validAt"  # not a property of an entity: the day on which offices are read
_POOL: Final = 40  # candidates by name that are looked at closely
_WEIGHT: Final = 0.5  # of a condition, where the name has 1
_THROUGH_OFFICE: Final = 0.95  # of a name's worth, where it names an office that the candidate holds
_CERTAIN: Final = 90.0
_LEAD: Final = 5.0
_ALIKE: Final = 0.9
_CODE: Final = 4  # characters: what is no longer is the same or is not, a likeness means nothing


class Quantifier(StrEnum):
    """Which of the values of a condition must be found."""

    ANY = "any"
    ALL = "all"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Condition:
    """What an entity's property should be: texts, IRIs or slugs. `required`: nothing without it is a candidate."""

    property: str
    values: tuple[str, ...]
    quantifier: Quantifier = Quantifier.ANY
    required: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """What is known of an entity: names, its classes (any of these local names), conditions, and perhaps its IRI."""

    names: tuple[str, ...]
    types: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    limit: int = LIMIT
    iris: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing that speaks for a candidate: 0 is not at all, 100 as much as can be."""

    id: str
    name: str
    value: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entity that may be meant. `match`: it is, as far as can be told."""

    ref: Ref
    description: str
    score: float
    match: bool
    features: tuple[Feature, ...]


@dataclass(frozen=True, slots=True)
class _Named:
    """An entity and how alike its name is, from 0 to 1. `through` is the office by whose name it was found."""

    likeness: float
    through: str = ""


class Reconciler:
    """Looks for candidates in the graph of a context; `names` is the index of that graph."""

    def __init__(self, names: Names, context: Context) -> None:
        self._names = names
        self._context = context
        self._reader = context.reader

    def candidates(self, query: Query) -> list[Candidate]:
        """Give the candidates, the best first; none where the names are blank, as cells of a table may be.

        Raises BadParameter for what cannot be looked for.
        """
        types = frozenset(below for name in query.types for below in classes_below(self._reader, name))
        names = tuple(filter(collated, query.names))
        if query.names and not (names or query.iris or query.conditions):
            return []
        query = replace(query, names=names)
        _check(query)
        day = _day(query.conditions)
        context = replace(self._context, valid_at=day) if day else self._context
        found = self._found(query, types, context.day)
        nodes = [NamedNode(iri) for iri in found]
        attributes = Attributes(nodes, context)
        judged = [self._judged(query, attributes, node, found[node.value]) for node in nodes]
        return _decided([candidate for candidate in judged if candidate], query.limit)

    def _found(self, query: Query, types: frozenset[str], on: date) -> dict[str, _Named]:
        found = {iri: _Named(1.0) for iri in self._declared(query.iris)}
        for text in query.names or _codes(query.conditions):
            for iri, named in self._named(text, types, on):
                if iri not in found or named.likeness > found[iri].likeness:
                    found[iri] = named
        best = sorted(found, key=lambda iri: (-found[iri].likeness, iri))
        return {iri: found[iri] for iri in best[:_POOL]}

    def _declared(self, iris: Iterable[str]) -> list[str]:
        try:
            nodes = [NamedNode(iri) for iri in iris]
        except ValueError as error:
            raise BadParameter(f"an id is no identifier of an entity: {error}") from error
        return (
            [row["entity"].value for row in self._reader.select("classes-of", {"entity": nodes})]
            if nodes
            else []
        )

    def _named(self, text: str, types: frozenset[str], on: date) -> Iterator[tuple[str, _Named]]:
        for _, _, name in ranked(self._names, Search(text, types, self._context))[:_POOL]:
            yield name.entity, _Named(likeness(text, name.text))
        if not types or types & {PERSON, LEADER}:
            holders = self._holders(self._offices(text), on)
            yield from (held for held in holders if is_of(self._context, types, PERSON, held[0]))

    def _offices(self, text: str) -> dict[NamedNode, _Named]:
        """Give the offices that `text` names, by their own names or as those of a country ('US president')."""
        offices = frozenset(classes_below(self._reader, "Office"))
        found = {
            NamedNode(name.entity): _Named(likeness(text, name.text), name.text)
            for _, _, name in ranked(self._names, Search(text, offices, self._context))[:_POOL]
        }
        for country, rest in self._countries(text):
            of_country = set(column(self._reader.select("offices-of", {"country": [country]}), "office"))
            for _, _, name in ranked(self._names, Search(rest, offices, self._context)):
                if NamedNode(name.entity) in of_country:
                    found[NamedNode(name.entity)] = _Named(1.0, name.text)
        return found

    def _countries(self, text: str) -> Iterator[tuple[NamedNode, str]]:
        """Give the countries that the first or the last words of `text` name, and the other words."""
        economies = frozenset(classes_below(self._reader, "Economy"))
        words = collated(text).replace(" of the ", " ").replace(" of ", " ").split()
        for cut in range(1, len(words)):
            for name, rest in ((words[:cut], words[cut:]), (words[cut:], words[:cut])):
                for exact in self._names.exact(" ".join(name), _POOL):
                    if exact.type in economies:
                        yield NamedNode(exact.entity), " ".join(rest)

    def _holders(self, offices: dict[NamedNode, _Named], on: date) -> Iterator[tuple[str, _Named]]:
        """Give who holds the offices on the day."""
        if not offices:
            return
        rows = self._reader.select("holders-of", {"office": list(offices)})
        tenures = Excerpt(self._context, column(rows, "tenure"))
        for row in rows:
            office, tenure, holder = row["office"], row["tenure"], row["holder"]
            if isinstance(tenure, NamedNode) and sureness(tenures.period(tenure), on) in HELD:
                named = offices[NamedNode(office.value)]
                yield holder.value, replace(named, likeness=named.likeness * _THROUGH_OFFICE)

    def _judged(
        self, query: Query, attributes: Attributes, node: NamedNode, named: _Named
    ) -> Candidate | None:
        features = (
            [_feature("name", "likeness of the name", named.likeness)] if query.names or query.iris else []
        )
        if named.through:
            features = [_feature("office", f"holds the office {named.through}", named.likeness)]
        for condition in query.conditions:
            if condition.property == ON:
                continue
            fit = self._fit(condition, attributes, node)
            if condition.required and fit < _ALIKE:
                return None
            label = attributes.label(condition.property)
            features.append(_feature(f"property:{condition.property}", f"likeness of the {label}", fit))
        return Candidate(
            attributes.ref(node), attributes.description(node), _score(features), False, tuple(features)
        )

    def _fit(self, condition: Condition, attributes: Attributes, node: NamedNode) -> float:
        held = attributes.values(node, condition.property)
        fits = [max((self._alike(text, value) for value in held), default=0.0) for text in condition.values]
        match condition.quantifier:
            case Quantifier.ANY:
                return max(fits)
            case Quantifier.ALL:
                return min(fits)
            case Quantifier.NONE:
                return 0.0 if max(fits) >= _ALIKE else 1.0

    def _alike(self, text: str, value: Ref | Text) -> float:
        """Tell how alike `text` and a value are, from 0 to 1: a resource may be meant by any of its names."""
        if isinstance(value, Text):
            is_code = min(len(text), len(value.value)) <= _CODE
            return float(collated(text) == collated(value.value)) if is_code else likeness(text, value.value)
        slug = value.iri.rpartition("/")[2]
        if text in (value.iri, slug) or value.iri.endswith(f"/id/{text}"):
            return 1.0
        by_name = any(name.entity == value.iri for name in self._names.exact(text, MOST))
        return 1.0 if by_name else likeness(text, value.label)


def likeness(text: str, other: str) -> float:
    """Tell how alike two names are, from 0 to 1; neither case, accents, commas nor the order of words count."""
    one, two = (collated(name).replace(",", " ") for name in (text, other))
    return max(fuzz.ratio(one, two), 0.99 * fuzz.token_sort_ratio(one, two)) / 100


def _check(query: Query) -> None:
    for text in (*query.names, *(value for condition in query.conditions for value in condition.values)):
        if len(text) > LETTERS:
            raise BadParameter(f"{text[:20]!r}… is no name: it has more than {LETTERS} characters")
    if not any(map(collated, (*query.names, *query.iris, *_codes(query.conditions)))):
        raise BadParameter("a query needs a name or a property to look for")
    if any(not condition.values for condition in query.conditions):
        raise BadParameter("a condition without a value matches nothing; give it one or leave it out")


def _codes(conditions: Iterable[Condition]) -> list[str]:
    """Give what entities may be found by where no name is given: the values, of which some may be codes."""
    return [
        value
        for condition in conditions
        if condition.property != ON and condition.quantifier is not Quantifier.NONE
        for value in condition.values
    ]


def _day(conditions: Iterable[Condition]) -> date | None:
    days = [condition.values[0] for condition in conditions if condition.property == ON and condition.values]
    try:
        return date.fromisoformat(days[-1][:10]) if days else None
    except ValueError as error:
        raise BadParameter(f"{ON}: {days[-1]!r} is not a day; write it as 2025-10-30") from error


def _feature(name: str, label: str, value: float) -> Feature:
    return Feature(name, label, round(100 * value, 2))


def _score(features: Sequence[Feature]) -> float:
    """Give the weighted mean of the features: the first is the name's, where there is one."""
    weights = [_WEIGHT if feature.id.startswith("property:") else 1.0 for feature in features]
    total = sum(weight * feature.value for weight, feature in zip(weights, features, strict=True))
    return round(total / sum(weights), 2) if weights else 0.0


def _decided(candidates: list[Candidate], limit: int) -> list[Candidate]:
    """Give the best candidates in order; the first is a match if it is alone at the top."""
    ordered = sorted(candidates, key=lambda c: (-c.score, c.ref.label, c.ref.iri))
    if not ordered:
        return []
    first, second = ordered[0], ordered[1].score if len(ordered) > 1 else 0.0
    fits = all(feature.value >= 100 * _ALIKE for feature in first.features)
    is_match = fits and first.score >= _CERTAIN and first.score - second >= _LEAD
    return [replace(first, match=is_match), *ordered[1:]][:limit]
