"""A playout buffer for G.711 ordered by RTP timestamp. No I/O: arrival times come in as seconds.

One octet is one sample (125 µs). Packets of any length go in, frames of 160 octets come out, one a tick of our clock.
The delay follows the measured jitter (RFC 3550 §6.4.1) between 40 and 120 ms. A peer whose clock runs slow makes the
delay grow by a frame now and then, a fast one makes it shrink: neither is loss.
"""

from dataclasses import dataclass
from enum import Enum, auto

from telephony.media.rtp import difference

FRAME = 160
MIN_DELAY, MAX_DELAY, CAP = 320, 960, 1600
_WATCHED_TICKS = 50
_LOOK_AGAIN_TICKS = 5
_LATE_PENALTY = 160
_LATE_DECAY = 8


class Frame(Enum):
    """Why there is nothing to play."""

    WAITING = auto()
    """Nothing has come yet, or the buffer fills: silence, no loss."""
    STARVED = auto()
    """The peer is behind or silent: conceal, no loss."""
    LOST = auto()
    """Later packets are there, this one is not: conceal."""


@dataclass(slots=True)
class JitterCounters:
    """Packets since the buffer was made."""

    lost: int = 0
    late: int = 0
    trimmed: int = 0
    """Frames left out to bring the delay down."""
    stretched: int = 0
    """Frames put in to bring the delay up."""
    resyncs: int = 0


class JitterBuffer:
    """Reorders, waits and adapts; knows nothing of what the octets mean but ``quiet`` frames, where it may cut."""

    def __init__(self, *, silence: bytes, loudness: bytes) -> None:
        """Take one octet of silence and the table that maps an octet to its magnitude (``g711``)."""
        self.counters = JitterCounters()
        self._loudness = loudness
        self._silence = silence * FRAME
        self._chunks: dict[int, bytes] = {}
        self._ssrc: int | None = None
        self._high = 0
        self._next = 0
        self._playing = False
        self._starved = 0
        self._stray: tuple[int, int] | None = None
        self._jitter = 0.0
        self._transit: float | None = None
        self._penalty = 0
        self._least = CAP * 2
        self._watched = 0

    @property
    def target(self) -> int:
        """The delay aimed at, in samples."""
        return int(min(MAX_DELAY, max(MIN_DELAY, FRAME + 4 * self._jitter + self._penalty)))

    @property
    def depth(self) -> int:
        """Samples between the playout point and the newest one."""
        return self._high - self._next if self._playing else sum(map(len, self._chunks.values()))

    def push(self, payload: bytes, /, *, ssrc: int, timestamp: int, arrival: float) -> None:
        """Put a packet in. A new SSRC or a jump of the timestamp is followed at its second packet."""
        if not payload:
            return
        start = self._place(ssrc, timestamp, len(payload))
        if start is None:
            return
        self._measure(start, arrival)
        if self._playing and start + len(payload) <= self._next:
            self.counters.late += 1
            self._penalty = min(MAX_DELAY, self._penalty + _LATE_PENALTY)
            return
        self._chunks[start] = payload
        self._high = max(self._high, start + len(payload))
        if self._playing and self.depth > CAP:
            self._trim(self.depth - self.target)

    def pop(self) -> bytes | Frame:
        """Return the 160 octets of the next tick, or why there are none."""
        if not self._playing:
            if not self._chunks or self.depth < self.target:
                return Frame.WAITING
            self._playing, self._next, self._starved = True, min(self._chunks), 0
        if self._high <= self._next:
            self._starved += 1
            self._least = 0
            return Frame.STARVED
        if self._adapt():
            self.counters.stretched += 1
            return Frame.STARVED
        self._starved = 0
        octets = self._take()
        if octets is None:
            self.counters.lost += 1
            return Frame.LOST
        return octets

    def reset(self, *, silence: bytes, loudness: bytes) -> None:
        """Forget everything but the counters; the next packet begins anew, perhaps in the other law."""
        self._silence, self._loudness = silence * FRAME, loudness
        self._chunks.clear()
        self._playing, self._ssrc, self._stray, self._transit = False, None, None, None

    def _begin(self, ssrc: int, timestamp: int, length: int) -> int:
        """Start over with the packet as the first one; return its place."""
        if self._ssrc is not None:
            self.counters.resyncs += 1
        self._chunks.clear()
        self._ssrc, self._playing, self._stray, self._transit = ssrc, False, None, None
        start = (1 << 32) + timestamp
        self._next, self._high = start, start + length
        return start

    def _place(self, ssrc: int, timestamp: int, length: int) -> int | None:
        """Return the packet's place on the unwrapped time line; None when it looks astray."""
        if self._ssrc is None:
            return self._begin(ssrc, timestamp, length)
        step = difference(newer=timestamp, older=self._high & 0xFFFFFFFF, bits=32)
        start = self._high + step
        near = start - self._next >= -CAP and step <= CAP
        if ssrc == self._ssrc and near:
            self._stray = None
            return start
        silent = ssrc == self._ssrc and step > 0 and (self._starved > 2 or not self._playing)
        follows = (
            self._stray is not None
            and self._stray[0] == ssrc
            and 0 <= difference(newer=timestamp, older=self._stray[1], bits=32) <= CAP
        )
        if silent or follows:
            return self._begin(ssrc, timestamp, length)
        self._stray = (ssrc, timestamp)
        return None

    def _measure(self, start: int, arrival: float) -> None:
        """Follow the interarrival jitter, in samples."""
        transit = arrival * 8000 - start
        if self._transit is not None:
            change = abs(transit - self._transit)
            self._jitter += (min(change, CAP) - self._jitter) / 16
        self._transit = transit

    def _adapt(self) -> bool:
        """Watch the least depth of a second; leave out a quiet frame when too deep, say True to put one in."""
        self._least = min(self._least, self.depth)
        self._watched += 1
        if self._watched < _WATCHED_TICKS:
            return False
        spare = self._least - self.target
        if abs(spare) > FRAME and not self._quiet() and spare < CAP // 2:
            self._watched -= _LOOK_AGAIN_TICKS
            return False
        self._watched, self._least = 0, CAP * 2
        self._penalty = max(0, self._penalty - _LATE_DECAY)
        if spare > FRAME:
            self._trim(FRAME)
        return spare < -FRAME

    def _quiet(self) -> bool:
        chunk = self._chunks.get(self._next)
        return chunk is None or max(chunk.translate(self._loudness)) < 8

    def _trim(self, samples: int) -> None:
        """Move the playout point on by whole frames."""
        frames = -(-samples // FRAME)
        self.counters.trimmed += frames
        self._next += frames * FRAME
        self._forget()

    def _forget(self) -> None:
        """Drop chunks that lie before the playout point."""
        for start in [s for s, chunk in self._chunks.items() if s + len(chunk) <= self._next]:
            del self._chunks[start]

    def _take(self) -> bytes | None:
        """Return the next 160 octets, holes filled with silence; None when all is hole."""
        begin = self._next
        self._next += FRAME
        whole = self._chunks.pop(begin, None)
        if whole is not None and len(whole) == FRAME:
            return whole
        if whole is not None:
            self._chunks[begin] = whole
        frame = bytearray(self._silence)
        found = False
        for start, chunk in self._chunks.items():
            low, high = max(start, begin), min(start + len(chunk), begin + FRAME)
            if low < high:
                found = True
                frame[low - begin : high - begin] = chunk[low - start : high - start]
        self._forget()
        return bytes(frame) if found else None
