"""RTCP datagrams."""

from pathlib import Path

from telephony.media.rtcp import is_compound, is_rtcp

CORPUS = Path(__file__).parent / "corpus" / "rtcp"


def fuzz_one(data: bytes) -> None:
    """Take one datagram: a whole compound packet is RTCP, and whole words long."""
    if is_compound(data):
        assert is_rtcp(data)
        assert len(data) % 4 == 0
