"""``make attacks``: what strangers send to a whole house while people talk; exit 1 when a bound is not kept.

``python -m tests.attacks [--only NAME ...]``. All traffic stays on this machine's loopback addresses, is bounded in
count and time, and ends by itself. One line an attack on standard output.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from runtime.telemetry import configure_logging
from tests.attack_runs import pages, signalling, sound
from tests.attack_runs.beside import Beside, talking
from tests.fault_runs.bounds import Check
from tests.fault_runs.whole_house import WholeHouse, whole_house

DEADLINE_S = 200.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """One attack; ``run`` returns what it looked at itself, the call beside it is looked at always."""

    name: str
    run: Callable[[WholeHouse, Beside], Awaitable[list[Check]]]


def _on_the_house(
    run: Callable[[WholeHouse], Awaitable[list[Check]]],
) -> Callable[[WholeHouse, Beside], Awaitable[list[Check]]]:
    async def with_call(house: WholeHouse, beside: Beside) -> list[Check]:
        del beside
        return await run(house)

    return with_call


ATTACKS = (
    Attack(name="hostile-messages", run=_on_the_house(signalling.hostile_messages)),
    Attack(name="datagrams", run=_on_the_house(signalling.datagrams)),
    Attack(name="half-open", run=_on_the_house(signalling.half_open)),
    Attack(name="options", run=_on_the_house(signalling.options)),
    Attack(name="stolen-sound", run=sound.stolen),
    Attack(name="unacknowledged", run=sound.unacknowledged),
    Attack(name="other-call", run=sound.other_call),
    Attack(name="command-socket", run=sound.command_socket),
    Attack(name="bad-requests", run=_on_the_house(pages.bad_requests)),
    Attack(name="half-requests", run=_on_the_house(pages.half_requests)),
    Attack(name="after-log-out", run=_on_the_house(pages.after_log_out)),
)


async def _one(house: WholeHouse, attack: Attack) -> list[Check]:
    try:
        async with asyncio.timeout(DEADLINE_S), talking(house) as beside:
            checks = await attack.run(house, beside)
            return [*checks, *beside.checks(house)]
    except TimeoutError:
        return [Check(name="attack", measured=f"not over within {DEADLINE_S:g} s", bound="over", ok=False)]
    except AssertionError as error:
        return [Check(name="house", measured=str(error), bound="serves", ok=False)]


async def _run(wanted: list[str]) -> bool:
    passed = True
    async with whole_house() as house:
        for attack in ATTACKS:
            if wanted and attack.name not in wanted:
                continue
            began = time.monotonic()
            checks = await _one(house, attack)
            ok = all(check.ok for check in checks)
            passed = passed and ok
            words = "; ".join(str(check) for check in checks)
            print(f"{'ok  ' if ok else 'FAIL'} {attack.name}: {words} [{time.monotonic() - began:.0f} s]", flush=True)
    return passed


def main() -> int:
    """Run the wanted attacks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append", choices=[attack.name for attack in ATTACKS], default=[])
    given = parser.parse_args()
    configure_logging(process="attacks", json=False)
    return 0 if asyncio.run(_run(given.only)) else 1


if __name__ == "__main__":
    sys.exit(main())
