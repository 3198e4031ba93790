"""Our switch and media as in service: real processes, real NATS, recording on, a reader on every tap."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from runtime.background import background
from runtime.bus import ensure_streams, open_bus
from runtime.codec import encode
from runtime.failures import NoAnswer
from runtime.nats_server import embedded_nats
from runtime.wire import by_type, connect_wire
from telephony import MediaConfig, SwitchConfig, TelephonyClient, TelephonySettings, settings
from tests.benches.children import ROOT, child, free_udp_port, ready
from vocabulary.desk_requests import SeatSignIn
from vocabulary.errors import HotlineError, Refused
from vocabulary.ids import AccountId, LegId, SeatNo
from vocabulary.taps import TapClaim, TapClaimed, TapHello, TapLegClosed, TapLegOpened

PROMPTS = ROOT / "city" / "voices" / "prompts"
LONG_S = 3600.0
CITY = TelephonySettings(
    version=1,
    lines=(settings.DialledLine(number="12345", name="政务服务便民热线", queue="general"),),
    queues=(settings.Queue(name="general", title="综合受理"),),
    limits=settings.Limits(
        max_calls=500, queue_limit_s=LONG_S, nobody_after_s=LONG_S, desk_silent_s=LONG_S, hold_notice_after_s=15.0
    ),
)
"""Callers wait with music, recorded and tapped: one seat is on duty and never free."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Switchboard:
    """Process ids by name, the SIP port, whether media got real-time priority, what the tap's reader counted."""

    pids: dict[str, int]
    port: int
    realtime: bool
    recordings: Path
    heard: "TapReader"


class TapReader:
    """Claims every leg and counts octets, as the recogniser would take them; it hears nothing."""

    def __init__(self) -> None:
        self.octets = 0
        self.legs = 0
        self._wanted: asyncio.Queue[LegId] = asyncio.Queue(2000)

    async def run(self, path: str) -> None:
        """Read until cancelled."""
        handlers = {TapHello: self._greeted, TapLegOpened: self._opened, TapLegClosed: self._closed}
        async with connect_wire(path, handlers=by_type(handlers), on_audio=self._take) as wire:
            while True:
                leg = await self._wanted.get()
                try:
                    await wire.request(TapClaim(leg=leg, from_sample=0), reply=TapClaimed)
                except (NoAnswer, Refused):
                    continue
                self.legs += 1

    def _take(self, payload: bytes) -> None:
        self.octets += len(payload)

    async def _greeted(self, hello: TapHello) -> None:
        for leg in hello.legs:
            self._wanted.put_nowait(leg.leg)

    async def _opened(self, opened: TapLegOpened) -> None:
        self._wanted.put_nowait(opened.leg.leg)

    async def _closed(self, closed: TapLegClosed) -> None:
        pass


def _write(path: Path, config: object) -> str:
    path.write_bytes(encode(config))
    return str(path)


@asynccontextmanager
async def switchboard(folder: Path) -> AsyncIterator[Switchboard]:
    """Everything up and taking calls."""
    media = MediaConfig(
        host="bench", media_socket=str(folder / "m.sock"), tap_socket=str(folder / "t.sock"),
        recordings=str(folder / "recordings"), prompts=str(PROMPTS),
    )  # fmt: skip
    log = folder / "processes.log"
    async with AsyncExitStack() as stack:
        nats = await stack.enter_async_context(embedded_nats(data=folder / "nats", runtime=folder / "nats-run"))
        bus = await stack.enter_async_context(
            open_bus(url=nats.url, name="bench", user=nats.user, password=nats.password)
        )
        await ensure_streams(bus, demo=True)
        await bus.kv_put(settings.SETTINGS_KEY, encode(CITY))
        switch = SwitchConfig(
            host="bench", media_socket=media.media_socket, state=str(folder / "state"), recordings=media.recordings,
            nats_url=nats.url, nats_user=nats.user, nats_password=nats.password, sip_port=free_udp_port(),
        )  # fmt: skip
        pids = {}
        said = {}
        for name, config in (("media", media), ("switch", switch)):
            process = await stack.enter_async_context(
                child("hotline.process", name, _write(folder / f"{name}.json", config), log=log)
            )
            said[name], pids[name] = await ready(process, log=log), process.pid
        reader = TapReader()
        await stack.enter_async_context(background(reader.run(media.tap_socket)))
        await _on_duty(TelephonyClient(bus))
        yield Switchboard(
            pids=pids, port=switch.sip_port, realtime=bool(json.loads(said["media"])["realtime"]),
            recordings=Path(media.recordings), heard=reader,
        )  # fmt: skip


async def _on_duty(desk: TelephonyClient) -> None:
    """Let somebody sit down, so that callers wait instead of hearing the apology."""
    wish = SeatSignIn(seat=SeatNo("001"), agent=AccountId(UUID(int=1)), agent_name="甲", skills=frozenset({"general"}))
    async with asyncio.timeout(20):
        while True:
            try:
                await desk.act(wish)
            except HotlineError:
                await asyncio.sleep(0.2)
            else:
                return
