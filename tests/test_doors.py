"""The front doors over HTTP: each question that an app would ask of the shipped graph takes one call."""

import pytest
from pyoxigraph import RdfFormat, parse

from summitry.terms import ENTITIES
from summitry.usecases.doors import DOORS

XI = "/leaders/xi-jinping"
TARIFF = "/policies/us-additional-tariff-on-china-2025"
MEETING = "/meetings/trump-xi-apec-2025"
ARTICLE = "Trump and Xi Set to Meet at APEC Amid Escalating Trade and Tech Tensions"
NAMES = [door.name for door in DOORS]


def got(server, path, **headers):
    """Give the JSON at `path`."""
    answer = server.client.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def labels(refs):
    return [ref["label"] for ref in refs]


# The questions of the first document


def test_who_is_president_of_the_united_states(shipped):
    page = got(shipped, "/leaders?office=us-president&valid_at=2025-10-24")

    assert [(leader["label"], leader["tenures"][0]["sureness"]) for leader in page["items"]] == [
        ("Donald Trump", "certain")
    ]


def test_when_and_where_trump_and_xi_meet(shipped):
    """In the morning, Korean time; the city is unrecorded."""
    meeting = got(shipped, MEETING)

    assert meeting["starts"] == {"date": "2025-10-30", "precision": "morning"}
    assert (meeting["timeZone"], labels(meeting["location"])) == ("Asia/Seoul", ["South Korea"])


def test_who_confirmed_the_meeting(shipped):
    said = got(shipped, MEETING)["speechActs"]

    confirmed = [
        (labels(act["saidBy"]), act["saidOn"]["date"], labels(act["relayedBy"]))
        for act in said
        if act["type"] == "Confirmation"
    ]
    assert confirmed == [(["Karoline Leavitt"], "2025-10-23", ["Reuters"])]


def test_through_which_countries_the_trip_goes(shipped):
    programme = got(shipped, MEETING)["programme"]

    stops = [
        place for event in programme if event["type"] == "TripStop" for place in labels(event["location"])
    ]
    assert stops == ["Malaysia", "Japan", "South Korea"]


def test_which_leaders_trump_is_to_meet(shipped):
    page = got(shipped, "/meetings?participant=donald-trump&type=BilateralMeeting")

    met = {name for meeting in page["items"] for name in labels(meeting["participant"])}
    assert met == {"Donald Trump", "Anwar Ibrahim", "Sanae Takaichi", "Xi Jinping"}


def test_where_the_luncheon_is_according_to_whom(shipped):
    claims = got(shipped, "/meetings/apec-ceo-luncheon-2025")["claims"]

    (place,) = [claim for claim in claims if claim["property"] == "location"]
    assert (place["value"]["label"], place["credence"]["label"]) == ("Seoul", "disputed")
    assert labels(place["saidBy"]) == ["HawkInsight"]


def test_what_is_asked_first_and_by_whom(shipped):
    first = got(shipped, MEETING)["agendaItem"][0]

    assert (first["position"], first["topic"]["label"]) == (1, "fentanyl")
    assert first["raisedBy"]["label"] == "Donald Trump"


def test_when_the_truce_expires(shipped):
    (state,) = got(shipped, "/policies/us-china-trade-truce-2025?valid_at=2025-11-11")["hasState"]

    assert state["scheduledUntil"] == {"date": "2025-11-10", "precision": "day"}
    assert state["reading"] == "in force, scheduled end passed, outcome unrecorded"


def test_what_was_in_force_or_pending_on_a_day(shipped):
    """Of what the first document records; the tariff measures of the reference graph stand beside it."""
    policies = got(shipped, "/policies?valid_at=2025-11-05&limit=200")["items"]

    readings = {
        policy["label"]: (state["reading"], state["credence"]["label"])
        for policy in policies
        for state in policy["hasState"]
        if labels(state["inDocument"]) == [ARTICLE]
    }
    assert readings == {
        "trade truce of the United States and China": (
            "in force, scheduled to end on 2025-11-10",
            "reported",
        ),
        "additional tariff on imports from China": (
            "threatened, start date passed, outcome unrecorded",
            "reported",
        ),
        "China's wider export curbs on rare earths, October 2025": ("announced", "reported"),
        "US tariffs on Chinese goods justified by fentanyl": ("in force", "inferred"),
        "US export controls towards China": ("in force", "inferred"),
    }


def test_what_the_tariff_is_what_would_stop_it_and_what_provoked_it(shipped):
    tariff = got(shipped, TARIFF)

    (condition,) = tariff["hasState"][0]["condition"]
    curbs = "China's wider export curbs on rare earths, October 2025"
    assert tariff["rate"] == {"percent": 100.0, "basis": "additional"}
    assert condition["unless"] is True
    assert (condition["onPolicy"]["label"], condition["requiredStatus"]["label"]) == (curbs, "revoked")
    assert labels(tariff["inResponseTo"]) == [curbs]


# Lists


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
def test_each_example_of_a_filter_finds_something(shipped, door):
    day = "&valid_at=2025-11-05" if door.name == "leaders" else ""
    for known in door.filters:
        if known.example:
            assert got(shipped, f"/{door.name}?{known.name}={known.example}{day}")["total"] > 0, known.name


