"""The front doors read the graph: who is in office on a day, how a policy stands, who says so, and how sure it is."""

import json
from collections.abc import Sequence
from datetime import date

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Store, parse
from rdflib import Graph
from rdflib.compare import isomorphic

from contract import ONE, OTHER, entity, make, quads
from summitry import linked, resources
from summitry.errors import BadParameter, UnknownEntity
from summitry.model import Changeset, Commit
from summitry.store.embedded import EmbeddedStore
from summitry.terms import ENTITIES, GRAPHS, ONTOLOGY_GRAPH, PROVENANCE_GRAPH, in_graph
from summitry.usecases import kinds, listing, lookup, nodes
from summitry.usecases.context import Context, day_of
from summitry.usecases.doors import COMMODITIES, COUNTRIES, DOORS, LEADERS, MEETINGS, POLICIES, Door
from summitry.usecases.excerpt import Excerpt, Names
from summitry.usecases.readings import Day, Period, read_state, sureness
from summitry.usecases.views import VIEWS

TODAY = date(2025, 11, 5)
COMMIT = Commit("curator", "for a test")
HUB = 60

WORLD = """
country:us a ap:Country ; rdfs:label "United States"@en , "États-Unis"@fr ; skos:altLabel "USA"@en ; ap:iso2 "US" ;
    ap:iso3 "USA" ; ap:m49 "840" .
country:cn a ap:Country ; rdfs:label "China"@en , "Chine"@fr ; ap:iso2 "CN" ; ap:iso3 "CHN" ; ap:m49 "156" .
country:al a ap:Country ; rdfs:label "Albania"@en .
country:ax a ap:Economy ; rdfs:label "Åland"@en .
country:xx a ap:Economy ; rdfs:label "nulle part"@fr .
city:seattle a ap:City ; rdfs:label "Seattle"@en ; ap:inCountry country:us .
office:us-president a ap:LeadershipOffice ; rdfs:label "President"@en ; ap:ofCountry country:us .
office:cn-president a ap:LeadershipOffice ; rdfs:label "President of China"@en ; ap:ofCountry country:cn .
office:us-clerk a ap:Office ; rdfs:label "clerk"@en ; ap:ofCountry country:us .
person:ann a ap:Person ; rdfs:label "Ann"@en .
person:bob a ap:Person ; rdfs:label "Bob"@en .
person:cho a ap:Person ; rdfs:label "Cho"@en .
person:dee a ap:Person ; rdfs:label "Dee"@en .
tenure:ann a ap:Tenure ; ap:holder person:ann ; ap:office office:us-president ;
    ap:from "2021-01-20"^^xsd:date ; ap:until "2025-01-20"^^xsd:date .
tenure:bob a ap:Tenure ; ap:holder person:bob ; ap:office office:us-president ; ap:from "2025-01-20"^^xsd:date .
tenure:cho a ap:Tenure ; ap:holder person:cho ; ap:office office:cn-president ;
    ap:observedOn "2025-10-24"^^xsd:date ; ap:credence credence:reported ; ap:inDocument document:news .
tenure:dee a ap:Tenure ; ap:holder person:dee ; ap:office office:us-clerk ; ap:from "2025-01-20"^^xsd:date .
document:news a ap:Document ; rdfs:label "News"@en ; ap:title "News"@en ; ap:publisher organization:daily .
organization:daily a ap:NewsOutlet ; rdfs:label "Daily"@en .
source:whisper a ap:AnonymousSource ; ap:sourceDescription "a whisperer"@en .
commodity:hs-28 a ap:Commodity ; rdfs:label "chemicals"@en ; skos:notation "28" .
commodity:hs-2846 a ap:Commodity ; rdfs:label "rare earths"@en ; skos:notation "2846" ; skos:broader commodity:hs-28 .
commodity:hs-284610 a ap:Commodity ; rdfs:label "cerium"@en ; skos:notation "284610" ; skos:broader commodity:hs-2846 .
policy:curbs a ap:ExportControl ; rdfs:label "curbs"@en ; ap:imposedBy country:cn ; ap:onCommodity commodity:hs-2846 ;
    ap:hasState state:curbs .
state:curbs a ap:PolicyState ; ap:status status:announced ; ap:from "2025-10-01"^^xsd:date ; ap:fromPrecision "month" .
policy:levy a ap:TariffMeasure ; rdfs:label "levy"@en ; ap:imposedBy country:us ; ap:inResponseTo policy:curbs ;
    ap:ratePercent 100 ; ap:rateBasis "additional" ; ap:hasState state:levy .
state:levy a ap:PolicyState ; ap:status status:threatened ; ap:wouldTakeEffect "2025-11-01"^^xsd:date ;
    ap:targets country:cn ; ap:condition condition:curbs-reversed ; ap:credence credence:reported .
condition:curbs-reversed a ap:Condition ; ap:unless true ; ap:onPolicy policy:curbs ; ap:requiredStatus status:revoked .
policy:pact a ap:Truce ; rdfs:label "pact"@en ; ap:party country:us , country:cn ; ap:hasState state:pact .
state:pact a ap:PolicyState ; ap:status status:in-force ; ap:observedOn "2025-10-24"^^xsd:date ;
    ap:scheduledUntil "2025-11-10"^^xsd:date .
policy:old a ap:Sanction ; rdfs:label "old"@en ; ap:imposedBy country:us ; ap:hasState state:old .
state:old a ap:PolicyState ; ap:status status:expired ; ap:from "2020-01-01"^^xsd:date .
policy:aim a ap:Strategy ; rdfs:label "aim"@en ; ap:imposedBy country:cn .
meeting:pair a ap:BilateralMeeting ; rdfs:label "pair"@en ; ap:participant person:bob , person:cho ;
    ap:starts "2025-10-30"^^xsd:date ; ap:location city:seattle ; ap:partOf stop:second ;
    ap:agendaItem agenda:b , agenda:a .
agenda:a a ap:AgendaItem ; ap:topic topic:fentanyl ; ap:raisedBy person:bob ; ap:position 2 .
agenda:b a ap:AgendaItem ; ap:topic topic:trade ; ap:position 10 .
meeting:plenum a ap:Plenum ; rdfs:label "plenum"@en ; ap:organizer organization:daily ;
    ap:starts "2025-10-01"^^xsd:date ; ap:startsPrecision "month" .
meeting:sometime a ap:Summit ; rdfs:label "sometime"@en ; ap:organizer organization:daily .
trip:bob a ap:Trip ; rdfs:label "trip"@en ; ap:participant person:bob .
stop:first a ap:TripStop ; rdfs:label "z first"@en ; ap:partOf trip:bob ; ap:before stop:second .
stop:second a ap:TripStop ; rdfs:label "a second"@en ; ap:partOf trip:bob ; ap:before trip:home .
trip:home a ap:Event ; rdfs:label "home"@en ; ap:partOf trip:bob .
claim:date a ap:Claim ; rdf:subject meeting:pair ; rdf:predicate ap:starts ; rdf:object "2025-10-30"^^xsd:date ;
    ap:saidBy organization:daily ; ap:credence credence:reported ; ap:contradicts claim:other .
claim:other a ap:Claim ; rdf:subject meeting:pair ; rdf:predicate ap:starts ; rdf:object "2025-10-23"^^xsd:date ;
    ap:saidBy source:whisper ; ap:credence credence:disputed ; ap:credenceBasis "a slip"@en .
statement:yes a ap:Confirmation ; ap:saidBy person:dee ; ap:relayedBy organization:daily ; ap:about meeting:pair ;
    ap:saidOn "2025-10-23"^^xsd:date ; ap:gist "They meet."@en ; ap:inDocument document:news .
graph:one dcterms:title "what News says"@en ; prov:wasDerivedFrom document:news ; dcterms:publisher organization:daily .
"""
SECOND_SOURCE = 'country:us a ap:Country ; ap:iso2 "US" ; skos:altLabel "America"@en .'
MANY = "".join(
    f'policy:p{n} a ap:Policy ; rdfs:label "measure {n}"@en ; ap:imposedBy country:al .' for n in range(HUB)
)


