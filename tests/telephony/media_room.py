"""A real media process on real sockets, and telephones that speak RTP, for tests."""

import asyncio
import math
import random
import struct
import tempfile
import time
from array import array
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np

from runtime.background import background
from runtime.ids import new_id
from runtime.supervision import Pulse
from runtime.wav import write_wav
from runtime.wire import Wire, by_type, connect_wire
from telephony import media_protocol as words
from telephony.media import MediaConfig, run_media
from telephony.media.media_process import serve
from telephony.media.sending import TICK_S
from tests.waiting import within
from vocabulary.audio import FRAME_SAMPLES, Party
from vocabulary.g711 import ALAW_TO_LINEAR, LINEAR_TO_ALAW, LINEAR_TO_ULAW, ULAW_TO_LINEAR, decode, encode
from vocabulary.ids import CallId, ContactId, LegId

FROM_LINEAR = {8: b"\xd5" + LINEAR_TO_ALAW[1:], 0: LINEAR_TO_ULAW}
TO_LINEAR = {8: ALAW_TO_LINEAR, 0: ULAW_TO_LINEAR}
NOTIFIES = (
    words.LineState,
    words.PromptsEnded,
    words.Digit,
    words.Speech,
    words.FirstAudio,
    words.RtpTimeout,
    words.LegFailed,
)


def tone(hz: float, seconds: float, level: float = 8000) -> bytes:
    """s16le sine."""
    return array(
        "h", (int(level * math.sin(2 * math.pi * hz * n / 8000)) for n in range(int(8000 * seconds)))
    ).tobytes()


def noise(seconds: float, seed: int) -> bytes:
    """s16le white noise, different everywhere, so that places can be found by it."""
    draw = random.Random(seed)
    return array("h", (draw.randint(-8000, 8000) for _ in range(int(8000 * seconds)))).tobytes()


def through(pcm: bytes, payload_type: int = 8) -> bytes:
    """What is left of linear samples after one G.711 coding."""
    return decode(encode(pcm, FROM_LINEAR[payload_type]), TO_LINEAR[payload_type])


def likeness(needle: bytes, hay: bytes) -> float:
    """Median over windows of 0.2 s of the normalised correlation (-1 to 1) with s16le ``hay`` at each best lag."""
    wanted, heard = np.frombuffer(needle, "<i2").astype(float), np.frombuffer(hay, "<i2").astype(float)
    if heard.size < wanted.size:
        return 0.0
    windows = [wanted[at : at + 1600] for at in range(0, wanted.size - 1599, 1600)]
    return float(np.median([_best(window, heard) for window in windows]))


def _best(window: Any, heard: Any) -> float:
    size = heard.size + window.size
    spectrum = np.fft.rfft(heard, size) * np.conj(np.fft.rfft(window, size))
    products = np.fft.irfft(spectrum, size)[: heard.size - window.size + 1]
    energy = np.concatenate([[0.0], (heard**2).cumsum()])
    local = energy[window.size :] - energy[: heard.size - window.size + 1]
    return float((products / np.sqrt(np.maximum(local, 1.0) * (window**2).sum())).max())


class Phone(asyncio.DatagramProtocol):
    """Sends 20 ms packets on an absolute clock and keeps what comes."""

    def __init__(self, payload_type: int = 8) -> None:
        self.payload_type = payload_type
        self.ssrc = random.getrandbits(32)
        self.sequence, self.timestamp = 100, 5000
        self.to: tuple[str, int] | None = None
        self.packets: list[tuple[float, int, int, int, bytes]] = []
        self.port = 0

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        _, kind, sequence, _, ssrc = struct.unpack_from("!BBHII", data)
        self.packets.append((time.monotonic(), kind & 0x7F, sequence, ssrc, data[12:]))

    def heard(self) -> bytes:
        """s16le of all payloads in order of arrival."""
        return b"".join(decode(payload, TO_LINEAR[kind]) for _, kind, _, _, payload in self.packets)

    async def more(self, packets: int, seconds: float = 5.0) -> None:
        """Wait until so many more packets have come: media has had as many ticks."""
        wanted = len(self.packets) + packets
        async with within(seconds, f"{packets} packets"):
            while len(self.packets) < wanted:
                await asyncio.sleep(0.005)

    def send(self, payload: bytes, payload_type: int | None = None, *, marker: bool = False, step: int = 160) -> None:
        kind = self.payload_type if payload_type is None else payload_type
        head = struct.pack(
            "!BBHII", 0x80, kind | marker << 7, self.sequence & 0xFFFF, self.timestamp & 0xFFFFFFFF, self.ssrc
        )
        self.transport.sendto(head + payload, self.to)
        self.sequence += 1
        self.timestamp += step

    async def speak(self, pcm: bytes, *, rate: float = 50.0) -> None:
        """Send all of s16le sound, in packets of 20 ms."""
        octets = encode(pcm, FROM_LINEAR[self.payload_type])
        start = time.monotonic()
        for number, at in enumerate(range(0, len(octets), FRAME_SAMPLES)):
            await asyncio.sleep(max(0.0, start + number / rate - time.monotonic()))
            self.send(octets[at : at + FRAME_SAMPLES].ljust(FRAME_SAMPLES, octets[:1]))


