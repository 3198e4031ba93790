"""The switch over real UDP, a real wire to scripted media, and the memory bus."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from runtime.boundary import Done, attempt
from runtime.codec import encode
from runtime.ids import new_id
from telephony import media_protocol as media
from telephony.calls import inputs as got
from telephony.settings import SETTINGS_KEY
from telephony.sip.admission import ACK_S
from telephony.tracks import recording_name
from tests.telephony.calls_world import ADA, BO, S7, S8
from tests.telephony.sip_texts import OFFER
from tests.telephony.switch_house import QUICK, House, house
from vocabulary.audio import Party
from vocabulary.calls import EndReason, OfferOutcome, SeatState
from vocabulary.desk_requests import SeatAnswer, SeatDecline, SeatHangUp, SeatHold, SeatResume, SeatWrapUpDone
from vocabulary.errors import Refused
from vocabulary.events.telephony import (
    CallAccepted,
    CallConnected,
    CallEnded,
    CallOffered,
    CallRecorded,
    LegHeld,
    LegJoined,
    LegLeft,
    OfferEnded,
)
from vocabulary.ids import CallId, OfferId


@pytest.fixture
async def here(tmp_path: Path):
    async with house(tmp_path) as made:
        yield made


async def ringing(here: House, seat=S7) -> OfferId:
    await here.until(lambda: (found := here.seat(seat)) is not None and found.state is SeatState.RINGING)
    found = here.seat(seat)
    assert found is not None
    assert found.offer is not None
    return found.offer


async def connected(here: House) -> str:
    """Seat 007 sits, a caller dials, they talk; return the switch's tag."""
    await here.sit()
    tag = await here.phone.call()
    offer = await ringing(here)
    await here.desk.act(SeatAnswer(seat=S7, agent=ADA, offer=offer))
    await here.until(lambda: here.of(CallConnected))
    return tag


async def test_a_call_from_invite_to_the_last_fact(here: House) -> None:
    tag = await connected(here)
    here.phone.bye(tag)
    await here.phone.response(200, "BYE")
    await here.until(lambda: here.of(CallEnded))

    assert here.told() == [
        "CallAccepted", "LegJoined", "CallQueued", "CallOffered", "OfferEnded", "LegJoined", "CallConnected", "LegLeft",
        "LegLeft", "CallRecorded", "CallEnded",
    ]  # fmt: skip
    ended, recorded = here.of(CallEnded)[0], here.of(CallRecorded)[0]
    assert (ended.reason, ended.line_name) == (EndReason.CALLER_HUNG_UP, "政务服务便民热线")
    assert [(fact.party, fact.seat) for fact in here.of(LegLeft)] == [(Party.CALLER, None), (Party.AGENT, S7)]
    assert (recorded.host, recorded.name) == ("h1", recording_name(ended.call))
    assert here.of(CallConnected)[0].at_ms == 4321
    played = here.media.played()
    assert played[0] == ("greeting",)
    assert played[1] == ("question",)
    assert ("intro_number", "digit_0", "digit_0", "digit_7", "intro_service") in played
    found = here.seat()
    assert found is not None
    assert found.state is SeatState.WRAP
    await here.until(lambda: (seat := here.seat()) is not None and seat.state is SeatState.READY)


async def test_the_answer_promises_where_media_listens(here: House) -> None:
    here.phone.send("INVITE", body=OFFER)
    ok = await here.phone.response(200)

    assert b"m=audio 20000 RTP/AVP 8 101" in ok.body
    assert here.process is not None
    assert ok.headers.first("Contact") == f"<sip:127.0.0.1:{here.process.sip_port}>"
    leg = here.media.of(media.OpenRtpLeg)[0]
    assert (leg.codec, leg.remote_host, leg.remote_port, leg.dtmf_payload_type) == ("PCMA", "127.0.0.1", 4000, 101)
    start = here.media.of(media.StartCall)[0]
    assert start.caller_leg == leg.leg


async def test_the_agent_hangs_up_and_the_telephone_gets_a_bye(here: House) -> None:
    await connected(here)
    call = here.of(CallAccepted)[0].call

    await here.desk.act(SeatHangUp(seat=S7, agent=ADA, call=call))
    bye = await here.phone.request("BYE")

    assert bye.headers.first("Reason") == "Q.850;cause=16"
    await here.until(lambda: here.of(CallEnded))
    assert here.of(CallEnded)[0].reason is EndReason.AGENT_HUNG_UP
    done = await here.desk.act(SeatWrapUpDone(seat=S7, agent=ADA))
    assert (done.seat.state, done.call) == (SeatState.READY, None)


