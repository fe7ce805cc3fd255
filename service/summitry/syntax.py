"""The tokens of Turtle, and what is wrong with a document that they alone betray, with how to mend it."""

import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from summitry.terms import PREFIXES

LIMIT: Final = 100

_CHARACTER: Final = (
    r"[A-Za-z0-9_\-\u00b7\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u037d\u037f-\u1fff\u200c\u200d\u203f\u2040\u2070-\u218f"
    r"\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff]"
)
_LOCAL: Final = rf"(?:{_CHARACTER}|:|%[0-9A-Fa-f]{{2}}|\\[_~.\-!$&'()*+,;=/?\#@%])"
TOKEN: Final = re.compile(
    rf"""
    (?P<comment>\#[^\r\n]*+)
  | (?P<string>\"""(?:[^"\\]++|\\.|"(?!""))*+\"""|\'\'\'(?:[^'\\]++|\\.|'(?!''))*+\'\'\'
      |(?!\"""|\'\'\')(?:"(?:[^"\\\r\n]++|\\[^\r\n])*+"|'(?:[^'\\\r\n]++|\\[^\r\n])*+'))
  | (?P<iri><(?:[^<>"{{}}|^`\\\x00-\x20]++|\\[uU])*+>)
  | (?P<at>@[A-Za-z]++(?:-[A-Za-z0-9]++)*+(?:--[A-Za-z]++)?+)
  | (?P<number>[+-]?+(?:(?:[0-9]++(?:\.[0-9]*+)?+|\.[0-9]++)[eE][+-]?+[0-9]++|[0-9]*+\.[0-9]++|[0-9]++))
  | (?P<blank>_:{_CHARACTER}++(?:\.++{_CHARACTER}++)*+)
  | (?P<name>(?:(?![0-9_-]){_CHARACTER}++(?:\.++{_CHARACTER}++)*+)?+:(?:(?!-){_LOCAL}++(?:\.++{_LOCAL}++)*+)?+)
  | (?P<word>(?![0-9_-]){_CHARACTER}++(?:\.++{_CHARACTER}++)*+)
  | (?P<mark>\^\^|<<\(|<<|\)>>|>>|\{{\||\|\}}|[](){{}}.;,[])
  | (?P<odd>[^ \t\r\n])
    """,
    re.VERBOSE | re.DOTALL,
)
Token = re.Match[str]
_LINE_END: Final = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake, at an offset of the text. The text from `start` to `end` reads on as `patch`."""

    at: int
    message: str
    fix: str = ""
    patch: str = ""
    start: int = 0
    end: int = 0


def line_starts(text: str) -> Sequence[int]:
    """Give the offset where each line begins."""
    return array("q", chain([0], (end.end() for end in _LINE_END.finditer(text))))


def short(text: str) -> str:
    """Give `text` on one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:59] + "…"


_CURLY: Final = re.compile(r"[“”„‟‘’‚‛«»]([^\r\n\"“”„‟‘’‚‛«»]*+)[\"“”‟‘’‛«»]")
_DASHES: Final = frozenset("\u2010\u2011\u2012\u2013\u2014\u2212")
_SPACES: Final = re.compile(r"[\u00a0\u2000-\u200a\u202f\u205f\u3000]++")
_REST_OF_LINE: Final = re.compile(r"[^\r\n]*+")
_IRI_ON_LINE: Final = re.compile(r"<([^<>\r\n]*)>")
_OPEN_IRI: Final = re.compile(r"<[^\s<>]*[^\s<>.;,]")
_BARE_IRI: Final = re.compile(r"https?://[^\s<>\"]*[^\s<>\".;,)\]]", re.IGNORECASE)
_PATH: Final = re.compile(r"(?:/[\w%~.-]*[\w%~-])+/?|/")
_UNDERSCORED: Final = re.compile(r"@[A-Za-z0-9_-]{1,40}")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?![\w-])")
_INNER_QUOTES: Final = re.compile(r"\"[^\r\n]*\"")
_NOT_IN_IRI: Final = re.compile(r"[\x00-\x20\"{}|^`\\]")


def mistakes(text: str) -> Iterator[Fault]:
    """Give the mistakes that the tokens alone betray."""
    position = count = 0
    previous: Token | None = None
    while count < LIMIT and (token := TOKEN.search(text, position)):
        fault = _mistake(text, token, previous)
        position = token.end()
        if fault:
            count += 1
            position = max(position, fault.end)
            yield fault
        previous = token


