"""Build the reference graphs of data/reference from the open data of data/sources.

    python data/build.py [DIRECTORY]

The same sources give the same bytes, in the format that `turtlefmt --check` accepts.
"""

import argparse
import csv
import html
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).resolve().parent
Row = dict[str, str]

ENTITIES = ("commodity", "country", "credence", "document", "membership", "organization")
PREFIXES = {entity: f"https://w3id.org/summitry/id/{entity}/" for entity in ENTITIES} | {
    "ap": "https://w3id.org/summitry/ns#",
    "dcterms": "http://purl.org/dc/terms/",
    "graph": "https://w3id.org/summitry/graph/",
    "prov": "http://www.w3.org/ns/prov#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

# The source calls TW independent; in this graph it is an economy and no country.
ECONOMIES_ONLY = {"TW"}
# Where the source's CLDR name is a clipped form ('US'), the label is the start of the UNTERM name.
UNCLIPPED = {"BA": "Bosnia and Herzegovina", "GB": "United Kingdom", "US": "United States"}
LANGUAGES = {
    "en": "English",
    "fr": "French",
    "es": "Spanish",
    "ar": "Arabic",
    "ru": "Russian",
    "zh": "Chinese",
}
# 'Chad (el)', 'Niue **', 'Holy See (the) *', '… (le) [masc.]': articles and footnotes are not names.
NOTES = re.compile(r"(\s*(\*+|\[[^\]]*\]|\((the|el|la|los|las|le|les|l['’])\)))+$")

# The goods that documents name: rare earths, semiconductors and the machines that make them.
# ("",) would select the whole Harmonized System.
SELECTED = ("280530", "2846", "8486", "8541", "8542")

# The Factbook's abbreviation: slug and name.
ORGANIZATIONS = {"APEC": ("apec", "Asia-Pacific Economic Cooperation")}
# What the Factbook puts in parentheses behind the organisation: the kind of the membership.
KINDS = {"": "member", "associate": "associate", "candidate country": "candidate", "observer": "observer"}
# In 'APEC (Chinese Taipei)' the parentheses hold the name that a member goes by, not its kind.
NAMES_AS_MEMBER = {"Chinese Taipei"}
SEPARATOR = re.compile(r",\s*(?![^(]*\))")
ENTRY = re.compile(r"(?P<organization>[^(]+?)\s*(?:\((?P<qualifier>[^)]*)\))?")
# The Factbook's last month is the last in which it can have observed anything.
FACTBOOK_ENDED = '"2026-02-01"^^xsd:date'


class Graph(NamedTuple):
    """The nodes of a graph as Turtle, and the build's report on it."""

    nodes: list[str]
    report: list[str]


class Membership(NamedTuple):
    """An entry of an economy's list; the qualifier is what stands in parentheses."""

    organization: str
    economy: str
    qualifier: str


def rows(source: str) -> list[Row]:
    """Give the rows of a source; every cell stays a string, so Namibia's NA is no gap."""
    with (DATA / "sources" / source).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def text(value: str, language: str = "") -> str:
    """Give a string literal, tagged if a language is named."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"@{language}' if language else f'"{escaped}"'


def node(subject: str, *statements: tuple[str, *tuple[str, ...]]) -> str:
    """Give one subject as Turtle; a statement is a predicate with its objects, left out if it has none."""
    lines = [f"{predicate} {' , '.join(objects)}" for predicate, *objects in statements if objects]
    return f"{subject} " + " ;\n    ".join(lines) + " .\n"


def turtle(nodes: list[str]) -> str:
    """Give the document that holds the nodes and declares the prefixes they use."""
    body = "\n".join(nodes)
    names = re.sub(r'"(?:[^"\\]|\\.)*"|<[^>]*>', "", body)
    used = sorted(set(re.findall(r"([a-z]+):", names)))
    return "".join(f"@prefix {prefix}: <{PREFIXES[prefix]}> .\n" for prefix in used) + "\n" + body


def description(name: str, origin: dict[str, str]) -> str:
    """Give what a graph says of itself."""
    return node(
        f"graph:{name}",
        ("dcterms:title", text(origin["title"], "en")),
        ("dcterms:description", text(origin["description"], "en")),
        ("dcterms:license", f"<{origin['license']}>"),
        ("dcterms:modified", f"{text(origin['modified'])}^^xsd:date"),
        ("dcterms:publisher", text(origin["publisher"])),
        ("prov:wasDerivedFrom", f"<{origin['source']}>"),
    )


def countries(economies: list[Row]) -> Graph:
    """Give every country and area of the source."""
    classes = Counter(class_of(row) for row in economies)
    unlinked = [row["ISO3166-1-Alpha-2"] for row in economies if not row["wikidata_id"]]
    report = [
        f"{classes['ap:Country']} countries, {classes['ap:Economy']} other economies",
        f"no Wikidata item in the source: {' '.join(unlinked)}",
    ]
    return Graph([country(row) for row in economies], report)


def country(row: Row) -> str:
    """Give one economy; its English label is the customary name, the others are alternatives."""
    iso2 = row["ISO3166-1-Alpha-2"]
    un_names = un_names_of(row)
    labels = un_names | {"en": UNCLIPPED.get(iso2, row["CLDR display name"])}
    alternatives = {row["CLDR display name"], un_names["en"]} - {labels["en"]}
    item = row["wikidata_id"].replace("https://www.wikidata.org/wiki/", "http://www.wikidata.org/entity/")
    return node(
        f"country:{iso2.lower()}",
        ("a", class_of(row)),
        ("rdfs:label", *(text(name, language) for language, name in labels.items())),
        ("skos:altLabel", *(text(name, "en") for name in sorted(alternatives))),
        ("ap:iso2", text(iso2)),
        ("ap:iso3", text(row["ISO3166-1-Alpha-3"])),
        ("ap:m49", text(row["M49"].zfill(3))),
        ("skos:exactMatch", *([f"<{item}>"] if item else [])),
    )


def class_of(row: Row) -> str:
    """Give the class of an economy: a country is what the source calls independent."""
    is_country = row["is_independent"] == "Yes" and row["ISO3166-1-Alpha-2"] not in ECONOMIES_ONLY
    return "ap:Country" if is_country else "ap:Economy"


def un_names_of(row: Row) -> dict[str, str]:
    """Give the name in each language: UNTERM's short name, or else what the source calls the official one."""
    official = {tag: row[f"official_name_{tag.replace('zh', 'cn')}"] for tag in LANGUAGES}
    unterm = {tag: row[f"UNTERM {language} Short"] for tag, language in LANGUAGES.items()}
    return {tag: NOTES.sub("", unterm[tag] or official[tag]) for tag in LANGUAGES}


def commodities(headings: list[Row]) -> Graph:
    """Give the selected headings of the Harmonized System."""
    coded = [row for row in headings if row["hscode"].isdigit()]
    chosen = [row for row in coded if selected(row["hscode"])]
    report = [
        f"{len(chosen)} headings",
        f"left out: {len(coded) - len(chosen)} headings that no document names",
        f"left out: {len(headings) - len(coded)} row that is a total and no heading",
    ]
    return Graph([commodity(row) for row in chosen], report)


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


def selected(code: str) -> bool:
    """Say whether a code is a chapter, or above, below or one of the SELECTED codes."""
    return len(code) == 2 or any(code.startswith(chosen) or chosen.startswith(code) for chosen in SELECTED)


def organizations(lists: list[Row], economies: list[Row]) -> Graph:
    """Give the chosen organisations and the memberships that the Factbook lists for them."""
    iso2 = iso2_by_fips(economies)
    unmapped = [row["entry"] for row in lists if fips(row) not in iso2]
    entries = [entry for row in lists if fips(row) in iso2 for entry in memberships(row, iso2[fips(row)])]
    chosen = sorted(entry for entry in entries if entry.organization in ORGANIZATIONS)
    clear = [entry for entry in chosen if entry.qualifier in KINDS.keys() | NAMES_AS_MEMBER]
    report = [
        f"{len(ORGANIZATIONS)} organisation, {len(clear)} memberships",
        f"left out: {len(chosen) - len(clear)} memberships of an unclear kind",
        f"left out: {len(entries) - len(chosen)} entries for organisations that no document names",
        f"left out: lists whose code is not exactly one economy's: {' '.join(unmapped)}",
    ]
    return Graph([*factbook(), *organization_nodes(), *membership_nodes(clear)], report)


def iso2_by_fips(economies: list[Row]) -> dict[str, str]:
    """Map each FIPS code that is one economy's alone to its ISO code, both in lower case."""
    uses = Counter(row["FIPS"] for row in economies)
    alone = [row for row in economies if uses[row["FIPS"]] == 1]
    return {row["FIPS"].lower(): row["ISO3166-1-Alpha-2"].lower() for row in alone}


def fips(row: Row) -> str:
    """Give the code of a Factbook entry: 'us' of 'north-america/us'."""
    return row["entry"].rpartition("/")[2]


def memberships(row: Row, economy: str) -> Iterator[Membership]:
    """Read the list of one economy."""
    for entry in SEPARATOR.split(html.unescape(row["international_organizations"])):
        if match := ENTRY.fullmatch(entry.strip()):
            yield Membership(match["organization"], economy, match["qualifier"] or "")


def factbook() -> Iterator[str]:
    """Give the document behind the memberships, and its publisher."""
    yield node(
        "document:cia-world-factbook",
        ("a", "ap:Document"),
        ("rdfs:label", text("The World Factbook", "en")),
        ("ap:title", text("The World Factbook", "en")),
        ("ap:publisher", "organization:central-intelligence-agency"),
        ("ap:published", FACTBOOK_ENDED),
        ("ap:publishedBasis", text("inferred")),
        ("ap:publishedPrecision", text("month")),
    )
    yield node(
        "organization:central-intelligence-agency",
        ("a", "ap:GovernmentBody"),
        ("rdfs:label", text("Central Intelligence Agency", "en")),
        ("skos:altLabel", text("CIA", "en")),
    )


def organization_nodes() -> Iterator[str]:
    """Give the organisations themselves."""
    for abbreviation, (slug, name) in ORGANIZATIONS.items():
        yield node(
            f"organization:{slug}",
            ("a", "ap:IntergovernmentalOrganization"),
            ("rdfs:label", text(name, "en")),
            ("skos:altLabel", text(abbreviation, "en")),
        )


def membership_nodes(entries: list[Membership]) -> Iterator[str]:
    """Give the memberships, and the names that economies go by as members."""
    for organization, economy, qualifier in entries:
        slug, _ = ORGANIZATIONS[organization]
        yield node(
            f"membership:{slug}-{economy}",
            ("a", "ap:Membership"),
            ("ap:member", f"country:{economy}"),
            ("ap:organization", f"organization:{slug}"),
            ("ap:kind", text(KINDS.get(qualifier, "member"))),
            ("ap:observedOn", FACTBOOK_ENDED),
            ("ap:observedOnPrecision", text("month")),
            ("ap:credence", "credence:reported"),
            ("ap:inDocument", "document:cia-world-factbook"),
        )
        if qualifier in NAMES_AS_MEMBER:
            yield node(f"country:{economy}", ("skos:altLabel", text(qualifier, "en")))


def build(directory: Path) -> None:
    """Write each graph to the directory, and print what it holds and what was left out."""
    economies = rows("country-codes.csv")
    graphs = {
        "countries": countries(economies),
        "commodities": commodities(rows("harmonized-system.csv")),
        "organizations": organizations(rows("factbook-international-organizations.csv"), economies),
    }
    origins: dict[str, dict[str, str]] = tomllib.loads(
        (DATA / "sources" / "origins.toml").read_text(encoding="utf-8")
    )
    directory.mkdir(parents=True, exist_ok=True)
    for name, graph in graphs.items():
        content = turtle([description(name, origins[name]), *graph.nodes])
        (directory / f"{name}.ttl").write_bytes(content.encode())
        print(f"{name}.ttl", *graph.report, sep="\n  ")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Build the reference graphs from data/sources.")
    parser.add_argument("directory", nargs="?", type=Path, default=DATA / "reference")
    build(parser.parse_args().directory)
