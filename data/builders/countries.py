"""Every country and area with its codes, its names and its capital."""

import re
from collections import Counter
from collections.abc import Iterator

from builders.sources import Row, economies_by_entry, english_name, plain
from builders.turtle import Graph, folded, node, slug, text, wikidata

# The source calls TW independent; in this graph it is an economy and no country.
ECONOMIES_ONLY = {"TW"}
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
# In whose territory these capitals lie is what the parties dispute: IL and PS claim one city, EH is in contention.
DISPUTED = {"EH", "IL", "PS"}


def countries(economies: list[Row], entries: list[Row]) -> Graph:
    """Give every country and area of the source, and the capitals on which the Factbook agrees."""
    classes = Counter(class_of(row) for row in economies)
    unlinked = [row["ISO3166-1-Alpha-2"] for row in economies if not row["wikidata_id"]]
    cities = agreed_capitals(economies, entries)
    capitals = {row["ISO3166-1-Alpha-2"] for row in economies if row["Capital"].strip()}
    unconfirmed = sorted(capitals - cities.keys() - DISPUTED)
    report = [
        f"{classes['ap:Country']} countries, {classes['ap:Economy']} other economies, {len(cities)} cities",
        f"no Wikidata item in the source: {' '.join(unlinked)}",
        f"left out: capitals in dispute: {' '.join(sorted(DISPUTED))}",
        f"left out: {len(unconfirmed)} capitals that the Factbook has not or not so: {' '.join(unconfirmed)}",
    ]
    return Graph([*map(country, economies), *city_nodes(cities)], report)


def country(row: Row) -> str:
    """Give one economy; its English label is the customary name, the others are alternatives."""
    iso2 = row["ISO3166-1-Alpha-2"]
    un_names = un_names_of(row)
    labels = un_names | {"en": english_name(row)}
    alternatives = {row["CLDR display name"], un_names["en"]} - {labels["en"]}
    return node(
        f"country:{iso2.lower()}",
        ("a", class_of(row)),
        ("rdfs:label", *(text(name, language) for language, name in labels.items())),
        ("skos:altLabel", *(text(name, "en") for name in sorted(alternatives))),
        ("ap:iso2", text(iso2)),
        ("ap:iso3", text(row["ISO3166-1-Alpha-3"])),
        ("ap:m49", text(row["M49"].zfill(3))),
        ("skos:exactMatch", *wikidata(row["wikidata_id"].rpartition("/")[2])),
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


def agreed_capitals(economies: list[Row], entries: list[Row]) -> dict[str, str]:
    """Give the capital of each economy of which both sources name the same; the Factbook writes the accents."""
    mapped = economies_by_entry(entries, economies)
    named = {
        mapped[e["entry"]]["ISO3166-1-Alpha-2"]: plain(e["capital"]) for e in entries if e["entry"] in mapped
    }
    agreed = {}
    for row in economies:
        iso2 = row["ISO3166-1-Alpha-2"]
        name = re.sub(r" \([^()]*\)$", "", named.get(iso2, ""))
        if name and iso2 not in DISPUTED and folded(name) == row["Capital"].strip():
            agreed[iso2] = name
    return agreed


def city_nodes(cities: dict[str, str]) -> Iterator[str]:
    """Give the cities; those that share a name (Kingston) have their economy in the IRI."""
    uses = Counter(slug(name) for name in cities.values())
    for iso2, name in cities.items():
        own = slug(name) if uses[slug(name)] == 1 else f"{slug(name)}-{iso2.lower()}"
        yield node(
            f"city:{own}",
            ("a", "ap:City"),
            ("rdfs:label", text(name, "en")),
            ("ap:inCountry", f"country:{iso2.lower()}"),
        )
