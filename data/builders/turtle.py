"""A graph as Turtle, in the format that `turtlefmt --check` accepts."""

import re
import unicodedata
from typing import NamedTuple

ENTITIES = (
    "city",
    "claim",
    "collective",
    "commodity",
    "country",
    "credence",
    "document",
    "intervention",
    "membership",
    "office",
    "organization",
    "person",
    "policy",
    "state",
    "statement",
    "status",
    "tenure",
    "topic",
)
PREFIXES = {entity: f"https://w3id.org/summitry/id/{entity}/" for entity in ENTITIES} | {
    "ap": "https://w3id.org/summitry/ns#",
    "dcterms": "http://purl.org/dc/terms/",
    "graph": "https://w3id.org/summitry/graph/",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
# Letters that no accent explains, as they are written where only ASCII can be.
FOLDED = str.maketrans({"ß": "ss", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ł": "l", "Ł": "L", "ı": "i"})


class Graph(NamedTuple):
    """The nodes of a graph as Turtle, and the build's report on it."""

    nodes: list[str]
    report: list[str]


def text(value: str, language: str = "") -> str:
    """Give a string literal, tagged if a language is named."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"@{language}' if language else f'"{escaped}"'


def day(value: str) -> str:
    """Give a date literal."""
    return f'"{value}"^^xsd:date'


def wikidata(item: str) -> list[str]:
    """Give the IRI of an item such as Q30, and nothing of none."""
    return [f"<http://www.wikidata.org/entity/{item}>"] if item else []


def folded(name: str) -> str:
    """Give a name without accents."""
    plain = unicodedata.normalize("NFKD", name.translate(FOLDED))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def slug(name: str) -> str:
    """Give the end of the IRI of something that has this name."""
    ascii_name = re.sub(r"['’‘ʻ]", "", folded(name)).lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_name).strip("-")


def node(subject: str, *statements: tuple[str, *tuple[str, ...]]) -> str:
    """Give one subject as Turtle; a statement is a predicate with its objects, left out if it has none."""
    lines = [f"{predicate} {' , '.join(objects)}" for predicate, *objects in statements if objects]
    return f"{subject} " + " ;\n    ".join(lines) + " .\n"


def turtle(nodes: list[str]) -> str:
    """Give the document that holds the nodes and declares the prefixes they use."""
    body = "\n".join(nodes)
    names = re.sub(r'"(?:[^"\\]|\\.)*"|<[^>]*>', "", body)
    used = sorted(set(re.findall(r"([a-z]+):", names)))
    return "".join(f"@prefix {prefix}: <{PREFIXES[prefix]}> .\n" for prefix in used) + "\n" + body


def description(name: str, origin: dict[str, str]) -> str:
    """Give what a graph says of itself."""
    return node(
        f"graph:{name}",
        ("dcterms:title", text(origin["title"], "en")),
        ("dcterms:description", text(origin["description"], "en")),
        ("dcterms:license", f"<{origin['license']}>"),
        ("dcterms:modified", day(origin["modified"])),
        ("dcterms:publisher", text(origin["publisher"])),
        ("prov:wasDerivedFrom", f"<{origin['source']}>"),
    )
