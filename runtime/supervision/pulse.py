"""What a child says of itself to its supervisor, as lines: ``alive {json}`` and ``failed {json}``. No I/O."""

from dataclasses import dataclass
from typing import TypeVar

from runtime.codec import MalformedMessage, decode, encode

T = TypeVar("T")
PERMANENT_EXIT = 78
"""EX_CONFIG of sysexits(3): starting again would fail again until something is changed."""
BEAT_S = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Symptom:
    """Something a process does worse than it should. ``code`` is stable, ``text`` is for people, no personal data."""

    code: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alive:
    """A beat: the process lives and its vital work has advanced since the last."""

    symptoms: tuple[Symptom, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """Why the process ends and will end again; the sentence says what to change."""

    text: str


class Pulse:
    """Whether the vital work of a process advances. Until it first did, a turning loop is enough: it is starting."""

    def __init__(self) -> None:
        """Nothing has advanced yet."""
        self._count = 0
        self._told: int | None = None
        self._symptoms: dict[str, Symptom] = {}

    def advance(self) -> None:
        """Note that the vital work went one step on; cheap enough for a tick of 20 ms."""
        self._count += 1

    def note(self, code: str, text: str | None, /) -> None:
        """Say a symptom, or that it is over (None)."""
        if text is None:
            self._symptoms.pop(code, None)
        else:
            self._symptoms[code] = Symptom(code=code, text=text)

    def beat(self) -> str | None:
        """Return the line to say, None when nothing has advanced since the last."""
        if self._count and self._count == self._told:
            return None
        self._told = self._count
        return f"alive {encode(Alive(symptoms=tuple(self._symptoms.values()))).decode()}"


def read_alive(line: str, /) -> Alive | None:
    """Return the beat that a line is, None for another line."""
    return _read(line, "alive ", Alive)


def read_failed(line: str, /) -> Failed | None:
    """Return the last sentence that a line is, None for another line."""
    return _read(line, "failed ", Failed)


def failed_line(text: str, /) -> str:
    """Return the line by which a child says why it ends for good."""
    return f"failed {encode(Failed(text=text)).decode()}"


def _read(line: str, start: str, kind: type[T], /) -> T | None:
    if not line.startswith(start):
        return None
    try:
        return decode(line.removeprefix(start).encode(), kind)
    except MalformedMessage:
        return None