def _mistake(text: str, token: Token, previous: Token | None) -> Fault | None:
    start, end = token.span()
    if token.lastgroup == "odd":
        return _odd(text, start, previous if previous and previous.end() == start else None)
    if token.lastgroup == "string" and text[end : end + 1].isalnum():
        return _inner_quotes(text, start, end)
    if token.lastgroup == "at" and text.startswith("_", end):
        tag = _UNDERSCORED.match(text, start)
        fix = f"Write {tag.group().replace('_', '-')}, not {tag.group()}." if tag else ""
        return Fault(end, "A language tag has hyphens.", fix, "-", end, end + 1)
    if token.lastgroup == "number" and (date := _DATE.match(text, start)):
        fix = f'Write "{date.group()}"^^xsd:date.'
        return Fault(start, "A date needs quotes and a type.", fix, "0", *date.span())
    if token.lastgroup == "name" and (iri := _BARE_IRI.match(text, start)):
        return Fault(start, "An IRI needs angle brackets.", f"Write <{iri.group()}>.", "<x:>", *iri.span())
    return None


def _odd(text: str, at: int, previous: Token | None) -> Fault | None:
    match text[at]:
        case '"' | "'":
            return _open_string(text, at)
        case "<":
            return _broken_iri(text, at)
        case "/" if previous and previous.lastgroup == "name":
            return _slash(text, at, previous.group())
        case "%" if previous and previous.lastgroup == "number":
            fix = f"Write {previous.group()} alone."
            return Fault(at, "A number has no percent sign.", fix, " ", at, at + 1)
        case "^" if previous and previous.lastgroup == "string":
            return Fault(at, "Before a type stand two carets.", "Write ^^ here.", "^^", at, at + 1)
        case character if character in _DASHES and (previous or text[at + 1 : at + 2].isdecimal()):
            return Fault(at, f"{character} is a dash and no hyphen.", "Write - here.", "-", at, at + 1)
        case character if spaces := _SPACES.match(text, at):
            message = f"The character U+{ord(character):04X} looks like a space and is none."
            return Fault(at, message, "Write an ordinary space.", " ", *spaces.span())
        case "\u200b" | "\u2060":
            start = previous.start() if previous else at
            message = f"The character U+{ord(text[at]):04X}, which nobody sees, does not belong here."
            return Fault(at, message, "Remove it.", text[start:at] or " ", start, at + 1)
        case character if curly := _CURLY.match(text, at):
            fix = f'Write straight quotes: "{short(curly.group(1))}".'
            return Fault(at, f"{character} does not quote a text.", fix, ' "" ', *curly.span())
    return None


def _open_string(text: str, at: int) -> Fault:
    quote = text[at]
    if text.startswith(quote * 3, at):
        fix = f"Write {quote * 3} where it ends."
        return Fault(at, "The text that begins here is never closed.", fix, '"" .', at, len(text))
    rest = _REST_OF_LINE.search(text, at)
    end = at + len(rest.group().rstrip(" \t.;,])")) if rest else at + 1
    fix = f'Write {quote} where it ends, or """ on both sides of a text of several lines.'
    return Fault(at, "The text that begins here is not closed on this line.", fix, ' "" ', at, end)


def _broken_iri(text: str, at: int) -> Fault | None:
    whole = _IRI_ON_LINE.match(text, at)
    if whole and (bad := _NOT_IN_IRI.search(whole.group(1))):
        what = "a space" if bad.group() == " " else f"the character {bad.group()}"
        good = _NOT_IN_IRI.sub(lambda found: f"%{ord(found.group()):02X}", whole.group(1))
        return Fault(at, f"An IRI cannot contain {what}.", f"Write <{good}>.", "<x:>", *whole.span())
    broken = _OPEN_IRI.match(text, at)
    if broken:
        fix = f"Write {short(broken.group())}>."
        return Fault(at, "The IRI that begins here is not closed.", fix, "<x:>", *broken.span())
    return None


def _slash(text: str, at: int, name: str) -> Fault:
    path = _PATH.match(text, at)
    rest = path.group() if path else "/"
    prefix, _, local = name.partition(":")
    declared = re.search(rf"prefix\s+{re.escape(prefix)}:\s*<([^<>\s]*)>", text)
    space = declared.group(1) if declared else PREFIXES.get(prefix, "…")
    fix = f"Write <{space}{local}{rest}>, or {name}{rest.replace('/', '-')} if you may choose the name."
    return Fault(at, f"A name such as {name} cannot contain a slash.", fix, " ", at, at + len(rest))


def _inner_quotes(text: str, start: int, end: int) -> Fault | None:
    longest = _INNER_QUOTES.match(text, start)
    if longest is None or longest.end() == end:
        return None
    inner = longest.group()[1:-1].replace('"', '\\"')
    fix = f'Write \\" for a quote inside of a text: "{short(inner)}".'
    return Fault(start, "This text is closed by a quote inside of it.", fix, ' "" ', *longest.span())
