"""The plain store over HTTP: SPARQL 1.1 Protocol and Graph Store HTTP Protocol, section by section."""

from collections.abc import Iterator
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from pyoxigraph import RdfFormat, parse

from servers import Server, running
from summitry.settings import Settings

TURTLE = {"content-type": "text/turtle"}
UPDATE = {"content-type": "application/sparql-update"}
TRIPLE = "<http://a.example/s> <http://a.example/p> <http://a.example/o> ."
G, H = "http://a.example/g", "http://a.example/h"


@pytest.fixture(scope="module")
def plain() -> Iterator[Server]:
    """Give an open plain store, shared by the tests of this module: each writes to graphs of its own."""
    settings = Settings(empty=True, no_shapes=True, default_graph="unnamed", open=True, port=0, workers=2)
    with running(settings) as server:
        yield server


@pytest.fixture
def address(plain: Server) -> str:
    """Give the address of a graph that no other test uses, below the graph store's."""
    return f"{plain.url}/graphs/{uuid4().hex}/1.ttl"


def update(plain: Server, text: str, **parameters):
    return plain.client.post("/sparql", params=parameters, content=text, headers=UPDATE)


def rows(plain: Server, query: str, **parameters) -> list[str]:
    answer = plain.client.get("/sparql.csv", params={"query": query, **parameters})
    return answer.raise_for_status().text.splitlines()[1:]


def lines(plain: Server, **parameters) -> list[str]:
    answer = plain.client.get("/graphs", params=parameters, headers={"accept": "application/n-triples"})
    return sorted(answer.raise_for_status().text.splitlines())


def test_a_graph_is_put_and_got_by_its_address_and_by_its_name(plain, address):
    """Graph Store Protocol §4.1, §4.2, §5.3: 201 for a new graph, and 204 for one that is replaced."""
    created = plain.client.put(address, content="<> <http://a.example/p> <x> .", headers=TURTLE)
    got = lines(plain, graph=address)
    replaced = plain.client.put("/graphs", params={"graph": address}, content=TRIPLE, headers=TURTLE)

    assert (created.status_code, created.headers["location"]) == (201, address)
    assert got == [f"<{address}> <http://a.example/p> <{address.rpartition('/')[0]}/x> ."]
    assert (replaced.status_code, replaced.content) == (204, b"")
    assert plain.client.get(address).text.strip() == TRIPLE


def test_a_relative_name_is_resolved_against_the_address_of_the_store(plain, address):
    path = address.removeprefix(plain.url)

    plain.client.put("/graphs", params={"graph": path}, content=TRIPLE, headers=TURTLE)

    assert plain.client.get(path).text.strip() == TRIPLE


def test_a_name_is_percent_decoded_once(plain):
    """§4.2: the IRI is decoded as part of the query; what it encodes itself stays as it is."""
    name = f"{plain.url}/graphs/{uuid4().hex}/a%20b"

    plain.client.put("/graphs", params={"graph": name}, content=TRIPLE, headers=TURTLE)

    assert plain.client.get(name).status_code == 200
    assert name in rows(plain, "SELECT ?g { GRAPH ?g { ?s ?p ?o } }")


def test_the_default_graph_is_written_and_read(plain):
    """§4.2: `default` names the default graph. It is always there."""
    put = plain.client.put("/graphs?default", content="[] <http://a.example/p> [] .", headers=TURTLE)
    [line] = lines(plain, default="")
    deleted = plain.client.delete("/graphs?default")

    assert put.status_code == 204
    assert line.count("_:") == 2
    assert (deleted.status_code, lines(plain, default="")) == (200, [])


def test_an_empty_graph_is_a_graph(plain, address):
    created = plain.client.put(address, content="", headers=TURTLE)
    got = plain.client.get(address)
    head = plain.client.head(address)

    assert [created.status_code, got.status_code, head.status_code] == [201, 200, 200]
    assert got.content == head.content == b""
    assert plain.client.post(address, content="", headers=TURTLE).status_code == 200


