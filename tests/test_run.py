"""The runner itself: it hides neither a missing program nor that nothing was tested."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.programs import NOT_INSTALLABLE, ROOT, Program, may_be_skipped
from tests.run import NO_TESTS, outcome, summary

SKIPPING = """
import pytest

@pytest.mark.skipif(True, reason="{reason}")
def test_by_mark():
    raise AssertionError

def test_by_call():
    pytest.skip("{reason}")

@pytest.mark.xfail(reason="known", strict=True)
def test_that_is_known_to_fail():
    raise AssertionError
"""


def run(folder: Path, *, reason: str, ci: str) -> tuple[int, str]:
    (folder / "test_skipping.py").write_text(SKIPPING.format(reason=reason), encoding="utf-8")
    environment = {**os.environ, "CI": ci, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    environment.pop("PYTEST_XDIST_WORKER", None)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-ra", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "tests.skips", str(folder)],
        env=environment, capture_output=True, text=True, timeout=60, check=False, cwd=folder,
    )  # fmt: skip
    return done.returncode, done.stdout


def test_a_test_without_its_program_is_skipped_with_its_reason_outside_of_ci(tmp_path: Path) -> None:
    code, told = run(tmp_path, reason="sipp is missing", ci="")

    assert code == 0
    assert "2 skipped, 1 xfailed" in told
    assert "sipp is missing" in told


def test_a_test_without_its_program_fails_under_ci_however_it_was_skipped(tmp_path: Path) -> None:
    code, told = run(tmp_path, reason="sipp is missing", ci="true")

    assert code == 1
    assert "1 failed, 1 xfailed, 1 error" in told
    assert "sipp is missing" in told


def test_what_no_one_can_install_is_skipped_under_ci_too(tmp_path: Path) -> None:
    code, told = run(tmp_path, reason=f"{next(iter(NOT_INSTALLABLE))} may do this", ci="true")

    assert code == 0
    assert "2 skipped" in told


@pytest.mark.parametrize("way", ["", "make it"])
def test_what_is_missing_is_never_among_what_cannot_be_installed(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    sentence = Program(found=lambda: False, package="sip-tester", way=way).lacking("sipp")

    assert not may_be_skipped(sentence)
    assert (way or "sip-tester") in sentence


def test_a_run_that_tested_nothing_is_no_success() -> None:
    none = {"together": NO_TESTS, "paced": NO_TESTS}

    assert outcome(none, chosen=True) == (1, "no test was chosen: nothing was tested")
    assert outcome(none, chosen=False)[0] == 1


def test_a_layer_may_be_empty_only_where_arguments_choose_the_tests() -> None:
    codes = {"together": 0, "paced": NO_TESTS}

    assert outcome(codes, chosen=True)[0] == 0
    assert outcome(codes, chosen=False) == (1, "failed layers: paced")


def test_a_failed_layer_is_named() -> None:
    assert outcome({"together": 1, "paced": 0}, chosen=True) == (1, "failed layers: together")


def test_the_slowest_test_stands_first_with_its_fixtures() -> None:
    tests = {"quick": {"setup": 0.0, "call": 0.1, "teardown": 0.0}, "slow": {"setup": 2.0, "call": 1.0, "cpu": 0.5}}
    lines = summary({"together": {"wall_s": 3.2, "cpu_s": 0.9, "tests": tests}})

    assert lines[0] == "together: 2 tests, 3 s on the clock, 1 s of processors"
    assert [line.split()[-1] for line in lines[1:]] == ["slow", "quick"]
    assert lines[1].split()[0] == "3.0"
