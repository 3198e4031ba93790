"""All that sounds at one moment: legs, lines, calls, and what one tick does with them. No I/O but through ports."""

from collections.abc import Callable

from runtime.boundary import Done, attempt, each
from telephony.media.legs import CallSound, Leg, Port, Taps
from telephony.media.mixer import Mixer, Slot
from telephony.media.playlist import Playlist
from telephony.media.sending import Histogram
from telephony.media_protocol import Digit, FirstAudio, LegFailed, PromptsEnded, RtpTimeout, Speech
from vocabulary.errors import Refused
from vocabulary.ids import CallId, LegId

_SECOND_TICKS = 50
_SILENT_PEAK = 120
"""A frame whose peak stays below is silence (about -49 dBFS)."""


class Floor:
    """The state of all sound. ``tell`` takes notifies and must not block."""

    def __init__(self, *, taps: Taps, tell: Callable[[object], None], rtp_timeout_s: float) -> None:
        self.mixer = Mixer()
        self.legs: dict[LegId, Leg] = {}
        self.calls: dict[CallId, CallSound] = {}
        self.intervals = Histogram()
        self.ticks = 0
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

    def has(self, slot: Slot, /) -> bool:
        """Tell whether a port is served."""
        return slot in self._ports

    def change_law(self, slot: Slot, /) -> None:
        """Follow a port whose law of sending changed."""
        slot.law = self._ports[slot].out_law
        self.mixer.rewire()

    # Legs ------------------------------------------------------------------------------------------------------------

    def leg(self, leg: LegId, /) -> Leg:
        """Return a leg; Refused ``no-leg``."""
        found = self.legs.get(leg)
        if found is None:
            raise Refused("no-leg", "没有这一方，可能已经挂断")
        return found

    def add_leg(self, leg: Leg, /) -> int:
        """Take a leg on; return its call time in ms (0 before the call has started)."""
        self.legs[leg.leg] = leg
        leg.lost_before = leg.port.incoming.lost
        call = self.calls.get(leg.call)
        if call is None:
            return 0
        call.open_tap(leg, self._taps)
        return call.at_ms

    def remove_leg(self, leg: LegId, /) -> Leg | None:
        """End a leg: its play is cut, its partner hears silence, its tap ends; return it, None when it is gone."""
        found = self.legs.get(leg)
        if found is None:
            return None
        self.stop_play(found)
        call = self.calls.get(found.call)
        if call is not None:
            if call.bridged is not None and found in call.bridged:
                self.unbridge(call)
            call.legs.pop(leg, None)
        if found.ring is not None:
            self._taps.close(found.ring)
        del self.legs[leg]
        return found

    def at_ms(self, leg: Leg, /) -> int:
        """Return the call time of the next tick, 0 before the call has started."""
        call = self.calls.get(leg.call)
        return 0 if call is None else call.at_ms

    def play(self, leg: Leg, playlist: Playlist, /) -> None:
        """Play to a leg from the next tick on; what was played before is cut."""
        self.stop_play(leg)
        leg.slot.playlist = playlist

    def stop_play(self, leg: Leg, /) -> None:
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

    def end_call(self, call: CallId, /) -> tuple[CallSound | None, list[Leg]]:
        """End a call and its legs; return both."""
        legs = [leg for leg in self.legs.values() if leg.call == call]
        for leg in legs:
            self.remove_leg(leg.leg)
        sound = self.calls.pop(call, None)
        if sound is not None:
            sound.flush()
        return sound, legs

    def bridge(self, call: CallSound, leg_a: Leg, leg_b: Leg, /) -> None:
        """Let two legs hear each other from the next tick on."""
        self.unbridge(call)
        leg_a.slot.listens_to, leg_b.slot.listens_to = leg_b.slot, leg_a.slot
        call.bridged = (leg_a, leg_b)
        self.mixer.rewire()

    def unbridge(self, call: CallSound, /) -> None:
        """Part the bridged legs; no error when there are none."""
        if call.bridged is not None:
            for leg in call.bridged:
                leg.slot.listens_to = None
            call.bridged = None
            self.mixer.rewire()

    # The tick --------------------------------------------------------------------------------------------------------

    def tick(self, now: float, /) -> None:
        """Mix, send, record, tap and report one tick; ``now`` in seconds of the clock that dates packets.

        A fault in the part of one leg or call closes that one and is told; all others have their tick.
        """
        ports = list(self._ports.items())
        self._drop(each(ports, lambda row: row[1].receive(now), of="receive"))
        ended = self._mixed()
        mixer = self.mixer
        self._drop(each(list(self._ports.items()), lambda row: row[1].send(mixer.payload(row[0])), of="send"))
        calls = [call for call in self.calls.values() if not call.failed]
        for call in each(calls, lambda call: call.tick(mixer, self._taps), of="call"):
            call.failed = True
            self._fail(call.caller)
        for leg in each(list(self.legs.values()), self._report, of="report"):
            self._fail(leg)
        for slot, playlist in ended:
            self._report_end(slot, playlist)
        self.ticks += 1
        if self.ticks % _SECOND_TICKS == 0:
            self._find_silent(now)

    def _mixed(self) -> list[tuple[Slot, Playlist]]:
        """Mix; when that fails, without the rows whose sound cannot be read."""
        mixed = attempt(self.mixer.mix, of="mix")
        if isinstance(mixed, Done):
            return mixed.value
        broken = each(list(self._ports.items()), lambda row: self.mixer.try_row(row[0]), of="row")
        self._drop(broken or list(self._ports.items()))
        return self.mixer.mix()

    def _drop(self, rows: list[tuple[Slot, Port]]) -> None:
        for slot, port in rows:
            self.remove_port(slot)
            for leg in [leg for leg in self.legs.values() if leg.slot is slot]:
                self._fail(leg)
            each([port], lambda one: one.close(), of="close")

    def _fail(self, leg: Leg) -> None:
        """Close a leg that failed and tell so; what it stood on goes with the leg's port."""
        if leg.leg not in self.legs:
            return
        if each([leg.leg], self.remove_leg, of="remove"):
            self.legs.pop(leg.leg, None)
        self._tell(LegFailed(leg=leg.leg, reason="fault"))

    def skip(self, ticks: int, /) -> None:
        """Let ticks that were lost pass: call time and RTP timestamps stay true."""
        for call in self.calls.values():
            if not call.failed:
                call.skip(ticks, self._taps)
        for port in self._ports.values():
            port.skip(ticks)
        self.ticks += ticks

    def _report(self, leg: Leg) -> None:
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
        self._drop(each(list(self._ports.items()), lambda row: row[1].look_for_reports(now), of="reports"))
        for leg in self.legs.values():
            since = max(leg.port.incoming.heard_at, leg.told_silent_at)
            if leg.port.expects_sound and now - since > self._rtp_timeout_s:
                leg.told_silent_at = now
                self._tell(RtpTimeout(leg=leg.leg, at_ms=self.at_ms(leg)))
