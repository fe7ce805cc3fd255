"""Jars that some tests need. `python tests/jars.py` has Maven fetch them, by their coordinates, into `.jars`.

The tests fetch nothing: without a jar they are skipped, and say why.
"""

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

DIRECTORY: Final = Path(__file__).parents[1] / ".jars"
_PLUGIN: Final = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1"


@dataclass(frozen=True, slots=True)
class Jar:
    """What Maven knows by its group, name and version."""

    group: str
    name: str
    version: str

    @property
    def path(self) -> Path:
        """Give where it lies, or would lie."""
        return DIRECTORY / f"{self.name}-{self.version}.jar"

    @property
    def lacking(self) -> str:
        """Give what to do where it is not there, empty where it is."""
        return (
            ""
            if self.path.exists()
            else f"{self.path.name} is not there; fetch it with: python tests/jars.py"
        )

    def fetch(self) -> None:
        """Have Maven copy it into the directory."""
        artifact = f"-Dartifact={self.group}:{self.name}:{self.version}:jar"
        maven = ["mvn", "--batch-mode", "--quiet"]
        subprocess.run([*maven, f"{_PLUGIN}:get", artifact, "-Dtransitive=false"], check=True)
        subprocess.run([*maven, f"{_PLUGIN}:copy", artifact, f"-DoutputDirectory={DIRECTORY}"], check=True)


FUSEKI: Final = Jar("org.apache.jena", "jena-fuseki-server", "6.2.0")
SUITES: Final = Jar("org.eclipse.rdf4j", "rdf4j-sparql-testsuite", "5.1.0")


if __name__ == "__main__":
    for jar in (FUSEKI, SUITES):
        jar.fetch()
