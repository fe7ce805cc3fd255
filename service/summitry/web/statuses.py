"""Which problems an operation may answer with, as the OpenAPI document says it of each."""

from collections.abc import Iterator
from typing import Final

from summitry import media
from summitry.web.endpoints import Json
from summitry.web.problems import PROBLEM

_TEXTS: Final = {
    "400": "A parameter or what was sent cannot be read; `detail` says where and what to write.",
    "401": "It needs a token.",
    "403": "It is not for this token, or for nobody.",
    "404": "There is no such thing.",
    "405": "The path knows other methods; `Allow` says which.",
    "406": "It is not on offer in a form that the request accepts.",
    "408": "The request was not there whole in time.",
    "409": "It was changed again since.",
    "412": "The graph moved on; fetch it and retry.",
    "413": "The request or its answer is too large.",
    "415": "What was sent is of a media type that is not read here.",
    "422": "The document breaks a rule; `errors` says which, at which line and column.",
    "428": "The service wants `If-Match`.",
    "429": "This client asks too much at once.",
    "500": "The service failed; its operator finds the reason in the log.",
    "503": "The service is busy or stops; retry.",
    "504": "It took too long.",
    "507": "The disk of the service is full.",
}
_ANY: Final = ("400", "404", "405", "500", "503")
_READING: Final = ("413", "429", "504")
_SENDING: Final = ("408", "413", "415", "422", "504")
_WRITING: Final = ("401", "403", "409", "412", "413", "422", "428", "504", "507")
# What runs in a worker, which has limits.
_WORKED: Final = ("/sparql", "/questions/", "/graphs", "/validate", "/dumps")
# What may name another server, or a graph of the system.
_NAMING: Final = ("/sparql", "/validate")


def tell(path: str, operation: Json) -> None:
    """Add the problems that `operation` at `path` may answer with, and `default` for what is none of these."""
    answers = operation["responses"]
    answers.pop("422", None)  # the framework's own, which never leaves
    offered = {form for known in answers.values() for form in known.get("content", {})}
    for status in sorted({*_statuses(path, operation), *(["406"] if len(offered) > 1 else [])}):
        answers[status] = _problem(_TEXTS[status])
    for known in answers.values():
        # Generated clients know the first form alone.
        if media.JSON in known.get("content", {}):
            known["content"] = {media.JSON: known["content"].pop(media.JSON), **known["content"]}
    answers["default"] = _problem("Another problem: the status says of which kind, `detail` what to do.")


def _statuses(path: str, operation: Json) -> Iterator[str]:
    yield from _ANY
    if path.startswith(_WORKED):
        yield from _READING
    if path.startswith(_NAMING):
        yield "403"
    if "requestBody" in operation:
        yield from _SENDING
    if operation.get("security"):
        yield from _WRITING


def _problem(description: str) -> Json:
    return {
        "description": description,
        "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
