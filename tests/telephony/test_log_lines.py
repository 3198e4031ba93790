"""No line of a switch's log holds a caller's number, whatever way the call goes."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NUMBER = "13987654321"


def test_no_log_line_of_a_whole_call_holds_the_callers_digits(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tests.telephony.logged_calls", str(tmp_path), NUMBER],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    lines = [json.loads(line) for line in run.stderr.splitlines() if line.startswith("{")]

    assert run.returncode == 0, run.stderr[-3000:]
    assert NUMBER[3:-2] not in run.stderr + run.stdout
    assert {line["caller"] for line in lines if "caller" in line} == {"139****4321"}
    assert "call ended" in [line["event"] for line in lines]
