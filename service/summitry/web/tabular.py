"""Lists as CSV (RFC 4180): one row for each item, the same columns whatever the items have.

A reference is two columns, its prefixed name and its label; what an item has several of is one cell, separated by `; `.
A text that a spreadsheet would run as a formula has an apostrophe before it.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import UnionType
from typing import Final, Union, get_args, get_origin

from pydantic import BaseModel

from summitry.terms import compact
from summitry.web.endpoints import Json
from summitry.web.items import Item
from summitry.web.parts import Day, Ref, Text

_BETWEEN: Final = "; "
_DIGITS: Final = {"month": 7, "year": 4}
_DEEPEST: Final = 3
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class _Column:
    """A column: its name, and the members that lead to its values."""

    name: str
    way: tuple[str, ...]
    type: type


def table(item: type[Item], items: Sequence[Json], fields: Sequence[str]) -> bytes:
    """Give `items`, each as its JSON, as a table with a column for each of the members `fields`, all where none."""
    columns = [
        column for column in _columns(item) if not fields or column.way[0] in fields or column.name == "id"
    ]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(column.name for column in columns)
    for row in items:
        writer.writerow(_cell(row, column) for column in columns)
    return text.getvalue().encode()


def _columns(model: type[BaseModel], before: tuple[str, ...] = ()) -> Iterator[_Column]:
    for name, field in model.model_fields.items():
        way = (*before, field.serialization_alias or name)
        kind = _kind(field.annotation)
        title = ".".join(way)
        if kind is Ref:
            yield _Column(title, (*way, "id"), Ref)
            yield _Column(f"{title}.label", (*way, "label"), str)
        elif kind is Day or kind is Text or not issubclass(kind, BaseModel):
            yield _Column(title, way, kind)
        elif len(way) < _DEEPEST:
            yield from _columns(kind, way)


def _kind(annotation: object) -> type:
    """Give the type of the values of a member, or of those that it has several of."""
    if get_origin(annotation) in (Union, UnionType, list):
        return _kind(next(arg for arg in get_args(annotation) if arg is not type(None)))
    return annotation if isinstance(annotation, type) else str


def _cell(row: Json, column: _Column) -> str:
    text = _BETWEEN.join(_cells(row, column))
    return f"'{text}" if column.type not in (int, float) and text.startswith(_FORMULA) else text


def _cells(row: Json, column: _Column) -> Iterator[str]:
    for value in _values(row, column.way):
        if isinstance(value, dict) and "precision" in value:
            yield value["date"][: _DIGITS.get(value["precision"], 10)]
        elif isinstance(value, dict):
            yield str(value.get("value", value.get("id", "")))
        elif isinstance(value, bool):
            yield str(value).lower()
        else:
            yield compact(str(value)).strip("<>") if column.type is Ref else str(value)


def _values(value: object, way: Sequence[str]) -> Iterator[object]:
    """Give what the members `way` lead to from `value`, which has none, one, or several of each."""
    if isinstance(value, list):
        for each in value:
            yield from _values(each, way)
    elif not way:
        if value is not None:
            yield value
    elif isinstance(value, dict):
        yield from _values(value.get(way[0]), way[1:])
