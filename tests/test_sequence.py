"""A prologue may stand before each operation of an update (SPARQL 1.1 Query §19.8, rule Update)."""

import pytest
from pyoxigraph import Store

from summitry.errors import MalformedQuery
from summitry.sequence import parts, steps
from summitry.targets import sees_default

TWO = """\
PREFIX a: <http://a.example/>
INSERT DATA { a:s a:p 'PREFIX ; BASE' } ;
PREFIX b: <http://b.example/> BASE <http://base.example/>
INSERT DATA { b:s a:p <o> } ; CREATE GRAPH <g> ;
PREFIX a: <http://c.example/>
INSERT DATA { a:s b:p 1 } ;
"""


def done(update: str) -> set[str]:
    store = Store()
    for part in parts(update):
        store.update(part)
    return {str(quad) for quad in store}


def test_each_operation_is_done_under_the_prologues_before_it():
    assert done(TWO) == {
        '<http://a.example/s> <http://a.example/p> "PREFIX ; BASE"',
        "<http://b.example/s> <http://a.example/p> <http://base.example/o>",
        '<http://c.example/s> <http://b.example/p> "1"^^<http://www.w3.org/2001/XMLSchema#integer>',
    }


@pytest.mark.parametrize(
    "update",
    [
        "",
        "# PREFIX",
        "CLEAR ALL ; DROP ALL",
        "PREFIX a: <b> CLEAR ALL ; CLEAR ALL",
        "CLEAR ALL ;; PREFIX a: <b> CLEAR ALL",
    ],
)
def test_an_update_with_one_prologue_stays_whole(update):
    assert list(parts(update)) == [update]


def test_a_prologue_may_be_the_end():
    assert done("INSERT DATA { <x:a> <x:b> <x:c> } ; PREFIX a: <x:b>") == {"<x:a> <x:b> <x:c>"}


def test_places_stay_where_they_were():
    *_, last = parts(TWO)

    assert place(last, "a:s b:p 1") == place(TWO, "a:s b:p 1")


def place(text: str, piece: str) -> tuple[int, int]:
    """Give the line and the column of `piece`."""
    before = text[: text.index(piece)]
    return before.count("\n"), len(before) - before.rfind("\n")


def test_a_prologue_that_is_said_again_is_carried_over_once():
    *_, last = parts("PREFIX a: <x:a> CLEAR ALL ; " * 9)

    assert last.count("PREFIX") == 2


def test_a_base_counts_for_the_prologues_after_it():
    assert done(
        "BASE <http://a.example/b/> PREFIX p: <p#> CLEAR ALL ; BASE <c/> PREFIX q: <q#> CLEAR ALL ;"
        " PREFIX p: <r#> INSERT DATA { p:x q:x <d> }"
    ) == {"<http://a.example/b/c/r#x> <http://a.example/b/c/q#x> <http://a.example/b/c/d>"}


@pytest.mark.parametrize(
    "update",
    [
        "INSERT DATA { _:x <x:p> 1 } ; PREFIX a: <b> INSERT DATA { _:x <x:p> 2 }",
        "INSERTDATA { _:x <x:p> 1 } ; PREFIX a: <b> insert data { _:x <x:p> 2 }",
    ],
)
def test_a_blank_node_of_two_operations_is_refused(update):
    """SPARQL 1.1 Query §19.6: one label may not be in two INSERT DATA of one request."""
    with pytest.raises(MalformedQuery):
        parts(update)


def test_a_blank_node_of_a_template_is_another_in_each_operation():
    """§19.6 asks for different labels in INSERT DATA alone."""
    assert len(done("INSERT DATA { _:x <x:p> 1 } ; PREFIX a: <x:b> INSERT { _:x <x:p> 2 } WHERE {}")) == 2


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("INSERT DATA { GRAPH <x:g> { <x:a> <x:p> '; } {' } }", 1),
        ("DELETE DATA { GRAPH <x:g> { <x:a> <x:p> 1 } . GRAPH <x:h> { <x:a> <x:p> 1 } }", 1),
        ("INSERT DATA { <x:a> <x:p> 1 }", 2),
        ("INSERT DATA { GRAPH <x:g> { <x:a> <x:p> 1 } <x:a> <x:p> 1 }", 2),
        ("DELETE WHERE { GRAPH ?g { ?s ?p ?o } }", 1),
        ("DELETE WHERE { ?s ?p ?o }", 2),
        ("WITH <x:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", 1),
        ("WITH <x:g> DELETE { ?s ?p ?o } USING <x:h> WHERE { ?s ?p ?o }", 2),
        (
            "INSERT { GRAPH <x:g> { ?s ?p ?o } } WHERE { GRAPH <x:h> { ?s ?p ?o } OPTIONAL { GRAPH ?g { ?s ?p 1 } } }",
            1,
        ),
        ("INSERT { GRAPH <x:g> { ?s ?p ?o } } WHERE { GRAPH <x:h> { ?s ?p ?o } OPTIONAL { ?s ?p 1 } }", 2),
        ("INSERT { GRAPH <x:g> { ?s ?p ?o } } WHERE { { SELECT * { ?s ?p ?o } } }", 2),
        ("CREATE SILENT GRAPH <x:default>", 1),
        ("MOVE GRAPH <x:g> TO <x:all>", 1),
        ("DROP NAMED", 1),
        ("COPY DEFAULT TO <x:g>", 2),
        ("clear all", 2),
        ("CLEARALL", 2),
    ],
)
def test_an_operation_that_may_see_the_default_graph_is_a_step_of_its_own(operation, expected):
    """A `;` in a string, an IRI, a comment or braces ends no operation."""
    first = "INSERT DATA { GRAPH <x:g;h> { <x:a> <x:p> ';', 1 ; <x:q> 2 } } # ; {"

    assert len(steps(f"{first}\n; {operation} ;", sees_default)) == expected
