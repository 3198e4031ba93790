"""The board and the feeds, from events alone."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args, get_type_hints
from uuid import UUID, uuid4

from agent_desk.live.board import KEPT_CONTACTS, Board
from agent_desk.live.feed import KEPT, Feed, Message
from agent_desk.live.messages import LiveControl, LiveFinal, LiveMessage
from vocabulary.audio import Party
from vocabulary.calls import OfferOutcome, SeatSnapshot, SeatState
from vocabulary.events.asr import PartialHeard, UtteranceFinalised
from vocabulary.events.telephony import CallOffered, OfferEnded, SeatChanged
from vocabulary.ids import AccountId, CallId, ContactId, EventId, LegId, OfferId, SeatNo
from vocabulary.personal import PhoneNumber
from vocabulary.speech import Utterance

NOW = datetime(2026, 11, 23, tzinfo=UTC)
CONTACT, CALL, LEG, OFFER = ContactId(UUID(int=1)), CallId(UUID(int=2)), LegId(UUID(int=3)), OfferId(UUID(int=4))
SEAT, AGENT = SeatNo("007"), AccountId(UUID(int=5))


def identity() -> EventId:
    return EventId(uuid4())


def offered(seat: SeatNo = SEAT) -> CallOffered:
    return CallOffered(
        event_id=identity(), occurred_at=NOW, contact=CONTACT, call=CALL, offer=OFFER, seat=seat, agent=AGENT,
        expires_at=NOW + timedelta(seconds=6), caller=PhoneNumber("19900000101"), dialled="12345", line_name="",
        queued_at=NOW, invite_at=NOW,
    )  # fmt: skip


def final(text: str, at: int) -> UtteranceFinalised:
    heard = Utterance(
        contact=CONTACT, call=CALL, leg=LEG, party=Party.CALLER, start_ms=at, end_ms=at + 800, text=text, engine="x"
    )
    return UtteranceFinalised(event_id=identity(), occurred_at=NOW, contact=CONTACT, leg=LEG, utterance=heard)


def partial(text: str, at: int, revision: int) -> PartialHeard:
    return PartialHeard(
        event_id=identity(), occurred_at=NOW, contact=CONTACT, call=CALL, leg=LEG, party=Party.CALLER, start_ms=at,
        revision=revision, text=text,
    )  # fmt: skip


def seat(revision: int, state: SeatState) -> SeatChanged:
    snapshot = SeatSnapshot(
        seat=SEAT, agent=AGENT, agent_name="王", state=state, reason="", since=NOW, revision=revision
    )
    return SeatChanged(event_id=identity(), occurred_at=NOW, contact=None, seat=snapshot)


def kinds(messages: tuple[Message, ...]) -> list[tuple[str, SeatNo | None]]:
    return [(message.body.kind, message.seat) for message in messages]


def test_words_go_only_to_the_seat_that_has_the_call() -> None:
    board = Board()

    assert kinds(board.apply(final("停水了", 100))) == []

    board.apply(offered())

    assert kinds(board.apply(final("两天了", 1500))) == [("final", SEAT)]


def test_an_offer_that_ended_unanswered_takes_the_words_away_from_that_seat() -> None:
    board = Board()
    board.apply(offered())
    over = OfferEnded(
        event_id=identity(), occurred_at=NOW, contact=CONTACT, call=CALL, offer=OFFER, seat=SEAT,
        outcome=OfferOutcome.NO_ANSWER,
    )  # fmt: skip

    assert kinds(board.apply(over)) == [("offer-ended", SEAT)]
    assert kinds(board.apply(final("喂", 9000))) == []


def test_finals_stand_in_order_of_call_time_and_once() -> None:
    board = Board()
    for event in (final("二", 2000), final("一", 500), final("二", 2000)):
        board.apply(event)

    assert [heard.text for heard in board.contacts[CONTACT].utterances] == ["一", "二"]


def test_a_final_replaces_its_partial_and_a_late_partial_does_not_come_back() -> None:
    board = Board()
    board.apply(partial("停", 500, 1))

    assert board.contacts[CONTACT].caller_partial == "停"

    board.apply(final("停水了", 500))
    board.apply(partial("停水", 500, 2))

    assert board.contacts[CONTACT].caller_partial == ""


def test_an_older_revision_of_a_seat_changes_nothing() -> None:
    board = Board()
    board.apply(seat(5, SeatState.TALKING))

    assert board.apply(seat(4, SeatState.READY)) == ()
    assert board.seats[SEAT].state is SeatState.TALKING


def test_the_board_forgets_the_oldest_talks() -> None:
    board = Board()
    for number in range(KEPT_CONTACTS + 20):
        board.contact(ContactId(UUID(int=1000 + number)))

    assert len(board.contacts) == KEPT_CONTACTS


def test_a_page_that_comes_back_gets_what_it_missed_and_nothing_twice() -> None:
    feed = Feed(epoch=UUID(int=7))
    for number in range(5):
        feed.append(Message(body=LiveFinal(data=final("喂", number).utterance)))
    missed = feed.since(epoch=UUID(int=7), n=3)

    assert missed is not None
    assert [(message.place.n, message.body) for message in missed] == [
        (4, LiveFinal(data=final("喂", 3).utterance)),
        (5, LiveFinal(data=final("喂", 4).utterance)),
    ]
    assert feed.since(epoch=UUID(int=7), n=5) == []


def test_a_page_of_another_epoch_or_too_far_back_needs_a_snapshot() -> None:
    feed = Feed(epoch=UUID(int=7))
    for number in range(KEPT + 10):
        feed.append(Message(body=LiveFinal(data=final("喂", number).utterance)))

    assert feed.since(epoch=UUID(int=8), n=KEPT) is None
    assert feed.since(epoch=None, n=0) is None
    assert feed.since(epoch=UUID(int=7), n=9) is None
    assert feed.since(epoch=UUID(int=7), n=KEPT + 11) is None
    assert feed.since(epoch=UUID(int=7), n=10) is not None


def kinds_of(union: object) -> list[str]:
    """The literal kind of each member."""
    return [get_args(get_type_hints(member)["kind"])[0] for member in get_args(union)]


def test_the_pages_have_a_handler_for_every_kind_of_message() -> None:
    rooms = Path(__file__).parents[2] / "web" / "src" / "rooms"
    handlers = "".join(file.read_text(encoding="utf-8") for file in rooms.glob("*/live.ts"))
    named = re.findall(r"^  '?([a-z-]+)'?: \(", handlers, re.MULTILINE)

    assert sorted(named) == sorted(kinds_of(LiveMessage))


def test_no_two_messages_of_the_socket_share_a_kind() -> None:
    kinds = [*kinds_of(LiveMessage), *kinds_of(LiveControl)]

    assert len(kinds) == len(set(kinds)) == len(get_args(LiveMessage)) + len(get_args(LiveControl))


def test_a_message_goes_over_the_socket_with_its_place_beside_its_kind_and_its_data() -> None:
    numbered = Feed(epoch=UUID(int=7)).append(
        Message(body=LiveFinal(data=final("停水了", 100).utterance), contact=CONTACT)
    )
    told = json.loads(numbered.text())

    assert told.pop("data")["text"] == "停水了"
    assert told == {"epoch": str(UUID(int=7)), "n": 1, "kind": "final", "contact": str(CONTACT)}
