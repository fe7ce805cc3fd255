"""Ontology and shapes are the operator's: a new version is put to the whole store when it takes effect."""

import asyncio
from dataclasses import replace

from pyoxigraph import NamedNode, RdfFormat, Store

from contract import HEAD
from summitry import resources
from summitry.assembly import opened
from summitry.model import Commit, Upload
from summitry.settings import Settings
from summitry.terms import ENTITIES, GRAPHS, SHAPES_GRAPH
from summitry.validate import judge

ME = Commit("operator", "a test")
NEW_RULE = """
shape:PersonShape a sh:NodeShape ; sh:targetClass ap:Person ; sh:property shape:PersonShape-altLabel .
shape:PersonShape-altLabel a sh:PropertyShape ; sh:path skos:altLabel ; sh:minCount 1 ;
  sh:message "Write another name." ; sh:severity sh:Violation .
"""


def shapes(*, extra: str = "") -> Upload:
    files = [path.read_bytes() for path in resources.shape_files()]
    return Upload(b"\n".join([*files, (HEAD + extra).encode()]), "text/turtle", SHAPES_GRAPH)


def test_the_reference_engines_get_some_of_each_class_of_each_graph():
    """The first instances stay, with all that is said of them, and so does what has no class."""
    people = 'person:ada a ap:Person ; rdfs:label "Ada"@en . person:bo a ap:Person ; rdfs:label "Bo"@en .'
    others = 'person:bo skos:altLabel "B"@en . topic:tea a ap:Topic . graph:two rdfs:label "two"@en .'
    store = Store()
    for name, turtle in (("one", people), ("two", others)):
        store.load((HEAD + turtle).encode(), RdfFormat.TURTLE, to_graph=NamedNode(GRAPHS + name))

    some = judge.sample(store, 1)

    assert sorted({quad.subject.value.rpartition("/")[2] for quad in some}) == ["ada", "tea", "two"]
    assert len(some) == 4


def test_new_shapes_are_reported_on_what_is_stored_and_hold_from_then_on(tmp_path):
    person = HEAD + 'person:ada a ap:Person ; rdfs:label "Ada"@en .'
    upload = Upload(person.encode(), "text/turtle", NamedNode(GRAPHS + "people"))
    told: list[str] = []

    async def scenario():
        async with opened(Settings(data=str(tmp_path / "store"), empty=True), told.append) as service:
            await service.ingest.write(upload, ME)
            return (await service.ingest.install(shapes(extra=NEW_RULE), ME)).report

    report = asyncio.run(scenario())

    assert [finding.message for finding in report.violations] == ["Write another name."]


def test_what_breaks_a_rule_already_is_renamed_and_merged_all_the_same(tmp_path):
    """It broke the rule before, under the former name; so it does once the renaming is undone. Nothing else may."""
    people = "".join(f'person:{name} a ap:Person ; rdfs:label "{name}"@en .' for name in ("ada", "bea"))
    cleo = 'person:cleo a ap:Person ; rdfs:label "Cleo"@en .'
    ada, bea, ann = (NamedNode(f"{ENTITIES}person/{name}") for name in ("ada", "bea", "ann"))
    upload = Upload((HEAD + people).encode(), "text/turtle", NamedNode(GRAPHS + "people"))

    async def scenario():
        async with opened(Settings(data=str(tmp_path / "store"), empty=True), lambda _: None) as service:
            ingest = service.ingest
            await ingest.write(upload, ME)
            await ingest.install(shapes(extra=NEW_RULE), ME)
            renamed = await ingest.replace_entity(ada, ann, ME, merging=False)
            undone = await ingest.revert(renamed.revision.number, ME)
            new = Upload((HEAD + cleo).encode(), "text/turtle", NamedNode(GRAPHS + "more"))
            former = f"{cleo} person:ada dcterms:isReplacedBy person:cleo ."
            smuggled = replace(new, content=(HEAD + former).encode())
            refused = [await ingest.rehearse(upload) for upload in (new, smuggled)]
            return renamed, undone, *refused, await ingest.replace_entity(ada, bea, ME, merging=True)

    *outcomes, merged = asyncio.run(scenario())

    found = [
        {
            (one.focus.strip("<>").rpartition("/")[2], one.standing)
            for one in outcome.report.findings
            if one.message == "Write another name."
        }
        for outcome in outcomes
    ]
    assert found == [
        {("ann", True)},
        {("ada", True)},
        {("cleo", False)},
        {("cleo", False), ("ada", True)},
    ]
    assert merged.revision


def test_a_start_installs_the_shapes_of_its_version_and_says_so(tmp_path):
    told: list[str] = []

    async def start():
        async with opened(Settings(data=str(tmp_path / "store"), empty=True), told.append) as service:
            return service.store.head()

    async def start_with_other_shapes():
        async with opened(Settings(data=str(tmp_path / "store"), empty=True), told.append) as service:
            await service.ingest.install(shapes(extra=NEW_RULE), ME)

    asyncio.run(start())
    unchanged = asyncio.run(start())
    asyncio.run(start_with_other_shapes())
    restored = asyncio.run(start())

    assert (unchanged, restored) == (2, 4)
    assert told[-1] == f"installed {SHAPES_GRAPH.value} as revision 4"
