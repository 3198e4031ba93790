"""The contacts that go on, built from events alone: ``apply`` takes one and returns what pages must hear."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from agent_desk.live.feed import Message
from agent_desk.live.messages import (
    LiveCall,
    LiveConnected,
    LiveDraft,
    LiveEnded,
    LiveFinal,
    LiveMessage,
    LiveOffer,
    LiveOfferEnded,
    LivePartial,
    LiveRecogniser,
    LiveSeat,
    LiveSpeechEnded,
    LiveSpeechStarted,
    LiveSuggestions,
    LiveTranscriptClosed,
)
from agent_desk.live.shown import shown_call, shown_end, shown_offer
from vocabulary.audio import Party
from vocabulary.calls import CallSnapshot, SeatSnapshot
from vocabulary.events import Event
from vocabulary.events.agent_desk import DraftProposed
from vocabulary.events.asr import (
    PartialHeard,
    RecogniserStatus,
    SpeechEnded,
    SpeechStarted,
    TranscriptClosed,
    UtteranceFinalised,
)
from vocabulary.events.knowledge import SuggestionsChanged
from vocabulary.events.telephony import (
    CallAccepted,
    CallChanged,
    CallConnected,
    CallEnded,
    CallOffered,
    OfferEnded,
    SeatChanged,
)
from vocabulary.ids import AccountId, CallId, ContactId, LegId, SeatNo
from vocabulary.orders import DraftField
from vocabulary.personal import PhoneNumber
from vocabulary.speech import Utterance
from vocabulary.suggestions import Suggestions

KEPT_CONTACTS = 500
Heard = (
    CallAccepted | CallOffered | OfferEnded | CallConnected | CallEnded | CallChanged | SeatChanged
    | UtteranceFinalised | PartialHeard | SpeechStarted | SpeechEnded | TranscriptClosed
    | SuggestionsChanged | DraftProposed | RecogniserStatus
)  # fmt: skip
"""The events that change the board; all others pass it by."""
NOTHING_YET = Suggestions(items=(), reason="等诉求人说出具体事项", revision=0)


@dataclass(slots=True, kw_only=True)
class LiveCallState:
    """One call as it goes on; ``agent`` is who has it, or whom it rings."""

    call: CallId
    caller: PhoneNumber = field(default_factory=lambda: PhoneNumber(""))
    snapshot: CallSnapshot | None = None
    seat: SeatNo | None = None
    agent: AccountId | None = None
    ended: bool = False


@dataclass(slots=True, kw_only=True)
class LiveContact:
    """One contact as it goes on, with its calls in the order in which they came."""

    contact: ContactId
    calls: dict[CallId, LiveCallState] = field(default_factory=dict)
    finals: dict[tuple[LegId, int], Utterance] = field(default_factory=dict)
    partials: dict[LegId, PartialHeard] = field(default_factory=dict)
    suggestions: Suggestions = NOTHING_YET
    proposed: tuple[DraftField, ...] = ()
    draft_revision: int = 0

    def of(self, call: CallId, /) -> LiveCallState:
        """Return the state of a call, begun when new."""
        return self.calls.setdefault(call, LiveCallState(call=call))

    def take(self, snapshot: CallSnapshot, /) -> None:
        """Bring a call up to what the switch says of it."""
        state = self.of(snapshot.call)
        state.snapshot, state.caller, state.seat = snapshot, snapshot.caller, snapshot.seat or state.seat

    @property
    def now(self) -> LiveCallState | None:
        """The call that goes on, else the newest; None before the first is known."""
        states = list(self.calls.values())
        return next((state for state in reversed(states) if not state.ended), states[-1] if states else None)

    @property
    def call(self) -> CallId | None:
        """The id of the call ``now``."""
        return self.now.call if self.now else None

    @property
    def caller(self) -> PhoneNumber:
        """Who calls, empty when unknown."""
        return self.now.caller if self.now else PhoneNumber("")

    @property
    def snapshot(self) -> CallSnapshot | None:
        """What the switch said last of the call ``now``."""
        return self.now.snapshot if self.now else None

    @property
    def seat(self) -> SeatNo | None:
        """The seat that has the call, or had it last."""
        return self.now.seat if self.now else None

    @property
    def ended(self) -> bool:
        """Whether no call of it goes on."""
        return self.now is not None and self.now.ended

    @property
    def utterances(self) -> tuple[Utterance, ...]:
        """The finals, call by call in order of call time."""
        return in_order(self.finals.values(), calls=tuple(self.calls))

    @property
    def caller_partial(self) -> str:
        """What the caller is saying right now, as far as it is heard."""
        return "".join(partial.text for partial in self.partials.values() if partial.party is Party.CALLER)


def in_order(finals: Iterable[Utterance], /, *, calls: Sequence[CallId]) -> tuple[Utterance, ...]:
    """Return finals in the order of ``calls`` and, within a call, of call time; those of other calls come last."""
    places = {call: place for place, call in enumerate(calls)}
    last = len(places)
    return tuple(sorted(finals, key=lambda h: (places.get(h.call, last), str(h.call), h.start_ms, h.party)))


class Board:
    """Contacts, seats by number. Duplicates and stale revisions change nothing and tell nobody."""

    def __init__(self) -> None:
        self.contacts: OrderedDict[ContactId, LiveContact] = OrderedDict()
        self.seats: dict[SeatNo, SeatSnapshot] = {}
        self.recogniser: RecogniserStatus | None = None

    def contact(self, contact: ContactId, /) -> LiveContact:
        """Return what goes on of a contact, begun when new; the oldest ended ones are forgotten beyond 500."""
        talk = self.contacts.get(contact)
        if talk is None:
            talk = self.contacts[contact] = LiveContact(contact=contact)
            if len(self.contacts) > KEPT_CONTACTS:
                done = next((key for key, old in self.contacts.items() if old.ended), next(iter(self.contacts)))
                del self.contacts[done]
        return talk

    def apply(self, event: Event, /) -> tuple[Message, ...]:
        """Take one event in and return the messages it leads to."""
        return _heard(self, event) if isinstance(event, Heard) else ()

    def of_seat(self, seat: SeatNo, /) -> LiveContact | None:
        """Return the contact that is before a seat: of its live call, or of the one it still wraps up."""
        state = self.seats.get(seat)
        wrapped = state.call if state else None
        mine = [talk for talk in reversed(self.contacts.values()) if talk.seat == seat]
        live = next((talk for talk in mine if not talk.ended), None)
        return live or next((talk for talk in mine if wrapped is not None and wrapped in talk.calls), None)

    def agent_of(self, contact: LiveContact, /) -> AccountId | None:
        """Return who has the contact's call, or had it last; None where nobody does."""
        state = contact.now
        if state is None or state.seat is None:
            return None
        seat = self.seats.get(state.seat)
        return state.agent or (seat.agent if seat else None)

    def sees_waiting(self) -> int:
        """Return how many live calls have not reached a person yet."""
        return sum(
            1
            for talk in self.contacts.values()
            if talk.snapshot and not talk.ended and talk.snapshot.connected_at is None
        )


