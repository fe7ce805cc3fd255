"""A change is written as RDF Patch and read back as the same change: https://afs.github.io/rdf-delta/rdf-patch.html."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import (
    BaseDirection,
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    Store,
    Triple,
)

from contract import ONE, change, n_quads, quads
from summitry import blank, patch
from summitry.diff import diff
from summitry.model import Changeset

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
IRIS = st.from_regex(r"urn:x:[a-zé中/?&=;~._-]{0,6}(#[a-z]{0,3})?", fullmatch=True).map(NamedNode)
LITERALS = st.one_of(
    TEXTS.map(Literal),
    st.builds(Literal, TEXTS, language=st.sampled_from(["en", "pt-BR", "zh-Hans"])),
    st.builds(Literal, TEXTS, language=st.just("ar"), direction=st.just(BaseDirection.RTL)),
    st.builds(Literal, TEXTS, datatype=IRIS),
)
NODES = st.one_of(IRIS, st.from_regex(r"[a-z][a-z0-9]{0,5}", fullmatch=True).map(BlankNode))
TRIPLES = st.builds(Triple, NODES, IRIS, LITERALS)
QUADS = st.builds(
    Quad, NODES, IRIS, st.one_of(NODES, LITERALS, TRIPLES), st.one_of(IRIS, st.just(DefaultGraph()))
)
CONTENTS = st.frozensets(QUADS, max_size=5)
QUICK = settings(derandomize=True, deadline=None, max_examples=60)


@QUICK
@given(CONTENTS, CONTENTS)
def test_any_change_survives_being_written(added, removed):
    """Line breaks and all other characters of literals included: a line of a patch is one change."""
    changeset = Changeset(added, removed - added)

    assert patch.read(patch.write(changeset)) == changeset


@QUICK
@given(CONTENTS, CONTENTS)
def test_a_difference_turns_one_state_into_the_other(old, new):
    change = diff(old, new)

    assert (old - change.removed) | change.added == new
    assert change.removed <= old
    assert not change.added & old
    assert bool(change) == (old != new)


def test_removals_come_first_and_lines_are_sorted():
    """The same bytes for the same change, so that two ledgers can be compared."""
    written = patch.write(
        change("person:bob a ap:Person . person:ann a ap:Person .", "person:cid a ap:Person .")
    )

    assert written.decode().splitlines() == [
        "D <https://w3id.org/summitry/id/person/cid> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "
        "<https://w3id.org/summitry/ns#Person> .",
        "D <https://w3id.org/summitry/id/person/cid> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "
        "<https://w3id.org/summitry/ns#Person> <https://w3id.org/summitry/graph/one> .",
        "A <https://w3id.org/summitry/id/person/ann> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "
        "<https://w3id.org/summitry/ns#Person> .",
        "A <https://w3id.org/summitry/id/person/ann> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "
        "<https://w3id.org/summitry/ns#Person> <https://w3id.org/summitry/graph/one> .",
        "A <https://w3id.org/summitry/id/person/bob> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "
        "<https://w3id.org/summitry/ns#Person> .",
        "A <https://w3id.org/summitry/id/person/bob> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "
        "<https://w3id.org/summitry/ns#Person> <https://w3id.org/summitry/graph/one> .",
    ]


def test_headers_and_the_marks_of_a_transaction_are_no_change():
    lines = (
        b"H id <urn:2> .\nH prev <urn:1> .\nTX .\n"
        + patch.write(change("person:ann a ap:Person ."))
        + b"TC .\n"
    )

    assert patch.read(lines) == change("person:ann a ap:Person .")


def test_nothing_is_an_empty_change():
    assert patch.write(Changeset()) == b""
    assert patch.read(b"") == Changeset()


@pytest.mark.parametrize(
    "lines", [b"A <urn:a> <urn:b>\n", b"A nonsense\n", b"nonsense\n", b"<urn:a> <urn:b> <urn:c> .\n"]
)
def test_what_is_no_patch_is_refused(lines):
    with pytest.raises(SyntaxError):
        patch.read(lines)


def test_two_changes_are_one():
    first, second = change("person:ann a ap:Person ."), change(removed="person:bob a ap:Person .")

    assert first | second == Changeset(first.added, second.removed)
    assert quads("person:ann a ap:Person .", ONE) <= (first | second).added


@QUICK
@given(CONTENTS)
def test_a_large_addition_is_known_by_its_lines(added):
    """It is loaded as what it adds, and its record is that of the same change, in its own order."""
    change = Changeset(frozenset(map(blank.named, added)))
    addition = patch.Addition(n_quads(change.added))
    loaded, extended = Store(), Store()

    addition.load(loaded)
    extended.extend(change.added)

    assert frozenset(loaded) == frozenset(extended)
    assert addition.changeset() == change
    assert len(addition) == len(added)
    assert patch.read(patch.changes(b"".join(patch.recorded(2, addition)))) == change


def test_only_what_is_large_adds_alone_and_has_no_blank_nodes_stays_unread(monkeypatch):
    """A blank node has another label in each store, and a removal has to be looked up: those are read."""
    monkeypatch.setattr(patch, "LARGE", 1)
    named = change("person:ann a ap:Person .")
    of_blank = Quad(BlankNode("b"), ONE, ONE, DefaultGraph())
    about_blank = Quad(ONE, ONE, BlankNode("b"), DefaultGraph())

    assert patch.received(patch.write(named)) == patch.Addition(n_quads(named.added))
    for read in (
        change("", "person:ann a ap:Person ."),
        Changeset(named.added | {of_blank}),
        Changeset(named.added | {about_blank}),
    ):
        assert patch.received(patch.write(read)) == read