class Media:
    """The switch's end of the wire, with every notify that came."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.notifies: list[Any] = []
        self.wire: Wire
        self.fresh = asyncio.Event()
        self.config: MediaConfig

    async def ask(self, value: object, reply: type[Any] = words.Carried) -> Any:
        return await self.wire.request(value, reply=reply)

    async def take(self, notify: Any) -> None:
        self.notifies.append(notify)
        self.fresh.set()

    async def wait_for(self, kind: type[Any], seconds: float = 3.0) -> Any:
        async with asyncio.timeout(seconds):
            while True:
                for notify in self.notifies:
                    if isinstance(notify, kind):
                        self.notifies.remove(notify)
                        return notify
                self.fresh.clear()
                await self.fresh.wait()

    async def sound(self, call: CallId, *legs: LegId, playing: tuple[words.Playing, ...] = ()) -> words.SoundSet:
        """Let these legs hear all others of them."""
        pairs = tuple(words.Hearing(listener=one, speaker=other) for one in legs for other in legs if one != other)
        answer: words.SoundSet = await self.ask(
            words.SetSound(call=call, hearing=pairs, playing=playing), words.SoundSet
        )
        return answer

    async def open_leg(
        self, phone: Phone, call: CallId, *, party: Party = Party.CALLER, dtmf: int | None = 101
    ) -> LegId:
        leg = LegId(new_id())
        codec = words.Codec.PCMA if phone.payload_type == 8 else words.Codec.PCMU
        opened = await self.ask(
            words.OpenRtpLeg(
                leg=leg, call=call, contact=ContactId(call), party=party, codec=codec, remote_host="127.0.0.1",
                remote_port=phone.port, dtmf_payload_type=dtmf, bind_host="127.0.0.1",
            ),
            words.RtpLegOpened,
        )  # fmt: skip
        phone.to = (opened.host, opened.port)
        await self.ask(words.ConfirmRtpLeg(leg=leg))
        return leg

    async def start_call(self, call: CallId, leg: LegId, name: str = "") -> words.CallStarted:
        return await self.ask(
            words.StartCall(call=call, contact=ContactId(call), caller_leg=leg, recording_name=name), words.CallStarted
        )


@asynccontextmanager
async def phone(payload_type: int = 8) -> AsyncIterator[Phone]:
    loop = asyncio.get_running_loop()
    transport, made = await loop.create_datagram_endpoint(lambda: Phone(payload_type), local_addr=("127.0.0.1", 0))
    try:
        yield made
    finally:
        transport.close()


def config_in(folder: Path, **changes: Any) -> MediaConfig:
    run = Path(tempfile.mkdtemp(prefix="m", dir="/tmp"))
    prompts = folder / "prompts"
    prompts.mkdir(exist_ok=True)
    write_wav(prompts / "tone440.wav", tone(440, 0.5))
    write_wav(prompts / "noise.wav", noise(0.5, 7))
    settings: dict[str, Any] = {
        "host": "test", "media_socket": str(run / "m.sock"), "tap_socket": str(run / "t.sock"), "recordings": str(folder / "recordings"),
        "prompts": str(prompts), "want_realtime": False,
    }  # fmt: skip
    return MediaConfig(**(settings | changes))


async def until(path: Path, seconds: float = 20.0) -> None:
    """Wait until somebody listens at a socket: its file is there a moment earlier."""
    async with asyncio.timeout(seconds):
        while True:
            try:
                _, writer = await asyncio.open_unix_connection(str(path))
            except OSError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                return


@asynccontextmanager
async def switch_of(config: MediaConfig) -> AsyncIterator[Media]:
    media = Media(Path(config.recordings))
    media.config = config
    await until(Path(config.media_socket))
    async with connect_wire(config.media_socket, handlers=by_type(dict.fromkeys(NOTIFIES, media.take))) as wire:
        media.wire = wire
        await media.ask(words.Orphans(), words.OrphanCalls)
        yield media


class Steps:
    """A clock of media that a test moves: 20 ms a step, as fast as the machine can."""

    def __init__(self) -> None:
        self._tick: Callable[[float], None] | None = None
        self._now = time.monotonic()

    async def __call__(self, *, tick: Callable[[float], None], **_: object) -> None:
        self._tick = tick
        await asyncio.Event().wait()

    async def step(self, ticks: int = 1) -> None:
        """Let so many ticks pass; what they send has arrived when this returns."""
        assert self._tick is not None
        self._now = max(self._now, time.monotonic())  # a leg that was opened a moment ago is dated by the real clock
        for _ in range(ticks):
            self._now += TICK_S
            self._tick(self._now)
            await asyncio.sleep(0)
            await asyncio.sleep(0)

    async def speak(self, *talks: tuple[Phone, bytes]) -> None:
        """Let telephones speak at the same time: each says a frame of s16le sound, then a tick passes."""
        spoken = [(talker, encode(pcm, FROM_LINEAR[talker.payload_type])) for talker, pcm in talks]
        for at in range(0, max(len(octets) for _, octets in spoken), FRAME_SAMPLES):
            for talker, octets in spoken:
                talker.send(octets[at : at + FRAME_SAMPLES].ljust(FRAME_SAMPLES, octets[:1]))
            await self.step()


@asynccontextmanager
async def stepped_media(folder: Path, **changes: Any) -> AsyncIterator[tuple[Media, Steps]]:
    """A media process in this loop whose ticks the test makes, and a switch connected to it."""
    config, steps = config_in(folder, **changes), Steps()
    async with background(serve(config, pulse=Pulse(), ticker=steps)), switch_of(config) as media:
        yield media, steps


@asynccontextmanager
async def media_process(folder: Path, **changes: Any) -> AsyncIterator[Media]:
    """A media process in this loop and a switch connected to it."""
    config = config_in(folder, **changes)
    async with background(run_media(config)), switch_of(config) as media:
        yield media


def new_call() -> CallId:
    return CallId(new_id())