def test_a_graph_that_is_deleted_is_gone(plain, address):
    """§5.4 and §5.2: 404 for what is not there, whatever the method."""
    plain.client.put(address, content=TRIPLE, headers=TURTLE)

    statuses = [
        plain.client.request(method, address).status_code for method in ("DELETE", "DELETE", "GET", "HEAD")
    ]

    assert statuses == [200, 404, 404, 404]


def test_a_post_adds_to_a_graph(plain, address):
    """§5.5: the merge of both; a blank node of the body is none that was there before."""
    for status in (201, 200):
        answer = plain.client.post(address, content="_:x <http://a.example/p> 1 .", headers=TURTLE)
        assert answer.status_code == status

    assert len(lines(plain, graph=address)) == 2


def test_a_post_to_the_store_makes_a_graph(plain):
    """§5.5: 201, and Location says under which name."""
    answer = plain.client.post("/graphs", content=TRIPLE, headers=TURTLE)

    assert answer.status_code == 201
    assert plain.client.get(answer.headers["location"]).text.strip() == TRIPLE


def test_a_form_brings_several_documents(plain, address):
    """§5.5: multipart/form-data, each part in its own format, and with its own blank nodes."""
    files = [
        ("one", ("one.ttl", '_:x <http://a.example/p> "one" .', "text/turtle")),
        ("two", ("two.nt", '_:x <http://a.example/p> "two" .\n', "application/n-triples")),
    ]

    answer = plain.client.post(address, files=files)

    subjects, objects = zip(
        *((line.split()[0], line.split()[2]) for line in lines(plain, graph=address)), strict=True
    )
    assert (answer.status_code, set(objects), len(set(subjects))) == (201, {'"one"', '"two"'}, 2)


def test_a_part_with_a_mistake_refuses_the_whole_form(plain, address):
    files = [
        ("one", ("one.ttl", TRIPLE, "text/turtle")),
        ("two", ("two.ttl", "<http://a.example/s> .", "text/turtle")),
    ]

    answer = plain.client.post(address, files=files)

    assert (answer.status_code, answer.json()["errors"][0]["file"]) == (400, "two.ttl")
    assert plain.client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("method", "query", "headers", "content", "status"),
    [
        ("GET", f"default&graph={G}", {}, b"", 400),
        ("GET", f"graph={G}&graph={H}", {}, b"", 400),
        ("GET", "default", {"accept": "image/png"}, b"", 406),
        ("PUT", "", TURTLE, TRIPLE.encode(), 400),
        ("DELETE", "", {}, b"", 400),
        ("PUT", f"graph={G}", {"content-type": "application/rdf+xml"}, TRIPLE.encode(), 400),
        ("PUT", f"graph={G}", {"content-type": "text/plain"}, TRIPLE.encode(), 415),
        ("PUT", f"graph={G}", {}, TRIPLE.encode(), 415),
        ("POST", f"graph={G}", {"content-type": "multipart/form-data"}, b"--b--", 400),
        ("POST", f"graph={G}", {"content-type": "multipart/form-data; boundary=b"}, b"--b\r\n", 400),
        ("PATCH", f"graph={G}", UPDATE, b"CLEAR ALL", 405),
    ],
)
def test_a_refused_request_changes_nothing(plain, method, query, headers, content, status):
    before = plain.state()

    answer = plain.client.request(method, f"/graphs?{query}", headers=headers, content=content)

    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert plain.state() == before


def test_an_update_is_answered_without_a_body(plain):
    """Protocol §2.2.4: success is 2xx; there is nothing to tell."""
    answer = update(plain, f"INSERT DATA {{ GRAPH <{G}> {{ {TRIPLE} }} }} ; DROP GRAPH <{G}>")

    assert (answer.status_code, answer.content) == (204, b"")


def test_to_clear_a_graph_that_is_not_there_is_no_error(plain):
    assert (
        update(
            plain, "CLEAR GRAPH <http://a.example/nowhere> ; DROP GRAPH <http://a.example/nowhere>"
        ).status_code
        == 204
    )


def test_a_relative_iri_is_resolved_against_the_address_of_the_endpoint(plain):
    """Protocol §2.2.5: the base is that of the service, where the update has none."""
    graph = f"http://a.example/{uuid4()}"

    update(plain, f"INSERT DATA {{ GRAPH <{graph}> {{ <s> <p> <test> }} }}")

    assert rows(plain, f"SELECT ?o {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}") == [f"{plain.url}/test"]


