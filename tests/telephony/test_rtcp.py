"""Reports are a sign of life when they are whole, and nothing else is."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.media.rtcp import is_compound, is_rtcp

RECEIVER_REPORT = struct.pack("!BBHI", 0x80, 201, 1, 7)
DESCRIPTION = struct.pack("!BBHI", 0x81, 202, 2, 7) + b"\x01\x00\x00\x00"


def test_a_compound_packet_is_read_to_its_last_octet() -> None:
    assert is_compound(RECEIVER_REPORT)
    assert is_compound(RECEIVER_REPORT + DESCRIPTION)


@pytest.mark.parametrize(
    "octets",
    [b"", RECEIVER_REPORT[:-1], RECEIVER_REPORT + b"x", b"\x80\xc9\xff\xff" + bytes(4), b"\x80\x08" + bytes(10)],
)
def test_what_is_cut_off_or_goes_on_is_none(octets: bytes) -> None:
    assert not is_compound(octets)


@given(st.binary(max_size=200))
def test_any_octets_are_told_apart_without_a_fault(octets: bytes) -> None:
    assert not is_compound(octets) or is_rtcp(octets)
