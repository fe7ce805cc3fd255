"""The values that travel between the steps: findings, changes, revisions."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from pyoxigraph import NamedNode, Quad

from summitry.terms import is_source


class Severity(StrEnum):
    """How much a finding weighs: only a violation refuses a write."""

    VIOLATION = "violation"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Edit:
    """A piece of a file and the text to write instead of it, from a place up to before another."""

    line: int
    column: int
    end_line: int
    end_column: int
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a curator should know about a document.

    `line` and `column` count from 1; 0 means that no place in the file is to blame. `shape` and
    `component` are IRIs of the SHACL shape and constraint component, or of the rule in code.
    `focus`, `path` and `value` are terms in N-Triples form. `fix` says what to write instead: a sentence,
    or just that. `edits` write it, where they are certain to be what was meant. What is `standing` was
    there before the change and refuses nothing.
    """

    severity: Severity
    message: str
    file: str = ""
    line: int = 0
    column: int = 0
    shape: str = ""
    component: str = ""
    focus: str = ""
    path: str = ""
    value: str = ""
    fix: str = ""
    edits: tuple[Edit, ...] = ()
    standing: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """All findings about one document, in the order of the file."""

    findings: tuple[Finding, ...] = ()

    @property
    def violations(self) -> tuple[Finding, ...]:
        """Give the findings that refuse the document."""
        return tuple(f for f in self.findings if f.severity is Severity.VIOLATION and not f.standing)

    @property
    def conforms(self) -> bool:
        """Tell whether nothing refuses the document; warnings do not."""
        return not self.violations


@dataclass(frozen=True, slots=True)
class Changeset:
    """The quads that turn one state of the store into the next."""

    added: frozenset[Quad] = frozenset()
    removed: frozenset[Quad] = frozenset()

    def __bool__(self) -> bool:
        """Tell whether anything changes."""
        return bool(self.added or self.removed)

    def of_sources(self) -> "Changeset":
        """Give the part of it that changes what sources state."""
        return Changeset(
            *(frozenset(q for q in part if is_source(q.graph_name)) for part in (self.added, self.removed))
        )

    def inverse(self) -> "Changeset":
        """Give the change that undoes this one."""
        return Changeset(added=self.removed, removed=self.added)

    def __or__(self, other: "Changeset") -> "Changeset":
        """Give both changes as one; they must not undo each other."""
        return Changeset(self.added | other.added, self.removed | other.removed)


class Method(StrEnum):
    """What a document is to its graph: its whole content, more of it, or the end of it (then it is empty)."""

    REPLACE = "replace"
    ADD = "add"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Upload:
    """A document as it arrives: its bytes and what the sender says of them.

    `name` is what reports call the file; `media` a media type of `summitry.media`. A document of a dataset
    is written to the graphs that it names, and `graph` takes the statements outside of all of them.
    Relative IRIs are resolved against `base`, or where it is empty against the name of `graph`.
    """

    content: bytes
    media: str
    graph: NamedNode
    name: str = "document"
    method: Method = Method.REPLACE
    is_dataset: bool = False
    base: str = ""


@dataclass(frozen=True, slots=True)
class Commit:
    """Who changes the graph and why. `digest` is the SHA-256 of the source document, in hex.

    `scope` names the graphs that the agent may change, all where it is empty; it is not recorded.
    """

    agent: str
    message: str
    digest: str = ""
    scope: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Revision:
    """One commit as recorded: `number` counts from 1, `at` is in UTC."""

    number: int
    at: datetime
    commit: Commit
    graphs: tuple[NamedNode, ...] = field(default=())