async def test_an_agent_holds_the_caller_and_takes_it_back_and_media_is_told_each_time(here: House) -> None:
    await connected(here)
    call = here.of(CallAccepted)[0].call
    pairs = here.media.of(media.SetSound)[-1].hearing

    on_hold = await here.desk.act(SeatHold(seat=S7, agent=ADA, call=call))
    await here.until(lambda: here.of(LegHeld))
    music = here.media.of(media.SetSound)[-1]
    back = await here.desk.act(SeatResume(seat=S7, agent=ADA, call=call))
    await here.until(lambda: len(here.of(LegJoined)) == 3)

    assert (on_hold.seat.state, back.seat.state) == (SeatState.HOLD, SeatState.TALKING)
    assert (music.hearing, [play.prompts for play in music.playing]) == ((), [("moh",)])
    assert (here.media.of(media.SetSound)[-1].hearing, here.media.of(media.SetSound)[-1].playing) == (pairs, ())


async def test_what_is_no_talk_of_the_seat_cannot_be_held(here: House) -> None:
    await connected(here)
    call = here.of(CallAccepted)[0].call
    await here.sit(S8, agent=BO)

    with pytest.raises(Refused) as of_another:
        await here.desk.act(SeatHold(seat=S8, agent=BO, call=call))
    with pytest.raises(Refused) as of_nobody:
        await here.desk.act(SeatResume(seat=S7, agent=ADA, call=CallId(new_id())))

    assert (of_another.value.reason, of_nobody.value.reason) == ("not-in-call", "not-in-call")


async def test_a_seat_that_does_not_answer_loses_the_offer_and_the_next_seat_is_rung(here: House) -> None:
    await here.sit(S7)
    await here.sit(S8, agent=BO)
    await here.phone.call()
    late = await ringing(here, S7)

    await ringing(here, S8)

    seat = here.seat(S7)
    assert seat is not None
    assert (seat.state, seat.reason) == (SeatState.NOT_READY, "no-answer")
    assert [ended.outcome for ended in here.of(OfferEnded)] == [OfferOutcome.NO_ANSWER]
    with pytest.raises(Refused) as caught:
        await here.desk.act(SeatAnswer(seat=S7, agent=ADA, offer=late))
    assert caught.value.reason == "offer-over"
    assert len(here.of(CallOffered)) == 2


async def test_a_declined_call_is_offered_to_the_next(here: House) -> None:
    await here.sit(S7)
    await here.sit(S8, agent=BO)
    await here.phone.call()

    await here.desk.act(SeatDecline(seat=S7, agent=ADA, offer=await ringing(here, S7)))

    await ringing(here, S8)
    assert here.of(OfferEnded)[0].outcome is OfferOutcome.DECLINED


async def test_a_caller_who_hangs_up_while_it_rings_has_abandoned_and_the_seat_is_ready_again(here: House) -> None:
    await here.sit()
    tag = await here.phone.call()
    await ringing(here)

    here.phone.bye(tag)
    await here.until(lambda: here.of(CallEnded))

    assert here.of(CallEnded)[0].reason is EndReason.ABANDONED
    assert here.of(OfferEnded)[0].outcome is OfferOutcome.WITHDRAWN
    assert here.told()[-1] == "CallEnded"
    await here.until(lambda: (seat := here.seat()) is not None and seat.state is SeatState.READY)


async def test_with_nobody_on_duty_the_caller_hears_an_apology(here: House) -> None:
    await here.phone.call()

    await here.phone.request("BYE")

    await here.until(lambda: here.of(CallEnded))
    assert here.of(CallEnded)[0].reason is EndReason.NOBODY_ON_DUTY
    assert ("apology",) in here.media.played()


async def test_key_one_leads_to_the_one_number_seats(here: House) -> None:
    here.media.prompt_s = 0.2
    await here.sit(S7, skills="general")
    await here.sit(S8, agent=BO, skills="one-number")
    await here.phone.call()
    await here.until(lambda: here.of(CallAccepted))
    leg = here.of(CallAccepted)[0].caller_leg
    await here.media.tell(media.Digit(leg=leg, digit="1", at_ms=500))

    await ringing(here, S8)

    call = here.call()
    assert call is not None
    assert call.queue == "one-number"


