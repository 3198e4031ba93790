import asyncio
from array import array
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest

from runtime.codec import decode
from runtime.ids import new_id
from telephony import media_protocol as words
from telephony.tracks import Manifest, TrackKind
from tests.recordings import two_channels
from tests.telephony.media_room import (
    likeness,
    media_process,
    new_call,
    noise,
    phone,
    stepped_media,
    switch_of,
    through,
    tone,
)
from vocabulary.audio import FRAME_SAMPLES, Party
from vocabulary.errors import Refused
from vocabulary.ids import LegId


@pytest.mark.parametrize(("law_a", "law_b"), [(8, 8), (0, 0), (8, 0)])
async def test_two_bridged_telephones_hear_each_other_octet_for_octet(tmp_path: Path, law_a: int, law_b: int) -> None:
    async with stepped_media(tmp_path) as (media, steps), phone(law_a) as caller, phone(law_b) as agent:
        call = new_call()
        leg_a, leg_b = await media.open_leg(caller, call), await media.open_leg(agent, call, party=Party.AGENT)
        await media.start_call(call, leg_a)
        await media.sound(call, leg_a, leg_b)
        spoken_a, spoken_b = noise(1.0, 1), noise(1.0, 2)
        await steps.speak((caller, spoken_a), (agent, spoken_b))
        await steps.step(15)

    assert through(through(spoken_a, law_a), law_b) in agent.heard()
    assert through(through(spoken_b, law_b), law_a) in caller.heard()


