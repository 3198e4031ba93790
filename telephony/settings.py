"""The running city (key ``telephony`` of bucket ``config``): lines, queues, menu, prompts, limits."""

from dataclasses import dataclass, field

from vocabulary.errors import Permanent

SETTINGS_KEY = "telephony"
"""Key of TelephonySettings in the KV bucket ``config``."""


class BadTelephonySettings(Permanent):
    """A snapshot that contradicts itself; the text names the row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DialledLine:
    """A number that people dial, and the queue it leads to."""

    number: str
    name: str
    queue: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """Callers who wait for the same skill; after ``overflow_after_s`` seats of ``overflow`` queues may take them."""

    name: str
    title: str
    overflow: tuple[str, ...] = ()
    overflow_after_s: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """What a key or silence leads to: a person of ``queue``."""

    queue: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """One greeting, one open question, keys as a fallback. Names are those of prompts.

    ``silence`` is where who says nothing to the question waits on; None: in the queue of the dialled line.
    """

    greeting: str = "greeting"
    question: str = "question"
    open_question_seconds: float = 4.0
    keys: dict[str, Destination] = field(default_factory=dict)
    silence: Destination | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompts:
    """Names of what callers are told. The agent's number is spoken digit by digit between the two intro parts."""

    hold_notice: str = "hold_notice"
    apology: str = "apology"
    music: str = "moh"
    intro_before: tuple[str, ...] = ("intro_number",)
    intro_digit: str = "digit_"
    intro_after: tuple[str, ...] = ("intro_service",)

    def intro(self, seat: str, /) -> tuple[str, ...]:
        """工号 007 为您服务."""
        digits = tuple(f"{self.intro_digit}{char}" for char in seat if char.isdigit())
        return (*self.intro_before, *digits, *self.intro_after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Counts, and times in seconds."""

    max_calls: int = 100
    ring_s: float = 6.0
    wrap_up_s: float = 30.0
    question_rest_s: float = 2.2
    """Longest wait of an answered seat for the end of the question."""
    hold_notice_after_s: float = 15.0
    queue_limit_s: float = 300.0
    nobody_after_s: float = 60.0
    """A seat that is NotReady longer than this is not on duty."""
    reattach_s: float = 20.0
    desk_silent_s: float = 6.0
    hold_reminder_s: float = 45.0
    """A caller on hold for so long is called to the agent's mind, again and again."""
    max_call_s: float = 7200.0
    hold_limit_s: float = 1800.0
    """How long a caller may hold the call, or be silent without any packet, though his side answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TelephonySettings:
    """One numbered snapshot; a higher ``version`` replaces a lower one."""

    version: int
    lines: tuple[DialledLine, ...]
    queues: tuple[Queue, ...]
    menu: Menu = Menu()
    prompts: Prompts = Prompts()
    limits: Limits = Limits()

    def line(self, dialled: str, /) -> DialledLine:
        """The line of a dialled number; the first one, under the dialled number, for one that no row has."""
        first = self.lines[0]
        return next((line for line in self.lines if line.number == dialled), first)

    def queue(self, name: str, /) -> Queue:
        """The queue of that name; the settings have been checked."""
        return next(queue for queue in self.queues if queue.name == name)


def checked(settings: TelephonySettings, /) -> TelephonySettings:
    """Return ``settings``, or raise BadTelephonySettings naming the first row that cannot be used."""
    names = {queue.name for queue in settings.queues}
    if not settings.lines or not settings.queues:
        raise BadTelephonySettings("there must be at least one line and one queue")
    used = [(f"line {line.number}", line.queue) for line in settings.lines]
    used += [(f"key {key}", choice.queue) for key, choice in settings.menu.keys.items()]
    used += [("silence", settings.menu.silence.queue)] if settings.menu.silence is not None else []
    used += [(f"overflow of {queue.name}", name) for queue in settings.queues for name in queue.overflow]
    for where, name in used:
        if name not in names:
            raise BadTelephonySettings(f"{where} leads to queue {name!r}, which does not exist; add it or name another")
    limits = settings.limits
    for name in limits.__dataclass_fields__:
        if getattr(limits, name) <= 0:
            raise BadTelephonySettings(f"limit {name} must be above 0")
    return settings
