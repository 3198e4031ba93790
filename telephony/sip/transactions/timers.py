"""Timers of transactions over a transport that may lose messages (RFC 3261 table 4, RFC 6026 §7.1). Seconds."""

from dataclasses import dataclass, replace
from enum import StrEnum

from telephony.sip.flows import Flow

T1 = 0.5
T2 = 4.0
T4 = 5.0
LIFE = 64 * T1


class Timer(StrEnum):
    """Each at most once at a time in a transaction."""

    A = "A"
    """INVITE client: the request goes out again."""
    B = "B"
    """INVITE client: nobody has answered."""
    D = "D"
    """INVITE client: no refusal comes again."""
    E = "E"
    """Other client: the request goes out again."""
    F = "F"
    """Other client: nobody has answered."""
    G = "G"
    """INVITE server: the refusal goes out again."""
    H = "H"
    """INVITE server: no ACK has come."""
    I = "I"  # noqa: E741  the name of RFC 3261
    """INVITE server: no ACK comes again."""
    J = "J"
    """Other server: the request does not come again."""
    K = "K"
    """Other client: no response comes again."""
    L = "L"
    """INVITE server, accepted: the INVITE does not come again."""
    M = "M"
    """INVITE client, accepted: no 2xx comes again."""


FIRST = {
    Timer.A: T1, Timer.B: LIFE, Timer.D: LIFE, Timer.E: T1, Timer.F: LIFE, Timer.G: T1, Timer.H: LIFE, Timer.I: T4,
    Timer.J: LIFE, Timer.K: T4, Timer.L: LIFE, Timer.M: LIFE,
}  # fmt: skip
"""After what time each fires first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resending:
    """Our 2xx to an INVITE, sent again until its ACK (RFC 3261 §13.3.1.4): the user's to repeat, no transaction's."""

    data: bytes
    flow: Flow
    again_at: float
    interval: float
    ends_at: float


def resending(data: bytes, /, *, flow: Flow, now: float) -> Resending:
    """Begin: the first copy leaves now, the next after T1; given up after 64·T1."""
    return Resending(data=data, flow=flow, again_at=now + T1, interval=T1, ends_at=now + LIFE)


def resent(item: Resending, /, *, now: float) -> tuple[Resending | None, bytes]:
    """Return (what goes on or None when 64·T1 have passed, what to send now)."""
    if now >= item.ends_at:
        return None, b""
    if now < item.again_at:
        return item, b""
    interval = min(item.interval * 2, T2)
    return replace(item, again_at=now + interval, interval=interval), item.data
