"""Prefixes of the project that a document declares by an IRI which is nearly right: all that they name is nobody's."""

import re
from collections.abc import Iterator
from typing import Final

from summitry.model import Finding, Severity
from summitry.parse import Parsed
from summitry.source import Source
from summitry.syntax import TOKEN, Token
from summitry.terms import PREFIXES, SHAPES

_INESSENTIAL: Final = re.compile(r"^https?://(?:www\.)?|[/#]+$")
# Both are in use for it, and no rule reads it.
_EITHER: Final = frozenset({"schema"})


def misdeclared(parsed: Parsed, file: str) -> Iterator[Finding]:
    """Give each prefix that differs from the project's in http or https, in case, or in its last / or # alone."""
    source = Source(parsed.tokens)
    for prefix, declared in parsed.prefixes.items():
        meant = PREFIXES.get(prefix, "")
        if prefix in _EITHER or declared == meant or _essence(declared) != _essence(meant):
            continue
        token = _declaration(parsed.tokens, declared)
        edit = source.edit(*token.span(), f"<{meant}>") if token else None
        yield Finding(
            Severity.VIOLATION,
            f"The prefix {prefix}: stands for <{meant}>, not for <{declared}>.",
            file=file,
            line=edit.line if edit else 0,
            column=edit.column if edit else 0,
            shape=SHAPES + "Prefix",
            component=SHAPES + "Prefix",
            fix=f"Write <{meant}>.",
            edits=(edit,) if edit else (),
        )


def _essence(iri: str) -> str:
    return _INESSENTIAL.sub("", iri).lower()


def _declaration(text: str, iri: str) -> Token | None:
    return next((token for token in TOKEN.finditer(text) if token.group() == f"<{iri}>"), None)
