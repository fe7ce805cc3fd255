"""Lists behind the front doors: their orders, facets and forms; what is kept from one revision to the next is exact."""

import csv
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from io import StringIO
from random import Random
from threading import Barrier
from time import sleep

import pytest
from pyoxigraph import Literal, RdfFormat, parse

from contract import entity, make, quads, rounds, with_ontology
from scenes import STATE, random_change
from servers import running
from summitry.model import Changeset, Commit
from summitry.settings import Settings
from summitry.store.embedded import EmbeddedStore
from summitry.terms import ENTITIES, GRAPHS, LABEL, is_source
from summitry.usecases import facets, listing, lookup
from summitry.usecases.context import Context
from summitry.usecases.doors import COUNTRIES, DOORS, LEADERS, ORGANIZATIONS, POLICIES
from summitry.usecases.facts import Remembered
from summitry.usecases.kept import Kept
from summitry.usecases.views import VIEWS

TODAY = date(2025, 11, 5)
COMMIT = Commit("curator", "for a test")
BY_DOOR = pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)


def got(server, path, **headers):
    answer = server.client.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer


def all_items(server, path):
    """Give the items of all pages."""
    found = []
    while path:
        page = got(server, path).json()
        found += page["items"]
        path = page["next"]
    return found


# What is kept


def seen(context: Context) -> list[object]:
    """Give the keys of each list in each order, its first page, and each count."""
    found: list[object] = []
    for door in DOORS:
        for sort in door.orders:
            query = listing.understand(door, {}, context, sort=sort)
            found.append((door.name, sort, list(listing.matching(query))))
        plain = listing.understand(door, {}, context)
        found += [listing.page(plain), facets.counted(plain, door.facets)]
        if door.valid_at:
            asked = replace(context, valid_at=TODAY)
            found.append(list(listing.matching(listing.understand(door, {}, asked))))
        if "name" in {known.name for known in door.filters}:
            found.append(list(listing.matching(listing.understand(door, {"name": ["a"]}, context))))
    for iri in ("country/us", "country/cn", "organization/club"):
        view = VIEWS["organizations" if "club" in iri else "countries"]
        found.append(lookup.describe(view, entity(iri), context))
    return found


@pytest.mark.parametrize("seed", rounds("SUMMITRY_LIST_SEEDS", 3))
def test_what_is_kept_and_mended_is_what_would_be_read_anew(seed):
    """Orders, counts and links follow the changes; after any of them they are those of the graph as it is."""
    random, copied = Random(seed), with_ontology()
    store, kept = EmbeddedStore(), Kept()
    store.commit(Changeset(frozenset(copied)), COMMIT, expected=0)
    change = make(copied, Changeset(quads(STATE)))
    store.commit(change, COMMIT, expected=1)

    for _ in range(6):
        mended = seen(Context(store, ENTITIES, TODAY, kept=kept))
        assert mended == seen(Context(store, ENTITIES, TODAY))
        held = {quad for quad in copied if is_source(quad.graph_name)}
        store.commit(make(copied, random_change(random, held)), COMMIT, expected=store.head())
    store.close()


@pytest.mark.parametrize(
    ("door", "added"),
    [
        (LEADERS, 'tenure:bob ap:until "2025-06-01"^^xsd:date .'),
        (LEADERS, "office:chair a ap:LeadershipOffice ."),
        (COUNTRIES, 'tenure:bob ap:until "2025-06-01"^^xsd:date .'),
        (ORGANIZATIONS, 'tenure:eve ap:until "2025-06-01"^^xsd:date .'),
        (POLICIES, 'state:pact ap:until "2025-10-25"^^xsd:date .'),
    ],
)
def test_a_kept_list_follows_a_change_of_a_node_that_does_not_mention_what_is_listed(door, added):
    """The end of a tenure mentions neither the holder nor the country or the body whose office it is."""
    store, kept, copied = EmbeddedStore(), Kept(), with_ontology()
    chair = """office:chair a ap:Office ; rdfs:label "chair"@en ; ap:ofBody organization:club .
        tenure:eve a ap:Tenure ; ap:holder person:ann ; ap:office office:chair ."""
    store.commit(Changeset(frozenset(copied)), COMMIT, expected=0)
    store.commit(make(copied, Changeset(quads(STATE + chair))), COMMIT, expected=1)

    def shown(kept: Kept) -> listing.Page:
        return listing.page(listing.understand(door, {}, Context(store, ENTITIES, TODAY, TODAY, kept=kept)))

    before = shown(kept)
    store.commit(make(copied, Changeset(quads(added))), COMMIT, expected=2)

    assert shown(kept) == shown(Kept()) != before
    store.close()


