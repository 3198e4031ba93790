"""A fault in one leg's part of a tick ends that leg, and nothing else, within the same tick."""

from uuid import UUID

import numpy as np
import pytest

from runtime.ids import new_id
from telephony.media.g711 import Law
from telephony.media.incoming import Incoming
from telephony.media.legs import CallSound, MediaLeg
from telephony.media.media_state import MediaState
from telephony.media.outgoing import Outgoing
from telephony.media.playlist import Playlist
from telephony.media.sending import Histogram
from telephony.media.speech import SpeechGate
from telephony.media.tap_ring import TapRing
from telephony.media_protocol import LegFailed, PromptsEnded, RtpTimeout
from telephony.tracks import Track, TrackKind
from vocabulary.audio import FRAME_SAMPLES, Party
from vocabulary.ids import CallId, ContactId, LegId, SeatNo
from vocabulary.taps import TapLeg


class Fault(Exception):
    """Something nobody foresaw."""


class Source(Incoming):
    """Gives a loud frame each tick until it is ``broken``, then what ``broken`` says."""

    def __init__(self) -> None:
        super().__init__(law=Law.ALAW, dtmf_payload_type=None, opened_at=0.0)
        self.broken: bytes | None = None
        self.raises = False

    def take(self) -> bytes:
        if self.raises:
            raise Fault
        return bytes([0x2A]) * FRAME_SAMPLES if self.broken is None else self.broken


class ScriptedPort:
    """A port that counts what it sends and fails where it is told to."""

    dropped = 0

    def __init__(self) -> None:
        self.expects_sound = False
        self.incoming, self.out_law = Source(), Law.ALAW
        self.outgoing = Outgoing(ssrc=0, sequence=0, timestamp=0)
        self.intervals: Histogram | None = None
        self.sent: list[bytes] = []
        self.fails = ""

    def receive(self, now: float, /) -> None:
        if self.fails == "receive":
            raise Fault

    def look_for_reports(self, now: float, /) -> None:
        if self.fails == "reports":
            raise Fault

    def send(self, payload: bytes, /) -> None:
        if self.fails == "send":
            raise Fault
        self.sent.append(payload)

    def skip(self, ticks: int, /) -> None:
        return


class ScriptedTaps:
    """Taps of which those of one leg may fail."""

    def __init__(self) -> None:
        self.fails: set[LegId] = set()

    def open(self, leg: TapLeg, /) -> TapRing:
        return TapRing(leg)

    def feed(self, ring: TapRing, pcm: bytes, /) -> None:
        if ring.leg.leg in self.fails:
            raise Fault
        ring.feed(pcm)

    def close(self, ring: TapRing, /) -> None:
        if ring.leg.leg in self.fails:
            raise Fault


class ScriptedWriter:
    """A recording; counts what it was given."""

    def __init__(self) -> None:
        self.samples, self.fails, self.pcm = 0, False, b""

    def write(self, track: Track, /, *, first_sample: int, pcm: bytes) -> None:
        if self.fails:
            raise Fault
        if track.kind is TrackKind.SPOKEN:
            self.samples, self.pcm = first_sample + len(pcm) // 2, pcm


class BrokenVoice:
    """A voice detector that raises."""

    def voiced(self, pcm: bytes, /) -> bool:
        raise Fault


class BrokenPlaylist(Playlist):
    """A prompt that raises."""

    def next_frame(self):
        raise Fault


class Room:
    """Three calls of one leg each; the second is the one that fails."""

    def __init__(self) -> None:
        self.told: list[object] = []
        self.taps = ScriptedTaps()
        self.state = MediaState(taps=self.taps, tell=self.told.append, rtp_timeout_s=30)
        self.ports, self.writers, self.legs = [], [], []
        for _ in range(3):
            port, writer, call = ScriptedPort(), ScriptedWriter(), CallId(new_id())
            leg = MediaLeg(leg=LegId(new_id()), call=call, contact=ContactId(call), party=Party.CALLER, port=port,
                      slot=self.state.add_port(port))  # fmt: skip
            self.state.add_leg(leg)
            self.state.start_call(CallSound(caller=leg, writer=writer))
            self.ports.append(port)
            self.writers.append(writer)
            self.legs.append(leg)

    def break_second(self, what: str) -> None:
        port, leg = self.ports[1], self.legs[1]
        match what:
            case "receive" | "send" | "reports":
                port.fails = what
            case "sound":
                port.incoming.raises = True
            case "tap":
                self.taps.fails.add(leg.leg)
            case "recording":
                self.writers[1].fails = True
            case "voice":
                leg.voice, leg.gate = BrokenVoice(), SpeechGate()
            case "prompt":
                self.state.play(leg, BrokenPlaylist(play_id=UUID(int=1), sounds=(), loop=False))


