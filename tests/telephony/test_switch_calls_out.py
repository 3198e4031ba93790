"""The switch calls: a telephone on real UDP, SIPp, pyVoIP, and its own number with real media."""

import asyncio
import shutil
import socket
import sys
from pathlib import Path

import pytest

from telephony import media_protocol as media
from telephony.sip.messages import Request
from telephony.sip.parser import parse
from telephony.sip.trunks import Trunk
from tests.telephony.sip_texts import OFFER
from tests.telephony.switch_house import House, house
from tests.telephony.test_whole_call import whole_room
from vocabulary.calls import CallOutEnd, EndReason, LegPackets
from vocabulary.desk_requests import CallOutAsked, CallOutDone
from vocabulary.errors import Refused
from vocabulary.events.telephony import CallEnded


def wish(here: House, **options) -> CallOutAsked:
    return CallOutAsked(to=f"sip:13900001234@127.0.0.1:{here.phone.port}", **{"talk_s": 0.4, **options})


def answer(here: House, invite: Request, status: int, body: str = "") -> None:
    headers = invite.headers
    kind = "Content-Type: application/sdp\r\n" if body else ""
    here.phone.transport.sendto(
        (
            f"SIP/2.0 {status} X\r\nVia: {headers.first('Via')}\r\nFrom: {headers.first('From')}\r\n"
            f"To: {headers.first('To')};tag=them\r\nCall-ID: {invite.call_id}\r\nCSeq: {headers.first('CSeq')}\r\n"
            f"Contact: <sip:them@127.0.0.1:{here.phone.port}>\r\n{kind}Content-Length: {len(body)}\r\n\r\n{body}"
        ).encode(),
        here.phone.switch,
    )


async def next_request(here: House, method: str) -> Request:
    async with asyncio.timeout(5):
        while True:
            message = await here.phone.inbox.get()
            if isinstance(message, Request) and message.method == method:
                return message


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


