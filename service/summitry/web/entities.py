"""The JSON of lists and of pages: what an item of a list has, and all that the page of one entity shows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Final

from pydantic import BeforeValidator, Field, create_model

from summitry.linked import short
from summitry.usecases import doors, lookup
from summitry.usecases.excerpt import Statement as Stated
from summitry.web import items
from summitry.web.citation import Citation
from summitry.web.items import Claim, Event, Item, SpeechAct
from summitry.web.parts import LABEL, REF_IRI, TYPE, Member, Membership, Moments, Ref, Source, Text


class Statement(Member):
    """A value of a property, and the graphs that state it."""

    value: Ref | Text
    graphs: list[str]


class Links(Member):
    """What links here by one property: 25 at most, and how many there are."""

    total: int
    items: list[Ref]


def _grouped(statements: Iterable[Stated]) -> dict[str, list[Stated]]:
    groups: dict[str, list[Stated]] = {}
    for statement in statements:
        groups.setdefault(short(statement.property), []).append(statement)
    return groups


def _by_property(links: Iterable[lookup.Links]) -> dict[str, lookup.Links]:
    return {short(link.property): link for link in links}


Statements = Annotated[
    dict[str, list[Statement]],
    BeforeValidator(_grouped),
    Field(description="All that is stated of it, by property: a name as in the JSON-LD context."),
]


class Card(Member):
    """Something that the page mentions, with all that is stated of it."""

    id: str = REF_IRI
    label: str = LABEL
    type: str = TYPE
    statements: Statements


class Count(Member):
    """A value, and how many things of the list have it."""

    value: Ref | Text
    count: int


class Facet(Member):
    """The commonest values of a facet, a hundred at most, and how many there are."""

    name: str
    total: int
    values: list[Count]


class Listing(Moments):
    """One page of a list."""

    items: Sequence[Item]
    total: int = Field(description="How many there are on all pages.")
    next: str | None = Field(description="The path of the next page, null on the last.")
    facets: list[Facet] = Field(description="What `facets` asks for, counted over all pages.")
    included: list[Card] = Field(description="What `include` asks for, 400 at most.")


class Whole(Member):
    """What the page of any entity shows beside what its kind has."""

    types: list[Ref] = Field(description="All its classes, inferred ones included.")
    labels: dict[str, str] = Field(description="Its label by language.")
    alt_label: dict[str, list[str]] = Field(
        validation_alias="other_names", description="Other names by language."
    )
    statements: Statements
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


class WholeOfMember(Whole):
    """What the page of an organization or of one that may be a member shows."""

    memberships: list[Membership] = Field(description="Who is a member of what: 300 at most.")


@dataclass(frozen=True, slots=True)
class Form:
    """How the things behind one door look: in a list, on their page, and what only the page has."""

    item: type[Item]
    listing: type[Listing]
    whole: type[Member]
    rest: type[Whole]

    def page(self, entity: lookup.Entity, moments: Moments, citation: Citation) -> Member:
        """Give the whole of `entity`; `moments` says when it is of."""
        item, rest = self.item.model_validate(entity.thing), self.rest.model_validate(entity)
        return self.whole.model_construct(**dict(item), **dict(rest), **dict(moments), citation=citation)


def _form(item: type[Item], plural: str, rest: type[Whole] = Whole) -> Form:
    """Give how things look whose item is `item`."""
    listing = create_model(
        plural,
        __base__=Listing,
        __doc__=f"A page of {plural.lower()}.",
        items=(Sequence[item], ...),  # type: ignore[valid-type]
    )
    whole = create_model(f"Whole{item.__name__}", __base__=(Page, rest, item), __doc__=item.__doc__)
    return Form(item, listing, whole, rest)


FORMS: Final[Mapping[str, Form]] = MappingProxyType(
    {
        doors.LEADERS.name: _form(items.Leader, "Leaders", WholeOfMember),
        doors.COUNTRIES.name: _form(items.Country, "Countries", WholeOfMember),
        doors.POLICIES.name: _form(items.Policy, "Policies"),
        doors.COMMODITIES.name: _form(items.Commodity, "Commodities"),
        doors.MEETINGS.name: _form(items.Meeting, "Meetings", WholeOfEvent),
        doors.ORGANIZATIONS.name: _form(items.Organization, "Organizations", WholeOfMember),
        doors.OFFICES.name: _form(items.Office, "Offices"),
        doors.TOPICS.name: _form(items.Topic, "Topics"),
        doors.EVENTS.name: _form(items.Event, "Events", WholeOfEvent),
        doors.STATEMENTS.name: _form(items.SpeechAct, "Statements"),
        doors.CLAIMS.name: _form(items.Claim, "Claims"),
        doors.DOCUMENTS.name: _form(items.Document, "Documents"),
    }
)
OTHER: Final = _form(items.Other, "Others")
