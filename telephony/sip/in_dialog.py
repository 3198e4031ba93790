"""Requests within a dialog: re-INVITE, UPDATE, INFO, OPTIONS, BYE (RFC 3261 §12.2.2, §14.2, §15.1.2; RFC 3311)."""

from dataclasses import replace
from typing import Protocol

from telephony.sip.dialogs import Dialog, Phase, refreshed
from telephony.sip.events import DigitSignalled, Gone, Output, Renegotiated
from telephony.sip.messages import Request
from telephony.sip.responses import ALLOW, Extra
from telephony.sip.sdp import Agreed, MalformedSdp, NotAcceptable, agree, parse_sdp, sdp_part

_SIGNALS = {**{str(number): str(number) for number in range(10)}, "10": "*", "11": "#", "*": "*", "#": "#",
            "A": "A", "B": "B", "C": "C", "D": "D", "12": "A", "13": "B", "14": "C", "15": "D"}  # fmt: skip
_LONGEST_INFO = 256


class Agent(Protocol):
    """What of the user agent is needed here."""

    dialogs: dict[str, Dialog]

    def keep(self, dialog: Dialog, /) -> Dialog:
        """Store the new value of a dialog."""
        ...

    def answer(self, request: Request, /, *, status: int, now: float, tag: str = "", extra: Extra = ()) -> list[Output]:
        """Send a final response."""
        ...

    def agree_on(self, dialog: Dialog, /, *, request: Request, now: float) -> list[Output]:
        """Answer with 200 and SDP."""
        ...


def offered(request: Request, /) -> tuple[Agreed | None, int]:
    """Return (what we agree to, status of the refusal or 0); both empty when the request has no body.

    415 for a body that is no SDP, 406 where no SDP is accepted, 400 for broken SDP, 488 for no stream we can speak.
    """
    headers = request.headers
    if request.method != "ACK" and not _accepts_sdp(headers.all("Accept")):
        return None, 406
    if not request.body.strip():
        return None, 0
    encoding = headers.first("Content-Encoding").lower()
    body = sdp_part(headers.first("Content-Type"), request.body)
    if body is None or encoding not in {"", "identity"}:
        return None, 415
    try:
        return agree(parse_sdp(body)), 0
    except MalformedSdp:
        return None, 400
    except NotAcceptable:
        return None, 488


def _accepts_sdp(accepted: list[str]) -> bool:
    """Whether an answer in SDP may be sent (RFC 3261 §20.1): nothing said means application/sdp."""
    kinds = {value.split(";", 1)[0].strip().lower() for value in accepted}
    return not kinds or bool(kinds & {"application/sdp", "application/*", "*/*"})


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


def handle(agent: Agent, dialog: Dialog, /, *, request: Request, now: float) -> list[Output]:
    """Carry out a request within ``dialog`` and answer it."""
    if request.method == "BYE":
        outputs = agent.answer(request, status=200, now=now, tag=dialog.tag)
        agent.dialogs.pop(dialog.tag, None)
        return [*outputs, Gone(dialog.tag, "bye")]
    if dialog.phase is Phase.LEAVING:
        return agent.answer(request, status=481, now=now, tag=dialog.tag)
    if dialog.early or request.cseq <= dialog.remote_cseq:
        return agent.answer(request, status=500, now=now, tag=dialog.tag, extra=(("Retry-After", "1"),))
    dialog = agent.keep(refreshed(dialog, request))
    if request.method == "INVITE" or (request.method == "UPDATE" and request.body.strip()):
        return _renegotiate(agent, dialog, request, now)
    extra = (("Allow", ALLOW), ("Accept", "application/sdp")) if request.method == "OPTIONS" else ()
    outputs = agent.answer(request, status=200, now=now, tag=dialog.tag, extra=extra)
    key = info_digit(request) if request.method == "INFO" else None
    return [*outputs, DigitSignalled(dialog.tag, key)] if key else outputs


def _renegotiate(agent: Agent, dialog: Dialog, request: Request, now: float) -> list[Output]:
    agreed, status = offered(request)
    if status:
        return agent.answer(request, status=status, now=now, tag=dialog.tag)
    ours = dialog.ours.next() if dialog.ours is not None else None
    phase = Phase.CONFIRMED if dialog.phase is Phase.ACCEPTED else dialog.phase
    outputs = agent.agree_on(replace(dialog, agreed=agreed, ours=ours, phase=phase), request=request, now=now)
    return [*outputs, Renegotiated(dialog.tag, agreed)] if agreed is not None else outputs
