"""The user agent server: requests of peers, an INVITE among them that becomes a session (RFC 3261 §8.2, §13.3)."""

from dataclasses import replace

from telephony.sip import in_dialog
from telephony.sip.addresses import parse_uri, tag_of, uri_of
from telephony.sip.admission import BUSY, Room, answered_outside, half_open, overdue, refused_by_method
from telephony.sip.core import Core
from telephony.sip.dialogs import dialog_of_invite
from telephony.sip.events import Confirmed, Gone, Invited, Output, Renegotiated, TurnedAway, Withdrawn
from telephony.sip.flows import Flow
from telephony.sip.messages import Request
from telephony.sip.offers import offered
from telephony.sip.responses import Extra
from telephony.sip.sdp import OurSide
from telephony.sip.sessions import Q850_UNACCEPTABLE, Phase, SipSession, SipSessions
from telephony.sip.transactions.server import key_of
from telephony.sip.transactions.timers import LIFE
from telephony.sip.trunks import Trunk, Trunks
from vocabulary.personal import PhoneNumber
from vocabulary.text import taken_line

WITHHELD = frozenset({"anonymous", "unknown", "unavailable", "restricted", "private", "withheld", "invalid"})
"""User parts that networks send in place of a number (RFC 3323 §4.1.1.3 and what exchanges do)."""


