"""From the bytes of a document to its statements, and where in the file each of them stands.

pyoxigraph tells no positions of statements. They are read from the tokens, which determine in what
order the parser gives statements; a fuzz test holds the two together.
"""

import re
from bisect import bisect_right
from codecs import BOM_UTF8
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cached_property
from itertools import islice
from operator import attrgetter
from types import MappingProxyType
from typing import Final
from xml.parsers.expat import ExpatError, ParserCreate

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, QuadParser, Triple
from pyoxigraph import parse as read

from summitry.media import N_QUADS, N_TRIPLES, RDF_FORMATS, RDF_XML, TRIG, TURTLE
from summitry.mending import mend
from summitry.model import Finding, Severity, Upload
from summitry.source import Source
from summitry.stumbles import Mended, explain
from summitry.syntax import LIMIT, TOKEN, Fault, Token, line_starts, mistakes, short
from summitry.terms import PREFIXES, SHAPES

Place = tuple[int, int]

_WITH_TOKENS: Final = frozenset({TURTLE, TRIG, N_TRIPLES, N_QUADS})
_ROUNDS: Final = 8
_LARGE: Final = 1_000_000  # characters; longer texts get the parser's own messages, in our words
_FORMS: Final = (
    (
        re.compile(r"\s*<(?=!doctype html|html)", re.IGNORECASE),
        "This is a web page and no RDF.",
        "Send the document that was to be fetched, not the page about it.",
    ),
    (
        re.compile(r"\s*<(?=\?xml|rdf:RDF)"),
        "This is RDF/XML and no Turtle.",
        "Send the document as application/rdf+xml (a file .rdf).",
    ),
    (
        re.compile(r"\s*[\[{](?=\s*[{\"])"),
        "This is JSON and no Turtle.",
        "Send the document as application/ld+json (a file .jsonld).",
    ),
)
_NOWHERE: Final[Mapping[Quad, Place]] = MappingProxyType({})


@dataclass(frozen=True)  # without slots, where a cached property would have no room
class Parsed:
    """What a document says, word for word: nothing is canonical yet.

    `findings` are the syntax errors; with any of them there are no quads. `tokens` is the text where it is
    one whose places can be told: Turtle and its relatives, neither JSON-LD nor RDF/XML.
    """

    quads: tuple[Quad, ...] = ()
    tokens: str = ""
    prefixes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    findings: tuple[Finding, ...] = ()

    @cached_property
    def places(self) -> Mapping[Quad, Place]:
        """Give the line and column, from 1, where the object of each statement begins, where that can be told.

        They cost as much as the reading itself, and a document without findings needs none.
        """
        return _places(self.quads, self.tokens)


def parse(upload: Upload, *, base: str) -> Parsed:
    """Give the statements of a document that `scan_upload` let pass, or all its syntax errors.

    Relative IRIs are resolved against `base`. Statements outside of all named graphs become those of
    `upload.graph`. There are at most a hundred findings.
    """
    text = upload.content.removeprefix(BOM_UTF8).decode()
    parser = read(text.encode(), format=RDF_FORMATS[upload.media], base_iri=base)
    quads, faults = _read(parser, text)
    tokens = text if upload.media in _WITH_TOKENS else ""
    if faults and tokens and len(text) < _LARGE:
        faults = _diagnosed(text, upload.media, base) or faults
    if upload.media == RDF_XML:
        # Its parser goes on in the middle of what it could not read: only the first error is the author's.
        faults = [replace(fault, at=_xml_place(text)) if fault.at < 0 else fault for fault in faults[:1]]
    if not faults:
        quads = list(_in_graph(quads, upload.graph))
        faults = list(_beyond_rdf11(quads, tokens))
    if faults:
        return Parsed(findings=tuple(_findings(dict.fromkeys(faults), text, upload.name)))
    return Parsed(tuple(quads), tokens, MappingProxyType(dict(parser.prefixes)))


def _read(parser: QuadParser, text: str) -> tuple[list[Quad], list[Fault]]:
    quads: list[Quad] = []
    faults: list[Fault] = []
    lines: Sequence[int] = ()
    while len(faults) < LIMIT:
        try:
            quads.extend(parser)
            break
        except SyntaxError as error:
            lines = lines or line_starts(text)
            at = lines[error.lineno - 1] + (error.offset or 1) - 1 if error.lineno else -1
            faults.append(Fault(at, *explain(error.msg)))
        except MemoryError as error:
            # 16 MiB; any other lack of memory is not the document's.
            if "buffer" not in str(error):
                raise
            faults.append(
                Fault(-1, "One text or name is longer than 16 MiB.", "Link to long texts, do not quote them.")
            )
            break
    return quads, faults


