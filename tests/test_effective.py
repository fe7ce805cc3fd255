"""Which tariff measures bear on goods from one economy into another, on a day: stacked, sourced, never added up."""

from datetime import date

import pytest
from pyoxigraph import Store, parse

from contract import ONE, make, quads
from summitry import resources
from summitry.errors import BadParameter
from summitry.model import Changeset, Commit
from summitry.store.embedded import EmbeddedStore
from summitry.terms import ENTITIES, ONTOLOGY_GRAPH, in_graph
from summitry.usecases.context import Context
from summitry.usecases.effective import effective, understand

CHINA = "/policies/effective?importer=us&exporter=cn"

WORLD = """
country:us a ap:Country ; rdfs:label "United States"@en ; ap:iso2 "US" ; ap:iso3 "USA" .
country:cn a ap:Country ; rdfs:label "China"@en ; ap:iso2 "CN" ; ap:iso3 "CHN" .
country:ca a ap:Country ; rdfs:label "Canada"@en ; ap:iso2 "CA" ; ap:iso3 "CAN" .
country:au a ap:Country ; rdfs:label "Australia"@en ; ap:iso2 "AU" ; ap:iso3 "AUS" .
collective:all-countries a ap:Collective ; rdfs:label "all countries"@en .
collective:friends a ap:Collective ; rdfs:label "friends"@en .
commodity:hs-72 a ap:Commodity ; rdfs:label "iron and steel"@en ; skos:notation "72" .
commodity:hs-8703 a ap:Commodity ; rdfs:label "cars"@en ; skos:notation "8703" .
commodity:hs-870380 a ap:Commodity ; rdfs:label "electric cars"@en ; skos:notation "870380" .
commodity:toys a ap:Commodity ; rdfs:label "toys"@en .
document:law a ap:Document ; rdfs:label "law"@en ; ap:title "Law"@en .
document:news a ap:Document ; rdfs:label "news"@en ; ap:title "News"@en .
policy:pact a ap:Agreement ; rdfs:label "pact"@en ; ap:party country:us , country:ca .

policy:blanket a ap:TariffMeasure ; rdfs:label "blanket"@en ; ap:imposedBy country:us ;
    ap:targets collective:all-countries ; ap:ratePercent 10 ; ap:rateBasis "additional" ; ap:legalBasis document:law ;
    ap:exempts policy:pact , commodity:toys ; ap:hasState state:blanket .
state:blanket a ap:PolicyState ; ap:status status:in-force ; ap:from "2025-04-05"^^xsd:date ;
    ap:credence credence:disputed ; ap:inDocument document:news .
claim:blanket a ap:Claim ; rdf:subject state:blanket ; rdf:predicate ap:from ; rdf:object "2025-04-05"^^xsd:date ;
    ap:credence credence:reported ; ap:inDocument document:news .
claim:blanket-earlier a ap:Claim ; rdf:subject state:blanket ; rdf:predicate ap:from ;
    rdf:object "2025-04-02"^^xsd:date ; ap:credence credence:disputed ; ap:inDocument document:news ;
    ap:contradicts claim:blanket .

policy:steel a ap:TariffMeasure ; rdfs:label "steel"@en ; ap:imposedBy country:us ;
    ap:targets collective:all-countries ; ap:onCommodity commodity:hs-72 ; ap:rateBasis "additional" ;
    ap:hasState state:steel-exempt , state:steel-50 .
state:steel-exempt a ap:PolicyState ; ap:status status:in-force ; ap:until "2025-03-11"^^xsd:date ;
    ap:exempts country:au ; ap:inDocument document:news .
state:steel-50 a ap:PolicyState ; ap:status status:in-force ; ap:from "2025-06-04"^^xsd:date ; ap:ratePercent 50 ;
    ap:inDocument document:news .

policy:electric a ap:TariffMeasure ; rdfs:label "electric"@en ; ap:imposedBy country:us ; ap:targets country:cn ;
    ap:onCommodity commodity:hs-870380 ; ap:ratePercent 100 ; ap:rateBasis "total" ; ap:hasState state:electric .
state:electric a ap:PolicyState ; ap:status status:in-force ; ap:from "2024-09-27"^^xsd:date ;
    ap:inDocument document:news .

policy:threat a ap:TariffMeasure ; rdfs:label "threat"@en ; ap:imposedBy country:us ; ap:targets country:cn ;
    ap:ratePercent 100 ; ap:rateBasis "additional" ; ap:hasState state:threat .
state:threat a ap:PolicyState ; ap:status status:threatened ; ap:from "2025-10-01"^^xsd:date ;
    ap:wouldTakeEffect "2025-11-01"^^xsd:date ; ap:inDocument document:news .

policy:toys a ap:TariffMeasure ; rdfs:label "toys"@en ; ap:imposedBy country:us ; ap:targets country:cn ;
    ap:onCommodity commodity:toys ; ap:hasState state:toys .
state:toys a ap:PolicyState ; ap:status status:in-force ; ap:from "2025-01-01"^^xsd:date ; ap:inDocument document:news .

policy:friends a ap:TariffMeasure ; rdfs:label "friends"@en ; ap:imposedBy country:us ;
    ap:targets collective:friends ; ap:hasState state:friends .
state:friends a ap:PolicyState ; ap:status status:in-force ; ap:from "2025-01-01"^^xsd:date ;
    ap:inDocument document:news .

policy:over a ap:TariffMeasure ; rdfs:label "over"@en ; ap:imposedBy country:us ; ap:targets country:cn ;
    ap:hasState state:over-force , state:over .
state:over-force a ap:PolicyState ; ap:status status:in-force ; ap:from "2025-01-01"^^xsd:date ;
    ap:until "2025-02-20"^^xsd:date ; ap:inDocument document:news .
state:over a ap:PolicyState ; ap:status status:revoked ; ap:from "2025-02-20"^^xsd:date ; ap:inDocument document:news .

policy:chinese a ap:TariffMeasure ; rdfs:label "chinese"@en ; ap:imposedBy country:cn ; ap:targets country:us ;
    ap:hasState state:chinese .
state:chinese a ap:PolicyState ; ap:status status:in-force ; ap:from "2025-01-01"^^xsd:date ;
    ap:inDocument document:news .
policy:chips a ap:ExportControl ; rdfs:label "chips"@en ; ap:imposedBy country:us ; ap:targets country:cn ;
    ap:hasState state:chips .
state:chips a ap:PolicyState ; ap:status status:in-force ; ap:from "2025-01-01"^^xsd:date ;
    ap:inDocument document:news .
"""


