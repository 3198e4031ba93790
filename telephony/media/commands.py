"""What the switch asks for, carried out on the state. All is idempotent by leg, line or call."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from runtime.telemetry import get_logger
from runtime.wire import Handlers, by_type
from telephony import media_protocol as words
from telephony.media.archive import RecordingArchive
from telephony.media.g711 import Samples
from telephony.media.legs import CallSound, MediaLeg
from telephony.media.lines import Lines
from telephony.media.media_state import MediaState
from telephony.media.playlist import Playlist
from telephony.media.prompts import PromptSounds
from telephony.media.rtp_port import PortRange, Remote, RtpPort, is_at
from telephony.media.speech import SpeechGate
from telephony.media.statistics import Statistics
from telephony.media.voice_activity import VoiceActivity
from vocabulary.audio import Party
from vocabulary.errors import Refused
from vocabulary.ids import CallId, LegId

_log = get_logger(__name__)
_REMEMBERED_CALLS = 2000
_DONE = words.Carried()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the commands work on."""

    state: MediaState
    lines: Lines
    archive: RecordingArchive
    prompts: PromptSounds
    ports: PortRange
    statistics: Statistics


class Commands:
    """One async method a command; ``handlers`` gives them to the wire."""

    def __init__(self, parts: Parts) -> None:
        self._state, self._lines, self._archive = parts.state, parts.lines, parts.archive
        self._prompts, self._ports, self._statistics = parts.prompts, parts.ports, parts.statistics
        self._ended: OrderedDict[CallId, words.EndedCall] = OrderedDict()
        self._changing = asyncio.Lock()

    def handlers(self) -> Handlers:
        """Return the handlers of ``runtime.wire``."""
        return by_type(
            {
                words.OpenRtpLeg: self.open_rtp_leg,
                words.ConfirmRtpLeg: self.confirm_rtp_leg,
                words.UpdateRtpLeg: self.update_rtp_leg,
                words.StartCall: self.start_call,
                words.OpenLine: self.open_line,
                words.CloseLine: self.close_line,
                words.AttachLine: self.attach_line,
                words.SetSound: self.set_sound,
                words.CloseLeg: self.close_leg,
                words.EndCall: self.end_call,
                words.ListLegs: self.list_legs,
                words.ForgetOrphans: self.forget_orphans,
                words.MediaStatsAsked: self.statistics,
            }
        )

    async def open_rtp_leg(self, asked: words.OpenRtpLeg) -> words.RtpLegOpened:
        """Bind a port and begin to send."""
        async with self._changing:
            known = self._state.legs.get(asked.leg)
            if known is None:
                if all(leg.call != asked.call for leg in self._state.legs.values()):
                    self._archive.refuse_when_full(calls=len(self._state.calls))
                port = RtpPort(_remote(asked, networks=asked.media_networks))
                self._refuse_own(asked, host=asked.bind_host)
                targets = {leg.port.target for leg in self._state.legs.values() if isinstance(leg.port, RtpPort)}
                self._ports.open(port, host=asked.bind_host, but=targets | {(asked.remote_host, asked.remote_port)})
                known = MediaLeg(
                    leg=asked.leg,
                    call=asked.call,
                    contact=asked.contact,
                    party=asked.party,
                    port=port,
                    slot=self._state.add_port(port),
                )
                if asked.party is Party.CALLER:
                    known.voice, known.gate = VoiceActivity(), SpeechGate()
                self._state.add_leg(known)
        port = _rtp_port(known)
        return words.RtpLegOpened(host=port.host, port=port.port)

    def _refuse_own(self, asked: words.OpenRtpLeg | words.UpdateRtpLeg, *, host: str) -> None:
        """Refuse an address at which one of our own legs listens: its sound would reach another call."""
        address = (asked.remote_host, asked.remote_port)
        peer = self._state.legs.get(asked.own_peer) if asked.own_peer is not None else None
        if peer is not None and isinstance(peer.port, RtpPort) and address == (peer.port.host, peer.port.port):
            return
        ports = [leg.port for leg in self._state.legs.values() if isinstance(leg.port, RtpPort)]
        taken = any(address[1] in (one.port, one.port + 1) and is_at(address[0], one.host) for one in ports)
        if taken or self._ports.owns(address, host=host):
            raise Refused("own-port", "对方给出的媒体地址是本系统自己的端口，不能把声音送到别的通话里")

    async def confirm_rtp_leg(self, asked: words.ConfirmRtpLeg) -> words.Carried:
        """Let the leg send without a bound."""
        _rtp_port(self._state.leg(asked.leg)).confirmed = True
        return _DONE

    async def update_rtp_leg(self, asked: words.UpdateRtpLeg) -> words.Carried:
        """Change codec, address, keys or direction of the one sender there is."""
        leg = self._state.leg(asked.leg)
        port = _rtp_port(leg)
        self._refuse_own(asked, host=port.host)
        port.update(_remote(asked))
        self._state.change_law(leg.slot)
        return _DONE

    async def start_call(self, asked: words.StartCall) -> words.CallStarted:
        """Let call time, recording and taps begin with the next tick."""
        if asked.call not in self._state.calls:
            caller = self._state.leg(asked.caller_leg)
            if asked.recording_name:
                self._archive.refuse_when_full(calls=len(self._state.calls))
            writer = self._archive.begin(asked)
            self._state.start_call(CallSound(caller=caller, writer=writer))
        return words.CallStarted(started_at=self._archive.started_at(asked.call))

    async def open_line(self, asked: words.OpenLine) -> words.LineOpened:
        """Answer a browser's offer."""
        return words.LineOpened(answer_sdp=await self._lines.open(asked.line, asked.offer_sdp))

    async def close_line(self, asked: words.CloseLine) -> words.Carried:
        """Close a browser's line."""
        await self._lines.close(asked.line)
        return _DONE

    async def attach_line(self, asked: words.AttachLine) -> words.LegAttached:
        """Begin a leg on a line; the leg that was on it before ends."""
        known = self._state.legs.get(asked.leg)
        if known is not None:
            return words.LegAttached(at_ms=known.attached_ms)
        call = self._state.call(asked.call)
        line, slot = self._lines.get(asked.line)
        for other in [leg for leg in self._state.legs.values() if leg.slot is slot]:
            self._state.remove_leg(other.leg)
        leg = MediaLeg(
            leg=asked.leg,
            call=call.call,
            contact=asked.contact,
            party=asked.party,
            port=line,
            slot=slot,
            line=asked.line,
            attached_ms=call.at_ms,
        )
        self._state.add_leg(leg)
        return words.LegAttached(at_ms=leg.attached_ms)

    async def set_sound(self, asked: words.SetSound) -> words.SoundSet:
        """Let a call sound as it is asked, all at one tick."""
        self._state.legs_of(asked.call)
        sounds = await self._sounds(asked.playing)
        hearing: dict[LegId, list[LegId]] = {}
        for pair in asked.hearing:
            hearing.setdefault(pair.listener, []).append(pair.speaker)
        playing = {play.leg: play for play in asked.playing}
        legs = self._state.legs_of(asked.call)
        if not playing.keys() <= legs.keys():
            raise Refused("no-leg", "没有这一方，可能已经挂断")
        at_ms = self._state.set_hearing(asked.call, hearing)
        for leg in legs.values():
            self._play(leg, playing.get(leg.leg), sounds)
        unplayed = {play.play_id for play in asked.playing} - sounds.keys()
        return words.SoundSet(at_ms=at_ms, unplayed=tuple(sorted(unplayed)))

    async def _sounds(self, plays: tuple[words.Playing, ...]) -> dict[UUID, tuple[Samples, ...]]:
        """Return what each play consists of; one of which a prompt is missing is left out with a warning."""
        found = {}
        for play in plays:
            try:
                found[play.play_id] = await self._prompts.sounds(play.prompts)
            except Refused as refused:
                _log.warning("prompts cannot be played", leg=play.leg, reason=refused.text)
        return found

    def _play(self, leg: MediaLeg, play: words.Playing | None, sounds: Mapping[UUID, tuple[Samples, ...]]) -> None:
        if play is None or play.play_id not in sounds:
            self._state.stop_play(leg)
        elif leg.last_play != play.play_id:
            playlist = Playlist(play_id=play.play_id, sounds=sounds[play.play_id], loop=play.loop)
            self._state.play(leg, playlist)

    async def close_leg(self, asked: words.CloseLeg) -> words.Carried:
        """End a leg and give its port back."""
        leg = self._state.remove_leg(asked.leg)
        if leg is not None:
            self._release(leg)
        return _DONE

    async def end_call(self, asked: words.EndCall) -> words.EndedCall:
        """End a call with its legs and its recording."""
        async with self._changing:
            ended = self._ended.get(asked.call)
            return await self._end(asked.call, told=True) if ended is None else ended

    async def list_legs(self, _: words.ListLegs) -> words.Legs:
        """Name all legs."""
        return words.Legs(legs=tuple(_state(leg) for leg in self._state.legs.values()))

    async def orphans(self, asked: words.Orphans) -> words.OrphanCalls:
        """End the calls that the switch does not know and name those that lost theirs."""
        await self.abandon(known=asked.known)
        self._lines.announce()
        return words.OrphanCalls(calls=self._archive.orphans)

    async def forget_orphans(self, asked: words.ForgetOrphans) -> words.Carried:
        """The switch has stored what became of these calls."""
        await self._archive.forget(asked.calls)
        return _DONE

    async def statistics(self, _: words.MediaStatsAsked) -> words.MediaStats:
        """Give figures since the last asking."""
        taken = self._statistics.take(legs=len(self._state.legs), lines=self._lines.connected)
        return self._archive.described(taken, calls=len(self._state.calls))

    async def sweep(self) -> None:
        """Close the ports that a fault took away; called once a second."""
        while self._state.failed_ports:
            port = self._state.failed_ports.pop()
            if isinstance(port, RtpPort):
                port.close()
            else:
                await self._lines.drop(port)

    async def abandon(self, *, known: tuple[CallId, ...] = ()) -> None:
        """End every call that is not in ``known``; they become orphans."""
        async with self._changing:
            calls = {leg.call for leg in self._state.legs.values()} | set(self._state.calls)
            for call in calls - set(known):
                await self._end(call, told=False)

    async def _end(self, call: CallId, *, told: bool) -> words.EndedCall:
        sound, legs = self._state.end_call(call)
        for leg in legs:
            self._release(leg)
        if sound is None:
            return words.EndedCall(recording=None, duration_ms=0)
        ended = self._ended[call] = await self._archive.finish(call, samples=sound.samples, told=told)
        while len(self._ended) > _REMEMBERED_CALLS:
            self._ended.popitem(last=False)
        return ended

    def _release(self, leg: MediaLeg) -> None:
        if isinstance(leg.port, RtpPort):
            self._state.remove_port(leg.slot)
            leg.port.close()


def _remote(asked: words.OpenRtpLeg | words.UpdateRtpLeg, /, *, networks: tuple[str, ...] = ()) -> Remote:
    return Remote(
        codec=asked.codec,
        address=(asked.remote_host, asked.remote_port),
        dtmf_payload_type=asked.dtmf_payload_type,
        direction=asked.direction,
        media_networks=networks,
    )


def _rtp_port(leg: MediaLeg) -> RtpPort:
    if not isinstance(leg.port, RtpPort):
        raise Refused("no-leg", "这一方在浏览器线路上，没有 RTP 端口")
    return leg.port


def _state(leg: MediaLeg) -> words.LegState:
    port = leg.port
    return words.LegState(
        leg=leg.leg,
        call=leg.call,
        party=leg.party,
        line=leg.line,
        host=port.host if isinstance(port, RtpPort) else "",
        port=port.port if isinstance(port, RtpPort) else 0,
        sent=port.outgoing.sent,
        received=port.incoming.received,
        lost=port.incoming.lost - leg.lost_before,
        dropped=port.dropped,
    )