def test_next_leads_through_all_countries(shipped):
    seen, path = [], "/countries?limit=100&lang=fr"
    while path:
        page = got(shipped, path)
        seen += [country["id"] for country in page["items"]]
        path = page["next"]

    assert len(seen) == len(set(seen)) == page["total"] == 249


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("query", "help_"),
    [
        ("limi=1", "did you mean limit?"),
        ("limit=0", "limit: '0' is not a whole number from 1 to 200"),
        ("limit=201", "limit: '201' is not"),
        ("limit=٣", "limit: '٣' is not"),
        ("cursor=x", "cursor: 'x' is none that a list gave"),
        ("lang=no%20language", "lang: 'no language' is not a language tag"),
    ],
)
def test_a_bad_parameter_is_a_problem_that_says_what_it_may_be(shipped, name, query, help_):
    answer = shipped.client.get(f"/{name}?{query}")

    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert help_ in answer.json()["detail"]


# One entity


@pytest.mark.parametrize(
    ("suffix", "media", "form"),
    [(".ttl", "text/turtle", RdfFormat.TURTLE), (".jsonld", "application/ld+json", RdfFormat.JSON_LD)],
)
@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
def test_suffix_and_accept_give_the_same_linked_data(shipped, door, suffix, media, form):
    path = f"/{door.name}/{door.example}"

    by_suffix = shipped.client.get(path + suffix)
    by_accept = shipped.client.get(path, headers={"accept": media})

    assert by_suffix.headers["content-type"].partition(";")[0] == media
    assert by_suffix.content == by_accept.content
    subjects = {quad.subject.value for quad in parse(by_suffix.content, format=form)}
    assert f"{ENTITIES}{door.kinds[0]}/{door.example}" in subjects


def test_json_is_for_whoever_asks_for_nothing_else(shipped):
    plain = shipped.client.get(XI)
    by_suffix = shipped.client.get(XI + ".json", headers={"accept": "text/turtle"})

    assert plain.headers["content-type"] == "application/json"
    links = {"permalink": "", "citation": ""}
    assert plain.json() | links == by_suffix.json() | links


def test_a_form_that_is_not_on_offer_is_refused(shipped):
    answer = shipped.client.get(XI, headers={"accept": "image/png"})

    assert (answer.status_code, answer.headers["content-type"]) == (406, "application/problem+json")


@pytest.mark.parametrize(
    ("path", "help_"),
    [
        ("/leaders/us", "it is at /countries/us"),
        ("/leaders/karoline-leavitt", "person:karoline-leavitt is ap:Person"),
        ("/countries/atlantis", "/countries?name=… looks for"),
        ("/countries/%22%7D", "no graph declares"),
    ],
)
def test_what_is_not_there_is_a_problem_that_says_where_to_look(shipped, path, help_):
    answer = shipped.client.get(path)

    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert help_ in answer.json()["detail"]


def test_an_entity_says_where_it_has_what_it_says(shipped):
    country = got(shipped, "/countries/kr")

    (code,) = country["statements"]["iso2"]
    assert (code["value"]["value"], code["graphs"]) == ("KR", ["https://w3id.org/summitry/graph/countries"])
    assert country["href"] == "/countries/kr"
    assert "Countries and areas" in [source["title"] for source in country["sources"]]
    assert all(source["licenses"] for source in country["sources"])


# Languages and conditions


@pytest.mark.parametrize(
    ("query", "header", "label"),
    [
        ("", "", "South Korea"),
        ("?lang=fr", "", "République de Corée"),
        ("?lang=fr-CH", "", "République de Corée"),
        ("?lang=tlh", "", "South Korea"),
        ("", "es", "República de Corea"),
        ("", "tlh, fr;q=0.5, es;q=0.9", "República de Corea"),
        ("", "fr;q=0, *", "South Korea"),
        ("", ";;q=,,fr;q=2, %", "South Korea"),
        ("?lang=fr", "es", "République de Corée"),
    ],
)
def test_labels_come_in_the_language_asked_for(shipped, query, header, label):
    """RFC 9110 §12.5.4; the parameter goes before the header, English is the last resort."""
    assert got(shipped, f"/countries/kr{query}", **{"accept-language": header})["label"] == label


@pytest.mark.parametrize("path", ["/countries", XI, XI + ".ttl", "/policies?valid_at=2025-11-05"])
def test_what_the_client_has_already_is_not_sent_again(shipped, path):
    """RFC 9110 §13.1.2. The tag is of a revision, a form, a language and a day."""
    first = shipped.client.get(path)
    again = shipped.client.get(path, headers={"if-none-match": first.headers["etag"]})
    other = shipped.client.get(
        path, headers={"if-none-match": first.headers["etag"], "accept-language": "fr"}
    )

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert other.status_code == 200
    assert {"Accept", "Accept-Language"} <= set(first.headers["vary"].split(", "))


def test_a_condition_does_not_hide_an_error(shipped):
    tag = shipped.client.get(XI).headers["etag"]

    for path in ("/leaders/nobody", "/leaders?valid_at=never"):
        assert shipped.client.get(path, headers={"if-none-match": tag}).status_code in (400, 404)
