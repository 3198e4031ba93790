"""A telephone that measures: SIP of one call, RTP on an absolute clock, each arrival stamped by the kernel."""

import asyncio
import itertools
import random
import re
import socket
import struct
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from runtime.background import background
from vocabulary.audio import FRAME_MS, FRAME_SAMPLES
from vocabulary.g711 import ALAW_TO_LINEAR, LINEAR_TO_ALAW, decode, encode

SO_TIMESTAMPNS = 35
"""socket(7): the control message is a struct timespec of CLOCK_REALTIME."""
SILENCE = b"\xd5" * FRAME_SAMPLES
PCMA = 8
ANSWER_S = 10.0


class NotAnswered(Exception):
    """The INVITE was refused or nobody answered."""


class MeasuringCaller:
    """One call. ``arrivals`` are seconds since the epoch at which RTP packets reached the kernel."""

    def __init__(self, switch: tuple[str, int], number: str, caller: str, headers: dict[str, str]) -> None:
        self.arrivals: list[float] = []
        self.heard = bytearray()
        """s16le of all packets in order of arrival."""
        self.sent = 0
        self.over = asyncio.Event()
        self.mute = False
        """While set nothing is sent, as a telephone does that suppresses silence."""
        self._switch, self._number, self._caller, self._headers = switch, number, caller, headers
        self._sip = _udp()
        self._rtp = _udp()
        self._rtp.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self._call_id, self._tag = f"{random.getrandbits(64):x}@127.0.0.1", f"{random.getrandbits(32):x}"
        self.remote: tuple[str, int] | None = None
        """Where the other side wants our sound."""
        self._answered: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._to = self._contact = ""
        self._frames: list[bytes] = []
        self._said = asyncio.Event()

    async def call(self) -> None:
        """Dial and return when the call is accepted."""
        loop = asyncio.get_running_loop()
        loop.add_reader(self._sip, self._take_sip)
        loop.add_reader(self._rtp, self._take_rtp)
        sdp = (
            f"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
            f"m=audio {self._rtp.getsockname()[1]} RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\n"
            f"a=rtpmap:101 telephone-event/8000\r\na=ptime:20\r\na=sendrecv\r\n"
        )
        self._say("INVITE", 1, sdp)
        async with asyncio.timeout(ANSWER_S):
            answer = (await self._answered).decode()
        status = int(answer.split()[1])
        self._to = _header(answer, "To")
        if status >= 300:
            raise NotAnswered(answer.split("\r\n", 1)[0])
        found = re.search(r"<([^>]+)>", _header(answer, "Contact"))
        self._contact = found[1] if found else f"sip:{self._number}@{self._switch[0]}:{self._switch[1]}"
        host, port = re.search(r"c=IN IP4 (\S+)", answer), re.search(r"m=audio (\d+)", answer)
        assert host is not None, "the 200 has no sound"
        assert port is not None, "the 200 has no sound"
        self.remote = (host[1], int(port[1]))
        self._say("ACK", 1)

    async def send_for_ever(self) -> None:
        """Send a packet each 20 ms of an absolute clock: what is to be said, else silence."""
        begin, ssrc, sequence = time.monotonic(), random.getrandbits(32), random.getrandbits(15)
        while True:
            frame = self._frames.pop(0) if self._frames else SILENCE
            if not self._frames:
                self._said.set()
            head = struct.pack("!BBHII", 0x80, PCMA, (sequence + self.sent) & 0xFFFF, self.sent * FRAME_SAMPLES, ssrc)
            if self.remote is not None and not self.mute:
                self._rtp.sendto(head + frame, self.remote)
            self.sent += 1
            await asyncio.sleep(max(0.0, begin + self.sent * FRAME_MS / 1000 - time.monotonic()))

    async def say(self, pcm: bytes) -> None:
        """Say s16le sound and return when its last packet left."""
        octets = encode(pcm, LINEAR_TO_ALAW)
        self._said.clear()
        self._frames += [
            octets[at : at + FRAME_SAMPLES].ljust(FRAME_SAMPLES, b"\xd5") for at in range(0, len(octets), FRAME_SAMPLES)
        ]
        await self._said.wait()

    def hang_up(self) -> None:
        """Send BYE unless the other side did."""
        if not self.over.is_set() and self._to:
            self._say("BYE", 2)
            self.over.set()

    def close(self) -> None:
        """Give the sockets back."""
        loop = asyncio.get_running_loop()
        for each in (self._sip, self._rtp):
            loop.remove_reader(each)
            each.close()

    def _say(self, method: str, number: int, body: str = "") -> None:
        host, port = self._sip.getsockname()
        target = self._contact or f"sip:{self._number}@{self._switch[0]}:{self._switch[1]}"
        to = self._to or f"<sip:{self._number}@{self._switch[0]}>"
        lines = [
            f"{method} {target} SIP/2.0",
            f"Via: SIP/2.0/UDP {host}:{port};rport;branch=z9hG4bK{random.getrandbits(64):x}",
            "Max-Forwards: 70",
            f"From: <sip:{self._caller}@{host}>;tag={self._tag}",
            f"To: {to}",
            f"Call-ID: {self._call_id}",
            f"CSeq: {number} {method}",
            f"Contact: <sip:{self._caller}@{host}:{port}>",
            "User-Agent: measuring-caller",
            *(f"{name}: {value}" for name, value in self._headers.items() if method == "INVITE"),
            *(["Content-Type: application/sdp"] if body else []),
            f"Content-Length: {len(body)}",
        ]
        self._sip.sendto(("\r\n".join(lines) + f"\r\n\r\n{body}").encode(), self._switch)

    def _take_sip(self) -> None:
        data = self._sip.recv(65_536)
        text = data.decode(errors="replace")
        if text.startswith("SIP/2.0"):
            if "INVITE" in _header(text, "CSeq") and int(text.split()[1]) >= 200:
                if not self._answered.done():
                    self._answered.set_result(data)
                elif self._contact:
                    self._say("ACK", 1)
            return
        if text.startswith(("BYE", "OPTIONS")):
            kept = [
                line for line in text.split("\r\n") if re.match(r"(Via|From|To|Call-ID|CSeq):", line, re.IGNORECASE)
            ]
            self._sip.sendto(
                ("\r\n".join(["SIP/2.0 200 OK", *kept, "Content-Length: 0"]) + "\r\n\r\n").encode(), self._switch
            )
        if text.startswith("BYE"):
            self.over.set()

    def _take_rtp(self) -> None:
        while True:
            try:
                data, control, _, _ = self._rtp.recvmsg(2048, 64)
            except BlockingIOError:
                return
            if len(data) <= 12 or data[1] & 0x7F != PCMA:
                continue
            stamp = next((value for level, kind, value in control if kind == SO_TIMESTAMPNS), None)
            seconds, nanoseconds = struct.unpack("@qq", stamp[:16]) if stamp else (time.time(), 0)
            self.arrivals.append(seconds + nanoseconds / 1e9)
            self.heard += decode(data[12:], ALAW_TO_LINEAR)


def _udp() -> socket.socket:
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    opened.bind(("127.0.0.1", 0))
    opened.setblocking(False)
    return opened


def _header(message: str, name: str) -> str:
    found = re.search(rf"^{name}:\s*(.*?)\r?$", message, re.IGNORECASE | re.MULTILINE)
    return found[1] if found else ""


@asynccontextmanager
async def calling(
    switch: tuple[str, int], *, number: str, caller: str, headers: dict[str, str] | None = None
) -> AsyncIterator[MeasuringCaller]:
    """An accepted call that sends sound; hung up at the end of the block."""
    phone = MeasuringCaller(switch, number, caller, headers or {})
    try:
        await phone.call()
        async with background(phone.send_for_ever()):
            yield phone
    finally:
        phone.hang_up()
        phone.close()


def longest_gap_ms(arrivals: list[float], *, since: float, until: float) -> float:
    """Longest time without a packet between two instants (seconds since the epoch), both ends counted."""
    inside = [since, *(at for at in arrivals if since < at < until), until]
    return max(later - earlier for earlier, later in itertools.pairwise(inside)) * 1000
