"""A SIP user agent without I/O: datagrams in, outputs out. Time is monotonic seconds, handed in."""

from collections import Counter
from collections.abc import Callable
from typing import assert_never

from telephony.media_protocol import Direction
from telephony.sip.core import Core
from telephony.sip.events import Output
from telephony.sip.flows import Address, Flow, Send
from telephony.sip.messages import Request, Response, to_wire
from telephony.sip.parser import MalformedSip, parse
from telephony.sip.responses import response_to
from telephony.sip.sdp import OurSide
from telephony.sip.sessions import SipSession, SipSessions
from telephony.sip.transactions.client import is_whole
from telephony.sip.trunks import Trunk, Trunks
from telephony.sip.uac import Outbound, Placed, Uac
from telephony.sip.uas import Uas


class UserAgent:
    """Takes calls and places calls. Methods return what is to be done, in order; none raises on what a peer sent."""

    def __init__(
        self,
        *,
        contact: Address,
        new_token: Callable[[], str],
        trunks: tuple[Trunk, ...] = (),
        headers: tuple[str, ...] = (),
    ) -> None:
        """``contact`` is where peers reach us; ``new_token`` draws tags and branches; BadTrunk for unreadable rows.

        ``headers`` are names of header fields of an INVITE that are handed on with ``Invited``.
        """
        self.core = Core(contact=contact, new_token=new_token)
        self.trunks = Trunks(trunks)
        self.sessions = SipSessions(self.core)
        self.uas = Uas(self.core, self.sessions, trunks=self.trunks, headers=headers)
        self.uac = Uac(self.core, self.sessions)

    @property
    def counters(self) -> Counter[str]:
        """What came and what was answered, by countable codes."""
        return self.core.counters

    def session(self, tag: str, /) -> SipSession | None:
        """The session of that name, None when it is over."""
        return self.sessions.all.get(tag)

    # From the wire --------------------------------------------------------------------------------------------------

    def receive(self, data: bytes, /, *, flow: Flow, now: float) -> list[Output]:
        """Take one datagram. What cannot be read is counted, and answered where it says to whom."""
        try:
            message = parse(data)
        except MalformedSip as fault:
            return self._malformed(fault, flow)
        match message:
            case None:
                self.counters["keep-alive"] += 1
                return []
            case Response():
                return self._response(message, flow, now)
            case Request():
                return self.uas.receive(message, flow=flow, now=now)
            case _:
                assert_never(message)

    def _malformed(self, fault: MalformedSip, flow: Flow) -> list[Output]:
        self.counters[f"malformed-{fault.reason}"] += 1
        if fault.request is None or fault.request.method == "ACK" or self.trunks.of(flow.remote[0]) is None:
            return []
        reason = (("Warning", f'399 hotline "{fault.reason}"'),)
        response, where = response_to(
            fault.request, status=fault.status, flow=flow, tag=self.core.new_token(), extra=reason
        )
        return [Send(to_wire(response), where)]

    def _response(self, response: Response, flow: Flow, now: float) -> list[Output]:
        if not is_whole(response):
            self.counters["malformed-response"] += 1
            return []
        key, sends, tells = self.core.transactions.responded(response, now=now)
        if key is None:
            self.counters["stray-response"] += 1
            return []
        if not tells:
            return [*sends]
        within = self.sessions.responded(key, response, now=now)
        told = self.uac.responded(key, response, flow=flow, now=now) if within is None else within
        return [*sends, *told]

    # From our side --------------------------------------------------------------------------------------------------

    def refuse(self, tag: str, /, *, status: int, now: float, retry_after: int = 0) -> list[Output]:
        """See Uas."""
        return self.uas.refuse(tag, status=status, now=now, retry_after=retry_after)

    def accept(self, tag: str, /, *, ours: OurSide, now: float) -> list[Output]:
        """See Uas."""
        return self.uas.accept(tag, ours=ours, now=now)

    def make_room(self, *, now: float) -> list[Output]:
        """See Uas."""
        return self.uas.make_room(now=now)

    def call(self, wish: Outbound, /, *, now: float) -> Placed:
        """See Uac."""
        return self.uac.call(wish, now=now)

    def hang_up(self, tag: str, /, *, cause: int, now: float) -> list[Output]:
        """End a call: CANCEL while ours is not answered, else BYE with the Q.850 ``cause``."""
        if self.uac.calling(tag):
            return self.uac.cancel(tag, now=now)
        return self.sessions.hang_up(tag, cause=cause, now=now)

    def probe(self, tag: str, /, *, now: float) -> list[Output]:
        """See SipSessions."""
        return self.sessions.probe(tag, now=now)

    def offer(self, tag: str, /, *, direction: Direction, now: float) -> list[Output]:
        """See SipSessions."""
        return self.sessions.offer(tag, direction=direction, now=now)

    # Time -----------------------------------------------------------------------------------------------------------

    def tick(self, *, now: float) -> list[Output]:
        """Send again what is due, forget what is over, give up on what was never answered or acknowledged."""
        passed = self.core.transactions.tick(now=now)
        self.uas.tick(forgotten=passed.forgotten, now=now)
        outputs: list[Output] = [*passed.sends]
        for key in passed.unanswered:
            within = self.sessions.responded(key, None, now=now)
            outputs += self.uac.unanswered(key) if within is None else within
        for key in passed.over:
            self.sessions.over(key)
            self.uac.over(key)
        return [*outputs, *self.sessions.tick(now=now), *self.uac.tick(now=now)]
