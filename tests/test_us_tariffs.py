"""The graph of US tariff measures says what the tracker's tables say, and how sure that is; it guesses nothing."""

import csv
import sys
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Store

from summitry.terms import AP, ENTITIES, PREFIXES

DATA = Path(__file__).parents[1] / "data"
TABLES = DATA / "sources" / "us-tariff-timeline"
HEAD = "".join(f"PREFIX {name}: <{space}> " for name, space in PREFIXES.items())


@pytest.fixture(scope="module")
def store():
    store = Store()
    store.load(path=DATA / "reference" / "us-tariff-measures.ttl", format=RdfFormat.TURTLE)
    return store


def rows(store, query):
    """Give the solutions as tuples of strings; IRIs of entities without their common start."""
    return [
        tuple("" if term is None else term.value.removeprefix(ENTITIES).removeprefix(AP) for term in row)
        for row in store.query(HEAD + query)
    ]


def table(name):
    with (TABLES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def phases(store, slug):
    """Give status, first day, last day, rate and credence of each phase, in the order of the first days."""
    query = f"""
        SELECT ?status ?from ?until ?rate ?credence WHERE {{
          policy:{slug} ap:hasState ?state .
          ?state ap:status ?status ; ap:credence ?credence
          OPTIONAL {{ ?state ap:from ?from }} OPTIONAL {{ ?state ap:until ?until }}
          OPTIONAL {{ ?state ap:ratePercent ?rate }}
        }} ORDER BY ?from ?until ?rate"""
    return [
        (s.removeprefix("status/"), f, u, r, c.removeprefix("credence/"))
        for s, f, u, r, c in rows(store, query)
    ]


def test_a_measure_has_the_phases_that_the_tables_date(store):
    """measure_dates.csv: signed on 17 October, legal on 1 November 2025, in the schedule on 6 October."""
    assert phases(store, "us-section-232-medium-and-heavy-vehicles") == [
        ("announced", "2025-10-17", "2025-10-31", "", "reported"),
        ("in-force", "2025-11-01", "", "25", "disputed"),
    ]


def test_the_rates_on_china_follow_the_revisions(store):
    """revision_dates.csv: 34% -> 84% (rev_8), 84% -> 125% (rev_9), suspended to 10% (rev_12)."""
    days = {row["revision"]: row["effective_date"] for row in table("revision_dates.csv")}

    assert phases(store, "us-reciprocal-tariff-on-china") == [
        ("in-force", days["rev_7"], "2025-04-02", "34", "disputed"),
        ("in-force", days["rev_8"], "2025-04-04", "84", "reported"),
        ("in-force", days["rev_9"], "2025-04-13", "125", "reported"),
        ("in-force", days["rev_12"], "2026-02-20", "10", "reported"),
        ("revoked", "2026-02-20", "", "", "disputed"),
    ]


def test_each_day_of_the_law_that_the_schedule_has_otherwise_is_contradicted(store):
    """Where two columns disagree both stand, as claims that contradict each other."""
    query = """
        SELECT DISTINCT ?legal ?schedule WHERE {
          ?claim ap:contradicts ?other ; rdf:predicate ap:from ; rdf:object ?schedule ; ap:credence credence:disputed .
          ?other rdf:object ?legal ; ap:credence credence:reported ; rdf:subject ?state .
          ?claim rdf:subject ?state .
          ?state ap:from ?legal .
        }"""
    pairs = set(rows(store, query))

    assert {
        ("2025-04-03", "2025-03-12"),
        ("2025-04-05", "2025-04-02"),
        ("2025-06-04", "2025-06-06"),
        ("2025-08-01", "2025-07-01"),
        ("2025-11-01", "2025-10-06"),
        ("2026-02-20", "2026-02-24"),
    } <= pairs
    assert ("2025-11-14", "2026-01-01") in pairs, "two tables disagree on the Swiss framework"
    assert ("2025-01-27", "2025-02-04") in pairs, "a revision is older than the order"


def test_what_is_disputed_does_not_stand_as_a_fact(store):
    """Alleged, disputed and refuted claims are never plain triples."""
    query = """
        SELECT ?claim WHERE {
          ?claim ap:credence credence:disputed ; rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o . ?s ?p ?o .
        }"""

    assert rows(store, query) == []


def test_an_approximate_day_is_a_month_and_inferred(store):
    """'~Aug 18, 2025' and '~Late Jun 2025' name no day."""
    query = """
        SELECT ?day ?precision ?credence WHERE {
          statement:us-tariff-on-india-2025-announced ap:saidOn ?day ; ap:saidOnPrecision ?precision ;
            ap:credence ?credence .
        }"""

    assert rows(store, query) == [("2025-08-01", "month", "credence/inferred")]


def test_the_copper_lines_are_those_of_the_source(store):
    codes = rows(
        store, "SELECT ?code WHERE { policy:us-section-232-copper ap:onCommodity/skos:notation ?code }"
    )

    assert sorted(codes) == sorted((row["hts10"],) for row in table("s232_copper_products.csv"))


def test_a_code_that_the_harmonized_system_lacks_is_declared_here():
    """The tracker's list of cars has 870334; undeclared, it would be unrecorded whether the duty is on telephones."""
    both = Store()
    for name in ("us-tariff-measures", "commodities"):
        both.load(path=DATA / "reference" / f"{name}.ttl", format=RdfFormat.TURTLE)
    undeclared = "SELECT DISTINCT ?c { ?part ap:onCommodity ?c FILTER NOT EXISTS { ?c a ?class } }"

    assert rows(both, "SELECT ?n ?b { commodity:hs-870334 skos:notation ?n ; skos:broader ?b }") == [
        ("870334", "commodity/hs-8703")
    ]
    assert rows(both, undeclared) == []


def test_the_floor_for_the_european_union_targets_its_twenty_seven_members(store):
    targets = rows(store, "SELECT ?c WHERE { policy:us-reciprocal-tariff-floor-eu ap:targets ?c }")

    assert len(targets) == 27
    assert {("country/cz",), ("country/de",)} <= set(targets)
    assert ("country/gb",) not in targets


def test_quotas_are_exemptions_by_inference_only(store):
    """The tracker counts quotas as a rate of nothing until 12 March 2025."""
    query = """
        SELECT ?exempt ?credence ?until WHERE {
          state:us-section-232-steel-with-exemptions ap:exempts ?exempt ; ap:credence ?credence ; ap:until ?until .
        }"""
    found = rows(store, query)

    assert {(credence, until) for _, credence, until in found} == {("credence/inferred", "2025-03-11")}
    assert {"country/au", "country/br", "country/gb", "country/kr", "country/fr"} <= {e for e, _, _ in found}
    assert "country/ru" not in {exempt for exempt, _, _ in found}


def test_a_measure_whose_day_no_cell_gives_has_none(store):
    """It was listed when the data was published; since when is not said."""
    query = """
        SELECT ?from ?observed ?credence WHERE {
          state:us-section-232-softwood-in-force ap:observedOn ?observed ; ap:credence ?credence
          OPTIONAL { state:us-section-232-softwood-in-force ap:from ?from }
        }"""

    assert rows(store, query) == [("", "2026-05-11", "credence/inferred")]


def test_each_heading_of_section_301_has_its_rate(store):
    parameters = {row["path"]: row["value"] for row in table("policy_params.csv")}
    query = """
        SELECT ?policy ?rate WHERE {
          ?policy ap:targets country:cn ; ap:hasState/ap:ratePercent ?rate
          FILTER(CONTAINS(STR(?policy), "us-section-301-99"))
        }"""
    found = {
        policy.removeprefix("policy/us-section-301-"): float(rate) for policy, rate in rows(store, query)
    }

    expected = {
        parameters[f"section_301_rates.{number}.ch99_pattern"].replace(".", "-"): float(
            parameters[f"section_301_rates.{number}.s301_rate"]
        )
        * 100
        for number in range(17)
    }
    assert found == pytest.approx(expected)


def test_a_rate_that_its_cell_does_not_hold_stops_the_build(monkeypatch):
    """No figure of the plan is trusted: the cell that it names must hold it."""
    monkeypatch.syspath_prepend(str(DATA))
    from builders.sources import rows as source  # only here is data/ on the path
    from builders.us_tariff_cells import Cells, UnreadableCell

    cells = Cells(source("country-codes.csv"))

    assert cells.holds("rev_8", 84).endswith("revisions")
    assert cells.holds("section_201.solar_rate", 14.5).endswith("parameters")
    with pytest.raises(UnreadableCell, match="rev_8 does not hold 85%"):
        cells.holds("rev_8", 85)
    for name in [name for name in sys.modules if name.partition(".")[0] == "builders"]:
        del sys.modules[name]
