"""What our answers promise about sound."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telephony.media_protocol import Codec, Direction
from telephony.sip.sdp import (
    MalformedSdp,
    NotAcceptable,
    OurSide,
    agree,
    answer_sdp,
    offer_sdp,
    parse_sdp,
    sdp_part,
)  # fmt: skip
from tests.telephony.sip_texts import OFFER

OURS = OurSide(host="127.0.0.1", port=20000, session=7)


def offer(**replaced: str) -> bytes:
    text = OFFER
    for old, new in replaced.items():
        text = text.replace(
            {"formats": "8 0 101", "proto": "RTP/AVP", "way": "a=sendrecv", "port": "audio 4000"}[old], new
        )
    return text.encode()


def test_a_law_is_preferred_and_the_event_map_is_answered() -> None:
    agreed = agree(parse_sdp(offer(formats="0 8 101")))

    assert (agreed.codec, agreed.host, agreed.port, agreed.dtmf_payload_type) == (Codec.PCMA, "127.0.0.1", 4000, 101)
    text = answer_sdp(agreed, OURS).decode()
    assert "m=audio 20000 RTP/AVP 8 101\r\n" in text
    assert "a=rtpmap:101 telephone-event/8000\r\n" in text
    assert "o=hotline 7 1 IN IP4 127.0.0.1\r\n" in text


def test_u_law_is_taken_where_it_is_the_only_one_and_the_events_keep_their_number() -> None:
    body = offer(formats="0 96").replace(b"rtpmap:101", b"rtpmap:96")

    agreed = agree(parse_sdp(body))

    assert (agreed.codec, agreed.dtmf_payload_type) == (Codec.PCMU, 96)


@pytest.mark.parametrize(
    ("said", "ours"),
    [("sendonly", "recvonly"), ("recvonly", "sendonly"), ("inactive", "inactive"), ("sendrecv", "sendrecv")],
)
def test_hold_directions_are_mirrored(said: str, ours: str) -> None:
    agreed = agree(parse_sdp(offer(way=f"a={said}")))

    assert agreed.direction is Direction(ours)
    assert f"a={ours}\r\n".encode() in answer_sdp(agreed, OURS)


def test_hold_in_the_old_way_by_address_zero_is_inactive() -> None:
    agreed = agree(parse_sdp(OFFER.replace("c=IN IP4 127.0.0.1", "c=IN IP4 0.0.0.0").encode()))

    assert agreed.direction is Direction.INACTIVE


def test_address_and_direction_of_a_section_win_over_the_session() -> None:
    body = OFFER.replace("t=0 0\r\n", "t=0 0\r\na=inactive\r\n").replace(
        "a=rtpmap:8", "c=IN IP4 10.0.0.5\r\na=rtpmap:8"
    )

    agreed = agree(parse_sdp(body.encode()))

    assert (agreed.host, agreed.direction) == ("10.0.0.5", Direction.SENDRECV)


def test_other_sections_are_refused_by_port_zero_in_their_order() -> None:
    body = OFFER.replace("m=audio", "m=video 9000 RTP/AVP 96\r\nm=audio 7 RTP/SAVP 8\r\nm=audio").encode()

    lines = [line for line in answer_sdp(agree(parse_sdp(body)), OURS).decode().split("\r\n") if line[:2] == "m="]

    assert lines == ["m=video 0 RTP/AVP 96", "m=audio 0 RTP/SAVP 8", "m=audio 20000 RTP/AVP 8 101"]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (offer(proto="RTP/SAVP"), "secure-media-only"),
        (offer(proto="UDP/TLS/RTP/SAVPF"), "secure-media-only"),
        (offer(formats="111"), "no-common-codec"),
        (offer(port="audio 0"), "no-audio"),
        (OFFER.replace("IN IP4 127.0.0.1", "IN IP6 ::1").encode(), "no-ipv4-address"),
        (OFFER.replace("c=IN IP4 127.0.0.1", "c=IN IP4 phone.example").encode(), "no-ipv4-address"),
    ],
)
def test_a_stream_we_cannot_speak_is_not_acceptable(body: bytes, why: str) -> None:
    with pytest.raises(NotAcceptable, match=why):
        agree(parse_sdp(body))


@pytest.mark.parametrize(
    "body", [b"", b"v=1\r\n", b"hello", b"v=0\r\ns=-\r\n", b"v=0\r\nm=audio x RTP/AVP 8\r\n", b"v=0\r\nm=\r\n"]
)
def test_what_is_no_description_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedSdp):
        parse_sdp(body)


def test_our_own_offer_can_be_agreed_on() -> None:
    agreed = agree(parse_sdp(offer_sdp(OURS)))

    assert (agreed.codec, agreed.port, agreed.dtmf_payload_type) == (Codec.PCMA, 20000, 101)


def test_a_description_inside_multipart_is_found() -> None:
    body = (
        b"--x\r\nContent-Type: text/plain\r\n\r\nhi\r\n--x\r\nContent-Type: application/sdp\r\n\r\n"
        + OFFER.encode()
        + b"\r\n--x--"
    )

    found = sdp_part('multipart/mixed;boundary="x"', body)

    assert found is not None
    assert agree(parse_sdp(found)).port == 4000
    assert sdp_part("text/plain", b"v=0") is None


_line = st.sampled_from(
    ["v=0", "c=IN IP4 1.2.3.4", "c=IN", "m=audio 1 RTP/AVP 8", "m=audio 1 RTP/AVP", "m=video 0 x y", "a=sendonly",
     "a=rtpmap:8", "a=rtpmap:999 x", "a=rtpmap:96 telephone-event/8000", "o=", "=", "\0", "m=audio 99999999999 a b"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(_line | st.text(max_size=20), max_size=12))
def test_any_text_is_agreed_malformed_or_not_acceptable(lines: list[str]) -> None:
    try:
        agreed = agree(parse_sdp("\r\n".join(["v=0", *lines]).encode("utf-8", "replace")))
    except (MalformedSdp, NotAcceptable):
        return
    assert agree(parse_sdp(answer_sdp(agreed, OURS))).codec is agreed.codec
