import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.wav import WavError, parse_wav, read_sound, read_wav, wav_header, write_wav
from vocabulary.g711 import ALAW_TO_LINEAR, ULAW_TO_LINEAR


def g711(kind: int, body: bytes) -> bytes:
    fmt = struct.pack("<HHIIHHH", kind, 1, 8000, 8000, 1, 8, 0)
    chunks = b"fmt " + len(fmt).to_bytes(4, "little") + fmt + b"LIST\x03\0\0\0abc\0"
    chunks += b"data" + len(body).to_bytes(4, "little") + body
    return b"RIFF" + (4 + len(chunks)).to_bytes(4, "little") + b"WAVE" + chunks


@given(st.binary(max_size=400).map(lambda data: data[: len(data) // 2 * 2]))
def test_what_is_written_is_read_back(pcm: bytes) -> None:
    assert parse_wav(wav_header(data_bytes=len(pcm)) + pcm).pcm == pcm


def test_a_file_of_two_channels_keeps_them_interleaved(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", bytes(range(8)), channels=2)
    sound = read_sound(tmp_path / "a.wav")

    assert (sound.rate, sound.channels, sound.pcm) == (8000, 2, bytes(range(8)))
    with pytest.raises(WavError, match="2 channels"):
        read_wav(tmp_path / "a.wav")


@pytest.mark.parametrize(("kind", "table"), [(6, ALAW_TO_LINEAR), (7, ULAW_TO_LINEAR)])
def test_g711_files_are_decoded_past_chunks_that_nobody_knows(kind: int, table: tuple[int, ...]) -> None:
    assert parse_wav(g711(kind, bytes(range(256)))).pcm == struct.pack("<256h", *table)


def test_another_rate_is_refused_with_its_name_and_read_as_a_sound(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", b"\0\0", rate=16000)
    with pytest.raises(WavError, match=r"a\.wav: 16000 Hz"):
        read_wav(tmp_path / "a.wav")
    assert read_sound(tmp_path / "a.wav").rate == 16000


def test_a_file_whose_writer_was_killed_gives_what_is_there() -> None:
    assert parse_wav(wav_header(data_bytes=1000) + b"\1\2\3\4\5").pcm == b"\1\2\3\4"


def test_half_a_sample_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(WavError):
        write_wav(tmp_path / "a.wav", b"\0")


@given(st.binary(max_size=100).map(lambda tail: b"RIFF\0\0\0\0WAVE" + tail) | st.binary(max_size=60))
def test_foreign_bytes_are_a_sound_or_a_wav_error(data: bytes) -> None:
    try:
        parse_wav(data)
    except WavError:
        return
