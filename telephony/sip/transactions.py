"""Transactions over UDP as values: what is sent again, when, and for how long (RFC 3261 §17, RFC 6026)."""

from dataclasses import dataclass, replace
from enum import StrEnum

from telephony.sip.addresses import parse_via, tag_of
from telephony.sip.flows import Flow
from telephony.sip.messages import Request

T1 = 0.5
T2 = 4.0
T4 = 5.0
"""Seconds (RFC 3261 §17, table 4)."""
LIFE = 64 * T1

Key = tuple[str, str, int, str]
"""(branch and Call-ID, sent-by, CSeq number, method); ACK counts as INVITE."""


class State(StrEnum):
    """States of a server transaction; ACCEPTED is that of RFC 6026."""

    PROCEEDING = "proceeding"
    COMPLETED = "completed"
    CONFIRMED = "confirmed"
    ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerTransaction:
    """A request of a peer and our last response. Instants are monotonic seconds."""

    key: Key
    flow: Flow
    """Whence it came."""
    answers: Flow
    """Where responses go: not always whence it came, see ``addresses.answer_address``."""
    state: State = State.PROCEEDING
    response: bytes = b""
    again_at: float | None = None
    """Timer G: when a final refusal of an INVITE is sent again."""
    interval: float = T1
    ends_at: float | None = None
    """Timers H, I, J, L: when it is forgotten."""

    @property
    def is_invite(self) -> bool:
        """Whether the request was an INVITE."""
        return self.key[3] == "INVITE"


def key_of(request: Request, /, *, method: str = "") -> Key:
    """Return the transaction a request belongs to; ``method`` asks for another one's, as CANCEL does.

    Call-ID and CSeq number are part of the key beside RFC 3261 §17.2.3: some telephones use a branch again, in the same
    call or the next. A branch without the magic cookie (RFC 2543) gets the From tag too.
    """
    vias = request.headers.all("Via")
    via = parse_via(vias[0]) if vias else None
    branch = (via.parameter("branch") if via else None) or ""
    if not branch.lower().startswith("z9hg4bk"):
        branch = f"{branch}|{tag_of(request.headers.first('From'))}"
    name = method or ("INVITE" if request.method == "ACK" else request.method)
    return (f"{branch}|{request.call_id}", via.sent_by if via else "", request.cseq, name)


def provisional(transaction: ServerTransaction, response: bytes, /) -> ServerTransaction:
    """Keep a 1xx to be sent again for a repeated request."""
    return replace(transaction, response=response)


def final(transaction: ServerTransaction, response: bytes, /, *, status: int, now: float) -> ServerTransaction:
    """Keep the final response. A refused INVITE is sent again until ACK; a 2xx is the dialog's to send again."""
    if not transaction.is_invite:
        return replace(transaction, state=State.COMPLETED, response=response, ends_at=now + LIFE)
    if status < 300:
        return replace(transaction, state=State.ACCEPTED, response=response, ends_at=now + LIFE)
    return replace(
        transaction, state=State.COMPLETED, response=response, again_at=now + T1, interval=T1, ends_at=now + LIFE
    )


def acknowledged(transaction: ServerTransaction, /, *, now: float) -> ServerTransaction:
    """An ACK came for a refused INVITE: nothing is sent again, repeats of the ACK are absorbed for T4."""
    if transaction.state is not State.COMPLETED:
        return transaction
    return replace(transaction, state=State.CONFIRMED, again_at=None, ends_at=now + T4)


def repeated(transaction: ServerTransaction, /) -> bytes:
    """What to send when the request comes again; empty when there is nothing to say (yet, or any more)."""
    return b"" if transaction.state is State.CONFIRMED else transaction.response


def ticked(transaction: ServerTransaction, /, *, now: float) -> tuple[ServerTransaction | None, bytes]:
    """Return (the transaction or None when its life is over, what to send now)."""
    if transaction.ends_at is not None and now >= transaction.ends_at:
        return None, b""
    if transaction.again_at is None or now < transaction.again_at:
        return transaction, b""
    interval = min(transaction.interval * 2, T2)
    return replace(transaction, again_at=now + interval, interval=interval), transaction.response


@dataclass(frozen=True, slots=True, kw_only=True)
class Resending:
    """Sent again until the peer answers: our 2xx until ACK (§13.3.1.4), our requests until a response (§17.1.2)."""

    data: bytes
    flow: Flow
    again_at: float
    interval: float
    ends_at: float


def resending(data: bytes, /, *, flow: Flow, now: float, life: float = LIFE) -> Resending:
    """Begin: the first copy leaves now, the next after T1; given up after ``life`` seconds."""
    return Resending(data=data, flow=flow, again_at=now + T1, interval=T1, ends_at=now + life)


def resent(item: Resending, /, *, now: float) -> tuple[Resending | None, bytes]:
    """Return (what goes on or None when 64·T1 have passed, what to send now)."""
    if now >= item.ends_at:
        return None, b""
    if now < item.again_at:
        return item, b""
    interval = min(item.interval * 2, T2)
    return replace(item, again_at=now + interval, interval=interval), item.data
