"""What is called how is found: in any language, by the beginning of a name, a part of it, or with a slip."""

import pytest

from summitry.store.names import SqliteNames
from summitry.terms import ENTITIES, GRAPHS

DRAFT = """
    @prefix ap: <https://w3id.org/summitry/ns#> .
    @prefix organization: <https://w3id.org/summitry/id/organization/> .
    @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
    organization:{slug} a ap:Organization ; rdfs:label "{label}"@en .
"""


def found(server, q, **parameters):
    """Give the groups that a search gives."""
    answer = server.client.get("/search", params={"q": q, **parameters})
    assert answer.status_code == 200, answer.text
    return answer.json()["groups"]


def best(server, q, **parameters):
    """Give the label of the best that is found, the name by which, and how that fits."""
    item = found(server, q, **parameters)[0]["items"][0]
    return item["label"], item["matched"]["text"], item["matched"]["how"]


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("China", ("China", "China", "exact")),
        ("south kor", ("South Korea", "South Korea", "prefix")),
        ("xi", ("Xi Jinping", "Xi Jinping", "prefix")),
        ("jinping", ("Xi Jinping", "Xi Jinping", "words")),
        ("jinping xi", ("Xi Jinping", "Xi Jinping", "words")),
        ("cote d'ivoire", ("Côte d’Ivoire", "Côte d’Ivoire", "words")),
        ("ussia", ("Russia", "Russia", "infix")),
        ("Trmp", ("Donald Trump", "Donald Trump", "similar")),
        ("Takaichy", ("Sanae Takaichi", "Sanae Takaichi", "similar")),
        ("中国", ("China", "中国", "exact")),
        ("韩民", ("South Korea", "大韩民国", "infix")),
        ("российская", ("Russia", "Российская Федерация", "prefix")),
        ("KOR", ("South Korea", "KOR", "exact")),
    ],
)
def test_the_best_is_found_and_says_why(shipped, q, expected):
    assert best(shipped, q) == expected


def test_a_heading_is_found_by_its_code(shipped):
    assert found(shipped, "2846")[0]["items"][0]["id"] == f"{ENTITIES}commodity/hs-2846"


def test_labels_are_in_the_language_asked_for(shipped):
    assert best(shipped, "south korea", lang="fr")[0] == "République de Corée"


def test_a_type_includes_those_below_it(shipped):
    groups = found(shipped, "rare earths", type="Policy")

    assert [group["type"] for group in groups] == ["Policy"]
    assert [item["type"] for item in groups[0]["items"]] == ["ExportControl"]


def test_who_leads_follows_and_is_found_as_a_leader(shipped):
    """`Leader` is stated of nobody; items have it as their type, so it may be asked for."""
    [group] = found(shipped, "Trump", type="Leader")

    assert [item["type"] for item in group["items"]] == ["Leader"]
    assert found(shipped, "Karoline Leavitt", type="Leader") == []


def test_what_is_of_other_types_takes_no_place_of_what_is_asked_for(shipped):
    """Of more than 500 names with a word in `o…` most are of goods."""
    everything = shipped.service.names.beginning("o", 100_000)
    countries = {name.entity for name in everything if name.type == "Country"}

    [group] = found(shipped, "o", type="Country", limit=50)

    assert len(everything) > 500
    assert {item["id"] for item in group["items"]} == countries


def test_a_slip_is_forgiven_where_only_other_types_have_the_word(shipped):
    assert found(shipped, "iren") != []
    assert found(shipped, "iren", type="Country")[0]["items"][0]["label"] == "Iran"


def test_a_group_tells_how_many_there_are(shipped):
    [group] = [group for group in found(shipped, "united", limit=2) if group["type"] == "Economy"]

    assert len(group["items"]) == 2 < group["total"]


