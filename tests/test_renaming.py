"""An entity is renamed, or two are made one: nothing that is stated gets lost, and the old IRI still answers."""

import asyncio
import subprocess
import sys
from collections.abc import Iterable, Iterator
from random import Random
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad

from contract import HEAD, ONE, OTHER, ap, entity, merged, quads, rounds
from servers import Server
from summitry.assembly import opened
from summitry.diff import diff
from summitry.errors import BadParameter, Forbidden, InvalidDocument, UnknownEntity
from summitry.model import Changeset, Commit, Upload
from summitry.settings import Settings
from summitry.store.embedded import EmbeddedStore
from summitry.terms import GRAPHS, LABEL, RDFS, SKOS, TYPE, is_source
from summitry.usecases import history
from summitry.usecases.rehearsing import Outcome
from summitry.usecases.renaming import merged as merged_into
from summitry.usecases.renaming import replaced
from summitry.vocabulary import REPLACED_BY

OLD, NEW = entity("person/old"), entity("person/new")
OTHER_NAME = NamedNode(SKOS + "altLabel")
WHY = Commit("a curator", "they are one")


@pytest.fixture
def slug() -> str:
    """Give a name that no other test uses: the server is shared."""
    return "x" + uuid4().hex


def write(server: Server, graph: str, turtle: str) -> Outcome:
    upload = Upload((HEAD + turtle).encode(), "text/turtle", NamedNode(GRAPHS + graph))
    return server.run(server.service.ingest.write(upload, Commit("a curator", "a test")))


def rename(server: Server, old: str, new: str, commit: Commit = WHY) -> Outcome:
    work = server.service.ingest.replace_entity(entity(old), entity(new), commit, merging=False)
    return server.run(work)


def merge(server: Server, old: str, into: str, commit: Commit = WHY) -> Outcome:
    work = server.service.ingest.replace_entity(entity(old), entity(into), commit, merging=True)
    return server.run(work)


def revert(server: Server, outcome: Outcome) -> Outcome:
    return server.run(server.service.ingest.revert(outcome.revision.number, WHY))


def sources(server: Server) -> set[Quad]:
    """Give all that source graphs state."""
    store = server.service.store
    return {quad for graph in store.graphs() if is_source(graph) for quad in store.quads(graph)}


def held(server: Server, graph: str) -> frozenset[Quad]:
    return frozenset(server.service.store.quads(NamedNode(GRAPHS + graph)))


def stated(graph: str, turtle: str) -> frozenset[Quad]:
    return quads(turtle, NamedNode(GRAPHS + graph))


def asked(server: Server, query: str) -> list[str]:
    """Give the first column of the answer."""
    answer = server.client.get("/sparql", params={"query": query, "format": "csv"})
    return [line.split(",")[0] for line in answer.text.splitlines()[1:]]


def moved(quad: Quad, old: NamedNode, new: NamedNode) -> Quad:
    """Give `quad` with `new` wherever `old` is: what every statement becomes."""
    subject, value = (new if term == old else term for term in (quad.subject, quad.object))
    return Quad(subject, quad.predicate, value, quad.graph_name)


def substituted(before: Iterable[Quad], old: NamedNode, new: NamedNode) -> set[Quad]:
    """Give what shall be stated in place of `before` once `new`, which has no names yet, replaced `old`."""
    kept = {quad for quad in before if {quad.subject, quad.object} != {old, new}}
    declaring = {quad.graph_name for quad in before if quad.subject == old and quad.predicate == TYPE}
    former = {Quad(old, REPLACED_BY, new, graph) for graph in declaring}
    return {moved(quad, old, new) for quad in kept} | former


# What is stated moves


