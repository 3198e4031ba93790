"""Child processes of the bench: started, waited for, measured, ended."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TICKS = os.sysconf("SC_CLK_TCK")
READY_S, END_S = 60.0, 10.0


@asynccontextmanager
async def child(*module: str, log: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run ``python -m …`` for the length of the block; its standard error goes to ``log``."""
    with log.open("ab") as errors:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", *module, cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            stderr=errors, limit=1 << 22,
        )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), END_S)
            except TimeoutError:
                process.kill()
                await process.wait()


async def ready(process: asyncio.subprocess.Process, *, log: Path) -> str:
    """Wait for the line ``ready {json}``; return the JSON."""
    assert process.stdout is not None
    async with asyncio.timeout(READY_S):
        while line := (await process.stdout.readline()).decode():
            if line.startswith("ready"):
                return line.removeprefix("ready").strip()
    message = f"a process of the bench ended: {log.read_text(errors='replace')[-2000:]}"
    raise RuntimeError(message)


def cpu_s(pid: int) -> float:
    """Return user and system seconds of a process with all its threads (proc(5))."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def machine_s() -> tuple[float, float]:
    """Return seconds that all cores were busy, and that the host took away (steal), since the start (proc(5))."""
    with Path("/proc/stat").open(encoding="utf-8") as file:
        user, nice, system, _, _, irq, softirq, steal = (int(field) for field in file.readline().split()[1:9])
    return (user + nice + system + irq + softirq) / TICKS, steal / TICKS


def threads(pid: int) -> int:
    """Return how many threads a process has."""
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


def free_udp_port() -> int:
    """Return a UDP port of 127.0.0.1 that nobody uses now."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
