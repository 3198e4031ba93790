import asyncio
from pathlib import Path

import pytest

from runtime.wav import read_wav, write_wav
from telephony.testcalls import CallFailed, CallPlan, open_phone, place_call
from tests.telephony.media_room import noise, through, tone
from tests.telephony.sip_answerer import Answerer, answerer


def plan(server: Answerer, **changes: object) -> CallPlan:
    return CallPlan(number="12345", to=("127.0.0.1", server.port), caller="19900000001", deadline_s=30, **changes)  # type: ignore[arg-type]  # fields by name


@pytest.mark.paced
@pytest.mark.parametrize("payload_type", [8, 0])
async def test_a_call_carries_the_file_octet_for_octet_and_records_what_it_hears(
    tmp_path: Path, payload_type: int
) -> None:
    write_wav(tmp_path / "say.wav", noise(1.0, 11))
    async with answerer(100, 180, 200, payload_type=payload_type) as server:
        calling = plan(
            server, audio=tmp_path / "say.wav", record=tmp_path / "heard.wav", hang_up_after_s=0.5,
            headers={"X-Hotline-Seat": "007"},
        )  # fmt: skip

        async def speak() -> None:
            await server.rtp.speak(noise(0.6, 12))

        result = await place_call(calling, start=speak)
        bye = await server.wait_for("BYE")

    arrived = [at for at, *_ in server.rtp.packets]
    assert through(noise(1.0, 11), payload_type) in server.rtp.heard()
    assert through(noise(0.6, 12), payload_type) in read_wav(tmp_path / "heard.wav")
    assert (len(arrived) - 1) / (arrived[-1] - arrived[0]) == pytest.approx(50.0, abs=0.6)
    assert "X-Hotline-Seat: 007\r\n" in server.invite
    assert "From: <sip:19900000001@" in server.invite
    assert "Via: " in bye
    assert result.ended_by == "us"
    assert result.user_agent == "pyVoIP 1.6.8"
    assert result.answered_ms < 1000
    assert result.packets_sent == len(arrived)


@pytest.mark.paced
async def test_the_ack_goes_to_the_contact_with_our_tag_and_every_200_is_acknowledged() -> None:
    async with answerer(200) as server, open_phone(plan(server)):
        first = await server.wait_for("ACK")
        server.reply(server.invite, 200)
        await server.wait_for("ACK", 2)

    assert first.startswith(f"ACK sip:hotline@127.0.0.1:{server.port} SIP/2.0")
    assert ";tag=server\r\n" in first


@pytest.mark.paced
async def test_a_re_invite_is_answered_and_adds_no_sender() -> None:
    async with answerer(183, 200) as server, open_phone(plan(server)):
        await server.wait_for("ACK")
        for number in range(2, 5):
            server.request("INVITE", number)
            await server.wait_for("SIP/2.0 200", number - 1)
        await asyncio.sleep(0.2)
        first = len(server.rtp.packets)
        await asyncio.sleep(2.0)
        stretch = server.rtp.packets[first:]

    assert (len(stretch) - 1) / (stretch[-1][0] - stretch[0][0]) == pytest.approx(50.0, abs=0.6)
    assert len({ssrc for _, _, _, ssrc, _ in stretch}) == 1


@pytest.mark.parametrize("status", [404, 486, 503, 603])
async def test_a_refusal_is_acknowledged_and_named(status: int) -> None:
    async with answerer(status) as server:
        with pytest.raises(CallFailed) as failed:
            await place_call(plan(server))
        await server.wait_for("ACK")

    assert failed.value.status == status


async def test_a_call_that_nobody_answers_is_cancelled() -> None:
    async with answerer(100, 180) as server:
        with pytest.raises(CallFailed) as failed:
            await place_call(plan(server, answer_within_s=1.0))
        await server.wait_for("CANCEL")

    assert failed.value.status == 408


@pytest.mark.paced
async def test_it_tells_when_the_other_side_speaks_pauses_and_hangs_up() -> None:
    async with answerer(200) as server, open_phone(plan(server)) as line:
        await server.rtp.speak(tone(300, 0.5) + bytes(16000))
        await line.until(lambda: line.spoke_times == 1 and not line.speaking)
        server.request("BYE", 2)
        await line.until(lambda: False)

    assert line.spoke_times == 1
    assert line.ended is not None
    assert line.ended.by == "them"
