"""Simulated member units, and the person who follows up, over the same HTTP API that real ones use."""

import asyncio
import itertools
import sys
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import aiohttp

from runtime.clock import SystemClock
from runtime.codec import decode
from runtime.telemetry import get_logger
from simulation.desk_client import DeskClient, log_in
from vocabulary.orders import OrderBrief
from work_orders import UnitOrder

POLL_S = 1.0
UNITS_A_POLL = 13
DEADLINE = aiohttp.ClientTimeout(total=10)
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitConfig:
    """Where the desk is, one bearer token a unit, and how long a unit thinks."""

    desk_url: str
    tokens: dict[str, str] = field(repr=False)
    follow_up_login: str
    follow_up_password: str = field(repr=False)
    thinks_s: float = 1.5


async def run_simulated_units(config: UnitConfig) -> None:
    """Ask for open orders, thirteen units a second in turn, answer those that are old enough, and follow up."""
    sys.stdout.write("ready {}\n")
    sys.stdout.flush()
    clock = SystemClock()
    while True:
        try:
            async with (
                aiohttp.ClientSession(timeout=DEADLINE) as session,
                log_in(config.desk_url, login=config.follow_up_login, password=config.follow_up_password) as desk,
            ):
                tokens = itertools.cycle(config.tokens.values())
                while True:
                    for token in itertools.islice(tokens, UNITS_A_POLL):
                        await _answer_all(session, config, token, now=clock.now())
                    await _follow_up(desk)
                    await asyncio.sleep(POLL_S)
        except (aiohttp.ClientError, TimeoutError, ConnectionError, PermissionError) as error:
            _log.warning("the desk does not answer a unit", cause=type(error).__name__)
        await asyncio.sleep(POLL_S)


async def _follow_up(desk: DeskClient) -> None:
    """Record that callers of answered orders were asked and are satisfied."""
    handled = await desk.get("/api/orders?stage=handle&limit=20")
    for order in handled.read(list[OrderBrief]) if handled.ok else ():
        await desk.post(f"/api/orders/{order.order_no}/follow-up", {"satisfied": True})


async def _answer_all(session: aiohttp.ClientSession, config: UnitConfig, token: str, *, now: datetime) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    async with session.get(f"{config.desk_url}/api/unit/orders", headers=headers) as reply:
        reply.raise_for_status()
        waiting = decode(await reply.read(), list[UnitOrder])
    for order in waiting:
        if now - order.created_at < timedelta(seconds=config.thinks_s):
            continue
        body = {
            "reply": f"您反映的“{order.title}”已收悉。我单位已派人到现场核实并处理，处理结果将电话告知，感谢您的监督。",
            "internal_note": "演示单位自动答复",
        }
        url = f"{config.desk_url}/api/unit/orders/{order.order_no}/reply"
        async with session.post(url, json=body, headers=headers) as reply:
            if reply.status not in {200, 409}:
                reply.raise_for_status()