def test_what_is_remembered_of_resources_is_bounded_and_the_last_asked_for_stays():
    """That nothing is said of something counts too: names can be made up without end."""
    one, other, third = map(entity, ("topic/one", "topic/other", "topic/third"))
    said = [(LABEL, Literal("one"))]
    remembered = Remembered({one: said, other: []}, most=3)

    assert remembered.of([one]) == {one: said}
    remembered.add({third: []})

    assert remembered.of([one, other, third]) == {one: said, third: []}
    assert remembered.without({one}).of([one, third]) == {third: []}


def test_what_several_ask_for_at_once_is_made_once():
    store, kept = EmbeddedStore(), Kept()
    made, asked = [], Barrier(4)

    def make_slowly() -> list[int]:
        made.append(1)
        sleep(0.1)
        return made

    def ask(_: int) -> list[int]:
        asked.wait()
        return kept.get(store, "key", make_slowly)

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(ask, range(4)))

    assert (made, found) == ([1], [[1]] * 4)
    store.close()


def test_what_could_not_be_made_is_made_by_the_next_who_asks():
    store, kept = EmbeddedStore(), Kept()

    with pytest.raises(ZeroDivisionError):
        kept.get(store, "key", lambda: [1 / 0])

    assert kept.get(store, "key", lambda: [1]) == [1]
    store.close()


def test_what_is_kept_is_bounded():
    store, kept = EmbeddedStore(), Kept(cells=10)
    context = Context(store, ENTITIES, TODAY)
    made = []

    for key in (1, 2, 3, 1):
        kept.get(context.reader, key, lambda key=key: made.append(key) or [key] * 4)

    assert made == [1, 2, 3, 1]
    store.close()


# Orders


@BY_DOOR
def test_every_order_holds_everything_once_whatever_the_pages(shipped, door):
    everything = "&valid_at=any" if door.valid_at else ""
    total = got(shipped, f"/{door.name}?limit=1{everything}").json()["total"]

    for sort in door.orders:
        items = all_items(shipped, f"/{door.name}?limit=125&sort={sort}&fields=id{everything}")
        assert len({item["id"] for item in items}) == len(items) == total, sort


def test_meetings_are_sorted_by_their_beginning(shipped):
    days = [
        [
            item["starts"]["date"]
            for item in got(shipped, f"/meetings?sort={sort}").json()["items"]
            if item["starts"]
        ]
        for sort in ("starts", "-starts")
    ]

    assert days == [["2025-10-20", "2025-10-30"], ["2025-10-30", "2025-10-20"]]


def test_a_page_of_any_order_turned_while_others_write_loses_and_doubles_nothing():
    """What comes before the cursor, or goes, moves nothing that comes after it."""
    draft = "/graphs?graph=https://w3id.org/summitry/graph/draft&message=m"
    head = (
        "@prefix ap: <https://w3id.org/summitry/ns#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . "
        "@prefix country: <https://w3id.org/summitry/id/country/> . "
    )

    def put(server, codes):
        text = "".join(
            f'country:{c} a ap:Country ; rdfs:label "{c}"@en ; ap:iso2 "{c.upper()}" . ' for c in codes
        )
        headers = {**server.bearer, "content-type": "text/turtle"}
        assert server.client.put(draft, content=head + text, headers=headers).is_success

    with running(Settings(port=0, empty=True)) as server:
        put(server, ["ba", "bb", "bd", "be", "bf"])
        first = got(server, "/countries?sort=-iso2&limit=2").json()
        put(server, ["ba", "bb", "bd", "bg", "bh"])  # the cursor's own is gone, and two came before it
        rest = all_items(server, first["next"])

    assert [item["iso2"] for item in first["items"]] == ["BF", "BE"]
    assert [item["iso2"] for item in rest] == ["BD", "BB", "BA"]


