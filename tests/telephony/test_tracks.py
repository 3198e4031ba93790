"""What the tick hands to a recording: each leg's sound at its place in call time, whatever happens in between."""

from array import array
from uuid import UUID

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from telephony.media.legs import CallSound, MediaLeg
from telephony.media.media_state import MediaState
from telephony.media.playlist import Playlist
from telephony.tracks import Track, TrackKind
from tests.telephony.test_media_faults import ScriptedPort, ScriptedTaps
from vocabulary.audio import FRAME_SAMPLES, Party
from vocabulary.ids import CallId, ContactId, LegId

CALL = CallId(UUID(int=1))


class Tape:
    """A writer that lays every track out in call time."""

    def __init__(self) -> None:
        self.tracks: dict[int, Track] = {}
        self.sound: dict[int, array[int]] = {}

    def write(self, track: Track, /, *, first_sample: int, pcm: bytes) -> None:
        self.tracks[track.number] = track
        laid = self.sound.setdefault(track.number, array("h"))
        assert first_sample >= track.first_sample + len(laid)
        laid.extend([0] * (first_sample - track.first_sample - len(laid)))
        laid.frombytes(pcm)


def leg(state: MediaState, number: int, party: Party) -> MediaLeg:
    port = ScriptedPort()
    made = MediaLeg(
        leg=LegId(UUID(int=number)), call=CALL, contact=ContactId(CALL), party=party, port=port,
        slot=state.add_port(port),
    )  # fmt: skip
    state.add_leg(made)
    return made


@given(st.lists(st.sampled_from(["tick", "skip", "play", "join", "leave"]), max_size=80))
def test_every_track_lies_where_it_sounded_and_none_is_longer_than_the_call(steps: list[str]) -> None:
    state, tape = MediaState(taps=ScriptedTaps(), tell=lambda _: None, rtp_timeout_s=30), Tape()
    caller = leg(state, 1, Party.CALLER)
    call = CallSound(caller=caller, writer=tape)
    state.start_call(call)
    joined: list[tuple[LegId, int]] = []
    played: set[int] = set()
    there: MediaLeg | None = None
    for number, step in enumerate(steps):
        match step:
            case "skip":
                state.skip(3)
            case "play":
                sound = np.full(2 * FRAME_SAMPLES, 1000, dtype=np.int16)
                state.play(caller, Playlist(play_id=UUID(int=number), sounds=(sound,), loop=False))
            case "join" if there is None:
                there = leg(state, 100 + number, Party.AGENT)
                joined.append((there.leg, call.samples))
            case "leave" if there is not None:
                state.remove_leg(there.leg)
                there = None
            case _:
                at = call.samples
                state.tick(number / 50)
                played |= {at} if caller.slot in state.mixer.played else set()
    samples = call.samples
    state.end_call(CALL)

    spoken = {track.leg: track for track in tape.tracks.values() if track.kind is TrackKind.SPOKEN}
    assert all(track.first_sample >= dict(joined).get(one, 0) for one, track in spoken.items())
    assert all(tape.tracks[one].first_sample + len(laid) <= samples for one, laid in tape.sound.items())
    music = [one for one, track in tape.tracks.items() if track.kind is TrackKind.PLAYED]
    loud = {
        tape.tracks[one].first_sample + at
        for one in music
        for at in range(0, len(tape.sound[one]), FRAME_SAMPLES)
        if tape.sound[one][at]
    }
    assert loud == played
