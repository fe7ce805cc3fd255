"""In which languages a client wants labels: by the parameter `lang`, or else by Accept-Language (RFC 9110 §12.5.4)."""

import re
from collections.abc import Iterator
from typing import Final

from fastapi import Request

from summitry.errors import BadParameter
from summitry.usecases.context import ENGLISH

_WRITTEN: Final = "[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*"
LANG: Final = {
    "name": "lang",
    "in": "query",
    "description": "The language of labels, instead of Accept-Language.",
    "schema": {"type": "string", "pattern": f"^{_WRITTEN}$"},
    "example": "fr",
}
_TAG: Final = re.compile(_WRITTEN)
_WEIGHT: Final = re.compile(r"q=([01](\.[0-9]{0,3})?)", re.IGNORECASE)
_MOST: Final = 10


def languages(request: Request) -> tuple[str, ...]:
    """Give them in lower case, the best first; each that has parts is followed by its first, and English is last.

    Raises:
        BadParameter: `lang` is no language tag.
    """
    wanted = request.query_params.get("lang")
    if wanted is not None and not _TAG.fullmatch(wanted):
        raise BadParameter(f"lang: {wanted!r} is not a language tag such as fr or zh")
    tags = [wanted] if wanted else list(_accepted(request))
    forms = (form for tag in tags for form in (tag.lower(), tag.lower().partition("-")[0]))
    return tuple(dict.fromkeys([*forms, ENGLISH]))


def _accepted(request: Request) -> Iterator[str]:
    """Give the first few tags that the client accepts, the best first; what is malformed is passed over."""
    weighed = []
    for part in ",".join(request.headers.getlist("accept-language")).split(","):
        tag, _, parameter = (text.strip() for text in part.partition(";"))
        weight = _WEIGHT.fullmatch(parameter or "q=1")
        if _TAG.fullmatch(tag) and weight and float(weight[1]):
            weighed.append((float(weight[1]), tag))
    for _, tag in sorted(weighed, key=lambda pair: -pair[0])[:_MOST]:
        yield tag
