"""The limit of rows of one answer, counted in the bytes that the engine writes: its own writer is the fastest."""

import io
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from pyoxigraph import Triple

from summitry.errors import ResultTooLarge

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

# What stands once for each row, and what only looks like it. In JSON, `},{"` stands between two rows that
# bind something; in a text it can only be where the text ends, which a bracket, comma or colon follows.
_SIGNS: Final = {
    "application/sparql-results+json": ((b'},{"',), (b'},{"}', b'},{",', b'},{":', b'},{"]')),
    "application/sparql-results+xml": ((b"<result>", b"<result/>"), ()),
    "text/tab-separated-values": ((b"\n",), ()),
    "application/n-triples": ((b"\n",), ()),
    "application/n-quads": ((b"\n",), ()),
}
_BEFORE_FIRST: Final = {"text/csv": 1, "text/tab-separated-values": 1, "application/sparql-results+json": -1}
# The bytes of the shortest row: an answer too short for too many rows is not counted, nor one below _HELD.
_SHORTEST: Final = {
    "application/sparql-results+json": 20,
    "application/sparql-results+xml": 9,
    "application/n-triples": 10,
    "application/n-quads": 10,
}
_HELD: Final = 4 * 1024 * 1024
_LONGEST: Final = 10
_QUOTE: Final = b'"'


class _Rows(io.RawIOBase):
    def __init__(self, output: BinaryIO, media: str, limit: int) -> None:
        self._output = output
        self._is_csv = media == "text/csv"
        self._rows, self._looks = _SIGNS.get(media, ((), ()))
        self._limit = limit
        self._uncounted = [b""]
        self._free = min(_HELD, limit * _SHORTEST.get(media, 1))
        self._count = -_BEFORE_FIRST.get(media, 0)
        self._rest = b""
        self._is_quoted = False

    def writable(self) -> bool:
        """Tell that it is for writing."""
        return True

    def write(self, piece: "ReadableBuffer") -> int:
        """Hand `piece` on. Raises ResultTooLarge."""
        content = bytes(piece)
        if self._limit:
            self._uncounted.append(content)
            self._free -= len(content)
            if self._free < 0:
                self._require_few()
        self._output.write(content)
        return len(content)

    def _require_few(self) -> None:
        for content in self._uncounted:
            self._count += self._lines(content) if self._is_csv else self._signs(content)
        self._uncounted.clear()
        _require(self._count, self._limit)

    def _signs(self, content: bytes) -> int:
        """Count the signs that end in `content`; one may have begun in the piece before."""
        both = self._rest + content
        found = self._number(both) - self._number(self._rest)
        self._rest = both[1 - _LONGEST :]
        return found

    def _number(self, content: bytes) -> int:
        return sum(map(content.count, self._rows)) - sum(map(content.count, self._looks))

    def _lines(self, content: bytes) -> int:
        """Count the ends of lines outside of quotes (RFC 4180 §2)."""
        if _QUOTE not in content:
            return 0 if self._is_quoted else content.count(b"\n")
        found = 0
        first, *others = content.split(_QUOTE)
        for part in (first, *others):
            found += 0 if self._is_quoted else part.count(b"\n")
            self._is_quoted = not self._is_quoted
        self._is_quoted = not self._is_quoted  # the last part is not closed by a quote yet
        return found


def bounded(output: BinaryIO, media: str, limit: int) -> BinaryIO:
    """Give what hands on to `output` what is written, until that has more than `limit` rows (0: any number) of `media`.

    A row that binds nothing is `{}` in JSON and is not counted there.
    """
    return cast("BinaryIO", _Rows(output, media, limit))


def counted(triples: Iterable[Triple], limit: int) -> Iterator[Triple]:
    """Give `triples`, each of which is a row. Raises ResultTooLarge."""
    for number, triple in enumerate(triples, 1):
        if limit:
            _require(number, limit)
        yield triple


def _require(count: int, limit: int) -> None:
    """Hold an answer of `count` rows to `limit`.

    Raises:
        ResultTooLarge: it has more.
    """
    if count > limit:
        message = f"the answer has more than {limit} rows; ask for less with LIMIT and OFFSET"
        raise ResultTooLarge(message, limit="result_rows")