@pytest.mark.parametrize("what", ["receive", "reports", "sound", "prompt", "send", "tap", "recording", "voice"])
def test_a_fault_closes_its_leg_tells_it_and_lets_the_tick_go_on_for_all_others(what: str) -> None:
    room = Room()
    for tick in range(100):
        if tick == 49:
            room.break_second(what)
        room.state.tick(tick / 50)

    failed = [said for said in room.told if isinstance(said, LegFailed)]
    assert failed == [LegFailed(leg=room.legs[1].leg, reason=what)]
    assert [len(port.sent) for port in room.ports[::2]] == [100, 100]
    assert [writer.samples for writer in room.writers[::2]] == [100 * 160] * 2
    assert set(room.state.legs) == {room.legs[0].leg, room.legs[2].leg}
    assert room.state.failed_ports == [room.ports[1]]


@pytest.mark.parametrize("length", [0, 1, 159, 161, 320])
def test_a_frame_of_a_wrong_length_is_a_fault_of_its_leg_and_moves_no_other_row(length: int) -> None:
    room = Room()
    room.state.tick(0)
    room.ports[1].incoming.broken = bytes(length)
    first, third = room.legs[0].slot, room.legs[2].slot
    first.listens_to, third.listens_to = (third,), (first,)
    room.state.mixer.rewire()
    room.state.tick(0.02)

    assert [said for said in room.told if isinstance(said, LegFailed)] == [
        LegFailed(leg=room.legs[1].leg, reason="sound")
    ]
    assert room.ports[0].sent[-1] == room.ports[2].sent[-1] == bytes([0x2A]) * FRAME_SAMPLES


def test_what_others_hear_and_how_far_their_prompts_are_does_not_change_with_a_fault() -> None:
    room, calm = Room(), Room()
    for one in (room, calm):
        sound = np.arange(10 * FRAME_SAMPLES, dtype=np.int16)
        one.state.play(one.legs[0], Playlist(play_id=UUID(int=2), sounds=(sound,), loop=False))
    for tick in range(15):
        if tick == 5:
            room.break_second("sound")
        if tick == 8:
            room.ports[2].fails = "send"
        room.state.tick(tick / 50)
        calm.state.tick(tick / 50)

    assert room.ports[0].sent == calm.ports[0].sent
    assert [said for said in room.told if isinstance(said, PromptsEnded)] == [
        PromptsEnded(leg=room.legs[0].leg, play_id=UUID(int=2), cut=False, at_ms=220)
    ]


def test_a_leg_that_cannot_be_sent_to_leaves_every_recording_of_that_tick_as_it_is() -> None:
    room = Room()
    room.ports[2].incoming.broken = bytes([0xD5]) * FRAME_SAMPLES
    for tick in range(50):
        room.ports[0].fails = "send" if tick == 49 else ""
        room.state.tick(tick / 50)

    channel_1 = [np.frombuffer(writer.pcm, dtype="<i2") for writer in room.writers]
    assert np.all(channel_1[1] == channel_1[1][0])
    assert np.all(channel_1[2] == channel_1[2][0])
    assert channel_1[1][0] != channel_1[2][0]


def test_a_browsers_line_survives_a_fault_of_its_leg_and_goes_with_its_own() -> None:
    room = Room()
    room.legs[1].line = SeatNo("8001")
    room.break_second("tap")
    room.state.tick(0)
    assert room.state.failed_ports == []

    room.break_second("receive")
    room.state.tick(0.02)
    assert room.state.failed_ports == [room.ports[1]]


def test_silence_is_told_again_each_half_minute_and_never_on_hold() -> None:
    room = Room()
    room.ports[0].expects_sound = True
    for tick in range(100 * 50):
        room.state.tick(tick / 50)

    assert [told.leg for told in room.told if isinstance(told, RtpTimeout)] == [room.legs[0].leg] * 3


def test_all_legs_may_fail_in_one_tick_and_each_is_told_once() -> None:
    room = Room()
    for port in room.ports:
        port.fails = "receive"
    for tick in range(3):
        room.state.tick(tick / 50)

    assert [said.leg for said in room.told if isinstance(said, LegFailed)] == [leg.leg for leg in room.legs]
    assert room.state.legs == {}
