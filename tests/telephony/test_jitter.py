import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telephony.media.g711 import LOUDNESS, SILENCE, Law
from telephony.media.jitter import Frame, JitterBuffer

LOUD = b"\x2a"


def buffer() -> JitterBuffer:
    return JitterBuffer(silence=SILENCE[Law.ALAW], loudness=LOUDNESS[Law.ALAW])


def frame(number: int) -> bytes:
    return bytes([number % 250]) + LOUD * 159


def play(
    feed: list[tuple[float, int, bytes]], *, ticks: int, ssrc: int = 1
) -> tuple[JitterBuffer, list[bytes | Frame]]:
    """Feed (arrival, timestamp, payload) and pop one frame each 20 ms."""
    jitter, out, waiting = buffer(), [], sorted(feed)
    for tick in range(ticks):
        while waiting and waiting[0][0] <= tick * 0.02 + 1e-9:
            arrival, timestamp, payload = waiting.pop(0)
            jitter.push(payload, ssrc=ssrc, timestamp=timestamp & 0xFFFFFFFF, arrival=arrival)
        out.append(jitter.pop())
    return jitter, out


def sound(out: list[bytes | Frame]) -> bytes:
    return b"".join(piece for piece in out if isinstance(piece, bytes))


@given(first=st.integers(0, 0xFFFFFFFF), length=st.sampled_from([80, 160, 240, 320]))
def test_a_steady_peer_is_played_octet_for_octet_whatever_the_packet_length_and_wrap(first: int, length: int) -> None:
    said = b"".join(frame(n) for n in range(60))
    cuts = range(0, len(said), length)
    feed = [(n * length / 8000, first + at, said[at : at + length]) for n, at in enumerate(cuts)]
    jitter, out = play(feed, ticks=80)

    assert sound(out)[: len(said)] == said
    assert (jitter.counters.lost, jitter.counters.late, jitter.counters.resyncs) == (0, 0, 0)


@settings(max_examples=40)
@given(seed=st.integers(0, 1000))
def test_packets_that_overtake_each_other_within_the_delay_are_put_in_order(seed: int) -> None:
    draw = random.Random(seed)
    feed = [(n * 0.02 + draw.random() * 0.018, 160 * n, frame(n)) for n in range(100)]
    jitter, out = play(feed, ticks=120)

    assert sound(out).startswith(b"".join(frame(n) for n in range(95)))
    assert jitter.counters.lost == 0


def test_a_lost_packet_is_one_lost_frame_and_what_follows_is_played() -> None:
    feed = [(n * 0.02, 160 * n, frame(n)) for n in range(50) if n != 20]
    jitter, out = play(feed, ticks=50)

    assert out.count(Frame.LOST) == jitter.counters.lost == 1
    assert sound(out).startswith(b"".join(frame(n) for n in range(45) if n != 20))


def test_a_repeated_packet_is_played_once() -> None:
    feed = [(n * 0.02, 160 * n, frame(n)) for n in range(40) for _ in range(2)]
    _, out = play(feed, ticks=40)

    assert sound(out).startswith(b"".join(frame(n) for n in range(35)))


@pytest.mark.parametrize("rate", [49.4, 49.7, 50.3, 50.6])
def test_a_peer_with_another_clock_is_no_loss_and_the_delay_stays_small(rate: float) -> None:
    feed = [(n / rate, 160 * n, SILENCE[Law.ALAW] * 160) for n in range(int(60 * rate))]
    jitter, out = play(feed, ticks=3000)

    assert jitter.counters.lost == 0
    assert out.count(Frame.STARVED) <= 45
    assert jitter.depth <= 1600


def test_a_new_ssrc_and_a_jump_of_the_timestamp_are_followed_at_their_second_packet() -> None:
    jitter = buffer()
    for n in range(10):
        jitter.push(frame(n), ssrc=1, timestamp=160 * n, arrival=n * 0.02)
        jitter.pop()
    for n in range(10, 20):
        jitter.push(frame(n), ssrc=2, timestamp=800_000_000 + 160 * n, arrival=n * 0.02)
    played = [jitter.pop() for _ in range(3)]

    assert jitter.counters.resyncs == 1
    assert played == [frame(11), frame(12), frame(13)]


def test_one_stray_packet_changes_nothing() -> None:
    feed = [(n * 0.02, 160 * n, frame(n)) for n in range(50)]
    feed.append((0.5, 800_000_000, frame(7)))
    jitter, out = play(feed, ticks=50)

    assert sound(out).startswith(b"".join(frame(n) for n in range(45)))
    assert jitter.counters.resyncs == 0


def test_a_talk_spurt_after_silence_is_played_from_its_first_packet() -> None:
    feed = [(n * 0.02, 160 * n, frame(n)) for n in range(20)]
    feed += [(3 + n * 0.02, 24000 + 160 * n, frame(100 + n)) for n in range(20)]
    jitter, out = play(feed, ticks=190)

    assert b"".join(frame(100 + n) for n in range(18)) in sound(out)
    assert jitter.counters.lost == 0


def test_a_burst_after_a_stall_is_cut_to_the_delay_that_is_wanted() -> None:
    feed = [(n * 0.02, 160 * n, frame(n)) for n in range(20)]
    feed += [(1.0, 160 * n, frame(n)) for n in range(20, 50)]
    feed += [(n * 0.02, 160 * n, frame(n)) for n in range(50, 100)]
    jitter, out = play(feed, ticks=100)

    assert jitter.depth <= 1600
    assert frame(80) in out


@given(st.lists(st.tuples(st.integers(0, 2**32 - 1), st.binary(max_size=400), st.integers(0, 2)), max_size=200))
def test_no_packets_make_it_grow_or_fail(packets: list[tuple[int, bytes, int]]) -> None:
    jitter = buffer()
    for number, (timestamp, payload, ssrc) in enumerate(packets):
        jitter.push(payload, ssrc=ssrc, timestamp=timestamp, arrival=number / 100)
        popped = jitter.pop()
        assert isinstance(popped, Frame) or len(popped) == 160
    assert jitter.depth <= 1600 + 400
    assert len(jitter._chunks) <= 400
