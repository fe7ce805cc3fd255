"""The front doors: which class each answers for, and by what its list can be narrowed, sorted and counted."""

from typing import Final

from summitry.usecases.doors.actors import COUNTRIES, LEADERS, OFFICES, ORGANIZATIONS
from summitry.usecases.doors.deeds import COMMODITIES, EVENTS, MEETINGS, POLICIES, TOPICS
from summitry.usecases.doors.door import Door, Facet, Sort, ValidAt
from summitry.usecases.doors.records import CLAIMS, DOCUMENTS, STATEMENTS

DOORS: Final = (
    *(LEADERS, COUNTRIES, POLICIES, COMMODITIES, MEETINGS),
    *(ORGANIZATIONS, OFFICES, TOPICS, EVENTS, STATEMENTS, CLAIMS, DOCUMENTS),
)

__all__ = [
    "CLAIMS",
    "COMMODITIES",
    "COUNTRIES",
    "DOCUMENTS",
    "DOORS",
    "EVENTS",
    "LEADERS",
    "MEETINGS",
    "OFFICES",
    "ORGANIZATIONS",
    "POLICIES",
    "STATEMENTS",
    "TOPICS",
    "Door",
    "Facet",
    "Sort",
    "ValidAt",
]
