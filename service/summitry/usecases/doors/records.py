"""The doors to who says so: statements, claims, documents."""

from typing import Final

from summitry.terms import ENTITY_TYPES
from summitry.usecases.context import ANY
from summitry.usecases.doors.door import SPEAKER, Door, Facet, Sort, named
from summitry.usecases.filters import ClassOf, ConceptOf, Entity, Filter, OnDay, by, having

_ANYTHING: Final = Entity(ENTITY_TYPES)
_DOCUMENT: Final = Filter(
    "inDocument",
    Entity(("document",)),
    "A document that says so.",
    "hawkinsight-trump-xi-apec",
    having("inDocument"),
)
_CREDENCE: Final = ConceptOf("Credence")

STATEMENTS: Final = Door(
    "statements",
    "SpeechAct",
    ("statement", "speech"),
    "What was said, by whom, to whom, about what: announcements, threats, forecasts, opinions and others.",
    "leavitt-confirms-meeting",
    (
        Filter(
            "type",
            ClassOf("SpeechAct"),
            "The class, narrower ones included.",
            "Confirmation",
            having("rdf:type"),
        ),
        Filter("saidBy", SPEAKER, "Who said it.", "karoline-leavitt", having("saidBy")),
        Filter("relayedBy", SPEAKER, "Who passed it on.", "reuters", having("relayedBy")),
        Filter("addressee", SPEAKER, "To whom it was said.", "", having("addressee")),
        Filter("about", _ANYTHING, "What it is about.", "trump-xi-apec-2025", having("about", "threatens")),
        _DOCUMENT,
        Filter("credence", _CREDENCE, "How sure the record is that it was said.", "", having("credence")),
        Filter("from", OnDay(), "The first day.", "2025-10-01", by("dated", "from", "saidOn"), default=ANY),
        Filter("to", OnDay(), "The last day.", "2025-10-31", by("dated", "to", "saidOn"), default=ANY),
        named("meet"),
    ),
    facets=(
        Facet("type", "rdf:type"),
        Facet("saidBy", "saidBy"),
        Facet("relayedBy", "relayedBy"),
        Facet("about", "about"),
        Facet("credence", "credence"),
        Facet("outlook", "outlook"),
    ),
    sorts=(Sort("saidOn", "saidOn"),),
)

CLAIMS: Final = Door(
    "claims",
    "Claim",
    ("claim",),
    "Statements held apart from the facts because they are attributed, inferred or disputed.",
    "apec-ceo-luncheon-in-seoul",
    (
        Filter("about", _ANYTHING, "What it is about.", "apec-ceo-luncheon-2025", having("rdf:subject")),
        Filter("saidBy", SPEAKER, "Who says so.", "hawkinsight", having("saidBy")),
        _DOCUMENT,
        Filter("credence", _CREDENCE, "How sure the record is of it.", "disputed", having("credence")),
        Filter(
            "contradicts", Entity(("claim",)), "A claim that it excludes.", "", by("contradicting", "claim")
        ),
    ),
    facets=(
        Facet("about", "rdf:subject"),
        Facet("property", "rdf:predicate"),
        Facet("saidBy", "saidBy"),
        Facet("credence", "credence"),
    ),
)

DOCUMENTS: Final = Door(
    "documents",
    "Document",
    ("document",),
    "Texts that the record rests on.",
    "hawkinsight-trump-xi-apec",
    (
        Filter("publisher", SPEAKER, "Who published it.", "hawkinsight", having("publisher")),
        Filter("cites", Entity(("document",)), "A document that it cites.", "", having("cites")),
        Filter(
            "from", OnDay(), "The first day.", "2025-10-01", by("dated", "from", "published"), default=ANY
        ),
        Filter("to", OnDay(), "The last day.", "2025-10-31", by("dated", "to", "published"), default=ANY),
        named("apec"),
    ),
    facets=(Facet("publisher", "publisher"),),
    sorts=(Sort("published", "published"),),
)
