"""How entities hang together is told in sentences, and where the record disagrees in claims."""

import pytest

ARTICLE = "https://w3id.org/summitry/graph/hawkinsight-trump-xi-apec"


def got(server, path, **parameters):
    answer = server.client.get(path, params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_two_leaders_are_connected_by_their_meeting(shipped):
    ways = got(shipped, "/paths", **{"from": "xi-jinping", "to": "donald-trump"})["ways"]

    assert {len(way["steps"]) for way in ways} == {2}
    assert any("meeting of Donald Trump and Xi Jinping" in way["sentence"] for way in ways)
    assert all(step["graphs"] for way in ways for step in way["steps"])


def test_a_way_is_the_same_from_either_end(shipped):
    there = got(shipped, "/paths", **{"from": "xi-jinping", "to": "karoline-leavitt"})["ways"]
    back = got(shipped, "/paths", **{"from": "karoline-leavitt", "to": "xi-jinping"})["ways"]

    def statements(way):
        return frozenset(
            (step["subject"]["id"], step["link"]["id"], step["object"]["id"]) for step in way["steps"]
        )

    assert {statements(way) for way in there} == {statements(way) for way in back} != set()


def test_a_way_goes_on_where_the_step_before_ended(shipped):
    [way, *_] = got(shipped, "/paths", **{"from": "xi-jinping", "to": "karoline-leavitt"})["ways"]

    place = "https://w3id.org/summitry/id/person/xi-jinping"
    for step in way["steps"]:
        ends = [step["subject"]["id"], step["object"]["id"]]
        assert place in ends
        place = next(end for end in ends if end != place)
    assert place == "https://w3id.org/summitry/id/person/karoline-leavitt"


def test_ways_that_are_too_long_are_none(shipped):
    answer = got(shipped, "/paths", **{"from": "xi-jinping", "to": "karoline-leavitt", "length": 1})

    assert (answer["ways"], answer["isComplete"]) == ([], True)


def test_more_ways_than_are_shown_are_said_to_be_left_out(shipped):
    """The United States imposed more than twenty measures on China, each of them a way."""
    answer = got(shipped, "/paths", **{"from": "us", "to": "cn"})

    assert (len(answer["ways"]), answer["isComplete"]) == (5, False)


def test_neighbours_are_linked_in_either_direction(shipped):
    answer = got(shipped, "/neighbours", entity="trump-xi-apec-2025", limit=200)

    links = {(step["link"]["label"], step["object"]["label"]) for step in answer["items"]}
    assert ("has participant", "Xi Jinping") in links
    assert any(label == "about" for label, _ in links)
    assert answer["total"] == len(answer["items"])


def test_the_document_contradicts_itself_about_the_day(shipped):
    """Competency question 20."""
    found = got(shipped, "/conflicts", about="trump-xi-apec-2025")["items"]

    [conflict] = [item for item in found if item["property"] == "starts"]
    assert len(conflict["claims"]) == 2
    assert [fact["value"]["value"] for fact in conflict["facts"]] == ["2025-10-30"]
    assert conflict["facts"][0]["graphs"] == [ARTICLE]


@pytest.mark.parametrize(
    ("path", "parameters", "status"),
    [
        ("/paths", {"from": "xi-jinping", "to": "xi-jinping"}, 400),
        ("/paths", {"from": "xi-jinping", "to": "nobody-at-all"}, 404),
        ("/paths", {"from": "xi-jinping"}, 400),
        ("/neighbours", {"entity": "nobody-at-all"}, 404),
        ("/neighbours", {"entity": "<>:bad"}, 404),
        ("/conflicts", {"about": "nobody-at-all"}, 404),
    ],
)
def test_what_is_not_there_is_said(shipped, path, parameters, status):
    assert shipped.client.get(path, params=parameters).status_code == status
