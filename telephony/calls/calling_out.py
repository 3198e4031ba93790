"""Calls of ours: carries the machine of ``calls_out`` to the user agent and to media, and answers who asked for one."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import assert_never

from runtime.boundary import attempt, outcome
from runtime.bus import Bus, Subscription
from runtime.failures import Failure
from runtime.ids import new_id
from runtime.telemetry import get_logger
from telephony import media_protocol as media
from telephony.calls import calls_out as out
from telephony.calls.calls_out import CallOut, CallOutAction, CallOutEvent, CallOutInput, CallOutStage, call_out_step
from telephony.calls.switch import Switch
from telephony.sip.addresses import ipv4, parse_uri
from telephony.sip.events import SipEvent
from telephony.sip.flows import Address, Flow, Transport, host_port
from telephony.sip.sdp import Agreed, OurSide
from telephony.sip.uac import Outbound
from telephony.subjects import REQUESTS
from vocabulary.audio import Party
from vocabulary.calls import CallOutEnd, LegPackets
from vocabulary.desk_requests import CallOutAsked, CallOutDone
from vocabulary.errors import Refused
from vocabulary.ids import CallId, ContactId, LegId

log = get_logger(__name__)
AT_ONCE = 2
LONGEST_RING_S, LONGEST_TALK_S = 60.0, 60.0
_CLOSING = timedelta(seconds=5)
_NOWHERE = ("127.0.0.1", 9)
"""Where the leg sends until the peer says where (the discard port)."""
_EVERYWHERE = "0.0.0.0"


@dataclass(slots=True, kw_only=True)
class _Live:
    """A call of ours that runs."""

    asked: CallOutAsked
    uri: str
    flow: Flow
    to_ourselves: bool
    call: CallId
    leg: LegId
    state: CallOut
    done: asyncio.Future[CallOutDone]
    tag: str = ""
    sip_call: str = ""
    peer_leg: LegId | None = None
    """The leg of the incoming call that a call to ourselves became."""
    jobs: asyncio.Queue[Callable[[], Awaitable[None]] | None] = field(default_factory=lambda: asyncio.Queue(32))


class CallsOut:
    """Serves ``call-out``. At most ``AT_ONCE`` calls at a time."""

    def __init__(self, switch: Switch, /, *, rtp_bind: str, public_host: str) -> None:
        """Bind legs at ``rtp_bind``; ``public_host`` is the address in our SDP (empty: where the leg is bound)."""
        self._switch, self._rtp_bind, self._public_host = switch, rtp_bind, public_host
        self._live: list[_Live] = []

    async def serve(self, bus: Bus, /) -> Subscription:
        """Begin to answer."""
        return await bus.serve(self.place, subject=REQUESTS[CallOutAsked], request=CallOutAsked)

    async def place(self, asked: CallOutAsked, /) -> CallOutDone:
        """Place a call and return what came of it when it is over."""
        if not 0 < asked.ring_s <= LONGEST_RING_S or not 0 < asked.talk_s <= LONGEST_TALK_S:
            raise Refused("bad-limit", f"振铃和通话时间要在 0 到 {LONGEST_TALK_S:.0f} 秒之间。")
        if sum(one.state.stage is not CallOutStage.OVER for one in self._live) >= AT_ONCE:
            raise Refused("busy", "正在进行的呼出测试已经够多了，请稍后再试。")
        uri, remote = self._target(asked.to)
        local = self._local()
        call = CallId(new_id())
        live = _Live(
            asked=asked,
            uri=uri,
            flow=Flow(Transport.UDP, local, remote),
            to_ourselves=remote == self._own(local),
            call=call,
            leg=LegId(new_id()),
            state=CallOut(ring_s=asked.ring_s, talk_s=asked.talk_s, asked_at=self._switch.clock.monotonic()),
            done=asyncio.get_running_loop().create_future(),
        )
        self._live.append(live)
        self._switch.tasks.create_task(self._work(live))
        live.jobs.put_nowait(partial(self._open, live))
        return await asyncio.shield(live.done)

    def _local(self) -> Address:
        local = next((local for _, local in self._switch.sockets), None)
        if local is None:
            raise Refused("no-socket", "交换进程还没有就绪，请稍后再试。")
        return local

    @staticmethod
    def _own(local: Address) -> Address:
        """Where our own socket is reached from this host."""
        return ("127.0.0.1" if local[0] == _EVERYWHERE else local[0], local[1])

    def _target(self, to: str) -> tuple[str, Address]:
        """Return (URI, where its INVITE goes): a number alone is one of our own lines."""
        if to and len(to) <= 32 and all(char in "0123456789*#+" for char in to):
            own = self._own(self._local())
            return f"sip:{to}@{host_port(own)}", own
        uri = parse_uri(to)
        host = ipv4(uri.host) if uri is not None and uri.scheme == "sip" and uri.user else None
        if uri is None or host is None or len(to) > 200:
            raise Refused("bad-uri", "请写号码，或 sip:号码@IPv4地址:端口。")
        if self._switch.agent.trunks.of(host) is None:
            raise Refused("no-trunk", f"{host} 不在任何中继的网段内，只能呼叫已登记的中继或本机。")
        return f"sip:{uri.user}@{host}:{uri.port or 5060}", (host, uri.port or 5060)

    # A call to ourselves --------------------------------------------------------------------------------------------

    def own_leg(self, sip_call: str, *, peer: LegId) -> LegId | None:
        """Return our leg in a call that we placed to ourselves, by its Call-ID; ``peer`` is its other end's leg."""
        live = next((one for one in self._live if one.to_ourselves and one.sip_call == sip_call), None)
        if live is None:
            return None
        live.peer_leg = peer
        return live.leg

    # What happens ---------------------------------------------------------------------------------------------------

    def hears(self, event: SipEvent, /) -> bool:
        """Take an event of signalling; False when it is not of a call of ours."""
        if not isinstance(event, CallOutEvent):
            return False
        live = next((one for one in self._live if one.tag == event.tag), None)
        if live is not None:
            self._step(live, event)
        return live is not None

    async def hears_sound(self, said: media.FirstAudio | media.Speech, /) -> bool:
        """Take a notify of media; False when it is not of a leg of ours."""
        live = next((one for one in self._live if one.leg == said.leg), None)
        if live is not None:
            self._step(live, said)
        return live is not None

    def media_lost(self) -> None:
        """Media is gone, and every leg with it."""
        for live in list(self._live):
            self._step(live, out.MediaIsAway("away"))

    def tick(self) -> None:
        """Let time pass."""
        for live in list(self._live):
            self._step(live, out.TimePassed())

    def _step(self, live: _Live, what: CallOutInput) -> None:
        """Take a step; a call whose machine fails is over."""
        stepped = attempt(lambda: self._take(live, what), of="call out")
        if isinstance(stepped, Failure) and live.state.stage is not CallOutStage.OVER:
            live.state = replace(live.state, stage=CallOutStage.OVER, end=CallOutEnd.FAILED)
            self._do(live, out.Finish())

    def _take(self, live: _Live, what: CallOutInput) -> None:
        live.state, actions = call_out_step(live.state, what, now=self._switch.clock.monotonic())
        for action in actions:
            self._do(live, action)

    def _do(self, live: _Live, action: CallOutAction) -> None:
        match action:
            case out.Invite():
                self._invite(live, action)
            case out.BeginSound():
                live.jobs.put_nowait(partial(self._begin_sound, live, action.agreed))
            case out.MoveSound():
                live.jobs.put_nowait(partial(self._update, live, action.agreed))
            case out.Leave():
                now = self._switch.clock.monotonic()
                self._switch.send(self._switch.agent.hang_up(live.tag, cause=action.q850, now=now))
            case out.Finish():
                live.jobs.put_nowait(partial(self._finish, live))
                live.jobs.put_nowait(None)
            case _:
                assert_never(action)

    def _invite(self, live: _Live, action: out.Invite) -> None:
        ours = OurSide(host=self._public_host or action.host, port=action.port, session=live.call.int & 0x7FFF_FFFF)
        trunk = self._switch.agent.trunks.of(live.flow.remote[0])
        wish = Outbound(
            uri=live.uri,
            flow=live.flow,
            caller=live.asked.caller,
            ours=ours,
            credentials=trunk.credentials if trunk is not None else None,
        )
        placed = self._switch.agent.call(wish, now=self._switch.clock.monotonic())
        live.tag, live.sip_call = placed.tag, placed.call_id
        self._switch.send(placed.outputs)

    # Media ----------------------------------------------------------------------------------------------------------

    async def _work(self, live: _Live) -> None:
        while (job := await live.jobs.get()) is not None:
            done = await outcome(job(), of="call out")
            if isinstance(done, Failure):
                log.warning("media did not do it", call=live.call, reason=done.text)
                self._step(live, out.MediaIsAway(done.reason))
        self._live.remove(live)
        if not live.done.done():
            live.done.set_result(_result(live.state, heard=None))

    async def _open(self, live: _Live) -> None:
        asked = media.OpenRtpLeg(
            leg=live.leg,
            call=live.call,
            contact=ContactId(live.call),
            party=Party.CALLER,
            codec=media.Codec.PCMA,
            remote_host=_NOWHERE[0],
            remote_port=_NOWHERE[1],
            dtmf_payload_type=None,
            bind_host=self._rtp_bind,
            media_networks=(f"{live.flow.remote[0]}/32",),
        )
        opened = await self._switch.link.request(asked, reply=media.RtpLegOpened)
        self._step(live, opened)

    async def _update(self, live: _Live, agreed: Agreed) -> None:
        update = media.UpdateRtpLeg(
            leg=live.leg,
            codec=agreed.codec,
            remote_host=agreed.host,
            remote_port=agreed.port,
            dtmf_payload_type=agreed.dtmf_payload_type,
            direction=agreed.direction,
            own_peer=live.peer_leg,
        )
        await self._switch.link.request(update, reply=media.Carried)

    async def _begin_sound(self, live: _Live, agreed: Agreed) -> None:
        request = self._switch.link.request
        await self._update(live, agreed)
        await request(media.ConfirmRtpLeg(leg=live.leg), reply=media.Carried)
        settings = self._switch.settings
        if live.asked.greets and settings is not None:
            play = media.Playing(leg=live.leg, prompts=(settings.menu.greeting,), play_id=new_id())
            await request(media.SetSound(call=live.call, playing=(play,)), reply=media.SoundSet)

    async def _finish(self, live: _Live) -> None:
        """Ask what was heard, close the leg and answer."""
        legs = await outcome(self._switch.link.request(media.ListLegs(), reply=media.Legs), of="legs")
        found = () if isinstance(legs, Failure) else legs.value.legs
        heard = next((one for one in found if one.leg == live.leg), None)
        live.done.set_result(_result(live.state, heard=heard))
        end = media.EndCall(call=live.call)
        await self._switch.link.request(end, reply=media.EndedCall, timeout=_CLOSING)


def _result(call: CallOut, *, heard: media.LegState | None) -> CallOutDone:
    def ms(at: float | None) -> int | None:
        return None if at is None or call.invited_at is None else round((at - call.invited_at) * 1000)

    return CallOutDone(
        answered=call.answered_at is not None,
        status=call.status,
        end=call.end or CallOutEnd.FAILED,
        rang_ms=ms(call.rang_at),
        answered_ms=ms(call.answered_at),
        sound_ms=ms(call.sound_at),
        speech_ms=ms(call.speech_at),
        ended_ms=ms(call.ended_at),
        heard=None if heard is None else LegPackets(received=heard.received, lost=heard.lost, sent=heard.sent),
    )
