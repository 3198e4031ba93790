"""One contact as a page shows it: the live board and the tables together."""

from dataclasses import dataclass, field, replace
from typing import assert_never

from agent_desk.auditing import Looks
from agent_desk.contacts.contact_view import ContactView, RecordingInfo
from agent_desk.contacts.rights import ContactFacts, Sight, What, may, own
from agent_desk.contacts.store import ContactRecord, ContactStore
from agent_desk.drafting.draft import SavedDraft
from agent_desk.live.board import NOTHING_YET, Board, Talk
from agent_desk.live.shown import shown_call
from agent_desk.ports import Orders
from runtime.web import NotFound
from vocabulary.calls import CallPhase, Origin
from vocabulary.errors import Transient
from vocabulary.ids import ContactId, SeatNo
from vocabulary.masking import masked_text
from vocabulary.orders import Draftable, OrderBrief
from vocabulary.people import Principal
from vocabulary.personal import PhoneNumber
from vocabulary.requesters import Requester, caller
from vocabulary.speech import Utterance
from vocabulary.unnamed import said_names, unnamed

IN_CONFIDENCE = "保密"
NOT_IN_YET = "没有这次来电，或它还没有入库，请稍候再试"
NOT_YOURS = "没有这次来电，或它不由您受理"
PERSONAL = frozenset({Draftable.CALLER_NAME, Draftable.CALLBACK_PHONE})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """What the database adds to the board."""

    record: ContactRecord | None = None
    utterances: tuple[Utterance, ...] = ()
    draft: SavedDraft = field(default_factory=lambda: SavedDraft(revision=0, values={}))
    history: tuple[OrderBrief, ...] = ()
    order: OrderBrief | None = None
    seats: frozenset[SeatNo] = frozenset()
    """That took part as agents."""


class ContactViews:
    """Builds views and answers who called (the port of the work orders). What a person may see, ``rights`` says."""

    def __init__(self, *, board: Board, store: ContactStore, looks: Looks) -> None:
        self._board = board
        self._store = store
        self._looks = looks
        self._orders: Orders | None = None

    def connect(self, orders: Orders, /) -> None:
        """Give the orders, which themselves ask this object who asks."""
        self._orders = orders

    async def requester_of(self, contact: ContactId, /) -> Requester:
        """Return who asks in a contact; NotFound for a contact nobody knows."""
        talk = self._board.talks.get(contact)
        if talk is not None and talk.call is not None:
            return caller(talk.caller)
        record = await self._store.record(contact)
        if record is None:
            raise NotFound(NOT_IN_YET)
        return caller(record.caller)

    async def words_of(self, contact: ContactId, /) -> tuple[Utterance, ...]:
        """Return all that was said, for the rules of this room; never for a page."""
        return _heard(await self._store.utterances(contact), self._board.talks.get(contact))

    async def origin_of(self, contact: ContactId, /) -> Origin:
        """Return LIVE: what comes through this desk really happened, made-up history never does."""
        await self.requester_of(contact)
        return Origin.LIVE

    async def demand(self, contact: ContactId, what: What, /, *, principal: Principal) -> None:
        """Raise NotFound unless the person may see ``what`` in full: as for a contact that nobody knows."""
        talk = self._board.talks.get(contact)
        kept = await self._kept(contact, talk)
        if not _known(talk, kept):
            raise NotFound(NOT_IN_YET)
        facts = await self._facts(contact, talk, kept, principal)
        if may(principal, facts, what) is not Sight.FULL:
            raise NotFound(NOT_YOURS)

    async def view(self, contact: ContactId, /, *, principal: Principal) -> ContactView:
        """Return the view; NotFound when neither board nor tables know the contact, or it is another seat's.

        A look at the words of somebody else's contact is written down first; while that cannot be done, Transient.
        """
        talk = self._board.talks.get(contact)
        try:
            kept, partly = await self._kept(contact, talk), False
            if not _known(talk, kept):
                raise NotFound("没有这次来电")
            facts = await self._facts(contact, talk, kept, principal)
        except Transient:
            if talk is None or talk.call is None:
                raise
            kept, partly, facts = _Kept(), True, _facts_of(self._board, talk, _Kept(), in_hands=False)
        if may(principal, facts, What.HEAD) is Sight.NOTHING:
            raise NotFound(NOT_YOURS)
        whole = _joined(contact, talk, kept, partly=partly)
        sight = may(principal, facts, What.WORDS)
        if sight is Sight.MASKED and not own(principal, facts):
            await self._looks.at(contact, what="contact-viewed", account=principal.account, why="")
        return seen(replace(whole, confidential=facts.confidential), sight)

    async def _facts(self, contact: ContactId, talk: Talk | None, kept: "_Kept", principal: Principal) -> ContactFacts:
        account, orders = principal.account, self._orders
        in_hands = await self._store.holds_callback(contact, account=account) or (
            orders is not None and await orders.in_hands(contact, account=account)
        )
        return _facts_of(self._board, talk, kept, in_hands=in_hands)

    async def _kept(self, contact: ContactId, talk: Talk | None) -> _Kept:
        record = await self._store.record(contact)
        number = talk.caller if talk and talk.call else (record.caller if record else PhoneNumber(""))
        orders = self._orders
        return _Kept(
            record=record,
            utterances=await self._store.utterances(contact),
            draft=await self._store.draft(contact),
            history=await orders.of_requester(caller(number), open_only=False) if orders else (),
            order=await orders.of_contact(contact) if orders else None,
            seats=await self._store.seats(contact),
        )


