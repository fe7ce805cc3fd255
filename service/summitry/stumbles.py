"""What the parser stumbles over in a document, in words that say how to mend it.

Each mistake is mended in a copy of the text, so that the parser reads on and stumbles over the next
one, not over what follows from the first.
"""

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace
from operator import attrgetter, itemgetter
from typing import Final

from pyoxigraph import parse as read

from summitry.media import N_QUADS, N_TRIPLES, RDF_FORMATS
from summitry.syntax import LIMIT, TOKEN, Fault, line_starts, short

_REACH: Final = 1000  # tokens looked back at for what a mistake belongs to
_OPENERS: Final = {"]": "[", ")": "(", "}": "{"}
_CLOSERS: Final = {"[": "]", "(": ")", "{": "}"}
_ENDS: Final = frozenset(".;,])}")
_SEPARATORS: Final = {",": "a comma", ";": "a semicolon", ".": "a dot"}
_DIRECTIVES: Final = frozenset({"@prefix", "@base", "prefix", "base"})
_POSITION: Final = re.compile(r"Parser error .*?columns? \d+(?: and [a-z ]*\d+(?: column \d+)?)?: ")
_XML_PREFIX: Final = 'Declare it in rdf:RDF, as in xmlns:ap="https://w3id.org/summitry/ns#".'
_PREFIX_LINE: Final = "Write @prefix ap: <https://w3id.org/summitry/ns#> ."

# What the parser says, what we say, and how to mend it.
_MESSAGES: Final = (
    (r"'([“”„‘’«»])' is not allowed at .*", r"\1 does not quote a text.", "Write straight quotes."),
    (r"'(.)' is not allowed at the beginning of .*", r"The character \1 does not belong here.", "Remove it."),
    (r"Invalid IRI code point '(.*)'", r"An IRI cannot contain the character \1.", "Write % and its digits."),
    (r"No scheme found in an absolute IRI", "The IRI is not complete.", "Write it in full: <https://…>."),
    (r"Unexpected escape character '(.*)'", r"\1 is no escape.", r"Write \\ for a backslash."),
    (r"The PREFIX \w+ should be .*", "A prefix is declared by a name, a colon and an IRI.", _PREFIX_LINE),
    (r"The BASE keyword .*", "A base is an IRI in angle brackets.", "Write @base <https://…> ."),
    (r"Expecting a datatype IRI .*", "After ^^ comes a type.", 'Write for example "2025-11-10"^^xsd:date.'),
    (r"The (\w+) of a triple must be (.*)", r"The \1 must be \2.", "N-Triples has no shorthand."),
    (r"A dot is expected .*", "The statement before this is not finished.", "Write a dot, ; or a comma."),
    (r"The prefix (.*): has not been declared", r"The prefix \1: is not declared.", _PREFIX_LINE),
    (r"A language code should .*", "After @ comes a language.", 'Write for example "text"@en.'),
    (r"escapes in IRIs should be %.*", "In a name, % begins an escape.", "Write %25 for a percent sign."),
    (
        r"ill-formed document: expected `(.*)`, but `(.*)` .*",
        r"\2 stands where \1 was to be.",
        "Write the name that was opened.",
    ),
    (r"Error while escaping character .*", "In XML, & begins an escape.", "Write &amp; for an & of a text."),
    (r"Unknown prefix (.*):", r"The prefix \1: is not declared.", _XML_PREFIX),
    (r"XML namespaces are required .*", "A name has no prefix.", "Write rdf:about for about, rdf:ID for ID."),
    (r"Trailing commas .*", "A comma with nothing after it ends here.", "Remove the comma before this."),
    (
        r"Unexpected char: '(.*)'",
        r"The character \1 does not belong here.",
        'JSON has double quotes: "label".',
    ),
    (r"Unexpected end of file", "The document ends in the middle.", 'Close what is open by ", ] or }.'),
    (r"No LoadDocumentCallback .*", "Contexts are never fetched.", "Write the definitions into @context."),
)


def explain(message: str) -> tuple[str, str]:
    """Give our words for a message of a parser, and what to write instead where that is known."""
    plain = _POSITION.sub("", message, count=1)
    for pattern, ours, fix in _MESSAGES:
        if match := re.fullmatch(pattern, plain):
            return match.expand(ours), fix
    return plain[:1].upper() + plain[1:] + ".", ""


