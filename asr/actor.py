"""One leg in the recogniser: what waits to be heard, in what order, and how far a successor may rely on. Pure."""

from collections import deque
from dataclasses import dataclass
from typing import assert_never

from asr.endpointing import Began, Found, Over, Stretch
from asr.engines.protocol import FinalText
from asr.hearing import Job, LegRecogniser
from asr.ladder import Level
from asr.listening import LegListener
from vocabulary.audio import SAMPLE_RATE, SAMPLES_PER_MS, AudioBlock, Party
from vocabulary.taps import TapLeg

_MOST_WAITING = SAMPLE_RATE * 60
_MOST_AT_ONCE = SAMPLE_RATE * 2
_MERGE_PAUSE, _MERGE_SPAN = SAMPLE_RATE * 3, SAMPLE_RATE * 20
_HANDICAP_S = 1.5
"""So much later is the agent's leg served than the caller's."""


@dataclass(slots=True)
class _Open:
    """An utterance from ``start`` whose finals are not all out; a successor begins at ``sample``."""

    start: int
    sample: int


class Actor:
    """A leg that is heard; one job at a time."""

    def __init__(self, leg: TapLeg, *, listener: LegListener, recogniser: LegRecogniser, streaming: bool) -> None:
        """``streaming`` engines are fed as sound comes, others when an utterance is over."""
        self.leg, self.listener, self.recogniser = leg, listener, recogniser
        self.busy = self.ending = self.closed = False
        self._streaming = streaming
        self._inbox: deque[Found] = deque()
        self._waiting = 0
        self._open: deque[_Open] = deque()
        self._fresh = False
        self._working_on: int | None = None
        self._spoken_to = 0
        self._zero: float | None = None
        self.heard_at = 0.0

    @property
    def complete(self) -> bool:
        """Whether no sound was missed."""
        return not self.listener.missed

    @property
    def safe_sample(self) -> int:
        """All finals of speech before it are out."""
        return self._open[0].sample if self._open else self.listener.quiet_to

    def take(self, block: AudioBlock, *, now: float) -> list[Found]:
        """Listen to a block that arrived at monotonic ``now``; return what it made known."""
        zero = now - block.end_sample / SAMPLE_RATE
        self._zero = zero if self._zero is None else min(self._zero, zero)
        self.heard_at = now
        return self._put(self.listener.take(block))

    def finish(self, *, missed: bool = False) -> list[Found]:
        """No more sound comes."""
        self.ending = True
        return self._put(self.listener.gap() if missed else self.listener.finish())

    def skip(self, block: AudioBlock, /) -> list[Found]:
        """Leave a block unheard; what was under way ends before it."""
        found = self._put(self.listener.finish())
        self.listener.skip(block)
        return found

    def miss(self) -> list[Found]:
        """Give up what waits: jump to the live edge. Returns the end of what was under way."""
        found = self.listener.gap()
        self._inbox.clear()
        self._waiting = 0
        self._open.clear()
        self._fresh = True
        return [step for step in found if isinstance(step, Over)]

    def due(self) -> float | None:
        """Monotonic instant when the oldest waiting work came up, agents handicapped; None when there is none."""
        if self.busy or self.closed:
            return None
        sample = self._oldest()
        if sample is None:
            return 0.0 if self.ending else None
        return (self._zero or 0.0) + sample / SAMPLE_RATE + (0.0 if self.leg.party is Party.CALLER else _HANDICAP_S)

    def lag(self, now: float, /) -> float:
        """Seconds between now and the capture of the oldest sound that is ready but not heard."""
        sample = self._working_on if self._working_on is not None else self._oldest()
        return 0.0 if sample is None or self._zero is None else max(0.0, now - self._zero - sample / SAMPLE_RATE)

    def late(self, sample: int, *, now: float) -> float:
        """Seconds since ``sample`` was captured."""
        return 0.0 if self._zero is None else now - self._zero - sample / SAMPLE_RATE

    def next_job(self, level: Level, *, partial: bool) -> Job:
        """Take work out; ``busy`` until ``done``."""
        self._working_on, self.busy = self._oldest(), True
        steps = self._stream_steps() if self._streaming else self._utterance_steps(merge=level >= Level.FINALS)
        fresh, self._fresh = self._fresh, False
        return Job(
            steps=tuple(steps), partial=partial and level < Level.FINALS, hurried=level >= Level.COARSE, fresh=fresh,
            last=self.ending and not self._inbox,
        )  # fmt: skip

    def done(self, job: Job, *, finals: list[FinalText], faulty: bool) -> None:
        """A job came back and its finals are out; after a fault its sound counts as missed."""
        self.busy, self._working_on = False, None
        if faulty:
            self.listener.missed = True
        if job.last:
            self.closed = True
        if self._fresh:
            return
        overs = [step for step in job.steps if isinstance(step, Over)]
        for over in overs:
            while self._open and self._open[0].start < over.end:
                self._open.popleft()
        if self._open and finals:
            self._open[0].sample = max(self._open[0].sample, finals[-1].end_ms * SAMPLES_PER_MS)

    def _put(self, found: list[Found], /) -> list[Found]:
        for step in found:
            match step:
                case Began():
                    pre_roll = step.sample - 300 * SAMPLES_PER_MS
                    self._open.append(_Open(step.sample, max(self._spoken_to, pre_roll, 0)))
                case Over():
                    self._spoken_to = step.end
                case Stretch():
                    self._waiting += len(step.pcm) // 2
                case _:
                    assert_never(step)
            self._inbox.append(step)
        if self._waiting > _MOST_WAITING:
            self.miss()
        return found

    def _oldest(self) -> int | None:
        """End of the oldest piece (streams) or utterance (others) that can be worked on."""
        for step in self._inbox:
            if isinstance(step, Over):
                return step.end
            if self._streaming and isinstance(step, Stretch):
                return step.first_sample + len(step.pcm) // 2
        return None

    def _pop(self) -> Found:
        step = self._inbox.popleft()
        if isinstance(step, Stretch):
            self._waiting -= len(step.pcm) // 2
        return step

    def _stream_steps(self) -> list[Found]:
        steps: list[Found] = []
        heard = 0
        while self._inbox and heard < _MOST_AT_ONCE:
            step = self._pop()
            heard += len(step.pcm) // 2 if isinstance(step, Stretch) else 0
            steps.append(step)
        return steps

    def _utterance_steps(self, *, merge: bool) -> list[Found]:
        """One utterance; when behind, the following ones too while pauses are short and the whole is below 20 s."""
        steps: list[Found] = []
        begin: int | None = None
        while any(isinstance(step, Over) for step in self._inbox):
            while not isinstance(step := self._pop(), Over):
                steps.append(step)
            begin = step.start if begin is None else begin
            following = next((later for later in self._inbox if isinstance(later, Over)), None)
            near = following is not None and (
                following.start - step.end <= _MERGE_PAUSE and following.end - begin <= _MERGE_SPAN
            )
            if not (merge and near):
                steps.append(Over(begin, step.end))
                break
        return steps