def test_every_statement_moves_in_every_graph_and_each_that_declared_the_old_name_keeps_it(server, slug):
    write(server, slug, f'person:{slug} a ap:Person ; rdfs:label "Ann"@en .')
    write(
        server,
        f"{slug}-2",
        f"""
        organization:{slug} a ap:Organization ; rdfs:label "a club"@en .
        membership:{slug} a ap:Membership ; ap:member person:{slug} ; ap:organization organization:{slug} ;
            ap:kind "member" .
        person:{slug} skos:altLabel "Annie"@en .
        """,
    )

    outcome = rename(server, f"person/{slug}", f"person/{slug}-new")

    assert outcome.revision.commit == WHY
    assert held(server, slug) == stated(
        slug,
        f'person:{slug}-new a ap:Person ; rdfs:label "Ann"@en . '
        f"person:{slug} dcterms:isReplacedBy person:{slug}-new .",
    )
    assert held(server, f"{slug}-2") == stated(
        f"{slug}-2",
        f"""
        organization:{slug} a ap:Organization ; rdfs:label "a club"@en .
        membership:{slug} a ap:Membership ; ap:member person:{slug}-new ; ap:organization organization:{slug} ;
            ap:kind "member" .
        person:{slug}-new skos:altLabel "Annie"@en .
        """,
    )


ANY = [OLD, NEW, entity("person/ann"), entity("office/head")]
NAME = st.builds(Literal, st.sampled_from(["Ann", "Bob"]), language=st.sampled_from(["en", "de"]))
GRAPH = st.sampled_from([ONE, OTHER])
LINK = st.builds(
    Quad,
    st.sampled_from([OLD, *ANY[2:]]),
    st.sampled_from([ap("holder"), ap("office"), REPLACED_BY, OLD]),
    st.sampled_from(ANY),
    GRAPH,
)
NAMING = st.builds(Quad, st.just(OLD), st.sampled_from([LABEL, OTHER_NAME]), NAME, GRAPH)
DECLARATION = st.builds(Quad, st.just(OLD), st.just(TYPE), st.just(ap("Person")), GRAPH)


@pytest.fixture(scope="module")
def store() -> Iterator[EmbeddedStore]:
    store = EmbeddedStore()
    yield store
    store.close()


def fill(store: EmbeddedStore, wanted: frozenset[Quad]) -> None:
    """Make `wanted` all that `store` states."""
    present = frozenset(quad for graph in (ONE, OTHER) for quad in store.quads(graph))
    change = diff(present, wanted)
    whole = Changeset(merged(change.added) - merged(present), merged(change.removed) - merged(wanted))
    store.commit(whole, WHY, expected=store.head())


def applied(before: frozenset[Quad], change: Changeset) -> set[Quad]:
    assert change.removed <= before
    assert change.added.isdisjoint(before)
    return set((before - change.removed) | change.added)


@settings(derandomize=True, deadline=None)
@given(st.frozensets(LINK | NAMING), st.frozensets(DECLARATION, min_size=1))
def test_after_a_renaming_the_graphs_are_as_if_they_had_been_written_with_the_new_name(
    store, stated, declared
):
    before = stated | declared
    fill(store, before)

    assert applied(before, replaced(store, OLD, NEW)) == substituted(before, OLD, NEW)


LABELS = st.dictionaries(
    st.tuples(st.sampled_from([OLD, NEW]), GRAPH, st.sampled_from(["en", "de"])),
    st.sampled_from(["Ann", "Bob", "Cleo"]),
)
OTHER_NAMES = st.frozensets(
    st.builds(Quad, st.sampled_from([OLD, NEW]), st.just(OTHER_NAME), NAME, GRAPH), max_size=4
)


def names(quads: Iterable[Quad], predicates: Iterable[NamedNode]) -> set[tuple[NamedNode, Literal]]:
    return {(quad.graph_name, quad.object) for quad in quads if quad.predicate in predicates}


