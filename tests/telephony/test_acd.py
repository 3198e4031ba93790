"""Seats, queues, offers: who gets the caller, and who does not any more."""

from contextlib import nullcontext
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from telephony.acd import sitting
from telephony.acd.distributor import Distributor
from telephony.acd.events import AcdEvent, OfferLapsed, OfferMade, OfferTaken, Unattended
from telephony.acd.seats import BUSY
from tests.telephony.calls_world import ADA, BO, S7, S8, S9, SETTINGS, Time
from vocabulary.calls import OfferOutcome, SeatState
from vocabulary.desk_requests import SeatReady, SeatSignIn
from vocabulary.errors import Refused
from vocabulary.ids import AccountId, CallId, OfferId, SeatNo

GENERAL, ONE = SETTINGS.queue("general"), SETTINGS.queue("one-number")
C1, C2 = CallId(UUID(int=0xC1)), CallId(UUID(int=0xC2))
AGENTS = {S7: ADA, S8: BO, S9: AccountId(UUID(int=0xD))}


def sit(acd: Distributor, time: Time, seat: SeatNo, *skills: str, ready: bool = True) -> None:
    wish = SeatSignIn(seat=seat, agent=AGENTS[seat], agent_name="甲", skills=frozenset(skills or ("general",)))
    sitting.sign_in(acd, wish, moment=time())
    sitting.line_changed(acd, seat, connected=True, moment=time())
    if ready:
        sitting.set_ready(acd, SeatReady(seat=seat, agent=AGENTS[seat], ready=True), moment=time())


def offers(events: list[AcdEvent]) -> list[tuple[CallId, SeatNo]]:
    return [(event.call, event.seat) for event in events if isinstance(event, OfferMade)]


def new(**changed: float) -> tuple[Distributor, Time]:
    return Distributor(limits=replace(SETTINGS.limits, desk_silent_s=1e9, **changed)), Time()


def offer_of(acd: Distributor, seat: SeatNo) -> OfferId:
    offer = acd.seats[seat].offer
    assert offer is not None
    return offer


def test_the_longest_idle_ready_seat_with_the_skill_and_a_line_is_rung() -> None:
    acd, time = new()
    sit(acd, time, S9, "general")
    time(3)
    sit(acd, time, S7, "general")
    sit(acd, time, S8, "one-number")

    assert offers(acd.join(C1, queue=GENERAL, moment=time(1))) == [(C1, S9)]
    assert offers(acd.join(C2, queue=GENERAL, moment=time(1))) == [(C2, S7)]
    assert acd.seats[S9].state is SeatState.RINGING


def test_nobody_is_rung_who_is_not_ready_or_has_no_line() -> None:
    acd, time = new()
    sit(acd, time, S7, ready=False)
    sit(acd, time, S8)
    sitting.line_changed(acd, S8, connected=False, moment=time())

    assert offers(acd.join(C1, queue=GENERAL, moment=time())) == []
    assert (acd.seats[S8].state, acd.seats[S8].reason) == (SeatState.NOT_READY, "no-line")
    assert offers(sitting.line_changed(acd, S8, connected=True, moment=time(1))) == [(C1, S8)]


def test_a_seat_that_does_not_answer_gets_no_more_calls_and_the_next_is_rung() -> None:
    acd, time = new()
    sit(acd, time, S7)
    time(1)
    sit(acd, time, S8)
    acd.join(C1, queue=GENERAL, moment=time(1))
    lost = offer_of(acd, S7)

    events = acd.tick(moment=time(6.0))

    lapsed = [event for event in events if isinstance(event, OfferLapsed)]
    assert [(event.offer, event.outcome) for event in lapsed] == [(lost, OfferOutcome.NO_ANSWER)]
    assert offers(events) == [(C1, S8)]
    assert (acd.seats[S7].state, acd.seats[S7].reason) == (SeatState.NOT_READY, "no-answer")


def test_an_agent_who_asks_for_a_break_while_it_rings_keeps_that_reason() -> None:
    acd, time = new()
    sit(acd, time, S7)
    acd.join(C1, queue=GENERAL, moment=time())
    sitting.set_ready(acd, SeatReady(seat=S7, agent=ADA, ready=False, reason="lunch"), moment=time())

    acd.tick(moment=time(60))

    assert (acd.seats[S7].state, acd.seats[S7].reason) == (SeatState.NOT_READY, "lunch")