def _diagnosed(text: str, media: str, base: str) -> list[Fault]:
    """Give the mistakes in `text`: each is mended and the whole read again, as often as that shows another."""
    is_lines = media in (N_TRIPLES, N_QUADS)
    foreign = list(_foreign(text)) or (list(_turtle(text)) if is_lines else [])
    if foreign:
        return foreign
    faults = list(mistakes(text))
    if len(faults) >= LIMIT:
        return faults
    if not is_lines:
        faults += _undeclared(Mended(text, faults, media))
    found: list[Fault] = []
    for _ in range(_ROUNDS):
        found = [fault for fault in Mended(text, faults, media).stumbles(base) if fault not in faults]
        # After a mistake its parser has forgotten that a graph is open: what it says next only follows.
        found = found[:1] if media == TRIG else found
        faults += [fault for fault in found if fault.patch]
        if not any(fault.patch for fault in found):
            break
    return sorted({*faults, *found}, key=attrgetter("at"))[:LIMIT]


def _foreign(text: str) -> Iterator[Fault]:
    """Give the one mistake of a document in a form of another family: all others follow from it."""
    for begins, message, fix in _FORMS:
        if match := begins.match(text):
            yield Fault(match.end() - 1, message, fix)
            return


def _turtle(text: str) -> Iterator[Fault]:
    """Give the first mistake of N-Triples or N-Quads that are Turtle: all others follow from it."""
    for token in TOKEN.finditer(text):
        if token.lastgroup == "name" or token.group().lower() in ("@prefix", "@base"):
            message = f"N-Triples and N-Quads know no prefixes: {short(token.group())} is Turtle."
            fix = "Send the document as text/turtle (a file .ttl), or write every IRI in full: <https://…>."
            yield Fault(token.start(), message, fix)
            return


def _undeclared(text: Mended) -> Iterator[Fault]:
    """Give each prefix that is used and not declared, once."""
    uses: dict[str, list[int]] = {}
    declared: set[str] = set()
    keyword = ""
    for token in TOKEN.finditer(text.text):
        prefix = token.group().partition(":")[0] if token.lastgroup == "name" else ""
        if keyword in ("@prefix", "prefix"):
            declared.add(prefix)
        elif token.lastgroup == "name" and prefix not in declared:
            uses.setdefault(prefix, []).append(text.begin(token.start()))
        keyword = token.group().lower() if token.lastgroup in ("at", "word") else ""
    for prefix, places in islice(uses.items(), LIMIT):
        yield _undeclared_prefix(prefix, places, declared)


def _undeclared_prefix(prefix: str, places: Sequence[int], declared: Collection[str]) -> Fault:
    times = f" (used {len(places)} times)" if len(places) > 1 else ""
    line = f"@prefix {prefix}: <{PREFIXES.get(prefix, '…')}> ."
    likely = get_close_matches(prefix, islice(declared, LIMIT), 1, 0.5)
    message, fix = "is not declared", f"Add {line} at the top."
    if prefix in declared:
        message, fix = "is declared further down only", "Move its @prefix line to the top."
    elif prefix not in PREFIXES and likely:
        fix = f"Write {likely[0]}: if you mean that one, or add {line} at the top."
    return Fault(places[0], f"The prefix {prefix}: {message}{times}.", fix, f"@prefix {prefix}: <x:> . ")


def _xml_place(text: str) -> int:
    """Give where an XML document is no longer well-formed, which its parser for RDF does not tell; or -1."""
    reader = ParserCreate(namespace_separator=" ")
    try:
        reader.Parse(text, True)
    except ExpatError as error:
        return line_starts(text)[error.lineno - 1] + error.offset
    return -1


def _in_graph(quads: Iterable[Quad], graph: NamedNode) -> Iterator[Quad]:
    unnamed = DefaultGraph()
    for quad in quads:
        is_unnamed = quad.graph_name == unnamed
        yield Quad(quad.subject, quad.predicate, quad.object, graph) if is_unnamed else quad


def _beyond_rdf11(quads: Iterable[Quad], tokens: str) -> Iterator[Fault]:
    """Give what RDF 1.1 has no form for: statements about statements, directions, graphs without a name."""
    for quad in quads:
        if isinstance(quad.object, Triple):
            at = next(
                (t.start() for t in TOKEN.finditer(tokens) if t.group() in ("<<", "<<(", "{|", "~")), -1
            )
            message = "Statements about statements (<< >>, {| |}) are not stored."
            yield Fault(
                at,
                message,
                "Describe the statement as an ap:Claim, with rdf:subject, rdf:predicate, rdf:object.",
            )
            return
        if isinstance(quad.object, Literal) and quad.object.direction:
            direction = f"--{quad.object.direction.value}"
            at = next((t.start() for t in TOKEN.finditer(tokens) if t.group().endswith(direction)), -1)
            message = f"The direction of a text ({direction}) is not stored."
            yield Fault(at, message, f"Write @{quad.object.language} alone.")
            return
        if isinstance(quad.graph_name, BlankNode):
            yield Fault(-1, "A graph without an IRI cannot be found again.", "Name each graph by an IRI.")
            return


