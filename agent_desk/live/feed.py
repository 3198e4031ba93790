"""What one seat's page was sent, numbered, so that a page that comes back gets what it missed."""

from collections import deque
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from vocabulary.ids import ContactId, SeatNo

KEPT = 1000
Kind = Literal[
    "seat", "call", "offer", "offer-ended", "connected", "ended", "speech-started", "speech-ended", "partial", "final",
    "transcript-closed", "suggestions", "draft", "recogniser", "order",
]  # fmt: skip
"""Every kind of numbered message; ``agent_desk/web/src/api/live_types.ts`` has a type and a handler for each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Something for pages: ``seat`` None goes to all seats; ``data`` is any vocabulary value."""

    kind: Kind
    data: object = field(repr=False)
    seat: SeatNo | None = None
    contact: ContactId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """A message as it goes over the socket: epoch of the desk process, running number of the seat's feed."""

    epoch: UUID
    n: int
    kind: Kind | Literal["snapshot"]
    contact: ContactId | None
    data: object = field(repr=False)


class Feed:
    """The last 1,000 messages of one seat, whether or not a page was open."""

    def __init__(self, *, epoch: UUID) -> None:
        self._epoch = epoch
        self._kept: deque[Numbered] = deque(maxlen=KEPT)
        self._n = 0

    @property
    def last(self) -> int:
        """The number of the newest message."""
        return self._n

    def append(self, message: Message, /) -> Numbered:
        """Number and keep a message."""
        self._n += 1
        numbered = Numbered(epoch=self._epoch, n=self._n, kind=message.kind, contact=message.contact, data=message.data)
        self._kept.append(numbered)
        return numbered

    def since(self, *, epoch: UUID | None, n: int) -> list[Numbered] | None:
        """Return what came after ``n`` of ``epoch``; None when a snapshot is needed instead."""
        oldest = self._n - len(self._kept)
        if epoch != self._epoch or not oldest <= n <= self._n:
            return None
        return [message for message in self._kept if message.n > n]
