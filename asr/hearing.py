"""What a worker thread does with a leg's stream: steps in, texts out. A fault of an engine costs one utterance."""

from dataclasses import dataclass, field, replace

from asr.endpointing import Began, Found, Over, Stretch
from asr.engines.protocol import Engine, FinalText, Heard, LegStream
from asr.engines.simplified import simplify
from asr.normalise import as_written, ended
from runtime.telemetry import get_logger

log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Steps of one leg, in order. ``fresh`` means the stream must be replaced before; ``last`` closes it."""

    steps: tuple[Found, ...]
    partial: bool = False
    hurried: bool = False
    fresh: bool = False
    last: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a job, texts as the house writes them. ``faulty`` means the engine failed."""

    heard: tuple[Heard, ...] = ()
    job: Job = field(repr=False)
    faulty: bool = False


class LegRecogniser:
    """Hears one leg by a stream of an engine, on worker threads; only one of them works on it at a time."""

    def __init__(self, engine: Engine) -> None:
        """Open the stream with the first job."""
        self._engine = engine
        self._stream: LegStream | None = None

    def work(self, job: Job, /) -> Outcome:
        """Carry out a job. After a fault the stream is replaced and the rest of the job is lost."""
        try:
            return Outcome(heard=tuple(written(heard) for heard in self._carry_out(job)), job=job)
        except Exception:
            log.exception("the engine failed; its stream is replaced", engine=self._engine.name)
            self._stream = None
            return Outcome(job=job, faulty=True)

    def _carry_out(self, job: Job, /) -> list[Heard]:
        if job.fresh:
            self._close()
        heard: list[Heard] = []
        for step in job.steps:
            if self._stream is None:
                self._stream = self._engine.open()
            match step:
                case Began(sample):
                    self._stream.begin(sample)
                case Stretch(first_sample, pcm):
                    heard += self._stream.hear(first_sample, pcm, partial=job.partial)
                case Over(start, end):
                    heard += self._stream.end(start, end, hurried=job.hurried)
        if job.last:
            self._close()
        return heard

    def _close(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None


def written(heard: Heard, /) -> Heard:
    """Return the text as the house writes it; a final gets its closing mark. Noise becomes ""."""
    text = as_written(heard.text, simplify=simplify)
    return replace(heard, text=ended(text) if isinstance(heard, FinalText) else text)
