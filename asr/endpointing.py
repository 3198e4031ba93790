"""Where speech begins and ends: a pure machine over 20 ms frames and the verdict of a voice detector.

Times of an utterance are those of its first and last voiced frame; what is fed begins 300 ms earlier, because a
detector hears the soft begin of a syllable late (measured with webrtcvad mode 2: 0.1 % of speech lost).
"""

from collections import deque
from dataclasses import dataclass, field

from vocabulary.audio import FRAME_MS, FRAME_SAMPLES, SAMPLES_PER_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpointing:
    """All in ms; multiples of a frame (20 ms)."""

    pause: int = 400
    """So much silence ends an utterance."""
    pre_roll: int = 300
    min_speech: int = 100
    chunk: int | None = 200
    """Hand out sound in such pieces; None: only when the utterance is over."""
    longest: int | None = None
    """Cut an utterance that is longer, at its quietest spot; needs ``chunk`` None."""
    hurry: int = 200
    """The pause that ends an utterance of more than two thirds of ``longest``."""


@dataclass(frozen=True, slots=True)
class Began:
    """Speech began at ``sample``."""

    sample: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """Sound to feed."""

    first_sample: int
    pcm: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Over:
    """Speech from ``start`` ended at ``end`` (samples); a final may be asked for now."""

    start: int
    end: int


Found = Began | Stretch | Over


@dataclass(frozen=True, slots=True)
class _Frame:
    first: int
    pcm: bytes
    voiced: bool
    level: int


class Endpointer:
    """One leg's machine: feed frames in order; call ``cut`` where sound is missing and at the end."""

    def __init__(self, settings: Endpointing) -> None:
        """Begin in silence."""
        self._settings = settings
        self._ring: deque[_Frame] = deque(maxlen=(settings.pre_roll + settings.min_speech) // FRAME_MS)
        self._held: list[_Frame] = []
        self._start: int | None = None
        self._last_voiced = 0

    @property
    def open_since(self) -> int | None:
        """First sample kept for an utterance that is not over, pre-roll included; None in silence."""
        if self._start is None:
            return None
        return min(self._start, self._held[0].first) if self._held else self._start

    @property
    def speaking(self) -> bool:
        """Whether an utterance is under way."""
        return self._start is not None

    def frame(self, first_sample: int, pcm: bytes, *, voiced: bool, level: int = 0) -> list[Found]:
        """Take one frame; ``level`` is its loudness in any unit, used to find the quietest spot."""
        frame = _Frame(first_sample, pcm, voiced, level)
        if self._start is None:
            return self._in_silence(frame)
        self._held.append(frame)
        end = first_sample + len(pcm) // 2
        if voiced:
            self._last_voiced = end
        if end - self._last_voiced >= self._pause(end) * SAMPLES_PER_MS:
            return self._over()
        if self._settings.longest is not None and end - self._start >= self._settings.longest * SAMPLES_PER_MS:
            return self._split()
        return self._pieces()

    def cut(self) -> list[Found]:
        """Sound is missing, or the leg ended: end the utterance here."""
        self._ring.clear()
        return self._over() if self._start is not None else []

    def _in_silence(self, frame: _Frame) -> list[Found]:
        self._ring.append(frame)
        need = self._settings.min_speech // FRAME_MS
        recent = list(self._ring)[-(need + 3) :]
        voiced = [heard for heard in recent if heard.voiced]
        if len(voiced) < need:
            return []
        self._start = voiced[0].first
        self._last_voiced = voiced[-1].first + len(voiced[-1].pcm) // 2
        self._held = list(self._ring)
        self._ring.clear()
        return [Began(self._start), *self._pieces()]

    def _pause(self, end: int) -> int:
        longest = self._settings.longest
        if longest is None or end - (self._start or 0) < longest * SAMPLES_PER_MS * 2 // 3:
            return self._settings.pause
        return min(self._settings.pause, self._settings.hurry)

    def _pieces(self) -> list[Found]:
        chunk = self._settings.chunk
        if chunk is None or len(self._held) * FRAME_MS < chunk:
            return []
        return self._flush(len(self._held))

    def _flush(self, frames: int) -> list[Found]:
        taken, self._held = self._held[:frames], self._held[frames:]
        return [Stretch(taken[0].first, b"".join(frame.pcm for frame in taken))] if taken else []

    def _over(self) -> list[Found]:
        start, self._start = self._start or 0, None
        found = self._flush(len(self._held))
        return [*found, Over(start, self._last_voiced)]

    def _split(self) -> list[Found]:
        """Cut at the quietest of the last 2 s; the rest begins the next utterance without a pause."""
        window = min(len(self._held) - 1, 2000 // FRAME_MS)
        offset = len(self._held) - window
        quietest = min(range(offset, len(self._held)), key=lambda index: (self._held[index].level, index))
        start, cut = self._start or 0, self._held[quietest].first
        found = self._flush(quietest)
        self._start = cut
        return [*found, Over(start, cut), Began(cut)]


def frames_of(first_sample: int, pcm: bytes, /) -> list[tuple[int, bytes]]:
    """Cut s16le sound into whole 20 ms frames with their first sample; a shorter rest is dropped."""
    size = FRAME_SAMPLES * 2
    return [
        (first_sample + index // 2, pcm[index : index + size]) for index in range(0, len(pcm) - len(pcm) % size, size)
    ]
