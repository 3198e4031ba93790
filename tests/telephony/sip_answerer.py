"""A very small SIP server for one softphone: answers as it is told and keeps what it hears."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.telephony.media_room import Phone, phone


def _header(message: str, name: str) -> str:
    found = re.search(rf"^{name}: (.*)\r$", message, re.MULTILINE)
    return found.group(1) if found else ""


class Answerer(asyncio.DatagramProtocol):
    """Answers INVITEs with ``statuses`` in order; the sound goes to and comes from ``rtp``."""

    def __init__(self, rtp: Phone, statuses: tuple[int, ...]) -> None:
        self.rtp, self.statuses = rtp, statuses
        self.messages: list[str] = []
        self.invite = ""
        self.peer: tuple[str, int] = ("", 0)
        self.fresh = asyncio.Event()
        self.port = 0

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        message = data.decode()
        self.peer = addr
        self.messages.append(message)
        self.fresh.set()
        if message.startswith("INVITE"):
            self.invite = message
            self.rtp.to = (addr[0], int(re.search(r"m=audio (\d+)", message).group(1)))
            for status in self.statuses:
                self.reply(message, status)
        elif message.startswith(("BYE", "CANCEL")):
            self.reply(message, 200)
            if message.startswith("CANCEL"):
                self.reply(self.invite, 487)

    def sdp(self) -> str:
        return (
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
            f"m=audio {self.rtp.port} RTP/AVP {self.rtp.payload_type} 101\r\nc=IN IP4 127.0.0.1\r\n"
            f"a=rtpmap:{self.rtp.payload_type} {'PCMA' if self.rtp.payload_type else 'PCMU'}/8000\r\n"
            "a=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n"
        )

    def reply(self, request: str, status: int) -> None:
        body = self.sdp() if status == 200 and request.startswith("INVITE") else ""
        tag = ";tag=server" if status > 100 else ""
        self.transport.sendto(
            (
                f"SIP/2.0 {status} Whatever\r\nVia: {_header(request, 'Via')}\r\nFrom: {_header(request, 'From')}\r\n"
                f"To: {_header(request, 'To')}{tag}\r\nCall-ID: {_header(request, 'Call-ID')}\r\n"
                f"CSeq: {_header(request, 'CSeq')}\r\nContact: <sip:hotline@127.0.0.1:{self.port}>\r\n"
                + ("Content-Type: application/sdp\r\n" if body else "")
                + f"Content-Length: {len(body)}\r\n\r\n{body}"
            ).encode(),
            self.peer,
        )

    def request(self, method: str, number: int) -> None:
        """Send a request of our own inside the dialog."""
        body = self.sdp() if method == "INVITE" else ""
        self.transport.sendto(
            (
                f"{method} sip:phone@{self.peer[0]}:{self.peer[1]} SIP/2.0\r\n"
                f"Via: SIP/2.0/UDP 127.0.0.1:{self.port};branch=z9hG4bKserver{number}\r\nMax-Forwards: 70\r\n"
                f"From: {_header(self.invite, 'To')};tag=server\r\nTo: {_header(self.invite, 'From')}\r\n"
                f"Call-ID: {_header(self.invite, 'Call-ID')}\r\nCSeq: {number} {method}\r\n"
                f"Contact: <sip:hotline@127.0.0.1:{self.port}>\r\n"
                + ("Content-Type: application/sdp\r\n" if body else "")
                + f"Content-Length: {len(body)}\r\n\r\n{body}"
            ).encode(),
            self.peer,
        )

    async def wait_for(self, start: str, count: int = 1) -> str:
        async with asyncio.timeout(5):
            while len(found := [message for message in self.messages if message.startswith(start)]) < count:
                self.fresh.clear()
                await self.fresh.wait()
        return found[-1]


@asynccontextmanager
async def answerer(*statuses: int, payload_type: int = 8) -> AsyncIterator[Answerer]:
    loop = asyncio.get_running_loop()
    async with phone(payload_type) as rtp:
        transport, made = await loop.create_datagram_endpoint(
            lambda: Answerer(rtp, statuses), local_addr=("127.0.0.1", 0)
        )
        try:
            yield made
        finally:
            transport.close()