def stored(*documents: tuple[str, NamedNode]) -> EmbeddedStore:
    asserted = {
        in_graph(quad.triple, ONTOLOGY_GRAPH)
        for path in resources.ontology_files()
        for quad in parse(path=path)
    }
    for text, graph in documents:
        asserted |= quads(text, graph)
    store = EmbeddedStore()
    store.commit(make(Store(), Changeset(frozenset(asserted))), COMMIT, expected=0)
    return store


@pytest.fixture(scope="module")
def world():
    """Give the store of the world above; no test changes it."""
    store = stored((WORLD, ONE), (SECOND_SOURCE, OTHER), (MANY, NamedNode(GRAPHS + "many")))
    yield store
    store.close()


def context(
    store: EmbeddedStore, valid_at: date | None = TODAY, *, languages: Sequence[str] = ("en",)
) -> Context:
    return Context(store, ENTITIES, TODAY, valid_at, languages)


def listed(store: EmbeddedStore, door: Door, **texts: str) -> list[str]:
    """Give the slugs of the first page of a list."""
    given = {name.rstrip("_"): [text] for name, text in texts.items()}
    (text,) = given.pop("valid_at", [door.valid_at.default if door.valid_at else "any"])
    page = listing.page(
        listing.understand(door, given, context(store, day_of(text, TODAY)), limit=listing.MOST)
    )
    return [lookup.slug(thing.ref.iri) for thing in page.items]


