"""The reference graphs say what the sources say, and the build gives them again byte for byte."""

import csv
import re
import subprocess
import sys
import sysconfig
from collections import Counter
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Store

DATA = Path(__file__).parents[1] / "data"
NAMES = ("commodities", "countries", "leaders", "organizations", "us-executive")
AP = "https://w3id.org/summitry/ns#"
ID = "https://w3id.org/summitry/id/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
PREFIXES = f"""
    PREFIX ap: <{AP}>
    PREFIX commodity: <{ID}commodity/>
    PREFIX country: <{ID}country/>
    PREFIX dcterms: <http://purl.org/dc/terms/>
    PREFIX office: <{ID}office/>
    PREFIX organization: <{ID}organization/>
    PREFIX person: <{ID}person/>
    PREFIX prov: <http://www.w3.org/ns/prov#>
    PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
    PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""
LANGUAGES = {"ar", "en", "es", "fr", "ru", "zh"}


def loaded(*names):
    store = Store()
    for name in names:
        store.load(path=DATA / "reference" / f"{name}.ttl", format=RdfFormat.TURTLE)
    return store


@pytest.fixture(scope="module")
def store():
    return loaded(*NAMES)


@pytest.fixture(scope="module")
def source():
    with (DATA / "sources" / "country-codes.csv").open(encoding="utf-8", newline="") as file:
        return {row["ISO3166-1-Alpha-2"]: row for row in csv.DictReader(file)}


def rows(store, query):
    """Give the solutions as tuples of strings."""
    solutions = store.query(PREFIXES + query)
    return [tuple("" if term is None else term.value for term in solution) for solution in solutions]


def column(store, query):
    return [value for (value,) in rows(store, query)]


def test_a_rebuild_gives_the_committed_bytes(tmp_path):
    """Who clones gets the graphs that the sources give, and no others."""
    subprocess.run([sys.executable, DATA / "build.py", tmp_path], check=True, capture_output=True)

    built = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert built == {path.name: path.read_bytes() for path in (DATA / "reference").iterdir()}


def test_the_build_says_what_it_left_out(tmp_path):
    """Nothing is dropped in silence: each line gives a reason, how many, and where."""
    run = subprocess.run(
        [sys.executable, DATA / "build.py", tmp_path], check=True, capture_output=True, text=True
    )

    said = [line.strip() for line in run.stdout.splitlines()]
    for start in (
        "194 countries, 55 other economies, 206 cities",
        "no Wikidata item in the source: NA",
        "left out: capitals in dispute: EH IL PS",
        "6939 headings",
        "29 organisations, 1113 memberships",
        "left out: 9713 entries for organisations that are not selected",
        "left out: 7 memberships of an unclear kind: 2024;",
        "left out: lists of what is not exactly one economy: europe/ee europe/kv europe/sv",
        "340 tenures of 325 persons in 340 offices",
        "left out: 11 × acting, interim, caretaker or transitional holder: africa/ly",
        "left out: 1 × vacant office: central-america-n-caribbean/ha",
        "97 tenures of 80 persons in 2 offices",
    ):
        assert any(line.startswith(start) for line in said), start


def test_the_graphs_are_in_the_format_of_turtlefmt():
    """The build writes the format itself, so that formatting changes nothing."""
    turtlefmt = Path(sysconfig.get_path("scripts")) / "turtlefmt"

    subprocess.run([turtlefmt, "--check", DATA / "reference"], check=True)


@pytest.mark.parametrize("name", NAMES)
def test_the_prefixes_are_alphabetical_and_used(name):
    """A declared prefix that no term uses misleads the reader."""
    content = (DATA / "reference" / f"{name}.ttl").read_text(encoding="utf-8")
    prefixes = re.findall(r"^@prefix (\w+):", content, flags=re.MULTILINE)
    terms = set(re.findall(r"(?<![\w@\"])(\w+):\w", re.sub(r"^@prefix.*$", "", content, flags=re.MULTILINE)))

    assert prefixes == sorted(prefixes)
    assert set(prefixes) <= terms


@pytest.mark.parametrize("name", NAMES)
def test_a_graph_states_its_origin(name):
    """Each graph has title, source, publisher, licence and date, once each."""
    graph = NamedNode(f"https://w3id.org/summitry/graph/{name}")

    predicates = Counter(quad.predicate.value for quad in loaded(name).quads_for_pattern(graph, None, None))

    terms = ("title", "description", "license", "modified", "publisher")
    expected = {f"http://purl.org/dc/terms/{term}" for term in terms}
    assert predicates == Counter(expected | {"http://www.w3.org/ns/prov#wasDerivedFrom"})


def test_every_country_and_area_is_there_once(store, source):
    """249 rows of the source are 249 economies, with its codes in the form that the shapes ask for."""
    codes = rows(
        store,
        """
        SELECT ?economy ?iso2 ?iso3 ?m49
        WHERE { ?economy a ?class ; ap:iso2 ?iso2 ; ap:iso3 ?iso3 ; ap:m49 ?m49 }
        """,
    )

    assert len(codes) == 249
    assert sorted(codes) == sorted(
        (f"{ID}country/{iso2.lower()}", iso2, row["ISO3166-1-Alpha-3"], row["M49"].zfill(3))
        for iso2, row in source.items()
    )
    assert all(re.fullmatch("[A-Z]{2}", iso2) for _, iso2, _, _ in codes)
    assert all(re.fullmatch("[A-Z]{3}", iso3) for _, _, iso3, _ in codes)
    assert all(re.fullmatch("[0-9]{3}", m49) for _, _, _, m49 in codes)


@pytest.mark.parametrize(("iso2", "m49"), [("af", "004"), ("ba", "070"), ("us", "840")])
def test_an_m49_code_has_three_digits(store, iso2, m49):
    """M49 codes are three digits; the source lost the leading zeros of thirty."""
    assert column(store, f"SELECT ?m49 WHERE {{ country:{iso2} ap:m49 ?m49 }}") == [m49]


def test_namibia_is_there_without_a_wikidata_item(store):
    """Its code NA is a code and no missing value; the source gives no item for it, so there is no link."""
    query = """
        SELECT ?label ?item
        WHERE {
            country:na ap:iso2 "NA" ; rdfs:label ?label FILTER(lang(?label) = "en")
            OPTIONAL { country:na skos:exactMatch ?item }
        }
    """

    assert rows(store, query) == [("Namibia", "")]


def test_the_other_economies_have_a_wikidata_item_each(store):
    """Links name the item, not its page, and no two economies share one."""
    items = column(store, "SELECT ?item WHERE { ?economy ap:iso2 ?iso2 ; skos:exactMatch ?item }")

    assert len(set(items)) == len(items) == 248
    assert all(re.fullmatch(r"http://www\.wikidata\.org/entity/Q[0-9]+", item) for item in items)


def test_a_country_is_what_the_source_calls_independent(store, source):
    """Other economies are no countries; TW is one of them, though the source calls it independent."""
    independent = {iso2 for iso2, row in source.items() if row["is_independent"] == "Yes"}

    countries = set(column(store, "SELECT ?iso2 WHERE { ?economy a ap:Country ; ap:iso2 ?iso2 }"))
    others = set(column(store, "SELECT ?iso2 WHERE { ?economy a ap:Economy ; ap:iso2 ?iso2 }"))

    assert countries == independent - {"TW"}
    assert others == source.keys() - countries
    assert {"HK", "MO", "TW"} <= others


def test_an_economy_has_one_label_per_language(store, source):
    """Six languages each."""
    query = "SELECT ?iso2 (lang(?label) AS ?language) WHERE { ?economy ap:iso2 ?iso2 ; rdfs:label ?label }"

    labels = Counter(rows(store, query))

    assert labels == Counter((iso2, language) for iso2 in source for language in LANGUAGES)


@pytest.mark.parametrize(
    ("iso2", "label", "others"),
    [
        ("ba", "Bosnia and Herzegovina", {"Bosnia"}),
        ("cn", "China", set()),
        ("gb", "United Kingdom", {"UK", "United Kingdom of Great Britain and Northern Ireland"}),
        ("hk", "Hong Kong", {"China, Hong Kong Special Administrative Region"}),
        ("kr", "South Korea", {"Republic of Korea"}),
        ("ru", "Russia", {"Russian Federation"}),
        ("us", "United States", {"US", "United States of America"}),
    ],
)
def test_the_english_label_is_the_customary_name(store, iso2, label, others):
    """People look for South Korea; the other names of the source are alternatives."""
    query = """SELECT ?name WHERE {{ country:{0} {1} ?name FILTER(lang(?name) = "en") }}"""

    assert column(store, query.format(iso2, "rdfs:label")) == [label]
    assert set(column(store, query.format(iso2, "skos:altLabel"))) == others


@pytest.mark.parametrize(
    ("iso2", "language", "label"),
    [
        ("af", "es", "Afganistán"),
        ("af", "fr", "Afghanistan"),
        ("ck", "fr", "Îles Cook"),
        ("ck", "zh", "库克群岛"),
        ("ir", "fr", "Iran (République islamique d')"),
        ("ps", "ar", "دولة فلسطين"),
    ],
)
def test_articles_and_footnotes_are_no_part_of_a_name(store, iso2, language, label):
    """UNTERM writes 'Afganistán (el)' and 'Îles Cook (les) **'; parentheses that belong to a name stay."""
    assert Literal(label, language=language) in {
        quad.object
        for quad in store.quads_for_pattern(
            NamedNode(f"{ID}country/{iso2}"), NamedNode("http://www.w3.org/2000/01/rdf-schema#label"), None
        )
    }


def test_no_name_keeps_an_article_or_a_footnote(store):
    """The rule holds for each name of the six languages, labels and alternatives."""
    names = column(store, "SELECT ?name WHERE { ?e ap:iso2 ?iso2 ; rdfs:label|skos:altLabel ?name }")

    leftovers = re.compile(r"\*|\[|_|\((the|el|la|los|las|le|les|l['’])\)|^\s|\s$|^$")
    assert [name for name in names if leftovers.search(name)] == []


def test_a_commodity_is_a_heading_under_an_existing_one(store):
    """A heading's IRI ends in its notation, and all but chapters have a broader one, two digits shorter."""
    headings = rows(
        store,
        """
        SELECT ?heading ?notation ?broader
        WHERE {
            ?heading a ap:Commodity ; skos:notation ?notation
            OPTIONAL { ?heading skos:broader ?broader }
        }
        """,
    )
    known = {heading for heading, _, _ in headings}

    assert len(known) == len(headings) == 6939
    assert all(re.fullmatch("([0-9]{2}){1,3}", notation) for _, notation, _ in headings)
    for heading, notation, broader in headings:
        assert heading == f"{ID}commodity/hs-{notation}"
        assert broader == (f"{ID}commodity/hs-{notation[:-2]}" if len(notation) > 2 else "")
        assert not broader or broader in known


