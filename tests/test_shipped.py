"""What is shipped is sealed when it has been validated, and only what is sealed is taken in without being validated."""

import asyncio
import importlib.util
from pathlib import Path

import pytest
from pyoxigraph import Quad, RdfFormat, parse

from summitry import assembly, resources, shipped
from summitry.errors import InvalidDocument
from summitry.settings import Settings
from summitry.store.base import GraphStore
from summitry.store.embedded import EmbeddedStore
from summitry.terms import PROVENANCE_GRAPH, is_source
from summitry.workers.launch import Replica

ENTITY = "https://w3id.org/summitry/id/"


def sealing():
    """Give the module `data/seal.py`."""
    spec = importlib.util.spec_from_file_location("seal", resources.ROOT / "data" / "seal.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def filled(directory: Path) -> list[str]:
    """Start on an empty store in `directory`; give what is said of it."""
    said: list[str] = []

    async def start() -> None:
        async with assembly.opened(Settings(data=str(directory), port=0), said.append):
            pass

    asyncio.run(start())
    return said


def content(graph: Replica) -> set[Quad]:
    """Give all that `graph` holds, its merge included, but for when it came."""
    _, pieces = graph.dump()
    quads = parse(b"".join(pieces), format=RdfFormat.N_QUADS)
    return {quad for quad in quads if quad.graph_name != PROVENANCE_GRAPH}


def history(store: GraphStore) -> list[tuple[str, str]]:
    """Give why each revision was made, and the digest of the document."""
    revisions = (store.revision(number).commit for number in range(1, store.head() + 1))
    return [(commit.message, commit.digest) for commit in revisions]


def test_what_is_sealed_is_shipped_and_valid():
    """Nothing invalid gets in by any door; after a change of what is shipped, `python data/seal.py` seals it."""
    found = list(sealing().violations())

    assert found == []
    assert shipped.is_sealed(), "run: python data/seal.py"


def test_a_sealed_graph_is_the_one_that_the_way_of_all_writes_gives(tmp_path, monkeypatch):
    """The seal saves the judgement and nothing else: quads, inferred types, merge and history are the same.

    Drafts are rehearsed on the same quads, which no store keeps.
    """
    filled(tmp_path / "sealed")
    monkeypatch.setattr(shipped, "is_sealed", lambda: False)
    filled(tmp_path / "judged")

    sealed, judged = EmbeddedStore(tmp_path / "sealed"), EmbeddedStore(tmp_path / "judged")
    try:
        assert content(sealed) == content(judged) == content(shipped.Shipped())
        assert history(sealed) == history(judged)
        assert any(map(is_source, sealed.graphs()))
    finally:
        sealed.close()
        judged.close()


@pytest.fixture
def spoilt(tmp_path, monkeypatch):
    """Ship one file more, which breaks a shape."""
    data = tmp_path / "spoilt.ttl"
    data.write_text(
        "@prefix ap: <https://w3id.org/summitry/ns#> .\n"
        "@prefix prov: <http://www.w3.org/ns/prov#> .\n"
        f"<{shipped.graph_of(data).value}> prov:wasDerivedFrom <{ENTITY}document/d> .\n"
        f"<{ENTITY}tenure/t> a ap:Tenure .\n"
    )
    monkeypatch.setattr(resources, "data_files", lambda: iter([data]))


@pytest.mark.usefixtures("spoilt")
def test_what_is_not_sealed_is_judged(tmp_path):
    """A file that was changed after sealing is refused as any client's would be."""
    with pytest.raises(InvalidDocument):
        filled(tmp_path / "store")


@pytest.mark.usefixtures("spoilt")
def test_what_breaks_a_shape_is_not_sealed():
    assert [finding.file for finding in sealing().violations()] != []
    assert not shipped.is_sealed()