def described(store: EmbeddedStore, door: Door, name: str, day: date = TODAY) -> lookup.Entity:
    return lookup.describe(VIEWS[door.name], lookup.find(door, name, context(store)), context(store, day))


@pytest.mark.parametrize("languages", [("en",), ("fr", "en"), ("de",)])
def test_a_thing_is_called_the_same_where_it_is_read_whole_as_where_it_is_mentioned(languages):
    """Its own statements tell its name then, of which those of the service's own record are no part."""
    unseen = (
        'person:ann rdfs:label "A. from the record"@en . trip:home rdfs:label "le retour du registre"@fr .'
    )
    store = stored((WORLD, ONE), (SECOND_SOURCE, OTHER), (unseen, PROVENANCE_GRAPH))
    asked = context(store, languages=languages)
    things = sorted({quad.subject for graph in (ONE, OTHER) for quad in store.quads(graph)}, key=str)

    whole, mentioned = Excerpt(asked, things), Names(asked, things)

    assert [whole.ref(thing) for thing in things] == [mentioned.ref(thing) for thing in things]
    store.close()


def test_what_carries_the_facts_of_one_thing_is_found_without_looking_where_there_is_none(world):
    """Whether there is any is told by what is stated of the thing and by what links to it."""
    asked = context(world)

    for thing in sorted({quad.subject for quad in world.quads(ONE)}, key=str):
        found = nodes.parts_of_one(asked, thing, kinds.other, nodes.links(asked, thing))
        assert found == nodes.parts_of(asked, [thing])


# What is recorded, read on a day

D = date.fromisoformat
SINCE = Period(start=Day(D("2025-01-20")))
PAST = Period(start=Day(D("2021-01-20")), until=Day(D("2025-01-20")))
ROUGH = Period(start=Day(D("2025-10-05"), "month"), until=Day(D("2026-12-31"), "year"))
SEEN = Period(observed_on=Day(D("2025-10-24")))
SEEN_ROUGHLY = Period(observed_on=Day(D("2025-10-01"), "month"))
RETURNED = Period(start=Day(D("2025-01-01"), "year"), observed_on=Day(D("2025-10-24")))
PLANNED = Period(observed_on=Day(D("2025-10-24")), scheduled_until=Day(D("2025-11-10")))
OVERDUE = "start date passed, outcome unrecorded"
IN_THE_NINETIES = Period(start=Day(D("1990-01-01"), "decade"))


