"""GET /neighbours, /paths and /conflicts: how entities hang together, and where the record disagrees with itself."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field
from pyoxigraph import NamedNode
from starlette.responses import Response

from summitry import media
from summitry.errors import UnknownEntity
from summitry.terms import ENTITY_TYPES
from summitry.usecases import conflicts, connections
from summitry.usecases.connections import LENGTH, MOST
from summitry.usecases.context import Context
from summitry.usecases.service import Service
from summitry.web.entities import Statement
from summitry.web.items import Claim
from summitry.web.parts import Member, Moments, Ref
from summitry.web.reading import Write, answer, clocks, context_of, moments

_NAMED = "An entity: its IRI, a prefixed name as country:us, or the last part of its IRI."


class Step(Member):
    """One statement: `subject` `link` `object`, as it is stated."""

    subject: Ref
    link: Ref = Field(description="The property.")
    object: Ref
    graphs: list[str] = Field(description="The graphs that state it.")
    sentence: str = Field(examples=["Xi Jinping — participant — meeting of Donald Trump and Xi Jinping"])


class Neighbours(Moments):
    """What links an entity with others, in either direction."""

    of: Ref
    total: int
    items: list[Step] = Field(validation_alias="steps")


class Way(Member):
    """A way from one entity to another."""

    steps: list[Step]
    sentence: str


class Ways(Moments):
    """The shortest ways: five at most, all of one length. Empty where there is none."""

    ways: list[Way]
    is_complete: bool = Field(
        description="False where ways were left out: beyond five, or at hubs and in a large search not looked at."
    )


class Conflict(Member):
    """Claims that exclude each other, or a claim and the plain facts that it does not fit."""

    about: Ref
    property: str
    claims: list[Claim]
    facts: list[Statement] = Field(description="What is plainly stated of the same.")


class Conflicts(Moments):
    """Where the record disagrees with itself."""

    total: int = Field(description="How many there are; the first 200 are given.")
    items: list[Conflict]


class Connections:
    """The way in to what hangs together."""

    def __init__(self, service: Service) -> None:
        self._service = service

    # Plain functions, so that reading the store does not hold up the event loop.
    def neighbours(
        self,
        request: Request,
        entity: Annotated[str, Query(description=_NAMED, examples=["xi-jinping"])],
        limit: Annotated[int, Query(ge=1, le=MOST, description="How many.")] = 50,
    ) -> Response:
        """Give the statements that link an entity with others, by property."""

        def write(context: Context) -> bytes:
            found = connections.neighbours(_entity(context, entity), context, limit=limit)
            facts = {"of": found.of, "total": found.total, "steps": found.steps}
            shown = Neighbours.model_validate({**facts, **dict(moments(request, context))})
            return shown.model_dump_json(by_alias=True).encode()

        return self._answer(request, write)

    def paths(
        self,
        request: Request,
        start: Annotated[str, Query(alias="from", description=_NAMED, examples=["xi-jinping"])],
        end: Annotated[str, Query(alias="to", description=_NAMED, examples=["karoline-leavitt"])],
        length: Annotated[int, Query(ge=1, le=LENGTH, description="How many statements a way may have.")] = 6,
    ) -> Response:
        """Give the shortest ways from one entity to another, along statements in either direction, as sentences."""

        def write(context: Context) -> bytes:
            ends = (_entity(context, start), _entity(context, end))
            found = connections.ways(*ends, context, length=length)
            facts = {"ways": found.ways, "is_complete": found.is_complete}
            shown = Ways.model_validate({**facts, **dict(moments(request, context))})
            return shown.model_dump_json(by_alias=True).encode()

        return self._answer(request, write)

    def conflicts(
        self,
        request: Request,
        about: Annotated[
            str, Query(description=f"Only what is claimed of this. {_NAMED}", examples=["trump-xi-apec-2025"])
        ] = "",
    ) -> Response:
        """Give the claims that exclude each other, and those that do not fit the plain facts."""

        def write(context: Context) -> bytes:
            subject = _entity(context, about) if about else None
            total, found = conflicts.conflicts(context, subject)
            shown = Conflicts.model_validate(
                {"total": total, "items": found, **dict(moments(request, context))}
            )
            return shown.model_dump_json(by_alias=True).encode()

        return self._answer(request, write)

    def _answer(self, request: Request, write: Write) -> Response:
        context = context_of(request, self._service)
        return answer(request, self._service, context, media.JSON, write)


def routes(service: Service) -> APIRouter:
    """Give the routes."""
    router = APIRouter(tags=["connections"])
    doors = Connections(service)
    for path, door, model, summary in (
        ("/neighbours", doors.neighbours, Neighbours, "List what is next to an entity"),
        ("/paths", doors.paths, Ways, "Find how two entities are connected"),
        ("/conflicts", doors.conflicts, Conflicts, "List where the record disagrees"),
    ):
        router.add_api_route(
            path,
            door,
            methods=["GET"],
            summary=summary,
            response_class=Response,
            responses={200: {"model": model}},
            openapi_extra={"parameters": clocks()},
        )
    return router


def _entity(context: Context, name: str, kinds: Sequence[str] = ENTITY_TYPES) -> NamedNode:
    """Give the entity that the graph declares by this name. Raises UnknownEntity."""
    candidates = context.iri(name, kinds)
    if candidates:
        declared = {row["entity"] for row in context.reader.select("classes-of", {"entity": candidates})}
        for candidate in candidates:
            if candidate in declared:
                return candidate
    raise UnknownEntity(f"no graph declares {name!r}; GET /search?q=… finds entities by name")
