"""Frames: u32 big-endian length, then a payload of at most 1 MiB whose first byte is its kind, J or A."""

import re
from dataclasses import dataclass
from typing import Any, TypeVar

from runtime import codec
from runtime.failures import Failure
from vocabulary.errors import Permanent

MAX_FRAME = 1024 * 1024
LENGTH_BYTES = 4
JSON, AUDIO = b"J"[0], b"A"[0]
T = TypeVar("T")


class MalformedFrame(Permanent):
    """Bytes that are no frame or no message; the connection they came from is closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A request has ``id``, a reply ``re``, a notify neither. ``error`` only in replies; ``body`` is plain JSON."""

    name: str = ""
    id: int | None = None
    re: int | None = None
    body: Any = None
    error: Failure | None = None


def message_name(kind: type, /) -> str:
    """Return the name a message class has on the wire: ``OpenRtpLeg`` is ``open-rtp-leg``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", kind.__name__).lower()


def frame_length(head: bytes, /) -> int:
    """Return the payload length of a 4-byte head; MalformedFrame when it is 0 or above MAX_FRAME."""
    length = int.from_bytes(head, "big")
    if not 0 < length <= MAX_FRAME:
        raise MalformedFrame(f"a frame of {length} bytes; between 1 and {MAX_FRAME} are allowed")
    return length


def frame(kind: int, payload: bytes, /) -> bytes:
    """Return the bytes of one frame; MalformedFrame when the payload is too large."""
    if len(payload) + 1 > MAX_FRAME:
        raise MalformedFrame(f"a message of {len(payload)} bytes; at most {MAX_FRAME - 1} are allowed")
    return (len(payload) + 1).to_bytes(LENGTH_BYTES, "big") + bytes([kind]) + payload


def message_frame(message: Message, /) -> bytes:
    """Return the frame of a message."""
    return frame(JSON, codec.encode(message))


def read_message(payload: bytes, /) -> Message:
    """Return the message in a J payload, kind byte taken off; MalformedFrame when it is none."""
    try:
        return codec.decode(payload, Message)
    except codec.MalformedMessage as error:
        raise MalformedFrame(str(error)) from None


def body_of(message: Message, kind: type[T], /) -> T:
    """Return the body as a value of type ``kind``; codec.MalformedMessage names what is wrong."""
    return codec.decode(codec.encode(message.body), kind)
