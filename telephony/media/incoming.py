"""What one peer sends us: sound into the jitter buffer, keys out, the rest counted. No I/O."""

from collections import deque

from telephony.media.dtmf import DigitReader
from telephony.media.g711 import LAW_OF_PAYLOAD_TYPE, LOUDNESS, SILENCE, Law
from telephony.media.jitter import Frame, JitterBuffer
from telephony.media.rtp import COMFORT_NOISE, RtpPacket


class Incoming:
    """One direction of a leg. The law follows the payload type of what really comes."""

    def __init__(self, *, law: Law, dtmf_payload_type: int | None, opened_at: float) -> None:
        """``law`` is the expected one; ``opened_at`` in seconds of the clock that dates packets."""
        self.law = law
        self.dtmf_payload_type = dtmf_payload_type
        self.heard_at = opened_at
        self.received = 0
        self.dropped = 0
        self.digits: deque[str] = deque(maxlen=32)
        self._reader = DigitReader()
        self._jitter = JitterBuffer(silence=SILENCE[law], loudness=LOUDNESS[law])

    @property
    def lost(self) -> int:
        """Frames that never came though later ones did."""
        return self._jitter.counters.lost

    @property
    def late(self) -> int:
        """Packets that came after their turn."""
        return self._jitter.counters.late

    def put(self, packet: RtpPacket, /, *, now: float) -> None:
        """Take a packet that arrived at ``now``; unknown payload types are counted as dropped."""
        self.heard_at = now
        law = LAW_OF_PAYLOAD_TYPE.get(packet.payload_type)
        if law is not None:
            self.received += 1
            if law is not self.law:
                self.law = law
                self._jitter.reset(silence=SILENCE[law], loudness=LOUDNESS[law])
            self._jitter.push(packet.payload, ssrc=packet.ssrc, timestamp=packet.timestamp, arrival=now)
        elif packet.payload_type == self.dtmf_payload_type:
            self.received += 1
            digit = self._reader.read(packet.payload, ssrc=packet.ssrc, timestamp=packet.timestamp)
            if digit is not None:
                self.digits.append(digit)
        elif packet.payload_type == COMFORT_NOISE:
            self.received += 1
        else:
            self.dropped += 1

    def take(self) -> bytes | Frame:
        """Return the 160 octets of this tick in ``law``, or why there are none."""
        return self._jitter.pop()
