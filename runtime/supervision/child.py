"""What a child process is, what is known of it, and how long to wait before it is started again."""

import signal
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from runtime.pauses import Pauses
from runtime.supervision.pulse import Symptom

FIRST_PAUSE_S, LONGEST_PAUSE_S, HEALTHY_S = 0.2, 10.0, 30.0


class ChildState(StrEnum):
    """Where a child stands."""

    STARTING = "starting"
    READY = "ready"
    PAUSING = "pausing"
    """It died and waits to be started again."""
    STOPPED = "stopped"
    FAILED = "failed"
    """It ended before it ever served, and starting it again is of no use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A process to keep alive. ``env`` is added to ours; ``ready_pattern`` is searched in each line it prints.

    A process of ours prints ``ready {json}`` on standard output. ``quiet`` keeps the last lines instead of passing
    them on; they are logged when it dies.
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    ready_pattern: str = r"^ready\b"
    ready_within: timedelta = timedelta(seconds=60)
    stop_signal: signal.Signals = signal.SIGTERM
    stop_within: timedelta = timedelta(seconds=5)
    death_signal: signal.Signals = signal.SIGKILL
    """What the kernel sends it when the supervisor is gone."""
    user: int | None = None
    quiet: bool = False
    silent_within: timedelta | None = None
    """A process of ours beats (``runtime.supervision.living``); silent for so long it is hung, and killed."""
    probe: Callable[[], Awaitable[bool]] | None = None
    """Asks a foreign program, which does not beat, whether it answers; True counts as a beat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildStatus:
    """What is known of a child. ``ready_line`` is what it said when it began to serve."""

    name: str
    state: ChildState
    pid: int | None = None
    restarts: int = 0
    ready_line: str = ""
    last_exit: int | None = None
    """Exit code, or minus the signal that ended it."""
    hung: int = 0
    """How often it was killed because it said nothing."""
    symptoms: tuple[Symptom, ...] = ()
    """What it says itself to do worse than it should."""
    failed: str = ""
    """Why it ended for good, in its own words."""


def pauses() -> Pauses:
    """Return the pauses between starts: 0.2 s doubling to 10 s; anew after a life of ``HEALTHY_S``."""
    return Pauses(first_s=FIRST_PAUSE_S, longest_s=LONGEST_PAUSE_S)