def test_the_request_names_the_dataset_of_an_update(plain):
    """Protocol §2.2.3: using-graph-uri and using-named-graph-uri, as USING and USING NAMED."""
    one, two, result = (f"http://a.example/{uuid4()}" for _ in range(3))
    text = (
        f"INSERT DATA {{ GRAPH <{one}> {{ <{one}> a <x> }} GRAPH <{two}> {{ <{two}> a <x> }} }} ;"
        f"INSERT {{ GRAPH <{result}> {{ ?s <in> ?in }} }} WHERE {{"
        f" {{ ?s a <x> BIND('default' AS ?in) }} UNION {{ GRAPH ?in {{ ?s a <x> }} }} }}"
    )

    answer = update(plain, text, **{"using-graph-uri": one, "using-named-graph-uri": two})

    assert answer.status_code == 204
    assert sorted(rows(plain, f"SELECT ?s ?in {{ GRAPH <{result}> {{ ?s ?p ?in }} }}")) == sorted(
        [f"{one},default", f"{two},{two}"]
    )


def test_an_update_of_the_requests_dataset_is_asked_there_however_it_is_spelt(plain):
    """Query §19.2: WHERE may be written with an escape, and is WHERE all the same."""
    one, result = (f"http://a.example/{uuid4()}" for _ in range(2))
    update(plain, f"INSERT DATA {{ <{one}> <in> 'default' GRAPH <{one}> {{ <{one}> <in> 'one' }} }}")
    text = f"INSERT {{ GRAPH <{result}> {{ <a> <b> ?in }} }} \\u0057HERE {{ <{one}> <in> ?in }}"

    answer = update(plain, text, **{"using-graph-uri": one})

    assert answer.status_code == 204
    assert rows(plain, f"SELECT ?in {{ GRAPH <{result}> {{ ?s ?p ?in }} }}") == ["one"]


@pytest.mark.parametrize("parameters", [{}, {"using-graph-uri": H}])
def test_an_update_that_is_not_utf_8_is_refused(plain, parameters):
    before = plain.state()

    answer = plain.client.post(
        "/sparql",
        params=parameters,
        content=b"INSERT { <a> <b> '\xff' } WHERE {}",
        headers={"content-type": "application/sparql-update"},
    )

    assert (answer.status_code, plain.state()) == (400, before)
    assert "is not UTF-8" in answer.json()["detail"]


def test_an_update_with_a_dataset_of_its_own_is_refused(plain):
    before = plain.state()

    answer = update(plain, f"WITH <{G}> DELETE {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }}", **{"using-graph-uri": H})

    assert (answer.status_code, plain.state()) == (400, before)


def test_the_request_names_the_dataset_of_a_query(plain):
    """Protocol §2.1.4: several default graphs are merged; a graph that is not there is an empty one."""
    one, two = (f"http://a.example/{uuid4()}" for _ in range(2))
    both = f"GRAPH <{one}> {{ {TRIPLE} <s> <p> 1 }} GRAPH <{two}> {{ {TRIPLE} <s> <p> 2 }}"
    update(plain, f"INSERT DATA {{ {both} }}")

    def count(parameters: list[tuple[str, str]], pattern: str) -> str:
        query = f"SELECT (COUNT(*) AS ?n) FROM <{G}> {{ {pattern} }}"
        return plain.client.get(f"/sparql.csv?{urlencode([*parameters, ('query', query)])}").text.split()[1]

    assert count([("default-graph-uri", one), ("default-graph-uri", two)], "?s ?p ?o") == "3"
    assert count([("default-graph-uri", "http://a.example/nowhere")], "?s ?p ?o") == "0"
    assert count([("named-graph-uri", one)], "GRAPH ?g { ?s ?p ?o }") == "2"
    assert count([("named-graph-uri", one)], "?s ?p ?o") == "0"


def test_no_prefix_is_known_that_the_query_does_not_declare(plain):
    assert plain.client.get("/sparql", params={"query": "ASK { ?s a ap:Person }"}).status_code == 400


