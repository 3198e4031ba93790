"""The simulated agent's ear and mouth: a WebRTC peer as a browser would be, sound in 20 ms frames."""

import asyncio
import time
from collections import deque
from pathlib import Path

import av
import numpy as np
from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpSender,
    RTCRtpTransceiver,
    RTCSessionDescription,
)
from aiortc.rtp import RtpPacket

from runtime.wav import read_wav
from telephony import testcalls
from vocabulary.audio import FRAME_MS, FRAME_SAMPLES, SAMPLE_RATE
from vocabulary.g711 import ALAW_TO_LINEAR, ULAW_TO_LINEAR, decode

_LAWS = {8: ALAW_TO_LINEAR, 0: ULAW_TO_LINEAR}
_FRAME_BYTES = 2 * FRAME_SAMPLES
_CONNECT_S = 10.0


class SpokenTrack(MediaStreamTrack):
    """Silence, or what was asked to be said, on an absolute clock."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self._frames: deque[bytes] = deque()
        self._done = asyncio.Event()
        self._number = 0
        self._began = 0.0

    async def say(self, pcm: bytes, /) -> None:
        """Return when all of s16le ``pcm`` was handed to the peer."""
        self._frames.extend(
            pcm[at : at + _FRAME_BYTES].ljust(_FRAME_BYTES, b"\0") for at in range(0, len(pcm), _FRAME_BYTES)
        )
        self._done.clear()
        await self._done.wait()

    def stop_speaking(self) -> None:
        """Forget what is not said yet."""
        self._frames.clear()
        self._done.set()

    async def recv(self) -> av.AudioFrame:
        """Return the next 20 ms when they are due."""
        self._began = self._began or time.monotonic()
        await asyncio.sleep(max(0.0, self._began + self._number * FRAME_MS / 1000 - time.monotonic()))
        pcm = self._frames.popleft() if self._frames else bytes(_FRAME_BYTES)
        if not self._frames:
            self._done.set()
        frame = av.AudioFrame.from_ndarray(np.frombuffer(pcm, dtype=np.int16).reshape(1, -1), "s16", "mono")
        frame.sample_rate, frame.pts = SAMPLE_RATE, self._number * FRAME_SAMPLES
        self._number += 1
        return frame


class AgentLine:
    """One line for a shift. ``speaking``, ``spoke_times`` and ``quiet_since`` tell of the caller."""

    def __init__(self) -> None:
        self.speaking = False
        self.spoke_times = 0
        self.quiet_since = time.monotonic()
        self.heard_frames = 0
        self.opened_at = 0.0
        """Monotonic time of the newest offer."""
        self._loudness = testcalls.Loudness()
        self._spoken = SpokenTrack()
        self._peer: RTCPeerConnection | None = None
        self._transceiver: RTCRtpTransceiver | None = None

    @property
    def connected(self) -> bool:
        """Whether sound can pass."""
        return self._peer is not None and self._peer.connectionState == "connected"

    async def offer(self) -> str:
        """Return a complete offer that prefers G.711 A-law; an earlier connection is closed."""
        await self.close()
        self.opened_at = time.monotonic()
        self._spoken = SpokenTrack()
        self._peer = peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._transceiver = peer.addTransceiver(self._spoken, direction="sendrecv")
        codecs = RTCRtpSender.getCapabilities("audio").codecs
        self._transceiver.setCodecPreferences(
            [codec for kind in ("audio/PCMA", "audio/PCMU") for codec in codecs if codec.mimeType == kind]
        )
        await peer.setLocalDescription(await peer.createOffer())
        sdp: str = peer.localDescription.sdp
        return sdp

    async def accept(self, answer_sdp: str, /) -> None:
        """Take the answer and return when the line is up; TimeoutError after 10 s."""
        if self._peer is None or self._transceiver is None:
            return
        receiver = self._transceiver.receiver
        receiver._handle_rtp_packet = self._hear  # type: ignore[method-assign]  # noqa: SLF001 raw packets, no playout
        await self._peer.setRemoteDescription(RTCSessionDescription(sdp=answer_sdp, type="answer"))
        async with asyncio.timeout(_CONNECT_S):
            while not self.connected:
                await asyncio.sleep(0.05)

    async def say(self, wav: Path, /) -> None:
        """Say a WAV file and return when it is said."""
        await self._spoken.say(await asyncio.to_thread(read_wav, wav))

    def stop_speaking(self) -> None:
        """Stop talking."""
        self._spoken.stop_speaking()

    async def close(self) -> None:
        """Hang the line up."""
        peer, self._peer = self._peer, None
        if peer is not None:
            self._spoken.stop_speaking()
            await peer.close()

    async def _hear(self, packet: RtpPacket, arrival_time_ms: int) -> None:  # noqa: ARG002 aiortc's signature
        law = _LAWS.get(packet.payload_type)
        if law is None or not packet.payload:
            return
        self.heard_frames += 1
        change = self._loudness.feed(decode(packet.payload, law))
        if change is not None:
            self.speaking = change
            self.spoke_times += change
            self.quiet_since = time.monotonic()
