"""What a request says of its body, and the body as it was before it was compressed."""

import re
import zlib
from typing import Final

from fastapi import Request

from summitry.errors import ScanRefused, TooLarge, UnsupportedMedia
from summitry.media import bare

_CHARSET: Final = re.compile(r""";\s*charset\s*=\s*"?([^\s;"]+)""", re.IGNORECASE)
_GZIP: Final = 16 + zlib.MAX_WBITS  # zlib's way to say: with the header and checksum of gzip
_UNICODE: Final = ("utf-8", "utf8", "us-ascii")


def media_type(request: Request) -> str:
    """Give the media type of the body in lower case, empty where none is said.

    Raises:
        UnsupportedMedia: its charset is not UTF-8.
    """
    content_type = request.headers.get("content-type", "")
    charset = _CHARSET.search(content_type)
    if charset and charset[1].lower() not in _UNICODE:
        raise UnsupportedMedia(f"the charset {charset[1]} is not read here; send UTF-8")
    return bare(content_type)


def unpacked(request: Request, body: bytes, limit: int) -> bytes:
    """Give `body` without the compression that `request` says it has: none, or gzip (RFC 9110 §8.4).

    Raises:
        UnsupportedMedia: another compression.
        ScanRefused: it is not gzip, or breaks off.
        TooLarge: it unpacks to more than `limit` bytes.
    """
    encoding = request.headers.get("content-encoding", "identity").lower()
    if encoding == "identity":
        return body
    if encoding not in ("gzip", "x-gzip"):
        raise UnsupportedMedia(f"a body compressed as {encoding} is not read here; send gzip, or none")
    reader = zlib.decompressobj(wbits=_GZIP)
    try:
        content = reader.decompress(body, limit + 1)
    except zlib.error as error:
        raise ScanRefused("the body is not gzip, as Content-Encoding says; compress it again") from error
    if len(content) > limit:
        raise TooLarge(f"the body unpacks to more than {limit} bytes; send less at once")
    if not reader.eof or reader.unused_data:
        raise ScanRefused("the compressed body breaks off or goes on after its end; compress it again")
    return content
