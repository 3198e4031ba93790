"""However often a call is re-negotiated, one sender speaks to the caller."""

from pathlib import Path

from telephony import media_protocol as words
from tests.telephony.media_room import new_call, phone, stepped_media
from tests.telephony.sip_texts import OFFER
from tests.telephony.switch_house import house

TICKS = 100


async def test_after_three_re_invites_as_many_packets_come_as_before(tmp_path: Path) -> None:
    async with stepped_media(tmp_path) as (media, steps), phone() as caller:
        leg = await media.open_leg(caller, new_call())
        for _ in range(3):
            await media.ask(
                words.UpdateRtpLeg(
                    leg=leg, codec=words.Codec.PCMA, remote_host="127.0.0.1", remote_port=caller.port,
                    dtmf_payload_type=101, direction=words.Direction.SENDRECV,
                )
            )  # fmt: skip
        caller.packets.clear()
        await steps.step(TICKS)

    assert len(caller.packets) == TICKS
    assert len({ssrc for _, _, _, ssrc, _ in caller.packets}) == 1


async def test_a_re_invite_reaches_the_leg_that_the_call_opened(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        tag = await here.phone.call()
        here.phone.send("INVITE", cseq=2, to_tag=tag, branch="z9hG4bKagain", body=OFFER)
        await here.phone.response(200, "INVITE")
        await here.until(lambda: here.media.of(words.UpdateRtpLeg))
        opened, updated = here.media.of(words.OpenRtpLeg), here.media.of(words.UpdateRtpLeg)

    assert [update.leg for update in updated] == [leg.leg for leg in opened]
