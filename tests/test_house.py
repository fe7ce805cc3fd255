"""The house rules that a reader can rely on: imports point down, modules are small, and nobody knows too much."""

import ast
import statistics
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from summitry import errors

PACKAGE = Path(errors.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))

# From the bottom up; a module imports from its own layer and those below. What no line names is a step.
LAYERS = {
    "values": ["", "terms", "errors", "model", "settings", "resources", "media", "collation"],
    "steps": [],
    "seams": ["store.base", "workers"],
    "use-cases": ["usecases"],
    "edges": ["store", "web"],
    "assembly": ["assembly"],
    "command": ["cli", "__main__"],
}
# Who alone may import a library. The judges are rdflib's: they never run beside a request.
KNOWN_TO = {
    "click": ["cli"],
    "fastapi": ["web"],
    "httpx": ["store.remote"],
    "mcp": ["web.mcp"],
    "owlrl": ["validate.judge"],
    "pyshacl": ["validate.judge"],
    "rdflib": ["validate.judge"],
    "starlette": ["web"],
    "uvicorn": ["web"],
}
ERRORS = [
    found for found in vars(errors).values() if isinstance(found, type) and issubclass(found, Exception)
]
HEAVY = {"asyncio", "fastapi", "httpx", "mcp", "owlrl", "pyshacl", "rdflib", "starlette", "uvicorn"}


def name(file: Path) -> str:
    """Give the module's name below the package, empty for the package itself."""
    parts = file.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


MODULES = {name(file): ast.parse(file.read_text()) for file in FILES}


def imported(tree: ast.Module) -> Iterator[str]:
    """Give the full name of everything that is imported, inside functions too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def of_ours(module: str) -> set[str]:
    """Give the modules of ours that `module` imports."""
    found = set()
    for full in imported(MODULES[module]):
        package, *parts = full.split(".")
        if package == "summitry":
            # The last part is a module, or a name in one.
            found.add(".".join(parts) if ".".join(parts) in MODULES else ".".join(parts[:-1]))
    return found


def is_below(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def layer(module: str) -> int:
    """Give the height of `module`: that of the longest name in `LAYERS` that fits."""
    fits = [
        (len(package), height)
        for height, packages in enumerate(LAYERS.values())
        for package in packages
        if module == package or (package and is_below(module, package))
    ]
    return max(fits)[1] if fits else list(LAYERS).index("steps")


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_down(module):
    """cli → assembly → web, store → use-cases → steps → values."""
    assert [other for other in of_ours(module) if layer(other) > layer(module)] == []


def test_no_modules_import_each_other_in_a_circle():
    order = TopologicalSorter({module: of_ours(module) - {module} for module in MODULES}).static_order()

    assert set(order) == set(MODULES)


@pytest.mark.parametrize("library", KNOWN_TO)
def test_a_library_is_known_where_it_belongs_alone(library):
    users = [
        module for module, tree in MODULES.items() if any(is_below(full, library) for full in imported(tree))
    ]

    assert [user for user in users if not any(is_below(user, home) for home in KNOWN_TO[library])] == []


@pytest.mark.parametrize("module", ["summitry.workers.forkserver", "summitry.workers.jobs"])
def test_the_fork_server_imports_nothing_heavy_and_starts_no_thread(module):
    """It is forked for each query, so all that it imports is in each child; a thread would be lost in them."""
    assert loaded_by(module) & HEAVY == set()
    assert "1" in run(f"import {module}, threading; print(threading.active_count())")


def test_the_server_starts_without_the_judges():
    """They take a second and 60 MB, which only `summitry check` needs."""
    assert loaded_by("summitry.cli") & {"owlrl", "pyshacl", "rdflib"} == set()


def test_a_command_starts_without_what_only_servers_and_remote_stores_need():
    """Whoever loads one small file waits for the start more than for anything else."""
    assert loaded_by("summitry.cli") & {"fastapi", "httpx", "starlette"} == set()


def loaded_by(module: str) -> set[str]:
    """Give the top-level packages that a fresh process has after it imported `module`."""
    modules = run(f"import {module}, sys; print(*sys.modules)").split()
    return {full.split(".")[0] for full in modules}


def run(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_no_module_has_more_than_400_lines():
    assert {name(file): lines for file in FILES if (lines := len(file.read_text().splitlines())) > 400} == {}


def test_functions_are_small():
    """Ten lines typically, thirty-five at most for nine in ten."""
    functions = (
        node
        for tree in MODULES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    sizes = sorted(node.end_lineno - node.lineno + 1 for node in functions)

    assert statistics.median(sizes) <= 10
    assert sizes[len(sizes) * 9 // 10] <= 35


@pytest.mark.parametrize(
    "error", [cls for cls in vars(errors).values() if isinstance(cls, type) and issubclass(cls, Exception)]
)
def test_each_error_says_what_it_means(error):
    assert issubclass(error, errors.SummitryError)
    assert vars(error).get("__doc__", "").split("\n")[0].endswith(".")


def test_nobody_calls_a_module_utils():
    """A module is one noun or one verb of the domain."""
    vague = {"common", "helper", "helpers", "manager", "misc", "util", "utils"}

    assert [module for module in MODULES if vague & set(module.split("."))] == []
