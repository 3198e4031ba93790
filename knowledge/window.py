"""Which part of a talk is asked about: the caller's last sentences with meaning, the newest counting most."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from knowledge.analysis.fillers import content, spoken_runs
from knowledge.analysis.unasked import Unasked
from vocabulary.audio import Party
from vocabulary.speech import Utterance

FINALS = 4
DECAY = 0.6
AGENT_WEIGHT = 0.2
LONGEST = 120
"""Characters of the caller's words in the window."""
_MEANINGFUL = 3
_QUESTION = ("吗", "呢", "？", "?", "什么", "哪", "几", "请问", "多少", "怎么")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Something said, without fillers and numbers: ``runs`` with their weight in the question."""

    runs: tuple[str, ...] = field(repr=False)
    weight: float
    caller: bool = True

    @property
    def content(self) -> int:
        """How many of its characters carry meaning."""
        return sum(content(run) for run in self.runs)


def span_of(text: str, /, *, weight: float = 1.0, caller: bool = True, unasked: Unasked | None = None) -> Span:
    """Return what is left of a text, also without what ``unasked`` takes out."""
    if unasked is not None:
        text = unasked.without(text)
    return Span(runs=tuple(spoken_runs(text)), weight=weight, caller=caller)


def window(
    utterances: Sequence[Utterance], /, *, partial: str = "", unasked: Unasked | None = None
) -> tuple[Span, ...]:
    """Return the spans of a talk in call time, newest first: ``partial``, last finals, the agent's last question.

    Finals without meaning (嗯，对) take no place. Each older turn counts 0.6 of the one after it.
    """
    spans = []
    weight, used = 1.0, 0
    texts = [one.text for one in reversed(utterances) if one.party is Party.CALLER]
    for text in ([partial] if partial else []) + texts:
        span = span_of(text, weight=weight, unasked=unasked)
        if span.content < _MEANINGFUL and text is not partial:
            continue
        spans.append(span)
        used += sum(map(len, span.runs))
        if text is not partial or span.content >= _MEANINGFUL:
            weight *= DECAY
        if len(spans) == FINALS or used >= LONGEST:
            break
    return (*spans, *_agent_question(utterances, unasked)) if spans else ()


def _agent_question(utterances: Sequence[Utterance], unasked: Unasked | None) -> tuple[Span, ...]:
    for one in reversed(utterances):
        if one.party is Party.AGENT:
            asked = any(mark in one.text for mark in _QUESTION)
            return (span_of(one.text, weight=AGENT_WEIGHT, caller=False, unasked=unasked),) if asked else ()
    return ()