class Uas:
    """Every method returns what is to be done, in order; none raises on what a peer sent."""

    def __init__(self, core: Core, sessions: SipSessions, *, trunks: Trunks, headers: tuple[str, ...]) -> None:
        """``headers`` are names of header fields of an INVITE that are handed on with ``Invited``."""
        self.available = True
        """Whether OPTIONS is answered 200, or 503 because new calls would be refused."""
        self._core, self._sessions, self._trunks = core, sessions, trunks
        self._headers = {name.lower(): name for name in headers}
        self._room = Room()
        self.invites: dict[tuple[str, str, int], float] = {}
        """Call-ID, From tag and CSeq of INVITEs of the last 32 s, with when they are forgotten."""

    # From the wire --------------------------------------------------------------------------------------------------

    def receive(self, request: Request, /, *, flow: Flow, now: float) -> list[Output]:
        """Take a request."""
        core, key = self._core, key_of(request)
        if request.method == "ACK":
            return self._ack(request, flow, now)
        if key in core.transactions.servers:
            core.counters["repeated"] += 1
            return [*core.transactions.repeated(key, now=now)]
        trunk, source = self._trunks.of(flow.remote[0]), flow.remote[0]
        if trunk is None:
            return [*core.answer_stateless(request, status=403, flow=flow), TurnedAway(source, "stranger")]
        if (at_once := self._at_once(request)) is not None:
            status, extra = at_once
            return [*core.answer_stateless(request, status=status, flow=flow, extra=extra)]
        if (why := self._no_room(request, trunk, flow, now)) is not None:
            core.counters[why] += 1
            status, extra = BUSY
            sends = core.answer_stateless(request, status=status, flow=flow, extra=extra)
            return [*sends, TurnedAway(source, why)]
        self._room.take(flow)
        core.transactions.begin(key, flow=flow, now=now)
        core.counters[f"request-{request.method}"] += 1
        return self._dispatched(request, trunk, flow, now)

    def _at_once(self, request: Request) -> tuple[int, Extra] | None:
        """Return the answer to what begins and changes nothing, None when a transaction is needed."""
        if (refusal := refused_by_method(request)) is not None:
            return refusal
        if request.method == "CANCEL":
            return None if key_of(request, method="INVITE") in self._core.transactions.servers else (481, ())
        if self._sessions.of(request) is not None:
            return None
        return answered_outside(request, available=self.available)

    def _no_room(self, request: Request, trunk: Trunk, flow: Flow, now: float) -> str | None:
        """Return why a source may begin no more transactions now, None when it may."""
        in_session = request.method == "CANCEL" or self._sessions.of(request) is not None
        if not self._room.is_left(flow, in_dialog=in_session):
            return "too-many-transactions"
        if not in_session and half_open(self._sessions, flow=flow, trunk=trunk, now=now):
            return "too-many-half-open"
        return None

    def _dispatched(self, request: Request, trunk: Trunk, flow: Flow, now: float) -> list[Output]:
        if request.method == "CANCEL":
            return self._cancel(request, now)
        session = self._sessions.of(request)
        if session is not None:
            session = self._sessions.keep(_heard_by(session, flow))
            return in_dialog.handle(self._core, self._sessions, session, request=request, now=now)
        return self._invite(request, trunk, flow, now)

    def _invite(self, request: Request, trunk: Trunk, flow: Flow, now: float) -> list[Output]:
        identity = (request.call_id, tag_of(request.headers.first("From")), request.cseq)
        if identity in self.invites:  # another branch of the same request (RFC 3261 §8.2.2.2)
            return [*self._core.answer(request, status=482, now=now)]
        self.invites[identity] = now + LIFE
        agreed, status = offered(request)
        if status:
            return [*self._core.answer(request, status=status, now=now)]
        tag = self._core.new_token()
        dialog = dialog_of_invite(request, tag=tag, flow=flow)
        session = SipSession(tag=tag, dialog=dialog, agreed=agreed, invite=request, invite_key=key_of(request))
        self._sessions.keep(session)
        return [*self._core.answer(request, status=100, now=now), self._invited(request, session, trunk)]

    def _invited(self, request: Request, session: SipSession, trunk: Trunk) -> Invited:
        """What the rooms behind learn of an INVITE: text that can be kept, and nothing else of it."""
        uri, to = parse_uri(request.uri), parse_uri(uri_of(request.headers.first("To")))
        caller = parse_uri(uri_of(request.headers.first("From")))
        user, source = caller.user if caller is not None else "", session.dialog.flow.remote[0]
        asked = ((self._headers.get(key.lower()), value) for key, value in request.headers)
        return Invited(
            tag=session.tag,
            caller=PhoneNumber("" if user.lower() in WITHHELD else user),
            dialled=(uri.user if uri is not None else "") or (to.user if to is not None else ""),
            user_agent=taken_line(request.headers.first("User-Agent"), longest=128),
            agreed=session.agreed,
            call_id=request.call_id,
            source=source,
            media_networks=(*trunk.media_networks, f"{source}/32"),
            headers=tuple((name, taken_line(value, longest=128)) for name, value in asked if name),
        )

    def _cancel(self, request: Request, now: float) -> list[Output]:
        key = key_of(request, method="INVITE")
        session = next((one for one in self._sessions if one.invite_key == key and one.early), None)
        if session is None:
            return [*self._core.answer(request, status=200, now=now)]
        sends = self._core.answer(request, status=200, now=now, tag=session.tag)
        return [*sends, *self.refuse(session.tag, status=487, now=now), Withdrawn(session.tag)]

    def _ack(self, request: Request, flow: Flow, now: float) -> list[Output]:
        if self._core.transactions.acknowledged(key_of(request), now=now):
            return []
        if self._trunks.of(flow.remote[0]) is not None:
            for session in self._sessions:
                if _acknowledges(request, session):
                    return self._confirmed(_heard_by(session, flow), request, now)
        self._core.counters["stray-ack"] += 1
        return []

    def _confirmed(self, session: SipSession, ack: Request, now: float) -> list[Output]:
        sessions, first = self._sessions, session.phase is Phase.ACCEPTED
        phase = Phase.CONFIRMED if first else session.phase
        answer, status = offered(ack)
        late = session.agreed is None and session.leave_cause is None
        session = sessions.keep(replace(session, awaiting_ack=None, phase=phase, agreed=answer or session.agreed))
        if session.leave_cause is not None:
            return sessions.hang_up(session.tag, cause=session.leave_cause, now=now)
        if late and answer is None:
            self._core.counters[f"late-answer-{status or 'missing'}"] += 1
            left = sessions.hang_up(session.tag, cause=Q850_UNACCEPTABLE, now=now)
            return [*left, Gone(session.tag, "no-codec")]
        if first:
            return [Confirmed(session.tag, answer)]
        return [Renegotiated(session.tag, answer)] if answer is not None else []

    # From our side --------------------------------------------------------------------------------------------------

    def refuse(self, tag: str, /, *, status: int, now: float, retry_after: int = 0) -> list[Output]:
        """Turn an INVITE down that has not been accepted; nothing when its session is gone or accepted."""
        session = self._sessions.all.get(tag)
        if session is None or not session.early or session.invite is None:
            return []
        self._sessions.drop(tag)
        extra = (("Retry-After", str(retry_after)),) if retry_after else ()
        return [*self._core.answer(session.invite, status=status, now=now, tag=tag, extra=extra)]

    def accept(self, tag: str, /, *, ours: OurSide, now: float) -> list[Output]:
        """Send 200 with our answer (our offer for a late one), again and again until ACK; nothing when it is gone."""
        session = self._sessions.all.get(tag)
        if session is None or not session.early or session.invite is None:
            return []
        accepted = replace(session, ours=ours, phase=Phase.ACCEPTED)
        return self._sessions.agree_on(accepted, request=session.invite, now=now)

    def make_room(self, *, now: float) -> list[Output]:
        """Give up the call whose first ACK is overdue for longest, so that somebody else gets its place."""
        found = overdue(self._sessions, now=now)
        return self._sessions.never_acknowledged(found, now=now) if found is not None else []

    def tick(self, *, forgotten: list[Flow], now: float) -> None:
        """Give back the room of forgotten transactions, and forget INVITEs that come no more."""
        for flow in forgotten:
            self._room.give_back(flow)
        while self.invites and next(iter(self.invites.values())) <= now:
            del self.invites[next(iter(self.invites))]


def _heard_by(session: SipSession, flow: Flow) -> SipSession:
    return session if session.dialog.flow == flow else replace(session, dialog=replace(session.dialog, flow=flow))


def _acknowledges(ack: Request, session: SipSession) -> bool:
    """Tell whether an ACK is the one that ``session`` waits for. Our tag is not asked: some telephones send another."""
    waits = session.awaiting_ack is not None and session.awaiting_ack_cseq == ack.cseq
    same = waits and session.dialog.call_id == ack.call_id
    return same and session.dialog.remote_tag == tag_of(ack.headers.first("From"))