async def test_a_second_line_is_the_entry_of_its_own_queue(here: House) -> None:
    await here.sit(S8, agent=BO, skills="one-number")
    await here.phone.call(number="8100")

    await ringing(here, S8)


async def test_this_machines_test_calls_ring_the_wanted_seat_first(here: House) -> None:
    await here.sit(S7)
    await asyncio.sleep(0.05)
    await here.sit(S8, agent=BO)
    await here.phone.call(extra="X-Hotline-Seat: 008\r\n")

    await ringing(here, S8)

    assert [offer.seat for offer in here.of(CallOffered)] == [S8]


async def test_a_re_invite_changes_the_one_leg_and_opens_no_second(here: House) -> None:
    tag = await connected(here)
    hold = OFFER.replace("sendrecv", "sendonly").replace("4000", "4002")

    here.phone.send("INVITE", cseq=2, to_tag=tag, branch="z9hG4bKhold", body=hold)
    ok = await here.phone.response(200, "INVITE")

    assert b"a=recvonly" in ok.body
    assert b"m=audio 20000 " in ok.body
    await here.until(lambda: here.media.of(media.UpdateRtpLeg))
    update = here.media.of(media.UpdateRtpLeg)[0]
    assert (update.remote_port, update.direction) == (4002, media.Direction.RECVONLY)
    assert len(here.media.of(media.OpenRtpLeg)) == 1


async def test_a_cancel_while_media_is_asked_gets_487_and_leaves_no_leg(here: House) -> None:
    here.media.slow_s = 0.3
    here.phone.send("INVITE", body=OFFER)
    await here.phone.response(100)

    here.phone.send("CANCEL")

    await here.phone.response(200, "CANCEL")
    await here.phone.response(487, "INVITE")
    await here.until(lambda: here.of(CallEnded))
    assert here.of(CallEnded)[0].reason is EndReason.CANCELLED
    await here.until(lambda: here.media.of(media.EndCall))


async def test_a_lost_line_keeps_the_caller_on_music_until_the_seat_is_back(here: House) -> None:
    await connected(here)
    await here.media.line(S7, connected=False)
    await here.until(lambda: not here.media.of(media.SetSound)[-1].hearing)

    await here.media.line(S7, connected=True)

    await here.until(lambda: len(here.media.of(media.SetSound)[-1].hearing) == 2)
    legs = {attach.leg for attach in here.media.of(media.AttachLine)}
    assert len(legs) == 1
    assert len(here.of(CallConnected)) == 1


async def test_a_silent_caller_whose_side_knows_nothing_of_the_call_is_ended_with_its_cause(here: House) -> None:
    await connected(here)
    leg = here.of(CallAccepted)[0].caller_leg

    await here.media.tell(media.RtpTimeout(leg=leg, at_ms=30_000))
    await here.phone.request("OPTIONS", status=481)

    await here.until(lambda: here.of(CallEnded))
    assert here.of(CallEnded)[0].reason is EndReason.MEDIA_TIMEOUT


async def test_a_silent_caller_whose_side_answers_stays(here: House) -> None:
    await connected(here)
    leg = here.of(CallAccepted)[0].caller_leg

    await here.media.tell(media.RtpTimeout(leg=leg, at_ms=30_000))
    await here.phone.request("OPTIONS")
    await here.media.tell(media.RtpTimeout(leg=leg, at_ms=60_000))
    await here.phone.request("OPTIONS")

    assert here.of(CallEnded) == []


async def test_a_leg_that_failed_ends_its_call_and_no_other(here: House) -> None:
    await connected(here)
    first = here.of(CallAccepted)[0]
    await here.phone.call(call="other", branch="z9hG4bKother")
    await here.until(lambda: len(here.of(CallAccepted)) == 2)

    await here.media.tell(media.LegFailed(leg=first.caller_leg, reason="fault"))

    await here.until(lambda: here.of(CallEnded))
    assert [(fact.call, fact.reason) for fact in here.of(CallEnded)] == [(first.call, EndReason.FAILED)]


