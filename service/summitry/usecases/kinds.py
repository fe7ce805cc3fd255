"""More kinds of things that the front doors show: organizations, topics, documents, and whatever has no door."""

from dataclasses import dataclass
from datetime import date

from pyoxigraph import NamedNode

from summitry.terms import SKOS
from summitry.usecases import records, things
from summitry.usecases.excerpt import Excerpt, Ref
from summitry.usecases.readings import Day
from summitry.usecases.records import Claim, SpeechAct
from summitry.usecases.things import Event, Office


@dataclass(frozen=True, slots=True)
class Organization:
    """A body that acts, with its offices that may be held on the day asked for. Its members are on its page."""

    ref: Ref
    offices: tuple[Office, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """What is talked about."""

    ref: Ref
    broader: tuple[Ref, ...]
    related: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A text that the record rests on. `basis` says whether the day is stated or inferred."""

    ref: Ref
    titles: tuple[str, ...]
    publishers: tuple[Ref, ...]
    published: Day | None
    basis: str | None
    cites: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class Other:
    """Something of a kind that has no door."""

    ref: Ref


def organization(excerpt: Excerpt, entity: NamedNode, on: date) -> Organization:
    """Give the organization `entity`."""
    offices = tuple(things.office(excerpt, node, on) for node in excerpt.subjects("ofBody", entity))
    return Organization(excerpt.ref(entity), offices)


def topic(excerpt: Excerpt, entity: NamedNode, _: date) -> Topic:
    """Give the topic `entity`."""
    return Topic(
        excerpt.ref(entity), excerpt.refs(entity, SKOS + "broader"), excerpt.refs(entity, SKOS + "related")
    )


def happening(excerpt: Excerpt, entity: NamedNode, _: date) -> Event:
    """Give the event `entity`."""
    return things.event(excerpt, entity)


def statement(excerpt: Excerpt, entity: NamedNode, _: date) -> SpeechAct:
    """Give the speech act `entity`."""
    return records.speech_act(excerpt, entity)


def claim(excerpt: Excerpt, entity: NamedNode, _: date) -> Claim:
    """Give the claim `entity`."""
    return records.claim(excerpt, entity)


def document(excerpt: Excerpt, entity: NamedNode, _: date) -> Document:
    """Give the document `entity`."""
    return Document(
        excerpt.ref(entity),
        tuple(literal.value for literal in excerpt.literals(entity, "title")),
        excerpt.refs(entity, "publisher"),
        excerpt.day(entity, "published"),
        excerpt.text(entity, "publishedBasis"),
        excerpt.refs(entity, "cites"),
    )


def other(excerpt: Excerpt, entity: NamedNode, _: date) -> Other:
    """Give `entity`, whatever it is."""
    return Other(excerpt.ref(entity))
