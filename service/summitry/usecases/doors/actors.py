"""The doors to who acts: leaders, countries, organizations, and the offices that people hold."""

from typing import Final

from summitry.usecases.context import TODAY
from summitry.usecases.doors.door import Door, Facet, Sort, ValidAt, named
from summitry.usecases.filters import ClassOf, Code, Entity, Filter, Word, by, having

_COUNTRY: Final = Entity(("country",))
_CODE: Final = "Three letters of ISO 3166-1."

LEADERS: Final = Door(
    "leaders",
    "Leader",
    ("person",),
    "People who hold or held the office of a head of state or of government; by default those in office today.",
    "xi-jinping",
    (
        Filter(
            "office",
            Entity(("office",)),
            "The office, as `us-president`.",
            "cn-president",
            by("leaders", "office"),
        ),
        Filter("country", _COUNTRY, "The country that the office is of.", "cn", by("leaders", "country")),
        named("xi"),
    ),
    ValidAt(
        "leaders",
        "A day on which the office was held as far as recorded: begun or observed by then, and not recorded "
        "as over. `sureness` of each tenure says how sure that is. `any`: whenever.",
        "2025-10-30",
        TODAY,
        through=("office", "^holder"),
    ),
    (Facet("office", "office", "^holder", among="LeadershipOffice"),),
    (Sort("from", "from", "^holder"),),
)

COUNTRIES: Final = Door(
    "countries",
    "Economy",
    ("country",),
    "Economies: countries, and territories with a trade policy of their own.",
    "us",
    (
        Filter(
            "kind",
            Word(("country", "economy")),
            "`country`, or `economy` for one that is none.",
            "country",
            by("countries-of-kind", "kind"),
        ),
        Filter("iso2", Code((2,), "letters"), "Two letters of ISO 3166-1.", "KR", having("iso2")),
        Filter("iso3", Code((3,), "letters"), _CODE, "KOR", having("iso3")),
        Filter("m49", Code((3,), "digits"), "Three digits of the UN's M49.", "410", having("m49")),
        Filter(
            "memberOf",
            Entity(("organization",)),
            "An organization of which it is recorded as a member; observers and partners are none.",
            "apec",
            by("members", "organization"),
        ),
        named("korea"),
    ),
    ValidAt(
        "members",
        "With `memberOf`, a day on which it was a member as far as recorded: begun or observed by then. Otherwise only "
        "the day on which tenures are read.",
        "2026-02-15",
        TODAY,
        is_alone=False,
    ),
    (Facet("memberOf", "organization", "^member", kind="member"),),
    (Sort("iso2", "iso2"), Sort("iso3", "iso3"), Sort("m49", "m49")),
)

ORGANIZATIONS: Final = Door(
    "organizations",
    "Organization",
    ("organization",),
    "Bodies that act: of governments, of parties, between governments, of the press, of business.",
    "apec",
    (
        Filter(
            "type",
            ClassOf("Organization"),
            "The class, narrower ones included.",
            "IntergovernmentalOrganization",
            having("rdf:type"),
        ),
        Filter(
            "member",
            Entity(("country", "organization", "person")),
            "Who is recorded as a member; observers and partners are none.",
            "kr",
            by("organizations-of", "member"),
        ),
        named("pacific"),
    ),
    ValidAt(
        "organizations-of",
        "With `member`, a day on which it was one as far as recorded: begun or observed by then. Otherwise only the "
        "day on which memberships are read.",
        "2026-02-15",
        TODAY,
        is_alone=False,
    ),
    (Facet("type", "rdf:type"),),
)

OFFICES: Final = Door(
    "offices",
    "Office",
    ("office",),
    "Positions that people hold, and who holds them.",
    "us-president",
    (
        Filter(
            "type",
            ClassOf("Office"),
            "The class, narrower ones included.",
            "LeadershipOffice",
            having("rdf:type"),
        ),
        Filter("country", _COUNTRY, "The country that it is of.", "us", having("ofCountry")),
        Filter("body", Entity(("organization",)), "The body that it is in.", "", having("ofBody")),
        Filter("holder", Entity(("person",)), "Who holds it.", "donald-trump", by("offices", "holder")),
        named("president"),
    ),
    ValidAt(
        "offices",
        "With `holder`, a day on which it may be held by them as far as recorded. Otherwise only the day on "
        "which tenures are read.",
        "2025-10-30",
        TODAY,
        is_alone=False,
    ),
    (Facet("country", "ofCountry"), Facet("body", "ofBody")),
)
