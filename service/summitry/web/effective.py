"""GET /policies/effective: the tariff measures for goods on the way from one economy into another."""

from dataclasses import replace
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from pydantic import AliasPath, Field, computed_field
from starlette.responses import Response

from summitry import media
from summitry.errors import BadParameter
from summitry.usecases import effective, lookup
from summitry.usecases.context import Context, day_of
from summitry.usecases.coverage import Applies, Goods, Whom
from summitry.usecases.filters import did_you_mean
from summitry.usecases.service import Service
from summitry.web.items import Claim
from summitry.web.parts import LABEL, REF_IRI, TYPE, Member, Moments, Rate, Ref, Source, State
from summitry.web.reading import CLOCKS, VALID_AT, answer, clocks, context_of, moments, parameter

_ON: Final = "on"
_NAMES: Final = ("importer", "exporter", "hs", _ON)


class Exemption(Member):
    """What a measure leaves out."""

    id: str = REF_IRI
    label: str = LABEL
    type: str = TYPE
    applies: Applies = Field(
        description="`yes`: to all of the flow; `part`: to headings below; `if-qualifying`: to goods that qualify "
        "under the agreement; `unrecorded`: its goods have no codes here, or its members are not listed."
    )


class Measure(Member):
    """One phase of a measure: how high, for whom, on what, how it stands, and who says so."""

    policy: Ref
    rate: Rate | None = Field(description="In percent, with its basis; null where none is recorded.")
    targets: Whom = Field(
        validation_alias="whom",
        description="Whether it targets the `exporter` by name, `all`, or `unrecorded`.",
    )
    covers: Goods = Field(
        validation_alias=AliasPath("covered", "goods"),
        description="`all` goods, the `same` heading, a `broader` one, a `part` of the heading, or `unrecorded`.",
    )
    on_commodity: list[Ref] = Field(
        validation_alias=AliasPath("covered", "commodities"),
        description="By which of its goods it covers that.",
    )
    state: State = Field(
        description="The phase: `reading` says how it stood, `sureness` how sure that is, `inDocument` and "
        "`credence` who says so and how credibly."
    )
    legal_basis: list[Ref]
    related: list[Ref] = Field(
        description="Policies that belong to it, or that may be the same by another name."
    )
    exempts: list[Exemption] = Field(
        validation_alias="exemptions", description="What concerns the flow, or may."
    )
    claims: list[Claim] = Field(
        description="What is claimed about the measure or the phase, contradictions too."
    )

    @computed_field(description="The path of the policy's page.")  # type: ignore[prop-decorator]
    @property
    def href(self) -> str:
        """Give the path of the policy's page."""
        return f"/policies/{lookup.slug(self.policy.id)}"


class Unknown(Member):
    """Something that the answer would need and that is not recorded."""

    about: str = Field(
        description="base-rate, stacking, rate, targets, goods, part, exemptions or heading.",
        examples=["base-rate"],
    )
    text: str
    policies: list[Ref]


class Effective(Moments):
    """The measures for a flow, stacked and not added up: those in force first, then what is pending."""

    importer: Ref
    exporter: Ref
    hs: str = Field(validation_alias="heading", examples=["870323"])
    commodity: Ref | None = Field(description="The heading, null where no graph declares it.")
    measures: list[Measure] = Field(description="Those that bear on the flow, or on a part of it.")
    exempt: list[Measure] = Field(description="Those that would bear on the flow, and leave it out.")
    unsettled: list[Measure] = Field(
        description="Those of which it is not recorded whether they bear on the flow."
    )
    unknown: list[Unknown] = Field(description="What is not recorded, so that no one number can be right.")
    sources: list[Source]


class Stacking:
    """The way in to the measures for a flow."""

    def __init__(self, service: Service) -> None:
        self._service = service

    # A plain function, so that reading the store does not hold up the event loop.
    def stack(
        self,
        request: Request,
        importer: Annotated[
            str,
            Query(description="Who imposes: a code of ISO 3166, or a slug.", examples=["us"], max_length=200),
        ],
        exporter: Annotated[
            str, Query(description="Where the goods are from: likewise.", examples=["cn"], max_length=200)
        ],
        hs: Annotated[
            str, Query(description="The heading, 2 to 10 digits.", examples=["870323"], max_length=20)
        ],
    ) -> Response:
        """Give the measures in force or pending on a day, each with rate, basis, source and sureness; no total.

        Covered are tariff measures of the importer on imports; what the exporter levies is not among them.
        """
        _check(request)
        context = _context(request, self._service)
        flow = effective.understand(context, importer, exporter, hs)

        def write(context: Context) -> bytes:
            found = effective.effective(flow, context)
            when = moments(request, context, without=(_ON,))
            return _shown(found, when).model_dump_json(by_alias=True).encode()

        return answer(request, self._service, context, media.JSON, write)


def routes(service: Service) -> APIRouter:
    """Give the route; it comes before that of one policy, which would take `effective` for a name."""
    router = APIRouter()
    when = "The day asked about; it may be called `valid_at` too."
    router.add_api_route(
        "/policies/effective",
        Stacking(service).stack,
        methods=["GET"],
        operation_id="effective_policies",
        summary="Stack the tariff measures for goods from one economy into another",
        tags=["policies"],
        response_class=Response,
        responses={200: {"model": Effective}},
        openapi_extra={"parameters": [parameter(_ON, when, "2025-11-05"), *clocks()]},
    )
    return router


def _shown(found: effective.Effective, when: Moments) -> Effective:
    facts = {name: getattr(found, name) for name in effective.Effective.__slots__}
    return Effective.model_validate({**facts, **dict(when)})


def _context(request: Request, service: Service) -> Context:
    """Give what the request is asked in; `on` is another name of `valid_at`."""
    context, text = context_of(request, service), request.query_params.get(_ON)
    if text is not None:
        try:
            day = day_of(text, context.today)
        except BadParameter as error:
            raise BadParameter(f"{_ON}: {error}") from error
        if VALID_AT in request.query_params and day != context.valid_at:
            raise BadParameter(f"{_ON}: {VALID_AT} names another day; give one of them")
        context = replace(context, valid_at=day)
    if context.valid_at is None:
        raise BadParameter(f"{_ON}: measures are stacked on one day; name it, as 2025-11-05")
    return context


def _check(request: Request) -> None:
    """Refuse a parameter that would be ignored, or one of two values that would."""
    known = [*_NAMES, *CLOCKS]
    for name in _NAMES:
        if len(request.query_params.getlist(name)) > 1:
            raise BadParameter(f"{name}: it is given twice; give it once")
    for name in request.query_params:
        if name not in known:
            raise BadParameter(f"{request.url.path} has no parameter {name!r}; {did_you_mean(name, known)}")