@pytest.fixture(scope="module")
def world():
    """Give the store of the world above; no test changes it."""
    asserted = {
        in_graph(quad.triple, ONTOLOGY_GRAPH)
        for path in resources.ontology_files()
        for quad in parse(path=path)
    }
    store = EmbeddedStore()
    change = make(Store(), Changeset(frozenset(asserted | quads(WORLD, ONE))))
    store.commit(change, Commit("curator", "for a test"), expected=0)
    yield store
    store.close()


def context(store, day="2025-11-05"):
    return Context(store, ENTITIES, date(2025, 11, 5), date.fromisoformat(day))


def asked(store, exporter, hs, day="2025-11-05"):
    found = context(store, day)
    return effective(understand(found, "us", exporter, hs), found)


def stacked(measures):
    """Give of each measure its label, rate, targets, coverage, reading and sureness."""
    return [
        (
            m.policy.label,
            f"{m.rate.percent} {m.rate.basis}" if m.rate else None,
            m.whom,
            m.covered.goods,
            m.state.reading,
            m.state.sureness,
        )
        for m in measures
    ]


def test_measures_are_stacked_each_with_its_rate_reading_and_sureness(world):
    """What applies comes before what is pending; other importers, export controls and what is over are not here."""
    found = asked(world, "cn", "870380")

    assert stacked(found.measures) == [
        ("blanket", "10 additional", "all", "all", "in force", "certain"),
        ("electric", "100 total", "exporter", "same", "in force", "certain"),
        (
            "threat",
            "100 additional",
            "exporter",
            "all",
            "threatened, start date passed, outcome unrecorded",
            "unrecorded",
        ),
    ]


