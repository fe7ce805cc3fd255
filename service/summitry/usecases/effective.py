"""The tariff measures for goods on the way from one economy into another, in force or pending on a day.

They are stacked and never added up: which of them exclude each other is recorded nowhere.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Final

from pyoxigraph import Literal, NamedNode

from summitry.errors import BadParameter
from summitry.terms import AP, DCTERMS, is_source
from summitry.usecases import columns, coverage, parts, records
from summitry.usecases.context import Context
from summitry.usecases.coverage import ALL_COUNTRIES, Applies, Covered, Exemption, Flow, Goods, Whom
from summitry.usecases.excerpt import Excerpt, Names, Ref, column
from summitry.usecases.filters import Code
from summitry.usecases.nodes import parts_of
from summitry.usecases.parts import Rate, State
from summitry.usecases.records import Claim, Source

_IN_FORCE: Final = "in-force"
_SHOWN: Final = (_IN_FORCE, "suspended", "adopted", "announced", "threatened", "proposed", "unknown")
_CODE: Final = Code((2, 4, 6, 8, 10), "digits")
_LISTED: Final = 5


@dataclass(frozen=True, slots=True)
class Measure:
    """One phase of a measure that may bear on the flow, with all that is known of it."""

    policy: Ref
    whom: Whom
    covered: Covered
    rate: Rate | None
    state: State
    legal_basis: tuple[Ref, ...]
    related: tuple[Ref, ...]
    exemptions: tuple[Exemption, ...]
    claims: tuple[Claim, ...] = ()

    @property
    def is_exempt(self) -> bool:
        """Tell whether the whole flow is left out."""
        return any(exemption.applies == Applies.YES for exemption in self.exemptions)

    @property
    def is_open(self) -> bool:
        """Tell whether it is unrecorded that the measure concerns the flow at all."""
        return self.whom == Whom.UNRECORDED or self.covered.goods == Goods.UNRECORDED


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something that the answer would need and that is not recorded."""

    about: str
    text: str
    policies: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True)
class Effective:
    """The measures for a flow: those that bear on it, those that leave it out, those of which that is unrecorded."""

    importer: Ref
    exporter: Ref
    heading: str
    commodity: Ref | None
    measures: tuple[Measure, ...]
    exempt: tuple[Measure, ...]
    unsettled: tuple[Measure, ...]
    unknown: tuple[Unknown, ...]
    sources: tuple[Source, ...]


def understand(context: Context, importer: str, exporter: str, hs: str) -> Flow:
    """Give the flow that the texts of the parameters name.

    Raises:
        BadParameter: one of them names nothing; the message says what is near.
    """
    flow = Flow(
        _economy(context, "importer", importer),
        _economy(context, "exporter", exporter),
        _heading(context, hs),
        NamedNode(context.base + ALL_COUNTRIES),
    )
    if flow.importer == flow.exporter:
        raise BadParameter(f"exporter: {exporter!r} is the importer itself; name another economy")
    return flow


def effective(flow: Flow, context: Context) -> Effective:
    """Give what is recorded about `flow` on the day of `context`."""
    found = list(_measures(flow, context))
    claims = _claims(found, context)
    measures = [_with_claims(measure, claims) for measure in found]
    stack = tuple(m for m in measures if not m.is_open and not m.is_exempt)
    unsettled = tuple(m for m in measures if m.is_open and not m.is_exempt)
    commodity = NamedNode(f"{context.base}commodity/hs-{flow.heading}")
    names = Names(context, [flow.importer, flow.exporter, commodity])
    heading = names.ref(commodity)
    return Effective(
        names.ref(flow.importer),
        names.ref(flow.exporter),
        flow.heading,
        heading if heading.type else None,
        stack,
        tuple(m for m in measures if m.is_exempt),
        unsettled,
        tuple(_unknown(flow, stack, unsettled, is_declared=bool(heading.type))),
        _sources(measures, context),
    )


def _measures(flow: Flow, context: Context) -> Iterator[Measure]:
    """Give each phase that may hold on the day and may bear on the flow: what applies first, then by label."""
    bindings = {"importer": [flow.importer], "target": [flow.exporter, flow.all_countries]}
    policies = column(context.reader.select("tariffs-of", bindings), "policy")
    if not policies:
        return
    nodes = [*policies, *parts_of(context, policies)]
    excerpt = Excerpt(context, nodes)
    mentioned = {
        v for n in nodes for name in ("targets", "onCommodity", "exempts") for v in excerpt.nodes(n, name)
    }
    details = Excerpt(context, mentioned)
    found = [m for policy in policies for m in _phases(flow, context, policy, excerpt, details)]
    yield from sorted(found, key=_order)


def _phases(
    flow: Flow, context: Context, policy: NamedNode, excerpt: Excerpt, details: Excerpt
) -> Iterator[Measure]:
    for node in excerpt.nodes(policy, "hasState"):
        state = parts.state(excerpt, node, context.day)
        whom = coverage.whom(flow, _of_either("targets", node, policy, excerpt), details)
        covered = coverage.goods(flow, _of_either("onCommodity", node, policy, excerpt), details)
        if state.sureness and _status(state) in _SHOWN and whom and covered:
            exempt = [*excerpt.nodes(policy, "exempts"), *excerpt.nodes(node, "exempts")]
            yield Measure(
                excerpt.ref(policy),
                whom,
                covered,
                _rate(excerpt, policy, node),
                state,
                excerpt.refs(policy, "legalBasis"),
                excerpt.refs(policy, DCTERMS + "relation"),
                coverage.exemptions(flow, dict.fromkeys(exempt), details),
            )


