"""A timeline has what involves an entity in the order of its dates, and says how sure each is and who says so."""

import pytest

from servers import Server
from summitry.terms import GRAPHS

ARTICLE = GRAPHS + "hawkinsight-trump-xi-apec"
DAYS = {"valid_at": "2025-10-29", "today": "2025-10-29"}


def ask(server: Server, entity: str, **parameters: str) -> dict:
    return server.client.get("/timeline", params={"entity": entity, **parameters}).json()


def told(server: Server, entity: str, **parameters: str) -> list[tuple[str, str, str]]:
    """Give day, kind and sureness of each entry that the article states."""
    items = [item for item in ask(server, entity, **parameters)["items"] if ARTICLE in item["graphs"]]
    return [(item["date"]["date"], item["kind"], item["sureness"]) for item in items]


def test_tenures_statements_and_events_stand_by_their_dates(shipped):
    """What is known roughly is possible from its first day on; what is planned is possible until it has passed."""
    assert told(shipped, "person:donald-trump", **DAYS) == [
        ("2025-01-01", "tenure", "possible"),
        ("2025-10-01", "statement", "possible"),
        ("2025-10-23", "statement", "certain"),
        ("2025-10-24", "event", "unrecorded"),
        ("2025-10-30", "event", "possible"),
    ]


def test_an_entry_says_what_it_is_and_who_says_so(shipped):
    items = ask(shipped, "person:donald-trump", **DAYS)["items"]
    tenure = next(item for item in items if item["kind"] == "tenure" and ARTICLE in item["graphs"])

    assert tenure["reading"] == "Donald Trump: President of the United States"
    assert (tenure["dated"], tenure["date"]["precision"], tenure["until"]) == ("from", "year", None)
    assert tenure["credence"]["label"] == "reported"
    assert {document["type"] for document in tenure["inDocument"]} == {"Document"}
    assert ARTICLE in tenure["graphs"]


def test_a_state_reads_as_it_stands_on_the_day_asked_about(shipped):
    """A status never changes because a date passed."""
    policy = "policy:us-additional-tariff-on-china-2025"

    before, after = (
        ask(shipped, policy, valid_at=day)["items"][0]["reading"] for day in ("2025-10-24", "2025-11-05")
    )

    assert before.endswith("threatened, would take effect on 2025-11-01")
    assert after.endswith("threatened, start date passed, outcome unrecorded")


def test_what_has_no_date_is_counted_and_not_guessed(shipped):
    trump = ask(shipped, "person:donald-trump")

    assert (trump["total"], trump["undated"]) == (len(trump["items"]), 13)


def test_a_timeline_is_narrowed_to_a_span_of_days(shipped):
    days = [
        day
        for day, _, _ in told(shipped, "person:donald-trump", **{"from": "2025-10-02", "to": "2025-10-24"})
    ]

    assert days == ["2025-10-23", "2025-10-24"]


def test_pages_are_of_one_revision(shipped):
    """What is recorded while a page is turned moves no entry: the next page is of the revision of the first."""
    whole = ask(shipped, "country:kr")["items"]
    first = ask(shipped, "country:kr", limit=str(len(whole) - 1))
    second = shipped.client.get(first["next"]).json()

    assert f"known_at={first['knownAt']}" in first["next"]
    assert first["items"] + second["items"] == whole
    assert second["next"] is None


def test_a_permalink_gives_the_same_again(shipped):
    first = ask(shipped, "country:cn")

    assert shipped.client.get(first["permalink"]).json()["items"] == first["items"]


@pytest.mark.parametrize(
    ("parameters", "status", "said"),
    [
        ({"entity": "nobody"}, 404, "no graph declares 'nobody'"),
        ({"entity": "> } UNION { ?s ?p ?o"}, 404, "no graph declares"),
        ({"entity": "country:us", "from": "soon"}, 400, "from: "),
        ({"entity": "country:us", "until": "2025-10-01"}, 400, "/timeline has no parameter 'until'"),
        ({"entity": "country:us", "limit": "1000"}, 400, "limit"),
        ({}, 400, "entity"),
    ],
)
def test_what_cannot_be_told_is_refused(shipped, parameters, status, said):
    answer = shipped.client.get("/timeline", params=parameters)

    assert (answer.status_code, said in answer.json()["detail"]) == (status, True)
