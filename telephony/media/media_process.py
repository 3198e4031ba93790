"""The media process: one loop, one tick, the switch on one socket, tap readers on another."""

import asyncio
import contextlib
import gc
import os
import sys
import time
from collections import deque
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from runtime.background import background
from runtime.boundary import attempt
from runtime.codec import encode
from runtime.failures import Failure, NoAnswer
from runtime.supervision import Pulse
from runtime.telemetry import get_logger
from runtime.wire import Wire, listen_wire
from telephony.media.archive import RecordingArchive
from telephony.media.commands import Commands, Parts
from telephony.media.config import MediaConfig
from telephony.media.lines import Lines
from telephony.media.media_state import MediaState
from telephony.media.prompts import PromptSounds
from telephony.media.rtp_port import PortRange
from telephony.media.statistics import Statistics
from telephony.media.tap_server import TapServer
from telephony.media.ticker import Ticker, run_ticker
from telephony.media.warm_up import warm_up
from telephony.media_protocol import OrphanCalls, Orphans
from vocabulary.errors import Refused

_log = get_logger(__name__)
_PRIORITY = 10
_NOTIFIES = 1000


class SwitchLink:
    """The switch that is connected now, and what it is told. Without one the oldest notifies are dropped."""

    def __init__(self) -> None:
        self.wire: Wire | None = None
        self.gone_at: float | None = time.monotonic()
        self._notifies: deque[object] = deque(maxlen=_NOTIFIES)
        self._fresh = asyncio.Event()

    def tell(self, notify: object, /) -> None:
        """Queue a notify; never blocks."""
        self._notifies.append(notify)
        self._fresh.set()

    def take(self, wire: Wire, /) -> None:
        """Take a new switch; what was said to nobody is forgotten. Refused ``switch-connected`` beside a live one."""
        if self.wire is wire:
            return
        if self.wire is not None and not self.wire.closed:
            raise Refused("switch-connected", "another switch is connected to this media process")
        self.wire, self.gone_at = wire, None
        self._notifies.clear()

    def check(self, wire: Wire, /) -> None:
        """Refused ``not-the-switch`` unless ``wire`` is that of the switch."""
        if wire is not self.wire:
            raise Refused("not-the-switch", "this connection has not asked for orphans: it is not the switch's")

    async def run(self) -> None:
        """Send notifies in order."""
        while True:
            await self._fresh.wait()
            self._fresh.clear()
            while self._notifies:
                notify = self._notifies.popleft()
                wire = self.wire
                if wire is not None and not wire.closed:
                    with contextlib.suppress(NoAnswer):
                        await wire.notify(notify)

    def look(self) -> float:
        """Return for how many seconds there has been no switch."""
        if self.wire is not None and self.wire.closed:
            self.wire, self.gone_at = None, time.monotonic()
        return 0.0 if self.gone_at is None else time.monotonic() - self.gone_at


async def serve(config: MediaConfig, *, pulse: Pulse, ticker: Ticker = run_ticker) -> None:
    """Run until cancelled; on the way out every recording is closed. All sound moves when ``ticker`` says."""
    realtime = config.want_realtime and ask_for_realtime()
    link, taps = SwitchLink(), TapServer()
    state = MediaState(taps=taps, tell=link.tell, rtp_timeout_s=config.rtp_timeout_s)
    statistics = Statistics(state, realtime=realtime)
    parts = Parts(
        state=state,
        lines=Lines(state, tell=link.tell),
        archive=RecordingArchive(Path(config.recordings), host=config.host, keep_free=config.keep_free_bytes),
        prompts=PromptSounds(Path(config.prompts)),
        ports=PortRange(config.rtp_ports),
        statistics=statistics,
    )
    commands = Commands(parts)
    orphans, prompts = await parts.archive.recover(), await parts.prompts.load()
    await warm_up()
    gc.collect()
    gc.freeze()

    def tick(now: float) -> None:
        state.tick(now)
        pulse.advance()

    ticks = ticker(tick=tick, skip=state.skip, lateness=statistics.lateness)
    try:
        async with (
            background(
                ticks, link.run(), _each_second(parts, commands, taps, link, config), _say_symptoms(parts, pulse)
            ),
            taps.listening(Path(config.tap_socket)),
            listen_wire(config.media_socket, handlers={}, on_connect=_greeting(link, commands)),
        ):
            _log.info("media serves", realtime=realtime, prompts=prompts, orphans=orphans)
            _say_ready({"media_socket": config.media_socket, "realtime": realtime, "prompts": prompts})
            await asyncio.Event().wait()
    finally:
        await commands.abandon()
        await parts.lines.close_all()
        await parts.archive.close()


def _greeting(link: SwitchLink, commands: Commands) -> Callable[[Wire], Awaitable[None]]:
    """A connection becomes the switch by asking for orphans, not by being opened; no other one is served."""

    def of_the_switch(wire: Wire, function: Callable[[Any], Awaitable[object]]) -> Callable[[Any], Awaitable[object]]:
        async def serve_it(asked: object) -> object:
            link.check(wire)
            return await function(asked)

        return serve_it

    async def greet(wire: Wire) -> None:
        async def orphans(asked: Orphans) -> OrphanCalls:
            link.take(wire)
            return await commands.orphans(asked)

        wire.handle(Orphans, orphans)
        for kind, function in commands.handlers().values():
            wire.handle(kind, of_the_switch(wire, function))

    return greet


async def _each_second(
    parts: Parts, commands: Commands, taps: TapServer, link: SwitchLink, config: MediaConfig
) -> None:
    while True:
        await asyncio.sleep(1.0)
        parts.lines.watch()
        parts.archive.look_at_disk()
        taps.sweep()
        await commands.sweep()
        if link.look() > config.orphan_grace_s and (parts.state.legs or parts.state.calls):
            _log.warning("the switch stays away, its calls are ended", calls=len(parts.state.calls))
            await commands.abandon()


async def _say_symptoms(parts: Parts, pulse: Pulse) -> None:
    """Say each second whether there is room for another recording and whether one was lost."""
    while True:
        await asyncio.sleep(1.0)
        full = attempt(lambda: parts.archive.refuse_when_full(calls=len(parts.state.calls)), of="disk")
        pulse.note("disk-full", full.text if isinstance(full, Failure) else None)
        lost = parts.archive.failures
        pulse.note("recordings-lost", f"{lost}个录音没有完整写入" if lost else None)


def ask_for_realtime() -> bool:
    """Ask for SCHED_RR for this thread alone (CAP_SYS_NICE or RLIMIT_RTPRIO); say so when it is refused."""
    try:
        os.sched_setscheduler(0, os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(_PRIORITY))
    except (OSError, AttributeError) as error:
        _log.warning("no real-time priority: sound may stutter on a busy machine", reason=str(error))
        return False
    return True


def _say_ready(facts: dict[str, object]) -> None:
    sys.stdout.write(f"ready {encode(facts).decode()}\n")
    sys.stdout.flush()