@pytest.mark.parametrize(
    ("period", "day", "expected"),
    [
        (SINCE, "2025-01-19", None),
        (SINCE, "2025-01-20", "certain"),
        (SINCE, "2030-01-01", "certain"),
        (PAST, "2025-01-20", "certain"),
        (PAST, "2025-01-21", None),
        (ROUGH, "2025-10-04", None),
        (ROUGH, "2025-10-05", "possible"),
        (ROUGH, "2025-10-31", "certain"),
        (ROUGH, "2026-01-01", "certain"),
        (ROUGH, "2026-01-02", "possible"),
        (ROUGH, "2027-01-01", None),
        (SEEN, "2025-10-23", "unrecorded"),
        (SEEN, "2025-10-24", "certain"),
        (SEEN, "2025-10-25", "possible"),
        (SEEN_ROUGHLY, "2025-10-01", "possible"),
        (RETURNED, "2025-10-23", "possible"),
        (RETURNED, "2025-10-25", "certain"),
        (PLANNED, "2025-11-10", "possible"),
        (PLANNED, "2025-11-11", "unrecorded"),
        (IN_THE_NINETIES, "1999-12-30", "possible"),
        (IN_THE_NINETIES, "1999-12-31", "certain"),
        (Period(), "2025-10-24", "unrecorded"),
    ],
)
def test_how_sure_it_is_that_something_holds_on_a_day(period, day, expected):
    """An answer is certain, possible or unrecorded; None is what the record rules out. Nothing is guessed."""
    assert sureness(period, D(day)) == expected


@pytest.mark.parametrize(
    ("status", "period", "would_take_effect", "day", "sure", "sentence"),
    [
        ("in-force", PLANNED, None, "2025-11-05", "possible", "in force, scheduled to end on 2025-11-10"),
        ("in-force", PLANNED, None, "2025-11-11", "unrecorded", "in force, scheduled end passed, outcome unrecorded"),
        ("in-force", PAST, None, "2026-01-01", None, "in force, until 2025-01-20"),
        ("in-force", SINCE, None, "2025-01-01", None, "in force, from 2025-01-20"),
        ("in-force", SINCE, "2025-02-01", "2025-03-01", "certain", "in force"),
        ("threatened", SINCE, "2025-11-01", "2025-11-01", "certain", "threatened, would take effect on 2025-11-01"),
        ("threatened", SINCE, "2025-11-01", "2025-11-02", "unrecorded", f"threatened, {OVERDUE}"),
        ("threatened", PAST, "2025-11-01", "2025-11-02", None, f"threatened, {OVERDUE}, until 2025-01-20"),
        ("announced", ROUGH, None, "2025-10-01", None, "announced, from 2025-10, until 2026"),
        ("in-force", SEEN, None, "2025-10-24", "certain", "in force"),
        ("in-force", SEEN, None, "2025-10-23", "unrecorded", "in force, not recorded before 2025-10-24"),
    ],
)  # fmt: skip
def test_a_status_never_changes_because_a_date_passed(status, period, would_take_effect, day, sure, sentence):
    planned = Day(D(would_take_effect)) if would_take_effect else None

    reading = read_state(status, period, planned, D(day))

    assert (reading.sureness, reading.sentence) == (sure, sentence)


# Lists


@pytest.mark.parametrize(
    ("texts", "slugs"),
    [
        ({}, ["bob", "cho"]),
        ({"valid_at": "today"}, ["bob", "cho"]),
        ({"valid_at": "any"}, ["ann", "bob", "cho"]),
        ({"valid_at": "2025-01-20"}, ["ann", "bob"]),
        ({"valid_at": "2025-10-24"}, ["bob", "cho"]),
        ({"valid_at": "any", "country": "us"}, ["ann", "bob"]),
        ({"valid_at": "any", "office": "cn-president"}, ["cho"]),
        ({"valid_at": "2020-01-01"}, []),
        ({"country": "al"}, []),
        ({"name": "BO"}, ["bob"]),
    ],
)
def test_leaders_are_those_in_office_today_unless_another_day_is_asked_for(world, texts, slugs):
    """The day of a handover belongs to both; who was only observed later is not listed before."""
    assert listed(world, LEADERS, **texts) == slugs


