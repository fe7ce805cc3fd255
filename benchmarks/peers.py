"""The field's reference engine on a whole graph: rdflib reads it, pySHACL validates it, as they come."""

import json
import logging
import math
import resource
import signal
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import click
import pyshacl
import rdflib
from measure import cpu
from rdflib import RDF, SH, Graph


@dataclass(frozen=True, slots=True)
class Verdict:
    """Seconds of processor time for reading the data and for validating them, and how many results came."""

    reading: float
    validating: float
    results: int


def pyshacl_on(data: Path, shapes: Path, *, seconds: float) -> Verdict | None:
    """Give what pySHACL needs for the Turtle in `data`, in a process of its own.

    None where `seconds` of processor time do not suffice.
    """
    command = [sys.executable, __file__, str(data), str(shapes), "--seconds", str(math.ceil(seconds))]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode == -signal.SIGXCPU:
        return None
    if ended.returncode:
        raise RuntimeError(f"pySHACL ended with {ended.returncode}: {ended.stderr[-1000:]}")
    return Verdict(**json.loads(ended.stdout))


def _judged(data: Path, shapes: Path) -> Verdict:
    logging.getLogger("rdflib.term").setLevel(logging.CRITICAL)
    rdflib.NORMALIZE_LITERALS = False
    shacl = Graph().parse(shapes, format="turtle")
    start = cpu()
    graph = Graph().parse(data, format="turtle")
    read = cpu()
    # meta_shacl, imports, rules and inference cost more; none of them is needed to judge the data.
    _, report, _ = pyshacl.validate(
        graph, shacl_graph=shacl, inference="none", advanced=False, js=False, do_owl_imports=False
    )
    end = cpu()
    if not isinstance(report, Graph):
        raise TypeError(f"pySHACL gave no report: {report}")
    return Verdict(read - start, end - read, len(set(report.subjects(RDF.type, SH.ValidationResult))))


@click.command()
@click.argument("data", type=click.Path(path_type=Path))
@click.argument("shapes", type=click.Path(path_type=Path))
@click.option("--seconds", default=0, help="Processor time after which the system ends this; 0 for no limit.")
def main(data: Path, shapes: Path, seconds: int) -> None:
    """Validate the Turtle file DATA with SHAPES by pySHACL; print the processor seconds as JSON."""
    if seconds:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    click.echo(json.dumps(asdict(_judged(data, shapes))))


if __name__ == "__main__":
    main()
