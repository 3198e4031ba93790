"""The spoken sentences and the music: WAV files of one folder, decoded once."""

import asyncio
from pathlib import Path

import numpy as np

from runtime.wav import WavError, read_wav
from telephony.media.g711 import Samples
from vocabulary.errors import Refused


class PromptSounds:
    """Sounds by name; a name is the file's path below the folder without ``.wav``."""

    def __init__(self, folder: Path) -> None:
        """Nothing is read yet."""
        self._folder = folder
        self._sounds: dict[str, Samples] = {}

    async def load(self) -> int:
        """Read every WAV file below the folder; return their number."""
        names = [str(path.relative_to(self._folder).with_suffix("")) for path in self._folder.rglob("*.wav")]
        for name in names:
            await self._read(name)
        return len(names)

    async def sounds(self, names: tuple[str, ...], /) -> tuple[Samples, ...]:
        """Return the 8 kHz samples of ``names``; Refused ``no-prompt`` names the first that is missing."""
        return tuple([self._sounds[name] if name in self._sounds else await self._read(name) for name in names])

    async def _read(self, name: str) -> Samples:
        path = (self._folder / f"{name}.wav").resolve()
        if not path.is_relative_to(self._folder.resolve()):
            raise Refused("no-prompt", f"提示音 {name} 不在提示音目录里")
        try:
            pcm = await asyncio.to_thread(read_wav, path)
        except (OSError, WavError) as error:
            raise Refused("no-prompt", f"提示音 {name} 读不出来：{error}") from error
        self._sounds[name] = sound = np.frombuffer(pcm, dtype="<i2").astype(np.int16)
        return sound