@pytest.mark.parametrize(
    ("door", "texts", "slugs"),
    [
        (COUNTRIES, {}, ["ax", "al", "cn", "xx", "us"]),
        (COUNTRIES, {"kind": "economy"}, ["ax", "xx"]),
        (COUNTRIES, {"kind": "country"}, ["al", "cn", "us"]),
        (COUNTRIES, {"iso2": "us"}, ["us"]),
        (COUNTRIES, {"iso3": "CHN"}, ["cn"]),
        (COUNTRIES, {"m49": "840"}, ["us"]),
        (COUNTRIES, {"name": "états"}, ["us"]),
        (COUNTRIES, {"name": "america"}, ["us"]),
        (POLICIES, {"type": "Agreement"}, ["pact"]),
        (POLICIES, {"imposedBy": "us"}, ["levy", "old"]),
        (POLICIES, {"party": "country:us"}, ["pact"]),
        (POLICIES, {"targets": ENTITIES + "country/cn"}, ["levy"]),
        (POLICIES, {"commodity": "hs-28"}, ["curbs"]),
        (POLICIES, {"commodity": "hs-284610"}, ["curbs"]),
        (POLICIES, {"status": "in-force"}, ["pact"]),
        (POLICIES, {"status": "status:threatened"}, ["levy"]),
        (POLICIES, {"valid_at": "2025-11-05"}, ["curbs", "levy", "pact"]),
        (POLICIES, {"valid_at": "2025-10-23"}, ["curbs", "levy"]),
        (POLICIES, {"valid_at": "2025-09-30"}, ["levy"]),
        (POLICIES, {"valid_at": "2025-11-05", "status": "expired"}, ["old"]),
        (POLICIES, {"valid_at": "2019-01-01", "status": "expired"}, []),
        (COMMODITIES, {"notation": "284"}, ["hs-284610", "hs-2846"]),
        (COMMODITIES, {"broader": "hs-28"}, ["hs-284610", "hs-2846"]),
        (COMMODITIES, {"level": "4"}, ["hs-2846"]),
        (COMMODITIES, {"name": "rare"}, ["hs-2846"]),
        (MEETINGS, {}, ["pair", "plenum", "sometime"]),
        (MEETINGS, {"type": "BilateralMeeting"}, ["pair"]),
        (MEETINGS, {"participant": "bob"}, ["pair"]),
        (MEETINGS, {"place": "seattle"}, ["pair"]),
        (MEETINGS, {"place": "us"}, ["pair"]),
        (MEETINGS, {"from_": "2025-10-31"}, ["plenum"]),
        (MEETINGS, {"from_": "2025-11-01"}, []),
        (MEETINGS, {"to": "2025-10-29"}, ["plenum"]),
        (MEETINGS, {"from_": "2025-10-30", "to": "2025-10-30", "name": "a"}, ["pair"]),
    ],
)
def test_a_list_holds_what_its_filters_say(world, door, texts, slugs):
    assert [
        slug for slug in listed(world, door, **texts) if not slug.startswith("p") or slug in slugs
    ] == slugs


def test_a_parameter_given_twice_means_either(world):
    query = listing.understand(POLICIES, {"imposedBy": ["us", "cn"]}, context(world, None))

    assert [thing.ref.label for thing in listing.page(query).items] == ["aim", "curbs", "levy", "old"]


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
def test_every_filter_says_what_it_may_be(world, door):
    """A value that cannot be is an error that names the parameter, never an empty list."""
    nonsense = [known.name for known in door.filters if known.name != "name"]

    for name in nonsense:
        with pytest.raises(BadParameter, match=f"^{name}: .*(there are|is not|declares no)"):
            listing.understand(door, {name: ["no such"]}, context(world))
    for name in [known.name for known in door.filters]:
        with pytest.raises(BadParameter, match=f"^{name}: it is empty"):
            listing.understand(door, {name: [""]}, context(world))


