"""The nodes that carry what has a time or a condition: tenures, memberships, states, agenda items."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pyoxigraph import NamedNode

from summitry.usecases.excerpt import Excerpt, Ref
from summitry.usecases.readings import Day, Period, Sureness, read_state, sureness


@dataclass(frozen=True, slots=True)
class Backing:
    """How sure the record is of something, and where it says so."""

    credence: Ref | None
    documents: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class Tenure:
    """One person in one office. `sureness` is that of holding it on the day asked for."""

    iri: str
    holder: Ref | None
    office: Ref | None
    country: tuple[Ref, ...]
    body: tuple[Ref, ...]
    period: Period
    new_in_office: bool | None
    sureness: Sureness | None
    backing: Backing


@dataclass(frozen=True, slots=True)
class Membership:
    """One member of one organization. `sureness` is that of being one on the day asked for."""

    iri: str
    member: Ref | None
    organization: Ref | None
    kind: str | None
    period: Period
    sureness: Sureness | None
    backing: Backing


@dataclass(frozen=True, slots=True)
class Condition:
    """What the coming or lasting of a state depends on."""

    iri: str
    unless: bool | None
    policy: Ref | None
    required_status: Ref | None
    deadline: Day | None


@dataclass(frozen=True, slots=True)
class Rate:
    """The height of a duty, and what the percentage means."""

    percent: Decimal
    basis: str | None


@dataclass(frozen=True, slots=True)
class State:
    """One phase of a policy, and how it stands on the day asked for."""

    iri: str
    status: Ref | None
    period: Period
    would_take_effect: Day | None
    conditions: tuple[Condition, ...]
    rate: Rate | None
    targets: tuple[Ref, ...]
    commodities: tuple[Ref, ...]
    sureness: Sureness | None
    reading: str
    backing: Backing


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """One entry of a programme."""

    iri: str
    topic: Ref | None
    raised_by: Ref | None
    position: int | None


def backing(excerpt: Excerpt, node: NamedNode) -> Backing:
    """Give how sure the record is of `node`."""
    return Backing(excerpt.one(node, "credence"), excerpt.refs(node, "inDocument"))


def tenure(excerpt: Excerpt, node: NamedNode, on: date) -> Tenure:
    """Give the tenure `node`, read on a day."""
    offices = excerpt.nodes(node, "office")
    period = excerpt.period(node)
    return Tenure(
        node.value,
        excerpt.one(node, "holder"),
        excerpt.one(node, "office"),
        tuple(ref for office in offices for ref in excerpt.refs(office, "ofCountry")),
        tuple(ref for office in offices for ref in excerpt.refs(office, "ofBody")),
        period,
        excerpt.is_true(node, "newInOffice"),
        sureness(period, on),
        backing(excerpt, node),
    )


def membership(excerpt: Excerpt, node: NamedNode, on: date) -> Membership:
    """Give the membership `node`, read on a day."""
    period = excerpt.period(node)
    return Membership(
        node.value,
        excerpt.one(node, "member"),
        excerpt.one(node, "organization"),
        excerpt.text(node, "kind"),
        period,
        sureness(period, on),
        backing(excerpt, node),
    )


def rate(excerpt: Excerpt, node: NamedNode) -> Rate | None:
    """Give the rate that a policy or a state has."""
    percent = excerpt.text(node, "ratePercent")
    return Rate(Decimal(percent), excerpt.text(node, "rateBasis")) if percent else None


def state(excerpt: Excerpt, node: NamedNode, on: date) -> State:
    """Give the state `node`, read on a day."""
    status = next((status.value.rpartition("/")[2] for status in excerpt.nodes(node, "status")), "unknown")
    period, takes_effect = excerpt.period(node), excerpt.day(node, "wouldTakeEffect")
    reading = read_state(status, period, takes_effect, on)
    return State(
        node.value,
        excerpt.one(node, "status"),
        period,
        takes_effect,
        tuple(_condition(excerpt, condition) for condition in excerpt.nodes(node, "condition")),
        rate(excerpt, node),
        excerpt.refs(node, "targets"),
        excerpt.refs(node, "onCommodity"),
        reading.sureness,
        reading.sentence,
        backing(excerpt, node),
    )


def agenda_item(excerpt: Excerpt, node: NamedNode) -> AgendaItem:
    """Give the agenda item `node`."""
    position = excerpt.text(node, "position")
    return AgendaItem(
        node.value,
        excerpt.one(node, "topic"),
        excerpt.one(node, "raisedBy"),
        int(position) if position else None,
    )


def _condition(excerpt: Excerpt, node: NamedNode) -> Condition:
    return Condition(
        node.value,
        excerpt.is_true(node, "unless"),
        excerpt.one(node, "onPolicy"),
        excerpt.one(node, "requiredStatus"),
        excerpt.day(node, "deadline"),
    )
