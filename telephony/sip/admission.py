"""What is answered without keeping a transaction (RFC 3261 §8.2): requests that begin and change nothing. No I/O."""

from collections import Counter
from collections.abc import Iterable

from telephony.sip.addresses import parse_uri, scheme_of, tag_of
from telephony.sip.flows import Flow
from telephony.sip.messages import Request
from telephony.sip.responses import ALLOW, KNOWN_ELSEWHERE, Extra
from telephony.sip.sessions import Phase, SipSession
from telephony.sip.transactions.timers import LIFE, T1
from telephony.sip.trunks import Trunk

BUSY: tuple[int, Extra] = (503, (("Retry-After", "10"),))
ACK_S = 4.0
"""Seconds in which every peer that is there acknowledges: our 200 has gone out four times by then."""
_METHODS = frozenset(ALLOW.split(", "))
_OPTIONS_EXTRA = (("Allow", ALLOW), ("Accept", "application/sdp"), ("Accept-Encoding", "identity"), ("Supported", ""))
_NOTHING: Extra = ()


def refused_by_method(request: Request, /) -> tuple[int, Extra] | None:
    """Return 405 or 501 for a method we do not serve, 420 for an extension we lack (RFC 3261 §8.2.1, §8.2.2.3)."""
    if request.method not in _METHODS:
        return 405 if request.method in KNOWN_ELSEWHERE else 501, _NOTHING
    if request.method != "CANCEL" and request.headers.all("Require"):
        return 420, _NOTHING
    return None


def answered_outside(request: Request, /, *, available: bool) -> tuple[int, Extra] | None:
    """Return the answer to a request outside dialogs, None for an INVITE, which needs a transaction."""
    if tag_of(request.headers.first("To")):
        return 481, _NOTHING
    if parse_uri(request.uri) is None:
        return 400 if scheme_of(request.uri) in {"sip", "sips", "tel"} else 416, _NOTHING
    if request.method == "INVITE":
        return None
    if request.method == "OPTIONS":
        return (200, _OPTIONS_EXTRA) if available else BUSY
    return 481, _NOTHING


MAX_TRANSACTIONS, SHARE, SHARE_IN_DIALOGS = 20_000, 4_000, 8_000
"""Transactions kept in all, and of one source: within dialogs it may have more, so that its calls can end."""


class Room:
    """How many transactions each source has."""

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()

    def take(self, flow: Flow, /) -> None:
        """A transaction begins."""
        self._taken[flow.remote[0]] += 1

    def give_back(self, flow: Flow, /) -> None:
        """It is forgotten."""
        source = flow.remote[0]
        self._taken[source] -= 1
        if not self._taken[source]:
            del self._taken[source]

    def is_left(self, flow: Flow, /, *, in_dialog: bool) -> bool:
        """Tell whether one more may begin."""
        share = SHARE_IN_DIALOGS if in_dialog else SHARE
        return self._taken[flow.remote[0]] < share and self._taken.total() < MAX_TRANSACTIONS


def half_open(sessions: Iterable[SipSession], /, *, flow: Flow, trunk: Trunk, now: float) -> bool:
    """Tell whether a source lets as many ACKs wait as its trunk allows.

    Only our 200s count that were repeated once already: a hundred calls at one moment are no fault of the exchange that
    brings them, and until our 200 leaves the delay is ours.
    """
    late = (
        one for one in sessions if one.dialog.flow.remote[0] == flow.remote[0] and _unacknowledged_s(one, now=now) >= T1
    )
    return sum(1 for _ in late) >= trunk.max_half_open


def overdue(sessions: Iterable[SipSession], /, *, now: float) -> SipSession | None:
    """Return the call that has waited longest for the ACK of its first 200, None while all are within ``ACK_S``."""
    late = [one for one in sessions if _unacknowledged_s(one, now=now) >= ACK_S]
    return max(late, key=lambda one: _unacknowledged_s(one, now=now), default=None)


def _unacknowledged_s(session: SipSession, /, *, now: float) -> float:
    """Seconds since the first 200 left, 0 once it is acknowledged or before it leaves."""
    waiting = session.awaiting_ack if session.phase is Phase.ACCEPTED else None
    return now - (waiting.ends_at - LIFE) if waiting is not None else 0.0
