"""A switch in a small house: memory bus, scripted media on a real socket, a telephone on real UDP."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from runtime.background import background
from runtime.bus import Bus
from runtime.bus.memory import MemoryBroker, open_memory_bus
from runtime.codec import decode_event, encode
from telephony.client import TelephonyClient
from telephony.settings import SETTINGS_KEY, TelephonySettings
from telephony.sip.messages import Request, Response
from telephony.sip.parser import parse
from telephony.sip.trunks import Trunk
from telephony.switch_config import SwitchConfig
from telephony.switch_process import SwitchProcess
from tests import waiting
from tests.telephony.calls_world import ADA, S7, SETTINGS
from tests.telephony.scripted_media import ScriptedMedia, scripted_media
from tests.telephony.sip_texts import OFFER, request
from vocabulary.calls import CallSnapshot, SeatSnapshot
from vocabulary.desk_requests import SeatLine, SeatReady, SeatSignIn
from vocabulary.events import Event
from vocabulary.events.telephony import CallChanged, SeatChanged
from vocabulary.ids import AccountId, SeatNo

E = TypeVar("E", bound=Event)
QUICK = replace(
    SETTINGS,
    menu=replace(SETTINGS.menu, open_question_seconds=0.2),
    limits=replace(SETTINGS.limits, ring_s=0.6, wrap_up_s=0.5, desk_silent_s=30.0, hold_notice_after_s=1.0,
                   nobody_after_s=0.3, reattach_s=0.6),
)  # fmt: skip


class Phone(asyncio.DatagramProtocol):
    """A telephone that a test drives message by message."""

    def __init__(self) -> None:
        self.inbox: asyncio.Queue[Request | Response] = asyncio.Queue()
        self.switch = ("127.0.0.1", 0)

    def connection_made(self, transport) -> None:
        self.transport = transport
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr) -> None:
        message = parse(data)
        assert message is not None
        self.inbox.put_nowait(message)

    def send(self, method: str, **options) -> None:
        data = request(method, **options).replace(b"127.0.0.1:5062", f"127.0.0.1:{self.port}".encode())
        self.transport.sendto(data, self.switch)

    async def response(self, status: int, method: str = "", within: float = 3.0) -> Response:
        """The next response with that status; others are passed over."""
        async with asyncio.timeout(within):
            while True:
                message = await self.inbox.get()
                if not isinstance(message, Response) or message.status != status:
                    continue
                if not method or message.headers.first("CSeq").endswith(method):
                    return message

    async def request(self, method: str, within: float = 5.0, status: int = 200) -> Request:
        async with asyncio.timeout(within):
            while True:
                message = await self.inbox.get()
                if isinstance(message, Request) and message.method == method:
                    via = message.headers.first("Via")
                    reply = f"SIP/2.0 {status} X\r\nVia: {via}\r\nTo: {message.headers.first('To')};tag=any\r\n"
                    self.transport.sendto(f"{reply}CSeq: {message.headers.first('CSeq')}\r\n\r\n".encode(), self.switch)
                    return message

    async def call(self, **options) -> str:
        """INVITE, 200, ACK; return the switch's tag."""
        self.send("INVITE", body=OFFER, **options)
        ok = await self.response(200)
        tag = ok.headers.first("To").partition("tag=")[2]
        self.send("ACK", to_tag=tag, branch="z9hG4bKack", **{k: v for k, v in options.items() if k == "call"})
        return tag

    def bye(self, tag: str, **options) -> None:
        self.send("BYE", cseq=2, to_tag=tag, branch="z9hG4bKbye", **options)


class House:
    """What a test sees."""

    def __init__(self, *, broker: MemoryBroker, bus: Bus, media: ScriptedMedia, phone: Phone) -> None:
        self.broker, self.bus, self.media, self.phone = broker, bus, media, phone
        self.desk = TelephonyClient(bus)
        self.shown: list[Event] = []
        self.process: SwitchProcess | None = None

    @property
    def facts(self) -> list[Event]:
        return [decode_event(stored.data) for stored in self.broker.stored]

    def told(self) -> list[str]:
        return [type(fact).__name__ for fact in self.facts]

    def of(self, kind: type[E]) -> list[E]:
        return [fact for fact in self.facts if isinstance(fact, kind)]

    def seat(self, seat: SeatNo = S7) -> SeatSnapshot | None:
        return next((e.seat for e in reversed(self.shown) if isinstance(e, SeatChanged) and e.seat.seat == seat), None)

    def call(self) -> CallSnapshot | None:
        return next((e.call for e in reversed(self.shown) if isinstance(e, CallChanged)), None)

    async def heard(self, event: Event) -> None:
        self.shown.append(event)

    async def until(self, holds: Callable[[], object], within: float = 4.0) -> None:
        async with waiting.within(within):
            while not holds():
                await asyncio.sleep(0.01)

    async def sit(self, seat: SeatNo = S7, *, agent: AccountId = ADA, skills: str = "general") -> None:
        wish = SeatSignIn(seat=seat, agent=agent, agent_name="甲", skills=frozenset(skills.split()))
        await self.desk.act(wish)
        await self.desk.line(SeatLine(seat=seat, agent=agent, offer_sdp="v=0\r\n"))
        await self.desk.act(SeatReady(seat=seat, agent=agent, ready=True))
        await self.until(lambda: (found := self.seat(seat)) is not None and found.state == "ready")


def config(folder: Path, trunks: tuple[Trunk, ...] = ()) -> SwitchConfig:
    return SwitchConfig(host="h1", media_socket=str(folder / "m"), state=str(folder / "state"),
                        recordings=str(folder / "rec"), nats_url="", sip_port=0, trunks=trunks)  # fmt: skip


@asynccontextmanager
async def switch_on(bus: Bus, folder: Path, trunks: tuple[Trunk, ...] = ()) -> AsyncIterator[SwitchProcess]:
    """Run a switch process' parts for the length of the block."""
    process = SwitchProcess(config(folder, trunks), bus=bus)
    async with background(process.run()):
        async with asyncio.timeout(5):
            await process.ready.wait()
        yield process


@asynccontextmanager
async def phone_on(port: int) -> AsyncIterator[Phone]:
    loop = asyncio.get_running_loop()
    transport, phone = await loop.create_datagram_endpoint(Phone, local_addr=("127.0.0.1", 0))
    phone.switch = ("127.0.0.1", port)
    yield phone
    transport.close()


@asynccontextmanager
async def house(
    folder: Path, settings: TelephonySettings | None = QUICK, *, trunks: tuple[Trunk, ...] = ()
) -> AsyncIterator[House]:
    """Everything up, settings in use, media connected."""
    broker = MemoryBroker()
    async with (
        open_memory_bus(broker) as bus,
        open_memory_bus(broker) as desk_bus,
        scripted_media(folder / "m") as media,
        switch_on(bus, folder, trunks) as process,
        phone_on(process.sip_port) as phone,
    ):
        if settings is not None:
            await desk_bus.kv_put(SETTINGS_KEY, encode(settings))
        made = House(broker=broker, bus=desk_bus, media=media, phone=phone)
        made.process = process
        await desk_bus.subscribe(made.heard, patterns=["live.telephony.>"])
        await made.until(lambda: process.switch is not None and process.switch.link.connected)
        if settings is not None:
            await made.until(lambda: process.switch is not None and process.switch.settings is not None)
        yield made


def some_id(number: int) -> UUID:
    return UUID(int=number)
