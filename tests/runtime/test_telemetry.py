import json
import subprocess
import sys
from pathlib import Path

import structlog

from runtime.telemetry import FAULTS_SHOWN, FAULTS_WITHIN_S, STACKS_SHOWN, FaultsBounded, mask_personal
from vocabulary.audio import Party
from vocabulary.personal import PersonName, PhoneNumber
from vocabulary.speech import Word

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
from runtime.telemetry import configure_logging, get_logger
from vocabulary.personal import PhoneNumber
import logging
configure_logging(process="switch", json=True)
get_logger("telephony.x").info("call accepted", caller=PhoneNumber("139" + "0" * 7 + "1"), n=1)
logging.getLogger("foreign").info("chatter")
logging.getLogger("foreign").warning("odd %s", "thing")
try:
    raise ValueError(PhoneNumber("139" + "0" * 7 + "1"))
except ValueError:
    get_logger("telephony.x").exception("failed")
print("ready {}")
"""


def masked(**fields: object) -> dict[str, object]:
    return dict(mask_personal(None, "", dict(fields)))


def test_personal_values_are_masked_wherever_they_stand() -> None:
    number, name = PhoneNumber("13900000001"), PersonName("王小明")
    shown = masked(caller=number, deep={"a": [(name,)]}, party=Party.CALLER, n=1)

    assert shown == {"caller": "139****0001", "deep": {"a": [["王**"]]}, "party": "CALLER", "n": 1}


def test_fields_that_a_class_does_not_show_are_not_logged() -> None:
    assert masked(word=Word(text="秘密", start_ms=1, end_ms=2)) == {
        "word": {"start_ms": 1, "end_ms": 2, "confidence": None}
    }


def test_a_process_logs_json_lines_on_standard_error_and_leaves_standard_output_alone() -> None:
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=True, timeout=30
    )
    lines = [json.loads(line) for line in run.stderr.splitlines()]

    assert run.stdout == "ready {}\n"
    assert [line["event"] for line in lines] == ["call accepted", "odd thing", "failed"]
    assert (lines[0]["caller"], lines[0]["process"], lines[0]["logger"]) == ("139****0001", "switch", "telephony.x")
    assert "13900000001" not in run.stderr
    assert "ValueError" in lines[2]["exception"]


def test_a_fault_that_comes_again_and_again_is_told_a_bounded_number_of_times_and_counted() -> None:
    now_s = [0.0]
    bounded = FaultsBounded(monotonic_s=lambda: now_s[0])

    def told(message: str) -> dict[str, object] | None:
        try:
            return dict(bounded(None, "", {"logger": "x", "event": message, "exc_info": ValueError("octets")}))
        except structlog.DropEvent:
            return None

    lines = [told("failed") for _ in range(FAULTS_SHOWN + 7)]
    other = told("another")
    now_s[0] += FAULTS_WITHIN_S
    later, again = told("failed"), told("failed")

    assert [line is not None for line in lines] == [True] * FAULTS_SHOWN + [False] * 7
    assert sum("exc_info" in line for line in lines if line) == STACKS_SHOWN
    assert lines[STACKS_SHOWN] == {"logger": "x", "event": "failed", "fault": "ValueError"}
    assert other is not None
    assert "exc_info" in other
    assert later is not None
    assert later["left_out"] == 7
    assert "exc_info" in later
    assert again is not None
    assert "left_out" not in again


def test_a_process_whose_fault_repeats_writes_no_more_than_the_bound() -> None:
    program = """
from runtime.telemetry import configure_logging, get_logger
configure_logging(process="switch", json=True)
for n in range(1000):
    try:
        raise ValueError(n)
    except ValueError:
        get_logger("telephony.x").exception("failed")
    get_logger("telephony.x").info("went on")
"""
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True, timeout=30
    )
    lines = [json.loads(line) for line in run.stderr.splitlines()]

    assert sum(line["event"] == "failed" for line in lines) == FAULTS_SHOWN
    assert sum("exception" in line for line in lines) == STACKS_SHOWN
    assert sum(line["event"] == "went on" for line in lines) == 1000
