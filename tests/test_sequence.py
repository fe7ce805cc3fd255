"""A prologue may stand before each operation of an update (SPARQL 1.1 Query §19.8, rule Update)."""

import pytest
from pyoxigraph import Store

from summitry.errors import MalformedQuery
from summitry.sequence import parts

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
    "update", ["", "# PREFIX", "CLEAR ALL ; DROP ALL", "PREFIX a: <b> CLEAR ALL ; CLEAR ALL"]
)
def test_an_update_with_one_prologue_stays_whole(update):
    assert list(parts(update)) == [update]


def test_a_prologue_may_be_the_end():
    assert done("INSERT DATA { <x:a> <x:b> <x:c> } ; PREFIX a: <x:b>") == {"<x:a> <x:b> <x:c>"}


def test_places_stay_where_they_were():
    *_, last = parts(TWO)

    assert last.index("a:s b:p 1") == TWO.index("a:s b:p 1")
    assert last.count("\n") == TWO.rstrip().count("\n")


def test_a_blank_node_of_two_operations_is_refused():
    """SPARQL 1.1 Update §3.1.1: a label may not be used in two operations of one request."""
    with pytest.raises(MalformedQuery):
        list(parts("INSERT DATA { _:x <x:p> 1 } ; PREFIX a: <b> INSERT DATA { _:x <x:p> 2 }"))
