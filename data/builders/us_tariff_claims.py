"""What the tracker's tables say against each other, or only by inference, as claims."""

from typing import NamedTuple

from builders.turtle import day, node, text
from builders.us_tariff_cells import PARAMETERS, REVISIONS, TIMING, Cells, Moment, Table

_BY_SCHEDULE = "The source gives this day of the tariff schedule beside another for the law."
_BY_REVISION = "Another table or column of the same source gives this day."
_OF_RATE = "The table of dates names this rate for vehicles and buses together."
_OF_LAW = "Three orders and three countries stand in one row each; this pairs them in their order."
_OF_GOODS = "One block of the parameters names steel with aluminium, another aluminium alone."


class Claim(NamedTuple):
    """One triple as one document has it; `against` is the claim that it contradicts."""

    name: str
    about: str
    property: str
    value: str
    document: str
    credence: str = "reported"
    basis: str = ""
    against: str = ""

    def turtle(self) -> str:
        """Give the claim as Turtle."""
        return node(
            f"claim:{self.name}",
            ("a", "ap:Claim"),
            ("rdf:subject", self.about),
            ("rdf:predicate", self.property),
            ("rdf:object", self.value),
            ("ap:inDocument", self.document),
            ("ap:credence", f"credence:{self.credence}"),
            ("ap:credenceBasis", *([text(self.basis, "en")] if self.basis else [])),
            ("ap:contradicts", *([f"claim:{self.against}"] if self.against else [])),
        )


def of_start(cells: Cells, state: str, phase: Table, row: str, start: Moment) -> list[Claim]:
    """Give the day that a state began by the cell chosen, and each other day by another; none if all agree."""
    moment, other = str(phase.get("from", "")), phase.get("disputed")
    rivals: list[tuple[str, Moment, str]] = []
    if other:
        rivals.append(("revision", cells.moment(other, row), _BY_REVISION))
    elif moment.startswith("timing"):
        rivals.append(
            (
                "schedule",
                cells.schedule(moment.removeprefix("timing").removeprefix(": ") or row),
                _BY_SCHEDULE,
            )
        )
    rivals = [rival for rival in rivals if rival[1].day != start.day]
    mine = Claim(f"{_local(state)}-start", state, "ap:from", day(start.day), start.document)
    against = [
        mine._replace(
            name=f"{mine.name}-by-{kind}",
            value=day(rival.day),
            document=rival.document,
            credence="disputed",
            basis=basis,
            against=mine.name,
        )
        for kind, rival, basis in rivals
    ]
    return [mine, *against] if against else []


def of_rate(state: str, phase: Table) -> list[Claim]:
    """Give the rate of a state by the parameters and the one by the table of dates, where they differ."""
    if "rate_disputed" not in phase:
        return []
    mine = Claim(f"{_local(state)}-rate", state, "ap:ratePercent", f"{phase['rate']:g}", PARAMETERS)
    rival = mine._replace(
        name=f"{mine.name}-by-timing",
        value=f"{phase['rate_disputed']:g}",
        document=TIMING,
        credence="disputed",
        basis=_OF_RATE,
        against=mine.name,
    )
    return [mine, rival]


def of_measure(cells: Cells, measure: Table) -> list[Claim]:
    """Give what is inferred of a measure, and the goods that one cell has against another."""
    slug, found = measure["slug"], []
    policy = f"policy:{slug}"
    if law := measure.get("paired"):
        found.append(
            Claim(
                f"{slug}-legal-basis", policy, "ap:legalBasis", f"document:{law}", TIMING, "inferred", _OF_LAW
            )
        )
    if exempt := measure.get("exempts_inferred"):
        since = cells.event(exempt["revision"], exempt["text"])
        basis = f"The source names carve-outs for the agreement on {since}, and not the measure."
        found.append(
            Claim(f"{slug}-exempts-usmca", policy, "ap:exempts", exempt["node"], REVISIONS, "inferred", basis)
        )
    for goods in cells.codes(measure["goods_disputed"]) if "goods_disputed" in measure else []:
        value = f"commodity:hs-{goods}"
        found.append(
            Claim(f"{slug}-on-hs-{goods}", policy, "ap:onCommodity", value, PARAMETERS, "disputed", _OF_GOODS)
        )
    return found


def _local(iri: str) -> str:
    return iri.partition(":")[2]
