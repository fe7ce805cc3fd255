"""Build the reference graphs of data/reference from the open data of data/sources.

    python data/build.py [DIRECTORY]

The same sources give the same bytes, in the format that `turtlefmt --check` accepts. Each graph is a module
of data/builders.
"""

import argparse
from pathlib import Path

from builders.commodities import commodities
from builders.countries import countries
from builders.leaders import leaders
from builders.organizations import organizations
from builders.sources import origins, rows
from builders.turtle import Graph, description, turtle
from builders.us_executive import us_executive
from builders.us_tariffs import us_tariffs

REFERENCE = Path(__file__).resolve().parent / "reference"


def graphs() -> dict[str, Graph]:
    """Give every graph by its name."""
    economies = rows("country-codes.csv")
    entries = rows("factbook.csv")
    headings = rows("harmonized-system.csv")
    return {
        "commodities": commodities(headings),
        "countries": countries(economies, entries),
        "leaders": leaders(entries, economies),
        "organizations": organizations(entries, economies),
        "us-executive": us_executive(rows("us-executive.csv")),
        "us-tariff-measures": us_tariffs(economies, headings),
    }


def build(directory: Path) -> None:
    """Write each graph to the directory, and print what it holds and what was left out."""
    about = origins()
    directory.mkdir(parents=True, exist_ok=True)
    for name, graph in graphs().items():
        content = turtle([description(name, about[name]), *graph.nodes])
        (directory / f"{name}.ttl").write_bytes(content.encode())
        print(f"{name}.ttl", *graph.report, sep="\n  ")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Build the reference graphs from data/sources.")
    parser.add_argument("directory", nargs="?", type=Path, default=REFERENCE)
    build(parser.parse_args().directory)
