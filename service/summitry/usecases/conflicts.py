"""Where the record disagrees with itself: claims that exclude each other, and claims against plain facts."""

from dataclasses import dataclass
from typing import Final

from pyoxigraph import NamedNode

from summitry.linked import short
from summitry.usecases import records
from summitry.usecases.context import Context
from summitry.usecases.excerpt import Excerpt, Ref, Statement, column
from summitry.usecases.records import Claim

MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Conflict:
    """Claims of which one is wrong at most in part, or a claim and the plain facts that it does not fit.

    `about` and `property` are those of the first claim; `facts` is what is plainly stated of the same.
    """

    about: Ref
    property: str
    claims: tuple[Claim, ...]
    facts: tuple[Statement, ...]


def conflicts(context: Context, about: NamedNode | None = None) -> tuple[int, tuple[Conflict, ...]]:
    """Give how many conflicts there are, and the first of them; those about one entity where it is given."""
    found_all = context.reader.select("conflicts")
    rows = [row for row in found_all if about in (None, row["subject"], row.get("otherSubject"))]
    rows.sort(key=lambda row: tuple(row[name].value if name in row else "" for name in ("claim", "other")))
    shown = rows[:MOST]
    claims = [*column(shown, "claim"), *column(shown, "other")]
    subjects = column(shown, "subject")
    excerpt = Excerpt(context, [*claims, *subjects])
    found = []
    for row in shown:
        nodes = [NamedNode(row[name].value) for name in ("claim", "other") if name in row]
        subject, name = NamedNode(row["subject"].value), row["property"].value
        facts = tuple(s for s in excerpt.statements(subject) if s.property == name)
        told = tuple(records.claim(excerpt, node) for node in nodes)
        found.append(Conflict(excerpt.ref(subject), short(name), told, facts))
    return len(rows), tuple(found)
