"""What a front door is made of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from summitry.usecases.filters import Entity, Filter, Label

ACTOR: Final = Entity(("country", "organization", "person", "collective"))
SPEAKER: Final = Entity(("person", "organization", "country", "collective", "source"))
NAME_DOC: Final = "Words that a label or another name contains, in any language, case and accent."


def named(example: str) -> Filter:
    """Give the filter by a part of a name."""
    return Filter("name", Label(), NAME_DOC, example)


@dataclass(frozen=True, slots=True)
class ValidAt:
    """What the day asked about restricts a list to, and the text that counts where there is none.

    `query` answers it, with the filters that name the same query.
    """

    query: str
    doc: str
    example: str
    default: str
    is_alone: bool = True  # restricts the list even where none of these filters is given
    # The ways from nodes that the query looks at to what it finds; see `concerned`.
    through: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Facet:
    """What entities of a list have in common by the values of a property, perhaps one of their nodes `through`.

    `and_own`: or of themselves. `kind`: of what kind the nodes must be that lead to them. `among`: the class of
    which alone values are counted.
    """

    name: str
    property: str
    through: str = ""
    and_own: bool = False
    kind: str = ""
    among: str = ""


@dataclass(frozen=True, slots=True)
class Sort:
    """An order of a list by the values of a property, perhaps of their nodes `through` another.

    The least counts, the other way round the greatest; what has none comes last. `and_own`: values of their own
    count too. Values are dates, codes, or numbers.
    """

    name: str
    property: str
    through: str = ""
    and_own: bool = False
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Door:
    """One kind of thing and the way in to it. `kinds` are the entity types in its IRIs, the usual one first.

    All examples of its filters fit one entity of the shipped graph.
    """

    name: str
    cls: str
    kinds: Sequence[str]
    doc: str
    example: str
    filters: tuple[Filter, ...]
    valid_at: ValidAt | None = None
    facets: tuple[Facet, ...] = ()
    sorts: tuple[Sort, ...] = ()
    but: str = ""  # a class below whose members have a door of their own

    @property
    def orders(self) -> Iterator[str]:
        """Give the values of the parameter `sort`."""
        for name in ("label", *(sort.name for sort in self.sorts)):
            yield from (name, f"-{name}")
