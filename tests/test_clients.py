"""The tools that researchers have already work at first try, over real HTTP."""

import io
import json
import re
import subprocess
from urllib.error import HTTPError

import pandas as pd
import pytest
import sparql_dataframe
from rdflib import RDFS, XSD, Graph, Literal, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore, SPARQLUpdateStore
from SPARQLWrapper import CSV, GET, JSON, JSONLD, N3, POST, RDFXML, TURTLE, XML, SPARQLWrapper

from node_commands import command

AP = "https://w3id.org/summitry/ns#"
LABELS = """
    SELECT ?country ?label {
      VALUES ?country { country:cn country:us }
      ?country rdfs:label ?label FILTER(LANG(?label) = "en")
    } ORDER BY ?country
"""
MEETING = URIRef("https://w3id.org/summitry/id/meeting/trump-xi-apec-2025")
DESCRIBED = f"CONSTRUCT WHERE {{ {MEETING.n3()} a ?class ; <{AP}starts> ?day }}"
NAMES = ["China", "United States"]


@pytest.fixture
def endpoint(shipped):
    return f"{shipped.url}/sparql"


@pytest.mark.parametrize("method", [GET, POST])
@pytest.mark.parametrize("form", [JSON, XML, CSV])
def test_sparqlwrapper_selects(endpoint, method, form):
    client = SPARQLWrapper(endpoint, returnFormat=form)
    client.setMethod(method)
    client.setQuery(LABELS)

    assert names_in(client.queryAndConvert(), form) == NAMES


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
@pytest.mark.parametrize("form", [JSONLD, N3, RDFXML, TURTLE])
def test_sparqlwrapper_constructs(endpoint, form):
    client = SPARQLWrapper(endpoint, returnFormat=form)
    client.setQuery(DESCRIBED)

    found = client.queryAndConvert()

    graph = found if isinstance(found, Graph) else Graph().parse(data=found)
    assert graph.value(MEETING, URIRef(f"{AP}starts")) == Literal("2025-10-30", datatype=XSD.date)


def test_sparqlwrapper_asks(endpoint):
    client = SPARQLWrapper(endpoint, returnFormat=JSON)
    client.setQuery(f"ASK {{ {MEETING.n3()} a <{AP}BilateralMeeting> }}")

    assert client.queryAndConvert()["boolean"] is True


def test_rdflib_reads_through_its_sparql_store(endpoint):
    """It asks for RDF/XML too when it sends a SELECT, and builds its own queries for patterns."""
    graph = Graph(SPARQLStore(endpoint))

    labels = {
        str(label) for label in graph.objects(URIRef("https://w3id.org/summitry/id/country/us"), RDFS.label)
    }

    assert "United States" in labels
    assert [str(row.label) for row in graph.query(PREFIXES + LABELS)] == NAMES
    assert graph.query(DESCRIBED).graph.value(MEETING, URIRef(f"{AP}starts"))


def test_rdflib_writes_through_its_update_store(server):
    """Its updates go through the same validation: a good one is stored, a bad one is an error."""
    name = URIRef("https://w3id.org/summitry/graph/rdflib-client")
    store = SPARQLUpdateStore(
        f"{server.url}/sparql", f"{server.url}/sparql", headers=server.bearer, context_aware=True
    )
    graph = Graph(store, identifier=name)
    bank = URIRef("https://w3id.org/summitry/id/organization/a-bank")

    store.update(
        f"INSERT DATA {{ GRAPH {name.n3()} {{ {bank.n3()} a <{AP}Organization> ; <{RDFS.label}> 'a bank'@en }} }}"
    )

    assert graph.value(bank, RDFS.label) == Literal("a bank", lang="en")
    before = server.state()
    with pytest.raises(HTTPError, match="422"):
        store.update(f"INSERT DATA {{ GRAPH {name.n3()} {{ {bank.n3()} <{AP}seets> 2 }} }}")
    assert server.state() == before


def test_pandas_reads_a_url(endpoint):
    query = "SELECT%20*%20%7B%20country%3Aus%20ap%3Aiso2%20%3Fiso2%20%7D"

    assert pd.read_csv(f"{endpoint}?query={query}&format=csv").to_dict("list") == {"iso2": ["US"]}


def test_sparql_dataframe_gets_a_frame(endpoint):
    assert list(sparql_dataframe.get(endpoint, PREFIXES + LABELS)["label"]) == NAMES
    assert list(sparql_dataframe.get(endpoint, PREFIXES + LABELS, post=True)["label"]) == NAMES


def test_comunica_plans_its_own_query(endpoint):
    """It reads the service description, counts patterns, and joins what the endpoint gives it."""
    answer = subprocess.run(
        [
            command("comunica-sparql"),
            f"sparql@{endpoint}",
            PREFIXES + LABELS,
            "-t",
            "application/sparql-results+json",
        ],
        capture_output=True,
        check=True,
        timeout=120,
    )

    assert names_in(json.loads(answer.stdout), JSON) == NAMES


PREFIXES = "\n".join(
    [
        "PREFIX country: <https://w3id.org/summitry/id/country/>",
        f"PREFIX rdfs: <{RDFS}>",
    ]
)


def names_in(answer, form):
    """Give the labels in an answer to LABELS, as SPARQLWrapper converts it."""
    if form == JSON:
        return [row["label"]["value"] for row in answer["results"]["bindings"]]
    if form == CSV:
        return list(pd.read_csv(io.BytesIO(answer))["label"])
    return re.findall(r"<literal[^>]*>([^<]+)</literal>", answer.toxml())