def test_a_function_that_nobody_has_is_an_error_of_its_expression(plain):
    """SPARQL 1.1 Query §19.8, rule FunctionCall: any IRI may be called; §17.2: what cannot be evaluated is an error."""
    query = "PREFIX : <http://a.example/> SELECT (:f(1) AS ?x) (COALESCE(:g(), 2) AS ?y) (BOUND(?x) AS ?z) {}"

    assert rows(plain, query) == [",2,false"]
    assert rows(plain, "SELECT * { BIND(1 AS ?x) FILTER(<http://a.example/f>(?x)) }") == []


def test_a_function_that_nobody_has_does_not_stop_an_update(plain):
    graph = f"http://a.example/{uuid4().hex}"
    where = "BIND(1 AS ?o) BIND(<http://a.example/f>(?o) AS ?none)"

    answer = update(plain, f"INSERT {{ GRAPH <{graph}> {{ <s> <p> ?o, ?none }} }} WHERE {{ {where} }}")

    assert answer.status_code == 204
    assert len(lines(plain, graph=graph)) == 1


def test_a_graph_is_known_again_by_its_tag(plain, address):
    """RFC 9110 §13.1.1: If-Match guards a graph, in whatever form it was seen."""
    plain.client.put(address, content=TRIPLE, headers=TURTLE)
    seen = plain.client.get(address, headers={"accept": "application/n-triples"}).headers["etag"]
    other = plain.client.get(address, headers={"if-none-match": seen})
    same = plain.client.get(address, headers={"if-none-match": seen, "accept": "application/n-triples"})

    assert (other.status_code, same.status_code) == (200, 304)
    assert plain.client.put(address, content="", headers={**TURTLE, "if-match": seen}).status_code == 204
    assert plain.client.put(address, content=TRIPLE, headers={**TURTLE, "if-match": seen}).status_code == 412


def test_what_was_known_earlier_can_be_asked(plain):
    graph = f"http://a.example/{uuid4()}"
    update(plain, f"CREATE GRAPH <{graph}> ; INSERT DATA {{ GRAPH <{graph}> {{ [] <p> 1 }} }}")
    number = str(plain.service.store.head())
    update(plain, f"DROP GRAPH <{graph}>")

    query = f"ASK {{ GRAPH <{graph}> {{ ?s ?p 1 }} }}"
    then, now = (
        plain.client.get("/sparql", params={"query": query, **at}) for at in ({"known_at": number}, {})
    )

    assert (then.json()["boolean"], now.json()["boolean"]) == (True, False)


def test_only_the_standards_are_served(plain):
    assert [plain.client.get(path).status_code for path in ("/people", "/ns", "/history", "/validate")] == [
        404
    ] * 4


def test_with_a_token_set_and_no_open_door_a_write_needs_it():
    """`--open` is off unless the operator says so."""
    settings = Settings(empty=True, no_shapes=True, default_graph="unnamed", port=0, workers=2)
    with running(settings) as server:
        refused = server.client.put("/graphs?default", content=TRIPLE, headers=TURTLE)
        taken = server.client.put("/graphs?default", content=TRIPLE, headers={**TURTLE, **server.bearer})

    assert (refused.status_code, taken.status_code) == (401, 204)


def test_an_open_door_takes_no_wrong_token(plain):
    """Whoever sends one means somebody."""
    answer = plain.client.put(
        "/graphs?default", content="", headers={**TURTLE, "authorization": "Bearer wrong"}
    )

    assert answer.status_code == 401


def test_a_plain_store_describes_itself(plain):
    """Service Description §3: empty graphs are kept, and the default graph is no union."""
    plain.client.put(f"{plain.url}/graphs/void", content=TRIPLE, headers=TURTLE)

    text = plain.client.get("/sparql/", headers={"accept": "text/turtle"}).content
    triples = {str(quad.triple) for quad in parse(text, format=RdfFormat.TURTLE)}
    features = {t.rpartition("#")[2] for t in triples if "description#feature>" in t}

    assert features == {"EmptyGraphs>"}
    assert any(f"description#endpoint> <{plain.url}/sparql/>" in triple for triple in triples)
    assert any(f"description#name> <{plain.url}/graphs/void>" in triple for triple in triples)
