"""The seat of a contact hears of every step of its order."""

from typing import Any, get_args

from agent_desk.live.messages import LiveOrder
from runtime.ids import new_id
from runtime.log import Consumer
from runtime.postgres import Database
from tests.agent_desk.people import CALLER, NOW, SEAT, Desk, MadeCall
from tests.agent_desk.test_projections import take_in
from vocabulary.calls import Origin
from vocabulary.events.work_orders import (
    AnyOrderEvent,
    OrderAccepted,
    OrderArchived,
    OrderClosedDirectly,
    OrderDispatched,
    OrderFollowedUp,
    OrderHandled,
)
from vocabulary.ids import AccountId, CategoryCode, ContactId, EventId, UnitCode
from vocabulary.orders import OrderBrief, OrderRequest, RequestKind, Stage, first_matter
from vocabulary.people import Principal, Role
from vocabulary.personal import PersonName, PhoneNumber

PERSON = Principal(account=AccountId(new_id()), login="agent007", name="钱工", role=Role.AGENT, seat=SEAT)


async def order_of(desk: Desk, contact: ContactId) -> OrderBrief:
    request = OrderRequest(
        contact=contact, matter=first_matter(contact), kind=RequestKind.COMPLAINT, category=CategoryCode("0201"), title="长青路停水",
        content="长青路从昨天起停水", district="云山区", place="", occurred="", wish="", caller_name=PersonName("王小明"),
        callback_phone=PhoneNumber(CALLER), direct=False,
    )  # fmt: skip
    return await desk.orders.accept(request, principal=PERSON)


def way_of(order: OrderBrief) -> list[AnyOrderEvent]:
    """One event of each class, as if all of them could happen to one order."""

    def step(stage: Stage) -> dict[str, Any]:
        return {
            "event_id": EventId(new_id()), "occurred_at": NOW, "contact": order.contact, "order_no": order.order_no,
            "stage": stage, "actor": "system",
        }  # fmt: skip

    unit = UnitCode("water")
    return [
        OrderAccepted(
            **step(Stage.ACCEPT), kind=order.kind, category=order.category, category_path=("停水",), district="云山区",
            place="", title=order.title, content="停水", direct=False, confidential=False, due_at=None, origin=Origin.LIVE,
        ),
        OrderDispatched(**step(Stage.DISPATCH), unit=unit, unit_name="水务集团", due_at=NOW),
        OrderHandled(**step(Stage.HANDLE), unit=unit, reply="已修复", on_time=True),
        OrderClosedDirectly(**step(Stage.HANDLE)),
        OrderFollowedUp(**step(Stage.FOLLOW_UP), excused=False, reason="", satisfied=True),
        OrderArchived(**step(Stage.ARCHIVE)),
    ]  # fmt: skip


def notices_of(desk: Desk) -> Consumer:
    [notices] = [one for one in desk.room.consumers(orders=desk.orders) if one.name == "agent_desk.order-notices"]
    return notices


def told(desk: Desk) -> list[object]:
    """What the seat's feed got about orders."""
    whole = desk.room.live.feed(SEAT).since(epoch=desk.room.live.epoch, n=0) or []
    return [one.body.data for one in whole if isinstance(one.body, LiveOrder)]


async def test_every_step_of_an_order_is_told_to_the_seat_that_took_the_call(desk: Desk, database: Database) -> None:
    call = MadeCall()
    await desk.room.live.hear(call.offered())
    order = await order_of(desk, call.contact)
    way = way_of(order)
    await take_in(database, way, [notices_of(desk)])

    assert {type(event) for event in way} == set(get_args(AnyOrderEvent))
    assert told(desk) == [order] * len(way)


async def test_nobody_is_told_of_an_order_whose_contact_no_seat_has(desk: Desk, database: Database) -> None:
    unseen, other = MadeCall(), MadeCall()
    await desk.room.live.hear(other.offered())
    way = way_of(await order_of(desk, unseen.contact))
    await take_in(database, way, [notices_of(desk)])

    assert told(desk) == []
