"""The tariff measures of the United States, 2025 to 2026, as one tracker reads the law.

us-tariff-measures.toml says which cell says what; days, rates, codes and countries come from the cells.
"""

import tomllib
from collections.abc import Iterator

from builders.sources import SOURCES, Row
from builders.turtle import Graph, day, node, text
from builders.us_tariff_cells import PARAMETERS, TIMING, Cells, Moment, Table
from builders.us_tariff_claims import Claim, of_measure, of_rate, of_start
from builders.us_tariff_documents import ALL, EDITION, PUBLISHER, USMCA, documents
from builders.us_tariff_report import report

RIGHTS = "Copyright (c) 2025-2026 The Budget Lab at Yale. MIT License, as in data/sources/us-tariff-timeline."


def us_tariffs(economies: list[Row], headings: list[Row]) -> Graph:
    """Give every measure, its states, what announced it, the texts of law behind it, and goods that are no heading."""
    cells = Cells(economies)
    plan = tomllib.loads((SOURCES / "us-tariff-measures.toml").read_text(encoding="utf-8"))
    measures = [*plan["measure"], *_section_301(cells, plan["goods"])]
    build = _Build(cells, plan["ieepa_end"], frozenset(row["hscode"] for row in headings))
    nodes = [node("graph:us-tariff-measures", ("dcterms:rights", text(RIGHTS, "en")))]
    nodes += documents(cells, plan["document"])
    nodes += (part for measure in measures for part in build.measure(measure))
    nodes += build.goods(plan["goods"])
    return Graph(nodes, report(cells, measures, plan["ieepa_end"], nodes))


def _section_301(cells: Cells, goods: dict[str, str]) -> Iterator[Table]:
    """Give a measure for each heading whose rate is known; its goods are named, and have no codes here."""
    for path, heading in cells.parameters.items():
        if path.startswith("section_301_rates.") and path.endswith(".ch99_pattern"):
            rate, name = path.replace("ch99_pattern", "s301_rate"), heading.replace(".", "-")
            goods[f"us-{name}-goods"] = f"goods of US heading {heading}"
            percent = round(float(cells.parameters[rate]) * 100, 6)
            yield {
                "slug": f"us-section-301-{name}",
                "label": f"US duty on imports from China under Section 301, heading {heading}",
                "targets": ["cn"],
                "unlisted": f"us-{name}-goods",
                "state": [{"name": "in-force", "rate": percent, "said": rate}],
            }


