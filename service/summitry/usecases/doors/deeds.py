"""The doors to what is done and what it is about: policies, events, commodities, topics."""

from typing import Final

from summitry.usecases.context import ANY
from summitry.usecases.doors.door import ACTOR, Door, Facet, Sort, ValidAt, named
from summitry.usecases.filters import ClassOf, Code, ConceptOf, Entity, Filter, Number, OnDay, by, having

_CLASS: Final = "The class, narrower ones included."
_PLACE: Final = Filter(
    "place",
    Entity(("country", "city")),
    "Where it is; a country includes its cities.",
    "kr",
    by("events", "place"),
)
_FROM: Final = Filter(
    "from",
    OnDay(),
    "The first day: only what may not be over by then.",
    "2025-10-01",
    by("events", "from"),
    default=ANY,
)
_TO: Final = Filter(
    "to",
    OnDay(),
    "The last day: only what may have begun by then.",
    "2025-10-31",
    by("events", "to"),
    default=ANY,
)
_PARTICIPANT: Final = Filter("participant", ACTOR, "Who takes part.", "donald-trump", having("participant"))
_HELD: Final = ValidAt(
    "events",
    "A day on which it may be held, as far as its beginning and its end are known. `any`: whenever.",
    "2025-10-30",
    ANY,
)

POLICIES: Final = Door(
    "policies",
    "Policy",
    ("policy",),
    "Measures, agreements and strategies, with each state that they were recorded in.",
    "us-additional-tariff-on-china-2025",
    (
        Filter("type", ClassOf("Policy"), _CLASS, "ExportControl", having("rdf:type")),
        Filter("imposedBy", ACTOR, "Who imposes, announces or threatens it.", "cn", having("imposedBy")),
        Filter("party", ACTOR, "A party of an agreement, as `us`.", "", having("party")),
        Filter(
            "targets", ACTOR, "Whom it is directed against, as `cn`.", "", by("policies-against", "targets")
        ),
        Filter(
            "commodity",
            Entity(("commodity",)),
            "Goods: what covers them, a narrower heading or a broader one that includes them.",
            "hs-28",
            by("policies-on", "commodity"),
        ),
        Filter(
            "status",
            ConceptOf("PolicyStatus"),
            "A status that is recorded of it.",
            "announced",
            by("policies", "status"),
        ),
        Filter(
            "inDocument",
            Entity(("document",)),
            "A document that says so of one of its states.",
            "hawkinsight-trump-xi-apec",
            by("policies", "document"),
        ),
        Filter(
            "credence",
            ConceptOf("Credence"),
            "How sure the record is of one of its states.",
            "reported",
            by("policies", "credence"),
        ),
        named("rare"),
    ),
    ValidAt(
        "policies",
        "A day on which it was in force or yet to come, as far as recorded; together with `status`, on which it "
        "had that status. `reading` of each state says how it stood. `any`: whenever.",
        "2025-11-05",
        ANY,
        through=("hasState",),
    ),
    (
        Facet("type", "rdf:type"),
        Facet("imposedBy", "imposedBy"),
        Facet("targets", "targets", "hasState", and_own=True),
        Facet("status", "status", "hasState"),
        Facet("credence", "credence", "hasState"),
    ),
    (
        Sort("from", "from", "hasState"),
        Sort("ratePercent", "ratePercent", "hasState", and_own=True, is_number=True),
    ),
)

COMMODITIES: Final = Door(
    "commodities",
    "Commodity",
    ("commodity",),
    "Kinds of goods: headings of the Harmonized System, and those that only a text names.",
    "hs-2846",
    (
        Filter(
            "notation",
            Code((1, 2, 3, 4, 5, 6, 7, 8, 9, 10), "digits"),
            "How its code begins.",
            "28",
            by("commodities", "notation"),
        ),
        Filter(
            "broader",
            Entity(("commodity",)),
            "A heading above it, however far.",
            "hs-28",
            by("commodities", "broader"),
        ),
        Filter(
            "narrower",
            Entity(("commodity",)),
            "A heading below it, however far.",
            "",
            by("commodities", "narrower"),
        ),
        Filter(
            "level",
            Number((2, 4, 6, 8, 10)),
            "How many digits its code has.",
            "4",
            by("commodities", "level"),
        ),
        named("rare"),
    ),
    sorts=(Sort("notation", "skos:notation"),),
)

MEETINGS: Final = Door(
    "meetings",
    "Meeting",
    ("meeting",),
    "Meetings of actors: summits, bilateral meetings, plenums and others.",
    "trump-xi-apec-2025",
    (
        Filter("type", ClassOf("Meeting"), _CLASS, "BilateralMeeting", having("rdf:type")),
        _PARTICIPANT,
        Filter("organizer", ACTOR, "Who organizes it, as `apec`.", "", having("organizer")),
        _PLACE,
        _FROM,
        _TO,
        named("xi"),
    ),
    _HELD,
    (Facet("type", "rdf:type"), Facet("participant", "participant"), Facet("place", "location")),
    (Sort("starts", "starts"),),
)

EVENTS: Final = Door(
    "events",
    "Event",
    ("meeting", "trip", "stop", "speech", "conflict", "move"),
    "What happens at a time: meetings, trips and their stops, speeches, conflicts, moves of markets.",
    "trump-xi-apec-2025",
    (
        Filter("type", ClassOf("Event"), _CLASS, "Meeting", having("rdf:type")),
        _PARTICIPANT,
        Filter(
            "partOf",
            Entity(("trip", "meeting", "stop")),
            "A larger event that it belongs to, however far.",
            "",
            by("events-within", "whole"),
        ),
        _PLACE,
        _FROM,
        _TO,
        named("xi"),
    ),
    _HELD,
    (Facet("type", "rdf:type"), Facet("participant", "participant"), Facet("place", "location")),
    (Sort("starts", "starts"),),
    but="SpeechAct",
)

TOPICS: Final = Door(
    "topics",
    "Topic",
    ("topic",),
    "What is talked about and is neither an actor nor an event nor a policy.",
    "us-opioid-crisis",
    (
        Filter("related", Entity(("topic",)), "A topic related to it.", "fentanyl", having("skos:related")),
        Filter("broader", Entity(("topic",)), "The topic above it.", "", having("skos:broader")),
        named("opioid"),
    ),
)
