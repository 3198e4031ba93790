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


def keys(packets: list[tuple[int, str, int, bool]]) -> str:
    """Keys read from (timestamp, digit, duration, end)."""
    reader = DigitReader()
    read = [
        reader.read(event_payload(d, duration=n, end=e), ssrc=1, timestamp=t & 0xFFFFFFFF) for t, d, n, e in packets
    ]
    return "".join(key for key in read if key)


def press(digit: str, at: int, ticks: int, *, ends: int = 3) -> list[tuple[int, str, int, bool]]:
    """A key of ``ticks`` * 20 ms as RFC 4733 has it."""
    body = [(at, digit, 160 * (n + 1), False) for n in range(ticks)]
    return [*body, *[(at, digit, 160 * ticks, True)] * ends]


@given(
    st.lists(st.tuples(st.sampled_from(DIGITS), st.integers(2, 40), st.integers(2, 60)), max_size=8),
    st.integers(0, 2**32 - 1),
)
def test_a_number_that_is_dialled_is_read_as_it_is(dialled: list[tuple[str, int, int]], at: int) -> None:
    packets = []
    for digit, ticks, pause in dialled:
        packets += press(digit, at, ticks)
        at += 160 * (ticks + pause)

    assert keys(packets) == "".join(digit for digit, _, _ in dialled)


@given(digit=st.sampled_from(DIGITS), ticks=st.integers(2, 40), ends=st.integers(1, 8), begun=st.booleans())
def test_end_packets_with_timestamps_of_their_own_are_the_same_press(
    digit: str, ticks: int, ends: int, *, begun: bool
) -> None:
    body = press(digit, 1000, ticks, ends=0) if begun else []
    late = [(1000 + 160 * min(ticks + n, ticks + 4), digit, 160 * ticks, True) for n in range(ends)]

    assert keys([*body, *late]) == digit


def test_two_presses_of_one_key_whose_end_packets_are_stamped_anew_are_two() -> None:
    first = [*press("1", 0, 4, ends=0), *[(640 + 160 * n, "1", 640, True) for n in range(3)]]
    second = [*press("1", 4000, 4, ends=0), *[(4640 + 160 * n, "1", 640, True) for n in range(3)]]

    assert keys([*first, *second]) == "11"


def test_a_long_press_in_segments_is_one_key() -> None:
    first = [(0, "5", n * 160, False) for n in range(1, 410)]
    second = [(409 * 160, "5", n * 160, False) for n in range(1, 100)]

    assert keys([*first, *second, (409 * 160, "5", 99 * 160, True)]) == "5"