async def test_a_call_whose_machine_fails_is_ended_and_its_seat_is_free_again(here: House) -> None:
    await connected(here)
    assert here.process is not None
    assert here.process.switch is not None
    switch, call = here.process.switch, here.of(CallAccepted)[0].call
    await here.phone.call(call="other", branch="z9hG4bKother")
    await here.until(lambda: len(here.of(CallAccepted)) == 2)
    switch.live[call].call = replace(switch.live[call].call, stage="no such stage")  # nothing can go on from here
    switch.live[call].call.deadlines["no such deadline"] = None  # type: ignore[assignment]

    assert isinstance(attempt(lambda: switch.post(call, got.Ticked()), of="test"), Done)

    await here.until(lambda: here.of(CallEnded))
    await here.phone.request("BYE")
    assert [fact.call for fact in here.of(CallEnded)] == [call]
    assert len(switch.live) == 1
    await here.until(lambda: (seat := here.seat()) is not None and seat.state in {"wrap", "ready"})


async def test_a_tick_that_fails_for_one_call_goes_on_for_the_others_and_the_recording_is_told_of(here: House) -> None:
    first = await here.phone.call()
    await here.phone.call(call="other", branch="z9hG4bKother")
    await here.until(lambda: len(here.of(CallAccepted)) == 2)
    assert here.process is not None
    assert here.process.switch is not None
    switch, (broken, other) = here.process.switch, [fact.call for fact in here.of(CallAccepted)]
    switch.live[broken].call.deadlines["no instant"] = "soon"  # type: ignore[assignment]  # comparing it fails

    await here.until(lambda: here.of(CallRecorded))

    assert first
    assert [fact.call for fact in here.of(CallRecorded)] == [broken]
    assert [(fact.call, fact.reason) for fact in here.of(CallEnded)] == [(broken, "failed")]
    assert list(switch.live) == [other]


async def test_with_all_places_taken_a_call_that_nobody_acknowledged_gives_its_own_back(here: House) -> None:
    assert here.process is not None
    assert here.process.switch is not None
    switch = here.process.switch
    limits = replace(QUICK.limits, max_calls=1, nobody_after_s=60.0)
    await here.bus.kv_put(SETTINGS_KEY, encode(replace(QUICK, version=99, limits=limits)))
    await here.sit()
    await here.until(lambda: switch.acd.limits.max_calls == 1)
    here.phone.send("INVITE", body=OFFER)
    await here.phone.response(200)
    here.phone.send("INVITE", body=OFFER, call="second", branch="z9hG4bKsecond")
    await here.phone.response(503)
    await asyncio.sleep(ACK_S)

    here.phone.send("INVITE", body=OFFER, call="third", branch="z9hG4bKthird")

    await here.until(lambda: [fact.reason for fact in here.of(CallEnded)] == ["failed"])
    await here.until(lambda: len(here.of(CallAccepted)) == 2)


async def test_an_ack_lifts_the_bound_on_what_is_sent(here: House) -> None:
    await here.phone.call()

    await here.until(lambda: here.media.of(media.ConfirmRtpLeg))
    assert here.media.of(media.ConfirmRtpLeg)[0].leg == here.of(CallAccepted)[0].caller_leg


async def test_the_direction_of_the_first_offer_reaches_media_and_is_answered(here: House) -> None:
    here.phone.send("INVITE", body=OFFER.replace("a=sendrecv", "a=sendonly"))

    ok = await here.phone.response(200)

    assert b"a=recvonly" in ok.body
    assert here.media.of(media.OpenRtpLeg)[0].direction is media.Direction.RECVONLY


async def test_snapshots_say_what_the_events_said(here: House) -> None:
    await connected(here)

    seats, calls = await here.desk.seats(), await here.desk.calls()

    assert [(seat.seat, seat.state) for seat in seats.seats] == [(S7, SeatState.TALKING)]
    assert [(call.phase, call.seat) for call in calls.calls] == [("talking", S7)]
    await here.until(lambda: here.call() == calls.calls[0])


async def test_revisions_grow_with_every_change_that_is_shown(here: House) -> None:
    tag = await connected(here)
    here.phone.bye(tag)
    await here.until(lambda: here.of(CallEnded))

    calls = [event.call.revision for event in here.shown if hasattr(event, "call")]
    seats = [event.seat.revision for event in here.shown if hasattr(event, "seat")]

    assert calls == sorted(set(calls))
    assert seats == sorted(set(seats))
