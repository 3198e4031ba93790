"""A leg's UDP port: datagrams of one peer in and out."""

import random
import socket
import time
from collections.abc import Iterator

from telephony.media.g711 import LAW_OF, PAYLOAD_TYPES, Law
from telephony.media.incoming import Incoming
from telephony.media.latch import Address, SourceLatch
from telephony.media.outgoing import Outgoing
from telephony.media.rtp import MalformedRtp, is_rtcp, parse
from telephony.media.sending import Histogram
from telephony.media_protocol import Codec, Direction
from vocabulary.errors import Transient

_TRIES = 64
_A_TICK, _LONGEST = 32, 2048
_SENDS = {Direction.SENDRECV, Direction.SENDONLY}
_LISTENS = {Direction.SENDRECV, Direction.RECVONLY}


class NoPortFree(Transient):
    """All UDP ports of the range are taken."""


class RtpPort:
    """One even port. ``receive`` and ``send`` are called by the tick and by nobody else.

    So a re-INVITE cannot add a sender, and the loop is not woken for each packet (measured: a third of the CPU).
    """

    def __init__(self, *, codec: Codec, remote: Address, dtmf_payload_type: int | None) -> None:
        """Take what the peer's SDP says."""
        self.out_law: Law = LAW_OF[codec]
        self.direction = Direction.SENDRECV
        self.incoming = Incoming(law=self.out_law, dtmf_payload_type=dtmf_payload_type, opened_at=time.monotonic())
        self.outgoing = Outgoing(
            ssrc=random.getrandbits(32),
            sequence=random.getrandbits(15),
            timestamp=random.getrandbits(32),
        )
        self.malformed = 0
        self.strangers = 0
        self.unsent = 0
        self.host, self.port = "", 0
        self.intervals: Histogram | None = None
        self._latch = SourceLatch(remote)
        self._udp: socket.socket | None = None
        self._sent_at = 0.0

    @property
    def dropped(self) -> int:
        """Datagrams that were not played."""
        return self.malformed + self.strangers + self.incoming.dropped + self.incoming.late

    @property
    def expects_sound(self) -> bool:
        """False while the peer holds the call."""
        return self.direction in _LISTENS

    def update(self, *, codec: Codec, remote: Address, dtmf_payload_type: int | None, direction: Direction) -> None:
        """Take what a re-INVITE changed; sequence, SSRC and pace go on."""
        self.out_law = LAW_OF[codec]
        self.incoming.dtmf_payload_type = dtmf_payload_type
        if direction in _LISTENS and not self.expects_sound:
            self.incoming.heard_at = time.monotonic()
        self.direction = direction
        self._latch.signal(remote)

    def use(self, udp: socket.socket, /) -> None:
        """Take a bound, non-blocking socket."""
        self._udp = udp
        self.host, self.port = udp.getsockname()[:2]

    def receive(self, now: float, /) -> None:
        """Take what came since the last tick, at most 32 datagrams."""
        if self._udp is None:
            return
        try:
            for _ in range(_A_TICK):
                data, address = self._udp.recvfrom(_LONGEST)
                self._take(data, address, now)
        except OSError:
            return

    def _take(self, data: bytes, addr: Address, now: float) -> None:
        """Count, check and buffer one datagram; never raises."""
        if is_rtcp(data):
            if addr[0] == self._latch.target[0]:
                self.incoming.heard_at = now
            return
        try:
            packet = parse(data)
        except MalformedRtp:
            self.malformed += 1
            return
        if not self._latch.accepts(addr[:2], ssrc=packet.ssrc, now=now):
            self.strangers += 1
            return
        self.incoming.put(packet, now=now)

    def send(self, payload: bytes, /) -> None:
        """Send the 160 octets of this tick, or let the tick pass while on hold."""
        if self._udp is None or self.direction not in _SENDS:
            self.outgoing.pause()
            self._sent_at = 0.0
            return
        datagram = self.outgoing.packet(payload, payload_type=PAYLOAD_TYPES[self.out_law])
        try:
            self._udp.sendto(datagram, self._latch.target)
        except OSError:
            self.unsent += 1
        now = time.monotonic()
        if self._sent_at and self.intervals is not None:
            self.intervals.add(now - self._sent_at)
        self._sent_at = now

    def skip(self, ticks: int, /) -> None:
        """Let ticks pass that were lost."""
        self.outgoing.skip(ticks)

    def close(self) -> None:
        """Give the port back."""
        if self._udp is not None:
            self._udp.close()
            self._udp = None


class PortRange:
    """Even UDP ports, handed out round and round so that a port rests after a call."""

    def __init__(self, ports: tuple[int, int] | None) -> None:
        """Take first and last port, or None to let the system choose."""
        self._ports = [port for port in range(ports[0], ports[1] + 1) if port % 2 == 0] if ports else []
        self._at = 0

    def open(self, port: RtpPort, /, *, host: str) -> None:
        """Bind ``port`` to an even UDP port of ``host``; NoPortFree when there is none."""
        for number in self._candidates():
            udp = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
            udp.setblocking(False)
            try:
                udp.bind((host, number))
            except OSError:
                udp.close()
                continue
            if udp.getsockname()[1] % 2:
                udp.close()
                continue
            port.use(udp)
            return
        raise NoPortFree("no UDP port is free for a call: widen rtp_ports")

    def _candidates(self) -> Iterator[int]:
        if not self._ports:
            yield from (0 for _ in range(_TRIES))
            return
        for _ in self._ports:
            yield self._ports[self._at]
            self._at = (self._at + 1) % len(self._ports)
