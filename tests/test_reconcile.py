"""OpenRefine and its kind match names to entities, by both versions of the Reconciliation Service API.

The models are written from the specifications: CG-FINAL-specs-0.2-20230410 and the 1.0 draft.
"""

import json
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, RootModel, ValidationError
from pydantic.alias_generators import to_camel

from summitry.terms import GRAPHS

ROOT = "/reconcile"
DRAFT = "/reconcile/1.0"


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Type(Strict):
    id: str
    name: str


class Feature(Strict):
    """§5.2 of 0.2; the draft wants a name too."""

    id: str
    value: float | bool
    name: Annotated[str, Field(min_length=1)] | None = None


class Candidate(Strict):
    id: str
    name: str
    description: str
    score: Annotated[float, Field(ge=0, le=100)]
    match: bool
    type: list[Type]
    features: list[Feature]


class Result(Strict):
    result: list[Candidate]


Batch = RootModel[dict[str, Result]]


class Candidates(Strict):
    candidates: list[Candidate]


class Results(Strict):
    results: list[Candidates]


class Suggestion(Strict):
    id: str
    name: str
    description: str = ""
    notable: list[Type] = []


class Suggestions(Strict):
    result: list[Suggestion]


class Entity(Strict):
    id: str
    name: str


class Text(Strict):
    str: str


class Integer(Strict):
    int: int


class Float(Strict):
    float: float


class Date(Strict):
    date: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$")]


Values = list[Entity | Text | Integer | Float | Date]


class Extension(Strict):
    meta: list[Type]
    rows: dict[str, dict[str, Values]]


class Property(Strict):
    id: str
    values: Values


class Row(Strict):
    id: str
    properties: list[Property]


class DraftExtension(Strict):
    meta: list[Type]
    rows: list[Row]


class Place(Strict):
    service_url: Annotated[str, Field(pattern="^https?://")]
    service_path: Annotated[str, Field(pattern="^/")]


