"""Runs the life of orders: reads state under a lock, decides, writes row, timeline and event in one transaction."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from runtime.audit import AuditEntry, record
from runtime.clock import Clock
from runtime.ids import new_id
from runtime.postgres import Database, Row, Transaction
from runtime.web import NotFound
from vocabulary.calls import Origin
from vocabulary.events.work_orders import OrderEvent
from vocabulary.ids import AccountId, ContactId, EventId, UnitCode, WorkOrderNo
from vocabulary.orders import OrderBrief, OrderRequest, Stage
from vocabulary.people import Principal
from vocabulary.requesters import Requester
from work_orders import form, store
from work_orders.catalogue import Catalogue, Category
from work_orders.commands import Accept, Archive, CloseDirectly, Command, Dispatch, FollowUp, Reply
from work_orders.deadlines import WorkingCalendar, due_at
from work_orders.hiding import hiding_in
from work_orders.numbers import order_no
from work_orders.order import Moment, Order
from work_orders.ports import Contacts
from work_orders.transitions import decide, evolve
from work_orders.views import Deadline, UnitOrder, unit_order

HISTORY = 50
MOST_OF_A_CONTACT = 100
"""More orders than this no contact has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advance:
    """A command that moves an order on, with the line it writes into the timeline."""

    command: Command
    text: str
    reply: str | None = None


