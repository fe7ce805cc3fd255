"""The JSON of the five front doors: an item of a list, the same with all that its page shows, and lists of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, ClassVar, Final

from pydantic import AliasPath, BeforeValidator, Field, computed_field

from summitry.linked import short
from summitry.usecases import lookup
from summitry.usecases.doors import COMMODITIES, COUNTRIES, LEADERS, MEETINGS, POLICIES
from summitry.usecases.excerpt import Statement as Stated
from summitry.web.citation import Citation
from summitry.web.parts import (
    LABEL,
    REF_IRI,
    TYPE,
    AgendaItem,
    Claim,
    Day,
    Event,
    Member,
    Moments,
    Office,
    Rate,
    Ref,
    Source,
    SpeechAct,
    State,
    Tenure,
    Text,
)


class Item(Member):
    """An entity in a list."""

    door: ClassVar[str]

    id: str = REF_IRI
    label: str = LABEL
    type: str = TYPE

    @computed_field(description="The path of its page.")  # type: ignore[prop-decorator]
    @property
    def href(self) -> str:
        """Give the path of its page."""
        return f"/{self.door}/{lookup.slug(self.id)}"


class Leader(Item):
    """A leader with every tenure, the latest first."""

    door = LEADERS.name
    tenures: list[Tenure]


class Country(Item):
    """An economy with its codes, its offices and who holds them."""

    door = COUNTRIES.name
    iso2: str | None = Field(examples=["KR"])
    iso3: str | None = Field(examples=["KOR"])
    m49: str | None = Field(examples=["410"])
    offices: list[Office]


class Policy(Item):
    """A policy with its states in the order of their beginning."""

    door = POLICIES.name
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

    door = COMMODITIES.name
    notation: str | None = Field(examples=["2846"])
    broader: list[Ref]


class Meeting(Item):
    """A meeting with its agenda in order."""

    door = MEETINGS.name
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


class Listing(Moments):
    """One page of a list, in the order of the labels."""

    items: Sequence[Item]
    total: int = Field(description="How many there are on all pages.")
    next: str | None = Field(description="The path of the next page, null on the last.")


class Leaders(Listing):
    """A page of leaders."""

    items: Sequence[Leader]


class Countries(Listing):
    """A page of economies."""

    items: Sequence[Country]


class Policies(Listing):
    """A page of policies."""

    items: Sequence[Policy]


class Commodities(Listing):
    """A page of commodities."""

    items: Sequence[Commodity]


class Meetings(Listing):
    """A page of meetings."""

    items: Sequence[Meeting]


class Statement(Member):
    """A value of a property, and the graphs that state it."""

    value: Ref | Text
    graphs: list[str]


class Links(Member):
    """What links here by one property: 50 at most, and how many there are."""

    total: int
    items: list[Ref]


def _grouped(statements: Iterable[Stated]) -> dict[str, list[Stated]]:
    groups: dict[str, list[Stated]] = {}
    for statement in statements:
        groups.setdefault(short(statement.property), []).append(statement)
    return groups


def _by_property(links: Iterable[lookup.Links]) -> dict[str, lookup.Links]:
    return {short(link.property): link for link in links}


class Whole(Member):
    """What the page of any entity shows beside what its kind has."""

    types: list[Ref] = Field(description="All its classes, inferred ones included.")
    labels: dict[str, str] = Field(description="Its label by language.")
    alt_label: dict[str, list[str]] = Field(
        validation_alias="other_names", description="Other names by language."
    )
    statements: Annotated[dict[str, list[Statement]], BeforeValidator(_grouped)] = Field(
        description="All that is stated of it, by property: a name as in the JSON-LD context."
    )
    incoming: Annotated[dict[str, Links], BeforeValidator(_by_property)] = Field(
        description="What links to it, by property."
    )
    claims: list[Claim] = Field(description="Claims about it, and about what carries its facts: 50 at most.")
    speech_acts: list[SpeechAct] = Field(description="What has been said about it: 50 at most.")
    sources: list[Source]


class Page(Moments):
    """What a page says of itself."""

    citation: Citation


class WholeOfEvent(Whole):
    """What the page of an event shows."""

    programme: list[Event] = Field(
        description="The larger events that it is part of, and all that belongs to them, in order."
    )


class WholeLeader(Page, Whole, Leader):
    """A leader as its page shows it."""


class WholeCountry(Page, Whole, Country):
    """An economy as its page shows it."""


class WholePolicy(Page, Whole, Policy):
    """A policy as its page shows it."""


class WholeCommodity(Page, Whole, Commodity):
    """A commodity as its page shows it."""


class WholeMeeting(Page, WholeOfEvent, Meeting):
    """A meeting as its page shows it."""


@dataclass(frozen=True, slots=True)
class Form:
    """How the things behind one door look: in a list, on their page, and what only the page has."""

    item: type[Item]
    listing: type[Listing]
    whole: type[Item]
    rest: type[Whole] = Whole

    def page(self, entity: lookup.Entity, moments: Moments, citation: Citation) -> Item:
        """Give the whole of `entity`; `moments` says when it is of."""
        item, rest = self.item.model_validate(entity.thing), self.rest.model_validate(entity)
        return self.whole.model_construct(**dict(item), **dict(rest), **dict(moments), citation=citation)


FORMS: Final[Mapping[str, Form]] = MappingProxyType(
    {
        LEADERS.name: Form(Leader, Leaders, WholeLeader),
        COUNTRIES.name: Form(Country, Countries, WholeCountry),
        POLICIES.name: Form(Policy, Policies, WholePolicy),
        COMMODITIES.name: Form(Commodity, Commodities, WholeCommodity),
        MEETINGS.name: Form(Meeting, Meetings, WholeMeeting, WholeOfEvent),
    }
)
