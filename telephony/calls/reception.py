"""Datagrams in; what signalling tells of goes to the calls, and an INVITE becomes one."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import assert_never, cast

from runtime.boundary import attempt, outcome
from runtime.failures import Failure
from runtime.ids import new_id
from runtime.telemetry import get_logger
from telephony import media_protocol as media
from telephony.calls import inputs as got
from telephony.calls.calling_out import CallsOut
from telephony.calls.ending import Q850_TIMER
from telephony.calls.legs import Leg, LegStage, TrunkEndpoint
from telephony.calls.live import MediaJob
from telephony.calls.record import Call, call_ended
from telephony.calls.switch import Switch
from telephony.ivr.flow import Ivr
from telephony.ivr.keys import KeySource
from telephony.seat_header import SEAT_HEADER
from telephony.settings import TelephonySettings
from telephony.sip.events import (
    Alive,
    Confirmed,
    DigitSignalled,
    Gone,
    Invited,
    Output,
    PeerAnswered,
    PeerDeclined,
    PeerRang,
    Renegotiated,
    SipEvent,
    TurnedAway,
    Withdrawn,
)
from telephony.sip.flows import Address, Flow, Transport
from telephony.sip.sdp import Agreed, OurSide
from telephony.tracks import recording_name
from vocabulary.audio import Party
from vocabulary.calls import EndReason
from vocabulary.errors import HotlineError, Refused
from vocabulary.ids import CallId, ContactId, LegId

log = get_logger(__name__)
_NOT_ACCEPTABLE = frozenset({"own-port", "bad-address"})
"""Reasons of media that lie in the address of the peer's SDP: 488 (RFC 3261 §21.4.26)."""
KEEP_ALIVE = b"\r\n\r\n"
"""What peers send to keep an address translation open (RFC 5626 §3.5.1, §4.4.1): nothing is to be done."""
_THIS_MACHINE, _LONGEST_SEAT = "127.0.0.1", 16
_NOWHERE = ("127.0.0.1", 9)
"""Where a leg sends until the answer to our offer says where (the discard port)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """How peers see this host: its name, where legs bind, the address in our SDP (empty: where the leg is bound)."""

    host: str
    rtp_bind: str
    public_host: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Arrival:
    invited: Invited
    settings: TelephonySettings
    invite_at: datetime
    invite_mono: float
    call: CallId
    contact: ContactId
    leg: LegId


class Reception(asyncio.DatagramProtocol):
    """The SIP socket."""

    def __init__(self, switch: Switch, /, *, here: Here, calls_out: CallsOut) -> None:
        """Serve ``switch`` and its calls out; ``lost`` is set when the socket is gone for whatever reason."""
        self._switch, self._here, self._calls_out = switch, here, calls_out
        self.lost = asyncio.Event()
        self.heard = 0
        """Datagrams that came in, our own proofs included: while it moves, the socket is read."""
        self._transport: asyncio.BaseTransport | None = None
        self._local: Address = ("", 0)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport (uvloop's is no subclass of asyncio's)."""
        self._transport = transport
        self._local = transport.get_extra_info("sockname")[:2]
        self._switch.sockets[Transport.UDP, self._local] = transport  # type: ignore[assignment]  # asyncio hands a datagram transport to this protocol

    def close(self) -> None:
        """Hear nothing more."""
        if self._transport is not None:
            self._transport.close()

    def prove(self) -> None:
        """Send ourselves a keep-alive, so that the socket has something to be read whether or not anybody calls."""
        transport = cast("asyncio.DatagramTransport | None", self._transport)
        if transport is None or transport.is_closing():
            return
        host, port = self._local
        transport.sendto(KEEP_ALIVE, ("127.0.0.1" if host == "0.0.0.0" else host, port))

    def connection_lost(self, exc: Exception | None) -> None:
        """The system closed the socket, or we did."""
        if exc is not None:
            log.error("the SIP socket was lost", reason=str(exc))
        self.lost.set()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Take one datagram; a fault that it causes ends with it."""
        self.heard += 1
        if data == KEEP_ALIVE:
            return
        attempt(lambda: self._take(data, (addr[0], addr[1])), of="datagram")

    def _take(self, data: bytes, source: Address) -> None:
        now = self._switch.clock.monotonic()
        flow = Flow(Transport.UDP, self._local, source)
        self.hand_out(self._switch.agent.receive(data, flow=flow, now=now))

    def error_received(self, exc: Exception) -> None:
        """An ICMP error of some peer: what it did not get is sent again or given up by its timer."""
        log.debug("a peer is unreachable", reason=str(exc))

    def hand_out(self, outputs: list[Output], /) -> None:
        """Send, and tell the calls of events."""
        self.tell(self._switch.send(outputs))

    def tell(self, events: list[SipEvent], /) -> None:
        """Tell the calls of events, each for itself."""
        for event in events:
            if not self._calls_out.hears(event):
                attempt(partial(self._tell_of, event), of="event of signalling")

    def _tell_of(self, event: SipEvent) -> None:
        match event:
            case Invited():
                self._invited(event)
            case Gone(why="dead"):
                self._tell(event.tag, got.Broken(EndReason.MEDIA_TIMEOUT, Q850_TIMER))
            case Gone():
                self._tell(event.tag, got.CallerLeft(failed=event.why != "bye"))
            case Confirmed():
                self._confirmed(event.tag)
                if event.agreed is not None:
                    self._renegotiated(event.tag, event.agreed)
            case Renegotiated():
                self._renegotiated(event.tag, event.agreed)
            case DigitSignalled():
                self._digit(event)
            case TurnedAway():
                self._turned_away(event)
            case Withdrawn() | Alive() | PeerRang() | PeerAnswered() | PeerDeclined():
                return
            case _:
                assert_never(event)

    def _turned_away(self, event: TurnedAway) -> None:
        if self._switch.refusals.worth_a_line(event.why, source=event.source):
            log.warning("a request was turned away", why=event.why, source=event.source)

    def _confirmed(self, tag: str) -> None:
        live = self._switch.by_tag(tag)
        if live is not None:
            live.ask(MediaJob(command=media.ConfirmRtpLeg(leg=live.call.caller_leg.id), reply=media.Carried))

    def _tell(self, tag: str, given: got.Input) -> None:
        live = self._switch.by_tag(tag)
        if live is not None:
            self._switch.post(live.call.call, given)

    def _digit(self, event: DigitSignalled) -> None:
        live = self._switch.by_tag(event.tag)
        if live is not None:
            passed = self._switch.clock.now() - live.call.accepted_at
            at_ms = int(passed.total_seconds() * 1000)
            self._switch.pressed(live, event.digit, source=KeySource.INFO, at_ms=at_ms)

    def _renegotiated(self, tag: str, agreed: Agreed) -> None:
        live = self._switch.by_tag(tag)
        if live is None:
            return
        update = media.UpdateRtpLeg(
            leg=live.call.caller_leg.id,
            codec=agreed.codec,
            remote_host=agreed.host,
            remote_port=agreed.port,
            dtmf_payload_type=agreed.dtmf_payload_type,
            direction=agreed.direction,
        )
        live.absence.heard()
        live.ask(MediaJob(command=update, reply=media.Carried))

    # An INVITE becomes a call ---------------------------------------------------------------------------------------

    def _invited(self, invited: Invited) -> None:
        switch, clock = self._switch, self._switch.clock
        why = switch.refusal()
        if why == "too-many-calls" and (given_up := switch.agent.make_room(now=clock.monotonic())):
            self.hand_out(given_up)
            why = ""
        if why or switch.settings is None:
            self._refuse(invited, why)
            return
        arrival = _Arrival(
            invited=invited,
            settings=switch.settings,
            invite_at=clock.now(),
            invite_mono=clock.monotonic(),
            call=CallId(new_id()),
            contact=ContactId(new_id()),
            leg=LegId(new_id()),
        )
        switch.opening.add(invited.tag)
        switch.tasks.create_task(self._opened(arrival))

    def _refuse(self, invited: Invited, why: str) -> None:
        if self._switch.refusals.worth_a_line(why, source=invited.source):
            log.warning("a call was refused", why=why, caller=invited.caller, dialled=invited.dialled)
        now = self._switch.clock.monotonic()
        if why in _NOT_ACCEPTABLE:
            self._switch.send(self._switch.agent.refuse(invited.tag, status=488, now=now))
        else:
            self._switch.send(self._switch.agent.refuse(invited.tag, status=503, now=now, retry_after=5))

    async def _opened(self, arrival: _Arrival) -> None:
        if isinstance(await outcome(self._open(arrival), of="open"), Failure):
            self._refuse(arrival.invited, "fault")

    async def _open(self, arrival: _Arrival) -> None:
        """Ask media for a leg, start call time, answer 200. A caller who gave up meanwhile leaves nothing behind."""
        switch, invited = self._switch, arrival.invited
        try:
            opened = await switch.link.request(self._leg(arrival), reply=media.RtpLegOpened)
            start = media.StartCall(
                call=arrival.call,
                contact=arrival.contact,
                caller_leg=arrival.leg,
                recording_name=recording_name(arrival.call),
            )
            if switch.agent.session(invited.tag) is not None:
                await switch.link.request(start, reply=media.CallStarted)
        except HotlineError as error:
            log.warning("media could not take a call", reason=str(error))
            self._refuse(invited, error.reason if isinstance(error, Refused) else "media-refused")
            await self._close(arrival.call)
            return
        finally:
            switch.opening.discard(invited.tag)
        ours = OurSide(
            host=self._here.public_host or opened.host, port=opened.port, session=arrival.call.int & 0x7FFF_FFFF
        )
        outputs = switch.agent.accept(invited.tag, ours=ours, now=switch.clock.monotonic())
        call = self._call(arrival)
        if outputs:
            switch.send(outputs)
            switch.begin(call, tag=invited.tag, wanted_seat=wanted_seat(invited))
        else:
            await self._cancelled(call)

    def _leg(self, arrival: _Arrival) -> media.OpenRtpLeg:
        agreed = arrival.invited.agreed
        remote = (agreed.host, agreed.port) if agreed is not None else _NOWHERE
        return media.OpenRtpLeg(
            leg=arrival.leg,
            call=arrival.call,
            contact=arrival.contact,
            party=Party.CALLER,
            codec=agreed.codec if agreed is not None else media.Codec.PCMA,
            remote_host=remote[0],
            remote_port=remote[1],
            dtmf_payload_type=agreed.dtmf_payload_type if agreed is not None else None,
            bind_host=self._here.rtp_bind,
            direction=agreed.direction if agreed is not None else media.Direction.SENDRECV,
            media_networks=arrival.invited.media_networks,
            own_peer=self._calls_out.own_leg(arrival.invited.call_id, peer=arrival.leg),
        )

    def _call(self, arrival: _Arrival) -> Call:
        invited, line = arrival.invited, arrival.settings.line(arrival.invited.dialled)
        if line.number != invited.dialled and self._switch.refusals.worth_a_line("no-line", source=invited.source):
            log.warning("no line has the dialled number, the first takes the call", dialled=invited.dialled)
        caller = Leg(
            id=arrival.leg,
            party=Party.CALLER,
            endpoint=TrunkEndpoint(number=invited.caller),
            stage=LegStage.JOINED,
        )
        return Call(
            call=arrival.call,
            contact=arrival.contact,
            host=self._here.host,
            legs=(caller,),
            dialled=invited.dialled,
            line_name=line.name,
            user_agent=invited.user_agent,
            invite_at=arrival.invite_at,
            invite_mono=arrival.invite_mono,
            accepted_at=self._switch.clock.now(),
            settings=arrival.settings,
            ivr=Ivr(menu=arrival.settings.menu, queue=line.queue),
        )

    async def _cancelled(self, call: Call) -> None:
        at = self._switch.clock.now()
        self._switch.tell(call_ended(call, reason=EndReason.CANCELLED, q850=16, at=at))
        self._switch.told[call.call] = None
        await self._close(call.call)

    async def _close(self, call: CallId) -> None:
        try:
            await self._switch.link.request(media.EndCall(call=call), reply=media.EndedCall)
        except HotlineError as error:
            log.warning("media could not end a call that never began", call=call, reason=str(error))


def wanted_seat(invited: Invited, /) -> str:
    """The seat that a test call of this very machine asks for, empty for anybody else's."""
    asked = dict(invited.headers).get(SEAT_HEADER, "")
    return asked if invited.source == _THIS_MACHINE and len(asked) <= _LONGEST_SEAT else ""
