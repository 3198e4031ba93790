"""Audio blocks as they cross the tap socket: leg (16 octets), first sample (u64 BE), flags (1 = gap before), s16le."""

import struct
from uuid import UUID

from vocabulary.audio import AudioBlock
from vocabulary.errors import Permanent
from vocabulary.ids import LegId

_HEAD = struct.Struct("!16sQB")
_GAP = 1


def pack_block(block: AudioBlock, /) -> bytes:
    """Return the payload of an audio frame of ``runtime.wire``."""
    return _HEAD.pack(block.leg.bytes, block.first_sample, _GAP if block.gap_before else 0) + block.pcm


def unpack_block(payload: bytes, /) -> AudioBlock:
    """Return the block in ``payload``; Permanent when it is too short or of half a sample."""
    if len(payload) < _HEAD.size or (len(payload) - _HEAD.size) % 2:
        raise Permanent(f"an audio block of {len(payload)} bytes")
    leg, first_sample, flags = _HEAD.unpack_from(payload)
    return AudioBlock(
        leg=LegId(UUID(bytes=leg)), first_sample=first_sample, pcm=payload[_HEAD.size :], gap_before=bool(flags & _GAP)
    )
