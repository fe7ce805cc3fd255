"""Updates over a dataset that the request names: rewritten token by token, and never by halves."""

import pytest

from summitry.errors import BadParameter
from summitry.using import Using, lenient, over

BOTH = Using(("http://a.example/d",), ("http://a.example/n",))
CLAUSES = " USING <http://a.example/d>  USING NAMED <http://a.example/n> "


@pytest.mark.parametrize(
    ("update", "expected"),
    [
        ("INSERT { ?s ?p 1 } WHERE { ?s ?p ?o }", f"INSERT {{ ?s ?p 1 }} {CLAUSES}WHERE {{ ?s ?p ?o }}"),
        ("delete{?s ?p 1}where{?s ?p ?o}", f"delete{{?s ?p 1}}{CLAUSES}where{{?s ?p ?o}}"),
        (
            "DELETE WHERE { ?s ?p 'where }' }",
            f"DELETE  {{ ?s ?p 'where }}' }}{CLAUSES}WHERE {{ ?s ?p 'where }}' }}",
        ),
        ("INSERT DATA { <a> <b> 'WHERE' } # WHERE", "INSERT DATA { <a> <b> 'WHERE' } # WHERE"),
        (
            "INSERT { ?s ?p 1 } WHERE { SELECT * WHERE { ?s ?p ?o } } ; CLEAR ALL",
            f"INSERT {{ ?s ?p 1 }} {CLAUSES}WHERE {{ SELECT * WHERE {{ ?s ?p ?o }} }} ; CLEAR ALL",
        ),
    ],
)
def test_each_operation_with_a_where_gets_the_dataset(update, expected):
    """SPARQL 1.1 Protocol §2.2.3: as USING and USING NAMED would say it in each operation."""
    assert over(update, BOTH) == expected


@pytest.mark.parametrize(
    "update",
    [
        "WITH <http://a.example/g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "CLEAR ALL ; INSERT { ?s ?p 1 } USING <http://a.example/g> WHERE { ?s ?p ?o }",
        "INSERT { ?s ?p 1 } using named <http://a.example/g> WHERE { ?s ?p ?o }",
        "DELETEWHERE { ?s ?p ?o }",
    ],
)
def test_an_update_with_a_dataset_of_its_own_is_refused(update):
    """§2.2.3: it is an error if the request names a dataset, and the update has USING, USING NAMED or WITH."""
    with pytest.raises(BadParameter):
        over(update, BOTH)


def test_a_graph_that_is_no_iri_is_refused():
    with pytest.raises(BadParameter):
        over("DELETE WHERE { ?s ?p ?o }", Using(("a> { } ; DROP ALL #",)))


def test_an_update_of_a_request_without_a_dataset_stays_as_it_is():
    assert over("WITH <a> DELETE { } WHERE { }", Using()) == "WITH <a> DELETE { } WHERE { }"


@pytest.mark.parametrize(
    ("update", "expected"),
    [
        ("CLEAR GRAPH <a> ; DROP NAMED", "CLEAR SILENT  GRAPH <a> ; DROP SILENT  NAMED"),
        ("drop silent all", "drop silent all"),
        ("INSERT DATA { <a> <b> 'DROP ALL' }", "INSERT DATA { <a> <b> 'DROP ALL' }"),
    ],
)
def test_to_clear_what_is_not_there_passes(update, expected):
    assert lenient(update) == expected