def test_every_row_of_the_harmonized_system_is_a_heading(store):
    """All rows but the total, with the words of the source."""
    with (DATA / "sources" / "harmonized-system.csv").open(encoding="utf-8", newline="") as file:
        published = {row["hscode"]: row["description"].strip() for row in csv.DictReader(file)}

    headings = rows(
        store, "SELECT ?code ?label WHERE { ?h a ap:Commodity ; skos:notation ?code ; rdfs:label ?label }"
    )
    by_length = Counter(len(code) for code, _ in headings)

    assert dict(headings) == {code: words for code, words in published.items() if code != "TOTAL"}
    assert by_length == {2: 97, 4: 1229, 6: 5613}


def test_each_declared_thing_has_a_label_in_english(store):
    """Actors, commodities and documents are found by a name."""
    unlabelled = column(
        store,
        """
        SELECT ?thing
        WHERE {
            ?thing a ?class FILTER(?class NOT IN (ap:Claim, ap:Membership, ap:Tenure))
            FILTER NOT EXISTS { ?thing rdfs:label ?label FILTER(lang(?label) = "en") }
        }
        """,
    )

    assert unlabelled == []


def test_apec_has_its_twenty_one_members(store):
    """The Factbook lists APEC, without a qualifier, for 20 economies, and for TW under another name."""
    query = """
        SELECT ?iso2 ?kind
        WHERE {
            ?membership a ap:Membership ; ap:organization organization:apec ; ap:kind ?kind ;
                ap:member/ap:iso2 ?iso2
        }
        ORDER BY ?iso2
    """

    members = rows(store, query)
    assert " ".join(iso2 for iso2, _ in members) == (
        "AU BN CA CL CN HK ID JP KR MX MY NZ PE PG PH RU SG TH TW US VN"
    )
    assert {kind for _, kind in members} == {"member"}


