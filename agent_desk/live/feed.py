"""What one seat's page was sent, numbered, so that a page that comes back gets what it missed."""

from collections import deque
from dataclasses import dataclass, field
from uuid import UUID

from agent_desk.live.messages import LiveMessage, LiveNumber
from runtime.codec import encode
from vocabulary.ids import AccountId, ContactId, SeatNo

KEPT = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Something for pages: ``seat`` None goes to all seats, ``agent`` is whose it is when it is one person's."""

    body: LiveMessage = field(repr=False)
    seat: SeatNo | None = None
    agent: AccountId | None = None
    contact: ContactId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """A message with its place in the seat's feed."""

    place: LiveNumber
    body: LiveMessage = field(repr=False)

    def text(self) -> str:
        """Return it as it goes over the socket: place and body in one JSON object."""
        place, body = self.place, self.body
        whole = {
            "epoch": place.epoch, "n": place.n, "kind": body.kind, "contact": place.contact, "data": body.data,
        }  # fmt: skip
        return encode(whole).decode()


class Feed:
    """The last 1,000 messages of one seat, whether or not a page was open, of one agent at it."""

    def __init__(self, *, epoch: UUID, agent: AccountId | None = None) -> None:
        self.epoch = epoch
        self.agent = agent
        self._kept: deque[Numbered] = deque(maxlen=KEPT)
        self._n = 0

    @property
    def last(self) -> int:
        """The number of the newest message."""
        return self._n

    def append(self, message: Message, /) -> Numbered:
        """Number and keep a message."""
        self._n += 1
        place = LiveNumber(epoch=self.epoch, n=self._n, contact=message.contact)
        numbered = Numbered(place=place, body=message.body)
        self._kept.append(numbered)
        return numbered

    def since(self, *, epoch: UUID | None, n: int) -> list[Numbered] | None:
        """Return what came after ``n`` of ``epoch``; None when a snapshot is needed instead."""
        oldest = self._n - len(self._kept)
        if epoch != self.epoch or not oldest <= n <= self._n:
            return None
        return [message for message in self._kept if message.place.n > n]