@settings(derandomize=True, deadline=None)
@given(LABELS, OTHER_NAMES)
def test_after_a_merge_every_graph_has_every_name_and_no_second_label(store, labels, other_names):
    """A graph has one label for each language; a label that stands is not disputed by another graph's."""
    before = other_names | {
        Quad(subject, LABEL, Literal(text, language=language), graph)
        for (subject, graph, language), text in labels.items()
    }
    fill(store, before)

    after = applied(before, replaced(store, OLD, NEW))

    assert {quad.subject for quad in after} <= {NEW}
    assert names(after, [LABEL, OTHER_NAME]) == names(before, [LABEL, OTHER_NAME])
    now = names(after, [LABEL])
    assert len({(graph, label.language) for graph, label in now}) == len(now)
    for language in ("en", "de"):
        mine = {q.object for q in before if q.subject == NEW and q.predicate == LABEL}
        stood = {label for label in mine if label.language == language}
        assert not stood or {label for _, label in now if label.language == language} == stood
    spoken = {q.object.language for q in before if q.subject == NEW and q.predicate == LABEL}
    for quad in before:
        if quad.predicate == LABEL and quad.object.language not in spoken:
            other = Quad(NEW, OTHER_NAME, quad.object, quad.graph_name)
            assert moved(quad, OLD, NEW) in after or other in before
    assert twice(after) <= twice(q for q in before if q.subject == OLD) | twice(
        q for q in before if q.subject == NEW
    )


def twice(quads: Iterable[Quad]) -> set[tuple[NamedNode, Literal]]:
    """Give what is both a label and another name."""
    quads = list(quads)
    return names(quads, [LABEL]) & names(quads, [OTHER_NAME])


@pytest.mark.parametrize("seed", rounds("SUMMITRY_TEST_RENAMINGS", 4))
def test_a_renaming_and_its_undoing_on_graphs_that_conform(server, slug, seed):
    random = Random(seed)
    for graph in (f"{slug}-1", f"{slug}-2"):
        write(server, graph, "".join(scene(random, slug)))
    before, state = sources(server), server.state()[1]
    kind = random.choice(["person", "office", "tenure"])
    old, new = f"{kind}/{slug}-{random.randrange(3)}", f"{kind}/{slug}-new"

    outcome = rename(server, old, new)

    assert sources(server) == substituted(before, entity(old), entity(new))
    revert(server, outcome)
    assert without_provenance(server.state()[1]) == without_provenance(state)


def scene(random: Random, slug: str) -> Iterator[str]:
    """Give three people, three offices and three tenures; a graph may leave out links, but no declaration."""
    for number in range(3):
        name, any_ = f"{slug}-{number}", f"{slug}-{random.randrange(3)}"
        yield f'person:{name} a ap:Person ; rdfs:label "{name}"@en .\n'
        yield f'office:{name} a ap:LeadershipOffice ; rdfs:label "{name}"@en ; ap:ofCountry country:us .\n'
        yield f"tenure:{name} a ap:Tenure ; ap:holder person:{name} ; ap:office office:{name} .\n"
        if random.random() < 0.5:
            yield f"person:{any_} skos:related office:{name} , person:{name} .\n"


def without_provenance(state: bytes) -> list[bytes]:
    """Give the lines of all graphs but the system's record of its own revisions, which only ever grows."""
    return [line for line in state.splitlines() if b"/graph/system/provenance>" not in line]


def test_what_mentions_an_entity_is_given_once(store):
    mentioning = quads(
        "person:old skos:related person:old , person:new . person:new skos:related person:old ."
    )
    fill(store, mentioning | quads("person:new skos:related person:new . person:new person:old 1 ."))

    found = list(store.mentioning(OLD))

    assert (len(found), set(found)) == (3, mentioning)


# Two entities become one


def leader(slug: str, name: str) -> str:
    return f"""
    person:{slug} a ap:Person ; rdfs:label "{name}"@en .
    office:{slug} a ap:LeadershipOffice ; rdfs:label "president"@en ; ap:ofCountry country:us .
    tenure:{slug} a ap:Tenure ; ap:holder person:{slug} ; ap:office office:{slug} .
    """


