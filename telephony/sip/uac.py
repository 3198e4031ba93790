"""The user agent client: calls of ours, with forks, CANCEL and its race with a 2xx (RFC 3261 §8.1, §9.1, §13.2)."""

from dataclasses import dataclass, field, replace

from telephony.sip.addresses import tag_of
from telephony.sip.core import Core
from telephony.sip.dialogs import dialog_of_response
from telephony.sip.digest import Challenge, Credentials, authorization, challenge_of
from telephony.sip.events import Output, PeerAnswered, PeerDeclined, PeerRang
from telephony.sip.flows import Flow, Send, host_port
from telephony.sip.messages import Headers, Request, Response
from telephony.sip.offers import offered
from telephony.sip.responses import ALLOW
from telephony.sip.sdp import OurSide, offer_sdp
from telephony.sip.sessions import Q850_UNACCEPTABLE, Phase, SipSession, SipSessions
from telephony.sip.transactions.client import ClientKey, cancel_of, key_of_own
from telephony.sip.transactions.timers import LIFE

Q850_NORMAL, Q850_ELSEWHERE = 16, 26
"""Causes: normal clearing, non-selected user clearing."""
MOST_FORKS = 10
"""Peers of one INVITE that are heard; of more, nothing is kept."""
NO_ANSWER, CANCELLED, UNACCEPTABLE = 408, 487, 488


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbound:
    """A call to place: to ``uri``, by ``flow``, from the user part ``caller`` of our address."""

    uri: str
    flow: Flow
    caller: str
    ours: OurSide
    credentials: Credentials | None = None
    """Who we are, should the peer ask."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attempt:
    """An INVITE of ours whose transaction lives."""

    tag: str
    key: ClientKey
    invite: Request
    flow: Flow
    ours: OurSide
    credentials: Credentials | None
    """None once they were sent: a peer that refuses them is not asked again."""
    cancelled: bool = False
    cancel_sent: bool = False
    provisional: bool = False
    told: bool = False
    """The end, or the answer, has been told."""
    until: float | None = None
    """When a cancelled INVITE that got no final response is given up (RFC 3261 §9.1)."""
    acks: dict[str, Send] = field(default_factory=dict)
    """By the tag of each fork that answered, for repeats of its 2xx."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A call of ours: our name for it, its Call-ID, and what is to be done now."""

    tag: str
    call_id: str
    outputs: list[Output]


