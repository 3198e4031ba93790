import json
import subprocess
import sys
from pathlib import Path

from runtime.telemetry import mask_personal
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
