"""What can go wrong, one class for each thing that a caller can act on."""

from summitry.model import Report


class SummitryError(Exception):
    """The root of all of them."""


class ScanRefused(SummitryError):
    """Input that is not handed to a parser: too large, too deep, or not what we take."""


class TooLarge(ScanRefused):
    """More bytes than the limit allows."""


class OutboundRefused(ScanRefused):
    """A query that would make the server contact another one (SERVICE, LOAD)."""


class MalformedQuery(SummitryError):
    """A query that SPARQL's grammar does not know. `line` and `column` count from 1, 0 where unknown."""

    def __init__(self, message: str, *, line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


class NotTakenApart(SummitryError):
    """A query that is SPARQL, but too long or too unusual to be taken apart. The message says where."""


class UnsupportedMedia(SummitryError):
    """A content type that no parser here reads, or an answer that no serialiser here writes."""


class Refused(SummitryError):
    """A document that does not enter the graph. `report` says why, finding by finding."""

    def __init__(self, report: Report) -> None:
        first, *others = report.violations
        more = f" (and {len(others)} more)" if others else ""
        super().__init__(f"{first.message}{more}")
        self.report = report


class MalformedDocument(Refused):
    """A document with syntax errors: nothing could be validated."""


class InvalidDocument(Refused):
    """A document whose statements break a shape or use a term that does not exist."""


class UnknownGraph(SummitryError):
    """A graph that the store does not hold."""


class UnknownRevision(SummitryError):
    """A revision that was never made."""


class UnknownEntity(SummitryError):
    """An entity that no graph declares."""


class BadParameter(SummitryError):
    """A parameter whose value cannot be used. The message says what it may be."""


class SystemGraph(SummitryError):
    """A write to a graph that is the system's own."""


class Unauthorized(SummitryError):
    """A write without a token, or with a wrong one."""


class Forbidden(SummitryError):
    """A write to a graph that the bearer of the token may not change."""


class PreconditionMissing(SummitryError):
    """A write without If-Match, where the operator demands one."""


class StaleRevision(SummitryError):
    """The graph moved on since the revision that the caller expected."""


class Conflict(SummitryError):
    """A revision that cannot be undone because later ones changed the same statements."""


class LimitExceeded(SummitryError):
    """A job that hit one of the limits: `limit` names the setting."""

    def __init__(self, message: str, *, limit: str) -> None:
        super().__init__(message)
        self.limit = limit


class TimeExceeded(LimitExceeded):
    """A job that ran longer than its wall-clock limit and was killed."""


class MemoryExceeded(LimitExceeded):
    """A job that asked for more memory than its limit and was killed."""


class ResultTooLarge(LimitExceeded):
    """A result with more bytes or rows than one answer may have."""


class QueueFull(LimitExceeded):
    """Too many jobs are waiting already."""


class ClientBusy(LimitExceeded):
    """A client has as many queries at work as one may have."""


class QueryStopped(SummitryError):
    """A query that its asker, or an admin, stopped."""


class UnknownQuery(SummitryError):
    """A query that is not at work, or is another's."""


class WorkerDied(SummitryError):
    """The worker process ended without an answer; its input made the parser or the planner crash."""


class UnsupportedShape(SummitryError):
    """A shape that uses more of SHACL than the compiler knows."""


class StoreBusy(SummitryError):
    """Another process has the store open."""


class StoreFull(SummitryError):
    """No space is left to record a change; reads go on."""


class StoreUnavailable(SummitryError):
    """The remote store gives no answer, or none that can be used; nothing changed."""


class OutcomeUnknown(SummitryError):
    """A write was sent to the remote store, and whether it was made cannot be learnt yet."""


class StoreDamaged(SummitryError):
    """The ledger or the store holds something that neither wrote."""