class Uac:
    """Every method returns what is to be done, in order; none raises on what a peer sent."""

    def __init__(self, core: Core, sessions: SipSessions) -> None:
        self._core, self._sessions = core, sessions
        self.attempts: dict[ClientKey, _Attempt] = {}

    # From our side --------------------------------------------------------------------------------------------------

    def call(self, wish: Outbound, /, *, now: float) -> Placed:
        """Send INVITE with our offer; PeerAnswered or PeerDeclined will follow, by the tag that is returned."""
        tag = self._core.new_token()
        invite = self._invite(wish, tag)
        key = key_of_own(invite)
        self._keep(
            _Attempt(tag=tag, key=key, invite=invite, flow=wish.flow, ours=wish.ours, credentials=wish.credentials)
        )
        sends = self._core.transactions.ask(invite, flow=wish.flow, now=now)
        return Placed(tag=tag, call_id=invite.call_id, outputs=[*sends])

    def _invite(self, wish: Outbound, tag: str) -> Request:
        contact = host_port(self._core.contact)
        fields = (
            ("Via", self._core.via(wish.flow.transport)),
            ("Max-Forwards", "70"),
            ("From", f"<sip:{wish.caller}@{contact}>;tag={tag}"),
            ("To", f"<{wish.uri}>"),
            ("Call-ID", self._core.new_token()),
            ("CSeq", "1 INVITE"),
            *self._core.contact_line(),
            ("Allow", ALLOW),
            ("User-Agent", "hotline-12345"),
            ("Content-Type", "application/sdp"),
        )
        return Request(method="INVITE", uri=wish.uri, headers=Headers(fields), body=offer_sdp(wish.ours))

    def calling(self, tag: str, /) -> bool:
        """Tell whether a call of ours has neither been answered nor declined."""
        return self._of(tag) is not None

    def cancel(self, tag: str, /, *, now: float) -> list[Output]:
        """Give up a call that is not answered; PeerDeclined follows. Nothing when it is answered or declined.

        CANCEL leaves once a provisional response has come: before, it could overtake the INVITE (RFC 3261 §9.1).
        """
        attempt = self._of(tag)
        if attempt is None or attempt.cancelled:
            return []
        attempt = self._keep(replace(attempt, cancelled=True))
        return self._send_cancel(attempt, now) if attempt.provisional else []

    def _of(self, tag: str) -> _Attempt | None:
        return next((one for one in self.attempts.values() if one.tag == tag and not one.told), None)

    def _keep(self, attempt: _Attempt) -> _Attempt:
        self.attempts[attempt.key] = attempt
        return attempt

    def _send_cancel(self, attempt: _Attempt, now: float) -> list[Output]:
        self._keep(replace(attempt, cancel_sent=True, until=now + LIFE))
        return [*self._core.transactions.ask(cancel_of(attempt.invite), flow=attempt.flow, now=now)]

    # What comes back ------------------------------------------------------------------------------------------------

    def unanswered(self, key: ClientKey, /) -> list[Output]:
        """Nobody answered an INVITE of ours."""
        attempt = self.attempts.get(key)
        return self._declined(attempt, NO_ANSWER, "") if attempt is not None else []

    def responded(self, key: ClientKey, response: Response, /, *, flow: Flow, now: float) -> list[Output]:
        """Take a response to an INVITE of ours; that to a CANCEL changes nothing."""
        attempt = self.attempts.get(key)
        if attempt is None:
            return []
        if response.status < 200:
            return self._provisional(attempt, response, flow, now)
        if response.status < 300:
            return self._accepted(attempt, response, flow, now)
        if response.status in {401, 407} and not attempt.cancelled and not attempt.told:
            challenge = challenge_of(response)
            if challenge is not None and attempt.credentials is not None:
                return self._call_again(attempt, challenge, attempt.credentials, now)
        return self._declined(attempt, CANCELLED if attempt.cancelled else response.status, response.reason)

    def _call_again(
        self, attempt: _Attempt, challenge: Challenge, credentials: Credentials, now: float
    ) -> list[Output]:
        """Send the INVITE again, with who we are (RFC 3261 §22.2)."""
        before = attempt.invite
        changed = {"Via": self._core.via(attempt.flow.transport), "CSeq": f"{before.cseq + 1} INVITE"}
        fields = tuple((name, changed.get(name, value)) for name, value in before.headers)
        answer = authorization(credentials, challenge, request=before, cnonce=self._core.new_token())
        invite = replace(before, headers=Headers((*fields, answer)))
        self._drop_early(attempt)
        del self.attempts[attempt.key]
        key = key_of_own(invite)
        self._keep(replace(attempt, key=key, invite=invite, credentials=None, provisional=False))
        return [*self._core.transactions.ask(invite, flow=attempt.flow, now=now)]

    def _provisional(self, attempt: _Attempt, response: Response, flow: Flow, now: float) -> list[Output]:
        attempt = self._keep(replace(attempt, provisional=True))
        if tag_of(response.headers.first("To")) and response.status > 100:
            early = dialog_of_response(attempt.invite, response, flow=flow)
            if self._may_fork(attempt, early.remote_tag):
                self._sessions.keep(SipSession(tag=_fork(attempt, early.remote_tag), dialog=early))
        if attempt.cancelled:
            return [] if attempt.cancel_sent else self._send_cancel(attempt, now)
        return [PeerRang(attempt.tag, response.status)] if response.status > 100 else []

    def _may_fork(self, attempt: _Attempt, remote_tag: str) -> bool:
        """Tell whether a peer's early dialog is new and one of the first few."""
        begins = (attempt.invite.call_id, attempt.tag)
        known = {one.dialog.remote_tag for one in self._sessions if one.dialog.id[:2] == begins}
        return remote_tag not in known | attempt.acks.keys() and len(known) < MOST_FORKS

    def _accepted(self, attempt: _Attempt, response: Response, flow: Flow, now: float) -> list[Output]:
        """Acknowledge every 2xx; the first of a call that is still wanted is its session, any other is hung up."""
        dialog = dialog_of_response(attempt.invite, response, flow=flow)
        if (again := attempt.acks.get(dialog.remote_tag)) is not None:
            return [again]
        if len(attempt.acks) >= MOST_FORKS:
            return []
        agreed, _ = offered(response)
        wanted = not attempt.told and not attempt.cancelled and agreed is not None
        name = attempt.tag if wanted else _fork(attempt, dialog.remote_tag)
        self._sessions.drop(_fork(attempt, dialog.remote_tag))
        session = SipSession(tag=name, dialog=dialog, phase=Phase.CONFIRMED, agreed=agreed, ours=attempt.ours)
        ack = self._sessions.acknowledge(self._sessions.keep(session), cseq=attempt.invite.cseq)
        was_told = attempt.told
        self._keep(replace(attempt, told=True, acks={**attempt.acks, dialog.remote_tag: ack}))
        if wanted and agreed is not None:
            return [ack, PeerAnswered(attempt.tag, agreed)]
        cause = Q850_ELSEWHERE if was_told else Q850_NORMAL if attempt.cancelled else Q850_UNACCEPTABLE
        left = [ack, *self._sessions.hang_up(name, cause=cause, now=now)]
        status = CANCELLED if attempt.cancelled else UNACCEPTABLE
        return left if was_told else [*left, PeerDeclined(attempt.tag, status, "")]

    def _declined(self, attempt: _Attempt, status: int, reason: str) -> list[Output]:
        self._drop_early(attempt)
        if attempt.told:
            return []
        self._keep(replace(attempt, told=True))
        return [PeerDeclined(attempt.tag, status, reason)]

    def _drop_early(self, attempt: _Attempt) -> None:
        """Early dialogs end with the INVITE's transaction (RFC 3261 §13.2.2.3, §13.2.2.4)."""
        begins = (attempt.invite.call_id, attempt.tag)
        for one in [one for one in self._sessions if one.early and one.dialog.id[:2] == begins]:
            self._sessions.drop(one.tag)

    # Time -----------------------------------------------------------------------------------------------------------

    def over(self, key: ClientKey, /) -> None:
        """No response to an INVITE can come any more."""
        attempt = self.attempts.pop(key, None)
        if attempt is not None:
            self._drop_early(attempt)

    def tick(self, *, now: float) -> list[Output]:
        """Give up cancelled INVITEs that never got a final response."""
        outputs: list[Output] = []
        for key, attempt in list(self.attempts.items()):
            if attempt.until is not None and attempt.until <= now and not attempt.told:
                self._core.transactions.abandon(key)
                outputs += self._declined(attempt, CANCELLED, "")
                self.over(key)
        return outputs


def _fork(attempt: _Attempt, remote_tag: str) -> str:
    """The name of the session with one of the peers that an INVITE of ours reached."""
    return f"{attempt.tag}.{remote_tag}"
