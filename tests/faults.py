"""``make faults``: kill -9 or stop (SIGSTOP) each process in the middle of a call; exit 1 when a bound is not kept.

``python -m tests.faults [--only NAME ...] [--json]``. One line a fault on standard output; progress on standard error.
"""

import argparse
import asyncio
import json
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from runtime.telemetry import configure_logging
from tests.fault_runs import bounds
from tests.fault_runs.bounds import Check
from tests.fault_runs.broken_call import BrokenCall, Harm, Observation, Script, recording_of
from tests.fault_runs.whole_house import WholeHouse, whole_house
from vocabulary.calls import EndReason

DEADLINE_S = 240.0
"""Of one fault: ring, talk, kill, return, close."""
HUNG_UP = (EndReason.CALLER_HUNG_UP, EndReason.AGENT_HUNG_UP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is done and what is looked at."""

    name: str
    harm: Harm
    checks: Callable[[WholeHouse, Observation, Observation | None], list[Check]]


def _heard(house: WholeHouse, seen: Observation, unbroken: Observation | None) -> list[Check]:
    del house
    return [
        bounds.gap(seen),
        bounds.final(seen),
        bounds.transcript(seen, unbroken),
        bounds.events(seen),
        bounds.ended(seen, HUNG_UP),
    ]


def _unbroken(house: WholeHouse, seen: Observation, unbroken: Observation | None) -> list[Check]:
    del house, unbroken
    return [
        bounds.gap(seen),
        bounds.final(seen),
        bounds.events(seen),
        bounds.complete(seen),
        bounds.ended(seen, HUNG_UP),
    ]


def _kept(house: WholeHouse, seen: Observation, unbroken: Observation | None) -> list[Check]:
    del house
    return [
        bounds.gap(seen),
        bounds.events(seen),
        bounds.transcript(seen, unbroken),
        bounds.complete(seen),
        bounds.ended(seen, HUNG_UP),
    ]


def _lost(reason: EndReason) -> Callable[[WholeHouse, Observation, Observation | None], list[Check]]:
    def checks(house: WholeHouse, seen: Observation, unbroken: Observation | None) -> list[Check]:
        del unbroken
        found = recording_of(seen, house.demo.places.recordings)
        return [bounds.ended(seen, (reason,)), bounds.recording(seen, found)]

    return checks


FAULTS = (
    Fault(name="none", harm=Harm(victim=None, goes_on=True), checks=_unbroken),
    Fault(name="recogniser", harm=Harm(victim="recogniser", goes_on=True), checks=_heard),
    Fault(name="desk", harm=Harm(victim="desk", goes_on=True), checks=_heard),
    Fault(name="nats", harm=Harm(victim="nats", goes_on=True), checks=_kept),
    Fault(name="postgres", harm=Harm(victim="postgres", goes_on=True), checks=_kept),
    Fault(name="media", harm=Harm(victim="media", goes_on=False), checks=_lost(EndReason.MEDIA_LOST)),
    Fault(name="switch", harm=Harm(victim="switch", goes_on=False), checks=_lost(EndReason.SWITCH_LOST)),
)


def _hung(house: WholeHouse, seen: Observation, unbroken: Observation | None) -> list[Check]:
    del house, unbroken
    return [bounds.replaced(seen), bounds.gap(seen), bounds.events(seen), bounds.ended(seen, HUNG_UP)]


def _hung_and_lost(house: WholeHouse, seen: Observation, unbroken: Observation | None) -> list[Check]:
    del house, unbroken
    return [bounds.replaced(seen)]


FAULTS += tuple(
    Fault(name=f"{victim}-hung", harm=Harm(victim=victim, goes_on=True, sent=signal.SIGSTOP), checks=_hung)
    for victim in ("recogniser", "desk", "nats", "postgres")
)
FAULTS += tuple(
    Fault(name=f"{victim}-hung", harm=Harm(victim=victim, goes_on=False, sent=signal.SIGSTOP), checks=_hung_and_lost)
    for victim in ("media", "switch")
)


async def _one(
    house: WholeHouse, script: Script, fault: Fault, unbroken: Observation | None
) -> tuple[Observation, list[Check]]:
    call = BrokenCall(house, script, fault=fault.harm)
    try:
        async with asyncio.timeout(DEADLINE_S):
            seen = await call.run()
    except TimeoutError:
        seen = call.seen
        seen.complaint = seen.complaint or f"not over within {DEADLINE_S:g} s"
    first = bounds.came_about(seen)
    return seen, [first] if not first.ok else [first, *fault.checks(house, seen, unbroken)]


async def _run(wanted: Sequence[str], *, as_json: bool) -> bool:
    faults = [fault for fault in FAULTS if not wanted or fault.name in wanted]
    if any(fault.harm.goes_on for fault in faults) and faults[0].harm.victim is not None:
        faults.insert(0, FAULTS[0])
    passed, unbroken, rows = True, None, []
    async with whole_house() as house:
        script = Script.of(house.demo.voices)
        for fault in faults:
            began = time.monotonic()
            seen, checks = await _one(house, script, fault, unbroken)
            if fault.harm.victim is None:
                unbroken = seen
            ok = all(check.ok for check in checks)
            passed = passed and ok
            rows.append({"fault": fault.name, "ok": ok, "checks": [asdict(check) for check in checks]})
            words = "; ".join(str(check) for check in checks)
            print(f"{'ok  ' if ok else 'FAIL'} {fault.name}: {words} [{time.monotonic() - began:.0f} s]", flush=True)
            print(f"      caller: {seen.said()}", file=sys.stderr, flush=True)
    if as_json:
        print(json.dumps({"passed": passed, "faults": rows}, ensure_ascii=False, default=str))
    return passed


async def _until_told(given: argparse.Namespace) -> bool:
    """Run the faults; SIGTERM ends them as Ctrl-C does, so that folders and processes go away."""
    task = asyncio.ensure_future(_run(given.only, as_json=given.json))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await task


def main() -> int:
    """Run the wanted faults."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append", choices=[fault.name for fault in FAULTS], default=[])
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    configure_logging(process="faults", json=False)
    return 0 if asyncio.run(_until_told(given)) else 1


if __name__ == "__main__":
    sys.exit(main())