@pytest.mark.parametrize(("sort", "best"), [("ratePercent", min), ("-ratePercent", max)])
def test_policies_are_sorted_by_rates_of_their_states_too(shipped, sort, best):
    """Most rates are of a phase; of several the least counts, the other way round the greatest."""
    items = all_items(shipped, f"/policies?sort={sort}&limit=20")

    rates = [[part["rate"]["percent"] for part in (i, *i["hasState"]) if part["rate"]] for i in items]
    counted = [best(some) for some in rates if some]
    assert counted == sorted(counted, reverse=best is max)
    assert len(counted) > 40
    assert not any(rates[len(counted) :])


def test_the_leaders_who_came_last_are_first_whatever_they_were_before(shipped):
    """Donald Trump came in 2017 and in 2025."""
    items = all_items(shipped, "/leaders?sort=-from&limit=200&valid_at=2026-02-15")

    came = {
        item["label"]: max((t["from"]["date"] for t in item["tenures"] if t["from"]), default="")
        for item in items
    }
    assert came["Donald Trump"].startswith("2025")
    assert list(came.values()) == sorted(came.values(), reverse=True)


# Facets, members, what is embedded


@BY_DOOR
@pytest.mark.parametrize("day", ["any", "2025-11-05"])
def test_each_facet_counts_what_the_filter_of_its_name_finds(shipped, door, day):
    filters = {known.name for known in door.filters}
    for facet in door.facets:
        (counted,) = got(shipped, f"/{door.name}?facets={facet.name}&valid_at={day}").json()["facets"]
        for value in counted["values"] if facet.name in filters else ():
            name = value["value"].get("id") or value["value"]["value"]
            name = name.rpartition("#")[2] if "#" in name else name
            found = got(shipped, f"/{door.name}?{facet.name}={name}&valid_at={day}&limit=1").json()
            assert found["total"] == value["count"] > 0, (facet.name, name)


def test_a_facet_is_counted_over_all_pages_of_what_fits(shipped):
    page = got(shipped, "/policies?facets=status,imposedBy&imposedBy=us&limit=1").json()

    counts = {
        facet["name"]: {v["value"]["label"]: v["count"] for v in facet["values"]} for facet in page["facets"]
    }
    assert counts["imposedBy"] == {"United States": page["total"]}
    assert counts["status"]["threatened"] == 1


def test_fields_leave_the_rest_out(shipped):
    items = got(shipped, "/countries?fields=iso2,href&iso2=KR").json()["items"]

    assert items == [{"id": ENTITIES + "country/kr", "iso2": "KR", "href": "/countries/kr"}]


def test_include_embeds_what_the_items_and_their_parts_lead_to(shipped):
    page = got(shipped, "/leaders?valid_at=2025-10-30&office=us-president&include=office").json()

    (card,) = page["included"]
    assert (card["id"], card["type"]) == (ENTITIES + "office/us-president", "LeadershipOffice")
    assert card["statements"]["ofCountry"][0]["value"]["label"] == "United States"


@pytest.mark.parametrize(
    ("path", "help_"),
    [
        ("/policies?sort=name", "sort: 'name' is no order of the policies"),
        ("/meetings?from=2025-11-01&to=2025-10-01", "to: 2025-10-01 is before 2025-11-01"),
        ("/timeline?entity=country:us&from=2025-11-01&to=2025-10-01", "to: 2025-10-01 is before 2025-11-01"),
        ("/leaders?country=US", "declares no country 'US'; did you mean us? write"),
        ("/leaders?country=USA", "did you mean us?"),
        ("/policies?commodity=8517", "did you mean hs-8517?"),
        ("/countries?memberOf=APEC", "did you mean apec?"),
        ("/policies?facets=stat", "did you mean status?"),
        ("/topics?facets=status", "facets: 'status' is no facet of the topics"),
        ("/policies?fields=imposedby", "did you mean imposedBy?"),
        ("/policies?include=imposedBys", "did you mean imposedBy?"),
        ("/policies?include=label,", "include: a word of it is empty"),
        ("/policies?cursor=bGFiZWwKCmEKYg&sort=-label", "it is of the order 'label' and not '-label'"),
        ("/policies.csv?limit=2001", "limit: '2001' is not a whole number from 1 to 2000"),
    ],
)
def test_a_parameter_that_cannot_be_is_a_problem_that_says_what_it_may_be(shipped, path, help_):
    answer = shipped.client.get(path)

    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert help_ in answer.json()["detail"]