class _Build:
    """The measures as Turtle; it remembers which goods they named."""

    def __init__(self, cells: Cells, ieepa_end: str, headings: frozenset[str]) -> None:
        self._cells = cells
        self._headings = headings
        self._judgment = f"timing: {ieepa_end}"
        self._lines: set[str] = set()
        self._foreign: set[str] = set()
        self._unlisted: set[str] = set()

    def measure(self, measure: Table) -> Iterator[str]:
        """Give one measure with all that belongs to it."""
        slug, claims = measure["slug"], of_measure(self._cells, measure)
        phases = list(self._phases(measure))
        law = [*measure.get("legal_basis", []), *filter(None, [measure.get("paired")])]
        yield node(
            f"policy:{slug}",
            ("a", "ap:TariffMeasure"),
            ("rdfs:label", text(measure["label"], "en")),
            ("ap:imposedBy", "country:us"),
            ("ap:targets", *self._targets(measure)),
            ("ap:onCommodity", *self._goods(measure)),
            ("ap:exempts", *self._exempt(measure, claims)),
            ("ap:justification", *(f"topic:{topic}" for topic in measure.get("justification", []))),
            ("ap:interventionType", "intervention:import-tariff"),
            ("ap:rateBasis", text(measure.get("basis", "additional"))),
            ("ap:legalBasis", *(f"document:{name}" for name in law)),
            ("ap:hasState", *(f"state:{slug}-{phase['name']}" for phase in phases)),
            ("dcterms:relation", *measure.get("relation", [])),
        )
        for phase in phases:
            yield from self._state(f"state:{slug}-{phase['name']}", phase, measure)
        yield from (claim.turtle() for claim in claims)
        yield from self._announcement(slug, measure.get("timing", ""))

    def goods(self, names: dict[str, str]) -> Iterator[str]:
        """Give what the measures name: tariff lines, codes that the Harmonized System lacks, goods without codes."""
        for code in sorted(self._lines):
            yield node(
                f"commodity:us-hts-{code}",
                ("a", "ap:TariffLine"),
                ("rdfs:label", text(f"US tariff line {dotted(code)}", "en")),
                ("skos:broader", f"commodity:hs-{code[:6]}"),
                ("skos:notation", text(code)),
            )
        for code in sorted(self._foreign):
            yield node(
                f"commodity:hs-{code}",
                ("a", "ap:Commodity"),
                ("rdfs:label", text(f"goods of {code}, a code that HS 2022 does not have", "en")),
                ("skos:broader", f"commodity:hs-{code[:4]}"),
                ("skos:notation", text(code)),
            )
        for name in sorted(self._unlisted):
            yield node(f"commodity:{name}", ("a", "ap:Commodity"), ("rdfs:label", text(names[name], "en")))

    def _phases(self, measure: Table) -> Iterator[Table]:
        """Give the states: those of the plan, before them one of the announcement, after them the end."""
        first, row = measure["state"][0], measure.get("timing", "")
        announced = self._cells.announced(row) if row and measure.get("announced", True) else None
        if announced and (start := self._start(first, measure)):
            facts = {"status": "announced", "start": announced, "until": [start.before()], "takes": start.day}
            yield {"name": "announced", **facts}
        yield from measure["state"]
        if measure.get("ieepa"):
            sure = "inferred" if measure.get("ieepa_inferred") else "reported"
            yield {
                "name": "revoked",
                "status": "revoked",
                "from": self._judgment,
                "credence": sure,
                "until": [],
            }
        elif end := measure.get("ends_by"):
            yield {
                "name": "superseded",
                "status": "superseded",
                "from": end,
                "credence": "inferred",
                "until": [],
            }

    def _start(self, phase: Table, measure: Table) -> Moment | None:
        if "from" not in phase:
            return None
        return self._cells.moment(phase["from"], measure.get("timing", ""), measure.get("legal_date", 1))

    def _until(self, phase: Table, measure: Table) -> list[str]:
        """Give the last day: as planned, or else that of the measure. The judgment ended a day that had begun."""
        until = phase.get("until")
        if isinstance(until, str):
            name = until.removeprefix("before ")
            found = self._cells.moment(name, measure.get("timing", ""))
            return [found.day if name == until else found.before()]
        if until is None and measure.get("ieepa"):
            return [self._cells.moment(self._judgment, "").day]
        if until is None and "ends_by" in measure:
            return [self._cells.moment(measure["ends_by"], "").before()]
        return until or []

    def _state(self, iri: str, phase: Table, measure: Table) -> Iterator[str]:
        start = phase.get("start") or self._start(phase, measure)
        until = self._until(phase, measure)
        claims = of_start(self._cells, iri, phase, measure.get("timing", ""), start) if start else []
        claims += of_rate(iri, phase)
        rough = [start.precision] if start and start.precision != "day" else []
        yield node(
            iri,
            ("a", "ap:PolicyState"),
            ("ap:status", f"status:{phase.get('status', 'in-force')}"),
            ("ap:from", *([day(start.day)] if start else [])),
            ("ap:fromPrecision", *map(text, rough)),
            ("ap:until", *map(day, until)),
            (
                "ap:scheduledUntil",
                *(day(self._cells.moment(end, "").day) for end in phase.get("scheduled", [])),
            ),
            ("ap:observedOn", *([] if start or until else [day(EDITION)])),
            ("ap:wouldTakeEffect", *([day(phase["takes"])] if "takes" in phase else [])),
            ("ap:ratePercent", *([f"{phase['rate']:g}"] if "rate" in phase else [])),
            ("ap:targets", *self._targets(phase)),
            ("ap:onCommodity", *self._goods(phase)),
            ("ap:exempts", *self._exempt(phase, [])),
            ("ap:inDocument", *self._documents(phase, start)),
            ("ap:credence", f"credence:{_credence(phase, start, claims)}"),
        )
        yield from (claim.turtle() for claim in claims)

    def _documents(self, phase: Table, start: Moment | None) -> list[str]:
        found = {start.document} if start else set()
        if "rate" in phase:
            found.add(self._cells.holds(phase["said"], phase["rate"]))
        return sorted(found or {PARAMETERS})

    def _announcement(self, slug: str, row: str) -> Iterator[str]:
        if row and (said := self._cells.announced(row)):
            is_exact = said.precision == "day"
            yield node(
                f"statement:{slug}-announced",
                ("a", "ap:Announcement"),
                ("ap:saidBy", "country:us"),
                ("ap:about", f"policy:{slug}"),
                ("ap:saidOn", day(said.day)),
                ("ap:saidOnPrecision", *([] if is_exact else [text(said.precision)])),
                ("ap:relayedBy", PUBLISHER),
                ("ap:inDocument", TIMING),
                ("ap:credence", "credence:reported" if is_exact else "credence:inferred"),
            )

    def _targets(self, part: Table) -> list[str]:
        named = {"all": [ALL], "eu27": [f"country:{iso2}" for iso2 in self._cells.countries("eu")]}
        return [iri for name in part.get("targets", []) for iri in named.get(name, [f"country:{name}"])]

    def _goods(self, part: Table) -> list[str]:
        codes = [code for source in part.get("goods", []) for code in self._cells.codes(source)]
        self._lines.update(code for code in codes if len(code) > 6)
        self._foreign.update(code for code in codes if len(code) <= 6 and code not in self._headings)
        coded = [
            f"commodity:{'us-hts' if len(code) > 6 else 'hs'}-{code}"
            for code in codes + part.get("codes", [])
        ]
        return [*coded, *self._named(filter(None, [part.get("unlisted")]))]

    def _exempt(self, part: Table, claims: list[Claim]) -> list[str]:
        found = [claim.value for claim in claims if claim.property == "ap:exempts"]
        if self._cells.parameters.get(part.get("usmca", "")) == "true":
            found.append(USMCA)
        found += [f"country:{iso2}" for iso2 in part.get("exempts_countries", [])]
        if metal := part.get("exempts"):
            found += [f"country:{iso2}" for iso2 in self._cells.exempted(metal)]
        return [*found, *self._named(part.get("exempts_unlisted", []))]

    def _named(self, names: Iterator[str]) -> list[str]:
        listed = list(names)
        self._unlisted.update(listed)
        return [f"commodity:{name}" for name in listed]


def _credence(phase: Table, start: Moment | None, claims: list[Claim]) -> str:
    if claims:
        return "disputed"
    is_guess = start is None or start.precision != "day" or "exempts" in phase
    return str(phase.get("credence", "inferred" if is_guess else "reported"))


def dotted(code: str) -> str:
    """Give a code as the US schedule writes it: 8471.50.01.10."""
    return ".".join(filter(None, (code[:4], code[4:6], code[6:8], code[8:])))
