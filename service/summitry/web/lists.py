"""GET /leaders, /countries and so on: lists to filter, sort, count and page, as JSON, CSV, JSON-LD or Turtle."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import Path, Request
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.responses import Response

from summitry import linked, media
from summitry.errors import BadParameter
from summitry.usecases import facets, listing
from summitry.usecases.context import TODAY, Context
from summitry.usecases.doors import Door, Facet
from summitry.usecases.filters import Code, Filter, Kind, Number, OnDay, Word, did_you_mean
from summitry.usecases.listing import Query
from summitry.usecases.ordering import BY_LABEL
from summitry.usecases.service import Service
from summitry.web import tabular
from summitry.web.endpoints import Json
from summitry.web.entities import FORMS
from summitry.web.negotiation import chosen
from summitry.web.reading import CLOCKS, DAY, Written, answer, clocks, context_of, moments, parameter

OFFERED: Final = (media.JSON, media.CSV, media.JSON_LD, media.TURTLE)
_SHAPES: Final = ("limit", "cursor", "sort", "facets", "fields", "include")
_MOST_ROWS: Final = 2000  # of a page in a form that programs take whole
_COUNT: Final[Json] = {"type": "integer", "minimum": 1, "maximum": listing.MOST, "default": listing.LIMIT}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks of a list beside which things: in which form, which members, counted by what."""

    query: Query
    form: str
    fields: tuple[str, ...]
    facets: tuple[Facet, ...]


class List:
    """The list behind one door."""

    def __init__(self, service: Service, door: Door) -> None:
        self._service = service
        self._door = door
        self._form = FORMS[door.name]
        self._fields = {
            field.serialization_alias or name: name for name, field in self._form.item.model_fields.items()
        } | {"href": "href"}

    # Plain functions, so that reading the store does not hold up the event loop.
    def negotiated(self, request: Request) -> Response:
        """Give a page of the list, in the form that Accept asks for."""
        return self._answered(request, chosen(request, OFFERED))

    def suffixed(self, request: Request, suffix: Annotated[str, Path()]) -> Response:
        """Give a page of the list, in the form that the suffix asks for."""
        form = media.BY_SUFFIX.get(suffix)
        if form not in OFFERED:
            raise HTTPException(
                404, f"/{self._door.name} has no form .{suffix}; it has .json, .csv, .jsonld and .ttl"
            )
        return self._answered(request, form)

    def parameters(self) -> list[Json]:
        """Give all its parameters as OpenAPI describes them."""
        door, when = self._door, self._door.valid_at
        day = clocks(when.doc, when.example, when.default) if when else clocks()
        return [*map(_of_filter, door.filters), *day, *self._of_shape()]

    def _of_shape(self) -> list[Json]:
        door = self._door
        return [
            parameter(
                "sort",
                _about_sort(door),
                list(door.orders)[-1],
                schema={"type": "string", "enum": [*door.orders], "default": BY_LABEL},
            ),
            *self._of_facets(),
            parameter(
                "fields",
                "Which members of an item to give, with commas between; `id` is always there.",
                "label,type",
            ),
            parameter(
                "include",
                "Properties, with commas between: their values are in `included`, with all that is stated of these.",
                "type",
            ),
            parameter(
                "limit", "How many a page has; up to 2000 as CSV, JSON-LD or Turtle.", "20", schema=_COUNT
            ),
            parameter(
                "cursor", "Where the page begins; `next` of the page before has it, and the header Link."
            ),
        ]

    def _of_facets(self) -> list[Json]:
        names = [facet.name for facet in self._door.facets]
        about = (
            f"What to count by, with commas between: {', '.join(names)}. Each value counts as often as the filter "
            "of its name finds it, on the day asked about if there is one."
        )
        return [parameter("facets", about, ",".join(names))] if names else []

    def _answered(self, request: Request, form: str) -> Response:
        names = [known.name for known in self._door.filters]
        check(request, [*names, *CLOCKS, *_SHAPES])
        default = self._door.valid_at.default if self._door.valid_at else TODAY
        asked = self._asked(request.query_params, context_of(request, self._service, default=default), form)

        def write(context: Context) -> Written:
            return self._written(request, replace(asked, query=replace(asked.query, context=context)))

        return answer(request, self._service, asked.query.context, form, write)

    def _asked(self, given: QueryParams, context: Context, form: str) -> Asked:
        most = listing.MOST if form == media.JSON else _MOST_ROWS
        query = listing.understand(
            self._door,
            {known.name: given.getlist(known.name) for known in self._door.filters if known.name in given},
            context,
            limit=_limit(given.get("limit", str(listing.LIMIT if form == media.JSON else most)), most),
            sort=given.get("sort", BY_LABEL),
            cursor=given.get("cursor", ""),
            include=_words(given, "include"),
        )
        fields = _words(given, "fields")
        for name in fields:
            if name not in self._fields:
                raise BadParameter(
                    f"fields: an item has no member {name!r}; {did_you_mean(name, list(self._fields))}"
                )
        return Asked(query, form, fields, facets.understand(self._door, _words(given, "facets")))

    def _written(self, request: Request, asked: Asked) -> Written:
        if asked.form in (media.JSON_LD, media.TURTLE):
            triples, cursor = listing.triples(asked.query)
            write = linked.turtle if asked.form == media.TURTLE else linked.json_ld
            return Written(write(triples), _next(request, cursor))
        page = listing.page(asked.query)
        following = _next(request, page.cursor)
        if asked.form == media.CSV:
            rows = [
                self._form.item.model_validate(item).model_dump(by_alias=True, mode="json")
                for item in page.items
            ]
            return Written(tabular.table(self._form.item, rows, asked.fields), following)
        facts = {"items": page.items, "total": page.total, "next": following, "included": page.included}
        counted = {"facets": facets.counted(asked.query, asked.facets)}
        shown = self._form.listing.model_validate(
            {**facts, **counted, **dict(moments(request, asked.query.context))}
        )
        return Written(
            shown.model_dump_json(by_alias=True, exclude=self._left_out(asked)).encode(), following
        )

    def _left_out(self, asked: Asked) -> dict[str, dict[str, set[str]]] | None:
        """Give what pydantic is to leave out of each item, None where all of it is wanted."""
        if not asked.fields:
            return None
        out = {field for name, field in self._fields.items() if name not in (*asked.fields, "id")}
        return {"items": {"__all__": out}}