class OrderService:
    """Work orders of the city. All methods are safe to repeat after a failure: nothing is half done."""

    def __init__(
        self,
        *,
        database: Database,
        catalogue: Catalogue,
        calendar: WorkingCalendar,
        zone: tzinfo,
        clock: Clock,
        contacts: Contacts,
    ) -> None:
        self.catalogue = catalogue
        self._database = database
        self._calendar = calendar
        self._zone = zone
        self._clock = clock
        self._contacts = contacts
        self._unit_names = {code: unit.name for code, unit in catalogue.units.items()}

    async def accept(self, request: OrderRequest, /, *, principal: Principal) -> OrderBrief:
        """Make the order of a matter: 直办 ends in 归档 at once, everything else is dispatched (转办).

        A contact has as many orders as matters. FieldError names wrong fields; Refused ``already-accepted`` when the
        matter has its order.
        """
        requester = await self._contacts.requester_of(request.contact)
        form.check(request, catalogue=self.catalogue, requester=requester)
        origin = await self._contacts.origin_of(request.contact)
        category = self.catalogue.category(request.category)
        shown = hiding_in(request, requester=requester).shown
        now = self._clock.now()
        due = due_at(start=now, limit=category.limit, zone=self._zone, calendar=self._calendar)
        async with self._database.transaction() as tx:
            before = await store.locked_order_of_matter(tx, request.matter)
            day = now.astimezone(self._zone).date()
            number = before.order_no if before else order_no(day=day, number=await store.next_number(tx, day=day))
            command = _acceptance(request, number=number, category=category, origin=origin, shown=shown, due=due)
            event = decide(before, command, moment=self._moment(str(principal.account)))
            order = evolve(None, event)
            await store.insert(tx, request, order=order, category_name=category.name, requester=requester, at=now)
            await self._record(tx, event, actor_name=principal.name, text="受理诉求")
            advances = self._after_acceptance(category, direct=request.direct, due=due)
            await self._advance(tx, order, advances, actor=str(principal.account), actor_name=principal.name)
        return await self.brief(number)

    def _after_acceptance(self, category: Category, /, *, direct: bool, due: datetime) -> tuple[Advance, ...]:
        if direct:
            return (
                Advance(command=CloseDirectly(), text="服务代表当场答复，直办"),
                Advance(command=Archive(), text="归档"),
            )
        unit = self._unit_names[category.unit]
        dispatch = Dispatch(unit=category.unit, unit_name=unit, due_at=due)
        return (Advance(command=dispatch, text=f"转办至{unit}，时限{category.limit.text}"),)

    async def reply(self, number: WorkOrderNo, /, *, unit: UnitCode, text: str, note: str) -> OrderBrief:
        """Take a unit's public answer and its internal note (办理); the log has the answer without personal data."""
        name = self._unit_names.get(unit, unit)
        async with self._database.transaction() as tx:
            order = await self._locked(tx, number)
            shown = (await store.hiding_for(tx, number)).shown(text)
            answered = Advance(command=Reply(unit=unit, text=shown), text=f"{name}已答复", reply=text.strip())
            await self._advance(tx, order, (answered,), actor=unit, actor_name=name)
            if note.strip():
                await store.add_note(tx, order_no=number, at=self._clock.now(), actor=unit, text=note.strip())
        return await self.brief(number)

    async def follow_up(self, number: WorkOrderNo, command: FollowUp, /, *, principal: Principal) -> OrderBrief:
        """Record the follow-up (回访) or why it is excused; an archived order follows in the same transaction."""
        async with self._database.transaction() as tx:
            order = await self._locked(tx, number)
            command = replace(command, reason=(await store.hiding_for(tx, number)).shown(command.reason))
            text = (
                f"免回访：{command.reason}" if command.excused else f"回访：{'满意' if command.satisfied else '不满意'}"
            )
            advances = (Advance(command=command, text=text), Advance(command=Archive(), text="归档"))
            await self._advance(tx, order, advances, actor=str(principal.account), actor_name=principal.name)
        return await self.brief(number)

    async def brief(self, number: WorkOrderNo, /) -> OrderBrief:
        """Return one order; NotFound when there is none."""
        row = await store.row_of(self._database, number)
        if row is None:
            raise NotFound(f"没有工单 {number}")
        return store.brief(row, unit_names=self._unit_names)

    async def whole(self, number: WorkOrderNo, /) -> tuple[Row, list[Row], OrderBrief] | None:
        """Return the row of an order, its timeline and its brief; None when it does not exist."""
        row = await store.row_of(self._database, number)
        if row is None:
            return None
        return row, await store.stages_of(self._database, number), store.brief(row, unit_names=self._unit_names)

    async def waiting_for(self, unit: UnitCode, /, *, account: AccountId) -> list[UnitOrder]:
        """Return the orders a unit must answer, the oldest deadline first; the first look of an account is audited."""
        async with self._database.transaction() as tx:
            rows = store.readable(await store.waiting_rows(tx, unit), unit_names=self._unit_names)
            for row, brief in rows:
                if not row["hidden_from_unit"] and await store.first_shown(
                    tx, order_no=brief.order_no, account=account
                ):
                    await self._write_down(tx, what="order-shown-to-unit", contact=brief.contact, account=account)
        return [unit_order(row, brief) for row, brief in rows]

    async def in_hands(self, contact: ContactId, /, *, account: AccountId) -> bool:
        """Return whether the person accepted an order of the contact that is still open."""
        return await store.in_hands(self._database, contact=contact, account=account)

    async def _write_down(self, tx: Transaction, /, *, what: str, contact: ContactId, account: AccountId) -> None:
        entry = AuditEntry(at=self._clock.now(), account=account, what=what, contact=contact, why="承办")
        await record(tx, entry, salt=secrets.token_bytes(16))

    def deadline_of(self, brief: OrderBrief, /) -> Deadline:
        """Tell until when the order must be answered and whether it is overdue."""
        category = self.catalogue.categories.get(brief.category)
        waiting = brief.stage in {Stage.ACCEPT, Stage.DISPATCH}
        return Deadline(
            due_at=brief.due_at,
            limit_text=category.limit.text if category and brief.due_at else "",
            overdue=waiting and brief.due_at is not None and self._clock.now() > brief.due_at,
        )

    async def of_contacts(self, contacts: Sequence[ContactId], /) -> tuple[OrderBrief, ...]:
        """Return the orders of contacts, for each contact in the order in which they were made."""
        found = await self._briefs("contact = any($1)", list(contacts), limit=len(contacts) * MOST_OF_A_CONTACT)
        return tuple(sorted(found, key=lambda brief: (brief.contact, brief.created_at, brief.order_no)))

    async def of_requester(self, requester: Requester, /, *, open_only: bool) -> tuple[OrderBrief, ...]:
        """Return what this person asked before, open orders first; nothing of somebody unknown.

        A number is also looked for among those left for the follow-up. Orders of a contact with a confidential one
        are left out: that this person asked is what it keeps to itself.
        """
        if requester.identity is None:
            return ()
        number = requester.number.reveal() if requester.number else None
        condition = "((channel = $1 and identity = $2) or callback_phone = $3) and not hidden" + (
            " and closed_at is null" if open_only else ""
        )
        return await self._briefs(
            condition, requester.channel.value, requester.identity.reveal(), number, limit=HISTORY
        )

    async def listed(self, *, stage: Stage | None, unit: UnitCode | None, limit: int) -> tuple[OrderBrief, ...]:
        """Return orders by stage and unit, open ones first."""
        return await self._briefs(
            "($1::text is null or stage = $1) and ($2::text is null or unit = $2)",
            stage.value if stage else None,
            unit,
            limit=limit,
        )

    async def _briefs(self, where: str, /, *values: object, limit: int) -> tuple[OrderBrief, ...]:
        return await store.briefs(self._database, unit_names=self._unit_names, where=where, values=values, limit=limit)

    async def _locked(self, tx: Transaction, number: WorkOrderNo) -> Order:
        order = await store.locked_order(tx, number)
        if order is None:
            raise NotFound(f"没有工单 {number}")
        return order

    async def _advance(
        self, tx: Transaction, order: Order, advances: tuple[Advance, ...], /, *, actor: str, actor_name: str
    ) -> None:
        for advance in advances:
            event = decide(order, advance.command, moment=self._moment(actor))
            order = evolve(order, event)
            await store.update(tx, order, event=event, reply=advance.reply)
            await self._record(tx, event, actor_name=actor_name, text=advance.text)

    async def _record(self, tx: Transaction, event: OrderEvent, /, *, actor_name: str, text: str) -> None:
        await store.add_stage(tx, event, actor_name=actor_name, text=text)
        tx.emit(event)

    def _moment(self, actor: str) -> Moment:
        return Moment(at=self._clock.now(), actor=actor, event_id=EventId(new_id()))


def _acceptance(
    request: OrderRequest,
    /,
    *,
    number: WorkOrderNo,
    category: Category,
    origin: Origin,
    shown: Callable[[str], str],
    due: datetime,
) -> Accept:
    return Accept(
        order_no=number,
        contact=request.contact,
        matter=request.matter,
        kind=request.kind,
        category=category.code,
        category_path=category.path,
        district=request.district,
        place=shown(request.place),
        title=shown(request.title.strip()),
        content=shown(request.content.strip()),
        direct=request.direct,
        confidential=request.confidential,
        reachable=bool(request.callback_phone.reveal()),
        origin=origin,
        due_at=due,
    )
