"""What every read has in common: the two clocks, the language, one revision for all of it, and its entity tag.

A route asks for its context with `context_of`, and has its answer written by `answer`:

    context = context_of(request, service)
    return answer(request, service, context, JSON, lambda context: b"…")
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Final
from urllib.parse import urlencode

from fastapi import Request
from starlette.responses import Response

from summitry.errors import BadParameter, StoreBusy
from summitry.store.base import GraphStore
from summitry.usecases import history
from summitry.usecases.context import ANY, TODAY, Context, day_of
from summitry.usecases.service import Service
from summitry.web.endpoints import Json
from summitry.web.languages import LANG, languages
from summitry.web.parts import Moments
from summitry.web.preconditions import is_known

VALID_AT: Final = "valid_at"
KNOWN_AT: Final = "known_at"
CLOCKS: Final = (VALID_AT, KNOWN_AT, TODAY, "lang")
VARY: Final = "Accept, Accept-Language"
DAY: Final[Json] = {"type": "string", "pattern": "^(today|any|[0-9]{4}-[0-9]{2}-[0-9]{2})$"}
_MOMENT: Final[Json] = {
    "type": "string",
    "pattern": "^([0-9]+|[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.]+(Z|[+-][0-9:]+)?)?)$",
}
_ADDRESS: Final = 2000
_TRIES: Final = 4


@dataclass(frozen=True, slots=True)
class Written:
    """An answer. Of a page of several, `following` is the path of the page after it, None where there is none."""

    content: bytes
    following: str | None = None

    def __len__(self) -> int:
        """Give what it counts for where answers are kept, with the address that it is kept under."""
        return len(self.content) + _ADDRESS


Write = Callable[[Context], bytes | Written]


def parameter(name: str, doc: str, example: str = "", *, schema: Json | None = None) -> Json:
    """Give a query parameter as OpenAPI describes it: a text unless `schema` says otherwise."""
    described = {"name": name, "in": "query", "description": doc, "schema": schema or {"type": "string"}}
    return described | ({"example": example} if example else {})


def clocks(doc: str = "", example: str = "2025-11-05", default: str = TODAY) -> list[Json]:
    """Give the parameters that `context_of` reads, as OpenAPI describes them; `doc` says what `valid_at` does."""
    day = {**DAY, "default": default}
    return [
        parameter(
            VALID_AT, doc or "The day in the world on which tenures and states are read.", example, schema=day
        ),
        parameter(
            KNOWN_AT,
            "A revision, such as 12, or a time: the answer as it was known then, from the present record.",
            schema=_MOMENT,
        ),
        parameter(TODAY, "The day that counts as today; a permalink has it where it matters.", schema=DAY),
        LANG,
    ]


def context_of(request: Request, service: Service, *, default: str = TODAY) -> Context:
    """Give what `request` is asked in; `default` is the day asked about where it names none.

    This may rebuild a graph of the past, so it is not called on the event loop.

    Raises:
        BadParameter: a clock or a language is given that is none.
        MemoryExceeded, QueueFull: see GraphStore.at.
    """
    store, moment = service.store, _only(request, KNOWN_AT)
    now = datetime.now(UTC).date()
    today = _day(request, TODAY, TODAY, now) or now
    valid_at = _day(request, VALID_AT, default, today)
    tongues = languages(request)
    reader = store.at(history.known_at(store, moment)) if moment else store
    return Context(reader, service.settings.instance_base, today, valid_at, tongues, service.kept)


def answer(request: Request, service: Service, context: Context, form: str, write: Write) -> Response:
    """Give what `write` writes from one revision, in the media type `form`; 304 where the client has it already.

    What was written for the same request at the same revision is kept for a while, and given again.
    """
    number = context.reader.head()
    headers = {"etag": _tag(number, form, context), "vary": VARY}
    if is_known(request, headers["etag"]):
        return Response(status_code=304, headers=headers)
    asked = (str(request.url), form, context.day, context.today, *context.languages)
    is_short = sum(len(str(part)) for part in asked) < _ADDRESS

    def written_or_kept(context: Context) -> Written:
        if not is_short:
            return _whole(write(context))
        return service.answers.get(context.reader, asked, lambda: _whole(write(context)))

    number, written = _at_one_revision(service.store, context, written_or_kept)
    headers["etag"] = _tag(number, form, context)
    if written.following:
        headers["link"] = f'<{written.following}>; rel="next"'
    return Response(written.content, headers=headers, media_type=form)


def moments(request: Request, context: Context, *, without: Sequence[str] = ()) -> Moments:
    """Give what every JSON answer says of itself: on which day it is, of which revision, and how to get it again."""
    link = permalink(request, context, without=without)
    return Moments(valid_at=context.day, known_at=context.reader.head(), permalink=link)


def permalink(request: Request, context: Context, *, without: Sequence[str] = ()) -> str:
    """Give the path that gives this answer again, whatever is recorded later and whenever it is asked.

    Parameters called as in `without` say what others say there.
    """
    fixed = {KNOWN_AT: str(context.reader.head()), VALID_AT: str(context.valid_at or ANY)}
    if context.valid_at is None:
        fixed[TODAY] = context.today.isoformat()
    if "lang" not in request.query_params and context.languages[1:]:
        fixed["lang"] = context.languages[0]
    said = {*fixed, *without}
    others = [(name, value) for name, value in request.query_params.multi_items() if name not in said]
    return f"{request.url.path}?{urlencode([*others, *fixed.items()])}"


def _whole(written: bytes | Written) -> Written:
    return Written(written) if isinstance(written, bytes) else written


def _at_one_revision(
    store: GraphStore, context: Context, write: Callable[[Context], Written]
) -> tuple[int, Written]:
    """Give what `write` writes and the revision that it read; where a change lands meanwhile it reads again."""
    number = 0
    for _ in range(_TRIES):
        number = context.reader.head()
        content = write(context)
        if context.reader.is_at(number):
            return number, content
    # Changes land faster than this can be read: what stands still is read instead.
    still = store.at(number)
    if still is store:
        raise StoreBusy("the graph changed while it was read; retry")
    return number, write(replace(context, reader=still))


def _tag(number: int, form: str, context: Context) -> str:
    variant = ".".join([form.rpartition("/")[2], *context.languages, context.day.isoformat()])
    return f'W/"r{number}.{variant}"'


def _day(request: Request, name: str, default: str, today: date) -> date | None:
    try:
        return day_of(_only(request, name) or default, today)
    except BadParameter as error:
        raise BadParameter(f"{name}: {error}") from error


def _only(request: Request, name: str) -> str:
    """Give the one value of a parameter, empty where it is not given."""
    given = request.query_params.getlist(name)
    if len(given) > 1 or given == [""]:
        raise BadParameter(
            f"{name}: it is {'empty' if len(given) == 1 else 'given twice'}; give it once or not at all"
        )
    return given[0] if given else ""
