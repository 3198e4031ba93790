"""One contact as a page shows it: the live board and the tables together."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import assert_never

from agent_desk.auditing import Looks
from agent_desk.contacts.contact_view import CallView, ContactRow, ContactView, MatterView, RecordingInfo
from agent_desk.contacts.matters import UNTOUCHED, MatterDraft, Matters
from agent_desk.contacts.rights import ContactFacts, Sight, What, may, own
from agent_desk.contacts.store import CallRecord, ContactRecord, ContactStore
from agent_desk.drafting.draft import SavedDraft
from agent_desk.live.board import NOTHING_YET, Board, LiveContact, in_order
from agent_desk.live.shown import shown_call
from agent_desk.ports import Orders
from runtime.clock import Clock
from runtime.web import NotFound
from vocabulary.calls import CallPhase, Origin
from vocabulary.errors import Transient
from vocabulary.ids import AccountId, ContactId
from vocabulary.masking import masked_text
from vocabulary.orders import Draftable, OrderBrief, first_matter
from vocabulary.people import Principal, Role
from vocabulary.personal import PhoneNumber
from vocabulary.requesters import Requester, caller
from vocabulary.speech import Utterance
from vocabulary.unnamed import said_names, unnamed

IN_CONFIDENCE = "保密"
SAMPLES_PER_S = 8000
NOT_IN_YET = "没有这次来电，或它还没有入库，请稍候再试"
NOT_YOURS = "没有这次来电，或它不由您受理"
PERSONAL = frozenset({Draftable.CALLER_NAME, Draftable.CALLBACK_PHONE})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """What the database adds to the board."""

    record: ContactRecord | None = None
    utterances: tuple[Utterance, ...] = ()
    drafts: tuple[MatterDraft, ...] = ()
    history: tuple[OrderBrief, ...] = ()
    orders: tuple[OrderBrief, ...] = ()
    """Of the contact."""
    agents: frozenset[AccountId] = frozenset()
    """Who took part at a desk."""


class ContactViews:
    """Builds views and answers who called (the port of the work orders). What a person may see, ``rights`` says."""

    def __init__(self, *, board: Board, store: ContactStore, matters: Matters, looks: Looks, clock: Clock) -> None:
        self._board = board
        self._store = store
        self._matters = matters
        self._looks = looks
        self._clock = clock
        self._orders: Orders | None = None

    def connect(self, orders: Orders, /) -> None:
        """Give the orders, which themselves ask this object who asks."""
        self._orders = orders

    async def requester_of(self, contact: ContactId, /) -> Requester:
        """Return who asks in a contact; NotFound for a contact nobody knows."""
        talk, record = self._board.contacts.get(contact), await self._store.record(contact)
        if record is None and (talk is None or talk.call is None):
            raise NotFound(NOT_IN_YET)
        return _requester(talk, record)

    async def words_of(self, contact: ContactId, /) -> tuple[Utterance, ...]:
        """Return all that was said, for the rules of this room; never for a page."""
        return _heard(await self._store.utterances(contact), self._board.contacts.get(contact))

    async def origin_of(self, contact: ContactId, /) -> Origin:
        """Return LIVE: what comes through this desk really happened, made-up history never does."""
        await self.requester_of(contact)
        return Origin.LIVE

    async def demand(self, contact: ContactId, what: What, /, *, principal: Principal) -> None:
        """Raise NotFound unless the person may see ``what`` in full: as for a contact that nobody knows."""
        talk = self._board.contacts.get(contact)
        kept = await self._deciding(contact)
        if not _known(talk, kept):
            raise NotFound(NOT_IN_YET)
        facts = await self._facts(contact, talk, kept, principal)
        if may(principal, facts, what) is not Sight.FULL:
            raise NotFound(NOT_YOURS)

    async def view(self, contact: ContactId, /, *, principal: Principal) -> ContactView:
        """Return the view; NotFound when neither board nor tables know the contact, or it is another person's.

        A look at the words of somebody else's contact is written down first; while that cannot be done, Transient.
        """
        talk = self._board.contacts.get(contact)
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

    async def recent(self, *, limit: int, principal: Principal) -> list[ContactRow]:
        """Return the newest contacts, numbers masked; to an agent those in which that person took part."""
        account = principal.account if principal.role is Role.AGENT else None
        records = await self._store.recent(limit=limit, account=account)
        now = self._clock.now()
        made = await self._orders.of_contacts([record.contact for record in records]) if self._orders else ()
        return [
            ContactRow(
                contact=record.contact,
                at=record.begun_at,
                caller_masked=IN_CONFIDENCE if record.confidential else record.requester.masked(),
                line_name=record.newest.line_name,
                seat=record.newest.seat,
                connected=record.answered,
                seconds=sum(((c.ended_at or now) - c.accepted_at).total_seconds() for c in record.calls),
                calls=len(record.calls),
                order_nos=tuple(order.order_no for order in made if order.contact == record.contact),
                reason=record.newest.reason or "",
            )
            for record in records
        ]

    async def _facts(
        self, contact: ContactId, talk: LiveContact | None, kept: "_Kept", principal: Principal
    ) -> ContactFacts:
        account, orders = principal.account, self._orders
        in_hands = await self._store.holds_callback(contact, account=account) or (
            orders is not None and await orders.in_hands(contact, account=account)
        )
        return _facts_of(self._board, talk, kept, in_hands=in_hands)

    async def _deciding(self, contact: ContactId) -> _Kept:
        """Return what a decision about rights rests on: no words, no history; it is asked at each save of a form."""
        return _Kept(
            record=await self._store.record(contact),
            drafts=await self._matters.drafts(contact),
            orders=await self._orders.of_contacts((contact,)) if self._orders else (),
            agents=await self._store.agents(contact),
        )

    async def _kept(self, contact: ContactId, talk: LiveContact | None) -> _Kept:
        kept, orders = await self._deciding(contact), self._orders
        return replace(
            kept,
            utterances=await self._store.utterances(contact),
            history=await orders.of_requester(_requester(talk, kept.record), open_only=False) if orders else (),
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
                matters=tuple(replace(one, draft=UNTOUCHED) for one in view.matters if one.order is not None),
                open_orders=(),
                history=(),
                calls=tuple(replace(call, recording=None) for call in view.calls),
            )
        case _:
            assert_never(sight)


def _masked(view: ContactView) -> ContactView:
    """Numbers masked everywhere, no name and no number of the form; in confidence nothing of who asked."""
    said = {found for heard in view.utterances for found in said_names(heard.text)}
    typed = (one.draft.values.get(Draftable.CALLER_NAME) for one in view.matters)
    names = said | {name.value for name in typed if name}

    def hide(text: str) -> str:
        return unnamed(text, names=names) if view.confidential else masked_text(text)

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
        matters=tuple(replace(one, draft=_masked_draft(one.draft, hide)) for one in view.matters),
        open_orders=() if view.confidential else view.open_orders,
        history=() if view.confidential else view.history,
    )


def _masked_draft(draft: SavedDraft, hide: Callable[[str], str]) -> SavedDraft:
    kept = {field: value for field, value in draft.values.items() if field not in PERSONAL}
    return replace(
        draft,
        values={field: replace(value, value=hide(value.value)) for field, value in kept.items()},
        reply=hide(draft.reply),
    )


def matters_of(drafts: Iterable[MatterDraft], orders: Iterable[OrderBrief], /) -> tuple[MatterView, ...]:
    """Return forms and orders of a contact by matter; an order whose form is not kept any more has an untouched one."""
    made = {order.matter: order for order in orders}
    known = {one.matter: one.draft for one in drafts}
    return tuple(
        MatterView(matter=matter, draft=known.get(matter, UNTOUCHED), order=made.get(matter))
        for matter in dict.fromkeys((*known, *made))
    )


def _known(talk: LiveContact | None, kept: _Kept) -> bool:
    return (talk is not None and talk.call is not None) or kept.record is not None


def _facts_of(board: Board, talk: LiveContact | None, kept: _Kept, /, *, in_hands: bool) -> ContactFacts:
    record = kept.record
    seat = talk.seat if talk else None
    agent = board.agent_of(talk) if talk else None
    sent = {order.matter for order in kept.orders}
    part = kept.agents | ({agent} if agent is not None else set())
    return ContactFacts(
        agents=part,
        unanswered=_unanswered(talk, record),
        at_hand=talk is not None and seat is not None and board.of_seat(seat) is talk,
        open_form=any(one.draft.revision > 0 and one.matter not in sent for one in kept.drafts),
        in_hands=in_hands,
        confidential=any(one.draft.confidential for one in kept.drafts) or (record is not None and record.confidential),
    )


def _unanswered(talk: LiveContact | None, record: ContactRecord | None) -> bool:
    """Whether the call is over and no person ever spoke with the caller."""
    if record is not None and record.ended and (talk is None or talk.ended):
        return not record.answered
    return talk is not None and talk.ended and talk.snapshot is not None and talk.snapshot.connected_at is None


def _heard(kept: tuple[Utterance, ...], talk: LiveContact | None) -> tuple[Utterance, ...]:
    """Return the finals of tables and board together, each once, call by call in order of call time."""
    finals = {(heard.leg, heard.start_ms): heard for heard in kept} | (talk.finals if talk else {})
    order = list(dict.fromkeys([*(heard.call for heard in kept), *(talk.calls if talk else ())]))
    return in_order(finals.values(), calls=order)


def _requester(talk: LiveContact | None, record: ContactRecord | None) -> Requester:
    if record is not None and record.requester.identity is not None:
        return record.requester
    return caller(talk.caller if talk else PhoneNumber(""))


def _call_view(call: CallRecord) -> CallView:
    return CallView(
        call=call.call,
        dialled=call.dialled,
        line_name=call.line_name,
        seat=call.seat,
        accepted_at=call.accepted_at,
        connected_at=call.connected_at,
        ended_at=call.ended_at,
        reason=call.reason or "",
        recording=RecordingInfo(seconds=call.samples / SAMPLES_PER_S) if call.samples else None,
    )


def _joined(contact: ContactId, talk: LiveContact | None, kept: _Kept, *, partly: bool) -> ContactView:
    record, snapshot = kept.record, talk.snapshot if talk else None
    newest = record.newest if record else None
    ended = talk.ended if talk is not None and talk.call is not None else record is None or record.ended
    history = tuple(order for order in kept.history if order.contact != contact)
    return ContactView(
        contact=contact,
        call=None if ended or snapshot is None else shown_call(snapshot),
        caller_masked=_requester(talk, record).masked(),
        dialled=snapshot.dialled if snapshot else (newest.dialled if newest else ""),
        line_name=snapshot.line_name if snapshot else (newest.line_name if newest else ""),
        phase=CallPhase.ENDED if ended or snapshot is None else snapshot.phase,
        calls=tuple(_call_view(call) for call in record.calls) if record else (),
        utterances=_heard(kept.utterances, talk),
        suggestions=talk.suggestions if talk else NOTHING_YET,
        proposed=talk.proposed if talk else (),
        matters=matters_of(kept.drafts or (MatterDraft(matter=first_matter(contact)),), kept.orders),
        open_orders=tuple(order for order in history if order.closed_at is None),
        history=history,
        confidential=False,
        partly=partly,
    )