def test_memberships_are_those_of_the_lists(store):
    """Spot checks across the world: who belongs to what, in the kinds that the shapes allow."""
    query = (
        "SELECT ?kind WHERE {{ ?m ap:member country:{} ; ap:organization organization:{} ; ap:kind ?kind }}"
    )
    kinds = set(column(store, "SELECT DISTINCT ?kind WHERE { ?membership ap:kind ?kind }"))

    assert kinds == {"associate", "candidate", "member", "observer", "other", "partner", "suspended"}
    for economy, organization, kind in (
        ("dz", "wto", ["observer"]),
        ("fr", "eu", ["member"]),
        ("nl", "nato", ["member"]),
        ("rs", "eu", ["candidate"]),
        ("jp", "asean", ["partner"]),
        ("ua", "osce", ["member"]),
        ("us", "usmca", ["member"]),
        ("us", "ituc", []),
    ):
        assert column(store, query.format(economy, organization)) == kind, (economy, organization)


def test_an_organization_has_the_name_that_a_source_gives(store):
    """The Factbook's lists have abbreviations; other spellings of one ('G- 20') make no second one."""
    names = column(store, "SELECT ?name WHERE { ?o a ap:Organization ; rdfs:label ?name }")

    assert len({name.lower().replace(" ", "") for name in names}) == len(names)
    assert {"EU", "G-20", "UN", "WTO"} <= set(names)
    assert not {"G- 20", "none"} & set(names)


