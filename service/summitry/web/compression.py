"""gzip for large answers to those who accept it (RFC 9110 §8.4.1.3), piece by piece."""

from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from summitry.media import negotiate

# Below, the time goes into the round trip; and RDF shrinks to a tenth at the lowest level already.
SMALLEST: Final = 64 * 1024
_LEVEL: Final = 1
_MARK: Final = b'-gzip"'


class Compression:
    """ASGI middleware that compresses; an entity tag says so, since it names one sequence of bytes (§8.8.3)."""

    def __init__(self, app: ASGIApp) -> None:
        self._plain = app
        self._compressing = GZipMiddleware(app, minimum_size=SMALLEST, compresslevel=_LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on, with its choice of encoding made and the marks of encodings taken off."""
        if scope["type"] != "http":
            await self._plain(scope, receive, send)
            return
        if not any(map(_concerns, scope["headers"])):
            await self._plain(scope, receive, _varied(send))
            return
        await self._choose(scope, receive, send)

    async def _choose(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = MutableHeaders(raw=list(scope["headers"]))
        headers["accept-encoding"] = "gzip" if _accepts_gzip(Headers(scope=scope)) else "identity"
        for name in ("if-match", "if-none-match"):
            if name in headers:
                headers[name] = headers[name].replace(_MARK.decode(), '"')

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                answered = MutableHeaders(raw=message["headers"])
                if answered.get("content-encoding") == "gzip" and answered.get("etag", "").startswith('"'):
                    answered["etag"] = answered["etag"].removesuffix('"') + _MARK.decode()
            await send(message)

        await self._compressing({**scope, "headers": headers.raw}, receive, marked)


def _concerns(header: tuple[bytes, bytes]) -> bool:
    """Tell whether a header of a request has to do with compression."""
    name, value = header
    return (name == b"accept-encoding" and value != b"identity") or _MARK in value


def _varied(send: Send) -> Send:
    """Say of a large answer that another client might get it compressed (§12.5.5)."""

    async def varied(message: Message) -> None:
        if message["type"] == "http.response.start":
            sizes = [int(value) for name, value in message["headers"] if name == b"content-length"]
            if not sizes or sizes[0] >= SMALLEST:
                MutableHeaders(raw=message["headers"]).add_vary_header("Accept-Encoding")
        await send(message)

    return varied


def _accepts_gzip(headers: Headers) -> bool:
    """Tell whether gzip is welcome: encodings have qualities as media types do (§12.5.3)."""
    ranges = [
        part.strip()
        for value in headers.getlist("accept-encoding")
        for part in value.split(",")
        if part.strip()
    ]
    as_media = ", ".join(f"encoding/{part}" for part in ranges)
    return bool(ranges) and negotiate(as_media, ["encoding/gzip"]) is not None
