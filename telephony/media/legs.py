"""Legs and calls as the tick sees them. No I/O: sockets, taps and files come in as ports."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from telephony.media.g711 import Law
from telephony.media.incoming import Incoming
from telephony.media.mixer import Mixer, Slot
from telephony.media.outgoing import Outgoing
from telephony.media.sending import Histogram
from telephony.media.speech import SpeechGate
from telephony.media.tap_ring import TapRing
from vocabulary.audio import FRAME_MS, FRAME_SAMPLES, Party
from vocabulary.ids import CallId, ContactId, LegId, SeatNo
from vocabulary.taps import TapLeg

_CHUNK_TICKS = 50


class Port(Protocol):
    """Where a leg's packets come from and go to: a UDP port or a browser line."""

    incoming: Incoming
    out_law: Law
    outgoing: Outgoing
    intervals: Histogram | None

    @property
    def dropped(self) -> int:
        """Datagrams that were not played."""
        ...

    @property
    def expects_sound(self) -> bool:
        """False while the peer holds the call."""
        ...

    def receive(self, now: float, /) -> None:
        """Take what came since the last tick; ``now`` in seconds."""
        ...

    def look_for_reports(self, now: float, /) -> None:
        """Take RTCP as a sign of life; called once a second."""
        ...

    def send(self, payload: bytes, /) -> None:
        """Send the 160 octets of this tick."""
        ...

    def skip(self, ticks: int, /) -> None:
        """Let ticks pass that were lost."""
        ...


class Voice(Protocol):
    """A voice detector of one leg."""

    def voiced(self, pcm: bytes, /) -> bool:
        """Tell whether 160 s16le samples contain a voice."""
        ...


class Taps(Protocol):
    """Where legs are let heard."""

    def open(self, leg: TapLeg, /) -> TapRing:
        """Begin a leg."""
        ...

    def feed(self, ring: TapRing, pcm: bytes, /) -> None:
        """Take a leg's next samples."""
        ...

    def close(self, ring: TapRing, /) -> None:
        """End a leg."""
        ...


class Writer(Protocol):
    """Where a call's two channels are written."""

    def write(self, *, first_sample: int, pcm: bytes) -> None:
        """Take interleaved samples of two channels."""
        ...


@dataclass(slots=True, kw_only=True, eq=False)
class Leg:
    """One party's time in one call."""

    leg: LegId
    call: CallId
    contact: ContactId
    party: Party
    port: Port
    slot: Slot
    line: SeatNo | None = None
    attached_ms: int = 0
    ring: TapRing | None = None
    voice: Voice | None = None
    gate: SpeechGate | None = None
    audible: bool = False
    """First audio was reported."""
    told_silent_at: float = 0.0
    lost_before: int = 0
    last_play: UUID | None = None
    """The play that was begun last, whether it still sounds or not."""


class CallSound:
    """A call from its time 0: recording and taps, always as long as the ticks that passed."""

    def __init__(self, *, caller: Leg, writer: Writer | None) -> None:
        """Call time 0 is the next tick. ``writer`` is None for a call that is not recorded."""
        self.call = caller.call
        self.contact = caller.contact
        self.caller = caller
        self.legs: dict[LegId, Leg] = {}
        self.hearing_since_ms = 0
        """Call time at which who hears whom changed last."""
        self._writer = writer
        self._chunk = bytearray()
        self._written = 0
        self._ticks = 0

    @property
    def samples(self) -> int:
        """Samples since call time 0."""
        return self._ticks * FRAME_SAMPLES

    @property
    def at_ms(self) -> int:
        """Call time of the next tick."""
        return self._ticks * FRAME_MS

    def open_tap(self, leg: Leg, taps: Taps, /) -> None:
        """Let ``leg`` be heard from the next tick on."""
        leg.ring = taps.open(
            TapLeg(leg=leg.leg, call=self.call, contact=leg.contact, party=leg.party, first_sample=self.samples)
        )
        self.legs[leg.leg] = leg

    def tick(self, mixer: Mixer, /) -> None:
        """Take one tick: channel 1 the caller, channel 2 what the caller is told."""
        if self._writer is not None:
            self._chunk += mixer.both(self.caller.slot) if self.caller.slot.row >= 0 else bytes(4 * FRAME_SAMPLES)
        self._ticks += 1
        if self._ticks % _CHUNK_TICKS == 0:
            self.flush()

    def skip(self, ticks: int, /) -> None:
        """Fill ticks that were lost with silence, so that call time stays true."""
        if self._writer is not None:
            self._chunk += bytes(4 * FRAME_SAMPLES * ticks)
        self._ticks += ticks
        self.flush()

    def stop_recording(self) -> None:
        """Record no more: the writer failed. Call time goes on."""
        self._writer = None
        self._chunk.clear()

    def flush(self) -> None:
        """Hand over what is not written yet."""
        if self._writer is not None and self._chunk:
            self._writer.write(first_sample=self._written, pcm=bytes(self._chunk))
        self._written += len(self._chunk) // 4
        self._chunk.clear()