def test_an_answer_after_the_lease_is_refused_even_before_anybody_looked_at_the_clock() -> None:
    acd, time = new()
    sit(acd, time, S7)
    acd.join(C1, queue=GENERAL, moment=time())
    offer = offer_of(acd, S7)

    with pytest.raises(Refused) as caught:
        acd.answer(S7, agent=ADA, offer=offer, moment=time(6.0))

    assert caught.value.reason == "offer-over"
    assert "来电" in caught.value.text


def test_an_answer_in_time_takes_the_call_and_the_same_answer_again_is_harmless() -> None:
    acd, time = new()
    sit(acd, time, S7)
    acd.join(C1, queue=GENERAL, moment=time())
    offer = offer_of(acd, S7)

    events = acd.answer(S7, agent=ADA, offer=offer, moment=time(5.9))

    assert events[0] == OfferTaken(call=C1, offer=offer, seat=S7, agent=ADA)
    assert acd.seats[S7].state is SeatState.TALKING
    assert acd.answer(S7, agent=ADA, offer=offer, moment=time(9)) == []
    assert acd.waiting == {}


def test_an_answer_of_another_agent_or_to_an_older_offer_is_refused() -> None:
    acd, time = new()
    sit(acd, time, S7)
    acd.join(C1, queue=GENERAL, moment=time())
    with pytest.raises(Refused, match="没有登录"):
        acd.answer(S7, agent=BO, offer=offer_of(acd, S7), moment=time())
    with pytest.raises(Refused) as caught:
        acd.answer(S7, agent=ADA, offer=OfferId(UUID(int=99)), moment=time())

    assert caught.value.reason == "offer-over"


def test_a_caller_who_leaves_stops_the_ringing_and_the_seat_stays_ready() -> None:
    acd, time = new()
    sit(acd, time, S7)
    acd.join(C1, queue=GENERAL, moment=time())
    offer = offer_of(acd, S7)

    events = acd.leave(C1, moment=time(1))

    assert OfferLapsed(call=C1, offer=offer, seat=S7, outcome=OfferOutcome.WITHDRAWN) in events
    assert acd.seats[S7].state is SeatState.READY
    with pytest.raises(Refused):
        acd.answer(S7, agent=ADA, offer=offer, moment=time())


def test_declining_makes_the_seat_not_ready_and_rings_the_next() -> None:
    acd, time = new()
    sit(acd, time, S7)
    sit(acd, time, S8)
    acd.join(C1, queue=GENERAL, moment=time())

    events = acd.decline(S7, agent=ADA, offer=offer_of(acd, S7), moment=time())

    assert offers(events) == [(C1, S8)]
    assert acd.seats[S7].reason == "declined"


def test_callers_are_served_in_the_order_of_their_arrival() -> None:
    acd, time = new()
    acd.join(C1, queue=GENERAL, moment=time())
    acd.join(C2, queue=GENERAL, moment=time(1))
    sit(acd, time, S7)

    assert acd.seats[S7].call == C1


def test_after_a_talk_comes_wrap_up_which_ends_by_time_or_by_word() -> None:
    acd, time = new()
    sit(acd, time, S7)
    acd.join(C1, queue=GENERAL, moment=time())
    acd.answer(S7, agent=ADA, offer=offer_of(acd, S7), moment=time())
    acd.talk_over(C1, wrap_up=True, moment=time(60))
    assert acd.seats[S7].state is SeatState.WRAP

    acd.join(C2, queue=GENERAL, moment=time())
    assert acd.waiting[C2].offered is None
    acd.tick(moment=time(29.9))
    assert acd.seats[S7].state is SeatState.WRAP
    assert offers(acd.tick(moment=time(0.1))) == [(C2, S7)]


def test_wrap_up_done_gives_the_next_caller_at_once() -> None:
    acd, time = new()
    sit(acd, time, S7)
    acd.join(C1, queue=GENERAL, moment=time())
    acd.answer(S7, agent=ADA, offer=offer_of(acd, S7), moment=time())
    acd.talk_over(C1, wrap_up=True, moment=time(60))
    acd.join(C2, queue=GENERAL, moment=time())

    assert offers(sitting.wrap_up_done(acd, S7, agent=ADA, moment=time(1))) == [(C2, S7)]


