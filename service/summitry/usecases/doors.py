"""The five front doors: which class each answers for, and by what its list can be narrowed."""

from dataclasses import dataclass
from typing import Final

from summitry.usecases.context import ANY, TODAY
from summitry.usecases.filters import (
    ClassOf,
    Code,
    ConceptOf,
    Entity,
    Filter,
    Label,
    Number,
    OnDay,
    Word,
)

_ACTOR: Final = Entity(("country", "organization", "person", "collective"))
_NAME: Final = "Words that a label or another name contains, in any language and case."


@dataclass(frozen=True, slots=True)
class ValidAt:
    """What the day asked about restricts a list to, and the text that counts where there is none."""

    doc: str
    example: str
    default: str


@dataclass(frozen=True, slots=True)
class Door:
    """One kind of thing and the way in to it. `kind` is the entity type in its IRIs.

    The query of its list is called like the door. All examples of its filters fit one entity of the shipped graph.
    """

    name: str
    cls: str
    kind: str
    doc: str
    example: str
    filters: tuple[Filter, ...]
    valid_at: ValidAt | None = None


LEADERS: Final = Door(
    "leaders",
    "Leader",
    "person",
    "People who hold or held the office of a head of state or of government; by default those in office today.",
    "xi-jinping",
    (
        Filter("office", Entity(("office",)), "The office, as `us-president`.", "cn-president"),
        Filter("country", Entity(("country",)), "The country that the office is of.", "cn"),
        Filter("name", Label(), _NAME, "xi"),
    ),
    ValidAt(
        "A day on which the office was held as far as recorded: begun or observed by then, and not recorded "
        "as over. `sureness` of each tenure says how sure that is. `any`: whenever.",
        "2025-10-30",
        TODAY,
    ),
)

COUNTRIES: Final = Door(
    "countries",
    "Economy",
    "country",
    "Economies: countries, and territories with a trade policy of their own.",
    "us",
    (
        Filter(
            "kind", Word(("country", "economy")), "`country`, or `economy` for one that is none.", "country"
        ),
        Filter("iso2", Code((2,), "letters"), "Two letters of ISO 3166-1.", "KR"),
        Filter("iso3", Code((3,), "letters"), "Three letters of ISO 3166-1.", "KOR"),
        Filter("m49", Code((3,), "digits"), "Three digits of the UN's M49.", "410"),
        Filter("name", Label(), _NAME, "korea"),
    ),
)

POLICIES: Final = Door(
    "policies",
    "Policy",
    "policy",
    "Measures, agreements and strategies, with each state that they were recorded in.",
    "us-additional-tariff-on-china-2025",
    (
        Filter("type", ClassOf("Policy"), "The class, narrower ones included.", "ExportControl"),
        Filter("imposedBy", _ACTOR, "Who imposes, announces or threatens it.", "cn"),
        Filter("party", _ACTOR, "A party of an agreement, as `us`."),
        Filter("targets", _ACTOR, "Whom it is directed against, as `cn`."),
        Filter(
            "commodity", Entity(("commodity",)), "Goods that it covers; narrower headings count.", "hs-28"
        ),
        Filter("status", ConceptOf("PolicyStatus"), "A status that is recorded of it.", "announced"),
        Filter("name", Label(), _NAME, "rare"),
    ),
    ValidAt(
        "A day on which it was in force or yet to come, as far as recorded; together with `status`, on which it "
        "had that status. `reading` of each state says how it stood. `any`: whenever.",
        "2025-11-05",
        ANY,
    ),
)

COMMODITIES: Final = Door(
    "commodities",
    "Commodity",
    "commodity",
    "Kinds of goods: headings of the Harmonized System, and those that only a text names.",
    "hs-2846",
    (
        Filter("notation", Code((1, 2, 3, 4, 5, 6, 7, 8, 9, 10), "digits"), "How its code begins.", "28"),
        Filter("broader", Entity(("commodity",)), "A heading above it, however far.", "hs-28"),
        Filter("level", Number((2, 4, 6, 8, 10)), "How many digits its code has.", "4"),
        Filter("name", Label(), _NAME, "rare"),
    ),
)

MEETINGS: Final = Door(
    "meetings",
    "Meeting",
    "meeting",
    "Meetings of actors: summits, bilateral meetings, plenums and others.",
    "trump-xi-apec-2025",
    (
        Filter("type", ClassOf("Meeting"), "The class, narrower ones included.", "BilateralMeeting"),
        Filter("participant", _ACTOR, "Who takes part.", "donald-trump"),
        Filter("place", Entity(("country", "city")), "Where it is; a country includes its cities.", "kr"),
        Filter(
            "from", OnDay(), "The first day: only what may not be over by then.", "2025-10-01", default=ANY
        ),
        Filter("to", OnDay(), "The last day: only what may have begun by then.", "2025-10-31", default=ANY),
        Filter("name", Label(), _NAME, "xi"),
    ),
)

DOORS: Final = (LEADERS, COUNTRIES, POLICIES, COMMODITIES, MEETINGS)
