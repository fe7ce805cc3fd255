"""The sources as rows of text, and the economy that an entry of the Factbook is about."""

import csv
import html
import re
import tomllib
from collections import Counter
from pathlib import Path

SOURCES = Path(__file__).resolve().parents[1] / "sources"
Row = dict[str, str]

# Where the source's CLDR name is a clipped form ('US'), the label is the start of the UNTERM name.
UNCLIPPED = {"BA": "Bosnia and Herzegovina", "GB": "United Kingdom", "US": "United States"}
MARKUP = re.compile(r"<[^>]+>|\s+")


def rows(source: str) -> list[Row]:
    """Give the rows of a source; every cell stays a string, so Namibia's NA is no gap."""
    with (SOURCES / source).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def origins() -> dict[str, dict[str, str]]:
    """Give what each graph says of itself."""
    return tomllib.loads((SOURCES / "origins.toml").read_text(encoding="utf-8"))


def plain(cell: str) -> str:
    """Give the text of a Factbook cell without its HTML."""
    return re.sub(r"\s+", " ", MARKUP.sub(" ", html.unescape(cell))).strip()


def english_name(economy: Row) -> str:
    """Give the customary name of an economy."""
    return UNCLIPPED.get(economy["ISO3166-1-Alpha-2"], economy["CLDR display name"])


def economies_by_entry(entries: list[Row], economies: list[Row]) -> dict[str, Row]:
    """Map the Factbook's entries to economies by the FIPS code that ends 'north-america/us'.

    A code that is not exactly one economy's ('RIKV' is a cell with two, NL is in two rows) counts only where
    the Factbook's short name is that of the economy: so Serbia and the Netherlands are read, and Kosovo,
    which has no row, is not taken for Serbia.
    """
    uses = Counter(economy["FIPS"] for economy in economies)
    alone = {economy["FIPS"]: economy for economy in economies if uses[economy["FIPS"]] == 1}
    shared = [economy for economy in economies if economy["FIPS"] not in alone or len(economy["FIPS"]) == 4]
    mapped: dict[str, Row] = {}
    for entry in entries:
        code = entry["entry"].rpartition("/")[2].upper()
        named = [e for e in shared if code in e["FIPS"] and english_name(e) == entry["short_form"]]
        if code in alone:
            mapped[entry["entry"]] = alone[code]
        elif named:
            mapped[entry["entry"]] = named[0]
    return mapped
