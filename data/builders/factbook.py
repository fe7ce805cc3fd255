"""The CIA World Factbook as the document that reports memberships and tenures."""

from collections.abc import Iterator

from builders.turtle import day, node, text

# The Factbook's last month is the last in which it can have observed anything.
ENDED = "2026-02-01"
DOCUMENT = "document:cia-world-factbook"
REPORTED = (("ap:credence", "credence:reported"), ("ap:inDocument", DOCUMENT))
OBSERVED = (("ap:observedOn", day(ENDED)), ("ap:observedOnPrecision", text("month")))


def factbook() -> Iterator[str]:
    """Give the document, and its publisher."""
    yield node(
        DOCUMENT,
        ("a", "ap:Document"),
        ("rdfs:label", text("The World Factbook", "en")),
        ("ap:title", text("The World Factbook", "en")),
        ("ap:publisher", "organization:central-intelligence-agency"),
        ("ap:published", day(ENDED)),
        ("ap:publishedBasis", text("inferred")),
        ("ap:publishedPrecision", text("month")),
    )
    yield node(
        "organization:central-intelligence-agency",
        ("a", "ap:GovernmentBody"),
        ("rdfs:label", text("Central Intelligence Agency", "en")),
        ("skos:altLabel", text("CIA", "en")),
    )
