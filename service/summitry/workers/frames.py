"""The messages between the service, its fork server and the children, as frames on a stream socket.

A frame is one byte of kind, four bytes of length (big-endian) and the payload. A message is any number
of DATA frames, its body, and then one frame of another kind whose payload is a JSON object of facts.
"""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from socket import socket
from struct import Struct
from typing import TYPE_CHECKING, Final

import orjson

from summitry.errors import WorkerDied

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

Fact = str | int | float | bool | list[str]
Facts = Mapping[str, Fact]

LARGEST: Final = 64 * 1024 * 1024
PIECE: Final = 1024 * 1024
RECEIVE: Final = 256 * 1024
WRITE_BUFFER: Final = 64 * 1024
LAST: Final = "last"  # the fact with which a child says that it ends after this answer
_HEAD: Final = Struct(">BI")
_NO_FRAME: Final = "a worker sent what is no frame; its answer cannot be trusted"


class Kind(IntEnum):
    """What a frame is for: a part of a body, a command, or an answer."""

    DATA = 1
    REQUEST = 2
    END = 3
    ERROR = 4
    LOAD = 5
    PATCH = 6
    FORK = 7
    KILL = 8
    DONE = 9
    FORKED = 10
    EXIT = 11
    STEP = 12


Frame = tuple[Kind, bytes]
_KINDS: Final = {int(kind): kind for kind in Kind}


@dataclass(frozen=True, slots=True)
class Message:
    """A body and the facts about it. Facts that are absent read as empty text, zero or no texts."""

    kind: Kind
    facts: Facts
    body: bytes = b""

    def text(self, name: str) -> str:
        """Give the fact `name`, which is a text."""
        return text(self.facts, name)

    def texts(self, name: str) -> list[str]:
        """Give the fact `name`, which is a list of texts."""
        fact = self.facts.get(name, [])
        return fact if isinstance(fact, list) else []

    def number(self, name: str) -> float:
        """Give the fact `name`, which is a number."""
        return number(self.facts, name)


def text(facts: Facts, name: str) -> str:
    """Give the fact `name` as a text."""
    return str(facts.get(name, ""))


def number(facts: Facts, name: str) -> float:
    """Give the fact `name` as a number."""
    fact = facts.get(name, 0)
    return fact if isinstance(fact, int | float) else 0


def frame(kind: Kind, payload: bytes) -> bytes:
    """Give one frame, ready to send."""
    return _HEAD.pack(kind, len(payload)) + payload


def closing(kind: Kind, facts: Facts) -> bytes:
    """Give the frame that closes a message."""
    return frame(kind, orjson.dumps(dict(facts)))


def data(body: bytes) -> bytes:
    """Give the frames of `body`."""
    starts = range(0, len(body), PIECE)
    return b"".join(frame(Kind.DATA, body[start : start + PIECE]) for start in starts)


def pack(message: Message) -> bytes:
    """Give all frames of `message`."""
    return data(message.body) + closing(message.kind, message.facts)


def facts_of(payload: bytes) -> Facts:
    """Give the facts that a closing frame carries. Raises WorkerDied where they are no JSON."""
    try:
        facts: Facts = orjson.loads(payload)
    except orjson.JSONDecodeError as error:
        raise WorkerDied(_NO_FRAME) from error
    return facts


class Decoder:
    """Cuts what arrives on a socket into frames; what is no whole frame yet waits for the rest."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, received: bytes) -> list[Frame]:
        """Give the frames that `received` completes.

        Raises:
            WorkerDied: the other side sends what is no frame, so nothing it says can be trusted.
        """
        self._rest += received
        frames: list[Frame] = []
        start = 0
        while len(self._rest) >= start + _HEAD.size:
            number, length = _HEAD.unpack_from(self._rest, start)
            if number not in _KINDS or length > LARGEST:
                raise WorkerDied(_NO_FRAME)
            end = start + _HEAD.size + length
            if len(self._rest) < end:
                break
            frames.append((_KINDS[number], bytes(self._rest[start + _HEAD.size : end])))
            start = end
        del self._rest[:start]
        return frames


class Inbox:
    """Reads messages from a blocking socket."""

    def __init__(self, connection: socket) -> None:
        self._connection = connection
        self._decoder = Decoder()
        self._frames: list[Frame] = []

    def frames(self) -> Iterator[Frame]:
        """Give each frame until the other side closes the connection."""
        while True:
            while self._frames:
                yield self._frames.pop(0)
            received = self._connection.recv(RECEIVE)
            if not received:
                return
            self._frames.extend(self._decoder.feed(received))

    def messages(self) -> Iterator[Message]:
        """Give each message until the other side closes the connection."""
        body = bytearray()
        for kind, payload in self.frames():
            if kind is Kind.DATA:
                body += payload
            else:
                yield Message(kind, facts_of(payload), bytes(body))
                body.clear()


class Body(io.RawIOBase):
    """The body of the next message of an inbox as a file, so that it need not fit into memory."""

    def __init__(self, inbox: Inbox) -> None:
        self._frames = inbox.frames()
        self._chunk = memoryview(b"")
        self.facts: Facts = {}

    def readable(self) -> bool:
        """Say that this file can be read."""
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """Fill `buffer` with what comes next; 0 after the closing frame, whose facts are then known."""
        target = memoryview(buffer).cast("B")
        while not self._chunk and not self.facts:
            kind, payload = next(self._frames, (Kind.DATA, None))
            if payload is None:
                raise EOFError("the sender went away")
            if kind is Kind.DATA:
                self._chunk = memoryview(payload)
            else:
                self.facts = facts_of(payload)
        size = min(len(target), len(self._chunk))
        target[:size], self._chunk = self._chunk[:size], self._chunk[size:]
        return size


class Output(io.RawIOBase):
    """The body of an answer as a file. The last piece leaves together with the closing frame."""

    def __init__(self, connection: socket) -> None:
        self._connection = connection
        self._held = b""
        self._is_finished = False

    def writable(self) -> bool:
        """Say that this file can be written."""
        return True

    def write(self, data: "ReadableBuffer") -> int:
        """Send what was held back, and hold back `data`; after the end there is nothing to write."""
        piece = bytes(memoryview(data)[:PIECE])
        if not self._is_finished:
            self._send(b"")
            self._held = piece
        return len(piece)

    def finish(self, kind: Kind, facts: Facts) -> None:
        """Close the message."""
        self._send(closing(kind, facts))
        self._is_finished = True

    def _send(self, after: bytes) -> None:
        before = frame(Kind.DATA, self._held) if self._held else b""
        self._held = b""
        if before or after:
            self._connection.sendall(before + after)