def _for_talk(talk: LiveContact, body: LiveMessage) -> tuple[Message, ...]:
    if talk.seat is None:
        return ()
    agent = talk.now.agent if talk.now else None
    return (Message(body=body, seat=talk.seat, agent=agent, contact=talk.contact),)


def _on_accepted(board: Board, event: CallAccepted) -> tuple[Message, ...]:
    if event.contact is None:
        return ()
    talk = board.contact(event.contact)
    talk.of(event.call).caller = event.caller
    return ()


def _on_offered(board: Board, event: CallOffered) -> tuple[Message, ...]:
    if event.contact is None:
        return ()
    talk = board.contact(event.contact)
    state = talk.of(event.call)
    state.caller, state.seat, state.agent = event.caller, event.seat, event.agent
    return _for_talk(talk, LiveOffer(data=shown_offer(event, contact=event.contact)))


def _on_offer_ended(board: Board, event: OfferEnded) -> tuple[Message, ...]:
    if event.contact is None:
        return ()
    talk = board.contact(event.contact)
    message = Message(body=LiveOfferEnded(data=event), seat=event.seat, contact=event.contact)
    state = talk.of(event.call)
    if event.outcome != "answered" and state.seat == event.seat:
        state.seat = state.agent = None
    return (message,)


def _on_connected(board: Board, event: CallConnected) -> tuple[Message, ...]:
    if event.contact is None:
        return ()
    talk = board.contact(event.contact)
    state = talk.of(event.call)
    state.seat, state.agent = event.seat, event.agent
    return _for_talk(talk, LiveConnected(data=event))


