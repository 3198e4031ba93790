"""The process ``switch``: SIP, calls and seats of one telephony host."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from runtime.boundary import attempt
from runtime.bus import Bus, BusAway, FactEmitter, open_bus
from runtime.clock import SystemClock
from runtime.codec import encode
from runtime.metrics import count_of, level_of
from runtime.supervision import Pulse
from runtime.telemetry import get_logger
from runtime.workers import Workers
from telephony import media_protocol as media
from telephony.acd.sitting import seat_again
from telephony.calls.calling_out import CallsOut
from telephony.calls.desk import DeskRequests
from telephony.calls.journal import Journal
from telephony.calls.media_events import MediaEvents
from telephony.calls.orphans import facts_of
from telephony.calls.publishing import Publisher
from telephony.calls.reception import Here, Reception
from telephony.calls.settings_store import SettingsStore
from telephony.calls.switch import Switch
from telephony.media_link import LinkEvents, MediaLink
from telephony.seat_header import SEAT_HEADER
from telephony.sip.user_agent import UserAgent
from telephony.switch_config import SwitchConfig
from vocabulary.errors import HotlineError, Permanent, Transient
from vocabulary.events.telephony import CallEnded
from vocabulary.ids import CallId

log = get_logger(__name__)
_TICK_S, _TICKS_A_PROOF = 0.05, 10
_STORED_WITHIN = timedelta(seconds=30)


class SocketLost(Transient):
    """Nothing is heard on the SIP port any more: the process ends, and the supervisor starts another."""


class PortTaken(Permanent):
    """The SIP port cannot be bound."""


class SwitchProcess:
    """The parts of a running switch; ``sip_port`` is known once ``ready`` is set."""

    def __init__(self, config: SwitchConfig, /, *, bus: Bus, pulse: Pulse | None = None) -> None:
        """Run with ``config`` on ``bus``; nothing starts before ``run``."""
        self._config, self._bus = config, bus
        self._pulse = pulse or Pulse()
        self.sip_port = 0
        self.ready = asyncio.Event()
        self.switch: Switch | None = None

    async def run(self) -> None:
        """Serve until cancelled."""
        config = self._config
        async with Workers(threads=2, name="switch") as workers, asyncio.TaskGroup() as tasks:
            emitter = FactEmitter(self._bus, name=f"switch-{config.host}")
            journal = Journal(Path(config.state) / "calls", workers=workers)
            publisher = Publisher(bus=self._bus, emitter=emitter)
            agent = UserAgent(
                contact=(config.sip_host, config.sip_port),
                new_token=lambda: secrets.token_hex(8),
                trunks=config.trunks,
                headers=(SEAT_HEADER,),
            )
            switch = Switch(
                agent=agent,
                link=MediaLink(config.media_socket),
                publisher=publisher,
                journal=journal,
                clock=SystemClock(),
                tasks=tasks,
            )
            _measure(switch)
            former = await journal.read()
            switch.seats(seat_again(switch.acd, await journal.read_seats(), moment=switch.moment()))
            for work in (emitter.run(), journal.run(), publisher.run()):
                tasks.create_task(work)
            copy = Path(config.state) / "telephony.json"
            store = SettingsStore(copy, use=switch.use, workers=workers, symptom=self._pulse.note)
            tasks.create_task(store.start(self._bus))
            calls_out = CallsOut(switch, rtp_bind=config.rtp_host, public_host=config.public_host)
            events = _media_events(switch, calls_out, former=former, host=config.host)
            tasks.create_task(switch.link.run(events))
            desk = DeskRequests(switch, recordings=Path(config.recordings), host=config.host, workers=workers)
            await _until_served(lambda: desk.serve(self._bus))
            await _until_served(lambda: calls_out.serve(self._bus))
            reception = await self._listen(switch, calls_out)
            self.switch = switch
            self.ready.set()
            await _tick(switch, reception, calls_out, pulse=self._pulse)

    async def _listen(self, switch: Switch, calls_out: CallsOut) -> Reception:
        config = self._config
        here = Here(host=config.host, rtp_bind=config.rtp_host, public_host=config.public_host)
        reception = Reception(switch, here=here, calls_out=calls_out)
        loop = asyncio.get_running_loop()
        try:
            transport, _ = await loop.create_datagram_endpoint(
                lambda: reception, local_addr=(config.sip_host, config.sip_port)
            )
        except OSError as error:
            where = f"{config.sip_host}:{config.sip_port}"
            raise PortTaken(
                f"SIP cannot listen on {where} ({error}); stop what listens there, or set sip_port"
            ) from None
        self.sip_port = transport.get_extra_info("sockname")[1]
        switch.agent.core.contact = (config.public_host or config.sip_host, self.sip_port)
        return reception


def _measure(switch: Switch) -> None:
    """Let what is counted of signalling be looked up."""
    counters, answer = switch.agent.counters, "answer-"
    count_of(
        "hotline_sip_answers", "Final answers to SIP requests", label="status",
        counts=lambda: {one.removeprefix(answer): n for one, n in dict(counters).items() if one.startswith(answer)},
    )  # fmt: skip
    count_of("hotline_calls_refused", "Calls refused", label="reason", counts=lambda: switch.refusals.counts)
    level_of("hotline_calls", "Calls in progress", level=lambda: len(switch.live))
    level_of("hotline_facts_waiting", "Facts not stored yet", level=lambda: switch.publisher.emitter.backlog)


async def _until_served(serve: Callable[[], Awaitable[object]]) -> None:
    while True:
        try:
            await serve()
        except BusAway as error:
            log.warning("the bus is away", reason=str(error))
            await asyncio.sleep(1)
        else:
            return


async def _tick(switch: Switch, reception: Reception, calls_out: CallsOut, *, pulse: Pulse) -> None:
    """Turn the clock of calls; the pulse goes with it as long as the SIP socket is read, too."""
    heard = turn = 0
    try:
        while not reception.lost.is_set():
            await asyncio.sleep(_TICK_S)
            attempt(lambda: reception.tell(switch.tick()), of="tick")
            attempt(calls_out.tick, of="tick of calls out")
            turn += 1
            if turn % _TICKS_A_PROOF == 0:
                reception.prove()
            if reception.heard != heard:
                heard = reception.heard
                pulse.advance()
    finally:
        reception.close()
    raise SocketLost("the SIP socket was closed under the switch; it starts anew")


def _media_events(switch: Switch, calls_out: CallsOut, /, *, former: dict[CallId, CallEnded], host: str) -> LinkEvents:
    async def came() -> None:
        await _report_orphans(switch, former=former, host=host)

    def went() -> None:
        switch.media_lost()
        calls_out.media_lost()

    def heard_by(of_calls: Callable[[Any], Awaitable[object]]) -> Callable[[Any], Awaitable[object]]:
        async def hears(said: media.FirstAudio | media.Speech) -> None:
            if not await calls_out.hears_sound(said):
                await of_calls(said)

        return hears

    notifies = MediaEvents(switch).notifies()
    sounds = {kind: heard_by(notifies[kind]) for kind in (media.FirstAudio, media.Speech)}
    return LinkEvents(came=came, went=went, notifies=notifies | sounds)


async def _report_orphans(switch: Switch, /, *, former: dict[CallId, CallEnded], host: str) -> None:
    """Tell of calls that lost their switch or their media, and let media forget them once that is stored."""
    asked = media.Orphans(known=tuple(switch.live))
    orphans = (await switch.link.request(asked, reply=media.OrphanCalls)).calls
    for fact in facts_of(orphans, former=former, told=set(switch.told), host=host):
        switch.tell(fact)
    former.clear()
    if not orphans:
        return
    log.warning("calls lost their switch or their media", calls=len(orphans))
    switch.told.update({orphan.call: None for orphan in orphans})

    async def forget() -> None:
        if await switch.publisher.emitter.drained(_STORED_WITHIN):
            try:
                command = media.ForgetOrphans(calls=tuple(orphan.call for orphan in orphans))
                await switch.link.request(command, reply=media.Carried)
            except HotlineError as error:
                log.warning("media still lists told calls", reason=str(error))

    switch.tasks.create_task(forget())


async def serve(config: SwitchConfig, /, *, pulse: Pulse) -> None:
    """Serve until cancelled; prints ``ready {json}`` to standard output once it listens."""
    async with open_bus(
        url=config.nats_url, name=f"switch-{config.host}", user=config.nats_user, password=config.nats_password
    ) as bus:
        process = SwitchProcess(config, bus=bus, pulse=pulse)

        async def announce() -> None:
            await process.ready.wait()
            print(f"ready {encode({'port': process.sip_port, 'sip_port': process.sip_port}).decode()}", flush=True)  # noqa: T201  the supervisor reads it

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(announce())
            tasks.create_task(process.run())