def test_two_names_of_one_leader_become_one_leader_with_two_names(server, slug):
    write(server, f"{slug}-news", f'person:{slug} a ap:Person ; rdfs:label "Donald Trump"@en .')
    write(server, f"{slug}-list", leader(f"{slug}-j", "Donald J. TRUMP"))
    old, new = entity(f"person/{slug}-j"), entity(f"person/{slug}")

    merge(server, f"person/{slug}-j", f"person/{slug}")

    told = held(server, f"{slug}-list")
    graph = NamedNode(f"{GRAPHS}{slug}-list")
    assert {quad for quad in told if quad.subject == new} == {
        Quad(new, TYPE, ap("Person"), graph),
        Quad(new, OTHER_NAME, Literal("Donald J. TRUMP", language="en"), graph),
    }
    assert {quad for quad in told if quad.subject == old} == {Quad(old, REPLACED_BY, new, graph)}
    assert asked(server, f"SELECT ?label {{ {new} <{RDFS}label> ?label }}") == ["Donald Trump"]
    assert asked(server, f"SELECT ?tenure {{ ?tenure ap:holder {new} }}") == [
        entity(f"tenure/{slug}-j").value
    ]
    assert asked(server, f"SELECT ?leader {{ ?leader a ap:Leader FILTER(?leader IN ({old}, {new})) }}") == [
        new.value
    ]


def test_the_old_iri_tells_by_what_it_is_replaced_and_nothing_else(server, slug):
    write(server, slug, leader(slug, "Ann"))

    rename(server, f"person/{slug}", f"person/{slug}-new")

    old, new = entity(f"person/{slug}"), entity(f"person/{slug}-new")
    assert asked(server, f"SELECT ?p {{ {old} ?p ?o }}") == [REPLACED_BY.value]
    assert asked(server, f"SELECT ?o {{ {old} ?p ?o }}") == [new.value]


def test_a_name_that_was_replaced_before_leads_to_the_last_one(server, slug):
    write(server, slug, leader(slug, "Ann"))
    rename(server, f"person/{slug}", f"person/{slug}-2")

    rename(server, f"person/{slug}-2", f"person/{slug}-3")

    names = " ".join(str(entity(f"person/{name}")) for name in (slug, f"{slug}-2"))
    query = f"SELECT ?o {{ VALUES ?old {{ {names} }} ?old dcterms:isReplacedBy ?o }}"
    assert asked(server, query) == [entity(f"person/{slug}-3").value] * 2


def test_a_link_between_the_two_is_dropped(server, slug):
    write(
        server,
        slug,
        f"person:{slug} a ap:Person ; rdfs:label 'A'@en ; owl:differentFrom person:{slug}-2 ."
        f"person:{slug}-2 a ap:Person ; rdfs:label 'B'@en ; skos:related person:{slug} .",
    )

    merge(server, f"person/{slug}", f"person/{slug}-2")

    assert held(server, slug) == stated(
        slug,
        f"person:{slug}-2 a ap:Person ; rdfs:label 'B'@en ; skos:altLabel 'A'@en ."
        f"person:{slug} dcterms:isReplacedBy person:{slug}-2 .",
    )


def test_a_merge_into_a_term_of_the_ontology_leaves_its_label_alone(server, slug):
    write(server, slug, f'topic:{slug} a ap:Topic ; rdfs:label "levies"@en .')

    merge(server, f"topic/{slug}", "topic/tariffs")

    assert held(server, slug) == stated(
        slug,
        f'topic:tariffs a ap:Topic ; skos:altLabel "levies"@en . topic:{slug} dcterms:isReplacedBy topic:tariffs .',
    )


@pytest.mark.parametrize(
    "axiom",
    [
        "ap:Person owl:disjointWith ap:Firm .",
        "ap:Firm owl:disjointWith ap:Person .",
        "<urn:all> a owl:AllDisjointClasses ; owl:members <urn:1> . <urn:1> rdf:first ap:Firm ; rdf:rest <urn:2> ."
        "<urn:2> rdf:first ap:Person ; rdf:rest rdf:nil .",
    ],
)
def test_classes_that_exclude_each_other_are_not_merged(store, axiom):
    actors = quads("person:old a ap:Person , ap:Actor . person:new a ap:Firm , ap:Actor .")
    fill(store, actors)
    allowed = replaced(store, OLD, NEW)
    assert merged_into(store, OLD, NEW) == allowed

    fill(store, actors | quads(axiom, OTHER))

    with pytest.raises(BadParameter, match="nothing is both"):
        merged_into(store, OLD, NEW)


# What is refused


