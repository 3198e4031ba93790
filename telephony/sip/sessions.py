"""Calls' sessions: a dialog begun by an INVITE with what was agreed on, and our requests within it.

A session is the same whoever called: the user agent server makes it of an INVITE, the client of a 2xx.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from telephony.media_protocol import Direction
from telephony.sip.core import Core
from telephony.sip.dialogs import Dialog, DialogId, id_of, moved_by, next_hop, request_within
from telephony.sip.events import Alive, Gone, Output, Renegotiated
from telephony.sip.flows import Send
from telephony.sip.messages import Request, Response, to_wire
from telephony.sip.offers import offered
from telephony.sip.responses import ALLOW, Extra
from telephony.sip.sdp import Agreed, OurSide, answer_sdp, offer_sdp
from telephony.sip.transactions.client import ClientKey, key_of_own
from telephony.sip.transactions.server import ServerKey
from telephony.sip.transactions.timers import LIFE, Resending, resending, resent

PROBE_S = 8.0
"""How long a peer may take to answer a probe."""
Q850_UNACCEPTABLE, Q850_NO_ACK = 88, 102
"""Causes: incompatible destination, recovery on timer expiry."""


class Phase(StrEnum):
    """How far a session is."""

    EARLY = "early"
    ACCEPTED = "accepted"
    """Our 200 left, no ACK yet."""
    CONFIRMED = "confirmed"
    LEAVING = "leaving"
    """Our BYE left, no response yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SipSession:
    """``tag`` is our name for it: our tag in the dialog, with the peer's for a further fork of a call of ours."""

    tag: str
    dialog: Dialog
    phase: Phase = Phase.EARLY
    agreed: Agreed | None = None
    ours: OurSide | None = None
    invite: Request | None = None
    """The peer's INVITE, None when we called."""
    invite_key: ServerKey | None = None
    awaiting_ack: Resending | None = None
    awaiting_ack_cseq: int = 0
    leave_cause: int | None = None
    """A wish to hang up that waits for the ACK (RFC 3261 §15)."""

    @property
    def early(self) -> bool:
        """Whether the INVITE has no final answer yet."""
        return self.phase is Phase.EARLY


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A request of ours within a session. After ``until`` it is given up, though its transaction would wait on."""

    tag: str
    until: float | None = None
    ack: Send | None = None
    """Of the 2xx to a re-INVITE, for its repeats."""


class SipSessions:
    """All sessions by their tags."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self.all: dict[str, SipSession] = {}
        self._tags: dict[DialogId, str] = {}
        self._asked: dict[ClientKey, _Asked] = {}

    def __iter__(self) -> Iterator[SipSession]:
        return iter(self.all.values())

    def of(self, request: Request, /) -> SipSession | None:
        """The session a peer's request is within."""
        tag = self._tags.get(id_of(request))
        return self.all.get(tag) if tag is not None else None

    def keep(self, session: SipSession, /) -> SipSession:
        """Store a session, or its new value."""
        self.all[session.tag] = session
        self._tags[session.dialog.id] = session.tag
        return session

    def drop(self, tag: str, /) -> SipSession | None:
        """Forget a session; None when it is not there."""
        session = self.all.pop(tag, None)
        if session is not None:
            self._tags.pop(session.dialog.id, None)
        return session

    # Our answers ----------------------------------------------------------------------------------------------------

    def agree_on(self, session: SipSession, /, *, request: Request, now: float) -> list[Output]:
        """Answer INVITE or UPDATE with 200 and SDP as ``session`` says; an INVITE's is repeated until ACK."""
        core = self._core
        if session.ours is None:
            return [*core.answer(request, status=500, now=now, tag=session.tag)]
        body = answer_sdp(session.agreed, session.ours) if session.agreed is not None else offer_sdp(session.ours)
        extra = (*core.contact_line(), ("Allow", ALLOW), ("Content-Type", "application/sdp"))
        sends = core.answer(request, status=200, now=now, tag=session.tag, extra=extra, body=body)
        if request.method == "INVITE" and sends:
            again = resending(sends[0].data, flow=sends[0].flow, now=now)
            session = replace(session, awaiting_ack=again, awaiting_ack_cseq=request.cseq)
        self.keep(session)
        return [*sends]

    # Our requests ---------------------------------------------------------------------------------------------------

    def hang_up(self, tag: str, /, *, cause: int, now: float) -> list[Output]:
        """Send BYE with the Q.850 ``cause`` (RFC 3326), or once the ACK has come (RFC 3261 §15)."""
        session = self.all.get(tag)
        if session is None or session.phase in {Phase.EARLY, Phase.LEAVING}:
            return []
        if session.phase is Phase.ACCEPTED and session.awaiting_ack is not None:
            self.keep(replace(session, leave_cause=cause))
            return []
        leaving = replace(session, phase=Phase.LEAVING, awaiting_ack=None)
        return self._ask(leaving, "BYE", now=now, extra=(("Reason", f"Q.850;cause={cause}"),))

    def probe(self, tag: str, /, *, now: float) -> list[Output]:
        """Ask the peer by OPTIONS whether it still has the dialog; Alive or Gone follows within 8 s."""
        session = self.all.get(tag)
        if session is None or session.phase is not Phase.CONFIRMED or self._is_asking(tag):
            return []
        return self._ask(session, "OPTIONS", now=now, until=now + PROBE_S)

    def offer(self, tag: str, /, *, direction: Direction, now: float) -> list[Output]:
        """Send a re-INVITE that changes our direction; Renegotiated follows, or nothing when the peer refuses.

        Nothing is sent while an INVITE of either side is under way (RFC 3261 §14.1).
        """
        session = self.all.get(tag)
        if session is None or session.phase is not Phase.CONFIRMED or session.ours is None:
            return []
        if session.awaiting_ack is not None or self._is_asking(tag):
            return []
        ours = session.ours.next()
        extra = (*self._core.contact_line(), ("Allow", ALLOW), ("Content-Type", "application/sdp"))
        body = offer_sdp(ours, direction)
        changed = replace(session, ours=ours)
        return self._ask(changed, "INVITE", now=now, until=now + LIFE, extra=extra, body=body)

    def offering(self, tag: str, /) -> bool:
        """Tell whether a re-INVITE of ours waits for its final response."""
        return any(key[1] == "INVITE" and one.tag == tag and one.ack is None for key, one in self._asked.items())

    def acknowledge(self, session: SipSession, /, *, cseq: int) -> Send:
        """Return the ACK of a 2xx to our INVITE of that number (RFC 3261 §13.2.2.4)."""
        dialog = session.dialog
        via = self._core.via(dialog.flow.transport)
        return Send(to_wire(request_within(dialog, method="ACK", cseq=cseq, via=via)), next_hop(dialog))

    def _is_asking(self, tag: str) -> bool:
        return any(one.tag == tag and one.ack is None for one in self._asked.values())

    def _ask(self, session: SipSession, method: str, *, now: float, until: float | None = None, extra: Extra = (),
             body: bytes = b"") -> list[Output]:  # fmt: skip
        dialog = replace(session.dialog, local_cseq=session.dialog.local_cseq + 1)
        via = self._core.via(dialog.flow.transport)
        request = request_within(dialog, method=method, cseq=dialog.local_cseq, via=via, extra=extra, body=body)
        self.keep(replace(session, dialog=dialog))
        self._asked[key_of_own(request)] = _Asked(tag=session.tag, until=until)
        return [*self._core.transactions.ask(request, flow=next_hop(dialog), now=now)]

    # What comes of our requests -------------------------------------------------------------------------------------

    def responded(self, key: ClientKey, response: Response | None, /, *, now: float) -> list[Output] | None:
        """Take a response, or None: nobody answered. Return None for a request that is not one within a session."""
        asked = self._asked.get(key)
        if asked is None:
            return None
        if response is not None and response.status < 200:
            return []
        if key[1] == "INVITE":
            return self._answered_offer(key, asked, response, now)
        del self._asked[key]
        if key[1] == "BYE":
            self.drop(asked.tag)
            return []
        if response is None or response.status in {408, 481}:
            return self._dead(asked.tag)
        return [Alive(asked.tag)]

    def _answered_offer(self, key: ClientKey, asked: _Asked, response: Response | None, now: float) -> list[Output]:
        session = self.all.get(asked.tag)
        if asked.ack is not None:
            return [asked.ack]
        if response is not None and response.status < 300 and session is not None:
            return self._agreed_on_offer(key, session, response, now)
        del self._asked[key]
        if response is None or response.status in {408, 481}:
            return self._dead(asked.tag)
        return []

    def _agreed_on_offer(self, key: ClientKey, session: SipSession, response: Response, now: float) -> list[Output]:
        agreed, _ = offered(response)
        session = self.keep(
            replace(session, dialog=moved_by(session.dialog, response), agreed=agreed or session.agreed)
        )
        ack = self.acknowledge(session, cseq=self._core.transactions.clients[key].request.cseq)
        self._asked[key] = replace(self._asked[key], ack=ack, until=None)
        if session.phase is Phase.LEAVING:
            return [ack]
        if agreed is None:
            return [ack, *self.hang_up(session.tag, cause=Q850_UNACCEPTABLE, now=now), Gone(session.tag, "no-codec")]
        return [ack, Renegotiated(session.tag, agreed)]

    def _dead(self, tag: str) -> list[Output]:
        """The peer knows nothing of the dialog, or is not there (RFC 3261 §12.2.1.2)."""
        session = self.drop(tag)
        return [Gone(tag, "dead")] if session is not None and session.phase is not Phase.LEAVING else []

    def over(self, key: ClientKey, /) -> None:
        """No response to a request of ours can come any more."""
        self._asked.pop(key, None)

    # Time -----------------------------------------------------------------------------------------------------------

    def tick(self, *, now: float) -> list[Output]:
        """Repeat what waits for an ACK, give up on what was never acknowledged and never answered."""
        outputs: list[Output] = []
        for key in [key for key, one in self._asked.items() if one.until is not None and one.until <= now]:
            self._core.transactions.abandon(key)
            outputs += self._dead(self._asked.pop(key).tag)
        for session in list(self.all.values()):
            if session.awaiting_ack is not None:
                outputs += self._tick_ack(session, session.awaiting_ack, now)
        return outputs

    def _tick_ack(self, session: SipSession, waiting: Resending, now: float) -> list[Output]:
        more, data = resent(waiting, now=now)
        if more is None:
            return self.never_acknowledged(session, now=now)
        self.keep(replace(session, awaiting_ack=more))
        return [Send(data, more.flow)] if data else []

    def never_acknowledged(self, session: SipSession, /, *, now: float) -> list[Output]:
        """Give up a session whose 200 has waited long enough."""
        self._core.counters["never-acknowledged"] += 1
        self.keep(replace(session, awaiting_ack=None))
        cause = session.leave_cause or Q850_NO_ACK
        return [*self.hang_up(session.tag, cause=cause, now=now), Gone(session.tag, "no-ack")]
