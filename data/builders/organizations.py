"""International organisations, and the economies that the Factbook lists as belonging to them."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from builders.factbook import OBSERVED, REPORTED, factbook
from builders.sources import Row, economies_by_entry, plain
from builders.turtle import Graph, node, slug, text

# The bodies of trade, money and common policy. All that the lists name are 198 with 10,419 memberships, which
# are more triples than the rest of the shipped graph.
SELECTED = (
    *(
        "APEC",
        "ASEAN",
        "AU",
        "BRICS",
        "CARICOM",
        "CIS",
        "EAEU",
        "ECOWAS",
        "EFTA",
        "EMU",
        "EU",
        "G-7",
        "G-20",
        "GCC",
    ),
    *(
        "IMF",
        "LAS",
        "Mercosur",
        "NATO",
        "OECD",
        "OPEC",
        "OSCE",
        "Pacific Alliance",
        "Quad",
        "SAARC",
        "SCO",
        "WTO",
        "UN",
        "USMCA",
        "Wassenaar Arrangement",
    ),
)
# The names that a source spells out. The Factbook's lists have abbreviations only.
NAMES = {"APEC": "Asia-Pacific Economic Cooperation"}
# What the Factbook puts in parentheses behind the organisation: the kind of the membership.
KINDS = {
    "": "member",
    "associate": "associate",
    "associate member": "associate",
    "associate observer": "observer",
    "associated member": "associate",
    "accession candidate": "candidate",
    "candidate": "candidate",
    "candidate country": "candidate",
    "candidates": "candidate",
    "compliant country": "other",
    "cooperating state": "other",
    "correspondent": "other",
    "dialogue partner": "partner",
    "enhanced engagement": "other",
    "implementing country": "other",
    "nonregional member": "member",
    "nonregional members": "member",
    "observer": "observer",
    "partner": "partner",
    "partners": "partner",
    "pending member": "candidate",
    "permanent": "member",
    "regional": "member",
    "sectoral dialogue partner": "partner",
    "signatory": "other",
    "subbureau": "other",
    "subscriber": "other",
    "suspended": "suspended",
    "temporarily suspended": "suspended",
    "temporary": "member",
}
# In 'ITUC (NGOs)' it is bodies in the economy that belong, and not the economy.
BODIES = {"NGOs", "national committees"}
# In 'APEC (Chinese Taipei)' the parentheses hold the name that a member goes by, not its kind.
NAMES_AS_MEMBER = {"Chinese Taipei"}
SEPARATOR = re.compile(r",\s*(?![^(]*\))")
ENTRY = re.compile(r"(?P<organization>[^(]+?)\s*(?:\((?P<qualifier>[^()]*)\))?")


class Membership(NamedTuple):
    """An entry of an economy's list; the qualifier is what stands in parentheses."""

    organization: str
    economy: str
    qualifier: str


def organizations(entries: list[Row], economies: list[Row]) -> Graph:
    """Give the organisations that several lists name, and the memberships that can be read."""
    mapped = economies_by_entry(entries, economies)
    lists = [row for row in entries if row["international_organizations"]]
    items = [item for row in lists if row["entry"] in mapped for item in items_of(row, mapped[row["entry"]])]
    listed = [membership for item in items if (membership := read(*item))]
    spellings = spellings_of(listed)
    named = [entry for entry in listed if slug(entry.organization) in spellings]
    selected = set(map(slug, SELECTED))
    known = [entry for entry in named if slug(entry.organization) in selected]
    clear = sorted(entry for entry in known if entry.qualifier in KINDS.keys() | NAMES_AS_MEMBER)
    chosen = unique(clear)
    bodies = [entry for entry in known if entry.qualifier in BODIES]
    unclear = sorted({entry.qualifier for entry in known} - KINDS.keys() - NAMES_AS_MEMBER - BODIES)
    joined = {key: spellings[key] for key in sorted({slug(entry.organization) for entry in chosen})}
    unmapped = [row["entry"] for row in lists if row["entry"] not in mapped]
    report = [
        f"{len(joined)} organisations, {len(chosen)} memberships",
        f"left out: {len(items) - len(listed)} entries of no readable form, 'none' among them",
        f"left out: {len(listed) - len(named)} entries for organisations that only one list names",
        f"left out: {len(named) - len(known)} entries for organisations that are not selected",
        f"left out: {len(bodies)} entries that say that bodies in the economy belong, and not the economy",
        f"left out: {len(clear) - len(chosen)} entries that repeat another of the same list",
        f"left out: {len(known) - len(clear) - len(bodies)} memberships of an unclear kind: {'; '.join(unclear)}",
        f"left out: lists of what is not exactly one economy: {' '.join(unmapped)}",
    ]
    return Graph([*factbook(), *organization_nodes(joined), *membership_nodes(chosen)], report)


def items_of(row: Row, economy: Row) -> Iterator[tuple[str, str]]:
    """Give the items of one list, each with the local name of its economy."""
    for item in SEPARATOR.split(plain(row["international_organizations"])):
        yield item.strip(), economy["ISO3166-1-Alpha-2"].lower()


def read(item: str, economy: str) -> Membership | None:
    """Read one item of the list of an economy; 'none' and 'A (b) (c)' give nothing."""
    match = ENTRY.fullmatch(item)
    if not match or match["organization"] == "none":
        return None
    return Membership(match["organization"], economy, match["qualifier"] or "")


def spellings_of(listed: list[Membership]) -> dict[str, str]:
    """Give the most frequent spelling of each organisation that two lists name at least.

    'ICCT' and 'G- 9' are other spellings; what one list alone names may be a misspelling, so it is not taken.
    """
    lists: dict[str, set[str]] = {}
    spelt: dict[str, Counter[str]] = {}
    for entry in listed:
        lists.setdefault(slug(entry.organization), set()).add(entry.economy)
        spelt.setdefault(slug(entry.organization), Counter())[entry.organization] += 1
    return {
        key: max(sorted(names), key=names.__getitem__)
        for key, names in sorted(spelt.items())
        if len(lists[key]) > 1
    }


def unique(entries: list[Membership]) -> list[Membership]:
    """Give the first entry of each economy for each organisation."""
    return list({(slug(entry.organization), entry.economy): entry for entry in reversed(entries)}.values())[
        ::-1
    ]


def organization_nodes(spellings: dict[str, str]) -> Iterator[str]:
    """Give the organisations themselves."""
    for key, abbreviation in spellings.items():
        name = NAMES.get(abbreviation)
        yield node(
            f"organization:{key}",
            ("a", "ap:IntergovernmentalOrganization" if name else "ap:Organization"),
            ("rdfs:label", text(name or abbreviation, "en")),
            ("skos:altLabel", *([text(abbreviation, "en")] if name else [])),
        )


def membership_nodes(entries: list[Membership]) -> Iterator[str]:
    """Give the memberships, and the names that economies go by as members."""
    for organization, economy, qualifier in entries:
        yield node(
            f"membership:{slug(organization)}-{economy}",
            ("a", "ap:Membership"),
            ("ap:member", f"country:{economy}"),
            ("ap:organization", f"organization:{slug(organization)}"),
            ("ap:kind", text(KINDS.get(qualifier, "member"))),
            *OBSERVED,
            *REPORTED,
        )
    for economy, name in sorted(
        {(e.economy, e.qualifier) for e in entries if e.qualifier in NAMES_AS_MEMBER}
    ):
        yield node(f"country:{economy}", ("skos:altLabel", text(name, "en")))
