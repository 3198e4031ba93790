"""Text with numbers in it."""

from pathlib import Path

from vocabulary.masking import masked_text

CORPUS = Path(__file__).parent / "corpus" / "masking"


def fuzz_one(data: bytes) -> None:
    """Take one text: masking never fails, never makes it longer, and twice is once."""
    text = data.decode("utf-8", "replace")[:500]
    once = masked_text(text)
    assert masked_text(once) == once
    assert len(once) <= len(text)
