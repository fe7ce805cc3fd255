"""The JSON of what the front doors show, as lists have it: one model for each kind."""

from typing import Annotated, ClassVar

from pydantic import AliasPath, BeforeValidator, Field, computed_field

from summitry.linked import short
from summitry.usecases import doors, lookup
from summitry.web.parts import (
    LABEL,
    REF_IRI,
    TYPE,
    AgendaItem,
    Backed,
    Day,
    Member,
    Rate,
    Ref,
    State,
    Tenure,
    Text,
)


class Item(Member):
    """An entity in a list."""

    door: ClassVar[str] = ""

    id: str = REF_IRI
    label: str = LABEL
    type: str = TYPE

    @computed_field(description="The path of its page.")  # type: ignore[prop-decorator]
    @property
    def href(self) -> str:
        """Give the path of its page."""
        return lookup.path(self.door, self.id)


class Leader(Item):
    """A leader with every tenure, the latest first."""

    door = doors.LEADERS.name
    tenures: list[Tenure]


class Office(Item):
    """An office, and its tenures; of a country or a body those that the record does not rule out on `validAt`."""

    door = doors.OFFICES.name
    of_country: list[Ref] = Field(validation_alias="countries")
    of_body: list[Ref] = Field(validation_alias="bodies")
    seats: int = Field(description="How many hold it at once.")
    tenures: list[Tenure]


class Country(Item):
    """An economy with its codes, and its offices that somebody is recorded to hold on the day `validAt`."""

    door = doors.COUNTRIES.name
    iso2: str | None = Field(examples=["KR"])
    iso3: str | None = Field(examples=["KOR"])
    m49: str | None = Field(examples=["410"])
    offices: list[Office]


class Organization(Item):
    """A body that acts, and its offices that somebody is recorded to hold on the day `validAt`."""

    door = doors.ORGANIZATIONS.name
    offices: list[Office]


class Policy(Item):
    """A policy with its states in the order of their beginning."""

    door = doors.POLICIES.name
    imposed_by: list[Ref]
    party: list[Ref] = Field(validation_alias="parties")
    targets: list[Ref]
    on_commodity: list[Ref] = Field(validation_alias="commodities")
    justification: list[Ref]
    in_response_to: list[Ref]
    rate: Rate | None
    has_state: list[State] = Field(validation_alias="states")


class Commodity(Item):
    """A kind of goods; one that only a text names has no notation."""

    door = doors.COMMODITIES.name
    notation: str | None = Field(examples=["2846"])
    broader: list[Ref]


class Event(Item):
    """An event: when, where, who."""

    door = doors.EVENTS.name
    starts: Day | None
    ends: Day | None
    time_zone: str | None = Field(examples=["Asia/Seoul"])
    event_status: str | None = Field(validation_alias="status", examples=["confirmed"])
    location: list[Ref]
    participant: list[Ref] = Field(validation_alias="participants")
    organizer: list[Ref] = Field(validation_alias="organizers")
    part_of: list[Ref]


class Meeting(Item):
    """A meeting with its agenda in order."""

    door = doors.MEETINGS.name
    starts: Day | None = Field(validation_alias=AliasPath("event", "starts"))
    ends: Day | None = Field(validation_alias=AliasPath("event", "ends"))
    time_zone: str | None = Field(validation_alias=AliasPath("event", "time_zone"), examples=["Asia/Seoul"])
    event_status: str | None = Field(validation_alias=AliasPath("event", "status"), examples=["confirmed"])
    location: list[Ref] = Field(validation_alias=AliasPath("event", "location"))
    participant: list[Ref] = Field(validation_alias=AliasPath("event", "participants"))
    organizer: list[Ref] = Field(validation_alias=AliasPath("event", "organizers"))
    part_of: list[Ref] = Field(validation_alias=AliasPath("event", "part_of"))
    on_sidelines_of: list[Ref]
    agenda_item: list[AgendaItem] = Field(validation_alias="agenda")


class Topic(Item):
    """What is talked about."""

    door = doors.TOPICS.name
    broader: list[Ref]
    related: list[Ref]


class SpeechAct(Item, Backed):
    """Something said, as a document reports it."""

    door = doors.STATEMENTS.name
    gist: str | None
    quote: list[str] = Field(validation_alias="quotes")
    said_by: list[Ref]
    relayed_by: list[Ref]
    addressee: list[Ref] = Field(validation_alias="addressees")
    about: list[Ref]
    threatens: list[Ref]
    asserts: list[Ref]
    responds_to: list[Ref]
    said_on: Day | None
    said_in_private: bool | None = Field(validation_alias="in_private")
    outlook: str | None


class Claim(Item, Backed):
    """A statement that is attributed, inferred or disputed: `about` `property` `value`, according to somebody."""

    door = doors.CLAIMS.name
    about: Ref | None
    property: Annotated[str, BeforeValidator(short)]
    value: Ref | Text | None
    said_by: list[Ref]
    relayed_by: list[Ref]
    credence_basis: str | None = Field(validation_alias="basis")
    contradicts: list[Ref]


class Document(Item):
    """A text that the record rests on."""

    door = doors.DOCUMENTS.name
    title: list[str] = Field(validation_alias="titles")
    publisher: list[Ref] = Field(validation_alias="publishers")
    published: Day | None
    published_basis: str | None = Field(validation_alias="basis", examples=["inferred"])
    cites: list[Ref]


class Other(Item):
    """Something of a kind that has no door of its own."""
