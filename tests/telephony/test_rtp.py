import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.media.outgoing import Outgoing
from telephony.media.rtcp import is_rtcp
from telephony.media.rtp import MalformedRtp, RtpPacket, build, difference, parse

packets = st.builds(
    RtpPacket,
    payload_type=st.integers(0, 127),
    marker=st.booleans(),
    sequence=st.integers(0, 0xFFFF),
    timestamp=st.integers(0, 0xFFFFFFFF),
    ssrc=st.integers(0, 0xFFFFFFFF),
    payload=st.binary(max_size=400),
)


@given(packets)
def test_what_is_built_is_parsed_again(packet: RtpPacket) -> None:
    assert parse(build(packet)) == packet


@given(packets, st.integers(0, 15), st.binary(max_size=12).map(lambda b: b[: len(b) // 4 * 4]), st.integers(0, 255))
def test_csrc_extension_and_padding_are_taken_off(packet: RtpPacket, csrc: int, extension: bytes, padding: int) -> None:
    plain = build(packet)
    head = bytes([0x80 | 0x10 | (0x20 if padding else 0) | csrc]) + plain[1:12] + b"\1\2\3\4" * csrc
    head += b"\xbe\xde" + (len(extension) // 4).to_bytes(2, "big") + extension
    tail = bytes(padding - 1) + bytes([padding]) if padding else b""

    assert parse(head + packet.payload + tail) == packet


@given(st.binary(max_size=80))
def test_any_octets_are_a_packet_or_malformed(datagram: bytes) -> None:
    try:
        packet = parse(datagram)
    except MalformedRtp:
        return
    assert len(packet.payload) <= len(datagram) - 12


@given(packets, st.integers(0, 11))
def test_a_truncated_header_is_malformed(packet: RtpPacket, length: int) -> None:
    with pytest.raises(MalformedRtp):
        parse(build(packet)[:length])


def test_padding_of_no_length_or_beyond_the_packet_is_malformed() -> None:
    for last in (0, 5, 255):
        with pytest.raises(MalformedRtp):
            parse(b"\xa0\x08" + bytes(10) + b"\1\2\3" + bytes([last]))


def test_rtcp_is_told_from_rtp_whatever_the_marker() -> None:
    assert is_rtcp(b"\x80\xc8" + bytes(26))
    assert not is_rtcp(b"\x80\x88" + bytes(26))
    assert not is_rtcp(b"\x80\x08" + bytes(26))


@given(st.integers(0, 0xFFFFFFFF), st.integers(-(2**31), 2**31 - 1))
def test_differences_of_wrapping_counters_are_signed(older: int, step: int) -> None:
    assert difference(newer=(older + step) & 0xFFFFFFFF, older=older, bits=32) == step


def test_sequence_and_timestamp_wrap_and_time_passes_without_packets() -> None:
    outgoing = Outgoing(ssrc=1, sequence=0xFFFF, timestamp=0xFFFFFFFF - 159)
    first, second = (parse(outgoing.packet(b"a", payload_type=8)) for _ in range(2))
    outgoing.pause()
    third = parse(outgoing.packet(b"a", payload_type=8))

    assert [p.sequence for p in (first, second, third)] == [0xFFFF, 0, 1]
    assert [p.timestamp for p in (first, second, third)] == [0xFFFFFFFF - 159, 0, 320]
    assert [p.marker for p in (first, second, third)] == [True, False, True]
