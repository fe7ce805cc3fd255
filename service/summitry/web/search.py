"""GET /search: entities by what they are called, grouped by kind, each with the name that fits and how."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import AliasPath, Field
from starlette.responses import Response

from summitry import media
from summitry.usecases import search
from summitry.usecases.context import Context
from summitry.usecases.search import LIMIT, MOST, How
from summitry.usecases.service import Service
from summitry.web.parts import LABEL, REF_IRI, TYPE, Member, Moments
from summitry.web.reading import answer, clocks, context_of, moments


class Matched(Member):
    """The name by which an entity was found."""

    text: str = Field(validation_alias=AliasPath("name", "text"), examples=["République de Corée"])
    language: str = Field(validation_alias=AliasPath("name", "language"), description="Empty for a code.")
    property: str = Field(validation_alias=AliasPath("name", "property"), description="The property's IRI.")
    how: How = Field(
        description="`exact`: it is the text; `prefix`: it begins so; `words`: it has all the words, the last "
        "perhaps cut off; `infix`: the text is within it; `similar`: its words differ in a letter or two."
    )


class Item(Member):
    """An entity that was found."""

    id: str = REF_IRI
    label: str = LABEL
    type: str = TYPE
    score: float = Field(description="How well it fits; only its order in this answer means anything.")
    matched: Matched


class Group(Member):
    """What was found of one kind, the best first."""

    type: str = Field(description="A class of the ontology.", examples=["Policy"])
    total: int = Field(description="How many were found, of the first 500 names that fit.")
    items: list[Item]


class Results(Moments):
    """What was found, the kind with the best first."""

    query: str
    groups: list[Group]


class Searching:
    """The way in to everything that has a name."""

    def __init__(self, service: Service) -> None:
        self._service = service

    # A plain function, so that reading the store does not hold up the event loop.
    def found(
        self,
        request: Request,
        q: Annotated[str, Query(description="A name, its beginning, or a part of it.", examples=["korea"])],
        type: Annotated[  # noqa: A002 the parameter's name
            list[str],
            Query(description="A class of the ontology: only what is of it or below; may be repeated."),
        ] = [],  # noqa: B006 FastAPI copies it
        limit: Annotated[int, Query(ge=1, le=MOST, description="How many of each kind.")] = LIMIT,
    ) -> Response:
        """Find what is called like `q`, in any language; neither case nor accents count, and a slip is forgiven."""
        context = context_of(request, self._service)
        wanted = search.understand(context, q, types=type, limit=limit)

        def write(context: Context) -> bytes:
            names = self._service.names.of(context.reader, self._service.store)
            groups = search.search(names, replace(wanted, context=context))
            shown = Results.model_validate({"query": q, "groups": groups, **dict(moments(request, context))})
            return shown.model_dump_json(by_alias=True).encode()

        return answer(request, self._service, context, media.JSON, write)


def routes(service: Service) -> APIRouter:
    """Give the route of the search."""
    router = APIRouter(tags=["search"])
    router.add_api_route(
        "/search",
        Searching(service).found,
        methods=["GET"],
        operation_id="search",
        summary="Find entities by name",
        response_class=Response,
        responses={200: {"model": Results}},
        openapi_extra={"parameters": clocks()},
    )
    return router