class Mended:
    """A text with the known mistakes mended. Faults that it gives are of the original text again."""

    def __init__(self, text: str, faults: Iterable[Fault], media: str) -> None:
        self.source = text
        self.media = media
        # Of each piece: where it begins here, where in the original, and what it is.
        self.pieces: list[tuple[int, int, str]] = []
        pieces, length, end = [], 0, 0
        for fault in sorted((fault for fault in faults if fault.patch), key=attrgetter("start", "end")):
            if fault.start < end:
                continue
            kind = "insertion" if fault.start == fault.end else "replacement"
            self.pieces += [(length, end, "original"), (length + fault.start - end, fault.start, kind)]
            pieces += [text[end : fault.start], fault.patch]
            length, end = length + fault.start - end + len(fault.patch), fault.end
        self.pieces.append((length, end, "original"))
        self.text = "".join(pieces) + text[end:]
        self.lines = line_starts(self.text)
        self.starts, self.ends = array("q"), array("q")
        for token in TOKEN.finditer(self.text):
            if token.lastgroup != "comment":
                self.starts.append(token.start())
                self.ends.append(token.end())

    def stumbles(self, base: str) -> Iterator[Fault]:
        """Give what the parser stumbles over, once in a statement: the rest follows from it."""
        dots = array("q", (start for start in self.starts if self.text[start] in ".}"))
        last = -1
        for offset, message in self._errors(base):
            statement = bisect_left(dots, offset)
            # What stands for a mistake may itself not fit there.
            if statement != last and self._piece(offset)[2] != "replacement":
                fault = self._fault(bisect_right(self.starts, offset) - 1, offset, message)
                start = (self._end if fault.start == fault.end else self.begin)(fault.start)
                at = start if fault.patch and fault.at == fault.start else self.begin(fault.at)
                yield replace(fault, at=at, start=start, end=self._end(fault.end))
                # A missing dot does not keep the parser from the statement that follows.
                last = -1 if fault.patch == " ." else statement

    def _piece(self, offset: int) -> tuple[int, int, str]:
        return self.pieces[bisect_right(self.pieces, offset, key=itemgetter(0)) - 1]

    def begin(self, offset: int) -> int:
        """Give where in the original that begins which begins at `offset`."""
        here, origin, kind = self._piece(offset)
        return origin + offset - here if kind == "original" else origin

    def _end(self, offset: int) -> int:
        index = bisect_left(self.pieces, offset, key=itemgetter(0)) - 1
        if index >= 0 and self.pieces[index][2] == "replacement":
            return self.pieces[index + 1][1]
        return self.begin(offset)

    def _errors(self, base: str) -> Iterator[tuple[int, str]]:
        parser = read(self.text.encode(), format=RDF_FORMATS[self.media], base_iri=base)
        found = 0
        while found < LIMIT:
            try:
                found = LIMIT if next(parser, None) is None else found
            except SyntaxError as error:
                found += 1
                line = self.lines[min(error.lineno or 1, len(self.lines)) - 1]
                yield line + (error.offset or 1) - 1, error.msg

    def _fault(self, index: int, offset: int, message: str) -> Fault:
        if "must be followed by a dot" in message or "is expected at the end of" in message:
            return self._unfinished(index)
        if "should end with a ']'" in message:
            return self._unclosed(index) if self._word(index) in _ENDS else self._unfinished(index)
        if "Unexpected end" in message or "Triples should be followed" in message:
            return self._cut_off()
        bracket = _OPENERS.get(self._word(index))
        if bracket and "is not a valid" in message and self._word(self._opener(index)) != bracket:
            return self._unopened(index)
        if "is not a valid RDF object" in message:
            return self._no_value(index)
        if "is not a valid predicate" in message:
            return self._no_property(index)
        if "is not a valid subject" in message or "is not a valid RDF subject" in message:
            return self._no_subject(index)
        return Fault(offset, *explain(message))

    def _word(self, index: int) -> str:
        return self.text[self.starts[index] : self.ends[index]] if 0 <= index < len(self.starts) else ""

    def _term(self, index: int) -> str:
        """Give the text of the term that ends with the token `index`."""
        first = index
        while first > 0 and (self._word(first)[0] in "@^" or self._word(first - 1) == "^^"):
            first -= 1
        start, end = (self.starts[first], self.ends[index]) if index >= 0 else (0, 0)
        return short(self.source[self.begin(start) : self._end(end)] or self.text[start:end])

    def _opener(self, index: int) -> int:
        """Give the innermost bracket of the statement that is open before the token `index`, -1 for none."""
        closed = 0
        for before in range(index - 1, max(-1, index - _REACH), -1):
            word = self._word(before)
            closed += (word in _OPENERS) - (word in _CLOSERS)
            if closed < 0 or (word == "." and not closed):
                return -1 if word in ".{" else before
        return -1

    def _after(self, index: int, patch: str, message: str, fix: str) -> Fault:
        at = self.ends[index] if index >= 0 else 0
        return Fault(at, message, fix, patch, at, at)

    def _instead(self, index: int, patch: str, message: str, fix: str) -> Fault:
        return Fault(self.starts[index], message, fix, patch, self.starts[index], self.ends[index])

    def _unfinished(self, index: int) -> Fault:
        if self._word(index) in _OPENERS:
            return self._unopened(index)
        before = self._term(index - 1)
        separator = self._separator(index)
        message = f"The statement is not finished: {_SEPARATORS[separator]} is missing after {before}."
        return self._after(index - 1, f" {separator}", message, f"Write {before} {separator}")

    def _separator(self, index: int) -> str:
        """Tell what is missing before the token `index`, from the terms that follow and where it stands."""
        if self.media in (N_TRIPLES, N_QUADS):
            return "."
        is_indented = self._is_indented(index, self._subject(index)) or self._opener(index) >= 0
        terms = 0
        while terms < 3 and self._word(index + terms) not in _ENDS:
            terms += 1
        return {1: ",", 2: ";"}.get(terms, ";" if is_indented else ".")

    def _subject(self, index: int) -> int:
        """Give the token that begins the statement which the token `index` is in, or follows without a dot."""
        subject = index - 1
        while subject > max(0, index - _REACH) and self._word(subject - 1) not in (".", "{"):
            subject -= 1
        return subject

    def _is_indented(self, index: int, subject: int) -> bool:
        starts = [self.starts[max(place, 0)] for place in (subject, index)]
        first, second = (start - self.lines[bisect_right(self.lines, start) - 1] for start in starts)
        return second > first

    def _continued(self, index: int) -> Fault | None:
        """Give the comma or semicolon before a statement whose `a` is the token `index`."""
        sign = self._word(index - 2)
        if self._word(index) != "a" or sign not in (",", ";") or self._opener(index) >= 0:
            return None
        is_alike = not self._is_indented(index - 1, self._subject(index - 2))
        message = (
            f"A statement about {self._term(index - 1)} begins after {_SEPARATORS[sign]}, not after a dot."
        )
        fix = f"Write {self._term(index - 3)} ."
        # Only where it stands below the subject before is it certain that no property was meant.
        return self._instead(index - 2, "." if is_alike else " .", message, fix)

    def _ended(self, first: int) -> Fault | None:
        """Give the dot before a property, the token `first`, that was to go on with the statement."""
        subject = self._subject(first - 1) if self._word(first - 1) == "." else -1
        is_directive = self._word(subject).lower() in _DIRECTIVES
        if subject < 0 or is_directive or not self._is_indented(first, subject):
            return None
        before = self._term(first - 2)
        message = f"A dot ends the statement before {self._term(first)}, which says more about {self._term(subject)}."
        return self._instead(first - 1, ";", message, f"Write {before} ;")

    def _unopened(self, index: int) -> Fault:
        word = self._word(index)
        message = f"No {_OPENERS[word]} is open that this {word} could close."
        return self._instead(index, " ", message, "Remove it.")

    def _unclosed(self, index: int) -> Fault:
        opener = self._opener(index)
        bracket = self._word(opener) if opener >= 0 else "["
        fix = f"Write {_CLOSERS[bracket]} after {self._term(index - 1)}."
        message = f"The {bracket} that opens here is not closed."
        fault = self._after(index - 1, f" {_CLOSERS[bracket]}", message, fix)
        return replace(fault, at=self.starts[opener]) if opener >= 0 else fault

    def _cut_off(self) -> Fault:
        last = len(self.starts) - 1
        if self._opener(last + 1) >= 0:
            return self._unclosed(last + 1)
        fix = f"Write {self._term(last)} ."
        return self._after(last, " .", "The last statement is not finished: a dot is missing.", fix)

    def _no_value(self, index: int) -> Fault:
        word, before = self._word(index), self._term(index - 1)
        if word in _ENDS and self._word(self._opener(index)) == "(":
            return self._unclosed(index)
        if misplaced := self._continued(index) or (self._ended(index - 2) if word in _ENDS else None):
            return misplaced
        if word in _ENDS and before == ",":
            return self._instead(index - 1, " ", "After this comma comes no value.", "Remove the comma.")
        if word in _ENDS:
            fix = f"Write a value after {before}, or remove it."
            return self._after(index - 1, " []", f"{before} has no value.", fix)
        if word.lower() in ("true", "false"):
            return self._instead(index, "true", f"{word} is written in lower case.", f"Write {word.lower()}.")
        message = f"{short(word)} is neither a name nor a quoted text."
        fix = f'Write "{short(word)}"@en for a text, or a name with its prefix, such as country:us.'
        return self._instead(index, "[]", message, fix)

    def _no_property(self, index: int) -> Fault:
        word, before = self._word(index), self._term(index - 1)
        if word in _ENDS:
            fix = f"Write a property and its value after {before}."
            return self._after(index - 1, " a []", f"{before} is followed by no property.", fix)
        if word != "{" and (dot := self._ended(index - 1)):
            return dot
        fix = "Write a property such as ap:imposedBy."
        if before == ";":
            fix = "Between two values of one property write a comma, not a semicolon."
        if word == "{":
            fix = "Named graphs need TriG: send the document as application/trig (a file .trig)."
        return Fault(self.starts[index], f"{short(self._term(index))} is no property.", fix)

    def _no_subject(self, index: int) -> Fault:
        word = self._word(index)
        if word == "." and self._word(index - 1).startswith("<"):
            message = "PREFIX and BASE without @ have no dot."
            return self._instead(index, " ", message, "Remove it, or write @prefix.")
        if word in _ENDS:
            fix = f"Remove this {word}, or the dot before it."
            return self._instead(index, " ", f"No statement is open that {word} could continue.", fix)
        if comma := self._continued(index):
            return comma
        message = f"{short(word)} begins no statement."
        return Fault(self.starts[index], message, "Begin with an IRI or a prefixed name.")