@pytest.mark.parametrize(
    ("texts", "hint"),
    [
        ({"type": "Tarifmeasure"}, "did you mean TariffMeasure?"),
        ({"status": "inforce"}, "did you mean in-force?"),
        ({"type": "Person"}, "there are: Agreement"),
    ],
)
def test_a_near_miss_gets_a_hint(world, texts, hint):
    with pytest.raises(BadParameter) as refused:
        listing.understand(POLICIES, {name: [text] for name, text in texts.items()}, context(world))

    assert hint in str(refused.value)


@pytest.mark.parametrize(
    "text",
    ['" } # ', "\\", '"@en', "\n} DROP ALL {", "\x00", "?entity", "<http://x>", "\u202e", "'''", "UNDEF"],
)
def test_a_value_is_a_term_and_never_a_piece_of_a_query(world, text):
    assert listed(world, COUNTRIES, name=text) == []
    with pytest.raises(BadParameter):
        listing.understand(LEADERS, {"country": [text]}, context(world))
    with pytest.raises(UnknownEntity):
        lookup.find(COUNTRIES, text, context(world))


@pytest.mark.parametrize("limit", [1, 2, 7, 64, 200])
def test_the_pages_together_are_the_list(world, limit):
    whole = listed(world, POLICIES)
    turned: list[str] = []
    cursor = ""
    while cursor or not turned:
        query = listing.understand(POLICIES, {}, context(world, None), limit=limit, cursor=cursor)
        page = listing.page(query)
        turned += [lookup.slug(thing.ref.iri) for thing in page.items]
        cursor = page.cursor
        assert page.total == len(whole)

    assert turned == whole


def test_a_page_turned_while_others_write_loses_and_doubles_nothing():
    """What comes before the cursor, or goes, moves nothing that comes after it."""
    names = ("ann", "bea", "cid", "dan", "eve")
    store = stored(
        ("".join(f'country:{name} a ap:Economy ; rdfs:label "{name}"@en .' for name in names), ONE)
    )
    first = listing.page(listing.understand(COUNTRIES, {}, context(store), limit=3))
    copy = Store()
    copy.bulk_load(b"".join(store.dump()[1]), RdfFormat.N_QUADS)
    asserted = Changeset(
        quads('country:abe a ap:Economy ; rdfs:label "abe"@en .'),
        quads('country:cid a ap:Economy ; rdfs:label "cid"@en .'),
    )

    store.commit(make(copy, asserted), COMMIT, expected=1)
    query = listing.understand(COUNTRIES, {}, context(store), limit=3, cursor=first.cursor)
    second = listing.page(query)

    assert [thing.ref.label for thing in first.items] == ["ann", "bea", "cid"]
    assert [thing.ref.label for thing in second.items] == ["dan", "eve"]
    store.close()


@pytest.mark.parametrize("cursor", ["abc", "é", "=", "AAAA", "W1tbW1tbW1tb", "%00"])
def test_a_made_up_cursor_is_refused(world, cursor):
    with pytest.raises(BadParameter, match=r"^cursor: "):
        listing.understand(COUNTRIES, {}, context(world), cursor=cursor)


@pytest.mark.parametrize(
    ("languages", "labels"),
    [
        (["en"], ["Åland", "Albania", "China", "nulle part", "United States"]),
        (["fr", "en"], ["Åland", "Albania", "Chine", "États-Unis", "nulle part"]),
        (["zh"], ["Åland", "Albania", "China", "nulle part", "United States"]),
    ],
)
def test_labels_are_in_the_language_asked_for_or_the_nearest_there_is(world, languages, labels):
    """Neither case nor accents count in the order."""
    query = listing.understand(COUNTRIES, {}, context(world, languages=languages))

    assert [thing.ref.label for thing in listing.page(query).items] == labels


# One entity


