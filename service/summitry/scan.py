"""One linear pass in front of every parser: what would crash, hang or abuse it goes no further.

The bounds were found by experiment on pyoxigraph 0.5.13, whose parsers and planner can be neither
interrupted nor trusted with any input: `service/DECISIONS.md` has the figures.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NoReturn

from pyoxigraph import RdfFormat

from summitry.errors import OutboundRefused, ScanRefused, TooLarge, UnsupportedMedia
from summitry.glance import is_plain
from summitry.lexemes import IRI, long, short, unescaped
from summitry.media import RDF_FORMATS

QUERY_DEPTH: Final = 64  # STR( nested 940 deep overflows the stack of the parser
PATTERNS: Final = 120  # 120 triple patterns with one subject plan in 2 s, 150 in 7, 300 do not end
CLAUSES: Final = 1000  # FILTER, BIND, VALUES, operators: 1,000 plan in 1 s, 3,000 overflow the stack
FORKS: Final = 12  # REGEX( in REGEX( is read twice, and three times where it is wrong: 20 deep never end
CLOSURES: Final = 3  # ((p*)*)*: each further level takes four times as long, 9 take 7 s
UPLOAD_DEPTH: Final = 100  # JSON-LD nested 3,000 deep overflows the stack
TRIPLE_TERMS: Final = 5000  # <<( nested some 50,000 deep overflows the stack

_CONTROLS: Final = bytes(sorted({*range(0x20)} - {*b"\t\n\r"}))
_CONTROL: Final = re.compile(b"[%s]" % _CONTROLS)
_BOM: Final = b"\xef\xbb\xbf"


def scan_query(text: bytes, *, limit: int) -> str:
    """Give a query or an update as text, safe to be handed to the parser: this text, and not the bytes.

    Raises:
        TooLarge: more than `limit` bytes.
        OutboundRefused: SERVICE or LOAD, anywhere but in names, strings and comments.
        ScanRefused: no UTF-8, control characters, or more than one worker should bear.
    """
    _check_size(text, limit, "query", "Send long lists of values in several queries.")
    _check_characters(text, "query")
    query = unescaped(text.removeprefix(_BOM).decode())
    if not is_plain(query, depth=QUERY_DEPTH, patterns=PATTERNS):
        _Query().read(query)
    return query


def scan_upload(content: bytes, media: str, *, limit: int) -> None:
    """Make sure that a document in the format `media` can be handed to its parser.

    A byte order mark of UTF-8 is accepted.

    Raises:
        TooLarge: more than `limit` bytes.
        UnsupportedMedia: a format that no parser reads.
        ScanRefused: nothing there, no UTF-8, control characters, too deep, or asks to fetch something.
    """
    rdf = RDF_FORMATS.get(media)
    if rdf is None:
        known = ", ".join(RDF_FORMATS)
        raise UnsupportedMedia(f"{media or 'No media type'} is not read here. Send one of {known}.")
    _check_size(content, limit, "document", "Split it into several documents.")
    if content[:2] in (b"\xff\xfe", b"\xfe\xff") or content[:2].strip(b"\0") != content[:2]:
        raise ScanRefused("The document is encoded in UTF-16. Save it as UTF-8 and send it again.")
    _check_characters(content, "document")
    if not content.removeprefix(_BOM).strip():
        raise ScanRefused("The document is empty. To remove a graph, delete it.")
    if rdf == RdfFormat.RDF_XML:
        _scan_xml(content)
    elif rdf == RdfFormat.JSON_LD:
        # JSON-LD 1.1 §9: pyoxigraph takes a lone text or number for a document that states nothing.
        if not content.removeprefix(_BOM).lstrip().startswith((b"{", b"[")):
            raise ScanRefused("The document is no JSON-LD: that is an object, or a list of objects.")
        _scan_json(content)
    else:
        _scan_turtle(content)


def _check_size(content: bytes, limit: int, what: str, remedy: str) -> None:
    if len(content) > limit:
        raise TooLarge(f"The {what} has {len(content):,} bytes; {limit:,} are allowed. {remedy}")


def _check_characters(content: bytes, what: str) -> None:
    try:
        content.decode()
    except UnicodeDecodeError as error:
        place = f"byte {error.start} (line {_line(content, error.start)})"
        raise ScanRefused(
            f"The {what} is not UTF-8: see {place}. Save it as UTF-8 and send it again."
        ) from error
    # To leave them all out takes a tenth of the time of a search for one.
    if len(content.translate(None, _CONTROLS)) < len(content) and (control := _CONTROL.search(content)):
        place = f"byte {control.start()} (line {_line(content, control.start())})"
        raise ScanRefused(
            f"The {what} has the control character U+{control.group()[0]:04X} at {place}. Remove it."
        )


def _line(content: bytes, offset: int) -> int:
    return content.count(b"\n", 0, offset) + 1


# Uploads: brackets are counted; what cannot nest (strings, IRIs, comments) is passed over.


_TURTLE_BRACKET: Final = re.compile(
    rf"""(?:[^][(){{}}<>"'\#\\]++|{long('"')}(?:\"""|\Z)|{long("'")}(?:\'\'\'|\Z)|{short('"')}"?|{short("'")}'?
    |\#[^\r\n]*+|{IRI}|\\.)++|(?P<open><<\(?|[\[({{])|(?P<close>\)?>>|[\])}}])""".encode(),
    re.DOTALL | re.VERBOSE,
)
_JSON_BRACKET: Final = re.compile(
    rb'(?:[^][{}"]++|"(?:[^"\\]++|\\.)*+"?)++|(?P<open>[\[{])|(?P<close>[\]}])', re.DOTALL
)
_XML_TAG: Final = r"""<[^\s!?/<>](?:[^<>"'/]++|/(?!>)|"[^"<]*+"|'[^'<]*+')*+"""
_XML_BRACKET: Final = re.compile(
    rf"""(?:[^<]++|<!--(?:[^-]++|-(?!->))*+(?:-->|\Z)|<!\[CDATA\[(?:[^\]]++|\](?!\]>))*+(?:\]\]>|\Z)
    |<\?(?:[^?]++|\?(?!>))*+(?:\?>|\Z)|{_XML_TAG}/>)++|(?P<open>{_XML_TAG}>)|(?P<close></)|(?P<declaration><!)""".encode(),
    re.VERBOSE,
)
_JSON_FETCH: Final = re.compile(rb'"@(context|import)"\s*+:\s*+(?:\[[^\]"{]*+)?"')


def _scan_turtle(content: bytes) -> None:
    if content.count(b"<<") > TRIPLE_TERMS:
        raise ScanRefused(
            "The document is full of triple terms (<<). State a triple about a triple as an ap:Claim."
        )
    if any(bracket in content for bracket in (b"[", b"(", b"{", b"<<")):
        _check_depth(_TURTLE_BRACKET, content)


def _scan_json(content: bytes) -> None:
    fetch = _JSON_FETCH.search(content)
    if fetch:
        place = f"@{fetch.group(1).decode()} on line {_line(content, fetch.start())}"
        raise ScanRefused(f"Contexts are never fetched: write the definitions themselves into {place}.")
    _check_depth(_JSON_BRACKET, content)


def _scan_xml(content: bytes) -> None:
    if not content.removeprefix(_BOM).lstrip().startswith(b"<"):
        raise ScanRefused("The document is no XML. Send it as what it is, such as text/turtle (a file .ttl).")
    if _check_depth(_XML_BRACKET, content) > 0:
        # The parser takes a document that was cut off for a complete one.
        raise ScanRefused("The document ends before all its elements are closed. Send the whole of it.")


def _check_depth(brackets: re.Pattern[bytes], content: bytes) -> int:
    depth = 0
    for bracket in brackets.finditer(content):
        if bracket.lastgroup == "open":
            depth += 1
        elif bracket.lastgroup == "close":
            depth -= 1
        elif bracket.lastgroup == "declaration":
            line = _line(content, bracket.start())
            raise ScanRefused(
                f"DOCTYPE and ENTITY are not read: remove line {line} and write its names in full."
            )
        if depth > UPLOAD_DEPTH:
            line = _line(content, bracket.start())
            raise ScanRefused(
                f"Line {line} is nested more than {UPLOAD_DEPTH} deep. Describe the inner nodes apart, under IRIs."
            )
    return depth


# Queries: a walk over the tokens, with just enough grammar to tell what each bracket encloses.

# What is no ASCII, and of ASCII: said by what they are not, because sets of many characters take long to compile.
_CHARACTER: Final = r"[^\x00-,./:-@[-^`{-\x7f]"  # A-Z a-z 0-9 _ -
_PLAIN: Final = r"[^\x00-/:-@[-^`{-\x7f]"  # A-Z a-z 0-9 _
_DOTTED: Final = rf"(?![0-9]){_PLAIN}{_CHARACTER}*+(?:\.++{_CHARACTER}++)*+"
_LOCAL_CHARACTER: Final = rf"(?:{_CHARACTER}|:|%[0-9A-Fa-f]{{2}}|\\[_~.\-!$&'()*+,;=/?\#@%])"
# One group of dots: the parser reads no further than that, and takes what follows for keywords.
_LOCAL: Final = rf"(?:(?!-){_LOCAL_CHARACTER}++(?:\.++{_LOCAL_CHARACTER}++)?+)?+"
_TOKENS: Final = rf"""
    (?P<gap>(?:[ \t\r\n]++|\#[^\r\n]*+)++)
  | (?P<string>{long('"')}\"""|{long("'")}\'\'\'|(?!\"""|\'\'\')(?:{short('"')}"|{short("'")}'))
  | (?P<runaway>\"""|\'\'\')
  | (?P<iri>{IRI})
  | (?P<variable>[?$]{_PLAIN}++)
  | (?P<language>@[A-Za-z]++(?:-[A-Za-z0-9]++)*+(?:--[A-Za-z]++)?+)
  | (?P<blank>_:{_PLAIN}{_CHARACTER}*+(?:\.++{_CHARACTER}++)*+)
  | (?P<constant>(?i:true|false)(?=-))
  | (?P<name>(?:{_DOTTED})?+:{_LOCAL})
  | (?P<word>{_DOTTED})
  | (?P<number>(?:[0-9]++\.[0-9]*+|\.[0-9]++|[0-9]++)[eE][+-]?[0-9]++|[0-9]*+\.[0-9]++|[0-9]++)
  | (?P<mark>\^\^|\|\||&&|\{{\||\|\}}|<<\(|<<|\)>>|>>|.)
"""
TOKEN: Final = re.compile(_TOKENS, re.VERBOSE | re.DOTALL)
_COMPARISON: Final = re.compile(r"(?P<mark><<\(|<<|<)")


@dataclass(frozen=True, slots=True)
class Token:
    """A token of a query: of what kind, its text, and where it starts."""

    kind: str
    text: str
    start: int


def tokens(query: str) -> Iterator[Token]:
    """Give the tokens of `query` without gaps. A `<` that compares may read as an IRI."""
    for match in TOKEN.finditer(query):
        if match.lastgroup != "gap":
            yield Token(str(match.lastgroup), match.group(), match.start())


_GROUP: Final = "group"  # { of patterns
_SELECT: Final = "select"  # { of a subquery: expressions, no patterns
_DATA: Final = "data"  # { of a template, of INSERT DATA, of VALUES: nothing to plan
_NODE: Final = "node"  # [ and << and {|
_LIST: Final = "list"  # ( of a collection or of a path
_EXPRESSION: Final = "expression"  # ( of an expression or of arguments

_VALUES: Final = frozenset({"string", "iri", "variable", "language", "blank", "name", "number", "constant"})
_CONSTANTS: Final = frozenset({"A", "TRUE", "FALSE"})
_FORKING: Final = ("REGEX", "SUBSTR", "REPLACE", "GROUP_CONCAT")
_TEMPLATES: Final = ("DATA", "CONSTRUCT", "INSERT", "DELETE")
_OPENING: Final = frozenset({"(", "[", "{", "<<", "<<(", "{|"})
_CLOSING: Final = frozenset({")", "]", "}", ">>", ")>>", "|}"})
_OPENING_COST: Final = {"[": 1, "<<": 2, "{|": 3}
_SEPARATORS: Final = frozenset(".;,")
_PATH_OPERATORS: Final = frozenset("/|^")
_OPERATORS: Final = frozenset({"||", "&&", "!", "=", "<", ">", "+", "-", "*", "/"})


@dataclass(slots=True)
class _Frame:
    """An open bracket: what it encloses, how deep closures are nested in it, whether it forks the parser."""

    kind: str
    closures: int = 0
    forks: bool = False


class _Query:
    """What the tokens read so far say: open brackets, the last two tokens, and what was counted."""

    def __init__(self) -> None:
        self.frames: list[_Frame] = []
        self.closed = _Frame(_GROUP)
        self.previous = self.before = ""
        self.prefix = ""  # of the previous token, where that is a prefixed name
        self.is_value = False  # the previous token ends a term or an expression
        self.is_word = False
        self.expects_data = False
        self.patterns = self.clauses = 0
        self.is_started = False  # the keyword of this update operation, or of the query, was read

    def read(self, text: str) -> None:
        """Walk over `text`. Raises ScanRefused where it may not be parsed."""
        position = 0
        while position < len(text):
            # After a value in an expression, < compares: the parser tries no IRI there.
            compares = self.is_value and self.kind == _EXPRESSION and text[position] == "<"
            token = (_COMPARISON if compares else TOKEN).match(text, position)
            if token is None or token.lastgroup is None:
                raise AssertionError("the last alternative fits any character")
            position = token.end()
            if token.lastgroup != "gap":
                self._take(token.lastgroup, token.group())

    @property
    def kind(self) -> str:
        """Give what the innermost bracket encloses; outside of all, only expressions have brackets."""
        return self.frames[-1].kind if self.frames else _SELECT

    def _take(self, kind: str, token: str) -> None:
        if kind == "runaway":
            raise ScanRefused(f"A string that begins with {token} is never closed. Close it with {token}.")
        if kind == "word":
            self._word(token.upper())
        elif kind == "mark":
            self._mark(token)
        else:
            self._value(kind, token)
        self.is_value = kind in _VALUES or token.upper() in _CONSTANTS or self._ends_value(token)
        self.is_word = kind == "word" and not self.is_value
        self.prefix = token.partition(":")[0].upper() if kind == "name" else ""
        self.before, self.previous = self.previous, token

    def _ends_value(self, token: str) -> bool:
        return token in (")", "]") or (token in ("}", ")>>") and self.kind == _EXPRESSION)

    def _word(self, word: str) -> None:
        # The parser needs no space before or after a keyword: trueSERVICE, SERVICESILENT.
        if "SERVICE" in word or "LOAD" in word:
            _refuse_outbound()
        if self.kind == _GROUP and word.startswith("SELECT"):
            self.frames[-1].kind = _SELECT
        if word.endswith("VALUES"):
            self.expects_data = True
            self._count(patterns=1)
        if word not in ("PREFIX", "BASE"):
            self.is_started = True
            self._count(clauses=1)

    def _value(self, kind: str, token: str) -> None:
        # LOADex:document reads like a name, and is a LOAD.
        is_first = not self.is_started and self.previous.upper() != "PREFIX"
        if kind == "name" and is_first and "load" in token.partition(":")[0].lower():
            _refuse_outbound()
        if kind == "language" or self.expects_data:
            return
        follows_value = self.is_value and self.kind == _EXPRESSION
        if follows_value or (self.kind == _LIST and self.previous not in _PATH_OPERATORS):
            self._count(patterns=2)
        elif self.is_value and not self.frames:
            self._count(clauses=1)

    def _mark(self, mark: str) -> None:
        if mark in _OPENING:
            self._open(mark)
        elif mark in _CLOSING:
            self._close(mark)
        elif mark == ";" and not self.frames:
            self.patterns = self.clauses = 0
            self.is_started = False
        elif self.kind == _EXPRESSION:
            self._count(clauses=int(mark in _OPERATORS))
        elif self.kind in (_GROUP, _NODE, _LIST):
            self._count(patterns=int(mark in _SEPARATORS or mark in _PATH_OPERATORS))
            if mark in ("*", "+", "?") and self.previous == ")":
                self._repeat()

    def _open(self, mark: str) -> None:
        kind = self._kind_of(mark)
        if kind != _DATA:
            in_list = 2 if self.kind == _LIST else 0
            self._count(patterns=_OPENING_COST.get(mark, 0) + in_list, clauses=int(mark == "{"))
        forks = kind == _EXPRESSION and self.is_word and self.previous.upper().endswith(_FORKING)
        self.frames.append(_Frame(kind, forks=forks))
        if len(self.frames) > QUERY_DEPTH:
            raise ScanRefused(f"The query nests brackets more than {QUERY_DEPTH} deep. Flatten it.")
        if forks and sum(frame.forks for frame in self.frames) > FORKS:
            names = ", ".join(_FORKING)
            raise ScanRefused(
                f"The query nests {names} more than {FORKS} deep. Compute inner values with BIND."
            )

    def _kind_of(self, mark: str) -> str:
        if mark == "{":
            return self._kind_of_braces()
        if self.kind == _DATA:
            return _DATA
        if mark != "(":
            return _NODE
        if self.kind in (_EXPRESSION, _SELECT) or self.is_word:
            return _EXPRESSION
        # FILTER ex:test(…), which may be written FILTERex:test(…)
        is_call = "FILTER" in self.prefix or self.before.upper().endswith("FILTER")
        return _EXPRESSION if is_call else _LIST

    def _kind_of_braces(self) -> str:
        # SERVICEex:endpoint { reads like a name, and is a SERVICE.
        if "SERVICE" in self.prefix and not self.before.upper().endswith("GRAPH"):
            _refuse_outbound()
        is_data = self.kind == _DATA or self.expects_data
        self.expects_data = False
        return _DATA if is_data or self.previous.upper().endswith(_TEMPLATES) else _GROUP

    def _close(self, mark: str) -> None:
        if mark == "}" and self.is_value and self.kind == _GROUP:
            self._count(patterns=1)
        if self.frames:
            self.closed = self.frames.pop()
        if self.frames and self.closed.kind == _LIST:
            self.frames[-1].closures = max(self.frames[-1].closures, self.closed.closures)

    def _repeat(self) -> None:
        closures = self.closed.closures + 1
        self.frames[-1].closures = max(self.frames[-1].closures, closures)
        if closures > CLOSURES:
            raise ScanRefused(
                f"The query repeats a repeated path more than {CLOSURES} deep. Once says the same."
            )

    def _count(self, *, patterns: int = 0, clauses: int = 0) -> None:
        if self.kind == _DATA:
            return
        self.patterns += patterns
        self.clauses += clauses
        if self.patterns > PATTERNS:
            raise ScanRefused(
                f"The query has more than {PATTERNS} triple patterns, path steps and list items. Split it into several."
            )
        if self.clauses > CLAUSES:
            raise ScanRefused(
                f"The query has more than {CLAUSES:,} keywords and operators. Write alternatives as VALUES or IN (…)."
            )


def _refuse_outbound() -> NoReturn:
    raise OutboundRefused(
        "SERVICE and LOAD would make this server call another one. Fetch the data yourself."
    )
