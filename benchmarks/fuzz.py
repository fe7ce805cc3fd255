"""Generated requests against the OpenAPI document: does the service do what it says, whatever is sent to it?

Schemathesis sends what the document allows and what it forbids, as a curator, and looks at each answer: no 5xx, no
status, media type, header or member that is not documented, nothing accepted that the document forbids.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

import click
import httpx
from measure import ROOT, circumstances
from served import served

from summitry.terms import GRAPHS

DOCUMENT: Final = ROOT / "data" / "documents" / "hawkinsight-trump-xi-apec.ttl"
PHASES: Final = ("examples", "coverage", "fuzzing")
# Left out: `positive_data_acceptance`. A text that is no SPARQL, or that names nothing, is a 400 or 404 which no
# schema can tell beforehand; and the checks of created resources, which need links between the operations.
_CHECKS: Final = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "unsupported_method",
    "missing_required_header",
    "each_status_is_documented",
)
# An answer that never ends: Schemathesis would wait for the rest of it.
_ENDLESS: Final = "/history/events"


def fuzzed(url: str, token: str, *, examples: int, seed: int, phases: tuple[str, ...] = PHASES) -> str:
    """Give the report on the service at `url`, which writes what it is sent.

    Raises:
        AssertionError: something is not as documented; with the report.
    """
    command = [
        *(str(Path(sys.executable).with_name("schemathesis")), "run", f"{url}/openapi.json"),
        *("--checks", ",".join(_CHECKS), "--phases", ",".join(phases), "--exclude-path", _ENDLESS),
        *("--max-examples", str(examples), "--seed", str(seed), "--continue-on-failure", "--no-shrink"),
        *("--header", f"Authorization: Bearer {token}", "--request-timeout", "60", "--no-color"),
        *("--generation-database", "none", "--suppress-health-check", "all", "--warnings", "off"),
    ]
    environment = os.environ | {"SCHEMATHESIS_HOOKS": str(Path(__file__).with_name("fuzz_hooks.py"))}
    # What it remembers of a run stands where it is called; the next shall find nothing there.
    with tempfile.TemporaryDirectory() as empty:
        ended = subprocess.run(
            command, capture_output=True, text=True, env=environment, check=False, cwd=empty
        )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def fill(url: str, token: str) -> None:
    """Put the example document into the service at `url`."""
    headers = {"authorization": f"Bearer {token}", "content-type": "text/turtle"}
    name = {"graph": f"{GRAPHS}hawkinsight"}
    content = DOCUMENT.read_bytes()
    httpx.put(f"{url}/graphs", params=name, content=content, headers=headers).raise_for_status()


@click.command()
@click.option("--examples", default=100, show_default=True, help="Generated requests for each operation.")
@click.option("--seed", default=1, show_default=True)
def main(examples: int, seed: int) -> None:
    """Send generated requests to a service of its own, which has the example document in it."""
    click.echo(circumstances(seed))
    with served() as service:
        fill(service.url, service.token)
        click.echo(fuzzed(service.url, service.token, examples=examples, seed=seed))


if __name__ == "__main__":
    main()