# Forms


@BY_DOOR
def test_a_list_as_csv_has_a_row_for_each_item_in_the_same_order(shipped, door):
    """RFC 4180: a header line, and as many cells in each row."""
    by_suffix = got(shipped, f"/{door.name}.csv?limit=50")
    by_accept = got(shipped, f"/{door.name}?limit=50", accept="text/csv")

    rows = list(csv.DictReader(StringIO(by_suffix.text, newline="")))
    assert by_suffix.content == by_accept.content
    assert by_suffix.headers["content-type"] == "text/csv; charset=utf-8"
    assert [row["id"] for row in rows] == [
        item["id"] for item in got(shipped, f"/{door.name}").json()["items"]
    ]
    assert all(None not in row and None not in row.values() for row in rows)


def test_csv_gives_references_by_name_and_label_and_dates_as_far_as_known(shipped):
    path = "/policies.csv?imposedBy=cn&type=ExportControl&fields=imposedBy,hasState"
    (row,) = csv.DictReader(StringIO(got(shipped, path).text, newline=""))

    assert (row["imposedBy"], row["imposedBy.label"]) == ("country:cn", "China")
    assert (row["hasState.from"], row["hasState.reading"]) == ("2025-10", "announced")
    assert "targets" not in row


def test_csv_holds_no_formula_that_a_spreadsheet_would_run(server):
    """Names come from whoever writes; numbers may be negative."""
    text = (
        "PREFIX ap: <https://w3id.org/summitry/ns#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
        'PREFIX topic: <https://w3id.org/summitry/id/topic/> topic:sum a ap:Topic ; rdfs:label "=1+1, \\"x\\""@en .'
    )
    headers = {**server.bearer, "content-type": "text/turtle"}
    assert server.client.put(f"/graphs?graph={GRAPHS}sum", content=text, headers=headers).is_success

    (row,) = csv.DictReader(StringIO(got(server, "/topics.csv?name=1%2B1").text, newline=""))

    assert row["label"] == '\'=1+1, "x"'


@pytest.mark.parametrize(("suffix", "form"), [(".ttl", RdfFormat.TURTLE), (".jsonld", RdfFormat.JSON_LD)])
@BY_DOOR
def test_a_list_as_linked_data_states_each_item(shipped, door, suffix, form):
    answer = got(shipped, f"/{door.name}{suffix}?limit=50")

    subjects = {quad.subject.value for quad in parse(answer.content, format=form)}
    assert {item["id"] for item in got(shipped, f"/{door.name}").json()["items"]} <= subjects


def test_the_header_link_leads_to_the_next_page_in_every_form(shipped):
    first = got(shipped, "/countries.csv?limit=130&fields=iso2")

    second = got(shipped, first.headers["link"].partition(">")[0].lstrip("<"))

    assert first.headers["link"].endswith('rel="next"')
    assert "link" not in second.headers
    assert len(first.text.splitlines()) + len(second.text.splitlines()) == 249 + 2


def test_there_is_no_other_form(shipped):
    assert shipped.client.get("/countries.exe").status_code == 404
    assert shipped.client.get("/countries", headers={"accept": "image/png"}).status_code == 406


# More doors, and what has none


def test_who_was_a_member_on_a_day(shipped):
    members = all_items(shipped, "/countries?memberOf=apec&fields=iso2&limit=200")

    assert len(members) == 21
    assert {"KR", "HK", "US"} <= {country["iso2"] for country in members}


def test_nobody_is_listed_as_a_member_before_that_is_recorded(shipped):
    """APEC is of 1989; the memberships are observed in February 2026."""
    for path in ("/countries?memberOf=apec", "/organizations?member=us"):
        assert got(shipped, f"{path}&valid_at=2026-02-01").json()["total"] > 10
        assert got(shipped, f"{path}&valid_at=1960-01-01").json()["total"] == 0


