"""What stands before every route: bounds on a request's size and time, and the token that writing needs."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Annotated, Final

from fastapi import Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from summitry.errors import BadParameter, Forbidden, TooLarge, Unauthorized, WorkerDied
from summitry.model import Commit
from summitry.settings import Settings
from summitry.tokens import Bearer, Role, Tokens
from summitry.usecases.filters import did_you_mean
from summitry.web import problems

LINGER_SECONDS: Final = 2.0
ANYONE: Final = Bearer("anyone", Role.CURATOR)
_CREDENTIALS: Final = HTTPBearer(
    auto_error=False, description="The token that `summitry serve` was given or printed."
)


class Curator:
    """The one who may write: a route that depends on this runs only with a token, whose bearer it then knows.

    Where the service `is_open`, a request without a token is anyone's.
    """

    def __init__(self, tokens: Tokens, *, is_open: bool = False) -> None:
        self._tokens = tokens
        self._is_open = is_open

    def __call__(
        self,
        request: Request,
        given: Annotated[HTTPAuthorizationCredentials | None, Security(_CREDENTIALS)],
    ) -> None:
        """Let the request pass; see `admit`.

        Raises:
            BadParameter: it has one that the route does not know, so it may be meant otherwise: as a dry run.
        """
        self.admit(request, given.credentials if given else "")
        known = [field.alias for field in request.scope["route"].dependant.query_params]
        for name in request.query_params:
            if name not in known:
                raise BadParameter(
                    f"{request.url.path} has no parameter {name!r} for {request.method}; {did_you_mean(name, known)}"
                )

    def admit_bearer(self, request: Request) -> None:
        """Let `request` write with the token of its Authorization header; see `admit`."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        self.admit(request, token.strip() if scheme.lower() == "bearer" else "")

    def admit(self, request: Request, token: str) -> None:
        """Let a request with `token` write.

        Raises:
            Unauthorized: no token, or one that nobody has.
            Forbidden: the token is for reading.
        """
        request.state.is_attempt = True
        request.state.bearer = bearer = self._bearer(token)
        if bearer.role is Role.READER:
            raise Forbidden(f"the token of {bearer.name} is for reading; writing needs a curator's")

    def admit_admin(self, request: Request, token: str) -> None:
        """Let a request with `token` read what is an admin's; it is an attempt only where it is refused.

        Raises:
            Unauthorized: no token, or one that nobody has.
            Forbidden: the token is no admin's.
        """
        request.state.is_attempt = True
        request.state.bearer = bearer = self._bearer(token, "this needs an admin's token")
        if bearer.role is not Role.ADMIN:
            raise Forbidden("this is for admins; send the token of one")
        request.state.is_attempt = False

    def _bearer(self, token: str, need: str = "writing needs a curator's token") -> Bearer:
        """Give whom `token` stands for. Raises Unauthorized, which tells the `need`."""
        if not token and self._is_open:
            return ANYONE
        if not token:
            raise Unauthorized(f"{need}: send the header 'Authorization: Bearer TOKEN'")
        found = self._tokens.bearer(token)
        if found is None:
            raise Unauthorized(
                "nobody has this token; `summitry serve` prints one, SUMMITRY_TOKEN or `summitry token` sets one"
            )
        return found


class Admin:
    """The one who may see to others: a route that depends on this runs only with an admin's token."""

    def __init__(self, curator: Curator) -> None:
        self._curator = curator

    def __call__(
        self,
        request: Request,
        given: Annotated[HTTPAuthorizationCredentials | None, Security(_CREDENTIALS)],
    ) -> None:
        """Let the request pass; see `Curator.admit_admin`."""
        self._curator.admit_admin(request, given.credentials if given else "")


def commit_of(request: Request, message: str) -> Commit:
    """Give what a write that `request` asks for is signed with; the route depends on Curator."""
    bearer: Bearer = request.state.bearer
    return Commit(bearer.name, message, scope=bearer.graphs)


class Guard:
    """ASGI middleware that holds every request to the limits, and answers HEAD as GET without its body."""

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(receive, send, self._settings)
        if _announced(Headers(scope=scope)) > self._settings.upload_bytes:
            await problems.of(_too_large(self._settings))(scope, exchange.receive, exchange.send)
            return
        # The server leaves the body out by its own copy of the method (RFC 9110 §9.3.2).
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        try:
            await self._app({**scope, "method": method}, exchange.receive, exchange.send)
        except asyncio.CancelledError:
            # The server cancels what is still at work some seconds after it was told to stop.
            if exchange.is_answered:
                raise
            stopping = WorkerDied("the service is stopping; ask again when it is back")
            await problems.of(stopping)(scope, exchange.receive, exchange.send)


class _Exchange:
    """One request and its answer."""

    def __init__(self, receive: Receive, send: Send, settings: Settings) -> None:
        self._receive = receive
        self._send = send
        self._settings = settings
        self._deadline = asyncio.get_running_loop().time() + settings.request_seconds
        self._received = 0
        self._is_whole = False
        self._is_closing = False
        self.is_answered = False

    async def receive(self) -> Message:
        """Give what comes next. After the whole body only the news that the client left can come, in any time.

        Raises:
            TooLarge: the body goes on past the limit.
            HTTPException: 408, the body takes too long.
        """
        if self._is_whole:
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError as error:
            seconds = self._settings.request_seconds
            detail = f"the request was not there whole after {seconds:g} seconds; send it faster or in parts"
            raise HTTPException(408, detail, dict(problems.CLOSE)) from error
        self._received += len(message.get("body", b""))
        self._is_whole = not message.get("more_body", False)
        if self._received > self._settings.upload_bytes:
            raise _too_large(self._settings)
        return message

    async def send(self, message: Message) -> None:
        """Send `message`. The last one of an early refusal waits for the rest of the request.

        A connection that is closed while the client still sends is reset, and the answer lost with it
        (RFC 9112 §9.6).
        """
        if message["type"] == "http.response.start":
            self.is_answered = True
            self._is_closing = _closes(dict(message["headers"]))
        elif self._is_closing and not self._is_whole and not message.get("more_body", False):
            await self._send({**message, "more_body": True})
            await self._discard()
            message = {"type": "http.response.body"}
        await self._send(message)

    async def _discard(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(LINGER_SECONDS):
                while (await self._receive()).get("more_body", False):
                    pass


async def body_of(request: Request, limit: int) -> bytes:
    """Give the body of `request`.

    Raises:
        TooLarge: it has more than `limit` bytes.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise TooLarge(f"the request has more than {limit} bytes; send less at once")
    return bytes(body)


def _too_large(settings: Settings) -> TooLarge:
    return TooLarge(
        f"the request has more than {settings.upload_bytes} bytes; split the document, "
        "or have the operator raise SUMMITRY_UPLOAD_BYTES"
    )


def _announced(headers: Headers) -> int:
    """Give the size that the request says it has; the server has refused what is no number."""
    return int(headers.get("content-length", "0"))


def _closes(headers: Mapping[bytes, bytes]) -> bool:
    return headers.get(b"connection") == b"close"
