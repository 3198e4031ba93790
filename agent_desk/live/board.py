"""The live talks of the house, built from events alone: ``apply`` takes one and returns what pages must hear."""

from collections import OrderedDict
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
from vocabulary.ids import CallId, ContactId, LegId, SeatNo
from vocabulary.orders import DraftField
from vocabulary.personal import PhoneNumber
from vocabulary.speech import Utterance
from vocabulary.suggestions import Suggestions

KEPT_TALKS = 500
Heard = (
    CallAccepted | CallOffered | OfferEnded | CallConnected | CallEnded | CallChanged | SeatChanged
    | UtteranceFinalised | PartialHeard | SpeechStarted | SpeechEnded | TranscriptClosed
    | SuggestionsChanged | DraftProposed | RecogniserStatus
)  # fmt: skip
"""The events that change the board; all others pass it by."""
NOTHING_YET = Suggestions(items=(), reason="等诉求人说出具体事项", revision=0)


@dataclass(slots=True, kw_only=True)
class Talk:
    """One contact as it goes on."""

    contact: ContactId
    call: CallId | None = None
    caller: PhoneNumber = field(default_factory=lambda: PhoneNumber(""))
    snapshot: CallSnapshot | None = None
    seat: SeatNo | None = None
    finals: dict[tuple[LegId, int], Utterance] = field(default_factory=dict)
    partials: dict[LegId, PartialHeard] = field(default_factory=dict)
    suggestions: Suggestions = NOTHING_YET
    proposed: tuple[DraftField, ...] = ()
    draft_revision: int = 0
    ended: bool = False

    @property
    def utterances(self) -> tuple[Utterance, ...]:
        """The finals in order of call time."""
        return tuple(sorted(self.finals.values(), key=lambda heard: (heard.start_ms, heard.party)))

    @property
    def caller_partial(self) -> str:
        """What the caller is saying right now, as far as it is heard."""
        return "".join(partial.text for partial in self.partials.values() if partial.party is Party.CALLER)


class Board:
    """Talks by contact, seats by number. Duplicates and stale revisions change nothing and tell nobody."""

    def __init__(self) -> None:
        self.talks: OrderedDict[ContactId, Talk] = OrderedDict()
        self.seats: dict[SeatNo, SeatSnapshot] = {}
        self.recogniser: RecogniserStatus | None = None

    def talk(self, contact: ContactId, /) -> Talk:
        """Return the talk of a contact, begun when new; the oldest ended ones are forgotten beyond 500."""
        talk = self.talks.get(contact)
        if talk is None:
            talk = self.talks[contact] = Talk(contact=contact)
            if len(self.talks) > KEPT_TALKS:
                done = next((key for key, old in self.talks.items() if old.ended), next(iter(self.talks)))
                del self.talks[done]
        return talk

    def apply(self, event: Event, /) -> tuple[Message, ...]:
        """Take one event in and return the messages it leads to."""
        return _heard(self, event) if isinstance(event, Heard) else ()

    def of_seat(self, seat: SeatNo, /) -> Talk | None:
        """Return the talk that is before a seat: its live call, or the one it still wraps up."""
        state = self.seats.get(seat)
        wrapped = state.call if state else None
        mine = [talk for talk in reversed(self.talks.values()) if talk.seat == seat]
        live = next((talk for talk in mine if not talk.ended), None)
        return live or next((talk for talk in mine if wrapped is not None and talk.call == wrapped), None)

    def sees_waiting(self) -> int:
        """Return how many live calls have not reached a person yet."""
        return sum(
            1 for talk in self.talks.values() if talk.snapshot and not talk.ended and talk.snapshot.connected_at is None
        )


def _for_talk(talk: Talk, body: LiveMessage) -> tuple[Message, ...]:
    if talk.seat is None:
        return ()
    return (Message(body=body, seat=talk.seat, contact=talk.contact),)


def _on_accepted(board: Board, event: CallAccepted) -> tuple[Message, ...]:
    if event.contact is None:
        return ()
    talk = board.talk(event.contact)
    talk.call, talk.caller = event.call, event.caller
    return ()


def _on_offered(board: Board, event: CallOffered) -> tuple[Message, ...]:
    if event.contact is None:
        return ()
    talk = board.talk(event.contact)
    talk.call, talk.caller, talk.seat = event.call, event.caller, event.seat
    return _for_talk(talk, LiveOffer(data=shown_offer(event, contact=event.contact)))


def _on_offer_ended(board: Board, event: OfferEnded) -> tuple[Message, ...]:
    if event.contact is None:
        return ()
    talk = board.talk(event.contact)
    message = Message(body=LiveOfferEnded(data=event), seat=event.seat, contact=event.contact)
    if event.outcome != "answered" and talk.seat == event.seat:
        talk.seat = None
    return (message,)


def _on_connected(board: Board, event: CallConnected) -> tuple[Message, ...]:
    if event.contact is None:
        return ()
    talk = board.talk(event.contact)
    talk.call, talk.seat = event.call, event.seat
    return _for_talk(talk, LiveConnected(data=event))


def _on_ended(board: Board, event: CallEnded) -> tuple[Message, ...]:
    if event.contact is None:
        return ()
    talk = board.talk(event.contact)
    talk.ended, talk.caller, talk.call = True, event.caller, event.call
    return _for_talk(talk, LiveEnded(data=shown_end(event)))


def _on_call(board: Board, event: CallChanged) -> tuple[Message, ...]:
    snapshot = event.call
    talk = board.talk(snapshot.contact)
    if talk.snapshot is not None and snapshot.revision <= talk.snapshot.revision:
        return ()
    talk.snapshot, talk.caller, talk.call = snapshot, snapshot.caller, snapshot.call
    talk.seat = snapshot.seat or talk.seat
    return _for_talk(talk, LiveCall(data=shown_call(snapshot)))


def _on_seat(board: Board, event: SeatChanged) -> tuple[Message, ...]:
    before = board.seats.get(event.seat.seat)
    if before is not None and event.seat.revision <= before.revision and event.seat.since <= before.since:
        return ()  # a switch that was started again counts revisions from 1, at a later time
    board.seats[event.seat.seat] = event.seat
    return (Message(body=LiveSeat(data=event.seat), seat=event.seat.seat),)


def _on_final(board: Board, event: UtteranceFinalised) -> tuple[Message, ...]:
    talk = board.talk(event.utterance.contact)
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
    talk = board.talk(event.contact)
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
    talk = board.talk(event.contact)
    if event.suggestions.revision <= talk.suggestions.revision:
        return ()
    talk.suggestions = event.suggestions
    return _for_talk(talk, LiveSuggestions(data=event.suggestions))


def _on_draft(board: Board, event: DraftProposed) -> tuple[Message, ...]:
    if event.contact is None:
        return ()
    talk = board.talk(event.contact)
    if event.revision <= talk.draft_revision:
        return ()
    talk.draft_revision, talk.proposed = event.revision, event.fields
    return _for_talk(talk, LiveDraft(data=event))


def _on_recogniser(board: Board, event: RecogniserStatus) -> tuple[Message, ...]:
    board.recogniser = event
    return (Message(body=LiveRecogniser(data=event)),)


def _about(board: Board, contact: ContactId | None, body: LiveMessage) -> tuple[Message, ...]:
    return _for_talk(board.talk(contact), body) if contact else ()


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