def _of_either(name: str, state: NamedNode, policy: NamedNode, excerpt: Excerpt) -> list[NamedNode]:
    """Give what a property has on the state or, where it has nothing there, on the policy."""
    return excerpt.nodes(state, name) or excerpt.nodes(policy, name)


def _rate(excerpt: Excerpt, policy: NamedNode, state: NamedNode) -> Rate | None:
    """Give the rate of a phase; what it leaves out, the policy says."""
    found = parts.rate(excerpt, state) or parts.rate(excerpt, policy)
    basis = excerpt.text(state, "rateBasis") or excerpt.text(policy, "rateBasis")
    return Rate(found.percent, basis) if found else None


def _status(state: State) -> str:
    return state.status.iri.rpartition("/")[2] if state.status else "unknown"


def _order(measure: Measure) -> tuple[int, str, str]:
    return (_SHOWN.index(_status(measure.state)), measure.policy.label.casefold(), measure.state.iri)


def _claims(measures: Sequence[Measure], context: Context) -> list[Claim]:
    about = dict.fromkeys(NamedNode(iri) for m in measures for iri in (m.policy.iri, m.state.iri))
    if not about:
        return []
    nodes = column(context.reader.select("claims-about", {"entity": list(about)}), "claim")
    excerpt = Excerpt(context, nodes)
    return [records.claim(excerpt, node) for node in nodes]


def _with_claims(measure: Measure, claims: Sequence[Claim]) -> Measure:
    about = (measure.policy.iri, measure.state.iri)
    own = tuple(claim for claim in claims if claim.about and claim.about.iri in about)
    return replace(measure, claims=own)


def _sources(measures: Sequence[Measure], context: Context) -> tuple[Source, ...]:
    nodes = dict.fromkeys(NamedNode(iri) for m in measures for iri in (m.policy.iri, m.state.iri))
    excerpt = Excerpt(context, nodes)
    graphs = Excerpt(context, filter(is_source, excerpt.graphs(nodes)))
    return tuple(records.source(graphs, graph) for graph in graphs.resources)


def _unknown(
    flow: Flow, stack: Sequence[Measure], unsettled: Sequence[Measure], *, is_declared: bool
) -> Iterator[Unknown]:
    """Give what the graph does not say, the gap that concerns all of the answer first."""
    if not any(m.rate and m.rate.basis == "total" and _status(m.state) == _IN_FORCE for m in stack):
        yield Unknown(
            "base-rate",
            "No ordinary duty is recorded: what is additional here comes on top of a rate unknown.",
        )
    if len(stack) > 1:
        yield Unknown(
            "stacking",
            "Which of these measures add up, and which exclude each other, is not recorded.",
            _policies(stack),
        )
    rateless = [m for m in stack if m.rate is None]
    if rateless:
        yield Unknown("rate", "No rate is recorded of these for the phase shown.", _policies(rateless))
    if whom := [m for m in unsettled if m.whom == Whom.UNRECORDED]:
        yield Unknown("targets", "Whether these target the exporter is not recorded.", _policies(whom))
    if goods := [m for m in unsettled if m.covered.goods == Goods.UNRECORDED]:
        yield Unknown("goods", "Whether these cover the heading is not recorded.", _policies(goods))
    if part := [m for m in stack if m.covered.goods == Goods.PART]:
        yield Unknown("part", "These cover some of the goods under the heading, not all.", _policies(part))
    if open_exempt := [m for m in stack if any(e.applies != Applies.YES for e in m.exemptions)]:
        yield Unknown(
            "exemptions",
            "Whether the goods are among what these exempt is not recorded.",
            _policies(open_exempt),
        )
    if not is_declared:
        yield Unknown(
            "heading", f"No graph declares the heading {flow.heading}; it is compared by its digits."
        )


def _policies(measures: Sequence[Measure]) -> tuple[Ref, ...]:
    return tuple(dict.fromkeys(measure.policy for measure in measures))


def _heading(context: Context, text: str) -> str:
    try:
        (code,) = _CODE.read(text.replace(".", ""), context)
    except BadParameter as error:
        raise BadParameter(f"hs: {error}; write 8703, or 870323") from error
    return code.value


def _economy(context: Context, name: str, text: str) -> NamedNode:
    """Give the economy that `text` names: a code of ISO 3166, a slug, a prefixed name or an IRI."""
    codes = [NamedNode(AP + name) for name in ("iso2", "iso3")]
    rows = context.reader.select("having", {"given": codes, "value": [Literal(text.upper())]})
    for candidate in [*column(rows, "entity"), *context.iri(text, ["country"])]:
        if Names(context, [candidate]).ref(candidate).type in (
            "Country",
            "Economy",
        ):
            return candidate
    raise BadParameter(f"{name}: no economy is called {text!r}; {_near(context, text)}")


def _near(context: Context, text: str) -> str:
    """Give the names and codes of economies that are most like `text`."""
    economies = [NamedNode(iri) for iri in columns.members(context, "Economy")]
    refs = Names(context, economies)
    called = {
        (label := refs.ref(entity).label).casefold(): (label, entity.value.rpartition("/")[2])
        for entity in economies
    }
    close = get_close_matches(text.casefold(), list(called), n=_LISTED)
    codes = get_close_matches(text.casefold(), [code for _, code in called.values()], n=_LISTED)
    near = dict.fromkeys([*(called[name][1] for name in close), *codes])
    names = {code: label for label, code in called.values()}
    listed = ", ".join(f"{code} ({names[code]})" for code in list(near)[:_LISTED])
    return f"did you mean {listed}?" if listed else "write its code of two letters, as us"
