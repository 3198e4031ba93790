"""Greeting, one open question, keys as a fallback. Whatever the caller does, a person is where it leads.

The greeting carries the recording notice and is never cut; a key during it chooses the queue at once.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never

from telephony.settings import Menu

PAUSE_S = 1.2
"""Silence that ends the caller's answer."""
ANSWER_LIMIT_S = 20.0


class IvrStage(StrEnum):
    """Where the caller is."""

    GREETING = "greeting"
    QUESTION = "question"
    LISTENING = "listening"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Say:
    """Play this prompt; its end comes back as ``said``."""

    prompt: str


@dataclass(frozen=True, slots=True)
class StopPrompt:
    """Stop the prompt that plays."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Wait in this queue from now on, keeping the place when already waiting."""

    queue: str


@dataclass(frozen=True, slots=True)
class Listen:
    """Say nothing; call ``time_up`` after ``seconds``, counted anew."""

    seconds: float


IvrAction = Say | StopPrompt | Wait | Listen


@dataclass(frozen=True, slots=True, kw_only=True)
class Ivr:
    """State of one caller's way; ``queue`` is where the line leads, ``chosen`` whether a key was pressed.

    ``answered``: the caller began to speak after the first word of the question.
    """

    menu: Menu
    queue: str
    stage: IvrStage = IvrStage.GREETING
    chosen: bool = False
    answered: bool = False

    @property
    def done(self) -> bool:
        """Whether there is nothing left to say: music from now on."""
        return self.stage is IvrStage.DONE


Step = tuple[Ivr, list[IvrAction]]


def begin(ivr: Ivr, /) -> Step:
    """The call was accepted."""
    return ivr, [Say(ivr.menu.greeting)]


def said(ivr: Ivr, /) -> Step:
    """The prompt came to its end. With the first word of the question the caller begins to wait for a seat."""
    match ivr.stage:
        case IvrStage.GREETING if not ivr.chosen:
            return replace(ivr, stage=IvrStage.QUESTION), [Say(ivr.menu.question), Wait(ivr.queue)]
        case IvrStage.QUESTION:
            return replace(ivr, stage=IvrStage.LISTENING), [Listen(ivr.menu.open_question_seconds)]
        case IvrStage.GREETING | IvrStage.LISTENING | IvrStage.DONE:
            return replace(ivr, stage=IvrStage.DONE), []
        case _:
            assert_never(ivr.stage)


def pressed(ivr: Ivr, digit: str, /) -> Step:
    """A key: its queue, or that of the line when the menu does not name it."""
    choice = ivr.menu.keys.get(digit)
    queue = choice.queue if choice is not None else ivr.queue
    if ivr.stage is IvrStage.GREETING:
        return replace(ivr, chosen=True, queue=queue), [Wait(queue)]
    stop: list[IvrAction] = [StopPrompt()] if ivr.stage is IvrStage.QUESTION else []
    if ivr.done and choice is None:
        return ivr, []
    return replace(ivr, chosen=True, queue=queue, stage=IvrStage.DONE), [*stop, Wait(queue)]


def spoke(ivr: Ivr, /, *, speaking: bool) -> Step:
    """The caller began or ceased to speak. While the caller answers, nothing is played."""
    if ivr.stage not in {IvrStage.QUESTION, IvrStage.LISTENING}:
        return ivr, []
    ivr = replace(ivr, answered=ivr.answered or speaking)
    if ivr.stage is IvrStage.QUESTION:
        return ivr, []
    return ivr, [Listen(ANSWER_LIMIT_S if speaking else PAUSE_S)]


def time_up(ivr: Ivr, /) -> Step:
    """The caller has answered, or will not: then waits on where the menu sends silence, keeping the place."""
    if ivr.stage is not IvrStage.LISTENING:
        return ivr, []
    silence = None if ivr.answered else ivr.menu.silence
    ivr = replace(ivr, stage=IvrStage.DONE)
    return (ivr, []) if silence is None else (replace(ivr, queue=silence.queue), [Wait(silence.queue)])
