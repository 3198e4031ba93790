"""The contract with aiortc's private names, and a line that survives its calls."""

import asyncio
from pathlib import Path

import pytest
from aiortc import RTCPeerConnection, RTCRtpReceiver
from aiortc.rtcdtlstransport import RTCDtlsTransport

from runtime.ids import new_id
from runtime.wav import write_wav
from simulation.agent_line import AgentLine
from telephony import media_protocol as words
from tests.recordings import two_channels
from tests.telephony.media_room import Media, likeness, media_process, new_call, noise, phone
from vocabulary.audio import Party
from vocabulary.errors import Refused
from vocabulary.ids import CallId, ContactId, LegId, SeatNo

SEAT = SeatNo("007")


def test_aiortc_still_has_the_two_private_names_we_use() -> None:
    assert callable(RTCRtpReceiver._handle_rtp_packet)
    assert callable(RTCDtlsTransport._send_rtp)


async def connect(media: Media, line: AgentLine) -> None:
    offer = await line.offer()
    opened = await media.ask(words.OpenLine(line=SEAT, offer_sdp=offer), words.LineOpened)
    await line.accept(opened.answer_sdp)


async def attach(media: Media, call: CallId) -> LegId:
    leg = LegId(new_id())
    await media.ask(
        words.AttachLine(leg=leg, line=SEAT, call=call, contact=ContactId(call), party=Party.AGENT), words.LegAttached
    )
    return leg


@pytest.mark.paced
async def test_a_browser_and_a_telephone_talk_and_the_line_survives_two_calls(tmp_path: Path) -> None:
    write_wav(tmp_path / "agent.wav", noise(1.0, 21))
    line = AgentLine()
    async with media_process(tmp_path) as media, phone() as caller:
        await connect(media, line)
        state = await media.wait_for(words.LineState, 5)
        for number in range(2):
            call = new_call()
            leg_a = await media.open_leg(caller, call)
            await media.start_call(call, leg_a, f"call{number}.tracks.json")
            leg_b = await attach(media, call)
            await media.sound(call, leg_a, leg_b)
            spoken = line.spoke_times
            await asyncio.gather(caller.speak(noise(1.2, 22)), line.say(tmp_path / "agent.wav"))
            await asyncio.sleep(0.3)
            ended = await media.ask(words.EndCall(call=call), words.EndedCall)
            assert line.spoke_times > spoken
            assert likeness(noise(1.0, 21), caller.heard()) > 0.99
            recorded = two_channels(ended.recording.path)
            assert [len(side) for side in recorded] == [ended.recording.samples * 2] * 2
            caller.packets.clear()
            await asyncio.sleep(0.5)
        idle = line.heard_frames
        await asyncio.sleep(0.5)
        kept_alive = line.heard_frames - idle
        legs = await media.ask(words.ListLegs(), words.Legs)
        await line.close()
        gone = await media.wait_for(words.LineState, 5)

    assert (state.connected, gone.connected) == (True, False)
    assert 20 <= kept_alive <= 30
    assert legs.legs == ()


@pytest.mark.paced
async def test_a_second_offer_replaces_the_connection_and_keeps_the_leg(tmp_path: Path) -> None:
    first, second = AgentLine(), AgentLine()
    write_wav(tmp_path / "agent.wav", noise(0.6, 23))
    async with media_process(tmp_path) as media, phone() as caller:
        await connect(media, first)
        call = new_call()
        leg_a = await media.open_leg(caller, call)
        await media.start_call(call, leg_a)
        leg_b = await attach(media, call)
        await media.sound(call, leg_a, leg_b)
        await connect(media, second)
        await asyncio.sleep(0.3)
        await second.say(tmp_path / "agent.wav")
        await asyncio.sleep(0.3)
        heard = caller.heard()
        legs = await media.ask(words.ListLegs(), words.Legs)
        await media.ask(words.CloseLine(line=SEAT))
        await media.ask(words.CloseLine(line=SEAT))
        after = await media.ask(words.ListLegs(), words.Legs)
        await first.close()
        await second.close()

    assert likeness(noise(0.6, 23), heard) > 0.99
    assert {leg.leg for leg in legs.legs} == {leg_a, leg_b}
    assert {leg.leg for leg in after.legs} == {leg_a}


async def test_an_offer_that_is_no_sdp_or_has_no_g711_is_refused(tmp_path: Path) -> None:
    peer = RTCPeerConnection()
    peer.createDataChannel("only")
    await peer.setLocalDescription(await peer.createOffer())
    async with media_process(tmp_path) as media:
        for offer in ("", "nonsense", "v=0\r\nm=audio x", peer.localDescription.sdp):
            with pytest.raises(Refused) as refused:
                await media.ask(words.OpenLine(line=SEAT, offer_sdp=offer), words.LineOpened)
            assert refused.value.reason == "bad-offer"
        with pytest.raises(Refused) as unattached:
            await media.ask(
                words.AttachLine(
                    leg=LegId(new_id()), line=SEAT, call=new_call(), contact=ContactId(new_id()), party=Party.AGENT
                ),
                words.LegAttached,
            )
    await peer.close()

    assert unattached.value.reason == "no-call"
