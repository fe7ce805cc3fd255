"""The ontology as one page for readers: its terms by module, each at its own anchor."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from summitry.terms import AP, DCTERMS, LABEL, ONTOLOGY, OWL, RDFS, SKOS, TYPE, compact

Value = NamedNode | BlankNode | Literal | Triple
Statements = Mapping[NamedNode, Sequence[Value]]

_PREF_LABEL: Final = NamedNode(SKOS + "prefLabel")
_DEFINITION: Final = NamedNode(SKOS + "definition")
_TITLE: Final = NamedNode(DCTERMS + "title")
_DESCRIPTION: Final = NamedNode(DCTERMS + "description")
_VERSION: Final = NamedNode(OWL + "versionInfo")
_SAID_ELSEWHERE: Final = {LABEL, _PREF_LABEL, _DEFINITION, NamedNode(RDFS + "isDefinedBy")}
_KINDS: Final = {
    NamedNode(OWL + "Class"): "Classes",
    NamedNode(OWL + "ObjectProperty"): "Properties that link",
    NamedNode(OWL + "DatatypeProperty"): "Properties with values",
    NamedNode(SKOS + "ConceptScheme"): "Schemes",
}
_CONCEPTS: Final = "Concepts"


def content(files: Iterable[Path]) -> tuple[str, str]:
    """Give the title and the HTML of the page about the ontology in `files`, one file for each module."""
    modules = {path.stem: _statements(path) for path in files}
    header = next(terms[ONTOLOGY] for terms in modules.values() if ONTOLOGY in terms)
    title = _text(header, _TITLE)
    sections = (_module(name, terms) for name, terms in modules.items() if ONTOLOGY not in terms)
    return title, "\n".join([*_head(title, header, modules), *sections])


def _statements(path: Path) -> dict[NamedNode, dict[NamedNode, list[Value]]]:
    terms: dict[NamedNode, dict[NamedNode, list[Value]]] = defaultdict(lambda: defaultdict(list))
    for quad in parse(path=path, format=RdfFormat.TURTLE):
        if isinstance(quad.subject, NamedNode):
            terms[quad.subject][quad.predicate].append(quad.object)
    return terms


def _head(title: str, header: Statements, modules: Iterable[str]) -> Iterator[str]:
    yield f"<h1>{escape(title)}</h1>"
    yield f"<p>{escape(_text(header, _DESCRIPTION))}</p>"
    yield f"<p>Namespace <code>{AP}</code>, prefix <code>ap:</code>, version {escape(_text(header, _VERSION))}.</p>"
    yield (
        '<p>The same for programs: <a href="/ns?format=turtle">Turtle</a>, <a href="/ns?format=jsonld">JSON-LD</a>, '
        '<a href="/ns?format=xml">RDF/XML</a>; <a href="/ns/context.jsonld">JSON-LD context</a>; '
        '<a href="/shapes">shapes</a>.</p>'
    )
    links = (f'<a href="#module-{escape(name)}">{escape(name)}</a>' for name in modules if name != "summitry")
    yield f"<p>Modules: {', '.join(links)}.</p>"


def _module(name: str, terms: Mapping[NamedNode, Statements]) -> str:
    by_kind: dict[str, list[str]] = defaultdict(list)
    for term, statements in terms.items():
        by_kind[_kind(statements)].append(_term(term, statements))
    parts = [f'<h2 id="module-{escape(name)}">{escape(name.capitalize())}</h2>']
    for kind in (*_KINDS.values(), _CONCEPTS):
        if by_kind[kind]:
            parts += [f"<h3>{kind}</h3>", *by_kind[kind]]
    return "\n".join(parts)


def _kind(statements: Statements) -> str:
    return next((_KINDS[kind] for kind in _KINDS if kind in statements.get(TYPE, ())), _CONCEPTS)


def _term(term: NamedNode, statements: Statements) -> str:
    label = _text(statements, LABEL) or _text(statements, _PREF_LABEL)
    rows = (
        f"<dt>{escape(compact(predicate.value))}</dt><dd>{', '.join(map(_value, values))}</dd>"
        for predicate, values in statements.items()
        if predicate not in _SAID_ELSEWHERE and not _KINDS.keys() >= set(values)
    )
    return (
        f'<section id="{_anchor(term)}"><h4>{escape(compact(term.value))} <small>{escape(label)}</small></h4>'
        f"<p>{escape(_text(statements, _DEFINITION))}</p><dl>{''.join(rows)}</dl></section>"
    )


def _value(value: Value) -> str:
    match value:
        case NamedNode():
            is_ours = value.value.startswith(AP)
            target = f"#{_anchor(value)}" if is_ours else value.value
            return f'<a href="{escape(target)}">{escape(compact(value.value))}</a>'
        case Literal():
            return escape(value.value)
        case _:
            return "(a restriction)"


def _anchor(term: NamedNode) -> str:
    """Give the fragment of a term, as in ns#Leader; for a concept its prefixed name."""
    is_ours = term.value.startswith(AP)
    return escape(term.value.removeprefix(AP) if is_ours else compact(term.value).strip("<>"))


def _text(statements: Statements, predicate: NamedNode) -> str:
    """Give the English text, or the first there is, or none."""
    texts = [value for value in statements.get(predicate, ()) if isinstance(value, Literal)]
    english = (text for text in texts if text.language in ("en", None))
    first = next(english, texts[0] if texts else None)
    return first.value if first else ""
