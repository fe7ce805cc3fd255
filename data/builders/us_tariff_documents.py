"""The tracker's tables as documents, the texts of law that they name, and what else the measures refer to."""

from collections.abc import Iterator

from builders.turtle import day, node, text
from builders.us_tariff_cells import PARAMETERS, REVISIONS, TIMING, Cells, Table, UnreadableCell

EDITION = "2026-05-11"
PUBLISHER = "organization:budget-lab-at-yale"
COURT = "organization:us-supreme-court"
ALL = "collective:all-countries"
USMCA = "policy:usmca"
TITLES = {TIMING: "policy timing", REVISIONS: "revision dates", PARAMETERS: "policy parameters"}


def documents(cells: Cells, laws: list[Table]) -> Iterator[str]:
    """Give every document, with who answers for it."""
    yield node(PUBLISHER, ("a", "ap:Organization"), ("rdfs:label", text("The Budget Lab at Yale", "en")))
    yield node(
        COURT, ("a", "ap:GovernmentBody"), ("rdfs:label", text("Supreme Court of the United States", "en"))
    )
    yield node(ALL, ("a", "ap:Collective"), ("rdfs:label", text("all countries", "en")))
    parties = ("country:us", "country:ca", "country:mx")
    yield node(USMCA, ("a", "ap:Agreement"), ("rdfs:label", text("USMCA", "en")), ("ap:party", *parties))
    for document, title in TITLES.items():
        label = text(f"Tariff Rate Tracker: {title}", "en")
        cited = [f"document:{law['slug']}" for law in laws if "row" in law] if document == TIMING else []
        yield node(
            document,
            ("a", "ap:Document"),
            ("rdfs:label", label),
            ("ap:title", label),
            ("ap:publisher", PUBLISHER),
            ("ap:published", day(EDITION)),
            ("ap:publishedBasis", text("inferred")),
            ("ap:cites", *cited),
        )
    for law in laws:
        yield _law(cells, law)


def _law(cells: Cells, law: Table) -> str:
    """Give a text of law.

    Raises:
        UnreadableCell: the cell that is said to name it does not.
    """
    row = cells.legal[law["row"]] if "row" in law else {}
    cell = row.get("Legal Authority") or cells.parameters[law["path"]]
    if law["named"] not in cell:
        raise UnreadableCell(f"{law['slug']} is not named: {cell}")
    # The fact sheet behind the three orders of one row is the text of none of them.
    links = [] if law["named"] not in cell or "EOs" in cell else row.get("Source", "").split("](")[1:]
    return node(
        f"document:{law['slug']}",
        ("a", "ap:Document"),
        ("rdfs:label", text(law["label"], "en")),
        ("rdfs:seeAlso", *(f"<{link.partition(')')[0]}>" for link in links)),
        ("ap:title", text(law["label"], "en")),
        ("ap:publisher", COURT if law.get("court") else "country:us"),
        ("ap:published", *([day(law["published"])] if "published" in law else [])),
    )