class Manifest(BaseModel):
    """§4.1 of 0.2."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel)

    versions: list[Literal["0.2"]]
    name: str
    identifier_space: str
    schema_space: str
    documentation: str
    service_version: str
    batch_size: int
    default_types: list[Type]
    view: dict[Literal["url"], Annotated[str, Field(pattern=r"\{\{id\}\}")]]
    preview: dict[Literal["url", "width", "height"], str | int]
    suggest: dict[Literal["entity", "property", "type"], Place]
    extend: dict[Literal["propose_properties", "property_settings"], Place | list]


def batch(server, queries, **headers):
    """Give the results of a batch by version 0.2, sent as OpenRefine sends it."""
    answer = server.client.post(ROOT, data={"queries": json.dumps(queries)}, headers=headers)
    assert answer.status_code == 200, answer.text
    return Batch.model_validate_json(answer.content).root


def best(server, query, **headers):
    """Give the best candidate."""
    return batch(server, {"q0": query}, **headers)["q0"].result[0]


def test_the_manifest_is_as_specified_and_its_addresses_answer(shipped):
    manifest = Manifest.model_validate_json(shipped.client.get(ROOT).content)

    for kind, place in manifest.suggest.items():
        found = shipped.client.get(f"{place.service_url}{place.service_path}", params={"prefix": "co"})
        assert Suggestions.model_validate_json(found.content).result, kind
    preview = shipped.client.get(str(manifest.preview["url"]).replace("{{id}}", "country/us"))
    assert "United States" in preview.text
    proposals = manifest.extend["propose_properties"]
    proposed = shipped.client.get(
        f"{proposals.service_url}{proposals.service_path}", params={"type": "Country"}
    )
    assert {"id": "iso2", "name": "two-letter code"} in proposed.json()["properties"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"query": "Xi, Jinping"}, "person/xi-jinping"),
        ({"query": "United States", "type": "Country"}, "country/us"),
        ({"query": "大韩民国", "type": "Country"}, "country/kr"),
        ({"query": "Российская Федерация"}, "country/ru"),
        ({"query": "US president", "type": "Person"}, "person/donald-trump"),
        ({"query": "president of China", "type": ["Person"]}, "person/xi-jinping"),
        ({"query": "president of China", "type": "Leader"}, "person/xi-jinping"),
        ({"query": "Xi Jinping", "type": "Leader"}, "person/xi-jinping"),
        ({"query": "United States", "type": ["Person", "Country"]}, "country/us"),
        ({"type": "Economy", "properties": [{"pid": "iso2", "v": "KR"}]}, "country/kr"),
        ({"query": "Korea", "properties": [{"pid": "iso2", "v": "KR"}]}, "country/kr"),
        ({"query": "Korea", "properties": [{"pid": "iso2", "v": "KP"}]}, "country/kp"),
        (
            {"query": "Trump", "properties": [{"pid": "country", "v": {"id": "country/us"}}]},
            "person/donald-trump",
        ),
        (
            {"query": "Trump", "properties": [{"pid": "country", "v": ["France", "美国"]}]},
            "person/donald-trump",
        ),
    ],
)
def test_the_best_candidate_is_what_is_meant(shipped, query, expected):
    assert best(shipped, query).id == expected


@pytest.mark.parametrize(("day", "found"), [("2025-10-30", 1), ("1900-01-01", 0)])
def test_an_office_means_who_holds_it_on_the_day(shipped, day, found):
    query = {"query": "president of China", "type": "Person", "properties": [{"pid": "validAt", "v": day}]}

    candidates = batch(shipped, {"q0": query})["q0"].result

    assert [c.id for c in candidates if c.features[0].id == "office"] == ["person/xi-jinping"][:found]


@pytest.mark.parametrize("prefix", ["date", "valid"])
def test_the_day_of_an_office_is_suggested_as_a_property(shipped, prefix):
    answer = shipped.client.get(f"{ROOT}/suggest/property", params={"prefix": prefix})

    assert "validAt" in [found.id for found in Suggestions.model_validate_json(answer.content).result]


@pytest.mark.parametrize("blank", ["", "   "])
def test_a_blank_cell_has_no_candidates_and_spares_the_batch(shipped, blank):
    results = batch(shipped, {"blank": {"query": blank, "type": "Country"}, "full": {"query": "France"}})

    assert results["blank"].result == []
    assert results["full"].result[0].id == "country/fr"


def test_only_what_stands_alone_is_a_match(shipped):
    results = batch(shipped, {"sure": {"query": "France", "type": "Country"}, "unsure": {"query": "Korea"}})

    assert results["sure"].result[0].match
    assert not any(candidate.match for candidate in results["unsure"].result)


def test_each_candidate_says_what_speaks_for_it(shipped):
    query = {"query": "South Korea", "properties": [{"pid": "iso2", "v": "KP"}]}

    features = {feature.id: feature.value for feature in best(shipped, query).features}

    assert features == {"name": 100.0, "property:iso2": 0.0}


def test_names_are_in_the_language_asked_for(shipped):
    assert best(shipped, {"query": "South Korea"}, **{"accept-language": "fr"}).name == "République de Corée"


def test_values_extend_a_table(shipped):
    wanted = {
        "ids": ["country/kr", "person/xi-jinping", "policy/us-additional-tariff-on-china-2025"],
        "properties": [{"id": "iso2"}, {"id": "office"}, {"id": "ratePercent"}],
    }

    rows = Extension.model_validate_json(
        shipped.client.post(ROOT, data={"extend": json.dumps(wanted)}).content
    ).rows

    assert rows["country/kr"] == {"iso2": [Text(str="KR")], "office": [], "ratePercent": []}
    assert rows["person/xi-jinping"]["office"] == [
        Entity(id="office/cn-president", name="President of China")
    ]
    assert rows["policy/us-additional-tariff-on-china-2025"]["ratePercent"] == [Integer(int=100)]


def test_the_draft_says_the_same_in_its_own_words(shipped):
    manifest = shipped.client.get(DRAFT).json()
    conditions = [
        {"matchType": "name", "propertyValue": "Korea"},
        {"matchType": "property", "propertyId": "iso2", "propertyValue": "KP", "required": True},
    ]
    negative = [
        {"matchType": "name", "propertyValue": "Korea"},
        {
            "matchType": "property",
            "propertyId": "iso2",
            "propertyValue": ["KP", "XX"],
            "matchQuantifier": "none",
            "required": True,
        },
    ]
    queries = [
        {"type": "Country", "conditions": conditions},
        {"type": "Country", "conditions": negative},
        {"conditions": [{"matchType": "id", "propertyValue": "country/fr"}]},
    ]

    answer = shipped.client.post(f"{DRAFT}/match", json={"queries": queries})

    assert (manifest["versions"], manifest["standardizedScore"]) == (["1.0-draft"], True)
    results = Results.model_validate_json(answer.content).results
    assert [result.candidates[0].id for result in results] == ["country/kp", "country/kr", "country/fr"]
    assert all(feature.name for result in results for c in result.candidates for feature in c.features)


def test_the_draft_extends_row_by_row(shipped):
    wanted = {"ids": ["country/kr"], "properties": [{"id": "iso3"}]}

    answer = DraftExtension.model_validate_json(shipped.client.post(f"{DRAFT}/extend", json=wanted).content)

    assert answer.rows == [Row(id="country/kr", properties=[Property(id="iso3", values=[Text(str="KOR")])])]


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        ({"queries": "{"}, "queries"),
        ({"queries": '{"q0": {}}'}, "needs a name or a property"),
        ({"queries": '{"q0": {"query": "a", "type": "Cuntry"}}'}, "did you mean Country"),
        (
            {"queries": '{"q0": {"query": "a", "properties": [{"pid": "validAt", "v": "May"}]}}'},
            "is not a day",
        ),
        ({"queries": json.dumps({"q0": {"query": "a" * 301}})}, "more than 300"),
        ({"queries": json.dumps({f"q{n}": {"query": "a"} for n in range(51)})}, "50 queries at most"),
        ({"extend": '{"ids": ["<>://"], "properties": []}'}, "no identifier"),
        ({}, "'queries' or 'extend'"),
    ],
)
def test_what_cannot_be_matched_is_refused_in_words(shipped, data, detail):
    answer = shipped.client.post(ROOT, data=data)

    assert answer.status_code == 400
    assert detail in answer.json()["detail"]


DECISION = {"decisions": [{"id": "organization/guild-of-glaziers", "name": "Glass Workers", "lang": "en"}]}
GUILD = """
    @prefix ap: <https://w3id.org/summitry/ns#> .
    @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
    <https://w3id.org/summitry/id/organization/guild-of-glaziers> a ap:Organization ;
        rdfs:label "Guild of Glaziers"@en .
