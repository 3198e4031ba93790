"""Questions and replies as they travel on the bus."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from runtime import codec
from runtime.failures import Failure
from vocabulary.ids import CommandId


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A question; after ``expires_at`` its asker has been told that nobody answered, so it must not be carried out."""

    command_id: CommandId
    expires_at: datetime
    body: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer, or why there is none."""

    body: Any = None
    failure: Failure | None = None


def read_request(data: bytes, /) -> Request:
    """Return the question; MalformedMessage when it is none."""
    return codec.decode(data, Request)


def read_reply(data: bytes, /) -> Reply:
    """Return the answer; MalformedMessage when it is none."""
    return codec.decode(data, Reply)
