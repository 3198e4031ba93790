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
from telephony.tracks import Track, TrackKind
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
    """Where a call's tracks are written."""

    def write(self, track: Track, /, *, first_sample: int, pcm: bytes) -> None:
        """Take samples of a track at ``first_sample`` of call time."""
        ...


@dataclass(slots=True, kw_only=True, eq=False)
class MediaLeg:
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


class _Growing:
    """A track in the tick's hands: what is not handed to the writer yet."""

    def __init__(self, track: Track) -> None:
        self.track = track
        self._begins = self._ends = track.first_sample
        self._frames: list[bytes] = []

    def add(self, at: int, frame: bytes, writer: Writer) -> None:
        """Take the 160 samples at ``at`` of call time; between two frames that do not touch lies silence."""
        if at != self._ends:
            self.flush(writer)
            self._begins = at
        self._frames.append(frame)
        self._ends = at + FRAME_SAMPLES

    def flush(self, writer: Writer) -> None:
        """Hand over what there is."""
        if self._frames:
            writer.write(self.track, first_sample=self._begins, pcm=b"".join(self._frames))
            self._begins = self._ends
            self._frames.clear()


class CallSound:
    """A call from its time 0: taps, and one recorded track for each leg and for what is played to it."""

    def __init__(self, *, caller: MediaLeg, writer: Writer | None) -> None:
        """Call time 0 is the next tick. ``writer`` is None for a call that is not recorded."""
        self.call = caller.call
        self.contact = caller.contact
        self.caller = caller
        self.legs: dict[LegId, MediaLeg] = {}
        self.hearing_since_ms = 0
        """Call time at which who hears whom changed last."""
        self._writer = writer
        self._spoken: dict[LegId, _Growing] = {}
        self._played: dict[LegId, _Growing] = {}
        self._begun = 0
        self._ticks = 0

    @property
    def samples(self) -> int:
        """Samples since call time 0."""
        return self._ticks * FRAME_SAMPLES

    @property
    def at_ms(self) -> int:
        """Call time of the next tick."""
        return self._ticks * FRAME_MS

    def open_tap(self, leg: MediaLeg, taps: Taps, /) -> None:
        """Let ``leg`` be heard from the next tick on."""
        leg.ring = taps.open(
            TapLeg(leg=leg.leg, call=self.call, contact=leg.contact, party=leg.party, first_sample=self.samples)
        )
        self.legs[leg.leg] = leg

    def remove(self, leg: LegId, /) -> None:
        """Hear a leg no more; its tracks end."""
        if self.legs.pop(leg, None) is None:
            return
        for tracks in (self._spoken, self._played):
            track = tracks.pop(leg, None)
            if track is not None and self._writer is not None:
                track.flush(self._writer)

    def tick(self, mixer: Mixer, /) -> None:
        """Take one tick of every leg."""
        writer, at = self._writer, self._ticks * FRAME_SAMPLES
        if writer is not None:
            for leg in self.legs.values():
                if leg.slot.row >= 0:
                    track = self._spoken.get(leg.leg) or self._begin(leg, TrackKind.SPOKEN)
                    track.add(at, mixer.heard_pcm(leg.slot), writer)
                if mixer.played and leg.slot in mixer.played:
                    track = self._played.get(leg.leg) or self._begin(leg, TrackKind.PLAYED)
                    track.add(at, mixer.played[leg.slot].astype("<i2").tobytes(), writer)
        self._ticks += 1
        if self._ticks % _CHUNK_TICKS == 0:
            self.flush()

    def skip(self, ticks: int, /) -> None:
        """Let ticks pass that were lost: in the tracks they are silence, so that call time stays true."""
        self._ticks += ticks
        self.flush()

    def stop_recording(self) -> None:
        """Record no more: the writer failed. Call time goes on."""
        self._writer = None
        self._spoken.clear()
        self._played.clear()

    def flush(self) -> None:
        """Hand over what is not written yet."""
        if self._writer is not None:
            for track in (*self._spoken.values(), *self._played.values()):
                track.flush(self._writer)

    def _begin(self, leg: MediaLeg, kind: TrackKind) -> _Growing:
        self._begun += 1
        track = Track(number=self._begun, leg=leg.leg, party=leg.party, kind=kind, first_sample=self.samples)
        tracks = self._spoken if kind is TrackKind.SPOKEN else self._played
        begun = tracks[leg.leg] = _Growing(track)
        return begun
