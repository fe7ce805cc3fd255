"""Conditional requests (RFC 9110 §13): a graph's entity tag is the revision that last changed it."""

import re
from typing import Final

from fastapi import Request
from pyoxigraph import NamedNode

from summitry.errors import StaleRevision
from summitry.store.base import GraphStore

_ANY: Final = "*"
_WEAK: Final = "W/"
_FORM: Final = re.compile(r'-[^"]*(?="$)')


def tag(revision: int, form: str = "") -> str:
    """Give the entity tag of what was last changed by `revision`, in the representation `form`."""
    return f'"r{revision}-{form}"' if form else f'"r{revision}"'


def is_known(request: Request, tag: str) -> bool:
    """Tell whether the client has what `tag` names already (§13.1.2, compared weakly)."""
    known = [other.removeprefix(_WEAK) for other in _tags(request, "if-none-match")]
    return _ANY in known or tag.removeprefix(_WEAK) in known


def expected(request: Request, store: GraphStore, graph: NamedNode) -> int | None:
    """Give the revision that `graph` must be at for `request` to be performed, None where any will do.

    Raises:
        StaleRevision: it is another one already, or the graph is there and must not be.
    """
    current = store.last_change(graph)
    held = tag(current) if store.holds(graph) else ""
    # Whichever representation the client has seen, it has seen that revision.
    wanted, unwanted = (
        [_FORM.sub("", tag) for tag in _tags(request, name)] for name in ("if-match", "if-none-match")
    )
    if wanted and not (held and (held in wanted or _ANY in wanted)):
        is_bare = f'"{wanted[0]}"' == held
        remedy = "an entity tag stands in quotation marks" if is_bare else "fetch it and retry"
        raise StaleRevision(f"the graph {graph} is {_state(held)}, not at {', '.join(wanted)}; {remedy}")
    if held and (_ANY in unwanted or held in unwanted):
        raise StaleRevision(
            f"the graph {graph} is {_state(held)} already; leave out If-None-Match to replace it"
        )
    return current if wanted or unwanted else None


def _state(held: str) -> str:
    return f"at {held}" if held else "empty"


def _tags(request: Request, name: str) -> list[str]:
    return [tag.strip() for value in request.headers.getlist(name) for tag in value.split(",") if tag.strip()]
