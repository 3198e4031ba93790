"""The web side of work orders: lists and timelines for people, intake of answers for member units."""

from dataclasses import dataclass
from typing import Annotated

from runtime.codec import Meta
from runtime.web import NotFound, PathPart, Request, Route, get, post
from vocabulary.errors import FieldError, Refused
from vocabulary.ids import UnitCode, WorkOrderNo
from vocabulary.orders import OrderBrief, Stage
from vocabulary.people import Principal, Role
from work_orders import form
from work_orders.commands import FollowUp
from work_orders.numbers import read_order_no
from work_orders.service import OrderService
from work_orders.views import OrderView, UnitOrder, order_view

READERS = frozenset({Role.AGENT, Role.ANALYST, Role.ADMIN})
FOLLOW_UPS = frozenset({Role.AGENT, Role.ADMIN})
UNITS = frozenset({Role.UNIT})
OfOrder = Annotated[WorkOrderNo, PathPart(missing="没有工单 {text}，请核对编号", read=read_order_no)]
"""What cannot be a number is not found; one wrong digit is always noticed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderQuery:
    """Which orders are listed."""

    stage: Annotated[Stage, Meta(description="Only orders in this stage")] | None = None
    unit: Annotated[UnitCode, Meta(description="Only orders of the unit with this code")] | None = None
    limit: Annotated[int, Meta(ge=1, le=500, description="How many orders at most")] = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpBody:
    """What the caller said at the follow-up, or why none is made."""

    satisfied: bool | None = None
    excused: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyBody:
    """A unit's answer: ``reply`` is public, ``internal_note`` never leaves the house."""

    reply: str
    internal_note: str = ""


class OrderPages:
    """Handlers over the service."""

    def __init__(self, service: OrderService, /) -> None:
        self._service = service

    def routes(self) -> tuple[Route, ...]:
        """Return the rows of this room."""
        one, of_unit = "/api/orders/{order_no}", "/api/unit/orders"
        return (
            get("/api/orders", self.listed, READERS, "Orders, open ones first"),
            get(one, self.one, READERS, "One order with its timeline"),
            post(f"{one}/follow-up", self.follow_up, FOLLOW_UPS, "Record the follow-up; the order is archived"),
            get(of_unit, self.of_unit, UNITS, "Orders the unit must answer, oldest deadline first"),
            post(f"{of_unit}/{{order_no}}/reply", self.reply, UNITS, "Answer an order"),
        )

    async def listed(self, request: Request[None], *, query: OrderQuery) -> list[OrderBrief]:
        """Answer with orders by stage and unit."""
        del request
        if query.unit is not None and query.unit not in self._service.catalogue.units:
            raise FieldError({"unit": f"没有编号为“{query.unit[:20]}”的成员单位"})
        return list(await self._service.listed(stage=query.stage, unit=query.unit, limit=query.limit))

    async def one(self, request: Request[None], *, order_no: OfOrder) -> OrderView:
        """Answer with one order and its timeline."""
        del request
        found = await self._service.whole(order_no)
        if found is None:
            raise NotFound(f"没有工单 {order_no}")
        row, stages, brief = found
        return order_view(row, stages, brief, deadline=self._service.deadline_of(brief))

    async def follow_up(self, request: Request[FollowUpBody], *, order_no: OfOrder) -> OrderBrief:
        """Take the result of a follow-up."""
        body = request.body
        command = FollowUp(excused=body.excused, reason=body.reason, satisfied=body.satisfied)
        form.check_texts({"reason": body.reason})
        return await self._service.follow_up(order_no, command, principal=request.principal)

    async def of_unit(self, request: Request[None]) -> list[UnitOrder]:
        """Answer with the orders that wait for the asking unit."""
        return await self._service.waiting_for(_unit_of(request.principal), account=request.principal.account)

    async def reply(self, request: Request[ReplyBody], *, order_no: OfOrder) -> OrderBrief:
        """Take a unit's answer."""
        body = request.body
        form.check_texts({"reply": body.reply, "internal_note": body.internal_note})
        return await self._service.reply(
            order_no, unit=_unit_of(request.principal), text=body.reply, note=body.internal_note
        )


def _unit_of(who: Principal) -> UnitCode:
    if who.unit is None:
        raise Refused("no-unit", "这个账号没有绑定成员单位")
    return who.unit
