"""What is answered without keeping a transaction (RFC 3261 §8.2): requests that begin and change nothing. No I/O."""

from collections.abc import Iterable

from telephony.sip.addresses import Address, parse_uri, scheme_of, tag_of
from telephony.sip.dialogs import Dialog, Phase
from telephony.sip.messages import Request
from telephony.sip.responses import ALLOW, KNOWN_ELSEWHERE, Extra
from telephony.sip.trunks import Trunk

BUSY: tuple[int, Extra] = (503, (("Retry-After", "10"),))
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


def half_open(dialogs: Iterable[Dialog], /, *, source: Address, trunk: Trunk) -> bool:
    """Tell whether a source has as many INVITEs without ACK as its trunk allows."""
    open_now = {Phase.EARLY, Phase.ACCEPTED}
    return sum(one.source[0] == source[0] and one.phase in open_now for one in dialogs) >= trunk.max_half_open
