"""``make bench``: what calls cost and how even their sound is, beside stock pyVoIP in the same run; then the rooms.

``python -m tests.bench [--quick] [--only NAME …] [--json] [--no-page]``. The whole takes less than 8 minutes, ``--quick``
less than 2. A full run fills the generated section of docs/reference/performance.md.
"""

import argparse
import asyncio
import json
import os
import platform
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.benches import report, rooms
from tests.benches.telephony import FULL, QUICK, measure

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "performance.md"
NAMES = ("telephony", "knowledge", "asr", "log", "desk")
WITHIN_S = {False: 480.0, True: 120.0}


def machine() -> dict[str, Any]:
    """Return what the figures depend on."""
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.processor(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "cores": os.cpu_count(),
        "cpu": cpu,
        "memory_gib": round(memory),
        "system": f"{platform.system()} {platform.release().partition('-')[0]}",
        "python": platform.python_version(),
        "load": list(os.getloadavg()),
    }


def say(text: str) -> None:
    """Tell how far it is; the last line of standard output stays the JSON's."""
    print(text, file=sys.stderr, flush=True)


async def run(names: list[str], *, quick: bool) -> dict[str, Any]:
    """Run the named benches one after the other."""
    works: dict[str, Callable[[], Awaitable[Any]]] = {
        "telephony": lambda: measure(QUICK if quick else FULL, tell=say),
        "knowledge": lambda: asyncio.to_thread(rooms.knowledge),
        "asr": lambda: rooms.asr(quick=quick),
        "log": lambda: rooms.log(seconds=2.0 if quick else 5.0),
        "desk": rooms.fan_out,
    }
    found: dict[str, Any] = {}
    for name in names:
        began = time.monotonic()
        found[name] = await works[name]()
        say(f"{name}: {time.monotonic() - began:.0f} s")
    return found


async def bounded(names: list[str], *, quick: bool) -> dict[str, Any]:
    """As ``run``, within the promised time."""
    async with asyncio.timeout(WITHIN_S[quick]):
        return await run(names, quick=quick)


def main() -> int:
    """Measure, print, and fill the page after a full run."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer calls, shorter stretches")
    parser.add_argument("--only", nargs="+", choices=NAMES, default=[], metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--json", action="store_true", help="print the figures as one line of JSON, last")
    parser.add_argument("--no-page", action="store_true", help="leave docs/reference/performance.md as it is")
    chosen = parser.parse_args()
    names = [name for name in NAMES if name in (chosen.only or NAMES)]
    command = " ".join(["make bench", *(["ARGS=" + repr(" ".join(sys.argv[1:]))] if sys.argv[1:] else [])])
    results = {"machine": machine(), "date": datetime.now(UTC).date().isoformat(), "command": command}
    results |= asyncio.run(bounded(names, quick=chosen.quick))
    results["misses"] = report.misses(results)
    text = report.section(results)
    print(text)
    if names == list(NAMES) and not chosen.quick and not chosen.no_page:
        report.write(PAGE, text)
        say(f"written into {PAGE.name}")
    if chosen.json:
        print(json.dumps(results, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