def test_observers_and_partners_are_no_members(shipped):
    """The United States is a partner of ASEAN and an observer of SAARC."""
    organizations = {item["label"] for item in all_items(shipped, "/organizations?member=us")}
    members = {item["iso2"] for item in all_items(shipped, "/countries?memberOf=asean")}

    assert "Asia-Pacific Economic Cooperation" in organizations
    assert not organizations & {"ASEAN", "SAARC", "Pacific Alliance"}
    assert "MY" in members
    assert "US" not in members


def test_an_organization_shows_its_members_and_how_sure_that_is(shipped):
    page = got(shipped, "/organizations/apec?valid_at=2026-02-15").json()

    members = {row["member"]["label"]: (row["kind"], row["sureness"]) for row in page["memberships"]}
    assert members["South Korea"] == ("member", "possible")


def test_what_somebody_said_about_a_meeting(shipped):
    (said,) = got(shipped, "/statements?saidBy=karoline-leavitt&about=trump-xi-apec-2025").json()["items"]

    assert (said["type"], said["saidOn"]["date"]) == ("Confirmation", "2025-10-23")


def test_measures_on_a_heading_are_found_by_what_it_includes_and_by_what_includes_it(shipped):
    found = [
        {item["id"] for item in got(shipped, f"/policies?commodity={code}&fields=id").json()["items"]}
        for code in ("hs-28", "hs-2846")
    ]

    assert found[0] == found[1] == {ENTITIES + "policy/cn-rare-earth-export-curbs-2025"}


@pytest.mark.parametrize(
    ("iri", "page"),
    [
        ("country/kr", "/countries/kr"),
        ("person/xi-jinping", "/leaders/xi-jinping"),
        ("person/karoline-leavitt", "/entities/person/karoline-leavitt"),
        ("meeting/trump-xi-apec-2025", "/meetings/trump-xi-apec-2025"),
        ("trip/trump-asia-2025", "/events/trip:trump-asia-2025"),
        (
            "state/us-additional-tariff-2025-threatened",
            "/entities/state/us-additional-tariff-2025-threatened",
        ),
        ("statement/leavitt-confirms-meeting", "/statements/leavitt-confirms-meeting"),
        ("status/in-force", "/entities/status/in-force"),
    ],
)
def test_an_iri_leads_to_the_page_about_what_it_names(shipped, iri, page):
    """303: it is not itself a document. In the form that the client accepts."""
    plain = shipped.client.get(f"/id/{iri}")
    as_turtle = shipped.client.get(f"/id/{iri}", headers={"accept": "text/turtle"})

    assert (plain.status_code, plain.headers["location"]) == (303, page)
    assert as_turtle.headers["location"] == page + ".ttl"
    assert "Accept" in plain.headers["vary"]
    assert got(shipped, page).json()["id"] == ENTITIES + iri
    about = {q.subject.value for q in parse(got(shipped, page + ".ttl").content, format=RdfFormat.TURTLE)}
    assert ENTITIES + iri in about


@pytest.mark.parametrize(
    "path", ["/id/country/atlantis", "/entities/tenure/none", "/id/a%20b/%22%7D", "/id/x/y"]
)
def test_what_nobody_declares_leads_nowhere(shipped, path):
    answer = shipped.client.get(path)

    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


@pytest.mark.parametrize("path", ["/policies.csv", "/entities/city/seoul", "/claims", "/offices.ttl"])
def test_every_read_has_a_tag_and_answers_head(shipped, path):
    """RFC 9110 §9.3.2 and §13.1.2."""
    whole = got(shipped, path)
    head = shipped.client.head(path)
    again = shipped.client.get(path, headers={"if-none-match": whole.headers["etag"]})

    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", whole.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")


NASTY = ['"', "<x>", "\\", "}", "UNDEF", "\x00", "' OR 1=1", "\u202e", "%0a", "é" * 2000]


@pytest.mark.parametrize("text", NASTY)
def test_nothing_that_a_client_sends_is_an_error_of_the_server(shipped, text):
    for door in DOORS:
        for name in [
            *(known.name for known in door.filters),
            "sort",
            "facets",
            "fields",
            "include",
            "cursor",
            "today",
        ]:
            answer = shipped.client.get(f"/{door.name}", params={name: text})
            assert answer.status_code in (200, 400), (door.name, name, answer.text)
