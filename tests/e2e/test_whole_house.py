"""From INVITE to briefing by one command, and nothing left behind. Needs about three minutes."""

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.demo_run import ROOT, Ended, Ground, ground, left_behind
from tests.recordings import two_channels

pytestmark = [pytest.mark.e2e, pytest.mark.real, pytest.mark.timeout(400)]
KEYS = {
    "call_id", "user_agent", "accepted_ms", "connected_ms", "engine", "recording", "utterances", "cer", "suggestions",
    "why", "draft", "order_no", "order_stages", "figure", "topic", "stages",
}  # fmt: skip
STAGES = {
    "seat", "accepted", "connected", "transcript", "ended", "transcript-closed", "suggestions", "draft", "recording",
    "order", "archived", "figure", "topic", "briefing",
}  # fmt: skip
FIRST, SECOND = ("water-outage", 1), ("unpaid-wages", 1)
STARTS_S, STOPS_S = 120.0, 10.0


@dataclass(frozen=True, slots=True)
class Runs:
    """Two calls one after the other in one data folder, and a query beside them."""

    here: Ground
    first: Ended
    printed: subprocess.CompletedProcess[str] | Ended
    second: Ended
    processes: list[str]


def _turn(dialogue: str, number: int) -> tuple[Path, str]:
    turn = json.loads((ROOT / "city" / "dialogues" / f"{dialogue}.json").read_text(encoding="utf-8"))["turns"][number]
    return ROOT / "city" / "voices" / turn["wav"], turn["text"]


def _once(here: Ground, spoken: tuple[str, int]) -> Ended:
    audio, text = _turn(*spoken)
    wanted = here.folder / "text.txt"
    wanted.write_text(text, encoding="utf-8")
    return here.run(
        "demo", "--once", "--json", "--no-browser", "--caller-audio", str(audio), "--expect-text", str(wanted),
        "--data", str(here.data),
    )  # fmt: skip


@pytest.fixture(scope="module")
def runs() -> Iterator[Runs]:
    with ground() as here:
        first = _once(here, FIRST)
        processes = here.gone_within(2.0)
        figure = first.report.get("figure") or {}
        printed = here.run("sql", str(figure.get("query", "select 0")), "--data", str(here.data), seconds=60.0)
        second = _once(here, SECOND)
        yield Runs(here, first, printed, second, [*processes, *here.gone_within(2.0)])


def test_one_call_passes_every_stage_and_the_command_ends_with_success(runs: Runs) -> None:
    report = runs.first.report

    assert report["missing"] == "", runs.first.words[-2000:]
    assert runs.first.code == 0
    assert report.keys() >= KEYS
    assert set(report["stages"]) >= STAGES


def test_a_person_answers_within_fifteen_seconds_of_the_invite(runs: Runs) -> None:
    for report in (runs.first.report, runs.second.report):
        assert 0 <= report["accepted_ms"] <= report["connected_ms"] <= 15_000
        assert "pyVoIP" in report["user_agent"]


def test_a_real_engine_writes_down_what_the_caller_says(runs: Runs) -> None:
    for report in (runs.first.report, runs.second.report):
        assert report["engine"] != "scripted"
        assert report["cer"] <= 0.45
        assert {heard["party"] for heard in report["utterances"]} == {"CALLER", "AGENT"}


def test_the_recording_has_both_sides_over_the_printed_length(runs: Runs) -> None:
    recording = runs.second.report["recording"]
    sides = two_channels(recording["path"])

    assert [len(side) / 2 / 8000 for side in sides] == pytest.approx([recording["seconds"]] * 2, abs=0.02)
    assert all(any(side) for side in sides)


def test_the_figure_counts_the_call_and_its_query_prints_the_same_number(runs: Runs) -> None:
    first, second = runs.first.report["figure"], runs.second.report["figure"]

    assert first["after"] == first["before"] + 1
    assert (second["before"], second["after"]) == (first["after"], first["after"] + 1)
    assert isinstance(runs.printed, Ended)
    assert runs.printed.code == 0, runs.printed.words[-500:]
    assert runs.printed.out.strip() == str(first["after"])


def test_another_callers_words_give_another_text_draft_and_order(runs: Runs) -> None:
    first, second = runs.first.report, runs.second.report
    drafts = [{field["field"]: field["value"] for field in report["draft"]} for report in (first, second)]
    spoken = ["".join(u["text"] for u in report["utterances"] if u["party"] == "CALLER") for report in (first, second)]

    assert runs.second.code == 0, runs.second.words[-2000:]
    assert spoken[0] != spoken[1]
    assert drafts[0]["content"] != drafts[1]["content"]
    assert drafts[0]["category"] != drafts[1]["category"]
    assert first["order_no"] != second["order_no"]


def test_two_callers_get_different_suggestions(runs: Runs) -> None:
    shown = [[each["id"] for each in report["suggestions"]] for report in (runs.first.report, runs.second.report)]

    assert shown[0] != shown[1]


def test_no_process_and_no_file_is_left(runs: Runs) -> None:
    assert runs.processes == []
    assert list(runs.here.scratch.iterdir()) == []
    assert left_behind() - runs.here.before == set()


def test_control_c_leaves_nothing_running() -> None:
    with ground() as here:
        demo = here.start("demo", "--no-browser", "--data", str(here.data))
        try:
            ways = _until(demo, "Ctrl-C", seconds=STARTS_S)
            assert "sip:12345@127.0.0.1" in ways
            demo.send_signal(signal.SIGINT)
            began = time.monotonic()
            code = demo.wait(timeout=60)
            took = time.monotonic() - began
        finally:
            demo.kill()
        left = here.gone_within(1.0)

        assert code == 0
        assert left == []
        assert took <= STOPS_S
        assert list(here.scratch.iterdir()) == []


def _until(process: "subprocess.Popen[str]", word: str, *, seconds: float) -> str:
    """Read standard output up to a line with ``word``."""
    assert process.stdout is not None
    end, told = time.monotonic() + seconds, ""
    while time.monotonic() < end:
        line = process.stdout.readline()
        told += line
        if word in line or not line:
            return told
    return told
