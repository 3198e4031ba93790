"""What a process measures reaches one address of its host, each sample with its process."""

import asyncio
import os
import time
from pathlib import Path

import aiohttp
import pytest

from runtime import metrics
from runtime.background import background
from runtime.metrics import HostMetrics, count_of, counter, exposition, file_of, keep_written, level_of, serve_metrics

PRESSED = counter("test_pressed", "Keys pressed", "key")


def samples(folder: Path) -> dict[tuple[str, str], float]:
    """Return the value of each sample of a host by name and process."""
    found = HostMetrics(folder, process="supervisor").collect()
    return {(one.name, one.labels["process"]): one.value for family in found for one in family.samples}


async def answer(port: int) -> str:
    async with aiohttp.ClientSession() as client, client.get(f"http://127.0.0.1:{port}/metrics") as response:
        assert response.headers["Content-Type"].startswith("text/plain; version=")
        return await response.text()


def test_events_are_counted_and_looks_are_taken_when_asked() -> None:
    levels = [3.0]
    PRESSED.labels("hold").inc()
    count_of("test_refused", "Refusals", label="reason", counts=lambda: {"busy": 4})
    level_of("test_legs", "Legs", level=lambda: levels[-1])
    levels.append(5.0)
    text = exposition().decode()

    assert 'test_pressed_total{key="hold"} 1.0' in text
    assert 'test_refused_total{reason="busy"} 4.0' in text
    assert "test_legs 5.0" in text


def test_a_look_that_is_said_again_replaces_the_former() -> None:
    for level in (1, 2):
        level_of("test_twice", "Twice", level=lambda level=level: level)

    assert exposition().decode().count("\ntest_twice ") == 1
    assert "\ntest_twice 2.0" in exposition().decode()


def test_a_metric_of_several_processes_is_one_family_with_a_sample_each(tmp_path: Path) -> None:
    for process, legs in (("media", 2), ("recogniser", 1)):
        (tmp_path / f"{process}.prom").write_text(f"# HELP legs Legs\n# TYPE legs gauge\nlegs {legs}\n")
    families = [one for one in HostMetrics(tmp_path, process="supervisor").collect() if one.name == "legs"]

    assert len(families) == 1
    assert {(one.labels["process"], one.value) for one in families[0].samples} == {("media", 2.0), ("recogniser", 1.0)}


def test_a_process_that_writes_no_more_is_left_out(tmp_path: Path) -> None:
    gone, here = tmp_path / "gone.prom", tmp_path / "here.prom"
    for file in (gone, here):
        file.write_text("# TYPE legs gauge\nlegs 1\n")
    old = time.time() - metrics.STALE_S - 1
    os.utime(gone, (old, old))
    found = samples(tmp_path)

    assert ("legs", "here") in found
    assert ("legs", "gone") not in found


def test_without_an_address_no_process_writes(tmp_path: Path) -> None:
    assert file_of(tmp_path, process="switch") is None


async def test_what_a_process_writes_is_answered_at_the_address_of_its_host(tmp_path: Path) -> None:
    async with serve_metrics(tmp_path, host="127.0.0.1", port=0) as port:
        file = file_of(tmp_path, process="switch")
        assert file is not None
        async with background(keep_written(file)):
            async with asyncio.timeout(5):
                while not file.exists():
                    await asyncio.sleep(0.02)
            text = await answer(port)
        mode = file.stat().st_mode & 0o777

    assert 'process_cpu_seconds_total{process="switch"}' in text
    assert 'process_cpu_seconds_total{process="supervisor"}' in text
    assert text.count("# TYPE process_cpu_seconds_total counter") == 1
    assert mode == 0o600


async def test_what_a_former_run_left_is_not_answered(tmp_path: Path) -> None:
    (tmp_path / "metrics").mkdir()
    (tmp_path / "metrics" / "media.prom").write_text("# TYPE legs gauge\nlegs 1\n")
    async with serve_metrics(tmp_path, host="127.0.0.1", port=0) as port:
        text = await answer(port)

    assert "legs 1.0" not in text
    assert 'process="supervisor"' in text


async def test_a_taken_address_is_said(tmp_path: Path) -> None:
    async with serve_metrics(tmp_path / "a", host="127.0.0.1", port=0) as port:
        with pytest.raises(OSError, match="in use"):
            async with serve_metrics(tmp_path / "b", host="127.0.0.1", port=port):
                pass


async def test_a_folder_that_cannot_be_written_ends_no_process(tmp_path: Path) -> None:
    (tmp_path / "metrics").mkdir()
    (tmp_path / "metrics" / "switch.new").mkdir()
    writing = asyncio.ensure_future(keep_written(tmp_path / "metrics" / "switch.prom"))
    await asyncio.sleep(0.3)
    going_on = not writing.done()
    writing.cancel()

    assert going_on
