"""``python -m tests.telephony.logged_calls FOLDER NUMBER``: calls of one caller, with the logs of a real process."""

import asyncio
import sys
from pathlib import Path

from runtime.telemetry import configure_logging
from telephony import media_protocol as media
from tests.telephony.calls_world import ADA, S7
from tests.telephony.sip_texts import OFFER
from tests.telephony.switch_house import QUICK, House, house
from vocabulary.calls import SeatState
from vocabulary.desk_requests import SeatAnswer
from vocabulary.events.telephony import CallConnected, CallEnded


async def answered_call(here: House, number: str) -> None:
    """A call from INVITE to BYE with an agent who answers."""
    await here.sit()
    tag = await here.phone.call(user=number)
    await here.until(lambda: (seat := here.seat()) is not None and seat.state is SeatState.RINGING)
    seat = here.seat()
    assert seat is not None
    assert seat.offer is not None
    await here.desk.act(SeatAnswer(seat=S7, agent=ADA, offer=seat.offer))
    await here.until(lambda: here.of(CallConnected), within=10)
    here.phone.bye(tag, user=number)
    await here.until(lambda: here.of(CallEnded))


async def refused_and_cancelled(here: House, number: str) -> None:
    """A call that media cannot take, and one whose caller gives up at once."""
    here.media.slow_s = 0.5
    here.phone.send("INVITE", body=OFFER, user=number, call="cancelled", branch="z9hG4bKcancel")
    await here.phone.response(100)
    here.phone.send("CANCEL", user=number, call="cancelled", branch="z9hG4bKcancel")
    await here.phone.response(487)
    await here.until(lambda: here.media.of(media.EndCall))


async def main(folder: Path, number: str) -> None:
    """Every way a call can go that logs something."""
    configure_logging(process="switch", json=True)
    for name in ("one", "two"):
        (folder / name).mkdir()
    async with house(folder / "one", settings=None) as here:
        here.phone.send("INVITE", body=OFFER, user=number)
        await here.phone.response(503)
        here.phone.send("INVITE", body="no sdp at all", user=number, call="odd", branch="z9hG4bKodd")
        await here.phone.response(503)
    async with house(folder / "two", settings=QUICK) as here:
        await answered_call(here, number)
        await refused_and_cancelled(here, number)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
