"""Rows of schema ``work_orders``. Every write happens in the transaction of the event that caused it."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from runtime.postgres import Database, Row, Transaction
from runtime.telemetry import get_logger
from vocabulary.events.work_orders import OrderEvent
from vocabulary.ids import AccountId, CategoryCode, ContactId, MatterId, UnitCode, WorkOrderNo
from vocabulary.orders import OrderBrief, OrderRequest, RequestKind, Stage
from vocabulary.requesters import Requester
from work_orders.hiding import Hiding, hiding_of
from work_orders.order import Order, State

_log = get_logger(__name__)
_ORDERS = """select * from (select o.*,
    o.confidential or exists (select from work_orders.work_order s where s.contact = o.contact and s.confidential)
        as hidden,
    o.confidential or exists (select from work_orders.work_order s
        where s.contact = o.contact and s.confidential and s.unit = o.unit) as hidden_from_unit
    from work_orders.work_order o) w"""
"""Orders with what stays unknown of who asked.

``hidden``: to people, who see by the contact which orders are one person's, when one of the contact is confidential.
``hidden_from_unit``: to the unit, which sees no contact, when it is confidential or the unit has another one that is.
"""
_OPEN_FIRST = "order by (closed_at is not null), created_at desc"


async def next_number(tx: Transaction, /, *, day: date) -> int:
    """Draw the next number of a local day; rolled back with the transaction."""
    number: int = await tx.fetchval(
        "insert into work_orders.daily_number (day, last) values ($1, 1)"
        " on conflict (day) do update set last = daily_number.last + 1 returning last",
        day,
    )
    return number


async def insert(
    tx: Transaction, request: OrderRequest, /, *, order: Order, category_name: str, requester: Requester, at: datetime
) -> None:
    """Write the row of a new order."""
    row = {
        "order_no": order.order_no,
        "contact": order.contact,
        "matter": order.matter,
        "kind": order.kind.value,
        "category": order.category,
        "category_name": category_name,
        "title": request.title.strip(),
        "content": request.content.strip(),
        "district": request.district,
        "place": request.place.strip(),
        "occurred": request.occurred.strip(),
        "wish": request.wish.strip(),
        "caller_name": request.caller_name.reveal(),
        "callback_phone": request.callback_phone.reveal(),
        "channel": requester.channel.value,
        "identity": requester.identity.reveal() if requester.identity else "",
        "direct": order.direct,
        "confidential": request.confidential,
        "stage": order.stage.value,
        "state": order.state.value,
        "created_at": at,
        "due_at": order.due_at,
        "said_names": [name.reveal() for name in request.said_names],
    }
    await tx.insert_into("work_orders.work_order", row)


async def update(tx: Transaction, order: Order, /, *, event: OrderEvent, reply: str | None = None) -> None:
    """Bring the row up to the state after ``event``."""
    closed = event.occurred_at if order.stage is Stage.ARCHIVE else None
    await tx.execute(
        "update work_orders.work_order set stage = $2, state = $3, unit = $4, due_at = $5,"
        " reply = coalesce($6, reply), closed_at = coalesce(closed_at, $7) where order_no = $1",
        order.order_no,
        order.stage.value,
        order.state.value,
        order.unit,
        order.due_at,
        reply,
        closed,
    )


async def add_stage(tx: Transaction, event: OrderEvent, /, *, actor_name: str, text: str) -> None:
    """Write one line of the order's timeline."""
    await tx.execute(
        "insert into work_orders.stage_entry (event_id, order_no, stage, at, actor, actor_name, text)"
        " values ($1, $2, $3, $4, $5, $6, $7)",
        event.event_id,
        event.order_no,
        event.stage.value,
        event.occurred_at,
        event.actor,
        actor_name,
        text,
    )


async def add_note(tx: Transaction, /, *, order_no: WorkOrderNo, at: datetime, actor: str, text: str) -> None:
    """Keep an internal note, apart from everything the public reads."""
    await tx.execute(
        "insert into work_orders.internal_note (order_no, at, actor, text) values ($1, $2, $3, $4)",
        order_no,
        at,
        actor,
        text,
    )


async def locked_order(tx: Transaction, order_no: WorkOrderNo, /) -> Order | None:
    """Return an order and keep others from changing it until the transaction ends."""
    row = await tx.fetchrow("select * from work_orders.work_order where order_no = $1 for update", order_no)
    return _order(row) if row else None


async def locked_order_of_matter(tx: Transaction, matter: MatterId, /) -> Order | None:
    """Return the order of a matter, locked; while there is none, others who want to make it wait for us."""
    await tx.execute("select pg_advisory_xact_lock(hashtextextended('work_orders.matter:' || $1, 0))", str(matter))
    row = await tx.fetchrow("select * from work_orders.work_order where matter = $1 for update", matter)
    return _order(row) if row else None


