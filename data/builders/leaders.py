"""Heads of state and of government as the Factbook last saw them: persons, offices and tenures."""

from collections.abc import Iterator
from typing import NamedTuple

from builders.factbook import DOCUMENT, OBSERVED, REPORTED
from builders.holdings import TITLES, Holding, Left, Start, read
from builders.sources import Row, economies_by_entry, english_name, plain
from builders.turtle import Graph, day, node, slug, text

COLUMNS = ("chief_of_state", "head_of_government")
# Whom another graph names otherwise; the Factbook's name is an alternative.
KNOWN_AS = {"Donald J. Trump": "Donald Trump"}
# The first document observes these on a day of its own, so that the Factbook's month would have two readings.
OBSERVED_ELSEWHERE = {
    "anwar-ibrahim-my-prime-minister",
    "sanae-takaichi-jp-prime-minister",
    "xi-jinping-cn-president",
}
# The first document starts this one in 'earlier this year', and its holder has another: the day is a claim.
DATED_ELSEWHERE = {"donald-trump-us-president": "donald-trump-us-president-2025"}


class Tenure(NamedTuple):
    """Who holds which office of an economy, since when."""

    holder: str
    title: str
    economy: Row
    start: Start

    @property
    def country(self) -> str:
        """Give the local name of the economy."""
        return self.economy["ISO3166-1-Alpha-2"].lower()

    @property
    def office(self) -> str:
        """Give the local name of the office."""
        return f"{self.country}-{slug(self.title)}"

    @property
    def slug(self) -> str:
        """Give the local name of the tenure."""
        return f"{slug(self.holder)}-{self.office}"


def leaders(entries: list[Row], economies: list[Row]) -> Graph:
    """Give the leaders of every economy whose text can be read, and count what is left out by reason."""
    mapped = economies_by_entry(entries, economies)
    left: dict[str, list[str]] = {}
    tenures: dict[str, Tenure] = {}
    for entry, column in ((entry, column) for entry in entries for column in COLUMNS):
        reading = read_cell(entry[column], column, mapped.get(entry["entry"]))
        if isinstance(reading, Left):
            left.setdefault(reading, []).append(entry["entry"])
        elif tenures.setdefault(reading.slug, reading).start != reading.start:
            left.setdefault(Left.SECOND, []).append(entry["entry"])
    check_persons(list(tenures.values()))
    offices = {tenure.office: tenure for tenure in tenures.values()}
    persons = sorted({tenure.holder for tenure in tenures.values()})
    represented = sum("represented by" in entry["chief_of_state"] for entry in entries)
    report = [
        f"{len(tenures)} tenures of {len(persons)} persons in {len(offices)} offices",
        *(f"left out: {len(where)} × {reason}: {' '.join(where)}" for reason, where in sorted(left.items())),
        f"left out: who represents the head of state, in {represented} texts",
    ]
    nodes = [*map(person, persons), *map(office, offices.values())]
    return Graph([*nodes, *(part for tenure in tenures.values() for part in tenure_nodes(tenure))], report)


def read_cell(cell: str, column: str, economy: Row | None) -> Tenure | Left:
    """Read one cell of one entry."""
    words = plain(cell)
    if words and economy is None:
        return Left.UNMAPPED
    if words and economy and column == "chief_of_state" and not is_independent(economy):
        return Left.DEPENDENT
    reading = read(words)
    if economy is None or not isinstance(reading, Holding):
        return reading if isinstance(reading, Left) else Left.UNMAPPED
    name = KNOWN_AS.get(reading.name, reading.name)
    return Tenure(name, reading.title, economy, reading.start)


def is_independent(economy: Row) -> bool:
    """Say whether the source calls the economy independent, so that its head of state is its own."""
    return economy["is_independent"] == "Yes"


def check_persons(tenures: list[Tenure]) -> None:
    """Stop where one name in two economies is not plainly one person, with the same title since the same day."""
    first: dict[str, Tenure] = {}
    for tenure in tenures:
        other = first.setdefault(slug(tenure.holder), tenure)
        same = (other.title, other.start) == (tenure.title, tenure.start)
        if other.country != tenure.country and not same:
            raise ValueError(
                f"{tenure.holder} in {other.country} and in {tenure.country}: one person or two?"
            )


def person(name: str) -> str:
    """Give one person."""
    others = [theirs for theirs, ours in KNOWN_AS.items() if ours == name]
    return node(
        f"person:{slug(name)}",
        ("a", "ap:Person"),
        ("rdfs:label", text(name, "en")),
        ("skos:altLabel", *(text(other, "en") for other in others)),
    )


def office(tenure: Tenure) -> str:
    """Give the office of a tenure."""
    label = TITLES[tenure.title] or f"{tenure.title} of {with_article(tenure.economy)}"
    return node(
        f"office:{tenure.office}",
        ("a", "ap:LeadershipOffice"),
        ("rdfs:label", text(label, "en")),
        ("ap:ofCountry", f"country:{tenure.country}"),
    )


def with_article(economy: Row) -> str:
    """Give the name of an economy as it stands behind 'of': the UN name says whether an article belongs there."""
    name = english_name(economy)
    un_name = economy["UNTERM English Short"]
    return f"the {name}" if un_name.startswith(f"{name} ") and "(the)" in un_name else name


def tenure_nodes(tenure: Tenure) -> Iterator[str]:
    """Give one tenure; where another graph dates it, the Factbook's start is a claim."""
    own = DATED_ELSEWHERE.get(tenure.slug, tenure.slug)
    start = [("ap:from", day(tenure.start.day))]
    if tenure.start.precision != "day":
        start.append(("ap:fromPrecision", text(tenure.start.precision)))
    yield node(
        f"tenure:{own}",
        ("a", "ap:Tenure"),
        ("ap:holder", f"person:{slug(tenure.holder)}"),
        ("ap:office", f"office:{tenure.office}"),
        *([] if tenure.slug in DATED_ELSEWHERE else start),
        *([] if tenure.slug in DATED_ELSEWHERE | dict.fromkeys(OBSERVED_ELSEWHERE, "") else OBSERVED),
        *REPORTED,
    )
    if tenure.slug in DATED_ELSEWHERE:
        yield start_claim(own, tenure.start.day, DOCUMENT)


def start_claim(tenure: str, start: str, document: str) -> str:
    """Give what a document says of the start of a tenure that another source dates otherwise."""
    return node(
        f"claim:{tenure}-from-{start}",
        ("a", "ap:Claim"),
        ("rdf:subject", f"tenure:{tenure}"),
        ("rdf:predicate", "ap:from"),
        ("rdf:object", day(start)),
        ("ap:credence", "credence:reported"),
        ("ap:inDocument", document),
    )
