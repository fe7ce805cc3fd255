"""Every revision can be told, undone by a new one, and asked again as it was known."""

from datetime import timedelta

import pytest
from pyoxigraph import NamedNode

from contract import HEAD
from servers import Server
from summitry.errors import BadParameter, Conflict, InvalidDocument, UnknownRevision
from summitry.model import Commit, Upload
from summitry.terms import GRAPHS
from summitry.usecases import history
from summitry.usecases.ask import Subject, ask
from summitry.usecases.rehearsing import Outcome

ME = Commit("a curator", "a test")
COUNT = "SELECT (COUNT(*) AS ?n) { GRAPH <%s> { ?s ?p ?o } }"


def write(server: Server, name: str, turtle: str) -> Outcome:
    upload = Upload((HEAD + turtle).encode(), "text/turtle", NamedNode(GRAPHS + name))
    return server.run(server.service.ingest.write(upload, ME))


def revert(server: Server, number: int) -> Outcome:
    return server.run(server.service.ingest.revert(number, Commit("a curator", "undo")))


def size(server: Server, name: str, *, at: int | None = None) -> int:
    service = server.service
    undone = list(history.since(service.store, at)) if at is not None else []
    asking = ask(
        service.workers,
        (COUNT % (GRAPHS + name)).encode(),
        settings=service.settings,
        accept="text/csv",
        subject=Subject(undone=undone),
    )
    with server.run(asking).body as body:
        return int(body.read().split()[1])


def person(name: str) -> str:
    return f'person:{name} a ap:Person ; rdfs:label "{name}"@en .\n'


def test_a_revision_says_who_when_why_and_which_graph(server):
    outcome = write(server, "history-told", person("lea"))

    told = server.service.store.revision(outcome.revision.number)

    assert told == outcome.revision
    assert (told.commit.agent, told.commit.message, len(told.commit.digest)) == ("a curator", "a test", 64)
    assert [graph.value for graph in told.graphs] == [GRAPHS + "history-told"]


def test_revisions_are_listed_newest_first_and_in_pages(server):
    for name in ("ned", "ole", "pia"):
        write(server, "history-pages", person(name))
    head = server.service.store.head()

    first = history.revisions(server.service.store, limit=2)
    second = history.revisions(server.service.store, before=first[-1].number, limit=2)

    assert [r.number for r in (*first, *second)] == [head, head - 1, head - 2, head - 3]


def test_what_was_known_at_a_revision_is_answered_exactly(server):
    sizes = {}
    for names in (["una"], ["una", "val"], ["val"], ["val", "wim", "xia"]):
        outcome = write(server, "history-known", "".join(map(person, names)))
        sizes[outcome.revision.number] = 2 * len(names)

    assert {number: size(server, "history-known", at=number) for number in sizes} == sizes
    assert size(server, "history-known") == 6


def test_a_time_stands_for_the_last_revision_until_then(server):
    revision = write(server, "history-time", person("yan")).revision
    write(server, "history-time", person("zoe"))
    store = server.service.store

    assert history.known_at(store, revision.at.isoformat()) == revision.number
    assert (
        history.known_at(store, (revision.at - timedelta(microseconds=1)).isoformat()) == revision.number - 1
    )


@pytest.mark.parametrize("moment", ["0", "999999", "1999-01-01", "yesterday", "", "-1"])
def test_a_moment_at_which_nothing_was_known_is_refused(server, moment):
    write(server, "history-moment", person("yul"))

    with pytest.raises(BadParameter):
        history.known_at(server.service.store, moment)


def test_a_revert_is_a_new_revision_that_restores_the_graph(server):
    write(server, "history-revert", person("abe"))
    outcome = write(server, "history-revert", person("abe") + person("bob"))
    changed = size(server, "history-revert")

    undone = revert(server, outcome.revision.number)

    assert undone.revision.number == outcome.revision.number + 1
    assert (changed, size(server, "history-revert")) == (4, 2)


def test_a_revert_of_what_changed_again_is_refused_and_changes_nothing(server):
    outcome = write(server, "history-conflict", person("cal"))
    write(server, "history-conflict", person("dan"))
    before = server.state()

    with pytest.raises(Conflict, match="person/cal"):
        revert(server, outcome.revision.number)

    assert server.state() == before


def test_a_revert_that_would_break_a_shape_is_refused_and_changes_nothing(server):
    first = write(
        server, "history-base", 'office:head a ap:Office ; rdfs:label "head"@en ; ap:ofCountry country:us .'
    )
    write(server, "history-user", 'office:head skos:altLabel "chief"@en .')
    before = server.state()

    with pytest.raises(InvalidDocument):
        revert(server, first.revision.number)

    assert server.state() == before


def test_a_revision_that_was_never_made_cannot_be_undone(server):
    with pytest.raises(UnknownRevision):
        revert(server, 10**6)