def _findings(faults: Iterable[Fault], text: str, file: str) -> Iterator[Finding]:
    lines = line_starts(text)
    source = Source(text)
    for fault in faults:
        line, column = _place(lines, fault.at)
        yield Finding(
            severity=Severity.VIOLATION,
            message=fault.message,
            file=file,
            line=line,
            column=column,
            component=SHAPES + "Syntax",
            fix=fault.fix,
            edits=mend(fault, text, source),
        )


def _place(lines: Sequence[int], at: int) -> Place:
    line = bisect_right(lines, at)
    return (line, at - lines[line - 1] + 1) if line else (0, 0)


def _places(quads: Sequence[Quad], tokens: str) -> Mapping[Quad, Place]:
    objects = _Objects(tokens).offsets
    # Unequal only if the parser and this module disagree: then no place is better than a wrong one.
    if len(objects) != len(quads):
        return _NOWHERE
    lines = line_starts(tokens)
    # From the last to the first: a statement that stands there twice is shown where it stands first.
    pairs = zip(reversed(quads), reversed(objects), strict=True)
    return MappingProxyType({quad: _place(lines, at) for quad, at in pairs})


_SUBJECT, _PREDICATE, _OBJECT, _DONE = range(4)
_DIRECTIVES: Final = {"@prefix": 2, "@base": 1, "@version": 1, "prefix": 2, "base": 1, "version": 1}
_NEXT: Final = {".": _SUBJECT, ";": _PREDICATE, ",": _OBJECT, "{": _SUBJECT, "}": _SUBJECT}


@dataclass(slots=True)
class _Bracket:
    """An open [ or (, where it stands, whether it is an object, and whether anything followed it yet."""

    sign: str
    at: int
    is_object: bool
    is_fresh: bool = True


class _Objects:
    """Where objects begin in a text without mistakes, in the order in which the parser gives statements.

    pyoxigraph (oxttl) gives a statement when its object is complete: a string with the token after
    it, a bracket when it closes, a collection with its first item, each further cell with the item in
    it. The statements that one token completes come out in reverse.
    """

    def __init__(self, text: str) -> None:
        self.offsets: list[int] = []
        self.role = _SUBJECT
        self.brackets: list[_Bracket] = []
        self.string = -1  # where a string begins whose suffix may follow
        self.skipped = 0  # tokens of a directive or a datatype to come
        for token in TOKEN.finditer(text):
            if token.lastgroup == "comment":
                continue
            if self.skipped:
                self.skipped -= 1
            elif self.string < 0 or not self._is_suffix(token.group()):
                self.offsets += reversed(list(self._complete(token)))

    def _is_suffix(self, word: str) -> bool:
        if word[0] not in "@^":
            return False
        self.offsets.append(self.string)
        self.string = -1
        self.skipped = int(word == "^^")
        return True

    def _complete(self, token: Token) -> Iterator[int]:
        word, at = token.group(), token.start()
        if self.string >= 0:
            yield self.string
            self.string = -1
        if self.brackets and self.brackets[-1].sign == "(":
            yield from self._step(self.brackets[-1], at)
        if token.lastgroup == "mark":
            yield from self._mark(word, at)
        elif self.role == _OBJECT:
            self._end_object()
            if token.lastgroup == "string":
                self.string = at
            else:
                yield at
        elif self.role == _SUBJECT and word.lower() in _DIRECTIVES:
            self.skipped = _DIRECTIVES[word.lower()]
        elif self.role < _OBJECT:
            self.role += 1

    def _step(self, bracket: _Bracket, at: int) -> Iterator[int]:
        """Go on to the next cell of a collection, or from the bracket to the first."""
        if not bracket.is_fresh:
            yield at
        elif bracket.is_object:
            yield bracket.at
        bracket.is_fresh = False

    def _mark(self, word: str, at: int) -> Iterator[int]:
        if word in _NEXT:
            self.role = _NEXT[word]
        elif word in ("[", "("):
            self.brackets.append(_Bracket(word, at, self.role == _OBJECT))
            self.role = _PREDICATE if word == "[" else _OBJECT
        elif word in ("]", ")") and self.brackets:
            bracket = self.brackets.pop()
            self.role = _PREDICATE
            if bracket.is_object:
                self._end_object()
                if word == "]":
                    yield bracket.at

    def _end_object(self) -> None:
        in_collection = bool(self.brackets) and self.brackets[-1].sign == "("
        self.role = _OBJECT if in_collection else _DONE
