"""A leg's UDP port: datagrams of one peer in and out."""

import random
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address

from runtime.telemetry import get_logger
from telephony.media.g711 import LAW_OF, PAYLOAD_TYPES, Law
from telephony.media.incoming import Incoming
from telephony.media.latch import Address, SourceLatch
from telephony.media.outgoing import Outgoing
from telephony.media.rtcp import is_compound, is_rtcp
from telephony.media.rtp import MalformedRtp, parse
from telephony.media.sending import Histogram
from telephony.media_protocol import Codec, Direction
from vocabulary.errors import Refused, Transient

_TRIES = 64
_A_TICK, _LONGEST = 32, 2048
MOST_UNCONFIRMED = 50
_MOVES_TOLD = 4
_BROADCAST, _ANYWHERE = IPv4Address("255.255.255.255"), "0.0.0.0"
_log = get_logger(__name__)
_SENDS = {Direction.SENDRECV, Direction.SENDONLY}
_LISTENS = {Direction.SENDRECV, Direction.RECVONLY}


class NoPortFree(Transient):
    """All UDP ports of the range are taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """What signalling says of the peer's sound; ``direction`` is ours, networks are in CIDR form."""

    codec: Codec
    address: Address
    dtmf_payload_type: int | None
    direction: Direction
    media_networks: tuple[str, ...] = ()


def checked(address: Address, /) -> Address:
    """Return an address that ``sendto`` can take: an IPv4 literal and a port from 1 on; Refused ``bad-address``."""
    try:
        found = IPv4Address(address[0])
        host = "" if found.is_multicast or found == _BROADCAST else str(found)
    except AddressValueError:
        host = ""
    if not host or not 0 < address[1] < 65536:
        raise Refused("bad-address", f"对方的媒体地址 {address[0]!r}:{address[1]} 不是可用的 IPv4 地址和端口")
    return host, address[1]


def _pair(host: str, number: int) -> tuple[socket.socket, socket.socket] | None:
    """An even port and the next one, bound; None when one of them is taken or the first is odd."""
    made: list[socket.socket] = []
    try:
        for _ in range(2):
            udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            made.append(udp)
            udp.setblocking(False)
            udp.bind((host, number if len(made) == 1 else made[0].getsockname()[1] + 1))
            if len(made) == 1 and udp.getsockname()[1] % 2:
                break
        else:
            return made[0], made[1]
    except (OSError, OverflowError):
        pass
    for udp in made:
        udp.close()
    return None


def is_at(host: str, bound: str, /) -> bool:
    """Tell whether what is sent to ``host`` (a literal) comes to a socket that is bound to ``bound``."""
    if bound != _ANYWHERE:
        return host == bound
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((host, 0))  # only an address of this machine can be bound
        except OSError:
            return False
        return True


class RtpPort:
    """One even port. ``receive`` and ``send`` are called by the tick and by nobody else.

    So a re-INVITE cannot add a sender, and the loop is not woken for each packet (measured: a third of the CPU).
    """

    def __init__(self, remote: Remote, /) -> None:
        """Take what the peer's SDP says; Refused ``bad-address`` when nothing can be sent there."""
        codec, dtmf_payload_type = remote.codec, remote.dtmf_payload_type
        self.out_law: Law = LAW_OF[codec]
        self.direction = remote.direction
        self.confirmed = False
        """Whether the peer acknowledged; before that a second of packets is sent at most."""
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
        self._latch = SourceLatch(checked(remote.address), networks=remote.media_networks, now=time.monotonic())
        self._udp: socket.socket | None = None
        self._rtcp: socket.socket | None = None
        self._sent_at = 0.0

    @property
    def dropped(self) -> int:
        """Datagrams that were not played."""
        return self.malformed + self.strangers + self.incoming.dropped + self.incoming.late

    @property
    def expects_sound(self) -> bool:
        """False while the peer holds the call."""
        return self.direction in _LISTENS

    @property
    def target(self) -> Address:
        """Where packets are sent."""
        return self._latch.target

    def update(self, remote: Remote, /) -> None:
        """Take what a re-INVITE changed; sequence, SSRC and pace go on. Refused ``bad-address`` changes nothing."""
        address, now = checked(remote.address), time.monotonic()
        self.out_law = LAW_OF[remote.codec]
        self.incoming.dtmf_payload_type = remote.dtmf_payload_type
        if remote.direction in _LISTENS and not self.expects_sound:
            self.incoming.heard_at = now
        self.direction = remote.direction
        self._latch.signal(address, now=now)

    def use(self, udp: socket.socket, rtcp: socket.socket, /) -> None:
        """Take bound, non-blocking sockets: an even port, and the odd one above it."""
        self._udp, self._rtcp = udp, rtcp
        self.host, self.port = udp.getsockname()[:2]

    def look_for_reports(self, now: float, /) -> None:
        """Take RTCP as a sign of life; called once a second."""
        if self._rtcp is None:
            return
        try:
            for _ in range(_A_TICK):
                data, address = self._rtcp.recvfrom(_LONGEST)
                self._report(data, address[0], now)
        except OSError:
            return

    def _report(self, data: bytes, host: str, now: float) -> None:
        if self._latch.fits(host) and is_compound(data):
            self.incoming.heard_at = now

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
            self._report(data, addr[0], now)
            return
        try:
            packet = parse(data)
        except MalformedRtp:
            self.malformed += 1
            return
        moves = self._latch.moves
        if not self._latch.accepts(addr[:2], ssrc=packet.ssrc, now=now):
            self.strangers += 1
            return
        if moves < self._latch.moves <= _MOVES_TOLD:
            _log.info("a leg is heard from another address", port=self.port, moves=self._latch.moves)
        self.incoming.put(packet, now=now)

    def send(self, payload: bytes, /) -> None:
        """Send the 160 octets of this tick, or let the tick pass while on hold."""
        unknown = not self.confirmed and self.outgoing.sent >= MOST_UNCONFIRMED
        if self._udp is None or self.direction not in _SENDS or unknown:
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
        for each in (self._udp, self._rtcp):
            if each is not None:
                each.close()
        self._udp = self._rtcp = None


class PortRange:
    """Even UDP ports, handed out round and round so that a port rests after a call."""

    def __init__(self, ports: tuple[int, int] | None) -> None:
        """Take first and last port, or None to let the system choose."""
        self._ports = [port for port in range(ports[0], ports[1] + 1) if port % 2 == 0] if ports else []
        self._at = 0

    def owns(self, address: Address, /, *, host: str) -> bool:
        """Tell whether an address is one of our own range on ``host``: sound sent there would be another call's."""
        return bool(self._ports) and self._ports[0] <= address[1] <= self._ports[-1] + 1 and is_at(address[0], host)

    def open(self, port: RtpPort, /, *, host: str, but: set[Address]) -> None:
        """Bind ``port`` to an even UDP port of ``host`` and the odd one above; NoPortFree when there is none.

        ``but`` are addresses to which legs send: a port that a stranger has named is not given to somebody else.
        """
        for number in self._candidates():
            pair = _pair(host, number)
            if pair is None:
                continue
            at = pair[0].getsockname()[1]
            if any(target[1] in (at, at + 1) and is_at(target[0], host) for target in but):
                for each in pair:
                    each.close()
                continue
            port.use(*pair)
            return
        raise NoPortFree("no UDP port is free for a call: widen rtp_ports")

    def _candidates(self) -> Iterator[int]:
        if not self._ports:
            yield from (0 for _ in range(_TRIES))
            return
        for _ in self._ports:
            yield self._ports[self._at]
            self._at = (self._at + 1) % len(self._ports)
