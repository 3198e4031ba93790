"""Render what is new or changed, leave the rest, and keep the manifest true."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from hotline.voices.melody import melody
from hotline.voices.riff import alaw_file, seconds
from hotline.voices.script import MAKING, Piece, read_script
from hotline.voices.sound import decimate, join, level, to_pcm, trim
from hotline.voices.synthesiser import Kokoro, Synthesiser

MANIFEST = "manifest.json"
MELODY_FILE = "prompts/moh.wav"


class Row(TypedDict):
    """A line of the manifest. ``made_from`` digests text, voice and speed; ``sha256`` digests the file."""

    sha256: str
    seconds: float
    text: str
    made_from: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """What one run did: file names below the output folder."""

    made: tuple[str, ...]
    kept: tuple[str, ...]
    removed: tuple[str, ...]


def render(*, city: Path, out: Path, only: str | None = None, load: Callable[[], Synthesiser] = Kokoro) -> Rendered:
    """Speak the prompts and dialogues of ``city`` into 8 kHz A-law files under ``out``.

    A file whose text, voice and speed are those of the manifest is left alone; one that the script no longer names is
    removed. ``only`` limits the run to files whose name begins with it, for example ``prompts/`` or ``water-outage``.

    Raises:
        ScriptError: the city's files do not say what to speak.
        SynthesiserMissing: something must be spoken and the packages of the group voices are not installed.
        ValueError: ``only`` fits no file, or a text cannot be spoken.
    """
    script = {piece.file: piece for piece in read_script(city)}
    wanted = [name for name in sorted((*script, MELODY_FILE)) if only is None or name.startswith(only)]
    if not wanted:
        raise ValueError(f"No file of the script begins with {only}: try prompts/ or the id of a dialogue.")
    manifest = _read_manifest(out)
    removed = _forget(manifest, out=out, named={*script, MELODY_FILE}) if only is None else ()
    made: list[str] = []
    speaker: Synthesiser | None = None
    for name in wanted:
        piece = script.get(name)
        made_from = piece.digest if piece else f"melody {MAKING}"
        if _is_current(manifest.get(name), path=out / name, made_from=made_from):
            continue
        if piece:
            speaker = speaker or load()
        pcm = _speak(piece, speaker) if piece and speaker else to_pcm(melody())
        manifest[name] = _write(out / name, pcm, text=piece.text if piece else "", made_from=made_from)
        _write_manifest(out, manifest)
        made.append(name)
    _write_manifest(out, manifest)
    return Rendered(made=tuple(made), kept=tuple(name for name in wanted if name not in made), removed=removed)


def _speak(piece: Piece, speaker: Synthesiser, /) -> bytes:
    parts = [
        trim(
            decimate(speaker.speak(sentence, voice=piece.voice, speed=piece.speed)),
            edge_ms=piece.edge_ms,
            floor_db=piece.floor_db,
        )
        for sentence in piece.spoken
    ]
    return to_pcm(level(join(parts, pause_s=piece.pause_s)))


def _is_current(row: Row | None, /, *, path: Path, made_from: str) -> bool:
    return row is not None and row["made_from"] == made_from and path.is_file()


def _write(path: Path, pcm: bytes, /, *, text: str, made_from: str) -> Row:
    body = alaw_file(pcm)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    return Row(sha256=hashlib.sha256(body).hexdigest(), seconds=seconds(pcm), text=text, made_from=made_from)


def _forget(manifest: dict[str, Row], /, *, out: Path, named: set[str]) -> tuple[str, ...]:
    stale = tuple(sorted(set(manifest) - named))
    for name in stale:
        del manifest[name]
        (out / name).unlink(missing_ok=True)
    return stale


def _read_manifest(out: Path, /) -> dict[str, Row]:
    path = out / MANIFEST
    if not path.is_file():
        return {}
    rows: dict[str, Row] = json.loads(path.read_text(encoding="utf-8"))
    return rows


def _write_manifest(out: Path, manifest: dict[str, Row], /) -> None:
    out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(dict(sorted(manifest.items())), ensure_ascii=False, indent=1)
    partial = out / f"{MANIFEST}.new"
    partial.write_text(text + "\n", encoding="utf-8")
    partial.replace(out / MANIFEST)
