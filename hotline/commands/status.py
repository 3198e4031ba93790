"""``hotline status``: calls, legs, recogniser lag and log backlog of the running hotline."""

import asyncio
from pathlib import Path
from typing import Any

from hotline.connections import running
from hotline.health_file import read_health
from hotline.host_health import told
from hotline.places import Places
from hotline.settings import Settings
from runtime.bus import open_bus
from runtime.clock import SystemClock
from runtime.codec import to_builtins
from runtime.log import consumer_states, log_end, refused_count
from runtime.postgres import open_database
from telephony import TelephonyClient
from vocabulary.errors import HotlineError
from vocabulary.events import Event
from vocabulary.events.asr import RecogniserStatus

HEARD_WITHIN_S = 2.5


async def read_status(settings: Settings, places: Places, /) -> dict[str, Any]:
    """Return what the parts say of themselves; a part that does not answer gives its sentence instead."""
    del settings
    instance = running(places)
    found: dict[str, Any] = {"web": instance.web, "sip": instance.sip}
    health = read_health(Path(instance.media_socket).with_name(places.health.name))
    found["parts"] = [to_builtins(part) for part in told(health, now=SystemClock().now())]
    async with open_bus(
        url=instance.bus_url, name="status", user=instance.bus_user, password=instance.bus_password
    ) as bus:
        heard: asyncio.Queue[RecogniserStatus] = asyncio.Queue(10)

        async def hear(event: Event, /) -> None:
            if isinstance(event, RecogniserStatus) and not heard.full():
                heard.put_nowait(event)

        listening = await bus.subscribe(hear, patterns=("live.asr.recogniser-status.>",))
        client = TelephonyClient(bus)
        try:
            calls, seats = (await client.calls()).calls, (await client.seats()).seats
            found["calls"] = [{"call": str(c.call), "phase": c.phase.value, "seat": c.seat} for c in calls]
            found["legs"] = sum((c.caller_leg is not None) + (c.agent_leg is not None) for c in calls)
            found["seats"] = [{"seat": s.seat, "state": s.state.value, "reason": s.reason} for s in seats]
        except HotlineError as error:
            found["switch"] = str(error)
        found["facts_fill"] = await bus.facts_fill()
        found["recogniser"] = await _recogniser(heard)
        await listening.aclose()
    found["log"] = await _log(instance.database_url) if instance.database_url else {}
    return found


async def _recogniser(heard: "asyncio.Queue[RecogniserStatus]") -> Any:
    try:
        async with asyncio.timeout(HEARD_WITHIN_S):
            status = await heard.get()
    except TimeoutError:
        return "nothing heard from it"
    return {"engine": status.engine, "legs": status.legs, "lag_ms": status.lag_ms}


async def _log(url: str) -> Any:
    try:
        async with open_database(url) as database:
            end = await log_end(database)
            states = await consumer_states(database)
            return {
                "position": end,
                "refused": await refused_count(database),
                "consumers": [to_builtins(state) for state in states],
            }
    except HotlineError as error:
        return str(error)


def print_status(found: dict[str, Any], /) -> None:
    """Print the status, one part a line."""
    for name, value in found.items():
        if isinstance(value, list):
            print(f"{name}: {len(value)}")
            for row in value:
                print(f"  {row}")
        else:
            print(f"{name}: {value}")