async def test_a_telephone_rings_answers_is_spoken_to_and_hung_up_and_what_came_of_it_is_told(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        placed = asyncio.create_task(here.desk.call_out(wish(here, greets=True)))
        invite = await next_request(here, "INVITE")
        answer(here, invite, 180)
        answer(here, invite, 200, OFFER)
        await next_request(here, "ACK")
        await here.until(lambda: here.media.of(media.SetSound))
        leg = here.media.of(media.OpenRtpLeg)[0]
        await here.media.tell(media.FirstAudio(leg=leg.leg, at_ms=0))
        await here.phone.request("BYE")
        done = await placed

        assert (done.answered, done.status, done.end) == (True, 200, CallOutEnd.DONE)
        times = [at for at in (done.rang_ms, done.answered_ms, done.sound_ms, done.ended_ms) if at is not None]
        assert (len(times), times) == (4, sorted(times))
        assert (done.speech_ms, done.heard) == (None, LegPackets(sent=250, received=240, lost=1))
        update = here.media.of(media.UpdateRtpLeg)[0]
        assert (update.leg, update.remote_port, update.codec) == (leg.leg, 4000, media.Codec.PCMA)
        assert (here.media.played(), here.media.of(media.StartCall)) == ([("greeting",)], [])
        await here.until(lambda: here.media.of(media.EndCall))
        assert here.told() == []


async def test_a_telephone_that_declines_is_told_with_its_status(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        placed = asyncio.create_task(here.desk.call_out(wish(here)))
        answer(here, await next_request(here, "INVITE"), 486)
        ack = await next_request(here, "ACK")
        done = await placed

        assert (done.answered, done.status, done.end, done.answered_ms) == (False, 486, CallOutEnd.DECLINED, None)
        assert ack.headers.first("CSeq") == "1 ACK"


async def test_who_does_not_answer_in_time_is_cancelled(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        placed = asyncio.create_task(here.desk.call_out(wish(here, ring_s=0.3)))
        invite = await next_request(here, "INVITE")
        answer(here, invite, 180)
        cancel = await here.phone.request("CANCEL")
        done = await placed

        assert (done.status, done.end) == (408, CallOutEnd.DECLINED)
        assert cancel.headers.first("Via") == invite.headers.first("Via")


async def test_a_peer_that_hangs_up_ends_it(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        placed = asyncio.create_task(here.desk.call_out(wish(here, talk_s=30)))
        invite = await next_request(here, "INVITE")
        answer(here, invite, 200, OFFER)
        ack = await next_request(here, "ACK")
        tag = invite.headers.first("From").partition("tag=")[2]
        bye = (
            f"BYE {ack.uri} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{here.phone.port};branch=z9hG4bKx\r\n"
            f"From: {ack.headers.first('To')}\r\nTo: <sip:x@127.0.0.1>;tag={tag}\r\nCall-ID: {invite.call_id}\r\n"
            "CSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n"
        )
        here.phone.transport.sendto(bye.encode(), here.phone.switch)

        assert (await placed).end is CallOutEnd.PEER_LEFT
        assert parse(bye.encode()) is not None


@pytest.mark.parametrize(
    ("to", "options", "reason"),
    [
        ("sip:139@198.51.100.9", {}, "no-trunk"),
        ("sip:139@example.org", {}, "bad-uri"),
        ("tel:139", {}, "bad-uri"),
        ("sip:127.0.0.1", {}, "bad-uri"),
        ("sip:1\r\nX: y@127.0.0.1", {}, "bad-uri"),
        ("", {}, "bad-uri"),
        ("12345", {"talk_s": 61.0}, "bad-limit"),
        ("12345", {"ring_s": 0.0}, "bad-limit"),
    ],
)
async def test_whom_it_may_not_call_and_how_long_is_refused(tmp_path: Path, to: str, options, reason: str) -> None:
    async with house(tmp_path) as here:
        with pytest.raises(Refused) as refused:
            await here.desk.call_out(CallOutAsked(to=to, **options))

        assert refused.value.reason == reason
        assert here.media.of(media.OpenRtpLeg) == []


async def test_a_third_call_at_a_time_is_refused_and_the_next_after_them_is_not(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        two = [asyncio.create_task(here.desk.call_out(wish(here, ring_s=0.5))) for _ in range(2)]
        await here.until(lambda: len(here.media.of(media.OpenRtpLeg)) == 2)
        with pytest.raises(Refused) as refused:
            await here.desk.call_out(wish(here))
        assert refused.value.reason == "busy"
        assert [(await one).status for one in two] == [408, 408]

        placed = asyncio.create_task(here.desk.call_out(wish(here)))
        await here.until(lambda: len(here.media.of(media.OpenRtpLeg)) == 3)
        placed.cancel()


async def test_without_media_it_says_so(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        assert here.media.server is not None
        here.media.slow_s = 0.3
        placed = asyncio.create_task(here.desk.call_out(wish(here)))
        await here.until(lambda: here.media.of(media.OpenRtpLeg))
        for wire in list(here.media.server.wires):
            wire.close()

        done = await placed

        assert (done.end, done.status, done.heard) == (CallOutEnd.FAILED, 503, None)


async def to_peer(here: House, port: int, number: str = "100", **options) -> CallOutDone:
    return await here.desk.call_out(CallOutAsked(to=f"sip:{number}@127.0.0.1:{port}", **options))


@pytest.mark.real
@pytest.mark.skipif(shutil.which("sipp") is None, reason="sipp is not installed (apt-get install sip-tester)")
async def test_sipp_as_the_called_side_finds_nothing_to_complain_about(tmp_path: Path) -> None:
    port = free_port()
    async with house(tmp_path) as here:
        sipp = await asyncio.create_subprocess_exec(
            "sipp", "-sn", "uas", "-i", "127.0.0.1", "-p", str(port), "-m", "1", "-nostdin", "-timeout", "15s", cwd=tmp_path,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        try:
            done = await to_peer(here, port, number="service", talk_s=0.5)
            output, _ = await asyncio.wait_for(sipp.communicate(), 15)
        finally:
            if sipp.returncode is None:
                sipp.kill()

    assert (done.answered, done.status, done.end) == (True, 200, CallOutEnd.DONE)
    assert done.rang_ms is not None
    assert sipp.returncode == 0, output.decode()[-2000:]


ANSWER = """[last_Via:]
[last_From:]
[last_To:];tag=them
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:them@[local_ip]:[local_port]>
{extra}Content-Length: [len]
"""


def says(status: int, extra: str = "", sdp: str = "") -> str:
    return f"<send><![CDATA[\n\nSIP/2.0 {status} X\n{ANSWER.format(extra=extra)}\n{sdp}]]></send>\n"


ASKS = (
    '<recv request="INVITE"/>\n'
    + says(401, 'WWW-Authenticate: Digest realm="sipp", nonce="47ebe028cda119c35d4877b383027d28", qop="auth"\n')
    + '<recv request="ACK"/>\n<recv request="INVITE"><action>'
    + '<verifyauth assign_to="right" username="city" password="secret"/></action></recv>\n'
    + '<nop hide="true" test="right" next="1"/>\n'
    + says(403)
    + '<recv request="ACK"/>\n<nop next="2"/>\n<label id="1"/>\n'
    + says(200, "Content-Type: application/sdp\n", OFFER.replace("\r\n", "\n"))
    + '<recv request="ACK"/>\n<recv request="BYE"/>\n'
    + says(200).replace(";tag=them", "")
    + '<label id="2"/>\n'
)


@pytest.mark.real
@pytest.mark.skipif(shutil.which("sipp") is None, reason="sipp is not installed (apt-get install sip-tester)")
@pytest.mark.parametrize(("password", "status"), [("secret", 200), ("wrong", 403)])
async def test_sipp_checks_who_we_are_and_takes_the_call_of_whom_it_knows(tmp_path: Path, password, status) -> None:
    port = free_port()
    trunk = Trunk(name="carrier", networks=("127.0.0.1/32",), username="city", password=password)
    (tmp_path / "asks.xml").write_text(f'<?xml version="1.0"?>\n<scenario name="x">\n{ASKS}</scenario>\n')
    async with house(tmp_path, trunks=(trunk,)) as here:
        sipp = await asyncio.create_subprocess_exec(
            "sipp", "-sf", "asks.xml", "-i", "127.0.0.1", "-p", str(port), "-m", "1", "-nostdin", "-timeout", "15s",
            "-trace_err", "-error_file", "errors.log", cwd=tmp_path,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        try:
            done = await to_peer(here, port, talk_s=0.5)
            output, _ = await asyncio.wait_for(sipp.communicate(), 15)
        finally:
            if sipp.returncode is None:
                sipp.kill()

    assert done.status == status
    assert sipp.returncode == 0, output.decode()[-2000:]


@pytest.mark.paced
async def test_stock_pyvoip_is_called_and_its_echo_is_heard(tmp_path: Path) -> None:
    port = free_port()
    async with whole_room(tmp_path) as here:
        peer = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.benches.pyvoip_answerer", str(port), str(here.process.sip_port),
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            assert await asyncio.wait_for(peer.stdout.readline(), 20) == b"ready {}\n"
            done = await to_peer(here, port, talk_s=3.0, greets=True)
        finally:
            peer.kill()
            await peer.wait()

    assert (done.answered, done.end) == (True, CallOutEnd.DONE)
    assert done.heard is not None
    assert done.heard.received > 100
    assert done.speech_ms is not None


@pytest.mark.paced
async def test_its_own_number_is_answered_and_heard_and_no_seat_is_rung(tmp_path: Path) -> None:
    async with whole_room(tmp_path) as here:
        done = await here.desk.call_out(CallOutAsked(to="12345", talk_s=2.0))
        await here.until(lambda: here.of(CallEnded))

    assert (done.answered, done.status, done.end) == (True, 200, CallOutEnd.DONE)
    assert done.sound_ms is not None
    assert done.speech_ms is not None
    assert done.heard is not None
    assert 80 <= done.heard.received <= 120
    assert here.of(CallEnded)[0].reason is EndReason.ABANDONED
    assert "CallOffered" not in here.told()
