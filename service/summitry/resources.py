"""Where the shipped ontology, shapes and data lie: below the package, or in the checkout."""

from collections.abc import Iterator
from pathlib import Path

_PACKAGE = Path(__file__).parent
_BUNDLED = _PACKAGE / "_bundled"
ROOT = _BUNDLED if _BUNDLED.is_dir() else _PACKAGE.parent.parent


def ontology_files() -> list[Path]:
    """Give the Turtle files of the ontology, in a fixed order."""
    return sorted((ROOT / "ontology").glob("*.ttl"))


def shape_files() -> list[Path]:
    """Give the Turtle files of the shapes, in a fixed order."""
    return sorted((ROOT / "shapes").glob("*.ttl"))


def check_files() -> list[Path]:
    """Give the hygiene rules of the ontology: queries that select what offends."""
    return sorted((ROOT / "ontology" / "checks").glob("*.rq"))


def data_files() -> Iterator[Path]:
    """Give the Turtle files of the shipped graph: what others refer to comes first."""
    for folder in ("reference", "documents"):
        yield from sorted((ROOT / "data" / folder).glob("*.ttl"))


def context() -> str:
    """Give the JSON-LD context of the ontology."""
    return (ROOT / "ontology" / "context.jsonld").read_text("utf-8")


def query(name: str) -> str:
    """Give the text of the query that is called `name`."""
    return (_PACKAGE / "queries" / f"{name}.rq").read_text("utf-8")


def question_files() -> list[Path]:
    """Give the questions of the catalogue, in the order of their names."""
    return sorted((_PACKAGE / "questions").glob("*.rq"))
