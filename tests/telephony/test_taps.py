import asyncio
import itertools
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from runtime.wire import by_type, connect_wire
from telephony import media_protocol as words
from telephony.media.tap_frames import pack_block, unpack_block
from telephony.media.tap_ring import TapRing
from tests.telephony.media_room import media_process, new_call, noise, phone, stepped_media, through
from vocabulary.audio import AudioBlock, Party
from vocabulary.errors import Permanent, Refused
from vocabulary.ids import CallId, ContactId, LegId
from vocabulary.taps import TapClaim, TapClaimed, TapHello, TapLeg, TapLegClosed, TapLegOpened, TapRelease

LEG = LegId(UUID(int=5))


def ring(first_sample: int = 0) -> TapRing:
    return TapRing(
        TapLeg(leg=LEG, call=CallId(LEG), contact=ContactId(LEG), party=Party.CALLER, first_sample=first_sample)
    )


def test_a_block_crosses_the_wire_unchanged() -> None:
    block = AudioBlock(leg=LEG, first_sample=1 << 40, pcm=b"\x01\x02" * 800, gap_before=True)

    assert unpack_block(pack_block(block)) == block


@pytest.mark.parametrize("payload", [b"", b"x" * 24, b"x" * 26])
def test_a_cut_block_is_refused(payload: bytes) -> None:
    with pytest.raises(Permanent):
        unpack_block(payload)


def test_a_reader_gets_what_is_kept_and_learns_of_the_gap() -> None:
    kept = ring()
    for second in range(40):
        kept.feed(bytes([second, 0]) * 8000)

    first = kept.after(0)

    assert first is not None
    assert (first.first_sample, first.gap_before) == (80000, True)
    inside = kept.after(80100)
    assert inside is not None
    assert (inside.first_sample, inside.end_sample, inside.gap_before) == (80100, 80800, False)
    assert kept.after(320000) is None


def test_the_end_of_a_leg_cuts_a_shorter_block() -> None:
    kept = ring(first_sample=1600)
    kept.feed(bytes(2 * 900))
    kept.close()
    kept.close()

    last = kept.after(2400)

    assert last is not None
    assert (last.first_sample, last.end_sample, kept.end_sample) == (2400, 2500, 2500)


class Reader:
    """A tap client that keeps what it hears."""

    def __init__(self) -> None:
        self.said: list[Any] = []
        self.blocks: list[AudioBlock] = []

    async def note(self, message: Any) -> None:
        self.said.append(message)

    def connect(self, path: str) -> Any:
        kinds = (TapHello, TapLegOpened, TapLegClosed)
        return connect_wire(
            path,
            handlers=by_type(dict.fromkeys(kinds, self.note)),
            on_audio=lambda payload: self.blocks.append(unpack_block(payload)),
        )

    async def until(self, kind: type[Any]) -> Any:
        async with asyncio.timeout(3):
            while not any(isinstance(message, kind) for message in self.said):
                await asyncio.sleep(0.01)
        return next(message for message in self.said if isinstance(message, kind))


async def test_each_leg_is_heard_before_mixing_from_call_time_zero_on(tmp_path: Path) -> None:
    caller_reader = Reader()
    async with (
        stepped_media(tmp_path) as (media, steps),
        phone() as caller,
        phone(0) as agent,
        caller_reader.connect(media.config.tap_socket) as wire,
    ):
        call = new_call()
        leg_a = await media.open_leg(caller, call)
        await media.start_call(call, leg_a)
        opened = await caller_reader.until(TapLegOpened)
        assert await wire.request(TapClaim(leg=leg_a, from_sample=0), reply=TapClaimed) == TapClaimed(
            leg=leg_a, from_sample=0
        )
        await steps.step(10)
        leg_b = await media.open_leg(agent, call, party=Party.AGENT)
        await wire.request(TapClaim(leg=leg_b, from_sample=0), reply=TapClaimed)
        await media.sound(call, leg_a, leg_b)
        spoken_a, spoken_b = noise(0.5, 5), noise(0.5, 6)
        await steps.speak((caller, spoken_a), (agent, spoken_b))
        await steps.step(15)
        ended = await media.ask(words.EndCall(call=call), words.EndedCall)
        closed = await caller_reader.until(TapLegClosed)

    heard = {leg: [block for block in caller_reader.blocks if block.leg == leg] for leg in (leg_a, leg_b)}
    assert opened.leg.first_sample == 0
    assert heard[leg_a][0].first_sample == 0
    assert heard[leg_b][0].first_sample >= 1600
    for blocks in heard.values():
        assert all(a.end_sample == b.first_sample for a, b in itertools.pairwise(blocks))
        assert not any(block.gap_before for block in blocks)
        assert blocks[-1].end_sample == ended.duration_ms * 8 == closed.end_sample
    assert through(spoken_a) in b"".join(block.pcm for block in heard[leg_a])
    assert through(spoken_b, 0) in b"".join(block.pcm for block in heard[leg_b])


async def test_a_claim_is_exclusive_and_ends_with_its_connection(tmp_path: Path) -> None:
    first, second = Reader(), Reader()
    async with media_process(tmp_path) as media, phone() as caller:
        call = new_call()
        leg = await media.open_leg(caller, call)
        await media.start_call(call, leg)
        async with second.connect(media.config.tap_socket) as other:
            async with first.connect(media.config.tap_socket) as wire:
                await wire.request(TapClaim(leg=leg, from_sample=0), reply=TapClaimed)
                with pytest.raises(Refused) as refused:
                    await other.request(TapClaim(leg=leg, from_sample=0), reply=TapClaimed)
                await asyncio.sleep(0.3)
            await asyncio.sleep(0.1)
            await other.request(TapClaim(leg=leg, from_sample=0), reply=TapClaimed)
            await other.notify(TapRelease(leg=leg))
            await asyncio.sleep(0.15)
            count = len(second.blocks)
            await asyncio.sleep(0.25)
            with pytest.raises(Refused) as unknown:
                await other.request(TapClaim(leg=LEG, from_sample=0), reply=TapClaimed)

    assert refused.value.reason == "claimed"
    assert unknown.value.reason == "no-leg"
    assert second.blocks[0].first_sample == 0
    assert len(second.blocks) == count


async def test_a_reader_that_comes_late_is_told_of_ended_legs_and_may_still_hear_them(tmp_path: Path) -> None:
    late = Reader()
    async with media_process(tmp_path) as media, phone() as caller:
        call = new_call()
        leg = await media.open_leg(caller, call)
        await media.start_call(call, leg)
        await asyncio.sleep(0.35)
        ended = await media.ask(words.EndCall(call=call), words.EndedCall)
        async with late.connect(media.config.tap_socket) as wire:
            hello = await late.until(TapHello)
            await wire.request(TapClaim(leg=leg, from_sample=0), reply=TapClaimed)
            await asyncio.sleep(0.1)

    assert [entry.end_sample for entry in hello.legs] == [ended.duration_ms * 8]
    assert late.blocks[-1].end_sample == ended.duration_ms * 8
