"""How to cite a page: what it is, where it is for good, and whose records it rests on."""

from datetime import date
from typing import Final

from fastapi import Request
from pydantic import Field

from summitry.usecases.context import Context
from summitry.usecases.lookup import Entity
from summitry.web.parts import Member
from summitry.web.reading import permalink

_SERVICE: Final = "Summitry"


class Citation(Member):
    """What names this page in a text of others."""

    title: str = Field(examples=["Xi Jinping"])
    permalink: str = Field(description="The address that gives this page again, whatever is recorded later.")
    revision: int
    date_: date = Field(
        serialization_alias="date", description="The day on which the revision was recorded, in UTC."
    )
    sources: list[str] = Field(description="The graphs that state what is shown, by title.")
    licenses: list[str] = Field(description="The licences of these graphs.")
    text: str = Field(description="All of this as one sentence.")


def _recorded(context: Context, number: int) -> date:
    return context.reader.revision(number).at.date()


def citation(request: Request, context: Context, entity: Entity) -> Citation:
    """Give how to cite the page of `entity`, which answers `request`."""
    number = context.reader.head()
    (recorded,) = context.kept.get(context.reader, "recorded", lambda: (_recorded(context, number),))
    address = str(request.base_url).rstrip("/") + permalink(request, context)
    sources = [source.ref.label for source in entity.sources]
    licenses = sorted({license_ for source in entity.sources for license_ in source.licenses})
    resting = f" Sources: {', '.join(sources)}." if sources else ""
    return Citation(
        title=entity.thing.ref.label,
        permalink=address,
        revision=number,
        date_=recorded,
        sources=sources,
        licenses=licenses,
        text=f"“{entity.thing.ref.label}”, {_SERVICE}, revision {number} of {recorded}, {address}.{resting}",
    )