"""


def test_a_decision_becomes_a_name_that_is_found(server):
    headers = {**server.bearer, "content-type": "text/turtle"}
    server.client.put("/graphs", params={"graph": f"{GRAPHS}guild"}, content=GUILD, headers=headers)
    names = {"graph": f"{GRAPHS}decided"}

    answer = server.client.post(f"{ROOT}/decisions", params=names, json=DECISION, headers=server.bearer)

    assert answer.json()["added"] == 1
    assert best(server, {"query": "glass workers"}).id == "organization/guild-of-glaziers"


@pytest.mark.parametrize(
    ("decision", "status"),
    [
        ({"id": "organization/nobody", "name": "Nobody", "lang": "en"}, 404),
        ({"id": "organization/guild-of-glaziers", "name": "Glass", "lang": "not a language"}, 400),
        ({"id": "organization/guild-of-glaziers", "name": "", "lang": "en"}, 400),
    ],
)
def test_a_decision_that_is_refused_changes_nothing(server, decision, status):
    before = server.state()

    answer = server.client.post(
        f"{ROOT}/decisions",
        params={"graph": f"{GRAPHS}decided"},
        json={"decisions": [decision]},
        headers=server.bearer,
    )

    assert answer.status_code == status
    assert server.state() == before


def test_a_decision_needs_a_token(server):
    answer = server.client.post(f"{ROOT}/decisions", params={"graph": f"{GRAPHS}decided"}, json=DECISION)

    assert answer.status_code == 401


def test_the_models_can_fail():
    with pytest.raises(ValidationError):
        Candidates.model_validate({"candidates": [{"id": "a"}]})
