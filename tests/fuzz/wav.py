"""Sound files."""

from pathlib import Path

from runtime.wav import WavError, parse_wav

CORPUS = Path(__file__).parent / "corpus" / "wav"


def fuzz_one(data: bytes) -> None:
    """Take one file: whole samples of at least one channel, or a sentence."""
    try:
        sound = parse_wav(data)
    except WavError:
        return
    assert len(sound.pcm) % (2 * sound.channels) == 0
    assert sound.rate > 0
