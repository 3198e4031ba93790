"""Sound goes to whom signalling names, whatever anybody else sends."""

from hypothesis import given
from hypothesis import strategies as st

from telephony.media.latch import LEARNING_S, SILENT_S, SourceLatch

SIGNALLED, ELSEWHERE, THIRD = ("10.0.0.1", 4000), ("10.0.0.1", 4002), ("10.0.0.9", 4000)
RELAY = ("192.0.2.7", 9000)


def four(latch: SourceLatch, address: tuple[str, int], now: float, ssrc: int = 1) -> list[bool]:
    return [latch.accepts(address, ssrc=ssrc, now=now) for _ in range(4)]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["10.0.0.9", "10.0.0.2", "203.0.113.5", "127.0.0.1"]),
            st.integers(1, 65535),
            st.integers(0, 3),
            st.floats(0, 5),
        ),
        max_size=60,
    )
)
def test_whatever_other_hosts_send_and_however_long_the_peer_is_silent_nothing_goes_to_them(
    packets: list[tuple[str, int, int, float]],
) -> None:
    latch, now = SourceLatch(SIGNALLED, networks=("192.0.2.0/24",)), 0.0
    for host, port, ssrc, passed in packets:
        now += passed
        assert not latch.accepts((host, port), ssrc=ssrc, now=now)
        assert latch.target == SIGNALLED

    assert latch.accepts(SIGNALLED, ssrc=9, now=now)


@given(st.floats(0, 100), st.integers(0, 200))
def test_the_signalled_address_wins_back_at_once(silent: float, packets: int) -> None:
    latch = SourceLatch(SIGNALLED)
    four(latch, ELSEWHERE, now=0.0)
    for number in range(packets):
        latch.accepts(ELSEWHERE, ssrc=1, now=silent + number / 50)

    assert latch.accepts(SIGNALLED, ssrc=2, now=silent + packets / 50)
    assert latch.target == SIGNALLED
    assert not latch.accepts(ELSEWHERE, ssrc=1, now=silent + packets / 50 + SILENT_S / 2)


def test_another_port_of_the_peer_is_learnt_after_four_packets_of_one_ssrc() -> None:
    latch = SourceLatch(SIGNALLED)
    taken = [latch.accepts(ELSEWHERE, ssrc=ssrc, now=0) for ssrc in (1, 2, 1, 1, 1, 1)]

    assert taken == [False, False, False, False, False, True]
    assert (latch.target, latch.moves) == (ELSEWHERE, 1)


def test_a_host_that_signalling_named_may_send_for_the_peer_and_no_other() -> None:
    latch = SourceLatch(SIGNALLED, networks=("192.0.2.0/24", "10.0.0.9/32"))

    assert four(latch, RELAY, now=1.0)[-1]
    assert latch.target == RELAY
    assert not any(four(SourceLatch(SIGNALLED, networks=("192.0.2.0/24",)), THIRD, now=1.0))


def test_another_port_is_learnt_only_soon_after_signalling_or_when_the_known_one_fell_silent() -> None:
    late = SourceLatch(SIGNALLED)
    assert not any(four(late, ELSEWHERE, now=LEARNING_S + 1))
    late.signal(SIGNALLED, now=LEARNING_S + 2)
    assert four(late, ELSEWHERE, now=LEARNING_S + 3)[-1]

    latch = SourceLatch(SIGNALLED)
    latch.accepts(SIGNALLED, ssrc=1, now=60.0)
    assert not any(four(latch, ELSEWHERE, now=61.0))
    assert four(latch, ELSEWHERE, now=60.0 + SILENT_S)[-1]


def test_a_re_invite_with_another_address_starts_anew() -> None:
    latch = SourceLatch(SIGNALLED)
    four(latch, ELSEWHERE, now=0.0)
    latch.signal(THIRD, now=1.0)

    assert latch.target == THIRD
    assert latch.accepts(THIRD, ssrc=5, now=1.0)
    assert not any(four(latch, ELSEWHERE, now=9.0))
