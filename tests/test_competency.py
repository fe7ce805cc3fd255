"""The first document's graph answers the questions it was made for, and says no more than the document."""

import csv
import io
from pathlib import Path

import pytest
from pyoxigraph import QueryResultsFormat, RdfFormat, Store

from summitry.question import catalogue
from summitry.terms import TYPE, is_source
from summitry.usecases.check import INSTANCES
from summitry.validate import judge

ROOT = Path(__file__).parents[1]
# The questions that the graph must answer from the first document alone, in the order of their list.
QUESTIONS = (
    "office-holders",
    "offices-in-document",
    "meetings-of-two",
    "place-of-meeting",
    "confirmations",
    "stops-of-trip",
    "leaders-on-trip",
    "claimed-places",
    "agenda-of-meeting",
    "ends-of-truces",
    "in-force-or-pending",
    "rates-of-threats",
    "what-would-stop",
    "provocations",
    "admissions",
    "accusations",
    "answers-to-accusations",
    "doubts",
    "unnamed-sources",
    "contradictions-of-document",
    "market-moves",
    "outlooks",
)
PREFIXES = """
    PREFIX ap: <https://w3id.org/summitry/ns#>
    PREFIX city: <https://w3id.org/summitry/id/city/>
    PREFIX country: <https://w3id.org/summitry/id/country/>
    PREFIX credence: <https://w3id.org/summitry/id/credence/>
    PREFIX dcterms: <http://purl.org/dc/terms/>
    PREFIX document: <https://w3id.org/summitry/id/document/>
    PREFIX graph: <https://w3id.org/summitry/graph/>
    PREFIX meeting: <https://w3id.org/summitry/id/meeting/>
    PREFIX person: <https://w3id.org/summitry/id/person/>
    PREFIX policy: <https://w3id.org/summitry/id/policy/>
    PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
    PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
    PREFIX statement: <https://w3id.org/summitry/id/statement/>
    PREFIX status: <https://w3id.org/summitry/id/status/>
    PREFIX trip: <https://w3id.org/summitry/id/trip/>
    PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""


@pytest.fixture(scope="session")
def graph(shipped):
    """Give what a first start stored: all graphs, the merge as default graph, and the inferred types."""
    store = Store()
    store.bulk_load(b"".join(shipped.service.store.dump()[1]), RdfFormat.N_QUADS)
    return store


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_graph_answers(graph, name):
    """Each of the list is in the catalogue; its rows, with names, are checked with the others of the catalogue."""
    question = catalogue()[name]
    answer = graph.query(question.text).serialize(format=QueryResultsFormat.CSV).decode()
    expected = table((ROOT / "tests" / "questions" / f"{name}.csv").read_text("utf-8"))

    assert len(table(answer)) == len(expected) > 1
    assert table(answer)[0] == expected[0]


def test_ontology_and_shipped_data_are_consistent(graph):
    """OWL 2 RL, closed by owlrl, on the first of each class: nothing is of two that are disjoint."""
    some = judge.sample(graph, INSTANCES)

    assert judge.clashes(some) == []
    assert classes(some) == classes(graph)


def classes(store):
    """Give every class that something in a graph of its own is of."""
    return {quad.object for quad in store.quads_for_pattern(None, TYPE, None) if is_source(quad.graph_name)}


def table(text):
    """Give the rows of `text`, which is CSV, the header first."""
    return list(csv.reader(io.StringIO(text)))


def rows(graph, query):
    """Give the solutions of `query` as rows of strings, unordered rows sorted, without a header."""
    answer = graph.query(PREFIXES + query).serialize(format=QueryResultsFormat.CSV).decode()
    return sorted(table(answer)[1:])


def test_the_day_of_publication_is_inferred_and_says_why(graph):
    """No date is printed: the day counts from the briefing of 2025-10-23."""
    found = rows(
        graph,
        """SELECT ?day ?basis ?credence ?said WHERE {
            document:hawkinsight-trump-xi-apec ap:published ?day ; ap:publishedBasis ?basis .
            ?claim rdf:subject document:hawkinsight-trump-xi-apec ; rdf:predicate ap:published ; rdf:object ?day ;
                ap:credence credence:inferred ; ap:credenceBasis ?why .
            BIND(CONTAINS(?why, "2025-10-23") AS ?said)
            BIND("inferred" AS ?credence)
        }""",
    )

    assert found == [["2025-10-24", "inferred", "inferred", "true"]]


def test_the_city_of_the_meeting_is_not_filled_in(graph):
    """The document gives the country only."""
    found = rows(graph, "SELECT ?place WHERE { meeting:trump-xi-apec-2025 ap:location ?place }")

    assert found == [["https://w3id.org/summitry/id/country/kr"]]


@pytest.mark.parametrize("meeting", ["trump-anwar-2025", "trump-takaichi-2025", "apec-ceo-luncheon-2025"])
def test_a_place_that_the_document_leaves_open_stays_open(graph, meeting):
    found = rows(graph, f"SELECT ?place WHERE {{ meeting:{meeting} ap:location ?place }}")

    assert found == []


def test_seoul_is_a_claim_and_never_a_fact(graph):
    """The host city of the summit was another: the claim is disputed, with its reason."""
    places = rows(graph, "SELECT ?event WHERE { ?event ap:location city:seoul }")
    claims = rows(
        graph,
        """SELECT ?credence ?reasoned WHERE {
            ?claim a ap:Claim ; rdf:predicate ap:location ; rdf:object city:seoul ; ap:credence ?credence .
            BIND(EXISTS { ?claim ap:credenceBasis ?why } AS ?reasoned)
        }""",
    )

    assert places == []
    assert claims == [["https://w3id.org/summitry/id/credence/disputed", "true"]]


def test_a_meeting_on_the_sidelines_makes_nobody_attend_the_summit(graph):
    participants = rows(graph, "SELECT ?who WHERE { meeting:apec-summit-2025 ap:participant ?who }")
    sideline = rows(graph, "SELECT ?event WHERE { ?event ap:onSidelinesOf meeting:apec-summit-2025 }")

    assert participants == []
    assert sideline == [["https://w3id.org/summitry/id/meeting/trump-xi-apec-2025"]]


def test_meetings_before_the_one_with_xi_are_inferred(graph):
    """'Before that' is a reading, so each order has a claim besides its plain triple."""
    found = rows(
        graph,
        """SELECT ?earlier WHERE {
            ?earlier ap:before meeting:trump-xi-apec-2025 .
            ?claim rdf:subject ?earlier ; rdf:predicate ap:before ; rdf:object meeting:trump-xi-apec-2025 ;
                ap:credence credence:inferred ; ap:credenceBasis ?why .
        }""",
    )

    assert [iri.rpartition("/")[2] for (iri,) in found] == [
        "trump-anwar-2025",
        "trump-takaichi-2025",
        "trump-apec-ceo-luncheon-2025",
    ]


def test_the_curbs_are_announced_some_day_of_october_and_not_in_force(graph):
    found = rows(
        graph,
        """SELECT ?status ?from ?precision WHERE {
            policy:cn-rare-earth-export-curbs-2025 ap:hasState ?state .
            ?state ap:inDocument document:hawkinsight-trump-xi-apec ; ap:status ?status ;
                ap:from ?from ; ap:fromPrecision ?precision .
        }""",
    )

    assert found == [["https://w3id.org/summitry/id/status/announced", "2025-10-01", "month"]]


def test_truce_and_tariff_pause_are_related_and_two(graph):
    found = rows(graph, "SELECT ?other WHERE { policy:us-china-trade-truce-2025 dcterms:relation ?other }")

    assert found == [["https://w3id.org/summitry/id/policy/us-china-tariff-pause-2025"]]


def test_the_pledge_is_the_partys_and_not_the_governments(graph):
    found = rows(
        graph,
        """SELECT ?name ?publishes WHERE {
            ?pledge a ap:Pledge ; ap:saidBy ?body ; ap:inDocument ?communique .
            ?body a ap:PartyBody ; rdfs:label ?name .
            FILTER(?communique != document:hawkinsight-trump-xi-apec)
            BIND(EXISTS { ?communique ap:publisher ?body } AS ?publishes)
        }""",
    )

    assert found == [["Central Committee of the Chinese Communist Party", "true"]]


def test_washington_is_a_city_only_where_somebody_goes_there(graph):
    """Elsewhere the name stands for the government, which is the country."""
    found = rows(graph, "SELECT ?thing ?link WHERE { ?thing ?link city:washington }")

    assert found == [
        [
            "https://w3id.org/summitry/id/trip/trump-asia-2025-return",
            "https://w3id.org/summitry/ns#location",
        ]
    ]


@pytest.mark.parametrize(
    ("statement", "outlets"),
    [
        ("leavitt-confirms-trip", []),
        ("leavitt-confirms-meeting", ["Reuters"]),
        ("trump-threatens-additional-tariff", ["Bloomberg"]),
        ("trump-admits-levies-unsustainable", ["Bloomberg"]),
        ("trump-expects-good-outcome", ["Bloomberg", "Reuters"]),
        ("trump-will-ask-about-fentanyl", ["Reuters"]),
        ("trump-praises-relationship-with-xi", []),
        ("china-rebuts-us-on-fentanyl", []),
        ("economist-expects-detente-at-best", []),
    ],
)
def test_words_are_relayed_by_the_outlets_that_the_document_credits(graph, statement, outlets):
    found = rows(graph, f"SELECT ?name WHERE {{ statement:{statement} ap:relayedBy/rdfs:label ?name }}")

    assert [name for (name,) in found] == outlets


def test_an_allegation_is_held_by_its_maker(graph):
    found = rows(
        graph,
        """SELECT DISTINCT ?maker WHERE {
            ?claim ap:credence credence:alleged ; ap:saidBy ?maker ; ap:inDocument document:hawkinsight-trump-xi-apec .
            ?accusation a ap:Accusation ; ap:asserts ?claim ; ap:saidBy ?maker .
        }""",
    )

    assert found == [["https://w3id.org/summitry/id/country/us"]]


def test_what_is_not_sure_never_stands_as_a_fact(graph):
    """Alleged, disputed and refuted claims have no plain triple anywhere."""
    found = rows(
        graph,
        """SELECT ?claim WHERE {
            ?claim ap:credence ?credence ; rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o .
            ?s ?p ?o .
            FILTER(?credence IN (credence:alleged, credence:disputed, credence:refuted))
        }""",
    )

    assert found == []


def test_two_sources_are_anonymous_and_one_speaks_in_private(graph):
    found = rows(
        graph,
        """SELECT ?source (COUNT(?statement) AS ?statements) (SUM(IF(?private, 1, 0)) AS ?privately) WHERE {
            GRAPH graph:hawkinsight-trump-xi-apec { ?source a ap:AnonymousSource . ?statement ap:saidBy ?source }
            BIND(EXISTS { ?statement ap:saidInPrivate true } AS ?private)
        } GROUP BY ?source""",
    )

    assert [row[1:] for row in found] == [["1", "1"], ["2", "0"]]


@pytest.mark.parametrize(
    "later",
    [
        '?thing ap:eventStatus "held" ; ap:starts|ap:ends ?day',
        "?thing a ap:MarketMove ; ap:starts ?day",
        "?thing ap:from|ap:until|ap:observedOn ?day",
        "?thing ap:saidOn ?day",
        "?thing ap:published ?day",
    ],
)
def test_nothing_after_publication_has_happened(graph, later):
    """What came of it is not in this document: later days are planned, threatened or scheduled."""
    found = rows(
        graph,
        f"""SELECT ?thing ?day WHERE {{
            GRAPH graph:hawkinsight-trump-xi-apec {{ {later} }}
            FILTER(?day > "2025-10-24"^^xsd:date)
        }}""",
    )

    assert found == []


def test_a_planned_event_is_not_held(graph):
    """Of the events that the document gives a status, only the plenum is over."""
    found = rows(
        graph,
        'SELECT ?event WHERE { GRAPH graph:hawkinsight-trump-xi-apec { ?event ap:eventStatus "held" } }',
    )

    assert found == [["https://w3id.org/summitry/id/meeting/cn-central-committee-plenum-2025"]]


def test_quotes_are_a_few_words(graph):
    quotes = rows(
        graph, "SELECT ?quote WHERE { GRAPH graph:hawkinsight-trump-xi-apec { ?act ap:quote ?quote } }"
    )
    long = [quote for (quote,) in quotes if len(quote.split()) > 12]

    assert quotes
    assert long == []


def test_everything_that_the_article_names_is_declared(graph):
    """What an `ap:` property links to has a class in this or another shipped graph."""
    found = rows(
        graph,
        """SELECT DISTINCT ?entity WHERE {
            GRAPH graph:hawkinsight-trump-xi-apec { ?thing ?property ?entity }
            FILTER(STRSTARTS(STR(?entity), "https://w3id.org/summitry/id/"))
            FILTER NOT EXISTS { ?entity a ?class }
        }""",
    )

    assert found == []
