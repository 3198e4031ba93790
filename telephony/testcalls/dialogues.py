"""What callers and agents of the demo say to each other: the files of ``city/dialogues``."""

from dataclasses import dataclass
from pathlib import Path

from runtime.codec import decode
from vocabulary.audio import Party


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One utterance and its sound, a path below the folder of voices."""

    party: Party
    text: str
    wav: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogueCaller:
    """Who calls."""

    phone: str
    name: str = ""
    anonymous: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    """One call of the demo. ``line`` is the number it dials."""

    id: str
    title: str
    line: str
    caller: DialogueCaller
    turns: tuple[Turn, ...]
    kind: str | None = None


def read_dialogues(folder: Path, /) -> dict[str, Dialogue]:
    """Return the dialogues of a folder by id; MalformedMessage names what is wrong in a file."""
    dialogues = (decode(path.read_bytes(), Dialogue) for path in sorted(folder.glob("*.json")))
    return {dialogue.id: dialogue for dialogue in dialogues}
