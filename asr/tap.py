"""The client of media's tap server: connects again and again, claims legs, hands blocks on."""

import asyncio
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from runtime.failures import NoAnswer
from runtime.telemetry import get_logger
from runtime.wire import Handlers, Wire, by_type, connect_wire
from vocabulary.audio import AudioBlock
from vocabulary.ids import LegId
from vocabulary.taps import TapClaim, TapClaimed, TapHello, TapLeg, TapLegClosed, TapLegOpened, TapRelease

log = get_logger(__name__)
_HEAD = 16 + 8 + 1
_GAP_BEFORE = 1
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.1, 1.0
_CLAIM_DEADLINE = timedelta(seconds=2)


class TapListener(Protocol):
    """Who listens to the tap; called on the event loop, in order, and must not block."""

    def greeted(self, legs: tuple[TapLeg, ...], /) -> None:
        """A connection began; these legs can be claimed."""
        ...

    def opened(self, leg: TapLeg, /) -> None:
        """One more leg can be claimed."""
        ...

    def closed(self, leg: LegId, end_sample: int, /) -> None:
        """No sample of the leg follows at or after ``end_sample``; earlier ones may still be under way."""
        ...

    def block(self, block: AudioBlock, /) -> None:
        """Sound of a claimed leg."""
        ...

    def disconnected(self) -> None:
        """The connection is over, and with it every claim."""
        ...


def read_block(payload: bytes, /) -> AudioBlock | None:
    """Return the block of an audio payload (leg 16 bytes, first sample u64 BE, flags u8, s16le); None: malformed."""
    if len(payload) < _HEAD or (len(payload) - _HEAD) % 2:
        return None
    return AudioBlock(
        leg=LegId(UUID(bytes=payload[:16])),
        first_sample=int.from_bytes(payload[16:24], "big"),
        gap_before=bool(payload[24] & _GAP_BEFORE),
        pcm=payload[_HEAD:],
    )


class Tap:
    """The connection, while there is one."""

    def __init__(self, path: str, listener: TapListener) -> None:
        """Connect nowhere yet; ``follow`` does."""
        self._path, self._listener = path, listener
        self._wire: Wire | None = None
        self.malformed = 0

    @property
    def connected(self) -> bool:
        """Whether a connection lives."""
        return self._wire is not None and not self._wire.closed

    async def claim(self, leg: LegId, *, from_sample: int) -> int:
        """Claim a leg and return the sample its blocks begin at; Refused while another reader holds it."""
        if self._wire is None:
            raise NoAnswer("the tap of media is not connected")
        wanted = TapClaim(leg=leg, from_sample=from_sample)
        return (await self._wire.request(wanted, reply=TapClaimed, timeout=_CLAIM_DEADLINE)).from_sample

    async def release(self, leg: LegId, /) -> None:
        """Give a claim back; nothing happens when the connection is gone."""
        if self._wire is not None and not self._wire.closed:
            await self._wire.notify(TapRelease(leg=leg))

    async def follow(self) -> None:
        """Stay connected until cancelled: wait 0.1 s after a loss, doubling to 1 s."""
        wait = _FIRST_WAIT_S
        while True:
            try:
                async with connect_wire(self._path, handlers=self._handlers(), on_audio=self._audio) as wire:
                    self._wire, wait = wire, _FIRST_WAIT_S
                    log.info("connected to the tap", path=self._path)
                    await wire.wait_closed()
            except NoAnswer:
                wait = min(2 * wait, _LONGEST_WAIT_S)
            if self._wire is not None:
                log.warning("the tap went away", path=self._path)
                self._wire = None
                self._listener.disconnected()
            await asyncio.sleep(wait)

    def _audio(self, payload: bytes, /) -> None:
        block = read_block(payload)
        if block is None:
            self.malformed += 1
        else:
            self._listener.block(block)

    def _handlers(self) -> Handlers:
        async def hello(message: TapHello, /) -> None:
            self._listener.greeted(message.legs)

        async def opened(message: TapLegOpened, /) -> None:
            self._listener.opened(message.leg)

        async def closed(message: TapLegClosed, /) -> None:
            self._listener.closed(message.leg, message.end_sample)

        return by_type({TapHello: hello, TapLegOpened: opened, TapLegClosed: closed})
