"""How the things behind each door are shown, in lists and on pages."""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from pyoxigraph import NamedNode

from summitry.usecases import doors, kinds, things
from summitry.usecases.excerpt import Excerpt
from summitry.usecases.kinds import Document, Organization, Other, Topic
from summitry.usecases.records import Claim, SpeechAct
from summitry.usecases.things import Commodity, Country, Event, Leader, Meeting, Office, Policy

Thing = (
    Leader
    | Country
    | Policy
    | Commodity
    | Meeting
    | Organization
    | Office
    | Topic
    | Event
    | SpeechAct
    | Claim
    | Document
    | Other
)
View = Callable[[Excerpt, NamedNode, date], Thing]

VIEWS: Final[Mapping[str, View]] = MappingProxyType(
    {
        doors.LEADERS.name: things.leader,
        doors.COUNTRIES.name: things.country,
        doors.POLICIES.name: things.policy,
        doors.COMMODITIES.name: things.commodity,
        doors.MEETINGS.name: things.meeting,
        doors.ORGANIZATIONS.name: kinds.organization,
        doors.OFFICES.name: things.office,
        doors.TOPICS.name: kinds.topic,
        doors.EVENTS.name: kinds.happening,
        doors.STATEMENTS.name: kinds.statement,
        doors.CLAIMS.name: kinds.claim,
        doors.DOCUMENTS.name: kinds.document,
    }
)
# Those that show the offices of what they show, and who holds them.
WITH_OFFICES: Final = (things.country, kinds.organization)