def test_a_wish_for_a_break_in_a_talk_is_kept_until_after_wrap_up() -> None:
    acd, time = new()
    sit(acd, time, S7)
    acd.join(C1, queue=GENERAL, moment=time())
    acd.answer(S7, agent=ADA, offer=offer_of(acd, S7), moment=time())
    sitting.set_ready(acd, SeatReady(seat=S7, agent=ADA, ready=False, reason="break"), moment=time())
    assert acd.seats[S7].state is SeatState.TALKING

    acd.talk_over(C1, wrap_up=True, moment=time())
    sitting.wrap_up_done(acd, S7, agent=ADA, moment=time())

    assert (acd.seats[S7].state, acd.seats[S7].reason) == (SeatState.NOT_READY, "break")


def test_a_silent_desk_makes_seats_not_ready_after_six_seconds_and_a_sign_of_life_brings_them_back() -> None:
    acd, time = Distributor(limits=SETTINGS.limits), Time()
    sit(acd, time, S7)
    acd.tick(moment=time(5.9))
    assert acd.seats[S7].state is SeatState.READY

    acd.tick(moment=time(0.1))
    assert (acd.seats[S7].state, acd.seats[S7].reason) == (SeatState.NOT_READY, "desk-away")

    sitting.sign_of_life(acd, S7, agent=ADA, moment=time(1))
    assert acd.seats[S7].state is SeatState.READY


def test_a_silent_desk_does_not_touch_a_talk() -> None:
    acd, time = Distributor(limits=SETTINGS.limits), Time()
    sit(acd, time, S7)
    acd.join(C1, queue=GENERAL, moment=time())
    acd.answer(S7, agent=ADA, offer=offer_of(acd, S7), moment=time())

    acd.tick(moment=time(60))

    assert acd.seats[S7].state is SeatState.TALKING


def test_a_fifth_one_number_caller_goes_to_a_general_seat_after_a_while() -> None:
    acd, time = new()
    sit(acd, time, S8, "one-number")
    sit(acd, time, S7, "general")
    assert offers(acd.join(C1, queue=ONE, moment=time())) == [(C1, S8)]
    assert offers(acd.join(C2, queue=ONE, moment=time())) == []

    assert offers(acd.tick(moment=time(5.0))) == [(C2, S7)]


def test_a_wanted_seat_is_rung_first_when_it_is_ready() -> None:
    acd, time = new()
    sit(acd, time, S7)
    time(5)
    sit(acd, time, S8, "one-number")

    assert offers(acd.join(C1, queue=GENERAL, wanted_seat="008", moment=time())) == [(C1, S8)]


def test_changing_the_queue_keeps_the_place_and_stops_a_seat_without_the_skill() -> None:
    acd, time = new()
    sit(acd, time, S7, "general")
    sit(acd, time, S8, "one-number")
    acd.join(C1, queue=GENERAL, moment=time())
    since = acd.waiting[C1].since

    events = acd.join(C1, queue=ONE, moment=time(1))

    assert offers(events) == [(C1, S8)]
    assert acd.seats[S7].state is SeatState.READY
    assert acd.waiting[C1].since == since


def test_a_seat_is_for_one_agent_at_a_time() -> None:
    acd, time = new()
    sit(acd, time, S7)
    other = SeatSignIn(seat=S7, agent=BO, agent_name="乙", skills=frozenset({"general"}))
    with pytest.raises(Refused) as caught:
        sitting.sign_in(acd, other, moment=time())
    assert caught.value.reason == "seat-taken"

    sitting.sign_out(acd, S7, agent=ADA, moment=time())
    sitting.sign_in(acd, other, moment=time())
    assert acd.seats[S7].agent == BO


def test_nobody_signs_out_of_a_talk() -> None:
    acd, time = new()
    sit(acd, time, S7)
    acd.join(C1, queue=GENERAL, moment=time())
    acd.answer(S7, agent=ADA, offer=offer_of(acd, S7), moment=time())

    with pytest.raises(Refused) as caught:
        sitting.sign_out(acd, S7, agent=ADA, moment=time())
    assert caught.value.reason == "in-call"


def test_that_nobody_is_on_duty_is_told_at_once_and_then_once_a_second() -> None:
    acd, time = new()
    acd.join(C1, queue=GENERAL, moment=time())

    told = [len(acd.tick(moment=time(0.05))) for _ in range(41)]
    sit(acd, time, S7)

    assert (told[0], sum(told)) == (1, 3)
    assert not any(isinstance(event, Unattended) for event in acd.tick(moment=time(2)))


def test_on_duty_means_working_or_just_stopped() -> None:
    acd, time = new()
    assert not acd.on_duty(GENERAL, moment=time())
    sit(acd, time, S7, ready=False)
    assert acd.on_duty(GENERAL, moment=time(59))
    assert not acd.on_duty(GENERAL, moment=time(1))
    sit(acd, time, S7)
    assert acd.on_duty(GENERAL, moment=time(600))
    assert acd.on_duty(ONE, moment=time())


