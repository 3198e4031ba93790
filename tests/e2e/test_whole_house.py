"""From INVITE to briefing by one command, and nothing left behind; another caller in the house that the pages share.

The command's house is the second one of these tests and may be broken: it is started twice in one data folder, once for a
call and once to be ended by Ctrl-C.
"""

import asyncio
import json
import signal
import subprocess
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from hotline.demo.once import OneCall, Wish
from hotline.demo.progress import Progress
from runtime.codec import to_builtins
from tests.e2e.demo_run import ROOT, Ended, Ground, ground, left_behind
from tests.fault_runs.whole_house import WholeHouse
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
class Once:
    """One call by the command, a query beside it, and what was left."""

    here: Ground
    ended: Ended
    printed: Ended
    processes: list[str]
    files: list[Path]
    shared: set[str]


def _turn(dialogue: str, number: int) -> tuple[Path, str]:
    turn = json.loads((ROOT / "city" / "dialogues" / f"{dialogue}.json").read_text(encoding="utf-8"))["turns"][number]
    return ROOT / "city" / "voices" / turn["wav"], turn["text"]


def _once(here: Ground, spoken: tuple[Path, str]) -> Once:
    audio, text = spoken
    wanted = here.folder / "text.txt"
    wanted.write_text(text, encoding="utf-8")
    ended = here.run(
        "demo", "--once", "--json", "--no-browser", "--caller-audio", str(audio), "--expect-text", str(wanted),
        "--data", str(here.data),
    )  # fmt: skip
    processes, files = here.gone_within(2.0), list(here.scratch.iterdir())
    shared = left_behind() - here.before
    figure = ended.report.get("figure") or {}
    printed = here.run("sql", str(figure.get("query", "select 0")), "--data", str(here.data), seconds=60.0)
    return Once(here, ended, printed, processes, files, shared)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def once() -> AsyncIterator[Once]:
    with ground() as here:
        yield await asyncio.to_thread(_once, here, _turn(*FIRST))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def another(house: WholeHouse) -> dict[str, Any]:
    """What is reported of another caller's call in the house that all share."""
    audio, text = _turn(*SECOND)
    report = await OneCall(house.demo, Wish(audio=audio, text=text), progress=Progress()).run()
    found: dict[str, Any] = json.loads(json.dumps(to_builtins(report)))
    return found


def test_one_call_passes_every_stage_and_the_command_ends_with_success(once: Once) -> None:
    report = once.ended.report

    assert report["missing"] == "", once.ended.words[-2000:]
    assert once.ended.code == 0
    assert report.keys() >= KEYS
    assert set(report["stages"]) >= STAGES


def test_another_call_passes_every_stage_too(another: dict[str, Any]) -> None:
    assert another["missing"] == ""
    assert set(another["stages"]) >= STAGES


def test_a_person_answers_within_fifteen_seconds_of_the_invite(once: Once, another: dict[str, Any]) -> None:
    for report in (once.ended.report, another):
        assert 0 <= report["accepted_ms"] <= report["connected_ms"] <= 15_000
        assert "pyVoIP" in report["user_agent"]


def test_a_real_engine_writes_down_what_the_caller_says(once: Once, another: dict[str, Any]) -> None:
    for report in (once.ended.report, another):
        assert report["engine"] != "scripted"
        assert report["cer"] <= 0.45
        assert {heard["party"] for heard in report["utterances"]} == {"CALLER", "AGENT"}


def test_the_recording_has_both_sides_over_the_printed_length(once: Once) -> None:
    recording = once.ended.report["recording"]
    sides = two_channels(recording["path"])

    assert [len(side) / 2 / 8000 for side in sides] == pytest.approx([recording["seconds"]] * 2, abs=0.02)
    assert all(any(side) for side in sides)


def test_the_figure_counts_the_call_and_its_query_prints_the_same_number(once: Once, another: dict[str, Any]) -> None:
    first, second = once.ended.report["figure"], another["figure"]

    assert [figure["after"] for figure in (first, second)] == [first["before"] + 1, second["before"] + 1]
    assert once.printed.code == 0, once.printed.words[-500:]
    assert once.printed.out.strip() == str(first["after"])


def test_another_callers_words_give_another_text_draft_and_order(once: Once, another: dict[str, Any]) -> None:
    first, second = once.ended.report, another
    drafts = [{field["field"]: field["value"] for field in report["draft"]} for report in (first, second)]
    spoken = ["".join(u["text"] for u in report["utterances"] if u["party"] == "CALLER") for report in (first, second)]

    assert spoken[0] != spoken[1]
    assert drafts[0]["content"] != drafts[1]["content"]
    assert drafts[0]["category"] != drafts[1]["category"]


def test_two_callers_get_different_suggestions(once: Once, another: dict[str, Any]) -> None:
    shown = [[each["id"] for each in report["suggestions"]] for report in (once.ended.report, another)]

    assert shown[0] != shown[1]


def test_no_process_and_no_file_is_left(once: Once) -> None:
    assert once.processes == []
    assert once.files == []
    assert once.shared == set()


@pytest.mark.asyncio(loop_scope="session")
async def test_control_c_leaves_nothing_running_and_what_was_counted_is_kept(once: Once) -> None:
    here, figure = once.here, once.ended.report["figure"]
    code, took, ways = await asyncio.to_thread(_interrupted, here)
    left, files = here.gone_within(1.0), list(here.scratch.iterdir())
    again = await asyncio.to_thread(here.run, "sql", figure["query"], "--data", str(here.data), seconds=60.0)

    assert "sip:12345@127.0.0.1" in ways
    assert code == 0
    assert left == []
    assert took <= STOPS_S
    assert files == []
    assert int(again.out) >= figure["after"]


def _interrupted(here: Ground) -> tuple[int, float, str]:
    """Start the demonstration, press Ctrl-C when it says how; return exit code, seconds until the end, what it said."""
    demo = here.start("demo", "--no-browser", "--data", str(here.data))
    try:
        ways = _until(demo, "Ctrl-C", seconds=STARTS_S)
        demo.send_signal(signal.SIGINT)
        began = time.monotonic()
        return demo.wait(timeout=60), time.monotonic() - began, ways
    finally:
        demo.kill()


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
