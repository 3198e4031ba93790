"""Who gets the next caller: the only writer of seat state. No I/O: methods return the events that follow, in order."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from telephony.acd.events import AcdEvent, OfferLapsed, OfferMade, OfferTaken, SeatMoved, Unattended
from telephony.acd.seats import BUSY, IN_TALK, Seat, became, settled
from telephony.moments import Moment
from telephony.settings import Limits, Queue
from vocabulary.calls import OfferOutcome, SeatSnapshot, SeatState
from vocabulary.errors import Refused
from vocabulary.ids import AccountId, CallId, OfferId, SeatNo

_ALONE_AGAIN_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A caller in line. ``offered`` is set while a seat rings for it."""

    call: CallId
    queue: Queue
    since: float
    wanted_seat: str = ""
    offered: OfferId | None = None
    ends: float = 0.0
    """When the lease of the offer ends, monotonic seconds."""
    seat: SeatNo | None = None
    alone_told: float | None = None
    """When it was told last that nobody is on duty for it, monotonic seconds."""


class Distributor:
    """Seats and waiting callers of one telephony host."""

    def __init__(self, *, limits: Limits) -> None:
        """Begin with no seat and nobody waiting; ``limits`` may be replaced while calls run."""
        self.limits = limits
        self.seats: dict[SeatNo, Seat] = {}
        self.waiting: dict[CallId, Waiting] = {}

    # Seats ----------------------------------------------------------------------------------------------------------

    def keep(self, seat: Seat, /) -> list[AcdEvent]:
        """Store a seat; tell of it when it differs from what others saw last."""
        old = self.seats.get(seat.seat)
        if old is not None and old.snapshot() == replace(seat, revision=old.revision).snapshot():
            self.seats[seat.seat] = replace(seat, revision=old.revision)
            return []
        first = int(seat.since.timestamp() * 1000)
        # A restarted switch must be believed: its first revision is above all that its predecessor gave.
        revision = old.revision + 1 if old is not None else first
        self.seats[seat.seat] = seat = replace(seat, revision=revision)
        return [SeatMoved(seat.snapshot())]

    def seat_of(self, seat: SeatNo, /, *, agent: AccountId) -> Seat:
        """Return the seat when ``agent`` sits there, else Refused ``not-signed-in``."""
        held = self.seats.get(seat)
        if held is None or held.agent != agent or held.state is SeatState.OFFLINE:
            raise Refused("not-signed-in", f"您没有登录 {seat} 号座席，请重新登录。")
        return held

    def snapshots(self) -> tuple[SeatSnapshot, ...]:
        """All seats that are not Offline."""
        return tuple(seat.snapshot() for seat in self.seats.values() if seat.state is not SeatState.OFFLINE)

    def rest(self, seat: Seat, /, *, moment: Moment) -> list[AcdEvent]:
        """Put a seat without a call where it belongs, and give it the next caller when it is Ready."""
        return [*self.keep(settled(seat, moment=moment)), *self.match(moment=moment)]

    def on_duty(self, queue: Queue, /, *, moment: Moment) -> bool:
        """Whether anybody with the skill (or an overflow one) works, or stopped less than ``nobody_after_s`` ago."""
        skills = {queue.name, *queue.overflow}
        return any(
            seat.skills & skills
            and seat.state is not SeatState.OFFLINE
            and (seat.state is not SeatState.NOT_READY or moment.mono - seat.since_mono < self.limits.nobody_after_s)
            for seat in self.seats.values()
        )

    # Callers --------------------------------------------------------------------------------------------------------

    def join(self, call: CallId, /, *, queue: Queue, wanted_seat: str = "", moment: Moment) -> list[AcdEvent]:
        """A caller begins to wait, or changes the queue and keeps its place; a ringing seat without the skill stops."""
        held = self.waiting.get(call)
        if held is None:
            self.waiting[call] = Waiting(call=call, queue=queue, since=moment.mono, wanted_seat=wanted_seat)
            return self.match(moment=moment)
        self.waiting[call] = held = replace(held, queue=queue)
        seat = self.seats.get(held.seat) if held.seat is not None else None
        if seat is None or queue.name in seat.skills or seat.seat == held.wanted_seat:
            return self.match(moment=moment)
        return [*self._lapse(held, OfferOutcome.WITHDRAWN, moment=moment), *self.match(moment=moment)]

    def leave(self, call: CallId, /, *, moment: Moment) -> list[AcdEvent]:
        """The caller is gone: it stops waiting, a seat that rings for it stops ringing."""
        held = self.waiting.pop(call, None)
        if held is None or held.offered is None:
            return []
        return [*self._lapse(held, OfferOutcome.WITHDRAWN, moment=moment), *self.match(moment=moment)]

    def talk_over(self, call: CallId, /, *, wrap_up: bool, moment: Moment) -> list[AcdEvent]:
        """The seats of an ended call go to wrap-up, or (``wrap_up`` false: nobody spoke) back to where they were."""
        events: list[AcdEvent] = []
        for seat in list(self.seats.values()):
            if seat.call == call and seat.state in IN_TALK:
                wrapped = replace(
                    became(seat, SeatState.WRAP, moment=moment), wrap_ends=moment.mono + self.limits.wrap_up_s
                )
                events += self.keep(wrapped if wrap_up else settled(seat, moment=moment))
        return [*events, *self.match(moment=moment)]

    def hold(self, call: CallId, /, *, held: bool, moment: Moment) -> list[AcdEvent]:
        """The seat that talks in a call has its caller on hold, or has it back; nothing when no seat talks in it."""
        state = SeatState.HOLD if held else SeatState.TALKING
        talking = [one for one in self.seats.values() if one.call == call and one.state in IN_TALK]
        return [event for seat in talking for event in self.keep(became(seat, state, moment=moment))]

    def match(self, *, moment: Moment) -> list[AcdEvent]:
        """Offer waiting callers, oldest first, to the longest-idle seats that fit."""
        events: list[AcdEvent] = []
        for held in sorted(self.waiting.values(), key=lambda item: item.since):
            if held.offered is None and (seat := self._best(held, moment)) is not None:
                events += self._offer(held, seat, moment)
        return events

    def _best(self, held: Waiting, moment: Moment) -> Seat | None:
        ready = [seat for seat in self.seats.values() if seat.state is SeatState.READY and seat.line]
        wanted = next((seat for seat in ready if seat.seat == held.wanted_seat), None)
        if wanted is not None:
            return wanted
        fits = [seat for seat in ready if held.queue.name in seat.skills]
        if not fits and self._overflows(held, moment):
            fits = [seat for seat in ready if seat.skills & set(held.queue.overflow)]
        return min(fits, key=lambda seat: (seat.since_mono, seat.seat), default=None)

    def _overflows(self, held: Waiting, moment: Moment) -> bool:
        alone = replace(held.queue, overflow=())
        waited = moment.mono - held.since
        return waited >= held.queue.overflow_after_s or not self.on_duty(alone, moment=moment)

    def _offer(self, held: Waiting, seat: Seat, moment: Moment) -> list[AcdEvent]:
        offer = OfferId(moment.new_id())
        ends = moment.mono + self.limits.ring_s
        self.waiting[held.call] = replace(held, offered=offer, seat=seat.seat, ends=ends)
        ringing = became(replace(seat, call=held.call, offer=offer), SeatState.RINGING, moment=moment)
        expires = moment.wall + timedelta(seconds=self.limits.ring_s)
        made = OfferMade(call=held.call, offer=offer, seat=seat.seat, agent=seat.agent, expires_at=expires)
        return [made, *self.keep(replace(ringing, call=held.call, offer=offer))]

    def _lapse(self, held: Waiting, outcome: OfferOutcome, *, moment: Moment) -> list[AcdEvent]:
        """End an offer that was not taken. A seat that did not take it gets no more calls until it says it is ready."""
        if held.offered is None or held.seat is None:
            return []
        if held.call in self.waiting:
            self.waiting[held.call] = replace(held, offered=None, seat=None)
        lapsed = OfferLapsed(call=held.call, offer=held.offered, seat=held.seat, outcome=outcome)
        seat = self.seats[held.seat]
        if seat.offer != held.offered or seat.state is not SeatState.RINGING:
            return [lapsed]
        if outcome is not OfferOutcome.WITHDRAWN and seat.wish:  # who asked for a break meanwhile keeps that reason
            seat = replace(seat, wish=False, wish_reason=outcome.value)
        return [lapsed, *self.keep(settled(seat, moment=moment))]

    # Offers ---------------------------------------------------------------------------------------------------------

    def answer(self, seat: SeatNo, /, *, agent: AccountId, offer: OfferId, moment: Moment) -> list[AcdEvent]:
        """The seat takes the call it rings for; Refused ``offer-over`` after the lease or when the caller is gone."""
        held = self.seat_of(seat, agent=agent)
        if held.offer == offer and held.state in IN_TALK:
            return []
        waiting = next((item for item in self.waiting.values() if item.offered == offer and item.seat == seat), None)
        if waiting is None or held.state is not SeatState.RINGING or moment.mono >= waiting.ends:
            raise Refused("offer-over", "这个来电已经转给其他座席或已经挂断，请等待下一个来电。")
        if not held.line:
            raise Refused("no-line", "座席的语音线路没有接通，请检查麦克风和网络。")
        del self.waiting[waiting.call]
        taken = OfferTaken(call=waiting.call, offer=offer, seat=seat, agent=agent)
        return [taken, *self.keep(became(held, SeatState.TALKING, moment=moment))]

    def decline(self, seat: SeatNo, /, *, agent: AccountId, offer: OfferId, moment: Moment) -> list[AcdEvent]:
        """The seat turns the call down: it becomes NotReady (declined), the caller is offered to the next."""
        self.seat_of(seat, agent=agent)
        held = next((item for item in self.waiting.values() if item.offered == offer and item.seat == seat), None)
        if held is None:
            raise Refused("offer-over", "这个来电已经转给其他座席或已经挂断。")
        return [*self._lapse(held, OfferOutcome.DECLINED, moment=moment), *self.match(moment=moment)]

    def give_up_ringing(self, seat: Seat, outcome: OfferOutcome, /, *, moment: Moment) -> list[AcdEvent]:
        """End what rings at a seat, whoever asked."""
        held = next((item for item in self.waiting.values() if item.offered == seat.offer), None)
        return self._lapse(held, outcome, moment=moment) if held is not None and seat.offer is not None else []

    def tick(self, *, moment: Moment) -> list[AcdEvent]:
        """End leases and wrap-ups that are over, notice silent desks, look for seats again, name who waits in vain."""
        events: list[AcdEvent] = []
        for held in list(self.waiting.values()):
            if held.offered is not None and moment.mono >= held.ends:
                events += self._lapse(held, OfferOutcome.NO_ANSWER, moment=moment)
        for seat in list(self._working()):
            if seat.wrap_ends is not None and moment.mono >= seat.wrap_ends:
                events += self.keep(settled(seat, moment=moment))
            elif not seat.away and moment.mono - seat.alive_at >= self.limits.desk_silent_s:
                events += self._silent(seat, moment)
        return [*events, *self.match(moment=moment), *self._unattended(moment)]

    def _unattended(self, moment: Moment) -> list[AcdEvent]:
        """Name callers for whom nobody is on duty, each once in ``_ALONE_AGAIN_S``: a call may not be ready for it."""
        events: list[AcdEvent] = []
        for held in list(self.waiting.values()):
            due = held.alone_told is None or moment.mono - held.alone_told >= _ALONE_AGAIN_S
            if held.offered is None and due and not self.on_duty(held.queue, moment=moment):
                self.waiting[held.call] = replace(held, alone_told=moment.mono)
                events.append(Unattended(held.call))
        return events

    def _working(self) -> Iterable[Seat]:
        return [seat for seat in self.seats.values() if seat.state is not SeatState.OFFLINE]

    def _silent(self, seat: Seat, moment: Moment) -> list[AcdEvent]:
        """The desk of a seat went silent: a talk goes on, ringing and readiness end."""
        self.seats[seat.seat] = seat = replace(seat, away=True)
        if seat.state is SeatState.RINGING:
            return self.give_up_ringing(seat, OfferOutcome.WITHDRAWN, moment=moment)
        return self.keep(settled(seat, moment=moment)) if seat.state not in BUSY | {SeatState.WRAP} else []
