"""Calls through our switch and media, and through stock pyVoIP, by the same callers on the same machine."""

import asyncio
import json
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benches.children import child, cpu_s, free_udp_port, machine_s, ready, threads
from tests.benches.switchboard import Switchboard, switchboard

PER_SECOND = 20.0
WITHIN_S = 120.0
CLOSED_S = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How many calls each side carries, and how long a stretch is measured."""

    ours: tuple[int, ...]
    stock: tuple[int, ...]
    stretch_s: float
    settle_s: float


FULL = Sizes(ours=(10, 60, 100), stock=(10, 60), stretch_s=10.0, settle_s=3.0)
QUICK = Sizes(ours=(10, 60), stock=(10,), stretch_s=4.0, settle_s=1.0)


async def measure(sizes: Sizes, *, tell: Callable[[str], None]) -> list[dict[str, Any]]:
    """Return one row a side and size."""
    rows = []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        async with switchboard(Path(folder)) as ours:
            for calls in sizes.ours:
                legs, kept = ours.heard.legs, len(_recordings(ours))
                row = await _row("ours", calls, sizes, port=ours.port, own_port=free_udp_port(), pids=ours.pids)
                row |= {"realtime": ours.realtime, "tapped_legs": ours.heard.legs - legs}
                row |= await _closed(ours, kept, wanted=row["connected"])
                rows.append(row)
                tell(_said(row))
        for calls in sizes.stock:
            own, callers, log = free_udp_port(), free_udp_port(), Path(folder) / "stock.log"
            async with child("tests.benches.pyvoip_answerer", str(own), str(callers), log=log) as process:
                await ready(process, log=log)
                rows.append(await _row("stock", calls, sizes, port=own, own_port=callers, pids={"pyVoIP": process.pid}))
            tell(_said(rows[-1]))
    return rows


def _recordings(ours: Switchboard) -> list[Path]:
    """Closed recordings; one under way has no file that names its tracks yet."""
    return list(ours.recordings.glob("*.tracks.json"))


async def _closed(ours: Switchboard, kept: int, *, wanted: int) -> dict[str, Any]:
    """Return how many recordings were closed, and how long after the callers had gone the last one was."""
    began = time.monotonic()
    while len(_recordings(ours)) - kept < wanted and time.monotonic() - began < CLOSED_S:
        await asyncio.sleep(0.05)
    return {"recordings": len(_recordings(ours)) - kept, "closed_after_s": round(time.monotonic() - began, 2)}


def _said(row: dict[str, Any]) -> str:
    return (
        f"{row['side']} {row['calls']} calls: {row['cpu_per_leg']:.3f} % of a core a leg, "
        f"interval p99 {row['interval_ms']['p99']} ms, INVITE to 200 p50 {row['invite_ms']['p50']} ms"
    )


class Meter:
    """Processor seconds of the sides' processes, of the callers, of the machine, at the edges of both stretches."""

    def __init__(self, pids: dict[str, int], *, callers: int) -> None:
        self._pids, self._callers = pids, callers
        self._at: dict[str, dict[str, float]] = {}
        self.threads = 0

    def read(self, edge: str) -> None:
        """Read all meters now."""
        busy, stolen = machine_s()
        bench = cpu_s(self._callers) + cpu_s(os.getpid())
        self._at[edge] = {
            **{name: cpu_s(pid) for name, pid in self._pids.items()},
            "bench": bench, "busy": busy, "stolen": stolen, "now": time.monotonic(),
        }  # fmt: skip
        self.threads = max(self.threads, *(threads(pid) for pid in self._pids.values()))

    def percent(self, stretch: str) -> dict[str, float]:
        """Return percentages of one core by name in a stretch; ``others`` is what ran beside the bench."""
        begin, end = self._at[f"{stretch}-begin"], self._at[f"{stretch}-end"]
        took = {name: 100 * (end[name] - begin[name]) / (end["now"] - begin["now"]) for name in begin if name != "now"}
        busy, known = took.pop("busy"), sum(took[name] for name in (*self._pids, "bench"))
        return {name: round(value, 2) for name, value in (took | {"others": max(0.0, busy - known)}).items()}


async def _row(
    side: str, calls: int, sizes: Sizes, *, port: int, own_port: int, pids: dict[str, int]
) -> dict[str, Any]:
    plan = {
        "port": port, "own_port": own_port, "calls": calls, "per_second": PER_SECOND, "settle_s": sizes.settle_s,
        "stretch_s": sizes.stretch_s,
    }  # fmt: skip
    result: dict[str, Any] = {}
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="callers-") as folder:
        log = Path(folder) / "log"
        async with child("tests.benches.callers", log=log) as process, asyncio.timeout(WITHIN_S):
            meter = Meter(pids, callers=process.pid)
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(f"{json.dumps(plan)}\n".encode())
            while line := await process.stdout.readline():
                said = json.loads(line)
                if "edge" in said:
                    meter.read(said["edge"])
                else:
                    result = said["result"]
            await process.wait()
        if not result:
            message = f"the callers ended early: {log.read_text(errors='replace')[-2000:]}"
            raise RuntimeError(message)
    return {"side": side, "load_at_start": round(load, 2)} | _cpu(meter, pids, legs=result["connected"]) | result


def _cpu(meter: Meter, pids: dict[str, int], *, legs: int) -> dict[str, Any]:
    before, after = meter.percent("before"), meter.percent("after")
    return {
        "cpu_percent": {name: before[name] for name in pids},
        "cpu_per_leg": round(sum(before[name] for name in pids) / max(1, legs), 3),
        "cpu_per_leg_after": round(sum(after[name] for name in pids) / max(1, legs), 3),
        "others_percent": before["others"],
        "stolen_percent": before["stolen"],
        "bench_percent": before["bench"],
        "threads": meter.threads,
    }