def seen(view: ContactView, sight: Sight, /) -> ContactView:
    """Return of a whole view what ``sight`` leaves."""
    match sight:
        case Sight.FULL:
            return view
        case Sight.MASKED:
            return _masked(view)
        case Sight.NOTHING:
            return replace(
                view,
                utterances=(),
                suggestions=NOTHING_YET,
                proposed=(),
                draft=SavedDraft(revision=0, values={}),
                open_orders=(),
                history=(),
                recording=None,
            )
        case _:
            assert_never(sight)


def _masked(view: ContactView) -> ContactView:
    """Numbers masked everywhere, no name and no number of the form; in confidence nothing of who asked."""
    name = view.draft.values.get(Draftable.CALLER_NAME)
    said = {found for heard in view.utterances for found in said_names(heard.text)}
    names = said | ({name.value} if name else set())

    def hide(text: str) -> str:
        return unnamed(text, names=names) if view.confidential else masked_text(text)

    kept = {field: value for field, value in view.draft.values.items() if field not in PERSONAL}
    call, hidden = view.call, view.confidential
    return replace(
        view,
        caller_masked=IN_CONFIDENCE if hidden else view.caller_masked,
        call=replace(call, caller=PhoneNumber("")) if call is not None and hidden else call,
        utterances=tuple(replace(heard, text=hide(heard.text), words=()) for heard in view.utterances),
        suggestions=NOTHING_YET if view.confidential else view.suggestions,
        proposed=tuple(
            replace(f, value=hide(f.value), source=hide(f.source)) for f in view.proposed if f.name not in PERSONAL
        ),
        draft=replace(
            view.draft,
            values={field: replace(value, value=hide(value.value)) for field, value in kept.items()},
            reply=hide(view.draft.reply),
        ),
        open_orders=() if view.confidential else view.open_orders,
        history=() if view.confidential else view.history,
    )


def _known(talk: Talk | None, kept: _Kept) -> bool:
    return (talk is not None and talk.call is not None) or kept.record is not None


def _facts_of(board: Board, talk: Talk | None, kept: _Kept, /, *, in_hands: bool) -> ContactFacts:
    record = kept.record
    seat = talk.seat if talk else None
    part = kept.seats | ({seat} if seat is not None else set())
    return ContactFacts(
        seats=frozenset() if _unanswered(talk, record) else part,
        at_hand=talk is not None and seat is not None and board.of_seat(seat) is talk,
        open_form=kept.order is None and kept.draft.revision > 0,
        in_hands=in_hands,
        confidential=kept.draft.confidential or (record is not None and record.confidential),
    )


def _unanswered(talk: Talk | None, record: ContactRecord | None) -> bool:
    """Whether the call is over and no person ever spoke with the caller."""
    if record is not None and record.ended_at is not None:
        return record.connected_at is None
    return talk is not None and talk.ended and talk.snapshot is not None and talk.snapshot.connected_at is None


def _heard(kept: tuple[Utterance, ...], talk: Talk | None) -> tuple[Utterance, ...]:
    """Return the finals of tables and board together, each once, in order of call time."""
    finals = {(heard.leg, heard.start_ms): heard for heard in kept} | (talk.finals if talk else {})
    return tuple(sorted(finals.values(), key=lambda heard: (heard.start_ms, heard.party)))


def _joined(contact: ContactId, talk: Talk | None, kept: _Kept, *, partly: bool) -> ContactView:
    record, snapshot = kept.record, talk.snapshot if talk else None
    number = talk.caller if talk and talk.call else (record.caller if record else PhoneNumber(""))
    ended = (talk.ended if talk else True) or bool(record and record.ended_at)
    history = tuple(order for order in kept.history if order.contact != contact)
    samples = record.samples if record else None
    return ContactView(
        contact=contact,
        call=None if ended or snapshot is None else shown_call(snapshot),
        caller_masked=caller(number).masked(),
        dialled=snapshot.dialled if snapshot else (record.dialled if record else ""),
        line_name=snapshot.line_name if snapshot else (record.line_name if record else ""),
        phase=CallPhase.ENDED if ended or snapshot is None else snapshot.phase,
        utterances=_heard(kept.utterances, talk),
        suggestions=talk.suggestions if talk else NOTHING_YET,
        proposed=talk.proposed if talk else (),
        draft=kept.draft,
        open_orders=tuple(order for order in history if order.closed_at is None),
        history=history,
        order=kept.order,
        recording=RecordingInfo(seconds=samples / 8000) if samples else None,
        confidential=False,
        partly=partly,
    )
