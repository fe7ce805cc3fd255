"""The compiled shapes say of each example what pySHACL says of it in `test_shapes.py`."""

import re
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Store, parse

from contract import ONE, OTHER, copy, make, with_ontology
from summitry.model import Changeset
from summitry.terms import SH, SHAPES, in_graph
from summitry.validate.engine import Engine

EXAMPLES = Path(__file__).parent / "examples"
FILES = sorted(EXAMPLES.glob("*/*.ttl"))


def read(path: Path, graph) -> Changeset:
    return Changeset(frozenset(in_graph(q.triple, graph) for q in parse(path=path, format=RdfFormat.TURTLE)))


@pytest.fixture(scope="module")
def context() -> Store:
    """Give ontology, shapes, and the entities that examples refer to. It must not be changed."""
    store = with_ontology(shapes=True)
    make(store, read(EXAMPLES / "context.ttl", OTHER))
    return store


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_an_example_breaks_what_it_declares_and_nothing_else(context, path):
    declared = re.findall(r"^# expect: shape:(\S+) sh:(\S+)$", path.read_text("utf-8"), re.MULTILINE)
    store = copy(context)

    results = Engine(store).results(make(store, read(path, ONE)))

    found = {(r.compiled.constraint.shape.value, r.component) for r in results}
    assert found == {(SHAPES + shape, SH + component) for shape, component in declared}