@pytest.mark.parametrize("name", ["us", "country:us", ENTITIES + "country/us"])
def test_an_entity_is_found_by_slug_prefixed_name_or_iri(world, name):
    assert lookup.find(COUNTRIES, name, context(world)) == entity("country/us")


@pytest.mark.parametrize(
    ("door", "name", "help_"),
    [
        (LEADERS, "us", "us is not among the leaders; it is at /countries/us"),
        (LEADERS, "policy:levy", "policy:levy is not among the leaders; it is at /policies/levy"),
        (LEADERS, "dee", "person:dee is ap:Person, and not among the leaders"),
        (
            LEADERS,
            "eve",
            "no graph declares eve among the leaders; /leaders?name=… looks for a part of a name",
        ),
    ],
)
def test_who_knocks_at_the_wrong_door_is_told_the_right_one(world, door, name, help_):
    with pytest.raises(UnknownEntity) as missing:
        lookup.find(door, name, context(world))

    assert str(missing.value) == help_


def test_a_statement_of_two_graphs_stands_once_and_names_both(world):
    us = described(world, COUNTRIES, "us")

    codes = [statement for statement in us.statements if statement.property.endswith("iso2")]
    assert [(code.value.value, code.graphs) for code in codes] == [("US", (ONE.value, OTHER.value))]
    assert us.other_names == {"en": ("America", "USA")}
    assert us.labels == {"en": "United States", "fr": "États-Unis"}


def test_a_country_shows_its_offices_and_who_holds_them_on_the_day(world):
    today, before = (described(world, COUNTRIES, "us", day).thing.offices for day in (TODAY, D("2024-01-01")))

    def holders(offices):
        return {office.ref.label: [t.holder.label for t in office.tenures] for office in offices}

    assert holders(today) == {"President": ["Bob"], "clerk": ["Dee"]}
    assert holders(before) == {"President": ["Ann"]}


def test_a_tenure_says_how_sure_it_is_and_who_says_so(world):
    (tenure,) = described(world, LEADERS, "cho").thing.tenures

    assert (tenure.office.label, [of.label for of in tenure.country]) == ("President of China", ["China"])
    assert (tenure.sureness, tenure.backing.credence.label) == ("possible", "reported")
    assert [document.label for document in tenure.backing.documents] == ["News"]


def test_a_policy_shows_its_states_with_their_conditions(world):
    levy = described(world, POLICIES, "levy").thing

    (state,) = levy.states
    (condition,) = state.conditions
    assert (levy.rate.percent, levy.rate.basis) == (100, "additional")
    assert [target.label for target in state.targets] == ["China"]
    assert (state.sureness, state.reading) == (
        "unrecorded",
        "threatened, start date passed, outcome unrecorded",
    )
    assert (condition.unless, condition.policy.label, condition.required_status.label) == (
        True,
        "curbs",
        "revoked",
    )


def test_a_policy_shows_what_it_provoked(world):
    incoming = {link.property: link for link in described(world, POLICIES, "curbs").incoming}

    (links,) = [link for name, link in incoming.items() if name.endswith("inResponseTo")]
    assert [ref.label for ref in links.items] == ["levy"]


def test_a_hub_shows_the_first_of_what_links_to_it_and_how_many_there_are(world):
    (links,) = described(world, COUNTRIES, "al").incoming

    assert (links.total, len(links.items)) == (HUB, 25)
    assert [ref.iri for ref in links.items] == sorted(ref.iri for ref in links.items)


@pytest.mark.parametrize("iri", ["country/al", "country/us", "policy/curbs", "meeting/pair"])
def test_what_links_to_a_hub_is_what_would_be_read_of_a_leaf(world, monkeypatch, iri):
    """The one is read by property, the other whole: both give the same, in the same order."""
    monkeypatch.setattr(nodes, "_MANY", 10_000)
    whole = nodes.links(context(world), entity(iri))
    monkeypatch.setattr(nodes, "_MANY", 0)
    by_property = nodes.links(context(world), entity(iri))

    assert whole
    assert by_property == whole


