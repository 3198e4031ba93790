"""A small file that outlives a killed recogniser: how far each leg was heard."""

import asyncio
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from asr.ports import Mark
from runtime.codec import MalformedMessage, decode, encode
from runtime.telemetry import get_logger
from runtime.unusable import set_aside
from vocabulary.ids import LegId

log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _MarkedLeg:
    leg: LegId
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class _Content:
    legs: tuple[_MarkedLeg, ...]


class CheckpointFile:
    """Written whole beside the old one, synced, then renamed: a kill leaves the old or the new, never half.

    A disk that takes no file (full, read-only, gone) costs the checkpoint, not the recogniser: a successor then hears
    again what the old file does not name.
    """

    def __init__(self, path: Path) -> None:
        """The file need not exist; its folder is made."""
        self._path = path
        self._failing = False

    async def read(self) -> Mapping[LegId, Mark]:
        """Return the marks of the last write; none when the file is missing or damaged (then all is heard again)."""
        return await asyncio.to_thread(self._read)

    async def write(self, marks: Mapping[LegId, Mark], /) -> bool:
        """Return whether the marks are on disk now."""
        try:
            await asyncio.to_thread(self._write, dict(marks))
        except OSError as error:
            if not self._failing:
                log.warning("no checkpoint can be written; hearing goes on without", reason=str(error))
            self._failing = True
            return False
        if self._failing:
            log.info("checkpoints are written again")
        self._failing = False
        return True

    def _read(self) -> Mapping[LegId, Mark]:
        try:
            content = decode(self._path.read_bytes(), _Content)
        except FileNotFoundError:
            return {}
        except (MalformedMessage, OSError) as error:
            set_aside(self._path, what="the checkpoint; legs are heard again from the start", reason=str(error))
            return {}
        return {one.leg: one.mark for one in content.legs}

    def _write(self, marks: dict[LegId, Mark], /) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        content = _Content(legs=tuple(_MarkedLeg(leg=leg, mark=mark) for leg, mark in marks.items()))
        try:
            with fresh.open("wb") as file:
                file.write(encode(content))
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._path)
        except OSError:
            with suppress(OSError):
                fresh.unlink()
            raise
