"""A list behind a front door: filtered, in the order of the labels, page by page."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from pyoxigraph import Literal, NamedNode

from summitry.collation import collated
from summitry.errors import BadParameter
from summitry.store.base import Reader, Term
from summitry.usecases.context import DATE, Context
from summitry.usecases.doors import Door
from summitry.usecases.excerpt import Excerpt, column, labels_of
from summitry.usecases.filters import Filter
from summitry.usecases.things import VIEWS, Thing

VALID_AT: Final = "valid_at"
LIMIT: Final = 50
MOST: Final = 200

# Where an entity stands in a list: no two share a key, whatever is added or removed around it.
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of a list; the page begins after `after`."""

    door: Door
    context: Context
    bindings: Mapping[str, Sequence[Term]]
    limit: int
    after: Key | None


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `total` counts all pages; `cursor` is where the next one begins, empty on the last."""

    items: tuple[Thing, ...]
    total: int
    cursor: str


def understand(
    door: Door,
    texts: Mapping[str, Sequence[str]],
    context: Context,
    *,
    limit: int = LIMIT,
    cursor: str = "",
) -> Query:
    """Give the query of the list behind `door` whose filters have these texts.

    Raises:
        BadParameter: one has a value that it cannot have.
    """
    return Query(door, context, _bindings(door, texts, context), limit, _opened(cursor) if cursor else None)


def page(query: Query) -> Page:
    """Give the page that `query` asks for."""
    keys = _keys(query)
    start = bisect_right(keys, query.after) if query.after else 0
    shown = keys[start : start + query.limit]
    is_last = start + query.limit >= len(keys)
    things = _things(query, [NamedNode(iri) for _, iri in shown])
    return Page(things, len(keys), "" if is_last else _sealed(shown[-1]))


def _bindings(door: Door, texts: Mapping[str, Sequence[str]], context: Context) -> dict[str, Sequence[Term]]:
    bindings: dict[str, Sequence[Term]] = {}
    if door.valid_at and context.valid_at:
        bindings[VALID_AT] = context.days
    for known in door.filters:
        given = texts.get(known.name) or ([known.default] if known.default else [])
        terms = [_read(known, text, context) for text in given]
        if terms and None not in terms:
            bindings[known.name] = [term for some in terms for term in some or ()]
    return bindings


def _read(known: Filter, text: str, context: Context) -> Sequence[Term] | None:
    try:
        if not text:
            raise BadParameter("it is empty; leave it out instead")
        return known.kind.read(text, context)
    except BadParameter as error:
        raise BadParameter(f"{known.name}: {error}") from error


def _keys(query: Query) -> list[Key]:
    # Sorted here: Oxigraph took 3 s to order 60,000 rows by IRI, this takes 0.1 s, and only here
    # "Åland" comes before "Albania".
    rows = query.context.reader.select(query.door.name, query.bindings)
    labels = labels_of(rows, query.context.languages)
    return sorted((collated(labels.get(entity, "")), entity.value) for entity in set(column(rows, "entity")))


def _things(query: Query, entities: Sequence[NamedNode]) -> tuple[Thing, ...]:
    reader, day = query.context.reader, query.context.day
    excerpt = Excerpt(reader, [*entities, *parts_of(reader, entities, day)], query.context.languages)
    return tuple(VIEWS[query.door.name](excerpt, entity, day) for entity in entities)


def parts_of(reader: Reader, entities: Sequence[NamedNode], day: date) -> list[NamedNode]:
    """Give the nodes that carry what has a time or a condition about `entities`, tenures of an office on `day`."""
    on = Literal(day.isoformat(), datatype=DATE)
    return column(reader.select("parts-of", {"entity": entities, VALID_AT: [on]}), "part")


def _sealed(key: Key) -> str:
    return urlsafe_b64encode("\n".join(key).encode()).decode().rstrip("=")


def _opened(cursor: str) -> Key:
    try:
        text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except ValueError:
        text = ""
    label, newline, iri = text.rpartition("\n")
    if not newline:
        raise BadParameter(f"cursor: {cursor!r} is none that a list gave; begin without it")
    return label, iri
