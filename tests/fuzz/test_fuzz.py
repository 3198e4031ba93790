"""A short run of every fuzzer, and that the runner finds what is planted."""

import time
from pathlib import Path
from random import Random

import pytest

from tests.fuzz.mutating import LONGEST, mutated
from tests.fuzz.run import Budget, Target, fuzzed, targets

SHORT = Budget(seconds=8.0, inputs=3_000)
NAMES = {"sip", "sdp", "rtp", "rtcp", "tap_frames", "wire_frames", "wav", "city_files", "masking"}


def test_every_wall_of_the_list_has_its_fuzzer() -> None:
    assert {target.name for target in targets()} >= NAMES


@pytest.mark.parametrize("target", targets(), ids=lambda target: target.name)
def test_thousands_of_changed_inputs_raise_nothing_and_none_is_slow(target: Target, tmp_path: Path) -> None:
    count, findings = fuzzed(target, budget=SHORT, seed=12345, found=tmp_path)

    assert count >= 50
    assert [finding.fault for finding in findings] == []


def test_right_inputs_of_every_corpus_pass() -> None:
    chosen = targets()
    assert chosen
    for target in chosen:
        for seed in target.seeds:
            target.fuzz_one(seed)


def test_a_planted_crash_is_found_and_its_input_saved(tmp_path: Path) -> None:
    def crashes(data: bytes) -> None:
        if b"\r\n\r\n" in data:
            raise KeyError("planted")

    target = Target(name="planted", fuzz_one=crashes, seeds=(b"INVITE sip:12345 SIP/2.0",))
    _, findings = fuzzed(target, budget=Budget(seconds=20, inputs=5_000), seed=1, found=tmp_path)

    assert [finding.fault.partition(" at ")[0] for finding in findings] == ["KeyError"]
    with pytest.raises(KeyError):
        crashes(findings[0].path.read_bytes())


def test_a_planted_slow_input_is_found(tmp_path: Path) -> None:
    def is_slow(data: bytes) -> None:
        until = time.process_time() + (0.08 if b"<<<<" in data else 0)
        while time.process_time() < until:
            pass

    target = Target(name="planted", fuzz_one=is_slow, seeds=(b"From: <sip:a@b>",))
    _, findings = fuzzed(target, budget=Budget(seconds=20, inputs=3_000), seed=1, found=tmp_path)

    assert [finding.fault for finding in findings] == ["slow: more than 50 ms"]


def test_the_same_seed_makes_the_same_inputs_within_the_size_of_a_datagram() -> None:
    first, again = (
        [mutated((b"abc", b"x" * 60_000), random=random) for _ in range(200)] for random in (Random(7), Random(7))
    )

    assert first == again
    assert max(map(len, first)) <= LONGEST
