"""The Apache Jena Fuseki server that the tests run, of the newest version that the Java here runs.

`python tests/fuseki.py fetch` has Maven fetch it, by its coordinates, into the directory `.fuseki`, which
git ignores. The tests fetch nothing: without Java or the jar they skip Fuseki, and say why.
"""

import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Final

MAIN: Final = "org.apache.jena.fuseki.main.cmds.FusekiMainCmd"
DIRECTORY: Final = Path(__file__).parents[1] / ".fuseki"
FETCH: Final = "python tests/fuseki.py fetch"
# The first Java that each version runs on: Jena 6 is compiled for Java 21.
_VERSIONS: Final = ((21, "6.2.0"), (17, "5.6.0"))
_PLUGIN: Final = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1"


@cache
def java() -> int:
    """Give the major version of the Java here, 0 where there is none."""
    if not shutil.which("java"):
        return 0
    told = subprocess.run(["java", "-version"], capture_output=True, text=True, check=True).stderr
    found = re.search(r'version "(\d+)', told)
    return int(found[1]) if found else 0


def version() -> str:
    """Give the version of Fuseki for this Java, empty where there is none."""
    return next((version for first, version in _VERSIONS if java() >= first), "")


def jar() -> Path:
    """Give where the jar lies, or would lie."""
    return DIRECTORY / f"jena-fuseki-server-{version()}.jar"


def lacking() -> str:
    """Give what is missing to run Fuseki, empty where nothing is."""
    if not version():
        return "there is no Java 17 or later"
    return "" if jar().exists() else f"{jar().name} is not there; fetch it with: {FETCH}"


def fetch() -> None:
    """Have Maven copy the jar into its directory."""
    artifact = f"org.apache.jena:jena-fuseki-server:{version()}:jar"
    maven = ["mvn", "--batch-mode", "--quiet"]
    subprocess.run([*maven, f"{_PLUGIN}:get", f"-Dartifact={artifact}", "-Dtransitive=false"], check=True)
    target = f"-DoutputDirectory={DIRECTORY}"
    subprocess.run([*maven, f"{_PLUGIN}:copy", f"-Dartifact={artifact}", target], check=True)


if __name__ == "__main__":
    if sys.argv[1:] != ["fetch"] or not version():
        sys.exit(f"usage: {FETCH} (with Java 17 or later, and Maven)")
    fetch()