def test_a_meeting_shows_its_agenda_in_order(world):
    agenda = described(world, MEETINGS, "pair").thing.agenda

    assert [(item.position, item.topic.label) for item in agenda] == [(2, "fentanyl"), (10, "trade")]


def test_the_programme_follows_what_is_before_what(world):
    """An event comes after the larger one that it is part of, and after all that is before that one."""
    programme = described(world, MEETINGS, "pair").programme

    assert [event.ref.label for event in programme] == ["trip", "z first", "a second", "pair", "home"]


def test_claims_say_how_sure_they_are_and_what_they_contradict(world):
    """ap:contradicts is symmetric, stated in either direction."""
    claims = {claim.value.value: claim for claim in described(world, MEETINGS, "pair").claims}

    assert {day: claim.backing.credence.label for day, claim in claims.items()} == {
        "2025-10-30": "reported",
        "2025-10-23": "disputed",
    }
    assert [ref.iri for ref in claims["2025-10-30"].contradicts] == [claims["2025-10-23"].ref.iri]
    assert [ref.iri for ref in claims["2025-10-23"].contradicts] == [claims["2025-10-30"].ref.iri]
    assert (claims["2025-10-23"].said_by[0].label, claims["2025-10-23"].basis) == ("a whisperer", "a slip")


def test_what_is_said_about_a_thing_comes_with_speaker_and_relay(world):
    (said,) = described(world, MEETINGS, "pair").speech_acts

    assert (said.ref.type, said.gist, str(said.said_on)) == ("Confirmation", "They meet.", "2025-10-23")
    assert [who.label for who in (*said.said_by, *said.relayed_by)] == ["Dee", "Daily"]


def test_the_sources_are_the_graphs_that_say_any_of_it(world):
    (source,) = described(world, MEETINGS, "pair").sources

    assert (source.ref.iri, source.ref.label) == (ONE.value, "what News says")
    assert ([ref.label for ref in source.derived_from], source.publishers) == (["News"], ("Daily",))


# Linked data


# rdflib warns of a class that its own reader of JSON-LD uses.
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")
@pytest.mark.parametrize(
    "name", ["country/us", "policy/levy", "meeting/pair", "person/cho", "commodity/hs-2846"]
)
def test_json_ld_and_turtle_say_the_same_triples(world, name):
    """Nothing has to be fetched to read them, and two readers agree on what the JSON-LD says."""
    triples = lookup.triples(world, entity(name))

    plain = Graph().parse(data="\n".join(f"{triple} ." for triple in triples), format="nt")
    as_json = linked.json_ld(triples, entity(name))
    as_turtle = linked.turtle(triples, entity(name))
    assert isomorphic(plain, Graph().parse(data=as_json, format="json-ld"))
    assert {quad.triple for quad in parse(as_json, format=RdfFormat.JSON_LD)} == set(triples)
    assert {quad.triple for quad in parse(as_turtle, format=RdfFormat.TURTLE)} == set(triples)


def test_json_ld_speaks_the_words_of_the_context(world):
    document = json.loads(linked.json_ld(lookup.triples(world, entity("policy/levy")), entity("policy/levy")))

    first = document["@graph"][0]
    assert first["id"] == "policy:levy"
    assert (first["imposedBy"], first["label"], first["rateBasis"]) == (
        "country:us",
        {"en": "levy"},
        "additional",
    )
    assert document["@context"]["imposedBy"] == {"@id": "ap:imposedBy", "@type": "@id"}
    assert "iso2" not in document["@context"]


def test_linked_data_has_the_nodes_that_carry_the_facts_and_the_labels_of_the_rest(world):
    subjects = {triple.subject.value for triple in lookup.triples(world, entity("meeting/pair"))}
    labels = {
        t.object for t in lookup.triples(world, entity("meeting/pair")) if isinstance(t.object, Literal)
    }

    expected = ("agenda/a", "agenda/b", "claim/date", "claim/other", "meeting/pair")
    assert {ENTITIES + name for name in expected} <= subjects
    assert {Literal("Bob", language="en"), Literal("Seattle", language="en")} <= labels
