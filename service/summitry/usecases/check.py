"""What the reference engines hold against the ontology, the shapes, the graph, or our own engine."""

from collections.abc import Callable, Iterator
from typing import Final

from pyoxigraph import RdfFormat, Store

from summitry.store.base import GraphStore
from summitry.terms import compact
from summitry.validate import judge

# The ten-thousandth membership tells the reference engines nothing that the first fifty do not.
INSTANCES: Final = 50


def offences(store: GraphStore, progress: Callable[[str], None]) -> Iterator[str]:
    """Give one line for each offence, none where all is well."""
    copy = Store()
    copy.bulk_load(b"".join(store.dump()[1]), RdfFormat.N_QUADS)
    progress("the ontology's own rules (ontology/checks)")
    yield from judge.hygiene(copy)
    some = judge.sample(copy, INSTANCES)
    progress(f"OWL 2 RL consistency of ontology and data (owlrl), {INSTANCES} of each class and graph")
    yield from (f"inconsistent: {message}" for message in judge.clashes(some))
    progress(f"SHACL (pySHACL), against the compiled shapes, {INSTANCES} of each class and graph")
    theirs, ours = judge.verdicts(some), judge.own_verdicts(some)
    yield from (f"only pySHACL says: {_line(verdict)}" for verdict in sorted(theirs - ours))
    yield from (f"only the compiled shapes say: {_line(verdict)}" for verdict in sorted(ours - theirs))


def _line(verdict: judge.Verdict) -> str:
    focus, shape, component = verdict
    return f"{compact(shape)} on {compact(focus)} ({compact(component)})"
