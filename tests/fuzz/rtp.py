"""RTP datagrams of one peer, through the jitter buffer and the key reader."""

from pathlib import Path

from telephony.media.dtmf import DIGITS
from telephony.media.g711 import Law
from telephony.media.incoming import Incoming
from telephony.media.jitter import Frame
from telephony.media.rtp import MalformedRtp, parse
from vocabulary.audio import FRAME_SAMPLES

CORPUS = Path(__file__).parent / "corpus" / "rtp"
_peer = Incoming(law=Law.ALAW, dtmf_payload_type=101, opened_at=0.0)
_fed = 0


def fuzz_one(data: bytes) -> None:
    """Take one datagram; each tick has a frame of 160 octets or the reason why not."""
    global _fed  # noqa: PLW0603  a jitter buffer needs many datagrams
    _fed += 1
    try:
        _peer.put(parse(data), now=_fed * 0.02)
    except MalformedRtp:
        return
    frame = _peer.take()
    assert isinstance(frame, Frame) or len(frame) == FRAME_SAMPLES
    assert set(_peer.digits) <= set(DIGITS)
