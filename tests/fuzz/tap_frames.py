"""Audio blocks of the tap, as media packs them and as the recogniser reads them."""

from pathlib import Path

from asr.tap import read_block
from telephony.media.tap_frames import pack_block, unpack_block
from vocabulary.errors import Permanent

CORPUS = Path(__file__).parent / "corpus" / "tap_frames"


def fuzz_one(data: bytes) -> None:
    """Take one payload: both readers agree, and what was read is packed the same."""
    seen = read_block(data)
    try:
        block = unpack_block(data)
    except Permanent:
        assert seen is None
        return
    assert seen == block
    assert unpack_block(pack_block(block)) == block
