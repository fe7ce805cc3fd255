"""What is due is listed and can be subscribed to; a planned day that has passed is no outcome."""

from datetime import date

import pytest
from icalendar import Calendar


def due(server, **parameters):
    """Give the entries of a calendar by what they are about and their kind."""
    answer = server.client.get("/calendar", params=parameters)
    assert answer.status_code == 200, answer.text
    slugs = {item["what"]["id"].rpartition("/")[2]: item for item in answer.json()["items"]}
    return {(slug, item["kind"]): item for slug, item in slugs.items()}


def test_a_kind_that_there_is_not_is_refused_by_its_name(shipped):
    answer = shipped.client.get("/calendar?kind=event&kind=party")

    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("kind: Input should be 'scheduled end'")


TARIFF = ("us-additional-tariff-on-china-2025", "planned start")
TRUCE = ("us-china-trade-truce-2025", "scheduled end")


def truce_in(entries):
    return next(entry for (_, kind), entry in entries.items() if kind == "scheduled end")


def test_before_its_day_a_plan_is_still_to_come(shipped):
    entries = due(shipped, valid_at="2025-10-25", to="2025-12-31")

    assert entries[TARIFF]["day"] == {"date": "2025-11-01", "precision": "day"}
    assert not entries[TARIFF]["isOpen"]
    assert ("trump-xi-apec-2025", "event") in entries
    assert not truce_in(entries)["isOpen"]


def test_after_its_day_a_plan_stays_until_an_outcome_is_recorded(shipped):
    entries = due(shipped, valid_at="2025-11-20", to="2025-12-31")

    assert entries[TARIFF]["isOpen"]
    assert entries[TARIFF]["reading"].endswith("(threatened): start date passed, outcome unrecorded")
    assert truce_in(entries)["reading"].endswith("(in force): scheduled end passed, outcome unrecorded")
    assert ("trump-xi-apec-2025", "event") not in entries


def test_a_span_gives_what_lies_in_it(shipped):
    entries = due(shipped, **{"from": "2025-10-30", "to": "2025-11-01", "valid_at": "2025-11-20"})

    assert {kind for _, kind in entries} == {"event", "planned start"}
    assert {entry["day"]["date"] for entry in entries.values()} == {"2025-10-30", "2025-11-01"}


def test_kinds_can_be_chosen(shipped):
    entries = due(shipped, valid_at="2025-10-01", kind="planned start", to="2025-12-31")

    assert {kind for _, kind in entries} == {"planned start"}


def test_calendar_programs_can_subscribe(shipped):
    """RFC 5545: an entry for a day is an event of that whole day, and keeps its UID."""
    parameters = {"from": "2025-10-30", "to": "2025-11-10", "valid_at": "2025-11-05"}

    answer = shipped.client.get("/calendar.ics", params=parameters)

    assert answer.headers["content-type"].startswith("text/calendar")
    events = {str(event["uid"]): event for event in Calendar.from_ical(answer.content).walk("VEVENT")}
    tariff = events["planned-start:https://w3id.org/summitry/id/state/us-additional-tariff-2025-threatened"]
    assert (tariff.decoded("dtstart"), tariff.decoded("dtend")) == (date(2025, 11, 1), date(2025, 11, 2))
    assert "start date passed, outcome unrecorded" in str(tariff["description"])
    assert len(events) == shipped.client.get("/calendar", params=parameters).json()["total"]


def test_the_same_comes_by_negotiation(shipped):
    parameters = {"kind": "planned start", "valid_at": "2025-11-05", "to": "2025-12-31"}

    by_accept = shipped.client.get("/calendar", params=parameters, headers={"accept": "text/calendar"})

    assert by_accept.content == shipped.client.get("/calendar.ics", params=parameters).content


@pytest.mark.parametrize(
    "parameters",
    [
        {"from": "soon"},
        {"from": "2025-12-01", "to": "2025-11-01"},
        {"kind": "party"},
        {"valid_at": "2025-13-01"},
    ],
)
def test_what_is_no_span_is_refused(shipped, parameters):
    assert shipped.client.get("/calendar", params=parameters).status_code == 400
