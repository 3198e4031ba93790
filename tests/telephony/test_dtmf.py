from hypothesis import given
from hypothesis import strategies as st

from telephony.media.dtmf import DIGITS, DigitReader, event_payload


@given(st.sampled_from(DIGITS), st.sets(st.integers(0, 8), min_size=1))
def test_a_key_is_read_once_whichever_of_its_packets_arrive(digit: str, arrived: set[int]) -> None:
    reader = DigitReader()
    sent = [event_payload(digit, duration=160 * (n + 1), end=n > 5) for n in range(9)]

    read = [reader.read(sent[n], ssrc=1, timestamp=800) for n in sorted(arrived)]

    assert [key for key in read if key] == [digit]


def test_the_same_key_pressed_again_has_another_timestamp() -> None:
    reader = DigitReader()

    assert [reader.read(event_payload("5", duration=160), ssrc=1, timestamp=t) for t in (0, 0, 8000)] == [
        "5",
        None,
        "5",
    ]


def test_a_late_end_packet_of_the_key_before_is_no_new_key() -> None:
    reader = DigitReader()
    reader.read(event_payload("1", duration=160), ssrc=1, timestamp=0)
    reader.read(event_payload("2", duration=160), ssrc=1, timestamp=4000)

    assert reader.read(event_payload("1", duration=800, end=True), ssrc=1, timestamp=0) is None


@given(st.binary(max_size=8), st.integers(0, 2**32 - 1))
def test_any_payload_is_a_key_or_nothing(payload: bytes, timestamp: int) -> None:
    digit = DigitReader().read(payload, ssrc=1, timestamp=timestamp)

    assert digit is None or (digit in DIGITS and payload[0] < 16)
