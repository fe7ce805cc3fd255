"""The Harmonized System: every chapter, heading and subheading under its broader one."""

from builders.sources import Row
from builders.turtle import Graph, node, text


def commodities(headings: list[Row]) -> Graph:
    """Give every heading of the Harmonized System."""
    coded = [row for row in headings if row["hscode"].isdigit()]
    report = [
        f"{len(coded)} headings",
        f"left out: {len(headings) - len(coded)} row that is a total and no heading",
    ]
    return Graph([commodity(row) for row in coded], report)


def commodity(row: Row) -> str:
    """Give one heading."""
    parent = row["parent"]
    return node(
        f"commodity:hs-{row['hscode']}",
        ("a", "ap:Commodity"),
        ("rdfs:label", text(row["description"].strip(), "en")),
        ("skos:broader", *([f"commodity:hs-{parent}"] if parent.isdigit() else [])),
        ("skos:notation", text(row["hscode"])),
    )