@pytest.fixture
def crowd(server, slug) -> str:
    """Give the slug that a person, an office, an organization and two cities share."""
    write(
        server,
        slug,
        f"""
        person:{slug} a ap:Person ; rdfs:label "Ann"@en .
        person:{slug}-2 a ap:Person ; rdfs:label "Bob"@en .
        person:{slug}-former a ap:Person ; rdfs:label "Cleo"@en .
        office:{slug} a ap:Office ; rdfs:label "head"@en ; ap:ofCountry country:us .
        organization:{slug} a ap:Organization ; rdfs:label "a club"@en .
        topic:tariffs a ap:Topic ; skos:altLabel "{slug}"@en .
        city:{slug} a ap:City ; rdfs:label "a city"@en ; ap:inCountry country:us .
        city:{slug}-2 a ap:City ; rdfs:label "a city"@en ; ap:inCountry country:cn .
        """,
    )
    rename(server, f"person/{slug}-former", f"person/{slug}-now")
    return slug


@pytest.mark.parametrize(
    ("step", "old", "new", "error", "message"),
    [
        (rename, "person/SLUG-none", "person/SLUG-new", UnknownEntity, "no source declares person:SLUG-none"),
        (rename, "person/SLUG-former", "person/SLUG-new", UnknownEntity, "it is person:SLUG-now now"),
        (rename, "topic/tariffs", "topic/SLUG", BadParameter, "topic:tariffs is a term of the ontology"),
        (rename, "person/SLUG", "person/SLUG", BadParameter, "is its name already"),
        (rename, "person/SLUG", "person/SLUG-2", BadParameter, "merge person:SLUG into it"),
        (rename, "person/SLUG", "person/SLUG-former", BadParameter, "is a former name of person:SLUG-now"),
        (
            rename,
            "person/SLUG-now",
            "person/SLUG-former",
            BadParameter,
            "is a former name of person:SLUG-now",
        ),
        (rename, "person/SLUG", "../ns#Person", BadParameter, "is no IRI of an entity"),
        (rename, "person/SLUG", "persn/SLUG", BadParameter, "is no IRI of an entity"),
        (rename, "person/SLUG", "person/SLUG/2", BadParameter, "is no IRI of an entity"),
        (rename, "person/SLUG", "person/", BadParameter, "is no IRI of an entity"),
        (merge, "person/SLUG-none", "person/SLUG", UnknownEntity, "no source declares person:SLUG-none"),
        (merge, "person/SLUG", "person/SLUG", BadParameter, "is its name already"),
        (merge, "person/SLUG", "person/SLUG-none", UnknownEntity, "nothing declares person:SLUG-none"),
        (merge, "person/SLUG-now", "person/SLUG-former", BadParameter, "is a former name of person:SLUG-now"),
        (
            merge,
            "person/SLUG",
            "office/SLUG",
            BadParameter,
            "person:SLUG is ap:Person and office:SLUG is ap:Office",
        ),
        (merge, "person/SLUG", "organization/SLUG", BadParameter, "organization:SLUG is ap:Organization"),
        (merge, "city/SLUG", "city/SLUG-2", InvalidDocument, ""),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(server, crowd, step, old, new, error, message):
    before = server.state()

    with pytest.raises(error) as refused:
        step(server, old.replace("SLUG", crowd), new.replace("SLUG", crowd))

    assert message.replace("SLUG", crowd) in str(refused.value)
    assert server.state() == before


@pytest.mark.parametrize("message", ["", " \n"])
def test_nothing_is_renamed_without_a_reason(server, crowd, message):
    before = server.state()

    with pytest.raises(BadParameter, match="say why"):
        rename(server, f"person/{crowd}", f"person/{crowd}-new", Commit("a curator", message))

    assert server.state() == before


def test_who_may_not_change_all_the_graphs_concerned_renames_nothing(server, crowd):
    write(server, f"{crowd}-2", f'person:{crowd} skos:altLabel "Annie"@en .')
    before = server.state()

    with pytest.raises(Forbidden, match=f"{crowd}-2"):
        rename(
            server,
            f"person/{crowd}",
            f"person/{crowd}-new",
            Commit("a curator", "why", scope=(GRAPHS + crowd,)),
        )

    assert server.state() == before


def test_a_rehearsal_tells_the_change_and_makes_none(server, crowd):
    before = server.state()
    old, new = entity(f"person/{crowd}"), entity(f"person/{crowd}-2")

    outcome = server.run(server.service.ingest.rehearse_replacement(old, new, merging=True))

    assert (outcome.added, outcome.removed) == (2, 2)
    assert outcome.report.conforms
    assert server.state() == before


# A former name in a document


def test_a_former_name_needs_no_class(server, slug):
    write(
        server,
        slug,
        f'person:{slug} a ap:Person ; rdfs:label "Ann"@en . person:{slug}-old dcterms:isReplacedBy person:{slug} .',
    )

    assert len(held(server, slug)) == 3


def test_what_is_more_than_a_former_name_needs_a_class(server, slug):
    former = f'person:{slug}-old dcterms:isReplacedBy person:{slug} ; skos:altLabel "Annie"@en .'

    with pytest.raises(InvalidDocument, match="has no class"):
        write(server, slug, f'person:{slug} a ap:Person ; rdfs:label "Ann"@en . {former}')


@pytest.mark.parametrize("value", ["person:{}-none", '"person:{}"', "person:{}-old"])
def test_a_former_name_leads_to_what_is_declared(server, slug, value):
    former = f"person:{slug}-old dcterms:isReplacedBy {value.format(slug)} ."

    with pytest.raises(InvalidDocument) as refused:
        write(server, slug, f'person:{slug} a ap:Person ; rdfs:label "Ann"@en . {former}')

    assert "which nothing declares" in str(refused.value)


def test_what_a_former_name_leads_to_stays_declared(server, slug):
    write(server, slug, f'person:{slug} a ap:Person ; rdfs:label "Ann"@en .')
    write(server, f"{slug}-old", f"person:{slug}-old dcterms:isReplacedBy person:{slug} .")
    before = server.state()

    with pytest.raises(
        InvalidDocument, match=f"person:{slug}-old is replaced by person:{slug}, which nothing"
    ):
        write(server, slug, f'person:{slug}-2 a ap:Person ; rdfs:label "Ann"@en .')

    assert server.state() == before


# The doors


def post(server: Server, what: str, old: str, new: str, message: str = "why", **parameters: str):
    body = {"old": old, "new": new, "message": message}
    return server.client.post(f"/entities/{what}", json=body, params=parameters, headers=server.bearer)


def test_renaming_over_http(server, slug):
    write(server, slug, f'person:{slug} a ap:Person ; rdfs:label "Ann"@en .')

    answer = post(server, "rename", f"person:{slug}", entity(f"person/{slug}-new").value)

    told = answer.json()
    assert (answer.status_code, told["conforms"], told["added"], told["removed"]) == (200, True, 3, 2)
    assert answer.headers["location"] == f"/history/{told['revision']}"
    commit = server.service.store.revision(told["revision"]).commit
    assert (commit.agent, commit.message) == ("curator", "why")


def test_a_dry_run_over_http_needs_no_reason_and_stores_nothing(server, crowd):
    before = server.state()

    answer = post(server, "merge", f"person:{crowd}", f"person:{crowd}-2", "", dry_run="true")

    told = answer.json()
    assert (answer.status_code, told["added"], told["removed"]) == (200, 2, 2)
    assert "location" not in answer.headers
    assert server.state() == before


@pytest.mark.parametrize(
    ("what", "old", "new", "status"),
    [
        ("rename", "person:{}", "person:{}-2", 400),
        ("rename", "ann", "person:{}-new", 400),
        ("rename", "person:{}", "person:a b", 400),
        ("rename", "person:{}-none", "person:{}-new", 404),
        ("merge", "person:{}", "office:{}", 400),
        ("merge", "city:{}", "city:{}-2", 422),
    ],
)
def test_what_is_refused_over_http_is_a_problem_and_changes_nothing(server, crowd, what, old, new, status):
    before = server.state()

    answer = post(server, what, old.format(crowd), new.format(crowd))

    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert server.state() == before


@pytest.mark.parametrize("what", ["rename", "merge"])
def test_replacing_needs_a_token(server, what):
    answer = server.client.post(f"/entities/{what}", json={"old": "person:a", "new": "person:b"})

    assert answer.status_code == 401


@pytest.mark.parametrize("tail", ["", ".ttl", ".json?lang=de&valid_at=2025-10-30"])
def test_the_page_of_a_former_name_leads_to_the_present_one(server, slug, tail):
    """RFC 9110 §15.4.9: 308 is permanent, and the method stays."""
    write(server, slug, f'country:{slug} a ap:Country ; rdfs:label "a country"@en .')
    outcome = rename(server, f"country/{slug}", f"country/{slug}-new")

    answer = server.client.get(f"/countries/{slug}{tail}")

    assert (answer.status_code, answer.headers["location"]) == (308, f"/countries/{slug}-new{tail}")
    assert answer.headers["cache-control"] == "no-cache"
    assert server.client.get(answer.headers["location"]).status_code == 200
    revert(server, outcome)
    assert server.client.get(f"/countries/{slug}{tail}").status_code == 200


def test_a_list_is_filtered_by_a_former_name_as_by_the_present_one(server, slug):
    write(
        server,
        slug,
        f"""
        country:{slug} a ap:Country ; rdfs:label "a country"@en .
        office:{slug} a ap:Office ; rdfs:label "head"@en ; ap:ofCountry country:{slug} .
        """,
    )
    rename(server, f"country/{slug}", f"country/{slug}-new")
    names = (f"{slug}-new", slug, f"country:{slug}", entity(f"country/{slug}").value)

    found = [server.client.get("/offices", params={"country": name}).json()["items"] for name in names]

    assert [item["id"] for item in found[0]] == [entity(f"office/{slug}").value]
    assert found == [found[0]] * len(names)
    assert server.client.get("/offices", params={"country": f"{slug}-none"}).status_code == 400


def test_a_former_name_behind_another_door_is_not_found(server, slug):
    write(server, slug, f'person:{slug} a ap:Person ; rdfs:label "Ann"@en .')
    rename(server, f"person/{slug}", f"person/{slug}-new")

    assert server.client.get(f"/leaders/{slug}").status_code == 404


# The commands


def command(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "summitry", *words], capture_output=True, text=True, check=False
    )


async def prepare(data: str) -> None:
    """Make a store of two people."""
    async with opened(Settings(data=data, empty=True), lambda _: None) as service:
        ann, bea = (
            f'person:{name.lower()} a ap:Person ; rdfs:label "{name}"@en .' for name in ("Ann", "Bea")
        )
        upload = Upload((HEAD + ann + bea).encode(), "text/turtle", NamedNode(GRAPHS + "draft"))
        await service.ingest.write(upload, Commit("a curator", "a test"))


async def outcome(data: str) -> tuple[list[str], set[Quad]]:
    """Give why the last two revisions were made, and what is stated now."""
    async with opened(Settings(data=data, empty=True), lambda _: None) as service:
        why = [revision.commit.message for revision in history.revisions(service.store, limit=2)]
        return why, set(service.store.quads(NamedNode(GRAPHS + "draft")))


def test_the_commands_rehearse_and_then_do(tmp_path):
    data = str(tmp_path)
    asyncio.run(prepare(data))

    rehearsed = command("rename", "--data", data, "--dry-run", "person:ann", "person:anna")
    renamed = command("rename", "--data", data, "--message", "misspelt", "person:ann", "person:anna")
    bea = entity("person/bea").value
    merged = command("merge", "--data", data, "--message", "one woman", "person:anna", bea)

    assert [done.returncode for done in (rehearsed, renamed, merged)] == [0, 0, 0]
    assert "person:ann (Ann) in graph:draft\n  - a ap:Person" in rehearsed.stdout
    assert "  + dcterms:isReplacedBy person:anna" in rehearsed.stdout
    assert "nothing stored" in rehearsed.stderr
    assert asyncio.run(outcome(data)) == (
        ["one woman", "misspelt"],
        stated(
            "draft",
            """
            person:bea a ap:Person ; rdfs:label "Bea"@en ; skos:altLabel "Ann"@en .
            person:ann dcterms:isReplacedBy person:bea . person:anna dcterms:isReplacedBy person:bea .
            """,
        ),
    )