@pytest.mark.parametrize(
    ("parameters", "detail"),
    [
        ({"q": " "}, "there is nothing to search for"),
        ({"q": "a" * 201}, "201 characters are no name"),
        ({"q": "a", "type": "Polcy"}, "the ontology has no class 'Polcy'"),
        ({"q": "a", "limit": "0"}, "limit"),
        ({}, "q"),
    ],
)
def test_a_search_for_nothing_is_refused(shipped, parameters, detail):
    answer = shipped.client.get("/search", params=parameters)

    assert answer.status_code == 400
    assert detail in answer.json()["detail"]


@pytest.mark.parametrize("q", ['"', "* OR NOT (", "a\0b", "name : x", "'; DROP TABLE name; --", "𒀀" * 100])
def test_the_query_language_of_the_index_is_out_of_reach(shipped, q):
    assert shipped.client.get("/search", params={"q": q}).status_code == 200
    assert best(shipped, "China")[0] == "China"


def test_a_search_sees_each_write_before_it(server):
    graph = f"{GRAPHS}search-follows"

    def put(slug, label):
        answer = server.client.put(
            "/graphs",
            params={"graph": graph},
            content=DRAFT.format(slug=slug, label=label),
            headers={**server.bearer, "content-type": "text/turtle"},
        )
        assert answer.is_success, answer.text

    put("vexillum", "Vexillum Society")
    assert best(server, "vexill")[0] == "Vexillum Society"
    put("vexillum", "Gonfalon Society")

    assert found(server, "vexill") == []
    assert best(server, "gonfal")[0] == "Gonfalon Society"
    server.client.delete("/graphs", params={"graph": graph}, headers=server.bearer)
    assert found(server, "gonfal") == []


def test_a_search_of_the_past_finds_what_was_known_then(server):
    graph = f"{GRAPHS}search-past"
    headers = {**server.bearer, "content-type": "text/turtle"}
    for label in ("Oriflamme Society", "Pennon Society"):
        document = DRAFT.format(slug="oriflamme", label=label)
        server.client.put("/graphs", params={"graph": graph}, content=document, headers=headers)
    head = server.service.store.head()

    assert best(server, "oriflamme", known_at=str(head - 1))[0] == "Oriflamme Society"
    assert found(server, "pennon", known_at=str(head - 1)) == []
    assert found(server, "oriflamme") == []


def test_an_unchanged_search_is_not_sent_again(shipped):
    first = shipped.client.get("/search", params={"q": "china"})

    again = shipped.client.get(
        "/search", params={"q": "china"}, headers={"if-none-match": first.headers["etag"]}
    )

    assert (again.status_code, again.content) == (304, b"")


def texts(names, q):
    return [name.text for name in names.exact(q, 9)]


def test_an_index_is_kept_and_goes_on_where_it_was(shipped, tmp_path):
    path = tmp_path / "names.sqlite"
    first = SqliteNames(path)
    first.follow(shipped.service.store)
    first.close()

    class Silent:
        """A store that must not be asked for all names again."""

        head = staticmethod(shipped.service.store.head)

    again = SqliteNames(path)
    again.follow(Silent())

    assert texts(again, "china") == ["China", "China"]  # in English and Spanish
    again.close()


@pytest.mark.parametrize("damage", [b"no database at all" * 400, b""])
def test_an_index_that_is_damaged_is_made_anew(shipped, tmp_path, damage):
    path = tmp_path / "names.sqlite"
    path.write_bytes(damage)

    names = SqliteNames(path)
    names.follow(shipped.service.store)

    assert texts(names, "china") == ["China", "China"]  # in English and Spanish
    names.close()


def test_following_gives_what_reading_all_gives(server):
    """The index that was asked all along and one made now hold the same."""
    followed, made = server.service.names, SqliteNames()
    followed.follow(server.service.store)
    made.follow(server.service.store)

    for q in ("society", "country", "bank", "a"):
        assert sorted(map(str, followed.beginning(q, 500))) == sorted(map(str, made.beginning(q, 500)))
    made.close()
