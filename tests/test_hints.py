"""A name in a query that nothing bears is pointed out, with the closest name, and the query answered all the same."""

import pytest

from servers import Server
from summitry.terms import AP


def warned(server: Server, pattern: str) -> tuple[int, str | None]:
    """Give the status of the answer to a query of `pattern`, and its header Warning (RFC 7234 §5.5)."""
    answer = server.client.get("/sparql", params={"query": f"SELECT * {{ {pattern} }} LIMIT 1"})
    return answer.status_code, answer.headers.get("warning")


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        ("?s a ap:Persn", "ap:Persn is not a term of the ontology; did you mean ap:Person?"),
        ("?s a <https://w3id.org/summitry/ns#Meating>", "did you mean ap:Meeting?"),
        ("country:uss ?p ?o", "nothing is said of country:uss; did you mean country:us?"),
        ("?s a ap:Pers\N{LATIN SMALL LETTER O WITH DIAERESIS}n", "ap:Pers?n is not a term"),
    ],
)
def test_an_unknown_name_is_pointed_out_by_a_header(shipped, pattern, told):
    status, warning = warned(shipped, pattern)

    assert (status, told in (warning or ""), (warning or "").isascii()) == (200, True, True)


def test_a_prefix_of_the_query_s_own_is_followed(shipped):
    query = f"PREFIX my: <{AP}>\nprefix ap: <https://a.example/>\nSELECT * {{ ?s a my:Persn, ap:Persn }}"

    answer = shipped.client.get("/sparql", params={"query": query})

    assert answer.headers["warning"] == (
        '199 summitry "ap:Persn is not a term of the ontology; did you mean ap:Person?"'
    )


@pytest.mark.parametrize(
    "pattern", ["?s a ap:Person", "?s ?p 'ap:Persn' # ap:Persn\n", "?s <https://a.example/unknown> ?o"]
)
def test_nothing_is_said_of_names_that_are_known_or_not_ours(shipped, pattern):
    assert warned(shipped, pattern) == (200, None)


def test_so_many_unknown_names_make_no_endless_header(shipped):
    _, warning = warned(shipped, " ".join(f"?s ap:unknown{n} ?o{n} ." for n in range(60)))

    assert (warning or "").count("199 summitry") == 3