def test_taiwan_is_found_by_the_name_it_goes_by_in_apec(store):
    """'APEC (Chinese Taipei)' holds a name, not a kind of membership."""
    assert column(store, "SELECT ?name WHERE { country:tw skos:altLabel ?name }") == ["Chinese Taipei"]


def test_a_membership_is_reported_for_the_last_month_of_the_factbook(store):
    """The commit that froze the data is later than what it observed: the Factbook ended in February 2026."""
    query = """
        SELECT DISTINCT ?day ?precision ?title ?credence
        WHERE {
            ?membership a ap:Membership ; ap:observedOn ?day ; ap:observedOnPrecision ?precision ;
                ap:inDocument/ap:title ?title ; ap:credence ?credence
        }
    """

    assert rows(store, query) == [("2026-02-01", "month", "The World Factbook", f"{ID}credence/reported")]


# Leaders


def held(store, office):
    """Give who holds an office in the leaders' and the US graph: name, first day, precision, last day."""
    return rows(
        store,
        f"""
        SELECT ?name ?from ?precision ?until
        WHERE {{
            ?tenure ap:office office:{office} ; ap:holder/rdfs:label ?name
            OPTIONAL {{ ?tenure ap:from ?from }}
            OPTIONAL {{ ?tenure ap:fromPrecision ?precision }}
            OPTIONAL {{ ?tenure ap:until ?until }}
        }}
        ORDER BY ?from
        """,
    )


@pytest.mark.parametrize(
    ("office", "name", "start", "precision"),
    [
        ("at-president", "Alexander Van der Bellen", "2017-01-26", ""),
        ("ca-king", "Charles III", "2022-09-08", ""),
        ("cg-president", "Denis Sassou-Nguesso", "1997-01-01", "year"),
        ("cn-president", "Xi Jinping", "2013-03-14", ""),
        ("dz-president", "Abdelmadjid Tebboune", "2019-12-12", ""),
        ("et-prime-minister", "Abiy Ahmed Ali", "2018-04-01", "month"),
        ("hk-chief-executive", "John Lee Ka-chiu", "2022-07-01", ""),
        ("it-prime-minister", "Giorgia Meloni", "2022-10-22", ""),
        ("jp-prime-minister", "Sanae Takaichi", "2025-10-21", ""),
        ("li-prince", "Hans-Adam II", "1989-11-13", ""),
        ("my-prime-minister", "Anwar Ibrahim", "2022-11-24", ""),
        ("pt-president", "Marcelo Rebelo de Sousa", "2016-03-09", ""),
        ("py-president", "Santiago Peña Palacios", "2023-08-15", ""),
        ("rs-president", "Aleksandar Vucic", "2017-05-31", ""),
        ("td-president", "Mahamat Idriss Déby", "2024-05-06", ""),
        ("th-prime-minister", "Anutin Charnvirakul", "2025-09-05", ""),
        ("wf-president-of-the-territorial-assembly", "Munipoese Muli'aka'aka", "2022-03-20", ""),
    ],
)
def test_a_leader_holds_the_office_since_the_day_that_the_factbook_gives(
    store, office, name, start, precision
):
    """Surnames in capitals are written as in running text; a year or a month stays one."""
    assert held(store, office) == [(name, start, precision, "")]


