"""The cells of the tariff tracker's tables: moments, rates, codes and countries, each as the cell says it."""

import csv
import re
from datetime import date, timedelta
from typing import Any, NamedTuple

from builders.sources import SOURCES, Row

# A table of us-tariff-measures.toml.
Table = dict[str, Any]
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DAY = re.compile(r"(?P<month>[A-Z][a-z]{2}) (?P<day>\d{1,2})(?:, (?P<year>\d{4}))?(?![\d-])")
ABOUT = re.compile(r"~(?:Late )?(?P<month>[A-Z][a-z]{2}) (?:\d{1,2}, )?(?P<year>\d{4})(?: \(.*\))?")
ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
# The source calls one member of the EU otherwise than the list of countries.
NAMES = {"Czech Republic": "Czechia"}
TIMING = "document:budget-lab-timing"
REVISIONS = "document:budget-lab-revisions"
PARAMETERS = "document:budget-lab-parameters"


class UnreadableCell(Exception):
    """A cell is not of a form that is read, or does not hold what is said to be in it."""


class Moment(NamedTuple):
    """A day as exactly as a cell gives it, and the document that the cell is of."""

    day: str
    document: str
    precision: str = "day"

    def before(self) -> str:
        """Give the day before."""
        return (date.fromisoformat(self.day) - timedelta(days=1)).isoformat()


def table(name: str) -> list[Row]:
    """Give the rows of one table."""
    with (SOURCES / "us-tariff-timeline" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Cells:
    """Every table of the tracker."""

    def __init__(self, economies: list[Row]) -> None:
        self.timing = {row["Policy"]: row for row in table("measure_dates.csv")}
        self.legal = {row["Policy"]: row for row in table("legal_sources.csv")}
        self.revisions = {row["revision"]: row for row in table("revision_dates.csv")}
        self.parameters = {row["path"]: row["value"] for row in table("policy_params.csv")}
        self._named = {row["CLDR display name"]: row["ISO3166-1-Alpha-2"].lower() for row in economies}

    def moment(self, text: str, row: str, nth: int = 1) -> Moment:
        """Give the moment that `text` names; `row` is the row of the measure among the dates."""
        if text == "timing" or text.startswith("timing: "):
            row = text.removeprefix("timing").removeprefix(": ") or row
            days = days_of(self.timing[row]["Legal Effective Date"])
            return Moment(days[nth - 1], TIMING)
        if text in self.revisions:
            return Moment(self.revisions[text]["effective_date"], REVISIONS)
        path = text.removesuffix(" end")
        found = ISO.findall(self.parameters[path])
        return Moment(found[-1 if path != text else 0], PARAMETERS)

    def schedule(self, row: str) -> Moment:
        """Give the day that the tariff schedule gives for a measure."""
        return Moment(days_of(self.timing[row]["HTS Revision Date"])[0], TIMING)

    def announced(self, row: str) -> Moment | None:
        """Give when a measure was announced or signed, if the cell can be read."""
        cell = self.timing[row]["Announced / Signed"]
        if match := ABOUT.fullmatch(cell):
            return Moment(_iso(match["year"], match["month"], "1"), TIMING, "month")
        found = days_of(cell)
        return Moment(found[0], TIMING) if found else None

    def holds(self, text: str, rate: float) -> str:
        """Give the document of the cell called `text`, which must hold the rate.

        Raises:
            UnreadableCell: it does not.
        """
        if text in self.revisions:
            cell, document = self.revisions[text]["policy_event"], REVISIONS
        else:
            cell, document = self.parameters[text], PARAMETERS
        percents = {float(found) for found in re.findall(r"(\d+(?:\.\d+)?)%", cell)}
        share = float(cell) if re.fullmatch(r"[\d.]+", cell) else None
        if rate not in percents and (share is None or round(share * 100, 6) != rate):
            raise UnreadableCell(f"{text} does not hold {rate}%: {cell}")
        return document

    def event(self, revision: str, words: str) -> str:
        """Give the day of a revision whose event must hold the words.

        Raises:
            UnreadableCell: it does not.
        """
        row = self.revisions[revision]
        if words not in row["policy_event"]:
            raise UnreadableCell(f"{revision} does not hold {words!r}: {row['policy_event']}")
        return row["effective_date"]

    def codes(self, source: str) -> list[str]:
        """Give the codes of goods in a file or a parameter."""
        if source.endswith(".csv"):
            return [row["hts10"] for row in table(source)]
        return self.parameters[source].split()

    def countries(self, census: str) -> list[str]:
        """Give the codes of ISO 3166 for 'eu' or for codes of the Census Bureau."""
        if census == "eu":
            names = [v for path, v in self.parameters.items() if path.startswith("eu27_codes.")]
            return sorted(self._named[NAMES.get(name, name)] for name in names)
        known = {
            v: path.removeprefix("iso_to_census.").lower()
            for path, v in self.parameters.items()
            if path.startswith("iso_to_census.")
        }
        return [known[code] for code in census.split()]

    def exempted(self, metal: str) -> list[str]:
        """Give the countries whose steel or aluminium owed nothing under Section 232 until March 2025."""
        found: list[str] = []
        for path, value in self.parameters.items():
            block, _, member = path.rpartition(".")
            if block.startswith("section_232_country_exemptions.") and member == "countries":
                is_of_metal = metal in self.parameters[f"{block}.applies_to"].split()
                if is_of_metal and self.parameters[f"{block}.rate"] == "0":
                    found += self.countries(value)
        return sorted(found)


def days_of(cell: str) -> list[str]:
    """Give the days that a cell names; one without a year is of the year of the one before. A range gives none."""
    found: list[str] = []
    year = ""
    for match in DAY.finditer("" if cell.startswith("~") else cell):
        year = match["year"] or year
        if year:
            found.append(_iso(year, match["month"], match["day"]))
    return found


def _iso(year: str, month: str, day: str) -> str:
    return f"{year}-{MONTHS.index(month) + 1:02}-{int(day):02}"
