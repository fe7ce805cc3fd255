"""What the Factbook says of the head of state or of government of one economy, read from free text.

One form is read: 'Prime Minister Viktor ORBAN (since 29 May 2010)', with a known title in front. Whatever is
in another form gives the reason why it is not read.
"""

import re
from enum import StrEnum
from typing import NamedTuple

from builders.factbook import ENDED
from builders.names import name_of

# Every title that is read, and the name of its office where that is not 'Title of Country'.
TITLES = {
    "Administrator": "",
    "Amir": "",
    "Chairman of the Cabinet of Ministers": "",
    "Chairperson of the Council of Ministers": "",
    "Chancellor": "",
    "Chief Executive": "",
    "Chief Minister": "",
    "Commissioner": "",
    "Crown Prince and Prime Minister": "",
    "Emperor": "",
    "Governor": "",
    "Grand Duke": "",
    "King": "",
    "Mayor and Chairman of the Island Council": "",
    "Minister of State": "",
    "Pope": "Pope",
    "Premier": "",
    "President": "",
    "President of Council of Ministers": "",
    "President of French Polynesia": "President of French Polynesia",
    "President of Territorial Council": "",
    "President of the Government": "",
    "President of the Government of Spain": "President of the Government of Spain",
    "President of the Swiss Confederation": "President of the Swiss Confederation",
    "President of the Territorial Assembly": "",
    "Prime Minister": "",
    "Prime Minister and Co-Vice President": "",
    "Prime Minister and Foreign Minister": "",
    "Prince": "",
    "Secretary of State for Foreign and Political Affairs": "",
    "State Affairs Commission President": "",
    "Sultan and Prime Minister": "",
    "Supreme Leader": "",
    "Supreme People's Assembly President": "",
    "Taoiseach": "",
}
TITLE = re.compile("(" + "|".join(sorted(map(re.escape, TITLES), key=len, reverse=True)) + ") (.+)")
# 'Taoiseach (Prime Minister)', 'SONEXAY (also spelled SONXAI)': what explains a title or a name.
GLOSS = re.compile(r" \((?!since )[^()]*\)|; also spelled \w+")
# 'since 16 November 1994; head of state and … since 20 November 1992': the first day is that of the title.
HOLDING = re.compile(r"(?P<words>[^();]+) \(since (?P<since>[^(),;]+)(?P<remark>[,;][^()]*)?\)(?P<rest>.*)")
# Whoever represents the head of state does not hold the office.
ASIDE = re.compile(r"([,;] (represented by|the prime minister's official title is) .*)?")
TEMPORARY = re.compile(r"\b(acting|caretaker|interim|transition|transitional)\b", re.IGNORECASE)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
SINCE = re.compile(r"(?:(?:(?P<day>\d{1,2}) )?(?P<month>[A-Z][a-z]+) )?(?P<year>\d{4})")


class Left(StrEnum):
    """Why a text is left out."""

    DEPENDENT = "head of state of an economy that is no country: the office is another country's"
    EMPTY = "no text"
    FORM = "text not of the form 'title name (since day)'"
    NAME = "name not told from what surrounds it"
    SECOND = "another start of the same tenure, as head of government"
    SEVERAL = "several persons, or a remark that may name another"
    TEMPORARY = "acting, interim, caretaker or transitional holder"
    TITLE = "title that the build does not know"
    UNMAPPED = "of what is not exactly one economy"
    VACANT = "vacant office"


class Start(NamedTuple):
    """The first possible day of a tenure, and how exactly it is known."""

    day: str
    precision: str


class Holding(NamedTuple):
    """Who holds what, since when."""

    title: str
    name: str
    start: Start


def read(text: str) -> Holding | Left:
    """Read one text without HTML, or say why it is left out."""
    if not text:
        return Left.EMPTY
    if "(vacant)" in text:
        return Left.VACANT
    match = HOLDING.fullmatch(GLOSS.sub("", text))
    if not match or not (start := start_of(match["since"])):
        return Left.FORM
    if TEMPORARY.search(match["words"]):
        return Left.TEMPORARY
    if not ASIDE.fullmatch(match["rest"]):
        return Left.SEVERAL
    titled = TITLE.fullmatch(match["words"])
    if not titled:
        return Left.TITLE
    name = name_of(titled[2])
    return Holding(titled[1], name, start) if name else Left.NAME


def start_of(since: str) -> Start | None:
    """Read '29 May 2010', 'April 2018' or '1997', unless it is later than the Factbook."""
    match = SINCE.fullmatch(since.strip())
    if not match:
        return None
    month = match["month"] or "Jan"
    if month[:3].lower() not in MONTHS:
        return None
    number = MONTHS.index(month[:3].lower()) + 1
    precision = "day" if match["day"] else "month" if match["month"] else "year"
    day = f"{match['year']}-{number:02}-{int(match['day'] or 1):02}"
    return Start(day, precision) if day[:7] <= ENDED[:7] else None
