"""Which format a client gets, and which format a file is in (RFC 9110 §12.5.1)."""

import time

import pytest

from summitry import media
from summitry.media import JSON, JSON_LD, N_TRIPLES, RDF_XML, TURTLE, bare, media_of_file, negotiate

OFFERS = (JSON, JSON_LD, TURTLE, N_TRIPLES)


@pytest.mark.parametrize("accept", ["", " ", "*/*", "application/*, text/*;q=0.9"])
def test_a_client_without_a_wish_gets_the_first_offer(accept):
    """RFC 9110 §12.5.1: no Accept header means any media type is acceptable."""
    assert negotiate(accept, OFFERS) == JSON


def test_the_highest_quality_wins_whatever_the_order():
    assert negotiate("text/turtle;q=0.5, application/n-triples;q=0.9", OFFERS) == N_TRIPLES


def test_equal_quality_goes_by_the_order_of_the_server():
    assert negotiate("text/turtle, application/ld+json", OFFERS) == JSON_LD


@pytest.mark.parametrize(
    ("offer", "chosen"),
    [("text/plain", 0.7), ("text/html", 0.3), ("image/jpeg", 0.5), ("text/plain;format=fixed", 0.4)],
)
def test_the_most_specific_range_decides(offer, chosen):
    """The example of RFC 9110 §12.5.1; the quality shows by what an offer beats and what beats it."""
    accept = (
        "text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, text/plain;format=fixed;q=0.4, */*;q=0.5"
    )
    better, worse = f"a/b;q={chosen + 0.01:.2f}", f"a/b;q={chosen - 0.01:.2f}"

    assert negotiate(f"{accept}, {better}", (offer, "a/b")) == "a/b"
    assert negotiate(f"{accept}, {worse}", (offer, "a/b")) == offer


def test_quality_zero_forbids_what_a_wildcard_allows():
    assert negotiate("application/json;q=0, */*;q=0.1", OFFERS) == JSON_LD
    assert negotiate("application/json;q=0, */*", (JSON,)) is None


def test_nothing_fits_what_nobody_offers():
    assert negotiate("image/png, text/html;q=0.8", OFFERS) is None
    assert negotiate("*/*", ()) is None


@pytest.mark.parametrize(
    "malformed", ["text", "text/turtle;q=2", "*/turtle", "text/turtle;q", ";;", '"', "a/b/c"]
)
def test_malformed_ranges_are_ignored(malformed):
    assert negotiate(f"{malformed}, application/n-triples", OFFERS) == N_TRIPLES


def test_charset_and_profile_do_not_narrow_a_range():
    """All our text is UTF-8, and JSON-LD 1.1 §6 lets a server ignore profiles that it does not know."""
    assert negotiate("text/turtle;charset=utf-8", OFFERS) == TURTLE
    profile = 'application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted,x"'
    assert negotiate(profile, OFFERS) == JSON_LD


def test_types_are_compared_without_regard_to_case():
    assert negotiate("Text/TURTLE", OFFERS) == TURTLE


@pytest.mark.parametrize("hostile", ["a/b," * 10_000, 'a/b;x="' * 10_000, "a/b;" * 10_000, "," * 40_000])
def test_a_long_header_costs_no_more_than_a_short_one(hostile):
    start = time.perf_counter()

    negotiate(hostile, OFFERS)

    assert time.perf_counter() - start < 0.5


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("seed.ttl", TURTLE),
        ("SEED.TTL", TURTLE),
        ("a.b.rdf", RDF_XML),
        ("graph.json", JSON_LD),
        ("graph.jsonld", JSON_LD),
        ("rows.csv", None),
        ("ttl", None),
        ("-", None),
    ],
)
def test_the_suffix_of_a_file_tells_its_format(name, expected):
    assert media_of_file(name) == expected


def test_suffixes_and_media_types_are_unambiguous():
    everything = (*media.RDF, *media.RESULTS)
    suffixes = [suffix for one in everything for suffix in one.suffixes]

    assert len({one.type for one in everything}) == len(everything)
    assert len(set(suffixes)) == len(suffixes)
    assert all((one.rdf is None) != (one.results is None) for one in everything)


def test_a_content_type_is_known_without_its_parameters():
    assert bare("Text/Turtle; charset=UTF-8") == TURTLE
