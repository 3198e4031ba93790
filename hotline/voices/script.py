"""What a city wants spoken: one ``Piece`` a file, read from ``city.toml`` and ``dialogues/*.json``."""

import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

MAKING = "2"
"""Raised when the same text is to sound different, so that every file is rendered again."""

JOINED = ("intro_", "digit_")
"""Prompts that are joined at call time and therefore cut close."""

EDGE_MS = 50
JOINED_EDGE_MS = 10
FLOOR_DB = -38.0
JOINED_FLOOR_DB = -30.0


class ScriptError(ValueError):
    """A file of the city does not say what is to be spoken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One file to speak: ``pause_s`` seconds of silence between ``spoken`` parts, ``edge_ms`` of it at both ends."""

    file: str
    text: str
    spoken: tuple[str, ...]
    voice: str
    speed: float
    edge_ms: int = EDGE_MS
    floor_db: float = FLOOR_DB
    pause_s: float = 0.25

    @property
    def digest(self) -> str:
        """SHA-256 of everything that decides how the file sounds."""
        parts: tuple[str, ...] = (
            MAKING,
            *self.spoken,
            self.voice,
            str(self.speed),
            str(self.edge_ms),
            str(self.pause_s),
        )
        if self.floor_db != FLOOR_DB:
            parts += (str(self.floor_db),)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def read_script(city: Path, /) -> tuple[Piece, ...]:
    """Return every piece of the city, in the order of file names.

    Raises:
        ScriptError: a file is absent, is not valid, or names no text or voice; the sentence says which.
    """
    try:
        settings = tomllib.loads((city / "city.toml").read_text(encoding="utf-8"))
        pieces = [*_prompts(settings), _microphone(settings)]
        for path in sorted((city / "dialogues").glob("*.json")):
            pieces += _turns(json.loads(path.read_text(encoding="utf-8")), settings["voices"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ScriptError(f"The script under {city} cannot be read: {type(error).__name__}: {error}") from error
    return tuple(sorted(pieces, key=lambda piece: piece.file))


def sentences(text: str, /) -> tuple[str, ...]:
    """Return the sentences of ``text`` with their closing marks, so that each is spoken in one breath."""
    found, start = [], 0
    for index, char in enumerate(text):
        if char in "。！？":
            found.append(text[start : index + 1])
            start = index + 1
    return tuple(part for part in (*found, text[start:]) if part.strip())


def _prompts(settings: Mapping[str, Mapping[str, str | float]], /) -> Iterator[Piece]:
    voices = settings["voices"]
    paces: Mapping[str, float] = dict(voices.get("pace", {}))  # type: ignore[arg-type]  # TOML: this key holds a table
    for name, text in settings["prompts"].items():
        joined = name.startswith(JOINED)
        yield Piece(
            file=f"prompts/{name}.wav",
            text=str(text),
            spoken=sentences(str(text)),
            voice=str(voices["agent" if joined else "prompt"]),
            speed=float(paces.get(name, voices["intro_speed" if joined else "prompt_speed"])),
            edge_ms=JOINED_EDGE_MS if joined else EDGE_MS,
            floor_db=JOINED_FLOOR_DB if joined else FLOOR_DB,
        )


def _microphone(settings: Mapping[str, Mapping[str, Mapping[str, list[str] | float]]], /) -> Piece:
    table = settings["voices"]["microphone"]
    lines, pause = table["sentences"], table["pause_seconds"]
    if not isinstance(lines, list) or not isinstance(pause, int | float):
        raise TypeError("voices.microphone needs a list of sentences and pause_seconds")
    voice = str(settings["voices"]["agent"])
    return Piece(
        file="prompts/browser_mic.wav", text="".join(lines), spoken=tuple(lines), voice=voice, speed=1.0, pause_s=pause
    )


def _turns(dialogue: Mapping[str, list[Mapping[str, str]]], voices: Mapping[str, float], /) -> Iterator[Piece]:
    speakers: Mapping[str, str] = dict(dialogue["voice"])  # type: ignore[arg-type]  # JSON: this key holds an object
    for turn in dialogue["turns"]:
        party = turn["party"].lower()
        yield Piece(
            file=turn["wav"],
            text=turn["text"],
            spoken=sentences(turn.get("speak", turn["text"])),
            voice=speakers[party],
            speed=float(voices[f"{party}_speed"]),
        )