def check(request: Request, known: Sequence[str]) -> None:
    """Refuse a parameter that would be ignored. Raises BadParameter."""
    for name in request.query_params:
        if name not in known:
            raise BadParameter(f"{request.url.path} has no parameter {name!r}; {did_you_mean(name, known)}")


def _of_filter(known: Filter) -> Json:
    schema = _schema_of(known.kind) | ({"default": known.default} if known.default else {})
    return parameter(known.name, known.doc, known.example, schema=schema)


def _schema_of(kind: Kind) -> Json:
    """Give what OpenAPI can say of the texts that `kind` takes; what the graph declares is told by the answer."""
    match kind:
        case Word(words):
            return {"type": "string", "enum": [*words]}
        case Number(numbers):
            return {"type": "integer", "enum": [*numbers]}
        case Code(lengths, sort):
            signs = "A-Za-z" if sort == "letters" else "0-9"
            return {"type": "string", "pattern": f"^[{signs}]{{{min(lengths)},{max(lengths)}}}$"}
        case OnDay():
            return DAY
        case _:
            return {"type": "string"}


def _about_sort(door: Door) -> str:
    less = " Of several values the least counts, with a minus the greatest; what has none comes last."
    return f"The order; with a minus, the other way round.{less if door.sorts else ''}"


def _words(given: QueryParams, name: str) -> tuple[str, ...]:
    """Give the words of a parameter that may have several, given once or more."""
    words = [word.strip() for text in given.getlist(name) for word in text.split(",")]
    if "" in words:
        raise BadParameter(f"{name}: a word of it is empty; write them as one,two")
    return tuple(dict.fromkeys(words))


def _limit(text: str, most: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 5 and 1 <= int(text) <= most):
        raise BadParameter(f"limit: {text!r} is not a whole number from 1 to {most}")
    return int(text)


def _next(request: Request, cursor: str) -> str | None:
    """Give the path of the page after this one, None on the last."""
    if not cursor:
        return None
    others = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
    return f"{request.url.path}?{urlencode([*others, ('cursor', cursor)])}"
