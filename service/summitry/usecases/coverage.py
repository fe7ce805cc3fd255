"""Whether a measure covers a flow: goods under a heading, from an exporter, as far as that is recorded."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from pyoxigraph import NamedNode

from summitry.terms import SKOS
from summitry.usecases.excerpt import Excerpt, Ref

ALL_COUNTRIES: Final = "collective/all-countries"


class Goods(StrEnum):
    """How far what a measure names covers the heading asked for.

    `all`: it restricts no goods. `same`, `broader`: it names the heading, or one above. `part`: it names headings
    below, so only some of the goods are covered. `unrecorded`: it names goods without a code.
    """

    ALL = "all"
    SAME = "same"
    BROADER = "broader"
    PART = "part"
    UNRECORDED = "unrecorded"


class Whom(StrEnum):
    """Whether what a measure targets includes the exporter: by name, as one of all, or unrecorded."""

    EXPORTER = "exporter"
    ALL = "all"
    UNRECORDED = "unrecorded"


class Applies(StrEnum):
    """Whether an exemption holds for the flow.

    `yes`: for all of it. `part`: for some headings below. `if-qualifying`: for goods that qualify under the
    agreement. `unrecorded`: it is of goods without a code, or of a group.
    """

    YES = "yes"
    PART = "part"
    IF_QUALIFYING = "if-qualifying"
    UNRECORDED = "unrecorded"


@dataclass(frozen=True, slots=True)
class Covered:
    """What of the goods that a measure names concerns the heading, and how."""

    goods: Goods
    commodities: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class Exemption:
    """Something that a measure leaves out, and whether that concerns the flow."""

    ref: Ref
    applies: Applies


@dataclass(frozen=True, slots=True)
class Flow:
    """Goods under one heading, on the way from one economy into another."""

    importer: NamedNode
    exporter: NamedNode
    heading: str
    all_countries: NamedNode


def goods(flow: Flow, named: Sequence[NamedNode], details: Excerpt) -> Covered | None:
    """Give how `named` goods cover the heading, None where their codes rule it out."""
    if not named:
        return Covered(Goods.ALL, ())
    found = [(kind, node) for node in named if (kind := _goods_of(flow, node, details))]
    if not found:
        return None
    best = min((kind for kind, _ in found), key=list(Goods).index)
    return Covered(best, details.named(node for kind, node in found if kind == best))


def whom(flow: Flow, named: Sequence[NamedNode], details: Excerpt) -> Whom | None:
    """Give whether `named` targets include the exporter, None where they are other economies alone."""
    if flow.exporter in named:
        return Whom.EXPORTER
    if flow.all_countries in named:
        return Whom.ALL
    is_open = not named or any(not _is_economy(node, details) for node in named)
    return Whom.UNRECORDED if is_open else None


def exemptions(flow: Flow, named: Iterable[NamedNode], details: Excerpt) -> tuple[Exemption, ...]:
    """Give those of the `named` exemptions that concern the flow, or may."""
    found = [Exemption(details.ref(node), how) for node in named if (how := _exempt(flow, node, details))]
    return tuple(sorted(found, key=lambda exemption: (exemption.ref.label, exemption.ref.iri)))


def _goods_of(flow: Flow, node: NamedNode, details: Excerpt) -> Goods | None:
    code = details.text(node, SKOS + "notation")
    if code is None:
        return Goods.UNRECORDED
    if code == flow.heading:
        return Goods.SAME
    if flow.heading.startswith(code):
        return Goods.BROADER
    return Goods.PART if code.startswith(flow.heading) else None


def _exempt(flow: Flow, node: NamedNode, details: Excerpt) -> Applies | None:
    if node == flow.exporter:
        return Applies.YES
    if _is_economy(node, details):
        return None
    parties = details.nodes(node, "party")
    if parties:
        return Applies.IF_QUALIFYING if flow.exporter in parties else None
    match _goods_of(flow, node, details):
        case None:
            return None
        case Goods.SAME | Goods.BROADER:
            return Applies.YES
        case Goods.PART:
            return Applies.PART
        case _:
            return Applies.UNRECORDED


def _is_economy(node: NamedNode, details: Excerpt) -> bool:
    return details.ref(node).type in ("Country", "Economy")
