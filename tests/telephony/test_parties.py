"""Who speaks stays who speaks: a leg's party reaches the readers of its tap."""

import asyncio
from pathlib import Path

from tests.telephony.media_room import media_process, new_call, phone
from tests.telephony.test_taps import Reader
from vocabulary.audio import Party
from vocabulary.taps import TapHello, TapLegOpened


async def test_each_leg_is_tapped_under_its_own_party(tmp_path: Path) -> None:
    early, late = Reader(), Reader()
    async with media_process(tmp_path) as media, phone() as caller, phone() as agent:
        async with early.connect(media.config.tap_socket):
            await early.until(TapHello)
            call = new_call()
            legs = {
                await media.open_leg(caller, call): Party.CALLER,
                await media.open_leg(agent, call, party=Party.AGENT): Party.AGENT,
            }
            await media.start_call(call, next(iter(legs)))
            async with asyncio.timeout(3):
                while sum(isinstance(message, TapLegOpened) for message in early.said) < len(legs):
                    await asyncio.sleep(0.01)
        async with late.connect(media.config.tap_socket):
            hello = await late.until(TapHello)

    assert {said.leg.leg: said.leg.party for said in early.said if isinstance(said, TapLegOpened)} == legs
    assert {leg.leg: leg.party for leg in hello.legs} == legs
