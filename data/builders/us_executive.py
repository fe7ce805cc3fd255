"""Presidents and vice-presidents of the United States since 1789."""

from itertools import groupby
from typing import NamedTuple

from builders.leaders import start_claim
from builders.sources import Row
from builders.turtle import Graph, day, node, slug, text, wikidata

DOCUMENT = "document:us-executive"
# The day of the edition: a term that ends later is planned to.
EDITION = "2026-06-15"
OFFICES = {"prez": "us-president", "viceprez": "us-vice-president"}
# The first document starts this one in 'earlier this year': the day is a claim.
DATED_ELSEWHERE = {"donald-trump-us-president-2025"}


class Tenure(NamedTuple):
    """An unbroken time of one person in one office."""

    holder: str
    office: str
    start: str
    end: str


def us_executive(terms: list[Row]) -> Graph:
    """Give every person of the source and their tenures: a re-election starts no new one."""
    people = {row["govtrack"]: row for row in terms}
    names = {slug(label(row)) for row in people.values()}
    if len(names) < len(people):
        raise ValueError("two people of the source have the same name: give them IRIs of their own")
    tenures = [
        tenure for person in people for tenure in tenures_of([t for t in terms if t["govtrack"] == person])
    ]
    linked = sum(bool(row["wikidata"]) for row in people.values())
    report = [
        f"{len(tenures)} tenures of {len(people)} persons in {len(OFFICES)} offices",
        f"{linked} Wikidata items; the source has none for the other {len(people) - linked} persons",
        f"merged: {len(terms) - len(tenures)} terms that continue another",
    ]
    nodes = [*document(), *offices(), *map(person, people.values())]
    return Graph([*nodes, *(part for tenure in tenures for part in tenure_nodes(tenure, tenures))], report)


def label(row: Row) -> str:
    """Give the name that the encyclopaedia's article has, where the source names one, or else the full name."""
    return row["wikipedia"] or full_name(row)


def full_name(row: Row) -> str:
    """Give all names, the suffix behind a comma."""
    name = " ".join(filter(None, (row["first"], row["middle"], row["last"])))
    return f"{name}, {row['suffix']}" if row["suffix"] else name


def tenures_of(terms: list[Row]) -> list[Tenure]:
    """Give the tenures of one person; a term that starts on the day on which the one before it ends continues it."""
    tenures: list[Tenure] = []
    for kind, of_kind in groupby(sorted(terms, key=lambda t: (t["type"], t["start"])), lambda t: t["type"]):
        for term in of_kind:
            last = tenures[-1] if tenures else None
            if last and last.office == OFFICES[kind] and last.end == term["start"]:
                tenures[-1] = last._replace(end=term["end"])
            else:
                tenures.append(Tenure(slug(label(term)), OFFICES[kind], term["start"], term["end"]))
    return sorted(tenures, key=lambda tenure: tenure.start)


def document() -> list[str]:
    """Give the document behind the tenures, and its publisher."""
    title = text("United States presidents and vice-presidents", "en")
    return [
        node(
            DOCUMENT,
            ("a", "ap:Document"),
            ("rdfs:label", title),
            ("ap:title", title),
            ("ap:publisher", "organization:unitedstates"),
            ("ap:published", day(EDITION)),
            ("ap:publishedBasis", text("stated")),
        ),
        node(
            "organization:unitedstates",
            ("a", "ap:Organization"),
            ("rdfs:label", text("unitedstates project", "en")),
        ),
    ]


def offices() -> list[str]:
    """Give the two offices; only the president's is one of leadership."""
    names = {
        "us-president": ("ap:LeadershipOffice", "President of the United States"),
        "us-vice-president": ("ap:Office", "Vice President of the United States"),
    }
    return [
        node(
            f"office:{office}",
            ("a", kind),
            ("rdfs:label", text(name, "en")),
            ("ap:ofCountry", "country:us"),
        )
        for office, (kind, name) in names.items()
    ]


def person(row: Row) -> str:
    """Give one person."""
    name = label(row)
    others = {full_name(row), f"{row['nickname'] or row['first']} {row['last']}"} - {name}
    return node(
        f"person:{slug(name)}",
        ("a", "ap:Person"),
        ("rdfs:label", text(name, "en")),
        ("skos:altLabel", *(text(other, "en") for other in sorted(others))),
        ("skos:exactMatch", *wikidata(row["wikidata"])),
    )


def tenure_nodes(tenure: Tenure, tenures: list[Tenure]) -> list[str]:
    """Give one tenure; who held the office twice has the year of the start in the IRI."""
    times = sum((other.holder, other.office) == (tenure.holder, tenure.office) for other in tenures)
    own = f"{tenure.holder}-{tenure.office}" + (f"-{tenure.start[:4]}" if times > 1 else "")
    is_claimed = own in DATED_ELSEWHERE
    parts = [
        node(
            f"tenure:{own}",
            ("a", "ap:Tenure"),
            ("ap:holder", f"person:{tenure.holder}"),
            ("ap:office", f"office:{tenure.office}"),
            *([] if is_claimed else [("ap:from", day(tenure.start))]),
            ("ap:scheduledUntil" if tenure.end > EDITION else "ap:until", day(tenure.end)),
            ("ap:credence", "credence:reported"),
            ("ap:inDocument", DOCUMENT),
        )
    ]
    return [*parts, start_claim(own, tenure.start, DOCUMENT)] if is_claimed else parts
