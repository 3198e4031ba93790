"""One contact as a page shows it: the live board and the tables together."""

from dataclasses import dataclass, field, replace

from agent_desk.contacts.numbers import known_numbers, resolved_phone
from agent_desk.contacts.store import ContactRecord, ContactStore
from agent_desk.drafting.draft import SavedDraft
from agent_desk.live.board import NOTHING_YET, Board, Talk
from agent_desk.live.shown import shown_call
from agent_desk.ports import Orders
from runtime.web import NotFound
from vocabulary.calls import CallPhase, CallSnapshot, Origin
from vocabulary.errors import Transient
from vocabulary.ids import ContactId
from vocabulary.masking import masked_text
from vocabulary.orders import Draftable, DraftField, OrderBrief
from vocabulary.people import Principal, Role
from vocabulary.personal import PhoneNumber
from vocabulary.speech import Utterance
from vocabulary.suggestions import Suggestions

FILLS_FORMS = frozenset({Role.AGENT, Role.ADMIN})
PERSONAL = frozenset({Draftable.CALLER_NAME, Draftable.CALLBACK_PHONE})


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingInfo:
    """A closed recording."""

    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactView:
    """What the workspace shows of one contact; ``partly`` is True while the database is away."""

    contact: ContactId
    call: CallSnapshot | None
    caller_masked: str
    dialled: str
    line_name: str
    phase: CallPhase
    utterances: tuple[Utterance, ...] = field(repr=False)
    suggestions: Suggestions
    proposed: tuple[DraftField, ...]
    draft: SavedDraft
    open_orders: tuple[OrderBrief, ...]
    history: tuple[OrderBrief, ...]
    order: OrderBrief | None
    recording: RecordingInfo | None
    partly: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """What the database adds to the board."""

    record: ContactRecord | None = None
    utterances: tuple[Utterance, ...] = ()
    draft: SavedDraft = field(default_factory=lambda: SavedDraft(revision=0))
    history: tuple[OrderBrief, ...] = ()
    order: OrderBrief | None = None


class ContactViews:
    """Builds views and answers who called (the port of the work orders)."""

    def __init__(self, *, board: Board, store: ContactStore) -> None:
        self._board = board
        self._store = store
        self._orders: Orders | None = None

    def connect(self, orders: Orders, /) -> None:
        """Give the orders, which themselves ask this object for callers."""
        self._orders = orders

    async def caller_of(self, contact: ContactId, /) -> PhoneNumber:
        """Return the caller's number, empty when withheld; NotFound for a contact nobody knows."""
        talk = self._board.talks.get(contact)
        if talk is not None and talk.call is not None:
            return talk.caller
        record = await self._store.record(contact)
        if record is None:
            raise NotFound("没有这次来电，或它还没有入库，请稍候再试")
        return record.caller

    async def resolved(self, contact: ContactId, sent: PhoneNumber, /) -> PhoneNumber:
        """Return the number meant by what a page sent; FieldError when a masked one stands for no known number."""
        if "*" not in sent.reveal():
            return sent
        talk = self._board.talks.get(contact)
        spoken = _heard(await self._store.utterances(contact), talk)
        return resolved_phone(sent, known=known_numbers(await self.caller_of(contact), spoken))

    async def origin_of(self, contact: ContactId, /) -> Origin:
        """Return LIVE: what comes through this desk really happened, made-up history never does."""
        await self.caller_of(contact)
        return Origin.LIVE

    async def check_seat(self, contact: ContactId, /, *, principal: Principal) -> None:
        """Raise NotFound when nobody knows the contact, or when it is another seat's."""
        talk = self._board.talks.get(contact)
        known = talk if talk is not None and talk.call is not None else None
        record = None if known is not None and known.seat is not None else await self._store.record(contact)
        if known is None and record is None:
            raise NotFound("没有这次来电，或它还没有入库，请稍候再试")
        _check_seat(principal, known, record)

    async def view(self, contact: ContactId, /, *, principal: Principal) -> ContactView:
        """Return the view; NotFound when neither board nor tables know the contact, or it is another seat's."""
        talk = self._board.talks.get(contact)
        try:
            kept, partly = await self._kept(contact, talk), False
        except Transient:
            if talk is None or talk.call is None:
                raise
            kept, partly = _Kept(), True
        if (talk is None or talk.call is None) and kept.record is None:
            raise NotFound("没有这次来电")
        _check_seat(principal, talk, kept.record)
        whole = _joined(contact, talk, kept, partly=partly)
        return whole if principal.role in FILLS_FORMS else without_personal(whole)

    async def _kept(self, contact: ContactId, talk: Talk | None) -> _Kept:
        record = await self._store.record(contact)
        caller = talk.caller if talk and talk.call else (record.caller if record else PhoneNumber(""))
        orders = self._orders
        return _Kept(
            record=record,
            utterances=await self._store.utterances(contact),
            draft=await self._store.draft(contact),
            history=await orders.of_phone(caller, open_only=False) if orders else (),
            order=await orders.of_contact(contact) if orders else None,
        )


def without_personal(view: ContactView, /) -> ContactView:
    """Return a view for people who do not fill the form: numbers masked in the talk, no name and no number."""
    spoken = tuple(replace(heard, text=masked_text(heard.text), words=()) for heard in view.utterances)
    kept = {name: value for name, value in view.draft.values.items() if name not in PERSONAL}
    return replace(
        view,
        utterances=spoken,
        proposed=tuple(
            replace(f, value=masked_text(f.value), source=masked_text(f.source))
            for f in view.proposed
            if f.name not in PERSONAL
        ),
        draft=replace(view.draft, values={name: replace(v, value=masked_text(v.value)) for name, v in kept.items()}),
    )


def _check_seat(principal: Principal, talk: Talk | None, record: ContactRecord | None) -> None:
    seats = {talk.seat if talk else None, record.seat if record else None} - {None}
    if principal.role is Role.AGENT and seats and principal.seat not in seats:
        raise NotFound("这次来电由其他服务代表受理")


def _heard(kept: tuple[Utterance, ...], talk: Talk | None) -> tuple[Utterance, ...]:
    """Return the finals of tables and board together, each once, in order of call time."""
    finals = {(heard.leg, heard.start_ms): heard for heard in kept} | (talk.finals if talk else {})
    return tuple(sorted(finals.values(), key=lambda heard: (heard.start_ms, heard.party)))


def _joined(contact: ContactId, talk: Talk | None, kept: _Kept, *, partly: bool) -> ContactView:
    record, snapshot = kept.record, talk.snapshot if talk else None
    caller = talk.caller if talk and talk.call else (record.caller if record else PhoneNumber(""))
    ended = (talk.ended if talk else True) or bool(record and record.ended_at)
    history = tuple(order for order in kept.history if order.contact != contact)
    samples = record.samples if record else None
    return ContactView(
        contact=contact,
        call=None if ended or snapshot is None else shown_call(snapshot),
        caller_masked=caller.masked(),
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
        partly=partly,
    )
