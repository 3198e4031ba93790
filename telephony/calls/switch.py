"""The switch: runs the pure machines of SIP, calls and seats, and carries what they want to sockets, media and bus."""

import asyncio
from collections import deque
from functools import partial
from typing import Protocol, assert_never

from runtime.boundary import attempt, each
from runtime.clock import Clock
from runtime.failures import Failure
from runtime.ids import new_id
from runtime.telemetry import get_logger
from telephony import media_protocol as media
from telephony.acd.distributor import Distributor
from telephony.acd.events import AcdEvent, OfferLapsed, OfferMade, OfferTaken, SeatMoved, Unattended
from telephony.acd.sitting import SeatedAgent, line_changed, seated
from telephony.calls import actions as do
from telephony.calls import inputs as got
from telephony.calls.absence import Remedy
from telephony.calls.actions import Action
from telephony.calls.call import step
from telephony.calls.ending import Q850_FAILURE, Q850_TIMER
from telephony.calls.journal import Journal
from telephony.calls.live import Live, MediaJob
from telephony.calls.media_jobs import media_job
from telephony.calls.publishing import Publisher
from telephony.calls.record import Call, call_ended, call_recorded, snapshot
from telephony.calls.refusals import Refusals
from telephony.ivr.keys import KeySource
from telephony.media_link import MediaLink
from telephony.media_protocol import Direction
from telephony.moments import Moment
from telephony.settings import Limits, TelephonySettings
from telephony.sip.events import Output, SipEvent
from telephony.sip.flows import Address, Send, Transport
from telephony.sip.user_agent import UserAgent
from vocabulary.calls import EndReason
from vocabulary.events import Event
from vocabulary.events.telephony import CallChanged, CallEnded, SeatChanged
from vocabulary.ids import CallId, EventId, LegId, SeatNo

log = get_logger(__name__)


class Socket(Protocol):
    """Where datagrams leave."""

    def sendto(self, data: bytes, addr: tuple[str, int], /) -> None:
        """Send one datagram."""
        ...