@pytest.mark.parametrize(
    ("hs", "covers"),
    [("870380", "same"), ("8703800010", "broader"), ("8703", "part"), ("87", "part"), ("8704", None)],
)
def test_a_heading_is_covered_by_the_same_a_broader_or_in_part_by_a_narrower_one(world, hs, covers):
    found = {m.policy.label: m.covered for m in asked(world, "cn", hs).measures}

    shown = found.get("electric")
    assert (shown.goods if shown else None) == covers


def test_what_names_goods_without_a_code_or_a_group_is_unsettled(world):
    """'Unrecorded' is an answer: neither listed as applying nor left out."""
    found = asked(world, "cn", "8703")

    assert [(m.policy.label, m.whom, m.covered.goods) for m in found.unsettled] == [
        ("friends", "unrecorded", "all"),
        ("toys", "exporter", "unrecorded"),
    ]
    said = {item.about: [policy.label for policy in item.policies] for item in found.unknown}
    assert (said["targets"], said["goods"]) == (["friends"], ["toys"])


def test_an_exempt_exporter_has_the_measure_apart(world):
    """Australian steel until March 2025; from when on the phase held is not recorded."""
    before, after = asked(world, "au", "7208", "2025-03-01"), asked(world, "au", "7208", "2025-07-01")

    assert stacked(before.exempt) == [
        ("steel", None, "all", "broader", "in force, until 2025-03-11", "unrecorded")
    ]
    assert [m.policy.label for m in before.measures] == []
    assert [m.policy.label for m in after.measures] == ["blanket", "steel"]
    assert after.exempt == ()


def test_an_exemption_says_whether_it_concerns_the_flow(world):
    """The pact concerns its parties, if the goods qualify; of toys no code is recorded."""
    (canada,) = (m for m in asked(world, "ca", "9503").measures if m.policy.label == "blanket")
    (china,) = (m for m in asked(world, "cn", "9503").measures if m.policy.label == "blanket")

    assert [(e.ref.label, e.applies) for e in canada.exemptions] == [
        ("pact", "if-qualifying"),
        ("toys", "unrecorded"),
    ]
    assert [(e.ref.label, e.applies) for e in china.exemptions] == [("toys", "unrecorded")]


def test_a_measure_comes_with_who_says_so_and_who_contradicts(world):
    (blanket,) = (m for m in asked(world, "au", "0101").measures)

    state = blanket.state.backing
    assert (state.credence.label, [d.label for d in state.documents]) == ("disputed", ["news"])
    assert [ref.label for ref in blanket.legal_basis] == ["law"]
    assert [
        (c.value.value, c.backing.credence.label, [r.iri for r in c.contradicts]) for c in blanket.claims
    ] == [
        ("2025-04-05", "reported", [f"{ENTITIES}claim/blanket-earlier"]),
        ("2025-04-02", "disputed", [f"{ENTITIES}claim/blanket"]),
    ]


def test_what_is_not_recorded_is_said(world):
    """No ordinary duty, no rule of stacking, a heading that no graph declares; a recorded total needs no base."""
    china = [item.about for item in asked(world, "cn", "870380").unknown]
    nobody = [item.about for item in asked(world, "au", "0101", "2025-01-01").unknown]

    assert china == ["stacking", "targets", "goods", "exemptions"]
    assert nobody == ["base-rate", "targets", "heading"]


@pytest.mark.parametrize("text", ["us", "US", "usa", "country:us", f"{ENTITIES}country/us"])
def test_an_economy_is_named_by_code_slug_or_iri(world, text):
    flow = understand(context(world), text, "cn", "8703.80")

    assert (flow.importer.value, flow.heading) == (f"{ENTITIES}country/us", "870380")


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (("us", "chna", "72"), r"exporter: no economy is called 'chna'; did you mean cn \(China\)"),
        (("<x>", "cn", "72"), "importer: no economy is called '<x>'"),
        (("us", "us", "72"), "exporter: 'us' is the importer itself"),
        (("us", "cn", "123"), "hs: '123' is not a code"),
        (("us", "cn", "steel"), "hs: 'steel' is not a code"),
        (("commodity:hs-72", "cn", "72"), "importer: no economy is called"),
    ],
)
def test_what_names_nothing_is_refused_with_what_is_near(world, texts, message):
    with pytest.raises(BadParameter, match=message):
        understand(context(world), *texts)