class AnyDay(RuleBasedStateMachine):
    """Whatever happens in whatever order, no caller is offered twice and no seat has two calls."""

    def __init__(self) -> None:
        super().__init__()
        self.acd, self.time = Distributor(limits=SETTINGS.limits), Time()
        self.calls = [CallId(UUID(int=0xC0 + number)) for number in range(4)]
        self.revisions: dict[SeatNo, int] = {}

    seats = st.sampled_from([S7, S8, S9])
    number = st.integers(0, 3)

    @rule(seat=seats, skills=st.sampled_from([("general",), ("one-number",), ("general", "one-number")]))
    def sit_down(self, seat: SeatNo, skills: tuple[str, ...]) -> None:
        sit(self.acd, self.time, seat, *skills)

    @rule(seat=seats, connected=st.booleans())
    def line(self, *, seat: SeatNo, connected: bool) -> None:
        sitting.line_changed(self.acd, seat, connected=connected, moment=self.time())

    @rule(number=number, queue=st.sampled_from([GENERAL, ONE]))
    def call(self, number: int, queue) -> None:
        call = self.calls[number]
        if not any(seat.call == call for seat in self.acd.seats.values() if seat.state is not SeatState.RINGING):
            self.acd.join(call, queue=queue, moment=self.time())

    @rule(number=number, wrap_up=st.booleans())
    def hang_up(self, *, number: int, wrap_up: bool) -> None:
        self.acd.leave(self.calls[number], moment=self.time())
        self.acd.talk_over(self.calls[number], wrap_up=wrap_up, moment=self.time())

    @rule(seat=seats, decline=st.booleans())
    def answer(self, *, seat: SeatNo, decline: bool) -> None:
        held = self.acd.seats.get(seat)
        if held is not None and held.offer is not None and held.state is SeatState.RINGING:
            act = self.acd.decline if decline else self.acd.answer
            late = self.time().mono >= self.acd.waiting[held.call].ends if held.call in self.acd.waiting else True
            with pytest.raises(Refused) if late and not decline else nullcontext():
                act(seat, agent=held.agent, offer=held.offer, moment=self.time())

    @rule(seconds=st.sampled_from([0.1, 1.0, 3.0, 6.0, 20.0]))
    def wait(self, seconds: float) -> None:
        self.acd.tick(moment=self.time(seconds))

    @rule(seat=seats)
    def leave_seat(self, seat: SeatNo) -> None:
        try:
            sitting.sign_out(self.acd, seat, agent=AGENTS[seat], moment=self.time())
        except Refused:
            return

    @rule(seat=seats, life=st.booleans())
    def wish(self, *, seat: SeatNo, life: bool) -> None:
        if life:
            sitting.sign_of_life(self.acd, seat, agent=AGENTS[seat], moment=self.time())
        elif seat in self.acd.seats and self.acd.seats[seat].state is not SeatState.OFFLINE:
            sitting.set_ready(self.acd, SeatReady(seat=seat, agent=AGENTS[seat], ready=True), moment=self.time())

    @invariant()
    def offers_and_ringing_seats_are_the_same_thing(self) -> None:
        offered = {(held.seat, held.offered) for held in self.acd.waiting.values() if held.offered is not None}
        ringing = {(s.seat, s.offer) for s in self.acd.seats.values() if s.state is SeatState.RINGING}
        assert offered == ringing

    @invariant()
    def a_call_is_at_one_seat_and_a_free_seat_has_none(self) -> None:
        taken = [seat.call for seat in self.acd.seats.values() if seat.state in BUSY]
        assert None not in taken
        assert len(taken) == len(set(taken))
        for seat in self.acd.seats.values():
            assert seat.state in BUSY | {SeatState.WRAP} or (seat.call is None and seat.offer is None)

    @invariant()
    def no_ready_seat_waits_while_a_caller_with_its_skill_waits(self) -> None:
        ready = [seat for seat in self.acd.seats.values() if seat.state is SeatState.READY]
        for held in self.acd.waiting.values():
            assert held.offered is not None or not any(held.queue.name in seat.skills for seat in ready)

    @invariant()
    def revisions_only_grow(self) -> None:
        for seat in self.acd.seats.values():
            assert seat.revision >= self.revisions.get(seat.seat, 0)
            self.revisions[seat.seat] = seat.revision


AnyDay.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestAnyDay = AnyDay.TestCase
