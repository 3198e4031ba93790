"""WAV files (RIFF WAVE; formats PCM 1, A-law 6, µ-law 7 and extensible 0xFFFE) of 16-bit or G.711 sound."""

import struct
import sys
from array import array
from dataclasses import dataclass, field
from pathlib import Path

from vocabulary.audio import SAMPLE_RATE
from vocabulary.errors import Permanent
from vocabulary.g711 import ALAW_TO_LINEAR, ULAW_TO_LINEAR

HEADER_BYTES = 44
"""Of the header that ``wav_header`` makes."""
_PCM, _ALAW, _ULAW, _EXTENSIBLE = 1, 6, 7, 0xFFFE


class WavError(Permanent):
    """A file that is no WAV, or of a format that is not read; the text names the file and what it holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WavSound:
    """Samples of a file: ``pcm`` is s16le, channels interleaved."""

    rate: int
    channels: int
    pcm: bytes = field(repr=False)


def read_wav(path: Path | str, /) -> bytes:
    """Return s16le mono at 8 kHz; WavError for any other rate or number of channels (resampling is asr's business)."""
    sound = read_sound(path)
    if sound.channels != 1 or sound.rate != SAMPLE_RATE:
        raise WavError(f"{path}: {sound.rate} Hz with {sound.channels} channels; 8000 Hz with one channel is wanted")
    return sound.pcm


def read_sound(path: Path | str, /) -> WavSound:
    """Return a WAV file of any rate and channel count as s16le; WavError when it is damaged or foreign."""
    data = Path(path).read_bytes()
    try:
        return parse_wav(data)
    except WavError as error:
        raise WavError(f"{path}: {error}") from None


def parse_wav(data: bytes, /) -> WavSound:
    """Return the sound in the bytes of a WAV file. A data chunk cut short (a killed writer) gives what is there."""
    if len(data) < 12 or data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise WavError("no RIFF WAVE header")
    layout: tuple[int, int, int, int] | None = None
    position = 12
    while position + 8 <= len(data):
        kind, size = data[position : position + 4], int.from_bytes(data[position + 4 : position + 8], "little")
        body = data[position + 8 : position + 8 + size]
        if kind == b"fmt ":
            layout = _layout(body)
        elif kind == b"data":
            if layout is None:
                raise WavError("the data come before the format")
            return _sound(layout, body)
        position += 8 + size + size % 2
    raise WavError("no sound data")


def _layout(body: bytes, /) -> tuple[int, int, int, int]:
    """Return (format, channels, rate, bits)."""
    if len(body) < 16:
        raise WavError("the format chunk is too short")
    kind, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", body)
    if kind == _EXTENSIBLE and len(body) >= 26:
        kind = int.from_bytes(body[24:26], "little")
    if channels == 0 or rate == 0:
        raise WavError("zero channels or zero rate")
    return kind, channels, rate, bits


def _sound(layout: tuple[int, int, int, int], body: bytes, /) -> WavSound:
    kind, channels, rate, bits = layout
    if (kind, bits) == (_PCM, 16):
        pcm = body[: len(body) - len(body) % (2 * channels)]
    elif (kind, bits) in {(_ALAW, 8), (_ULAW, 8)}:
        table = ALAW_TO_LINEAR if kind == _ALAW else ULAW_TO_LINEAR
        samples = array("h", [table[octet] for octet in body[: len(body) - len(body) % channels]])
        if sys.byteorder == "big":
            samples.byteswap()
        pcm = samples.tobytes()
    else:
        raise WavError(f"format {kind} with {bits} bits is not read; save it as 16-bit PCM")
    return WavSound(rate=rate, channels=channels, pcm=pcm)


def wav_header(*, data_bytes: int, channels: int = 1, rate: int = SAMPLE_RATE) -> bytes:
    """Return the header, ``HEADER_BYTES`` long, of 16-bit PCM that ``data_bytes`` of interleaved samples follow."""
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF", (36 + data_bytes) & 0xFFFFFFFF, b"WAVE", b"fmt ", 16, _PCM, channels, rate,
        rate * channels * 2, channels * 2, 16, b"data", data_bytes & 0xFFFFFFFF,
    )  # fmt: skip


def write_wav(path: Path | str, pcm: bytes, /, *, channels: int = 1, rate: int = SAMPLE_RATE) -> None:
    """Write s16le samples (interleaved when ``channels`` > 1) as a 16-bit PCM WAV file."""
    if len(pcm) % (2 * channels):
        raise WavError(f"{len(pcm)} bytes are no whole number of {channels}-channel 16-bit samples")
    Path(path).write_bytes(wav_header(data_bytes=len(pcm), channels=channels, rate=rate) + pcm)