# Over HTTP, on the shipped graph


def got(server, path):
    answer = server.client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_article_and_the_tracker_stand_side_by_side(shipped):
    """Two sources on the same flow; the threat of the article is none of the tracker's measures."""
    found = got(shipped, f"{CHINA}&hs=0101&on=2025-11-05")

    shown = {(m["policy"]["label"], m["rate"]["percent"] if m["rate"] else None) for m in found["measures"]}
    assert shown == {
        ("US duty on imports from China justified by fentanyl (IEEPA)", 10),
        ("US reciprocal duty on imports from China (IEEPA)", 10),
        ("US reciprocal duty, baseline for all countries (IEEPA)", 10),
        ("US tariffs on Chinese goods justified by fentanyl", None),
        ("additional tariff on imports from China", 100),
    }
    assert {item["about"] for item in found["unknown"]} >= {
        "base-rate",
        "stacking",
        "rate",
        "targets",
        "goods",
    }
    assert len(found["sources"]) == 2


def test_after_the_judgment_the_blanket_duty_is_left(shipped):
    """The measures under IEEPA ended on 2026-02-20; Section 122 began four days later."""
    found = got(shipped, f"{CHINA}&hs=0101&on=2026-03-01")

    shown = {(m["policy"]["label"], m["state"]["reading"]) for m in found["measures"]}
    assert (
        "US duty on imports from all countries under Section 122",
        "in force, scheduled to end on 2026-07-23",
    ) in shown
    assert not any("IEEPA" in label for label, _ in shown)


def test_british_steel_is_exempt_from_one_phase_and_under_another(shipped):
    found = got(shipped, "/policies/effective?importer=us&exporter=gb&hs=7208&on=2026-05-01")

    def rates(name):
        return [m["rate"]["percent"] for m in found[name] if "annex I-A" in m["policy"]["label"]]

    assert (rates("measures"), rates("exempt")) == ([25], [50])


def test_the_permalink_gives_the_same_answer_and_the_tag_saves_it(shipped):
    first = shipped.client.get(f"{CHINA}&hs=72&on=2025-11-05")
    again = shipped.client.get(first.json()["permalink"])
    saved = shipped.client.get(
        f"{CHINA}&hs=72&on=2025-11-05", headers={"if-none-match": first.headers["etag"]}
    )

    assert again.json() == first.json()
    assert (saved.status_code, saved.content) == (304, b"")


@pytest.mark.parametrize(
    ("query", "part"),
    [
        ("importer=us&exporter=cn", "hs: "),
        ("importer=us&exporter=cn&hs=72&on=any", "on: measures are stacked on one day"),
        ("importer=us&exporter=cn&hs=72&on=soon", "on: 'soon' is not a day"),
        ("importer=us&exporter=cn&hs=72&on=2025-11-05&valid_at=2025-11-06", "on: valid_at names another day"),
        ("importer=us&importer=cn&exporter=cn&hs=72", "importer: it is given twice"),
        ("importer=us&exporter=cn&hs=72&day=1", "no parameter 'day'"),
        ("importer=us&exporter=cn&hs=72&known_at=soon", "known_at"),
    ],
)
def test_a_parameter_that_cannot_be_used_is_a_problem(shipped, query, part):
    answer = shipped.client.get(f"/policies/effective?{query}")

    assert answer.status_code == 400
    assert part in answer.json()["detail"]


def test_labels_come_in_the_language_asked_for(shipped):
    found = got(shipped, f"{CHINA}&hs=72&lang=fr&on=2025-11-05")

    assert (found["importer"]["label"], found["exporter"]["label"]) == ("États-Unis d'Amérique", "Chine")


def test_effective_is_no_name_of_a_policy(shipped):
    """The route of the stack comes before that of one policy."""
    assert shipped.client.get("/policies/effective").status_code == 400
