"""Requests within a dialog: re-INVITE, UPDATE, INFO, OPTIONS, BYE (RFC 3261 §12.2.2, §14.2, §15.1.2; RFC 3311)."""

from dataclasses import replace

from telephony.sip.core import Core
from telephony.sip.dialogs import refreshed
from telephony.sip.events import DigitSignalled, Gone, Output, Renegotiated
from telephony.sip.messages import Request
from telephony.sip.offers import offered
from telephony.sip.responses import ALLOW
from telephony.sip.sessions import Phase, SipSession, SipSessions

_SIGNALS = {**{str(number): str(number) for number in range(10)}, "10": "*", "11": "#", "*": "*", "#": "#",
            "A": "A", "B": "B", "C": "C", "D": "D", "12": "A", "13": "B", "14": "C", "15": "D"}  # fmt: skip
_LONGEST_INFO = 256


def info_digit(request: Request, /) -> str | None:
    """Return the key of an INFO: ``application/dtmf-relay`` (``Signal=5``) or ``application/dtmf`` (``5``).

    10 and 11 are ``*`` and ``#``, 12 to 15 A to D, as telephones send the event numbers of RFC 4733.
    """
    kind = request.headers.first("Content-Type").split(";", maxsplit=1)[0].strip().lower()
    if kind not in {"", "application/dtmf-relay", "application/dtmf"} or len(request.body) > _LONGEST_INFO:
        return None
    for line in request.body.decode("ascii", "replace").upper().splitlines():
        name, equals, value = line.partition("=")
        if equals and name.strip() == "SIGNAL":
            return _SIGNALS.get(value.strip())
        if not equals and name.strip() and kind != "application/dtmf-relay":
            return _SIGNALS.get(name.strip())
    return None


def handle(core: Core, sessions: SipSessions, session: SipSession, /, *, request: Request, now: float) -> list[Output]:
    """Carry out a request within ``session`` and answer it."""
    if request.method == "BYE":
        sends = core.answer(request, status=200, now=now, tag=session.tag)
        sessions.drop(session.tag)
        return [*sends, Gone(session.tag, "bye")]
    if session.phase is Phase.LEAVING:
        return [*core.answer(request, status=481, now=now, tag=session.tag)]
    if session.early or request.cseq <= session.dialog.remote_cseq:
        again = (("Retry-After", "1"),)
        return [*core.answer(request, status=500, now=now, tag=session.tag, extra=again)]
    session = sessions.keep(replace(session, dialog=refreshed(session.dialog, request)))
    if request.method == "INVITE" or (request.method == "UPDATE" and request.body.strip()):
        return _renegotiate(core, sessions, session, request, now)
    extra = (("Allow", ALLOW), ("Accept", "application/sdp")) if request.method == "OPTIONS" else ()
    sends = core.answer(request, status=200, now=now, tag=session.tag, extra=extra)
    key = info_digit(request) if request.method == "INFO" else None
    return [*sends, DigitSignalled(session.tag, key)] if key else [*sends]


def _renegotiate(core: Core, sessions: SipSessions, session: SipSession, request: Request, now: float) -> list[Output]:
    if sessions.offering(session.tag):  # both sides at once (RFC 3261 §14.2)
        return [*core.answer(request, status=491, now=now, tag=session.tag)]
    agreed, status = offered(request)
    if status:
        return [*core.answer(request, status=status, now=now, tag=session.tag)]
    ours = session.ours.next() if session.ours is not None else None
    phase = Phase.CONFIRMED if session.phase is Phase.ACCEPTED else session.phase
    changed = replace(session, agreed=agreed, ours=ours, phase=phase)
    outputs = sessions.agree_on(changed, request=request, now=now)
    return [*outputs, Renegotiated(session.tag, agreed)] if agreed is not None else outputs