async def test_each_of_three_hears_the_sum_of_the_others_and_who_is_taken_out_hears_nobody(tmp_path: Path) -> None:
    async with stepped_media(tmp_path) as (media, steps), phone() as caller, phone() as agent, phone() as unit:
        call, talkers = new_call(), (caller, agent, unit)
        legs = [await media.open_leg(talker, call, party=Party.AGENT) for talker in talkers]
        await media.start_call(call, legs[0])
        began = await media.sound(call, *legs)
        assert (await media.sound(call, *legs)).at_ms == began.at_ms
        spoken = [(np.frombuffer(noise(0.6, seed), "<i2") // 4).astype("<i2") for seed in (31, 32, 33)]
        await steps.speak(*((talker, sound.tobytes()) for talker, sound in zip(talkers, spoken, strict=True)))
        await steps.step(10)
        together = [talker.heard() for talker in talkers]
        await media.sound(call, legs[0], legs[1])
        await steps.step(5)
        unit.packets.clear()
        await steps.speak((caller, noise(0.3, 34)), (agent, noise(0.3, 35)))
        await steps.step(5)
        alone = unit.heard()

    for listener, sound in enumerate(together):
        others = [likeness(one.tobytes(), sound) for number, one in enumerate(spoken) if number != listener]
        assert min(others) > 0.5
        assert likeness(spoken[listener].tobytes(), sound) < 0.3
    assert len(alone) > 2 * FRAME_SAMPLES * 15
    assert not any(alone.replace(b"\x08\x00", b""))


@pytest.mark.paced
async def test_a_leg_sends_fifty_packets_a_second_and_a_re_invite_adds_no_sender(tmp_path: Path) -> None:
    async with media_process(tmp_path) as media, phone() as caller:
        call = new_call()
        leg = await media.open_leg(caller, call)
        await asyncio.sleep(0.2)
        rates = []
        for repeat in range(2):
            first = len(caller.packets)
            await asyncio.sleep(5.0)
            stretch = caller.packets[first:]
            rates.append((len(stretch) - 1) / (stretch[-1][0] - stretch[0][0]))
            for direction in (words.Direction.SENDONLY, words.Direction.SENDRECV) * (1 - repeat):
                await media.ask(
                    words.UpdateRtpLeg(
                        leg=leg, codec=words.Codec.PCMA, remote_host="127.0.0.1", remote_port=caller.port,
                        dtmf_payload_type=101, direction=direction,
                    )
                )  # fmt: skip
        figures = await media.ask(words.MediaStatsAsked(), words.MediaStats)

    assert rates == pytest.approx([50.0, 50.0], abs=0.1)
    assert len({ssrc for _, _, _, ssrc, _ in caller.packets}) == 1
    sequences = [sequence for _, _, sequence, _, _ in caller.packets]
    assert sequences == list(range(sequences[0], sequences[0] + len(sequences)))
    assert figures.packets_per_second == pytest.approx(50.0, abs=0.1)
    assert figures.legs == 1


async def test_nothing_is_sent_on_hold_and_the_law_changes_with_a_re_invite(tmp_path: Path) -> None:
    async with stepped_media(tmp_path) as (media, steps), phone() as caller:
        leg = await media.open_leg(caller, new_call())
        update = {"leg": leg, "remote_host": "127.0.0.1", "remote_port": caller.port, "dtmf_payload_type": None}
        await media.ask(
            words.UpdateRtpLeg(**update, codec=words.Codec.PCMU, direction=words.Direction.INACTIVE)  # type: ignore[arg-type]  # a dict of its fields
        )
        await steps.step(5)
        caller.packets.clear()
        await steps.step(10)
        held = len(caller.packets)
        await media.ask(
            words.UpdateRtpLeg(**update, codec=words.Codec.PCMU, direction=words.Direction.SENDRECV)  # type: ignore[arg-type]  # a dict of its fields
        )
        await steps.step(10)

    assert held == 0
    assert len(caller.packets) == 10
    assert {kind for _, kind, _, _, _ in caller.packets} == {0}


async def test_prompts_play_back_to_back_and_their_end_is_told(tmp_path: Path) -> None:
    async with stepped_media(tmp_path) as (media, steps), phone() as caller:
        call = new_call()
        leg = await media.open_leg(caller, call)
        await media.start_call(call, leg)
        play_id = new_id()
        play = words.Playing(leg=leg, prompts=("noise", "tone440"), play_id=play_id)
        await media.sound(call, playing=(play,))
        await media.sound(call, playing=(play,))
        await steps.step(60)
        ended = await media.wait_for(words.PromptsEnded)

    assert (ended.play_id, ended.cut) == (play_id, False)
    assert 1000 <= ended.at_ms <= 1020
    assert through(noise(0.5, 7) + tone(440, 0.5)) in caller.heard()


async def test_music_loops_until_it_is_cut_and_another_play_cuts_it_too(tmp_path: Path) -> None:
    async with stepped_media(tmp_path) as (media, steps), phone() as caller:
        call = new_call()
        leg = await media.open_leg(caller, call)
        first, second = new_id(), new_id()
        await media.sound(call, playing=(words.Playing(leg=leg, prompts=("tone440",), loop=True, play_id=first),))
        await steps.step(40)
        await media.sound(call, playing=(words.Playing(leg=leg, prompts=("tone440",), loop=True, play_id=second),))
        await media.sound(call)
        ends = [await media.wait_for(words.PromptsEnded) for _ in range(2)]

    assert [(end.play_id, end.cut) for end in ends] == [(first, True), (second, True)]


async def test_commands_are_idempotent_and_unknown_things_are_refused(tmp_path: Path) -> None:
    async with media_process(tmp_path) as media, phone() as caller, phone() as stranger:
        call = new_call()
        leg = await media.open_leg(caller, call)
        other = await media.open_leg(stranger, new_call())
        listed = await media.ask(words.ListLegs(), words.Legs)
        again = await media.ask(
            words.OpenRtpLeg(
                leg=leg, call=call, contact=listed.legs[0].call, party=Party.CALLER, codec=words.Codec.PCMA,
                remote_host="127.0.0.1", remote_port=9, dtmf_payload_type=None, bind_host="127.0.0.1",
            ),
            words.RtpLegOpened,
        )  # fmt: skip
        first = await media.start_call(call, leg, "a.tracks.json")
        assert (again.host, again.port) == caller.to
        assert again.port % 2 == 0
        assert await media.start_call(call, leg, "a.tracks.json") == first
        for command, reason in (
            (words.SetSound(call=new_call()), "no-call"),
            (words.SetSound(call=call, hearing=(words.Hearing(listener=leg, speaker=leg),)), "own-sound"),
            (words.SetSound(call=call, hearing=(words.Hearing(listener=leg, speaker=other),)), "other-call"),
            (words.SetSound(call=call, hearing=(words.Hearing(listener=leg, speaker=LegId(new_id())),)), "no-leg"),
            (words.SetSound(call=call, playing=(words.Playing(leg=other, prompts=(), play_id=new_id()),)), "no-leg"),
        ):
            with pytest.raises(Refused) as refused:
                await media.ask(command)
            assert refused.value.reason == reason
        for absent in ("absent", "../recordings/a"):
            play = words.Playing(leg=leg, prompts=(absent,), play_id=new_id())
            assert (await media.sound(call, playing=(play,))).unplayed == (play.play_id,)
        ended = await media.ask(words.EndCall(call=call), words.EndedCall)
        assert await media.ask(words.EndCall(call=call), words.EndedCall) == ended
        assert await media.ask(words.CloseLeg(leg=leg)) == words.Carried()
        unknown = await media.ask(words.EndCall(call=new_call()), words.EndedCall)
        assert unknown == words.EndedCall(recording=None, duration_ms=0)
        assert [state.leg for state in (await media.ask(words.ListLegs(), words.Legs)).legs] == [other]


async def test_a_key_is_told_once_though_its_marker_is_lost_and_its_packets_repeat(tmp_path: Path) -> None:
    async with stepped_media(tmp_path) as (media, steps), phone() as caller:
        call = new_call()
        leg = await media.open_leg(caller, call)
        await media.start_call(call, leg)
        for number, digit in enumerate((5, 5, 11, 7)):
            caller.timestamp = 90000 + number * 8000
            for repeat in range(6):
                caller.send(bytes([digit, 0x80 * (repeat > 2), 0, 160]), 101, step=0)
            await steps.step(3)
        digits = [await media.wait_for(words.Digit) for _ in range(4)]

    assert [digit.digit for digit in digits] == ["5", "5", "#", "7"]


async def test_speech_of_the_caller_is_told_with_its_beginning_and_end(tmp_path: Path) -> None:
    voice = array("h", bytes(16000)) + array("h", tone(180, 0.8)) + array("h", bytes(24000))
    rough = array("h", (v * (1 if (n // 40) % 2 else 3) // 2 for n, v in enumerate(voice)))
    async with stepped_media(tmp_path) as (media, steps), phone() as caller:
        call = new_call()
        leg = await media.open_leg(caller, call)
        await media.start_call(call, leg)
        await steps.speak((caller, rough.tobytes()))
        first_audio = await media.wait_for(words.FirstAudio)
        began, ended = await media.wait_for(words.Speech), await media.wait_for(words.Speech)

    assert first_audio.at_ms < 200
    assert (began.speaking, ended.speaking) == (True, False)
    assert 900 <= began.at_ms <= 1250
    assert 1700 <= ended.at_ms <= 2300


async def test_silence_of_the_peer_is_told_but_not_on_hold(tmp_path: Path) -> None:
    async with stepped_media(tmp_path) as (media, steps), phone() as caller, phone() as held:
        leg = await media.open_leg(caller, new_call())
        other = await media.open_leg(held, new_call())
        await media.ask(
            words.UpdateRtpLeg(
                leg=other, codec=words.Codec.PCMA, remote_host="127.0.0.1", remote_port=held.port,
                dtmf_payload_type=None, direction=words.Direction.SENDONLY,
            )
        )  # fmt: skip
        for _ in range(2):
            await steps.step(50 * 31)
            told = await media.wait_for(words.RtpTimeout)
            assert told.leg == leg

    assert [notify for notify in media.notifies if isinstance(notify, words.RtpTimeout)] == []


async def test_packets_that_are_no_rtp_or_come_from_a_stranger_are_counted_and_dropped(tmp_path: Path) -> None:
    async with media_process(tmp_path) as media, phone() as caller, phone() as stranger:
        await media.open_leg(caller, new_call())
        stranger.to = caller.to
        caller.send(b"\xd5" * 160)
        await asyncio.sleep(0.05)
        for junk in (b"\x80", b"junk" * 10, b"\xbf" * 20):
            caller.transport.sendto(junk, caller.to)
        for _ in range(10):
            stranger.send(b"\x55" * 160)
        await asyncio.sleep(0.1)
        state = (await media.ask(words.ListLegs(), words.Legs)).legs[0]

    assert (state.received, state.dropped) == (1, 13)


async def test_the_recording_holds_caller_and_what_the_caller_is_told_at_call_time(tmp_path: Path) -> None:
    async with stepped_media(tmp_path) as (media, steps), phone() as caller, phone(0) as agent:
        call = new_call()
        leg_a, leg_b = await media.open_leg(caller, call), await media.open_leg(agent, call, party=Party.AGENT)
        await media.start_call(call, leg_a, "call.tracks.json")
        await media.sound(call, playing=(words.Playing(leg=leg_a, prompts=("tone440",), play_id=UUID(int=1)),))
        await steps.step(30)
        await media.wait_for(words.PromptsEnded)
        bridged = await media.sound(call, leg_a, leg_b)
        spoken_a, spoken_b = noise(0.6, 3), noise(0.6, 4)
        await steps.speak((caller, spoken_a), (agent, spoken_b))
        await steps.step(15)
        ended = await media.ask(words.EndCall(call=call), words.EndedCall)

    recording = ended.recording
    assert recording is not None
    channel_1, channel_2 = two_channels(recording.path)
    assert recording.samples == len(channel_1) // 2 == ended.duration_ms * 8
    assert channel_2.find(tone(440, 0.5)) // 2 <= 2 * 160
    assert bridged.at_ms * 8 <= channel_2.find(through(spoken_b, 0)) // 2 <= (bridged.at_ms + 200) * 8
    assert through(spoken_a) in channel_1
    manifest = decode(Path(recording.path).read_bytes(), Manifest)
    spoken, played = (
        [track for track in manifest.tracks if track.kind is kind] for kind in (TrackKind.SPOKEN, TrackKind.PLAYED)
    )
    assert {(track.party, track.first_sample) for track in spoken} == {(Party.CALLER, 0), (Party.AGENT, 0)}
    assert [(track.party, track.samples) for track in played] == [(Party.CALLER, 4000)]
    assert list((tmp_path / "recordings").glob("*.part")) == []


async def test_calls_of_a_switch_that_went_away_are_ended_and_named_to_the_next(tmp_path: Path) -> None:
    async with media_process(tmp_path, orphan_grace_s=0.5) as media, phone() as caller:
        call = new_call()
        leg = await media.open_leg(caller, call)
        started = await media.start_call(call, leg, "orphan.tracks.json")
        await asyncio.sleep(0.3)
        media.wire.close()
        await asyncio.sleep(3.0)

        async with switch_of(media.config) as successor:
            orphans = await successor.ask(words.Orphans(), words.OrphanCalls)
            await successor.ask(words.ForgetOrphans(calls=(call,)))
            later = await successor.ask(words.Orphans(), words.OrphanCalls)

    assert [(orphan.call, orphan.media_lost, orphan.started_at) for orphan in orphans.calls] == [
        (call, False, started.started_at)
    ]
    assert orphans.calls[0].recording is not None
    assert orphans.calls[0].recording.samples > 2000
    assert later.calls == ()
