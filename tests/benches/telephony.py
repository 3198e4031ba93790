"""Calls through our switch and media, and through stock pyVoIP, by the same callers on the same machine."""

import asyncio
import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benches.children import child, cpu_s, free_udp_port, ready, threads
from tests.benches.switchboard import switchboard

PER_SECOND = 20.0
WITHIN_S = 120.0


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
                heard, legs = ours.heard.octets, ours.heard.legs
                row = await _row("ours", calls, sizes, port=ours.port, own_port=free_udp_port(), pids=ours.pids)
                row |= {"realtime": ours.realtime, "tapped_legs": ours.heard.legs - legs}
                row["tap_octets"] = ours.heard.octets - heard
                row["recordings"] = len(list(ours.recordings.glob("*.wav")))
                rows.append(row)
                tell(_said(row))
        for calls in sizes.stock:
            own, callers, log = free_udp_port(), free_udp_port(), Path(folder) / "stock.log"
            async with child("tests.benches.pyvoip_answerer", str(own), str(callers), log=log) as process:
                await ready(process, log=log)
                rows.append(await _row("stock", calls, sizes, port=own, own_port=callers, pids={"pyVoIP": process.pid}))
            tell(_said(rows[-1]))
    return rows


def _said(row: dict[str, Any]) -> str:
    return (
        f"{row['side']} {row['calls']} calls: {row['cpu_per_leg']:.3f} % of a core a leg, "
        f"interval p99 {row['interval_ms']['p99']} ms, INVITE to 200 p50 {row['invite_ms']['p50']} ms"
    )


async def _row(
    side: str, calls: int, sizes: Sizes, *, port: int, own_port: int, pids: dict[str, int]
) -> dict[str, Any]:
    plan = {
        "port": port, "own_port": own_port, "calls": calls, "per_second": PER_SECOND, "settle_s": sizes.settle_s,
        "stretch_s": sizes.stretch_s,
    }  # fmt: skip
    used: dict[str, dict[str, float]] = {}
    at: dict[str, float] = {}
    most_threads = 0
    result: dict[str, Any] = {}
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="callers-") as folder:
        async with child("tests.benches.callers", log=Path(folder) / "log") as process, asyncio.timeout(WITHIN_S):
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(f"{json.dumps(plan)}\n".encode())
            while line := await process.stdout.readline():
                said = json.loads(line)
                if "edge" in said:
                    used[said["edge"]] = {name: cpu_s(pid) for name, pid in pids.items()}
                    at[said["edge"]] = asyncio.get_running_loop().time()
                    most_threads = max(most_threads, *(threads(pid) for pid in pids.values()))
                else:
                    result = said["result"]
            if not result:
                message = f"the callers ended early: {(Path(folder) / 'log').read_text()[-2000:]}"
                raise RuntimeError(message)
    shares = {name: _share(used, at, name, "before") for name in pids}
    again = sum(_share(used, at, name, "after") for name in pids)
    legs = max(1, result["connected"])
    return {
        "side": side, "load_at_start": round(load, 2), "cpu_percent": {k: round(v, 2) for k, v in shares.items()},
        "cpu_per_leg": round(sum(shares.values()) / legs, 3), "cpu_per_leg_after": round(again / legs, 3),
        "threads": most_threads, **result,
    }  # fmt: skip


def _share(used: dict[str, dict[str, float]], at: dict[str, float], name: str, stretch: str) -> float:
    """Return the percentage of one core that a process took in a stretch."""
    begin, end = f"{stretch}-begin", f"{stretch}-end"
    return 100 * (used[end][name] - used[begin][name]) / (at[end] - at[begin])
