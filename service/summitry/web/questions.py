"""GET /questions: the catalogue, and each of its questions as a route of its own."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, create_model
from starlette.responses import JSONResponse, Response

from summitry import media
from summitry.errors import BadParameter
from summitry.question import Column, Parameter, Question, catalogue
from summitry.usecases import history, questions
from summitry.usecases.ask import QUADS, SOLUTIONS
from summitry.usecases.context import Context
from summitry.usecases.excerpt import Ref
from summitry.usecases.filters import did_you_mean
from summitry.usecases.questions import LIMIT, MOST
from summitry.usecases.service import Service
from summitry.web import parts
from summitry.web.answers import sent, while_connected
from summitry.web.endpoints import Json
from summitry.web.languages import LANG
from summitry.web.negotiation import chosen
from summitry.web.preconditions import is_known
from summitry.web.reading import KNOWN_AT, VARY, context_of, parameter

_OF_JSON: Final = ("limit", "offset", "lang")
_OF_ROWS: Final = (media.JSON, *SOLUTIONS)
_OF_GRAPH: Final = tuple(form for form in QUADS if form != media.JSON_LD)
_CELLS: Final[Mapping[str, type]] = {"boolean": bool, "number": float, "text": str, "day": str}
_FURTHEST: Final = 1_000_000


class ParameterMembers(BaseModel):
    """What a question takes; one that is left out has its default, or restricts nothing where that is empty."""

    name: str
    kind: str = Field(description="day, text, number, or the entity type in the IRIs of what it names.")
    description: str
    default: str
    example: str


class ColumnMembers(BaseModel):
    """What a question gives in each row."""

    name: str
    kind: str
    description: str


class QuestionMembers(BaseModel):
    """A question: `query` runs at /sparql as it stands and asks it with the defaults."""

    name: str
    title: str
    href: str
    parameters: list[ParameterMembers]
    columns: list[ColumnMembers]
    graph: str = Field(description="What the graph holds that it gives; empty for one that gives rows.")
    query: str


class Catalogue(BaseModel):
    """All questions of the catalogue, by name."""

    questions: list[QuestionMembers]


class Asking:
    """One question of the catalogue."""

    def __init__(self, service: Service, question: Question) -> None:
        self._service = service
        self._question = question

    async def answer(self, request: Request) -> Response:
        """Answer it with the parameters of `request`."""
        question, given = self._question, request.query_params
        known = [parameter.name for parameter in question.parameters]
        _check(request, [*known, "format", KNOWN_AT, *(_OF_JSON if question.columns else ())])
        form = chosen(request, _OF_ROWS if question.columns else _OF_GRAPH, given.get("format", ""))
        page = _page(request, form)
        context = await asyncio.to_thread(context_of, request, self._service)
        headers = {"etag": _tag(context, form), "vary": VARY}
        if is_known(request, headers["etag"]):
            return Response(status_code=304, headers=headers)
        texts = {name: given.getlist(name) for name in known if name in given}
        query = await asyncio.to_thread(questions.understand, question, texts, context)
        accept = media.RESULTS_JSON if form == media.JSON else form
        past = await self._undone(context) if given.get(KNOWN_AT) else []
        answer = await while_connected(request, questions.answer(self._service, query, accept, past))
        if form != media.JSON:
            return sent(answer, headers)
        limit, offset = page
        rows = await questions.rows(question, answer, context, limit=limit, offset=offset)
        number = context.reader.head() if past else rows.revision
        members = _members(rows, request, number, offset + limit)
        return JSONResponse({**_head(question), **members}, headers=headers)

    async def _undone(self, context: Context) -> list[bytes]:
        number = context.reader.head()
        return await asyncio.to_thread(lambda: list(history.since(self._service.store, number)))


def routes(service: Service) -> APIRouter:
    """Give the routes of the catalogue."""
    router = APIRouter(tags=["questions"])
    router.add_api_route("/questions", _listed, methods=["GET"], summary="List the questions")
    for question in catalogue().values():
        content: Json = {form: {} for form in (_OF_ROWS[1:] if question.columns else _OF_GRAPH)}
        answers = {"content": content} | ({"model": _model(question)} if question.columns else {})
        router.add_api_route(
            f"/questions/{question.name}",
            Asking(service, question).answer,
            methods=["GET"],
            operation_id=f"ask_{question.name.replace('-', '_')}",
            summary=question.title.rstrip("?"),
            description=question.graph or question.title,
            response_class=Response,
            responses={200: {"description": "The answer.", **answers}},
            openapi_extra={"parameters": _parameters(question)},
        )
    return router


async def _listed() -> Catalogue:
    """Give every question of the catalogue with what it takes and gives, and the query that asks it."""
    return Catalogue(questions=[_described(question) for question in catalogue().values()])


def _described(question: Question) -> QuestionMembers:
    return QuestionMembers(
        **_head(question),
        href=f"/questions/{question.name}",
        parameters=[
            ParameterMembers(
                name=p.name, kind=p.kind, description=p.doc, default=p.default, example=p.example
            )
            for p in question.parameters
        ],
        columns=[ColumnMembers(name=c.name, kind=c.kind, description=c.doc) for c in question.columns],
        graph=question.graph,
        query=question.text,
    )


def _head(question: Question) -> dict[str, str]:
    return {"name": question.name, "title": question.title}


def members(row: Mapping[str, questions.Cell | None]) -> dict[str, object]:
    """Give a row as JSON."""
    return {
        name: {"id": cell.iri, "label": cell.label, "type": cell.type} if isinstance(cell, Ref) else cell
        for name, cell in row.items()
    }


def _members(rows: questions.Rows, request: Request, number: int, end: int) -> dict[str, object]:
    given = [(name, value) for name, value in request.query_params.multi_items() if name != KNOWN_AT]
    permalink = f"{request.url.path}?{urlencode([*given, (KNOWN_AT, str(number))])}"
    # Of the same revision: what is recorded meanwhile moves no row from one page to another.
    others = [(name, value) for name, value in given if name != "offset"]
    following = f"{request.url.path}?{urlencode([*others, (KNOWN_AT, str(number)), ('offset', str(end))])}"
    return {
        "knownAt": number,
        "permalink": permalink,
        "total": rows.total,
        "next": following if end < rows.total else None,
        "rows": [members(row) for row in rows.rows],
    }


def _model(question: Question) -> type[BaseModel]:
    """Give the model of the answers to `question`."""
    name = "".join(word.capitalize() for word in question.name.split("-"))
    row = create_model(f"{name}Row", **{column.name: _field(column) for column in question.columns})  # type: ignore[call-overload]
    row.__doc__ = "A row of the answer; what is not recorded is null."
    rows = Annotated[list[row], Field(description="The rows of this page, in the order of the query.")]  # type: ignore[valid-type]
    model: type[BaseModel] = create_model(
        f"{name}Answer",
        name=(str, ...),
        title=(str, ...),
        knownAt=(int, Field(description="The revision of the graph that was asked.")),
        permalink=(
            str,
            Field(description="The path that gives this answer again, whatever is recorded later."),
        ),
        total=(int, Field(description="How many rows there are on all pages.")),
        next=(str | None, Field(description="The path of the next page, null on the last.")),
        rows=(rows, ...),
    )
    model.__doc__ = question.title
    return model


def _field(column: Column) -> tuple[object, object]:
    kinds = _CELLS.get(
        column.kind, parts.Ref | str if column.kind in ("any", "entity or text") else parts.Ref
    )
    return (kinds | None, Field(description=column.doc))


def _parameters(question: Question) -> list[Json]:
    own = [_of(known) for known in question.parameters]
    known_at = parameter(KNOWN_AT, "A revision, such as 12, or a time: the answer as it was known then.")
    names = "json, csv, tsv, xml" if question.columns else "turtle, nt, xml"
    form = parameter("format", f"{names} or a media type, instead of Accept.")
    return [*own, *(_PAGING if question.columns else ()), form, known_at]


def _of(known: Parameter) -> Json:
    schema: Json = {"type": "string"} | ({"default": known.default} if known.default else {})
    if known.kind == "number":
        schema = {"type": "integer", "minimum": 0, "default": int(known.default or 0)}
    return parameter(known.name, known.doc, known.example, schema=schema)


_COUNT: Final[Json] = {"type": "integer", "minimum": 1, "maximum": MOST, "default": LIMIT}
_PASSED: Final[Json] = {"type": "integer", "minimum": 0, "maximum": _FURTHEST, "default": 0}
_PAGING: Final = (
    parameter("limit", "How many rows, in JSON; other forms are whole.", schema=_COUNT),
    parameter("offset", "How many rows to pass over, in JSON.", schema=_PASSED),
    LANG,
)


def _tag(context: Context, form: str) -> str:
    variant = ".".join([form.rpartition("/")[2], *context.languages, context.today.isoformat()])
    return f'W/"r{context.reader.head()}.{variant}"'


def _check(request: Request, known: Sequence[str]) -> None:
    """Refuse a parameter that would be ignored."""
    for name in request.query_params:
        if name not in known:
            raise BadParameter(f"{request.url.path} has no parameter {name!r}; {did_you_mean(name, known)}")


def _page(request: Request, form: str) -> tuple[int, int]:
    """Give how many rows to show and how many to pass over."""
    for name in ("limit", "offset") if form != media.JSON else ():
        if name in request.query_params:
            raise BadParameter(f"{name}: an answer as {form} is whole; leave it out, or ask for {media.JSON}")
    return _number(request, "limit", LIMIT, range(1, MOST + 1)), _number(
        request, "offset", 0, range(_FURTHEST + 1)
    )


def _number(request: Request, name: str, default: int, allowed: range) -> int:
    text = request.query_params.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) in allowed):
        raise BadParameter(f"{name}: {text!r} is not a whole number from {allowed[0]} to {allowed[-1]}")
    return int(text)
