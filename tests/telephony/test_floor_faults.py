"""A fault in one leg's or call's part of the tick costs that one alone, within the same tick."""

from uuid import UUID

import pytest

from telephony.media.floor import Floor
from telephony.media.g711 import SILENCE, Law
from telephony.media.incoming import Incoming
from telephony.media.legs import CallSound, Leg
from telephony.media.outgoing import Outgoing
from telephony.media.tap_ring import TapRing
from telephony.media_protocol import LegFailed, RtpTimeout
from vocabulary.audio import Party
from vocabulary.ids import CallId, ContactId, LegId
from vocabulary.taps import TapLeg


class ScriptedPort:
    """A port that sends into a list; ``broken`` names the part that raises."""

    def __init__(self, broken: str = "") -> None:
        self.broken = broken
        self.out_law = Law.ALAW
        self.incoming = Incoming(law=Law.ALAW, dtmf_payload_type=101, opened_at=0.0)
        self.outgoing = Outgoing(ssrc=1, sequence=1, timestamp=1)
        self.intervals = None
        self.dropped = 0
        self.expects_sound = True
        self.sent: list[bytes] = []
        self.closed = False

    def _maybe(self, part: str) -> None:
        if self.broken == part:
            raise OverflowError(part)

    def receive(self, now: float, /) -> None:
        self._maybe("receive")

    def look_for_reports(self, now: float, /) -> None:
        self._maybe("reports")

    def send(self, payload: bytes, /) -> None:
        self._maybe("send")
        self.sent.append(payload)

    def skip(self, ticks: int, /) -> None:
        self.outgoing.skip(ticks)

    def close(self) -> None:
        self.closed = True


class BrokenIncoming(Incoming):
    def take(self) -> bytes:
        return b"short"


class ScriptedTaps:
    """Taps that fail for one leg."""

    def __init__(self) -> None:
        self.broken: set[LegId] = set()
        self.fed: list[LegId] = []

    def open(self, leg: TapLeg, /) -> TapRing:
        return TapRing(leg)

    def feed(self, ring: TapRing, pcm: bytes, /) -> None:
        if ring.leg.leg in self.broken:
            raise ValueError("tap")
        self.fed.append(ring.leg.leg)

    def close(self, ring: TapRing, /) -> None:
        return


class Room:
    """A floor with legs, one call each."""

    def __init__(self) -> None:
        self.told: list[object] = []
        self.taps = ScriptedTaps()
        self.floor = Floor(taps=self.taps, tell=self.told.append, rtp_timeout_s=30.0)

    def add(self, number: int, port: ScriptedPort) -> Leg:
        leg = Leg(leg=LegId(UUID(int=number)), call=CallId(UUID(int=100 + number)), contact=ContactId(UUID(int=200 + number)),
                  party=Party.CALLER, port=port, slot=self.floor.add_port(port))  # fmt: skip
        self.floor.add_leg(leg)
        self.floor.start_call(CallSound(caller=leg, writer=None))
        return leg


@pytest.mark.parametrize("part", ["receive", "send"])
def test_a_port_that_fails_is_closed_and_told_and_all_others_have_their_tick(part: str) -> None:
    room = Room()
    ports = [ScriptedPort(), ScriptedPort(), ScriptedPort()]
    legs = [room.add(number, port) for number, port in enumerate(ports)]
    ports[1].broken = part

    room.floor.tick(0.02)
    room.floor.tick(0.04)

    assert [len(port.sent) for port in ports] == [2, 0, 2]
    assert room.told == [LegFailed(leg=legs[1].leg, reason="fault")]
    assert ports[1].closed
    assert set(room.floor.legs) == {legs[0].leg, legs[2].leg}


def test_a_leg_whose_sound_cannot_be_mixed_is_closed_and_the_tick_is_mixed_without_it() -> None:
    room = Room()
    ports = [ScriptedPort(), ScriptedPort()]
    ports[0].incoming = BrokenIncoming(law=Law.ALAW, dtmf_payload_type=None, opened_at=0.0)
    legs = [room.add(number, port) for number, port in enumerate(ports)]

    room.floor.tick(0.02)

    assert room.told == [LegFailed(leg=legs[0].leg, reason="fault")]
    assert ports[1].sent == [SILENCE[Law.ALAW] * 160]


def test_a_call_whose_tap_fails_is_left_out_and_can_still_be_ended() -> None:
    room = Room()
    legs = [room.add(number, ScriptedPort()) for number in range(2)]
    room.taps.broken = {legs[0].leg}

    room.floor.tick(0.02)
    room.floor.tick(0.04)

    assert room.told == [LegFailed(leg=legs[0].leg, reason="fault")]
    assert room.taps.fed == [legs[1].leg, legs[1].leg]
    sound, _ = room.floor.end_call(legs[0].call)
    assert sound is not None


def test_a_fault_in_reports_of_one_leg_does_not_hide_the_silence_of_another() -> None:
    room = Room()
    ports = [ScriptedPort("reports"), ScriptedPort()]
    legs = [room.add(number, port) for number, port in enumerate(ports)]
    for tick in range(50):
        room.floor.tick(40.0 + tick / 50)

    assert LegFailed(leg=legs[0].leg, reason="fault") in room.told
    assert [told.leg for told in room.told if isinstance(told, RtpTimeout)] == [legs[1].leg]


def test_silence_is_told_again_each_half_minute_and_never_on_hold() -> None:
    room = Room()
    port, held = ScriptedPort(), ScriptedPort()
    held.expects_sound = False
    leg = room.add(1, port)
    room.add(2, held)
    for tick in range(100 * 50):
        room.floor.tick(tick / 50)

    assert [told.leg for told in room.told if isinstance(told, RtpTimeout)] == [leg.leg] * 3
