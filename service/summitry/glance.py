"""A glance at a query that saves most of them the reading of their tokens, which costs more than their answer."""

from typing import Final

_SHORT: Final = 1900  # no more words or values than the 1,000 that a query may have
# Without these there are no expressions, paths in paths, collections or escapes.
_INVOLVED: Final = ("(", "[", "<<", "{|", "\\", '"""', "'''")
_COUNTED: Final = ".;,/|^{}"  # each pattern of what is left needs one of these


def is_plain(query: str, *, depth: int, patterns: int) -> bool:
    """Tell of a short query that it calls nobody, nests braces at most `depth` and has at most `patterns` patterns.

    Of others that may be so too.
    """
    if len(query) > _SHORT or any(map(query.__contains__, _INVOLVED)):
        return False
    lowered = query.lower()
    if "service" in lowered or "load" in lowered or query.count("{") > depth:
        return False
    return lowered.count("values") + sum(map(query.count, _COUNTED)) <= patterns
