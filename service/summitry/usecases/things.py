"""What the first five front doors show, each as lists and pages of one entity show it."""

from dataclasses import dataclass
from datetime import date

from pyoxigraph import NamedNode

from summitry.terms import SKOS
from summitry.usecases import parts
from summitry.usecases.excerpt import Excerpt, Ref
from summitry.usecases.parts import AgendaItem, Rate, State, Tenure
from summitry.usecases.readings import Day


@dataclass(frozen=True, slots=True)
class Office:
    """An office, and who holds it on the day asked for, as far as recorded."""

    ref: Ref
    countries: tuple[Ref, ...]
    bodies: tuple[Ref, ...]
    seats: int
    tenures: tuple[Tenure, ...]


@dataclass(frozen=True, slots=True)
class Leader:
    """A leader with every tenure."""

    ref: Ref
    tenures: tuple[Tenure, ...]


@dataclass(frozen=True, slots=True)
class Country:
    """An economy with its codes and offices."""

    ref: Ref
    iso2: str | None
    iso3: str | None
    m49: str | None
    offices: tuple[Office, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy with its states, each read on the day asked for."""

    ref: Ref
    imposed_by: tuple[Ref, ...]
    parties: tuple[Ref, ...]
    targets: tuple[Ref, ...]
    commodities: tuple[Ref, ...]
    justification: tuple[Ref, ...]
    in_response_to: tuple[Ref, ...]
    rate: Rate | None
    states: tuple[State, ...]


@dataclass(frozen=True, slots=True)
class Commodity:
    """A kind of goods; one that only a text names has no notation."""

    ref: Ref
    notation: str | None
    broader: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """An event: when, where, who."""

    ref: Ref
    starts: Day | None
    ends: Day | None
    time_zone: str | None
    status: str | None
    location: tuple[Ref, ...]
    participants: tuple[Ref, ...]
    organizers: tuple[Ref, ...]
    part_of: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting and its agenda."""

    event: Event
    on_sidelines_of: tuple[Ref, ...]
    agenda: tuple[AgendaItem, ...]

    @property
    def ref(self) -> Ref:
        """Give what the meeting is called."""
        return self.event.ref


def leader(excerpt: Excerpt, entity: NamedNode, on: date) -> Leader:
    """Give the leader `entity`, the latest tenure first."""
    return Leader(excerpt.ref(entity), _tenures(excerpt, "holder", entity, on))


def country(excerpt: Excerpt, entity: NamedNode, on: date) -> Country:
    """Give the economy `entity`."""
    return Country(
        excerpt.ref(entity),
        excerpt.text(entity, "iso2"),
        excerpt.text(entity, "iso3"),
        excerpt.text(entity, "m49"),
        tuple(office(excerpt, node, on) for node in excerpt.subjects("ofCountry", entity)),
    )


def office(excerpt: Excerpt, entity: NamedNode, on: date) -> Office:
    """Give the office `entity`; one for which no number of seats is stated has one."""
    return Office(
        excerpt.ref(entity),
        excerpt.refs(entity, "ofCountry"),
        excerpt.refs(entity, "ofBody"),
        int(excerpt.text(entity, "seats") or 1),
        _tenures(excerpt, "office", entity, on),
    )


def policy(excerpt: Excerpt, entity: NamedNode, on: date) -> Policy:
    """Give the policy `entity`, its states in the order of their beginning."""
    states = (parts.state(excerpt, node, on) for node in excerpt.nodes(entity, "hasState"))
    return Policy(
        excerpt.ref(entity),
        excerpt.refs(entity, "imposedBy"),
        excerpt.refs(entity, "party"),
        excerpt.refs(entity, "targets"),
        excerpt.refs(entity, "onCommodity"),
        excerpt.refs(entity, "justification"),
        excerpt.refs(entity, "inResponseTo"),
        parts.rate(excerpt, entity),
        tuple(sorted(states, key=lambda state: (_begin(state), state.iri))),
    )


def commodity(excerpt: Excerpt, entity: NamedNode, _: date) -> Commodity:
    """Give the commodity `entity`."""
    notation = excerpt.text(entity, SKOS + "notation")
    return Commodity(excerpt.ref(entity), notation, excerpt.refs(entity, SKOS + "broader"))


def event(excerpt: Excerpt, entity: NamedNode) -> Event:
    """Give the event `entity`."""
    return Event(
        excerpt.ref(entity),
        excerpt.day(entity, "starts"),
        excerpt.day(entity, "ends"),
        excerpt.text(entity, "timeZone"),
        excerpt.text(entity, "eventStatus"),
        excerpt.refs(entity, "location"),
        excerpt.refs(entity, "participant"),
        excerpt.refs(entity, "organizer"),
        excerpt.refs(entity, "partOf"),
    )


def meeting(excerpt: Excerpt, entity: NamedNode, _: date) -> Meeting:
    """Give the meeting `entity`, its agenda in order; what has no position comes last."""
    items = [parts.agenda_item(excerpt, node) for node in excerpt.nodes(entity, "agendaItem")]
    last = len(items) + max((item.position or 0 for item in items), default=0)
    agenda = sorted(items, key=lambda item: (item.position or last, item.iri))
    return Meeting(event(excerpt, entity), excerpt.refs(entity, "onSidelinesOf"), tuple(agenda))


def _tenures(excerpt: Excerpt, name: str, value: NamedNode, on: date) -> tuple[Tenure, ...]:
    """Give the tenures in the excerpt whose property `name` has this value, the latest first."""
    found = [parts.tenure(excerpt, node, on) for node in excerpt.subjects(name, value)]
    return tuple(sorted(found, key=lambda tenure: (_begin(tenure), tenure.iri), reverse=True))


def _begin(part: Tenure | State) -> date:
    begin = part.period.start or part.period.observed_on
    return begin.date if begin else date.min
