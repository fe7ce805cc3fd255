"""Who says so: claims, speech acts, and the graphs that things are stated in."""

from dataclasses import dataclass

from pyoxigraph import NamedNode

from summitry.terms import DCTERMS, PROV, RDF
from summitry.usecases.excerpt import Excerpt, Ref, Text
from summitry.usecases.parts import Backing, backing
from summitry.usecases.readings import Day


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement held apart from the facts because it is attributed, inferred or disputed."""

    ref: Ref
    about: Ref | None
    property: str
    value: Ref | Text | None
    said_by: tuple[Ref, ...]
    relayed_by: tuple[Ref, ...]
    basis: str | None
    contradicts: tuple[Ref, ...]
    backing: Backing


@dataclass(frozen=True, slots=True)
class SpeechAct:
    """Something said, as a document reports it."""

    ref: Ref
    gist: str | None
    quotes: tuple[str, ...]
    said_by: tuple[Ref, ...]
    relayed_by: tuple[Ref, ...]
    addressees: tuple[Ref, ...]
    about: tuple[Ref, ...]
    threatens: tuple[Ref, ...]
    asserts: tuple[Ref, ...]
    responds_to: tuple[Ref, ...]
    said_on: Day | None
    in_private: bool | None
    outlook: str | None
    backing: Backing


@dataclass(frozen=True, slots=True)
class Source:
    """A graph, and what it says of its origin."""

    ref: Ref
    derived_from: tuple[Ref, ...]
    publishers: tuple[str, ...]
    licenses: tuple[str, ...]


def claim(excerpt: Excerpt, node: NamedNode) -> Claim:
    """Give the claim `node`."""
    predicate = excerpt.nodes(node, RDF + "predicate")
    return Claim(
        excerpt.ref(node),
        excerpt.one(node, RDF + "subject"),
        predicate[0].value if predicate else "",
        excerpt.value(node, RDF + "object"),
        excerpt.refs(node, "saidBy"),
        excerpt.refs(node, "relayedBy"),
        excerpt.text(node, "credenceBasis"),
        excerpt.named({*excerpt.nodes(node, "contradicts"), *excerpt.subjects("contradicts", node)}),
        backing(excerpt, node),
    )


def speech_act(excerpt: Excerpt, node: NamedNode) -> SpeechAct:
    """Give the speech act `node`."""
    return SpeechAct(
        excerpt.ref(node),
        excerpt.text(node, "gist"),
        tuple(literal.value for literal in excerpt.literals(node, "quote")),
        excerpt.refs(node, "saidBy"),
        excerpt.refs(node, "relayedBy"),
        excerpt.refs(node, "addressee"),
        excerpt.refs(node, "about"),
        excerpt.refs(node, "threatens"),
        excerpt.refs(node, "asserts"),
        excerpt.refs(node, "respondsTo"),
        excerpt.day(node, "saidOn"),
        excerpt.is_true(node, "saidInPrivate"),
        excerpt.text(node, "outlook"),
        backing(excerpt, node),
    )


def source(excerpt: Excerpt, graph: NamedNode) -> Source:
    """Give what `graph` says of its origin."""

    def shown(name: str) -> tuple[str, ...]:
        refs = (ref.label for ref in excerpt.refs(graph, DCTERMS + name))
        return (*refs, *(literal.value for literal in excerpt.literals(graph, DCTERMS + name)))

    return Source(
        excerpt.ref(graph), excerpt.refs(graph, PROV + "wasDerivedFrom"), shown("publisher"), shown("license")
    )