async def briefs(
    database: Database, /, *, unit_names: Mapping[UnitCode, str], where: str, values: tuple[object, ...], limit: int
) -> tuple[OrderBrief, ...]:
    """Return orders, open ones first; ``where`` is one of this room's own conditions, never input."""
    sql = f"{_ORDERS} where {where} {_OPEN_FIRST} limit {int(limit)}"
    async with database.reading() as connection:
        rows = await connection.fetch(sql, *values)
    return tuple(shown for _, shown in readable(rows, unit_names=unit_names))


def readable(rows: Iterable[Row], /, *, unit_names: Mapping[UnitCode, str]) -> list[tuple[Row, OrderBrief]]:
    """Return each row with its brief; one that this version cannot read is left out and named in the process's log."""
    found = []
    for row in rows:
        try:
            found.append((row, brief(row, unit_names=unit_names)))
        except ValueError as error:
            _log.warning("an order cannot be read", order_no=row["order_no"], reason=type(error).__name__)
    return found


async def row_of(database: Database, order_no: WorkOrderNo, /) -> Row | None:
    """Return the whole row of an order."""
    async with database.reading() as connection:
        return await connection.fetchrow(f"{_ORDERS} where order_no = $1", order_no)


async def waiting_rows(tx: Transaction, unit: UnitCode, /) -> list[Row]:
    """Return the rows that wait for a unit's answer, the oldest deadline first."""
    return await tx.fetch(
        f"{_ORDERS} where unit = $1 and stage = $2 order by due_at limit 500",
        unit,
        Stage.DISPATCH.value,
    )


async def hiding_for(tx: Transaction, order_no: WorkOrderNo, /) -> Hiding:
    """Return what is hidden of an order that exists."""
    row = await tx.fetchrow(f"{_ORDERS} where order_no = $1", order_no)
    return hiding_of(row) if row else Hiding(confidential=True, names=(), numbers=())


async def first_shown(tx: Transaction, /, *, order_no: WorkOrderNo, account: AccountId) -> bool:
    """Note that an account is shown an order with name and number; True the first time."""
    first = await tx.fetchval(
        "insert into work_orders.shown_in_full (order_no, account) values ($1, $2)"
        " on conflict do nothing returning true",
        order_no,
        account,
    )
    return bool(first)


async def in_hands(database: Database, /, *, contact: ContactId, account: AccountId) -> bool:
    """Return whether an open order of a contact is in the hands of the person who accepted it."""
    async with database.reading() as connection:
        found = await connection.fetchval(
            "select true from work_orders.work_order o join work_orders.stage_entry s using (order_no)"
            " where o.contact = $1 and o.closed_at is null and s.stage = $2 and s.actor = $3",
            contact,
            Stage.ACCEPT.value,
            str(account),
        )
    return bool(found)


async def stages_of(database: Database, order_no: WorkOrderNo, /) -> list[Row]:
    """Return the timeline of an order, oldest first."""
    async with database.reading() as connection:
        return await connection.fetch(
            "select * from work_orders.stage_entry where order_no = $1 order by at, event_id", order_no
        )


def brief(row: Row, /, *, unit_names: Mapping[UnitCode, str]) -> OrderBrief:
    """Return a row as lists show it."""
    unit = UnitCode(row["unit"]) if row["unit"] else None
    return OrderBrief(
        order_no=WorkOrderNo(row["order_no"]),
        contact=ContactId(row["contact"]),
        matter=MatterId(row["matter"]),
        kind=RequestKind(row["kind"]),
        category=CategoryCode(row["category"]),
        category_name=row["category_name"],
        title=hiding_of(row).shown(row["title"]),
        district=row["district"],
        stage=Stage(row["stage"]),
        unit=unit,
        unit_name=unit_names.get(unit, "") if unit else "",
        created_at=row["created_at"],
        due_at=row["due_at"],
        closed_at=row["closed_at"],
    )


def _order(row: Row) -> Order:
    return Order(
        order_no=WorkOrderNo(row["order_no"]),
        contact=ContactId(row["contact"]),
        matter=MatterId(row["matter"]),
        kind=RequestKind(row["kind"]),
        category=CategoryCode(row["category"]),
        stage=Stage(row["stage"]),
        state=State(row["state"]),
        direct=row["direct"],
        reachable=bool(row["callback_phone"]),
        unit=UnitCode(row["unit"]) if row["unit"] else None,
        due_at=row["due_at"],
    )