def _on_ended(board: Board, event: CallEnded) -> tuple[Message, ...]:
    if event.contact is None:
        return ()
    talk = board.contact(event.contact)
    state = talk.of(event.call)
    state.ended, state.caller = True, event.caller
    return _for_talk(talk, LiveEnded(data=shown_end(event)))


def _on_call(board: Board, event: CallChanged) -> tuple[Message, ...]:
    snapshot = event.call
    talk = board.contact(snapshot.contact)
    before = talk.of(snapshot.call).snapshot
    if before is not None and snapshot.revision <= before.revision:
        return ()
    talk.take(snapshot)
    return _for_talk(talk, LiveCall(data=shown_call(snapshot)))


def _on_seat(board: Board, event: SeatChanged) -> tuple[Message, ...]:
    before = board.seats.get(event.seat.seat)
    if before is not None and event.seat.revision <= before.revision and event.seat.since <= before.since:
        return ()  # a switch that was started again counts revisions from 1, at a later time
    board.seats[event.seat.seat] = event.seat
    return (Message(body=LiveSeat(data=event.seat), seat=event.seat.seat),)


def _on_final(board: Board, event: UtteranceFinalised) -> tuple[Message, ...]:
    talk = board.contact(event.utterance.contact)
    key = (event.leg, event.utterance.start_ms)
    if key in talk.finals:
        return ()
    talk.finals[key] = event.utterance
    partial = talk.partials.get(event.leg)
    if partial is not None and partial.start_ms <= event.utterance.end_ms:
        del talk.partials[event.leg]
    return _for_talk(talk, LiveFinal(data=event.utterance))


def _on_partial(board: Board, event: PartialHeard) -> tuple[Message, ...]:
    if event.contact is None:
        return ()
    talk = board.contact(event.contact)
    before = talk.partials.get(event.leg)
    if before is not None and (before.start_ms, before.revision) >= (event.start_ms, event.revision):
        return ()
    if (event.leg, event.start_ms) in talk.finals:
        return ()
    talk.partials[event.leg] = event
    return _for_talk(talk, LivePartial(data=event))


def _on_suggestions(board: Board, event: SuggestionsChanged) -> tuple[Message, ...]:
    if event.contact is None:
        return ()
    talk = board.contact(event.contact)
    if event.suggestions.revision <= talk.suggestions.revision:
        return ()
    talk.suggestions = event.suggestions
    return _for_talk(talk, LiveSuggestions(data=event.suggestions))


def _on_draft(board: Board, event: DraftProposed) -> tuple[Message, ...]:
    if event.contact is None:
        return ()
    talk = board.contact(event.contact)
    if event.revision <= talk.draft_revision:
        return ()
    talk.draft_revision, talk.proposed = event.revision, event.fields
    return _for_talk(talk, LiveDraft(data=event))


def _on_recogniser(board: Board, event: RecogniserStatus) -> tuple[Message, ...]:
    board.recogniser = event
    return (Message(body=LiveRecogniser(data=event)),)


def _about(board: Board, contact: ContactId | None, body: LiveMessage) -> tuple[Message, ...]:
    return _for_talk(board.contact(contact), body) if contact else ()


def _heard(board: Board, event: Heard) -> tuple[Message, ...]:  # noqa: C901, PLR0911, PLR0912  one row an event
    match event:
        case CallAccepted():
            return _on_accepted(board, event)
        case CallOffered():
            return _on_offered(board, event)
        case OfferEnded():
            return _on_offer_ended(board, event)
        case CallConnected():
            return _on_connected(board, event)
        case CallEnded():
            return _on_ended(board, event)
        case CallChanged():
            return _on_call(board, event)
        case SeatChanged():
            return _on_seat(board, event)
        case UtteranceFinalised():
            return _on_final(board, event)
        case PartialHeard():
            return _on_partial(board, event)
        case SpeechStarted():
            return _about(board, event.contact, LiveSpeechStarted(data=event))
        case SpeechEnded():
            return _about(board, event.contact, LiveSpeechEnded(data=event))
        case TranscriptClosed():
            return _about(board, event.contact, LiveTranscriptClosed(data=event))
        case SuggestionsChanged():
            return _on_suggestions(board, event)
        case DraftProposed():
            return _on_draft(board, event)
        case RecogniserStatus():
            return _on_recogniser(board, event)
        case _:
            assert_never(event)
