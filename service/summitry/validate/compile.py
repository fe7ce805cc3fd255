"""Each SHACL constraint as one SPARQL query that selects what breaks it.

The definitions follow https://www.w3.org/TR/shacl/#core-components. A query reads its focus nodes from
a scratch graph of the store it runs on (see `summitry.validate.engine`), so that the planner knows how
many there are. Query text is composed here, from our own shapes and never from what a client sends.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from pyoxigraph import NamedNode

from summitry.errors import UnsupportedShape
from summitry.terms import RDF, SH, SYSTEM, XSD
from summitry.validate.shapes import Constraint, Term

FOCUS_GRAPH: Final = NamedNode(SYSTEM + "focus")
FOCUS_OF: Final = NamedNode(SYSTEM + "focus-of")
_NAME: Final = NamedNode(SYSTEM + "focus-name")
_TYPE: Final = f"<{RDF}type>"
# Oxigraph has casts for these alone (SPARQL 1.1 §17.5, and its own); a cast fails on an ill-typed literal.
_CASTS: Final = frozenset(
    XSD + name for name in ("boolean", "integer", "decimal", "float", "double", "date", "dateTime", "time")
)
_ANY_PREDICATE: Final = re.compile(r"([?$]\w+|;)\s+\?\w+\s+[^\s.;,{}()]")


@dataclass(frozen=True, slots=True)
class Compiled:
    """A constraint and the query that selects `?this`, and `?value` where there is one, of what breaks it.

    `query` leaves open with what the scratch graph pairs its focus nodes: see `on`.

    `mentions` are the predicates and classes that a SPARQL rule names; one that `is_open` has a variable
    for a predicate, and so may read all of them.
    """

    constraint: Constraint
    query: str
    mentions: frozenset[str] = frozenset()
    is_open: bool = False

    def on(self, name: NamedNode) -> str:
        """Give the query for the nodes that the scratch graph pairs with `name`."""
        return self.query.replace(str(_NAME), str(name))


def compiled(constraint: Constraint) -> Compiled:
    """Give the query of `constraint`. Raises UnsupportedShape where there is none."""
    focus = f"GRAPH {FOCUS_GRAPH} {{ ?this {FOCUS_OF} {_NAME} }}"
    if constraint.component == "sparql":
        return _rule(constraint, focus)
    if not constraint.path and constraint.component in _QUERIES:
        raise UnsupportedShape(f"{constraint.shape} has sh:{constraint.component} without sh:path")
    query = _QUERIES.get(constraint.component, _each_value)(constraint, focus)
    return Compiled(constraint, query)


def _rule(constraint: Constraint, focus: str) -> Compiled:
    select, *pairs = (term.value for term in constraint.parameters)
    prefixes = dict(zip(pairs[::2], pairs[1::2], strict=True))
    head, where, body = _at_where(select)
    prologue = "".join(f"PREFIX {name}: <{space}>\n" for name, space in sorted(prefixes.items()))
    query = f"{prologue}{head}{where}{focus} {body}"
    return Compiled(constraint, query, _mentions(select, prefixes), is_open=bool(_ANY_PREDICATE.search(body)))


def _at_where(select: str) -> tuple[str, str, str]:
    opening = re.search(r"\bWHERE\s*\{", select, re.IGNORECASE)
    if opening is None:
        raise UnsupportedShape(f"a rule has no WHERE: {select}")
    return select[: opening.start()], opening.group(), select[opening.end() :]


def _mentions(select: str, prefixes: Mapping[str, str]) -> frozenset[str]:
    named = re.findall(r"(?<![\w?$:])([\w-]+):([\w-]+)", select)
    full = re.findall(r"<([^<>\s]+)>", select)
    return frozenset([prefixes[p] + name for p, name in named if p in prefixes] + full)


def _min_count(constraint: Constraint, focus: str) -> str:
    least = int(constraint.parameters[0].value)
    if least == 1:
        return f"SELECT ?this {{ {focus} FILTER NOT EXISTS {{ ?this {constraint.path} ?value }} }}"
    return _counted(constraint, focus, f"< {least}")


def _max_count(constraint: Constraint, focus: str) -> str:
    return _counted(constraint, focus, f"> {int(constraint.parameters[0].value)}")


def _counted(constraint: Constraint, focus: str, bound: str) -> str:
    return (
        f"SELECT ?this {{ {focus} OPTIONAL {{ ?this {constraint.path} ?value }} }} "
        f"GROUP BY ?this HAVING (COUNT(DISTINCT ?value) {bound})"
    )


def _unique_lang(constraint: Constraint, focus: str) -> str:
    # Per named graph: a second graph may give alternatives in the same language.
    return (
        f"SELECT DISTINCT ?this (LANG(?value) AS ?language) {{ {focus} "
        f"GRAPH ?graph {{ ?this {constraint.path} ?value, ?other }} "
        'FILTER(LANG(?value) != "" && LCASE(LANG(?value)) = LCASE(LANG(?other)) && !SAMETERM(?value, ?other)) }'
    )


def _has_value(constraint: Constraint, focus: str) -> str:
    wanted = constraint.parameters[0]
    return f"SELECT ?this {{ {focus} FILTER NOT EXISTS {{ ?this {constraint.path} {wanted} }} }}"


def _less_than_or_equals(constraint: Constraint, focus: str) -> str:
    other = constraint.parameters[0]
    return (
        f"SELECT ?this ?value {{ {focus} ?this {constraint.path} ?value . ?this {other} ?other "
        "FILTER(!COALESCE(?value <= ?other, false)) }"
    )


def _each_value(constraint: Constraint, focus: str) -> str:
    value = "?value" if constraint.path else "?this"
    values = f"?this {constraint.path} ?value" if constraint.path else ""
    test = _TESTS[constraint.component](value, constraint)
    selected = "?this ?value" if constraint.path else "?this"
    return f"SELECT DISTINCT {selected} {{ {focus} {values} FILTER(!COALESCE({test}, false)) }}"


def _or(value: str, constraint: Constraint) -> str:
    pairs = zip(constraint.parameters[::2], constraint.parameters[1::2], strict=True)
    tests = (_ALTERNATIVES[name.value.removeprefix(SH)](value, term) for name, term in pairs)
    return " || ".join(f"COALESCE({test}, false)" for test in tests)


def _class(value: str, classes: Sequence[Term]) -> str:
    # The subclasses are listed: a path inside EXISTS is walked from everywhere, once per value.
    return f"EXISTS {{ VALUES ?class {{ {' '.join(map(str, classes))} }} {value} {_TYPE} ?class }}"


def _datatype(value: str, datatype: Term) -> str:
    test = f"ISLITERAL({value}) && DATATYPE({value}) = {datatype}"
    if datatype.value in _CASTS:
        test += f' && STR({datatype}(STR({value}))) != ""'
    return test


def _node_kind(value: str, kind: Term) -> str:
    tests = {"IRI": "ISIRI", "BlankNode": "ISBLANK", "Literal": "ISLITERAL"}
    kinds = kind.value.removeprefix(SH).split("Or")
    return " || ".join(f"{tests[name]}({value})" for name in kinds)


def _pattern(value: str, constraint: Constraint) -> str:
    pattern = constraint.parameters[0]
    flags = f', "{constraint.flags}"' if constraint.flags else ""
    return f"!ISBLANK({value}) && REGEX(STR({value}), {pattern}{flags})"


def _in(value: str, constraint: Constraint) -> str:
    return " || ".join(["false", *(f"SAMETERM({value}, {term})" for term in constraint.parameters)])


def _compared(operator: str) -> Callable[[str, Constraint], str]:
    return lambda value, constraint: f"{value} {operator} {constraint.parameters[0]}"


def _length(operator: str) -> Callable[[str, Constraint], str]:
    def test(value: str, constraint: Constraint) -> str:
        return f"!ISBLANK({value}) && STRLEN(STR({value})) {operator} {int(constraint.parameters[0].value)}"

    return test


_QUERIES: Final[Mapping[str, Callable[[Constraint, str], str]]] = MappingProxyType(
    {
        "minCount": _min_count,
        "maxCount": _max_count,
        "uniqueLang": _unique_lang,
        "hasValue": _has_value,
        "lessThanOrEquals": _less_than_or_equals,
    }
)
_ALTERNATIVES: Final[Mapping[str, Callable[[str, Term], str]]] = MappingProxyType(
    {"class": lambda value, cls: _class(value, [cls]), "datatype": _datatype, "nodeKind": _node_kind}
)
_TESTS: Final[Mapping[str, Callable[[str, Constraint], str]]] = MappingProxyType(
    {
        "class": lambda value, c: _class(value, c.parameters),
        "datatype": lambda value, c: _datatype(value, c.parameters[0]),
        "nodeKind": lambda value, c: _node_kind(value, c.parameters[0]),
        "pattern": _pattern,
        "in": _in,
        "or": _or,
        "minInclusive": _compared(">="),
        "minExclusive": _compared(">"),
        "maxInclusive": _compared("<="),
        "maxExclusive": _compared("<"),
        "minLength": _length(">="),
        "maxLength": _length("<="),
    }
)