@pytest.mark.parametrize(
    "office", ["bd-prime-minister", "bm-king", "ht-president", "ml-president", "us-king", "ve-president"]
)
def test_what_cannot_be_read_safely_gives_no_tenure(store, office):
    """Acting and interim holders, vacant offices, and another country's head of state are left out."""
    assert held(store, office) == []


def test_one_name_is_one_person_who_may_hold_several_offices(store):
    """Charles III is king of fifteen countries, each with an office of its own."""
    offices = column(store, "SELECT ?office WHERE { ?t ap:holder person:charles-iii ; ap:office ?office }")

    assert len(set(offices)) == 15


def test_an_office_names_its_country_as_english_does(store):
    query = "SELECT ?name WHERE {{ office:{} rdfs:label ?name }}"

    assert column(store, query.format("bs-prime-minister")) == ["Prime Minister of the Bahamas"]
    assert column(store, query.format("ru-president")) == ["President of Russia"]
    assert column(store, query.format("ch-president-of-the-swiss-confederation")) == [
        "President of the Swiss Confederation"
    ]


def test_presidents_follow_each_other_on_the_day_of_the_handover(store):
    """From 1789 on; a re-election starts no new tenure, and a return is a tenure of its own."""
    tenures = [row for row in held(store, "us-president") if row[1]]
    again = Counter(name for name, *_ in held(store, "us-president"))

    assert tenures[0] == ("George Washington", "1789-04-30", "", "1797-03-04")
    assert ("Franklin Delano Roosevelt", "1933-03-04", "", "1945-04-12") in tenures
    assert [earlier[3] for earlier in tenures[:-1]] == [later[1] for later in tenures[1:]]
    assert [name for name, times in again.items() if times > 1] == ["Donald Trump", "Grover Cleveland"]


def test_a_vice_president_is_no_leader(store):
    """The office is no `ap:LeadershipOffice`."""
    offices = column(store, "SELECT ?class WHERE { office:us-vice-president a ?class }")

    assert offices == [f"{AP}Office"]
    assert ("JD Vance", "2025-01-20", "", "") in held(store, "us-vice-president")


def test_a_start_that_the_first_document_gives_otherwise_is_a_claim(store):
    """A later source that differs on a single-valued fact records a claim: 'earlier this year' is 2025-01-20."""
    claims = rows(
        store,
        f"""
        SELECT ?day ?document
        WHERE {{ ?claim a ap:Claim ; <{RDF}subject> ?tenure ; <{RDF}predicate> ap:from ; <{RDF}object> ?day ;
            ap:inDocument ?document . ?tenure ap:holder person:donald-trump }}
        ORDER BY ?document
        """,
    )

    assert claims == [
        ("2025-01-20", f"{ID}document/cia-world-factbook"),
        ("2025-01-20", f"{ID}document/us-executive"),
    ]


def test_wikidata_items_are_those_of_the_source(store):
    items = column(store, "SELECT ?item WHERE { ?person a ap:Person ; skos:exactMatch ?item }")

    assert len(set(items)) == 8
    assert "http://www.wikidata.org/entity/Q76" in items


def test_a_city_lies_in_the_country_whose_capital_both_sources_call_it(store):
    """Where the sources differ, or parties dispute whose it is, there is none."""
    cities = dict(
        rows(
            store, "SELECT ?name ?iso2 WHERE { ?c a ap:City ; rdfs:label ?name ; ap:inCountry/ap:iso2 ?iso2 }"
        )
    )

    assert {"Brasília": "BR", "N'Djamena": "TD", "Tokyo": "JP"}.items() <= cities.items()
    assert not {"Jerusalem", "East Jerusalem", "Nur-Sultan", "Malabo"} & cities.keys()
