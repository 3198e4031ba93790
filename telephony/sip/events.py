"""What has happened in signalling, for the rooms behind it."""

from dataclasses import dataclass

from telephony.sip.flows import Send
from telephony.sip.sdp import Agreed
from vocabulary.personal import PhoneNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """Someone calls; answer with ``accept`` or ``refuse`` of the same tag. ``agreed`` is None for a late offer."""

    tag: str
    caller: PhoneNumber
    dialled: str
    user_agent: str
    agreed: Agreed | None
    call_id: str
    source: str
    """Host of the peer."""
    media_networks: tuple[str, ...] = ()
    """Where the peer's sound may come from: the trunk's media networks and the signalling host, in CIDR form."""
    headers: tuple[tuple[str, str], ...] = ()
    """Those of the header fields that the user agent was told to hand on, by the names it was told, as text to keep."""


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """A request that would have begun something was refused before it took room; the answer is under way."""

    source: str
    """Host of the peer."""
    why: str
    """``stranger``, ``too-many-half-open``, ``too-many-transactions``."""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The caller cancelled before our 200; 487 is under way."""

    tag: str


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The ACK came; ``agreed`` is set when it carried the answer to our offer."""

    tag: str
    agreed: Agreed | None


@dataclass(frozen=True, slots=True)
class Renegotiated:
    """A re-INVITE, UPDATE or its ACK changed the stream; it has been answered."""

    tag: str
    agreed: Agreed


@dataclass(frozen=True, slots=True)
class DigitSignalled:
    """A key by INFO (application/dtmf-relay)."""

    tag: str
    digit: str


@dataclass(frozen=True, slots=True)
class Alive:
    """The peer answered a probe within its dialog."""

    tag: str


@dataclass(frozen=True, slots=True)
class Gone:
    """The dialog is over: the peer's BYE, no ACK (``no-ack``) or none that fits (``no-codec``), a probe (``dead``)."""

    tag: str
    why: str


@dataclass(frozen=True, slots=True)
class PeerRang:
    """A provisional response to a call of ours: somebody may be about to answer."""

    tag: str
    status: int


@dataclass(frozen=True, slots=True)
class PeerAnswered:
    """A call of ours is up; its ACK is under way."""

    tag: str
    agreed: Agreed


@dataclass(frozen=True, slots=True)
class PeerDeclined:
    """A call of ours came to nothing. ``status`` is the refusal's; 408 nobody answered, 487 given up, 488 no codec."""

    tag: str
    status: int
    reason: str


InboundEvent = Invited | TurnedAway | Withdrawn | Confirmed | Renegotiated | DigitSignalled | Alive | Gone
OutboundEvent = PeerRang | PeerAnswered | PeerDeclined
"""Of a call of ours until it is answered; afterwards it is told of like any other."""
SipEvent = InboundEvent | OutboundEvent
Output = Send | SipEvent
"""What comes out of signalling, in order: messages to send and events."""
