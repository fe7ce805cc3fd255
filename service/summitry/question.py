"""A question of the catalogue: a `.rq` file that anyone can run as it stands, and that takes other values.

Its first comment says what is asked, what it takes and what it gives:

    # Who held an office on a day, as far as is recorded?
    # takes office (office): The office.
    # takes topic (topic, such as topic:fentanyl): Only what is about it.
    # gives holder (entity): The person.

What it takes is the variable of a line `VALUES ?office { office:us-president }`: the term there is the
default, UNDEF restricts nothing. A question that gives a graph has one line `# gives a graph: …`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from summitry import resources
from summitry.terms import compact

Term = NamedNode | BlankNode | Literal | Triple

_LINE: Final = re.compile(r"# (takes|gives) (\w+) \(([\w ]+?)(?:, such as ([^)]+))?\): (.+)")
_GRAPH: Final = re.compile(r"# gives a graph: (.+)")
_VALUES: Final = re.compile(r"VALUES \?(\w+) \{ ([^}]*) \}")
_QUOTED: Final = re.compile(r'"([^"]*)"(?:\^\^\S+)?')


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a question takes. `default` is the text of its default, empty where it then restricts nothing."""

    name: str
    kind: str
    doc: str
    default: str
    example: str


@dataclass(frozen=True, slots=True)
class Column:
    """What a question gives in each row."""

    name: str
    kind: str
    doc: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question: `name` is that of its file, `title` the question in words, `text` SPARQL that runs as it stands.

    One without columns gives a graph, which `graph` describes.
    """

    name: str
    title: str
    text: str
    parameters: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    graph: str = ""

    def bound(self, bindings: Mapping[str, Sequence[Term]]) -> str:
        """Give the query with each of `bindings` in the place of the default."""

        def values(match: re.Match[str]) -> str:
            terms = bindings.get(match[1])
            return match[0] if terms is None else f"VALUES ?{match[1]} {{ {' '.join(map(str, terms))} }}"

        return _VALUES.sub(values, self.text)


@cache
def catalogue() -> Mapping[str, Question]:
    """Give the questions that come with this version, by name."""
    return {path.stem: read(path) for path in resources.question_files()}


def examples() -> list[tuple[str, str, str]]:
    """Give name, title and query of each question, as a service description shows them."""
    return [(question.name, question.title, question.text) for question in catalogue().values()]


def read(path: Path) -> Question:
    """Give the question in the file `path`. Raises ValueError if its comment is not as it must be."""
    text = path.read_text("utf-8")
    title, *lines = _comment(text)
    defaults = {match[1]: _written(match[2]) for match in _VALUES.finditer(text)}
    parameters, columns, graph = [], [], ""
    for line in lines:
        if match := _LINE.fullmatch(line):
            does, name, kind, example, doc = match.groups()
            if does == "takes":
                default = defaults[name]
                parameters.append(Parameter(name, kind, doc, default, default or example))
            else:
                columns.append(Column(name, kind, doc))
        elif match := _GRAPH.fullmatch(line):
            graph = match[1]
        else:
            raise ValueError(f"{path.name}: {line!r} says neither what it takes nor what it gives")
    return Question(path.stem, title.removeprefix("# "), text, tuple(parameters), tuple(columns), graph)


def _comment(text: str) -> list[str]:
    """Give the lines before the query; one that is indented goes on with the line above."""
    lines: list[str] = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        if line.startswith("#   "):
            lines[-1] += " " + line[4:].strip()
        else:
            lines.append(line)
    return lines


def _written(default: str) -> str:
    """Give the term in a VALUES line as a parameter would be written; empty for UNDEF."""
    if default == "UNDEF":
        return ""
    quoted = _QUOTED.fullmatch(default)
    return quoted[1] if quoted else compact(default[1:-1]) if default.startswith("<") else default
