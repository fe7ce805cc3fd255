"""The JSON of what carries a time, a condition or a speaker. A member named like a property of the ontology holds
its values.
"""

import re
from datetime import date
from typing import Annotated, Final

from pydantic import AliasGenerator, AliasPath, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from summitry.usecases.readings import Sureness

IRI: Final = Field(validation_alias="iri", description="Its IRI.")
REF_IRI: Final = Field(validation_alias=AliasPath("ref", "iri"), description="Its IRI.")
LABEL: Final = Field(
    validation_alias=AliasPath("ref", "label"),
    description="What it is called in the language asked for, or else in English, or else in any.",
)
TYPE: Final = Field(
    validation_alias=AliasPath("ref", "type"),
    description="Its narrowest class in the ontology, empty if it has none.",
)


def _written(text: str) -> str:
    """Give `text` if a day is written so; pydantic alone would take a number too, as seconds since 1970."""
    if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError("a day is written as 2025-10-30")
    return text


GivenDay = Annotated[date, BeforeValidator(_written)]


class Member(BaseModel):
    """A value of a use-case as JSON."""

    model_config = ConfigDict(
        from_attributes=True, alias_generator=AliasGenerator(serialization_alias=to_camel)
    )


class Moments(Member):
    """When an answer is of, by both clocks."""

    valid_at: date = Field(description="The day that tenures and states were read on.")
    known_at: int = Field(description="The revision of the graph that was read.")
    permalink: str = Field(description="The path that gives this answer again, whatever is recorded later.")


class Ref(Member):
    """Something as others mention it."""

    id: str = IRI
    label: str = Field(examples=["United States"])
    type: str = Field(
        description="Its narrowest class in the ontology, empty if it has none.", examples=["Country"]
    )


class Text(Member):
    """A literal value; `language` is empty if it has none."""

    value: str
    datatype: str
    language: str


class Day(Member):
    """A date as exactly as it is known: with a precision coarser than a day it is the first that it may be, or
    of an end the last.
    """

    date: date
    precision: str = Field(examples=["day", "month", "year", "morning"])


class Backed(Member):
    """Something with its credence and the documents that say so."""

    credence: Ref | None = Field(validation_alias=AliasPath("backing", "credence"))
    in_document: list[Ref] = Field(validation_alias=AliasPath("backing", "documents"))


class Dated(Backed):
    """Something that holds for a time."""

    from_: Day | None = Field(validation_alias=AliasPath("period", "start"), serialization_alias="from")
    until: Day | None = Field(validation_alias=AliasPath("period", "until"))
    scheduled_until: Day | None = Field(validation_alias=AliasPath("period", "scheduled_until"))
    observed_on: Day | None = Field(validation_alias=AliasPath("period", "observed_on"))
    sureness: Sureness | None = Field(
        description="How sure it is that this holds on the day `validAt`; null where the record rules it out."
    )


class Tenure(Dated):
    """One person in one office."""

    id: str = IRI
    holder: Ref | None
    office: Ref | None
    of_country: list[Ref] = Field(validation_alias="country")
    of_body: list[Ref] = Field(validation_alias="body")
    new_in_office: bool | None


class Membership(Dated):
    """One member of one organization."""

    id: str = IRI
    member: Ref | None
    organization: Ref | None
    kind: str | None = Field(examples=["member", "observer"])


class Condition(Member):
    """What a state depends on: with `unless` the requirement averts it, otherwise it brings it about."""

    id: str = IRI
    unless: bool | None
    on_policy: Ref | None = Field(validation_alias="policy")
    required_status: Ref | None
    deadline: Day | None


class Rate(Member):
    """A duty in percent; `basis` is additional, total or floor."""

    percent: float = Field(examples=[100.0])
    basis: str | None = Field(examples=["additional"])


class State(Dated):
    """One phase of a policy."""

    id: str = IRI
    status: Ref | None
    reading: str = Field(
        description="How it stands on the day `validAt`, in English.",
        examples=["threatened, start date passed, outcome unrecorded"],
    )
    would_take_effect: Day | None
    condition: list[Condition] = Field(validation_alias="conditions")
    rate: Rate | None
    targets: list[Ref]
    on_commodity: list[Ref] = Field(validation_alias="commodities")


class AgendaItem(Member):
    """One entry of a programme."""

    id: str = IRI
    topic: Ref | None
    raised_by: Ref | None
    position: int | None


class Event(Member):
    """An event: when, where, who."""

    id: str = REF_IRI
    label: str = LABEL
    type: str = TYPE
    starts: Day | None
    ends: Day | None
    time_zone: str | None = Field(examples=["Asia/Seoul"])
    event_status: str | None = Field(validation_alias="status", examples=["confirmed"])
    location: list[Ref]
    participant: list[Ref] = Field(validation_alias="participants")
    organizer: list[Ref] = Field(validation_alias="organizers")
    part_of: list[Ref]


class Source(Member):
    """A graph that states something shown here, and what it says of its origin."""

    graph: str = REF_IRI
    title: str = LABEL
    was_derived_from: list[Ref] = Field(validation_alias="derived_from")
    publishers: list[str]
    licenses: list[str]
