"""What a phone's child process and its parent say to each other: one JSON value a line."""

from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Dial:
    """First line to the child."""

    number: str
    host: str
    port: int
    caller: str
    headers: dict[str, str] = field(default_factory=dict)
    record: str = ""
    """WAV file of what the phone heard, from the 200 on; empty for none."""
    answer_within_s: float = 30.0
    deadline_s: float = 300.0
    """The child ends itself after this, whatever happens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Later lines to the child: play a WAV file, or hang up."""

    say: str = ""
    hang_up: bool = False


class State(StrEnum):
    """What a child reports."""

    RINGING = "ringing"
    ANSWERED = "answered"
    REFUSED = "refused"
    """A final response of 300 or more; ``status`` has it. 408: nobody answered in time."""
    SAID = "said"
    """The file asked for was played to its end."""
    SPEAKING = "speaking"
    SILENT = "silent"
    """The other side began and ceased to be loud."""
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A line from the child. ``at_ms`` counts from the INVITE, by the child's clock."""

    state: State
    at_ms: int
    status: int = 0
    by: str = ""
    """Who ended: ``us`` or ``them``."""
    said: str = ""
    samples: int = 0
    """Received up to now."""
    sent: int = 0
    """RTP packets sent."""
    sip_call_id: str = ""
    user_agent: str = ""
