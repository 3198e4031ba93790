"""All that sounds at one moment: legs, lines, calls, and what one tick does with them. No I/O but through ports."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from runtime.boundary import each
from telephony.media.legs import CallSound, MediaLeg, Port, Taps
from telephony.media.mixer import Mixer, Slot
from telephony.media.playlist import Playlist
from telephony.media.sending import Histogram
from telephony.media_protocol import Digit, FirstAudio, LegFailed, PromptsEnded, RtpTimeout, Speech
from vocabulary.audio import FRAME_SAMPLES
from vocabulary.errors import Refused
from vocabulary.ids import CallId, LegId

_SECOND_TICKS = 50
_OF_THE_PORT = frozenset({"receive", "reports", "sound", "send"})
"""Faults that a port would have again in the next tick."""
_SILENT_PEAK = 120
"""A frame whose peak stays below is silence (about -49 dBFS)."""


class MediaState:
    """The state of all sound. ``tell`` takes notifies and must not block.

    A fault in one leg's part of a tick closes that leg at the end of the tick and is told; all others go on.
    """

    def __init__(self, *, taps: Taps, tell: Callable[[object], None], rtp_timeout_s: float) -> None:
        self.mixer = Mixer()
        self.legs: dict[LegId, MediaLeg] = {}
        self.calls: dict[CallId, CallSound] = {}
        self.intervals = Histogram()
        self.ticks = 0
        self.failed_ports: list[Port] = []
        """Ports that a fault took away; whoever opened them closes them."""
        self._ports: dict[Slot, Port] = {}
        self._taps, self._tell, self._rtp_timeout_s = taps, tell, rtp_timeout_s

    # Ports -----------------------------------------------------------------------------------------------------------

    def add_port(self, port: Port, /) -> Slot:
        """Give a port a row; from the next tick on it is sent to."""
        slot = Slot(port.incoming, law=port.out_law)
        port.intervals = self.intervals
        self._ports[slot] = port
        self.mixer.add(slot)
        return slot

    def remove_port(self, slot: Slot, /) -> None:
        """Take a port's row away; no error when it is gone."""
        if self._ports.pop(slot, None) is not None:
            self.mixer.remove(slot)

    def change_law(self, slot: Slot, /) -> None:
        """Follow a port whose law of sending changed."""
        slot.law = self._ports[slot].out_law
        self.mixer.rewire()

    # Legs ------------------------------------------------------------------------------------------------------------

    def leg(self, leg: LegId, /) -> MediaLeg:
        """Return a leg; Refused ``no-leg``."""
        found = self.legs.get(leg)
        if found is None:
            raise Refused("no-leg", "没有这一方，可能已经挂断")
        return found

    def add_leg(self, leg: MediaLeg, /) -> int:
        """Take a leg on; return its call time in ms (0 before the call has started)."""
        self.legs[leg.leg] = leg
        leg.lost_before = leg.port.incoming.lost
        call = self.calls.get(leg.call)
        if call is None:
            return 0
        call.open_tap(leg, self._taps)
        return call.at_ms

    def remove_leg(self, leg: LegId, /) -> MediaLeg | None:
        """End a leg: its play is cut, nobody hears it, its tap ends; return it, None when it is gone."""
        found = self.legs.get(leg)
        if found is None:
            return None
        self.stop_play(found)
        call = self.calls.get(found.call)
        if call is not None:
            call.remove(leg)
        del self.legs[leg]
        self._unheard(found.slot)
        if found.ring is not None:
            self._taps.close(found.ring)
        return found

    def at_ms(self, leg: MediaLeg, /) -> int:
        """Return the call time of the next tick, 0 before the call has started."""
        call = self.calls.get(leg.call)
        return 0 if call is None else call.at_ms

    def play(self, leg: MediaLeg, playlist: Playlist, /) -> None:
        """Play to a leg from the next tick on; what was played before is cut."""
        self.stop_play(leg)
        leg.slot.playlist, leg.last_play = playlist, playlist.play_id

    def stop_play(self, leg: MediaLeg, /) -> None:
        """Cut what is played to a leg; no error when nothing is."""
        playlist, leg.slot.playlist = leg.slot.playlist, None
        if playlist is not None:
            self._tell(PromptsEnded(leg=leg.leg, play_id=playlist.play_id, cut=True, at_ms=self.at_ms(leg)))

    # Calls -----------------------------------------------------------------------------------------------------------

    def call(self, call: CallId, /) -> CallSound:
        """Return a started call; Refused ``no-call``."""
        found = self.calls.get(call)
        if found is None:
            raise Refused("no-call", "没有这通电话，可能已经结束")
        return found

    def start_call(self, call: CallSound, /) -> None:
        """Let call time begin with the next tick; legs that are there are heard from sample 0."""
        self.calls[call.call] = call
        for leg in self.legs.values():
            if leg.call == call.call:
                call.open_tap(leg, self._taps)

    def end_call(self, call: CallId, /) -> tuple[CallSound | None, list[MediaLeg]]:
        """End a call and its legs; return both."""
        legs = [leg for leg in self.legs.values() if leg.call == call]
        for leg in legs:
            self.remove_leg(leg.leg)
        sound = self.calls.pop(call, None)
        if sound is not None:
            sound.flush()
        return sound, legs

    def legs_of(self, call: CallId, /) -> dict[LegId, MediaLeg]:
        """Return the legs of a call, started or not; Refused ``no-call`` when there is none."""
        found = {leg.leg: leg for leg in self.legs.values() if leg.call == call}
        if not found:
            raise Refused("no-call", "没有这通电话，可能已经结束")
        return found

    def set_hearing(self, call: CallId, hearing: Mapping[LegId, Sequence[LegId]], /) -> int:
        """Let each leg of a call hear those named for it from the next tick on, who is not named nobody.

        Return the call time of the first tick of this hearing. Refused as in ``SetSound``.
        """
        legs = self.legs_of(call)
        for leg in [*hearing, *(speaker for speakers in hearing.values() for speaker in speakers)]:
            if self.leg(leg).leg not in legs:
                raise Refused("other-call", "听到彼此的各方必须属于同一通电话")
        if any(leg in speakers for leg, speakers in hearing.items()):
            raise Refused("own-sound", "一方不能听到自己")
        wanted = [(leg.slot, [legs[one].slot for one in hearing.get(leg.leg, ())]) for leg in legs.values()]
        sound = self.calls.get(call)
        if any(set(slot.listens_to) != set(heard) for slot, heard in wanted):
            for slot, heard in wanted:
                slot.listens_to = tuple(heard)
            self.mixer.rewire()
            if sound is not None:
                sound.hearing_since_ms = sound.at_ms
        return 0 if sound is None else sound.hearing_since_ms

    def _unheard(self, slot: Slot) -> None:
        """Let nobody hear a slot, and it nobody."""
        slot.listens_to = ()
        for other in self.mixer.slots:
            if slot in other.listens_to:
                other.listens_to = tuple(one for one in other.listens_to if one is not slot)
        self.mixer.rewire()

    # The tick --------------------------------------------------------------------------------------------------------

    def tick(self, now: float, /) -> None:
        """Mix, send, record, tap and report one tick; ``now`` in seconds of the clock that dates packets.

        A leg that fails is closed after the tick: rows of the mixer keep their places until then.
        """
        ports = list(self._ports.items())
        self._note("receive", (slot for slot, _ in each(ports, lambda held: held[1].receive(now), of="receive")))
        mixer = self.mixer
        ended = mixer.mix()
        self._note("send", (slot for slot, _ in each(ports, self._send, of="send")))
        legs = list(self.legs.values())
        self._note("tap", (leg.slot for leg in each(legs, self._feed, of="tap")))
        for call in each(self.calls.values(), lambda call: call.tick(mixer), of="recording"):
            self._unrecorded(call)
        self._note("voice", (leg.slot for leg in each(legs, self._report, of="voice")))
        for slot, playlist in ended:
            self._report_end(slot, playlist)
        self.ticks += 1
        if self.ticks % _SECOND_TICKS == 0:
            self._find_silent(now)
        if mixer.faults:
            self._close_failed()

    def skip(self, ticks: int, /) -> None:
        """Let ticks that were lost pass: call time and RTP timestamps stay true."""
        silence = bytes(2 * FRAME_SAMPLES * ticks)
        legs = [leg for leg in self.legs.values() if leg.ring is not None]
        self._note("tap", (leg.slot for leg in each(legs, lambda leg: self._feed(leg, silence), of="tap")))
        for call in each(self.calls.values(), lambda call: call.skip(ticks), of="recording"):
            self._unrecorded(call)
        for port in self._ports.values():
            port.skip(ticks)
        self.ticks += ticks

    def _send(self, held: tuple[Slot, Port]) -> None:
        held[1].send(self.mixer.payload(held[0]))

    def _feed(self, leg: MediaLeg, silence: bytes = b"") -> None:
        if leg.ring is not None:
            self._taps.feed(leg.ring, silence or self.mixer.heard_pcm(leg.slot))

    # Faults ----------------------------------------------------------------------------------------------------------

    def _note(self, of: str, slots: Iterable[Slot]) -> None:
        for slot in slots:
            self.mixer.faults.setdefault(slot, of)

    def _unrecorded(self, call: CallSound) -> None:
        call.stop_recording()
        self._note("recording", [call.caller.slot])

    def _close_failed(self) -> None:
        """Close the legs of slots that failed in this tick; a browser's line goes only when it failed itself."""
        faults, self.mixer.faults = self.mixer.faults, {}
        for slot, of in faults.items():
            legs = [leg for leg in self.legs.values() if leg.slot is slot]
            each([leg.leg for leg in legs], self.remove_leg, of="close")
            for leg in legs:
                self._tell(LegFailed(leg=leg.leg, reason=of))
            if of in _OF_THE_PORT or any(leg.line is None for leg in legs):
                port = self._ports.get(slot)
                self.remove_port(slot)
                self.failed_ports += [port] if port is not None else []

    def _report(self, leg: MediaLeg) -> None:
        incoming = leg.port.incoming
        while incoming.digits:
            self._tell(Digit(leg=leg.leg, digit=incoming.digits.popleft(), at_ms=self.at_ms(leg)))
        if not leg.audible and leg.slot.missing == 0:
            leg.audible = True
            self._tell(FirstAudio(leg=leg.leg, at_ms=self.at_ms(leg)))
        if leg.gate is not None and leg.voice is not None:
            loud = leg.slot.missing == 0 and self.mixer.peaks[leg.slot.row] >= _SILENT_PEAK
            voiced = loud and leg.voice.voiced(self.mixer.heard_pcm(leg.slot))
            change = leg.gate.feed(voiced=voiced, at_ms=self.at_ms(leg))
            if change is not None:
                self._tell(Speech(leg=leg.leg, speaking=change.speaking, at_ms=change.at_ms))

    def _report_end(self, slot: Slot, playlist: Playlist) -> None:
        for leg in self.legs.values():
            if leg.slot is slot:
                self._tell(PromptsEnded(leg=leg.leg, play_id=playlist.play_id, cut=False, at_ms=self.at_ms(leg)))

    def _find_silent(self, now: float) -> None:
        failed = each(self._ports.items(), lambda held: held[1].look_for_reports(now), of="reports")
        self._note("reports", (slot for slot, _ in failed))
        for leg in self.legs.values():
            since = max(leg.port.incoming.heard_at, leg.told_silent_at)
            if leg.port.expects_sound and now - since > self._rtp_timeout_s:
                leg.told_silent_at = now
                self._tell(RtpTimeout(leg=leg.leg, at_ms=self.at_ms(leg)))
