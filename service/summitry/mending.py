"""Which mistakes of syntax have one certain mend, and the edit that makes it."""

import re
from typing import Final

from summitry.model import Edit
from summitry.source import Source
from summitry.syntax import Fault
from summitry.terms import PREFIXES

_INSERTED: Final = frozenset({" .", " ;", " ,"})
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CURLY: Final = re.compile(r"[“”„‟‘’‚‛«»]([^\r\n\"\\]*)[\"“”‟‘’‛«»]")
_BARE_IRI: Final = re.compile(r"https?://\S+", re.IGNORECASE)
_DECLARATION: Final = re.compile(r"@prefix ([^\s:]*): <x:> \. ")
_PREFIX_LINE: Final = re.compile(r"[ \t]*@?prefix[ \t]+([^\s:]*):.*(?:\r\n|\n|\r|\Z)", re.IGNORECASE)
_BLANK_LINE: Final = re.compile(r"[ \t]*(?:#.*)?(?:\r\n|\n|\r)")


def mend(fault: Fault, text: str, source: Source) -> tuple[Edit, ...]:
    """Give the edit of `text` that mends `fault`, nothing where more than one thing could be meant.

    The patch of a fault only lets the parser read on, so it is a mend in some cases alone.
    """
    declared = _DECLARATION.fullmatch(fault.patch)
    if declared:
        return _declaration(declared[1], fault, text, source)
    instead = _instead(fault, text[fault.start : fault.end])
    return () if instead is None else (source.edit(fault.start, fault.end, instead),)


def _instead(fault: Fault, old: str) -> str | None:
    """Give what to write instead of `old`, None where that is not certain."""
    if not old:
        return fault.patch if fault.patch in _INSERTED else None
    if old.lower() in ("true", "false"):
        return old.lower()
    if old == "^" or fault.patch == "-":
        return fault.patch
    if old.isspace():
        return " " * len(old)
    if old[-1] in "\u200b\u2060":
        return old[:-1]
    if (old in (",", ";") and fault.patch == ".") or (old == "." and fault.patch == ";"):
        return fault.patch
    if old in ("%", ",") and fault.patch == " ":
        return ""
    if _DATE.fullmatch(old):
        return f'"{old}"^^xsd:date'
    if _BARE_IRI.fullmatch(old):
        return f"<{old}>"
    curly = _CURLY.fullmatch(old)
    return f'"{curly[1]}"' if curly else None


def _declaration(prefix: str, fault: Fault, text: str, source: Source) -> tuple[Edit, ...]:
    if prefix not in PREFIXES or not fault.fix.startswith("Add "):
        return ()
    at = _among_prefixes(prefix, text)
    line_end = "\r\n" if "\r\n" in text else "\n"
    return (source.edit(at, at, f"@prefix {prefix}: <{PREFIXES[prefix]}> .{line_end}"),)


def _among_prefixes(prefix: str, text: str) -> int:
    """Give the offset among the declarations that open `text` where that of `prefix` belongs."""
    offset = position = 0
    while line := _PREFIX_LINE.match(text, position) or _BLANK_LINE.match(text, position):
        is_declaration = line.re is _PREFIX_LINE and line.end() > line.start()
        if is_declaration and line[1] > prefix:
            return line.start()
        if line.end() == position:
            break
        position = line.end()
        offset = position if is_declaration else offset
    return offset
