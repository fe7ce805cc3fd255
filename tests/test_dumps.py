"""The graph can be fetched whole or graph by graph, compressed, with a checksum."""

import base64
import gzip
import hashlib

from pyoxigraph import RdfFormat, Store

from servers import running
from summitry.settings import Settings
from summitry.terms import GRAPHS, INFERRED_GRAPH, MERGE

N_TRIPLES = {"accept": "application/n-triples"}


def loaded(content, **parameters):
    store = Store()
    store.bulk_load(gzip.decompress(content), **parameters)
    return store


def test_everything_comes_in_one_file(shipped):
    answer = shipped.client.get("/dumps/all.nq.gz")

    whole = Store()
    whole.bulk_load(b"".join(shipped.service.store.dump()[1]), RdfFormat.N_QUADS)
    named = {quad for quad in whole if quad.graph_name != MERGE}
    assert set(loaded(answer.content, format=RdfFormat.N_QUADS)) == named


def test_one_graph_comes_as_it_is_read(shipped):
    graph = {"graph": f"{GRAPHS}countries"}

    answer = shipped.client.get("/dumps/graph.nt.gz", params=graph)

    read = Store()
    read.load(shipped.client.get("/graphs", params=graph, headers=N_TRIPLES).content, RdfFormat.N_TRIPLES)
    assert set(loaded(answer.content, format=RdfFormat.N_TRIPLES)) == set(read)


def test_the_checksum_is_that_of_the_file(shipped):
    """RFC 9530 §3."""
    answer = shipped.client.get("/dumps/all.nq.gz")

    digest = base64.b64encode(hashlib.sha256(answer.content).digest()).decode()
    assert answer.headers["repr-digest"] == f"sha-256=:{digest}:"


def test_an_unchanged_dump_is_not_sent_again(shipped):
    first = shipped.client.get("/dumps/all.nq.gz")

    again = shipped.client.get("/dumps/all.nq.gz", headers={"if-none-match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert shipped.client.get("/dumps/all.nq.gz").content == first.content


def test_a_dump_of_what_follows_from_the_sources_is_sent_again_once_they_change():
    """RFC 9110 §8.8.1: a strong tag changes with the content."""
    inferred = f"/dumps/graph.nt.gz?graph={INFERRED_GRAPH.value}"

    def put(server, name):
        text = (
            "PREFIX ap: <https://w3id.org/summitry/ns#> "
            "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
            f'<https://w3id.org/summitry/id/person/{name}> a ap:Person ; rdfs:label "{name}"@en .'
        )
        headers = {**server.bearer, "content-type": "text/turtle"}
        assert server.client.put(f"/graphs?graph={GRAPHS}{name}", content=text, headers=headers).is_success

    with running(Settings(port=0, empty=True)) as server:
        put(server, "ann")
        first = server.client.get(inferred)
        put(server, "bob")
        again = server.client.get(inferred, headers={"if-none-match": first.headers["etag"]})

    assert again.status_code == 200
    assert b"person/bob" in gzip.decompress(again.content)


def test_all_files_that_are_listed_are_there(shipped):
    items = shipped.client.get("/dumps").json()["items"]

    assert [item["graph"] for item in items] == [
        None,
        *(str(g.value) for g in shipped.service.store.graphs()),
    ]
    for item in items:
        assert shipped.client.get(item["href"]).headers["content-type"] == "application/gzip"


def test_a_graph_that_is_not_there_has_no_dump(shipped):
    assert shipped.client.get("/dumps/graph.nt.gz", params={"graph": f"{GRAPHS}none"}).status_code == 404
