"""A seat's browser line: aiortc for ICE, DTLS and SRTP only, raw RTP packets for the rest.

aiortc's own receiving chain is passed by: its jitter buffer loses 280 ms for one lost packet. Two private names are
used, ``RTCRtpReceiver._handle_rtp_packet`` and ``RTCDtlsTransport._send_rtp``; the version is pinned and
tests/telephony/test_webrtc.py holds them to it.
"""

import asyncio
import random
import time
from collections.abc import Callable, Coroutine

from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpSender,
    RTCRtpTransceiver,
    RTCSessionDescription,
)
from aiortc.exceptions import InvalidAccessError, InvalidStateError, OperationError
from aiortc.mediastreams import MediaStreamError
from aiortc.rtp import RtpPacket as AiortcPacket
from av.frame import Frame

from telephony.media.g711 import LAW_OF_PAYLOAD_TYPE, PAYLOAD_TYPES, Law
from telephony.media.incoming import Incoming
from telephony.media.outgoing import Outgoing
from telephony.media.rtp import RtpPacket
from telephony.media.sending import Histogram
from vocabulary.errors import Refused, Transient

_SILENT_S = 5.0
_ANSWER_S = 8.0
_BAD_OFFER = (
    ValueError,
    LookupError,
    AttributeError,
    AssertionError,
    TypeError,
    OperationError,
    InvalidAccessError,
    InvalidStateError,
)
"""What aiortc raises at SDP that it cannot read or agree to."""


class _NoTrack(MediaStreamTrack):
    """Keeps aiortc's sender waiting: the tick sends."""

    kind = "audio"

    async def recv(self) -> Frame:
        """Never return."""
        await asyncio.Event().wait()
        raise MediaStreamError


class BrowserLine:
    """One seat's connection for a shift. ``incoming`` and ``outgoing`` live as long as the line, peers come and go."""

    def __init__(self, *, on_change: Callable[[bool], None]) -> None:
        """``on_change`` is told when sound can pass and when it no longer can."""
        self.out_law = Law.ALAW
        self.incoming = Incoming(law=Law.ALAW, dtmf_payload_type=None, opened_at=time.monotonic())
        self.outgoing = Outgoing(ssrc=0, sequence=random.getrandbits(15), timestamp=random.getrandbits(32))
        self.intervals: Histogram | None = None
        self.connected = False
        self._on_change = on_change
        self._peer: RTCPeerConnection | None = None
        self._transceiver: RTCRtpTransceiver | None = None
        self._sent_at = 0.0

    @property
    def expects_sound(self) -> bool:
        """False: a line that falls silent is told by its state, not as a time-out of its leg."""
        return False

    @property
    def dropped(self) -> int:
        """Packets that were not played."""
        return self.incoming.dropped + self.incoming.late

    async def answer(self, offer_sdp: str, /) -> str:
        """Return the answer to a browser's complete offer (no trickle), replacing an earlier connection.

        Refused ``bad-offer`` when it cannot be read or has no G.711 audio; Transient when no answer is ready in 8 s.
        """
        peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        transceiver = peer.addTransceiver(_NoTrack(), direction="sendrecv")
        codecs = RTCRtpSender.getCapabilities("audio").codecs
        wanted = [codec for kind in ("audio/PCMA", "audio/PCMU") for codec in codecs if codec.mimeType == kind]
        transceiver.setCodecPreferences(wanted)
        try:
            async with asyncio.timeout(_ANSWER_S):
                await peer.setRemoteDescription(RTCSessionDescription(sdp=offer_sdp, type="offer"))
                await peer.setLocalDescription(await peer.createAnswer())
                law = LAW_OF_PAYLOAD_TYPE[transceiver._codecs[0].payloadType or 0]  # noqa: SLF001 what was agreed
        except TimeoutError:
            await peer.close()
            raise Transient("浏览器线路在 8 秒内没有就绪，请重试") from None
        except _BAD_OFFER as error:
            await peer.close()
            raise Refused("bad-offer", f"浏览器线路的 SDP 读不懂或没有 G.711：{error}") from error
        self.out_law = law
        await self._replace(peer, transceiver)
        answer: str = peer.localDescription.sdp
        return answer

    async def close(self) -> None:
        """End the connection."""
        peer, self._peer, self._transceiver = self._peer, None, None
        self._say(connected=False)
        if peer is not None:
            await peer.close()

    def watch(self, now: float, /) -> None:
        """Notice that a browser fell silent for 5 s, or came back; called once a second."""
        self._refresh(now)

    def receive(self, now: float, /) -> None:
        """Nothing to do: aiortc hands packets over as they come."""

    def look_for_reports(self, now: float, /) -> None:
        """Nothing to do: ``watch`` notices a browser that fell silent."""

    def send(self, payload: bytes, /) -> None:
        """Send the 160 octets of this tick; they are lost while there is no connection."""
        transceiver = self._transceiver
        if transceiver is None or not self.connected:
            self.outgoing.pause()
            self._sent_at = 0.0
            return
        datagram = self.outgoing.packet(payload, payload_type=PAYLOAD_TYPES[self.out_law])
        _step(transceiver.receiver.transport._send_rtp(datagram))  # noqa: SLF001 see the module's docstring
        now = time.monotonic()
        if self._sent_at and self.intervals is not None:
            self.intervals.add(now - self._sent_at)
        self._sent_at = now

    def skip(self, ticks: int, /) -> None:
        """Let ticks pass that were lost."""
        self.outgoing.skip(ticks)

    async def _replace(self, peer: RTCPeerConnection, transceiver: RTCRtpTransceiver) -> None:
        old = self._peer
        self._peer, self._transceiver = peer, transceiver
        self.outgoing.ssrc = transceiver.sender._ssrc  # noqa: SLF001 the SSRC that the answer names
        transceiver.receiver._handle_rtp_packet = self._take  # type: ignore[method-assign]  # noqa: SLF001 the hook

        def changed() -> None:
            if peer is self._peer:
                if peer.connectionState == "connected":
                    self.incoming.heard_at = time.monotonic()
                self._refresh(time.monotonic())

        peer.on("connectionstatechange", changed)
        self._say(connected=False)
        if old is not None:
            await old.close()
        self._refresh(time.monotonic())

    async def _take(self, packet: AiortcPacket, arrival_time_ms: int) -> None:  # noqa: ARG002 aiortc's signature
        self.incoming.put(
            RtpPacket(
                packet.payload_type,
                bool(packet.marker),
                packet.sequence_number,
                packet.timestamp,
                packet.ssrc,
                packet.payload,
            ),
            now=time.monotonic(),
        )

    def _refresh(self, now: float) -> None:
        up = self._peer is not None and self._peer.connectionState == "connected"
        self._say(connected=up and now - self.incoming.heard_at <= _SILENT_S)

    def _say(self, *, connected: bool) -> None:
        if connected != self.connected:
            self.connected = connected
            self._on_change(connected)


def _step(work: Coroutine[object, None, None], /) -> None:
    """Run a coroutine that sends a datagram and never waits; drop the datagram when the connection is over."""
    try:
        work.send(None)
    except (StopIteration, ConnectionError):
        return
    work.close()