class Switch:
    """One telephony host's calls and seats.

    Inputs of calls wait in one line: each is run to its end, with all that it causes outside, before the next.
    """

    def __init__(
        self,
        *,
        agent: UserAgent,
        link: MediaLink,
        publisher: Publisher,
        journal: Journal,
        clock: Clock,
        tasks: asyncio.TaskGroup,
    ) -> None:
        """``sockets`` and ``settings`` are set before the first datagram is given to it, or calls are refused."""
        self.agent, self.link, self.tasks = agent, link, tasks
        self.publisher, self.journal, self.clock = publisher, journal, clock
        self.acd = Distributor(limits=Limits())
        self.settings: TelephonySettings | None = None
        self.sockets: dict[tuple[Transport, Address], Socket] = {}
        """By what they are bound to, as flows name them."""
        self.live: dict[CallId, Live] = {}
        self.opening: set[str] = set()
        self.told: dict[CallId, None] = {}
        """Calls this process has told the end of, the newest thousand."""
        self.refusals = Refusals()
        self._seated: tuple[SeatedAgent, ...] = ()
        self._inputs: deque[tuple[CallId, got.Input]] = deque()
        self._taking = False
        self._ended: set[CallId] = set()
        """Calls whose end may not be stored yet: the journal keeps it."""
        agent.uas.available = False

    def moment(self) -> Moment:
        """Now."""
        return Moment(wall=self.clock.now(), mono=self.clock.monotonic(), new_id=new_id)

    def tell(self, fact: Event, /) -> None:
        """Emit a fact; the end of a call is in the journal until it is stored."""
        if isinstance(fact, CallEnded):
            self.journal.write(fact)
            self._ended.add(fact.call)
        self.publisher.tell(fact)

    def use(self, settings: TelephonySettings, /) -> None:
        """New calls follow these settings; calls in progress keep theirs."""
        self.settings, self.acd.limits = settings, settings.limits
        self.agent.uas.available = not self.refusal()

    def refusal(self) -> str:
        """Why a new call would be refused; empty when it would not."""
        if self.settings is None:
            return "no-settings"
        if not self.link.connected:
            return "media-away"
        if self.publisher.full:
            return "facts-full"
        busy = len(self.live) + len(self.opening) >= self.settings.limits.max_calls
        return "too-many-calls" if busy else ""

    # Signalling -----------------------------------------------------------------------------------------------------

    def send(self, outputs: list[Output], /) -> list[SipEvent]:
        """Put what is to be sent on the wire; return the events. What was to leave by a lost socket is lost."""
        events: list[SipEvent] = []
        for output in outputs:
            if not isinstance(output, Send):
                events.append(output)
            elif (socket := self.sockets.get((output.flow.transport, output.flow.local))) is not None:
                socket.sendto(output.data, output.flow.remote)
        return events

    def by_tag(self, tag: str, /) -> Live | None:
        """The call of a dialog."""
        return next((live for live in self.live.values() if live.tag == tag), None)

    def by_leg(self, leg: LegId, /) -> Live | None:
        """The call of a leg."""
        return next((live for live in self.live.values() if any(one.id == leg for one in live.call.legs)), None)

    # Calls ----------------------------------------------------------------------------------------------------------

    def begin(self, call: Call, /, *, tag: str, wanted_seat: str) -> None:
        """A call was accepted: run it from here to its end."""
        live = self.live[call.call] = Live(call=call, tag=tag, wanted_seat=wanted_seat)
        self.tasks.create_task(live.work(self.link, self.post))
        self._noted(call)
        self._show(call)
        self.post(call.call, got.Begun())

    def post(self, call: CallId, given: got.Input, /) -> None:
        """Let the call's machine take one step and do what it wants; what that causes for calls comes afterwards."""
        self._inputs.append((call, given))
        if self._taking:
            return
        self._taking = True
        try:
            while self._inputs:
                self._take(*self._inputs.popleft())
        finally:
            self._taking = False

    def _take(self, call: CallId, given: got.Input) -> None:
        live = self.live.get(call)
        if live is not None and isinstance(attempt(lambda: self._step(live, given), of="call"), Failure):
            self._give_up(live)

    def _step(self, live: Live, given: got.Input) -> None:
        before = live.call
        live.call, actions = step(before, given, moment=self.moment())
        if live.call.revision != before.revision:
            self._show(live.call)
            if (before.queue, before.offered_at, before.connected_at) != (
                live.call.queue,
                live.call.offered_at,
                live.call.connected_at,
            ):
                self._noted(live.call)
        for action in actions:
            self._do(live, action)

    def _do(self, live: Live, action: Action) -> None:
        """Do what a call's machine wants: media in order by its jobs, everything else at once."""
        call = live.call
        if isinstance(action, do.MediaAction):
            live.ask(media_job(call, action))
            return
        match action:
            case do.Tell():
                self.tell(action.fact)
            case do.JoinQueue():
                queue = next(row for row in call.settings.queues if row.name == action.queue)
                self.seats(self.acd.join(call.call, queue=queue, wanted_seat=live.wanted_seat, moment=self.moment()))
            case do.LeaveQueue():
                self.seats(self.acd.leave(call.call, moment=self.moment()))
            case do.FreeSeat():
                self.seats(self.acd.talk_over(call.call, wrap_up=action.wrap_up, moment=self.moment()))
            case do.HoldSeat():
                self.seats(self.acd.hold(call.call, held=action.held, moment=self.moment()))
            case do.HangUp():
                self.send(self.agent.hang_up(live.tag, cause=action.q850, now=self.clock.monotonic()))
            case do.Forget():
                self.forget(live)
            case _:
                assert_never(action)

    def pressed(self, live: Live, digit: str, /, *, source: KeySource, at_ms: int) -> None:
        """A key of the caller, as one of its sources tells it."""
        if live.keys.is_new(digit, source=source, at_ms=at_ms):
            self.post(live.call.call, got.KeyPressed(digit, at_ms))

    def _give_up(self, live: Live) -> None:
        """End a call whose machine failed: its caller, its seat, its sound and its record, each for itself."""
        call, moment = live.call, self.moment()
        log.error("a call failed and is ended", call=call.call)
        fact = call_ended(call, reason=EndReason.FAILED, q850=Q850_FAILURE, at=moment.wall)
        hang_up = partial(self.agent.hang_up, live.tag, cause=Q850_FAILURE, now=moment.mono)
        attempt(lambda: self.send(hang_up()), of="hang up of a failed call")
        attempt(lambda: self.tell(fact), of="end of a failed call")
        attempt(lambda: self._free_seat(live, moment), of="seat of a failed call")
        recorded = partial(self._tell_recording, call)
        live.ask(MediaJob(command=media.EndCall(call=call.call), reply=media.EndedCall, then=recorded))
        self.forget(live)

    def _tell_recording(self, call: Call, ended: media.EndedCall) -> None:
        if ended.recording is not None:
            at = self.clock.now()
            fact = call_recorded(ended.recording, call=call.call, contact=call.contact, host=call.host, at=at)
            self.tell(fact)

    def _free_seat(self, live: Live, moment: Moment) -> None:
        self.seats(self.acd.leave(live.call.call, moment=moment))
        self.seats(self.acd.talk_over(live.call.call, wrap_up=True, moment=moment))

    def forget(self, live: Live, /) -> None:
        """The call has told its end."""
        self.live.pop(live.call.call, None)
        live.finish()
        self.told[live.call.call] = None
        if len(self.told) > 1000:
            del self.told[next(iter(self.told))]
        log.info("call ended", call=live.call.call, reason=live.call.end[0].value if live.call.end else "")

    def _noted(self, call: Call) -> None:
        at = self.clock.now()
        self.journal.write(call_ended(call, reason=EndReason.SWITCH_LOST, q850=Q850_FAILURE, at=at))

    def _show(self, call: Call) -> None:
        event_id, now = EventId(new_id()), self.clock.now()
        self.publisher.show(CallChanged(event_id=event_id, occurred_at=now, contact=call.contact, call=snapshot(call)))

    # Seats ----------------------------------------------------------------------------------------------------------

    def seats(self, events: list[AcdEvent], /) -> None:
        """Carry what the distributor says to calls and screens."""
        for event in events:
            match event:
                case SeatMoved():
                    now = self.clock.now()
                    shown = SeatChanged(event_id=EventId(new_id()), occurred_at=now, contact=None, seat=event.seat)
                    self.publisher.show(shown)
                case OfferMade():
                    offered = got.Offered(
                        offer=event.offer, seat=event.seat, agent=event.agent, expires_at=event.expires_at
                    )
                    self.post(event.call, offered)
                case OfferLapsed():
                    self.post(event.call, got.OfferLost(offer=event.offer, seat=event.seat, outcome=event.outcome))
                case OfferTaken():
                    self.post(event.call, got.SeatTook(offer=event.offer, seat=event.seat, agent=event.agent))
                case Unattended():
                    self.post(event.call, got.NobodyOnDuty())

    def line(self, seat: SeatNo, /, *, connected: bool) -> None:
        """The sound connection of a seat came or went: first for the seat, then for the call it is in."""
        self.seats(line_changed(self.acd, seat, connected=connected, moment=self.moment()))
        held = self.acd.seats.get(seat)
        if held is not None and held.call is not None:
            self.post(held.call, got.LineMoved(connected))

    # Time and loss --------------------------------------------------------------------------------------------------

    def tick(self) -> list[SipEvent]:
        """Let time pass everywhere, each part for itself; return what signalling has to tell."""
        moment = self.moment()
        signalled = attempt(lambda: self.send(self.agent.tick(now=moment.mono)), of="tick of signalling")
        attempt(lambda: self.seats(self.acd.tick(moment=moment)), of="tick of seats")
        for failed in each(list(self.live.values()), lambda live: self._tick_call(live, moment), of="tick of a call"):
            self._give_up(failed)
        attempt(lambda: self._tick_rest(moment), of="tick of the rest")
        return [] if isinstance(signalled, Failure) else signalled.value

    def _tick_call(self, live: Live, moment: Moment) -> None:
        self._look_for_peer(live, moment)
        if any(due <= moment.mono for due in live.call.deadlines.values()):
            self.post(live.call.call, got.Ticked())

    def _tick_rest(self, moment: Moment) -> None:
        self.agent.uas.available = not self.refusal()
        if self._ended and self.publisher.emitter.backlog == 0:
            for call in self._ended:
                self.journal.remove(call)
            self._ended.clear()
        if (agents := seated(self.acd)) != self._seated:
            self._seated = agents
            self.journal.write_seats(agents)
        if counts := self.refusals.minute_over(self.agent.counters, now=moment.mono):
            log.info("unusual signalling in the last minute", counts=counts)

    def _look_for_peer(self, live: Live, moment: Moment) -> None:
        """Probe a caller of whom nothing is heard or to be heard, and end the call when that lasts too long."""
        session = self.agent.session(live.tag)
        agreed = session.agreed if session is not None else None
        direction = agreed.direction if agreed is not None else Direction.SENDRECV
        limit_s = live.call.settings.limits.hold_limit_s
        match live.absence.look(direction, now=moment.mono, limit_s=limit_s):
            case Remedy.PROBE:
                self.send(self.agent.probe(live.tag, now=moment.mono))
            case Remedy.END:
                self.post(live.call.call, got.Broken(EndReason.MEDIA_TIMEOUT, Q850_TIMER))
            case Remedy.NOTHING:
                return

    def media_lost(self) -> None:
        """Media is gone: every call ends, every line is down."""
        for live in list(self.live.values()):
            self.post(live.call.call, got.Broken(EndReason.MEDIA_LOST, Q850_FAILURE))
        for seat in list(self.acd.seats):
            self.line(seat, connected=False)
