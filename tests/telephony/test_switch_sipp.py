"""The switch and SIPp, a telephone of other people's making."""

import asyncio
from pathlib import Path

import pytest

from telephony import media_protocol as media
from tests.programs import needs
from tests.telephony.switch_house import house
from vocabulary.calls import EndReason
from vocabulary.events.telephony import CallEnded

pytestmark = [
    pytest.mark.real,
    needs("sipp"),
]

SDP = """v=0
o=sipp 1 {version} IN IP4 [local_ip]
s=-
c=IN IP4 [local_ip]
t=0 0
m=audio [media_port] RTP/AVP 8 0 101
a=rtpmap:101 telephone-event/8000
a={way}
"""
HEAD = """Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: sipp <sip:sipp@[local_ip]:[local_port]>;tag=[pid]SIPpTag00[call_number]
To: <sip:12345@[remote_ip]:[remote_port]>{tag}
Call-ID: [call_id]
CSeq: {cseq} {method}
Contact: sip:sipp@[local_ip]:[local_port]
Max-Forwards: 70
{extra}Content-Length: [len]
"""


def send(method: str, cseq: int, *, tag: str = "[peer_tag_param]", sdp: str = "", how: str = "") -> str:
    extra = "Content-Type: application/sdp\n" if sdp else ""
    head = HEAD.format(method=method, cseq=cseq, tag=tag, extra=extra)
    text = f"{method} sip:12345@[remote_ip]:[remote_port] SIP/2.0\n{head}\n{sdp}"
    return f"<send {how}><![CDATA[\n\n{text}\n]]></send>\n"


def recv(response: int, how: str = "") -> str:
    return f'<recv response="{response}" {how}/>\n'


def invite(cseq: int = 1, way: str = "sendrecv", tag: str = "") -> str:
    return send("INVITE", cseq, tag=tag, sdp=SDP.format(way=way, version=cseq), how='retrans="500"')


BEGIN = invite() + recv(100, 'optional="true"') + recv(200, 'rtd="true"')
BYE = '<pause milliseconds="200"/>\n'
SCENARIOS = {
    "basic": BEGIN + send("ACK", 1) + BYE + send("BYE", 2, how='retrans="500"') + recv(200),
    "late-ack": BEGIN + BYE.replace("200", "1800") + send("ACK", 1) + BYE + send("BYE", 2, how='retrans="500"') + recv(200),
    "re-invite": BEGIN + send("ACK", 1) + BYE
    + "".join(
        invite(cseq, way, "[peer_tag_param]") + recv(100, 'optional="true"') + recv(200) + send("ACK", cseq)
        for cseq, way in ((2, "sendonly"), (3, "sendrecv"))
    )
    + send("BYE", 4, how='retrans="500"') + recv(200),
    "cancel": invite() + recv(100) + send("CANCEL", 1, tag="").replace("[branch]", "[branch-2]", 1)
    + recv(200) + recv(487) + send("ACK", 1).replace("[branch]", "[branch-4]", 1),
}  # fmt: skip


async def sipp(folder: Path, scenario: str, port: int) -> str:
    """Run one call of a scenario; return what SIPp complained about, empty when nothing."""
    file = folder / "scenario.xml"
    file.write_text(f'<?xml version="1.0"?>\n<scenario name="x">\n{SCENARIOS[scenario]}</scenario>\n')
    process = await asyncio.create_subprocess_exec(
        "sipp", "-sf", str(file), f"127.0.0.1:{port}", "-i", "127.0.0.1", "-m", "1", "-nostdin", "-timeout", "15s",
        "-trace_err", "-error_file", str(folder / "errors.log"), cwd=folder,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await asyncio.wait_for(process.communicate(), 20)
    errors = folder / "errors.log"
    complaints = errors.read_text() if errors.exists() else ""
    return "" if process.returncode == 0 else f"{process.returncode}\n{complaints}\n{output.decode()[-3000:]}"


@pytest.mark.parametrize(
    ("scenario", "reason"),
    [
        ("basic", EndReason.ABANDONED),
        ("late-ack", EndReason.ABANDONED),
        ("re-invite", EndReason.ABANDONED),
        ("cancel", EndReason.CANCELLED),
    ],
)
async def test_sipp_finds_nothing_to_complain_about(tmp_path: Path, scenario: str, reason: EndReason) -> None:
    async with house(tmp_path) as here:
        here.media.prompt_s = 5.0
        here.media.slow_s = 0.5 if scenario == "cancel" else 0.0
        assert here.process is not None

        assert await sipp(tmp_path, scenario, here.process.sip_port) == ""

        await here.until(lambda: here.of(CallEnded))
        assert here.of(CallEnded)[0].reason is reason
        directions = [update.direction for update in here.media.of(media.UpdateRtpLeg)]
        assert directions == (["recvonly", "sendrecv"] if scenario == "re-invite" else [])
        assert len(here.media.of(media.OpenRtpLeg)) == 1
