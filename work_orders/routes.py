"""The web side of work orders: lists and timelines for people, intake of answers for member units."""

from dataclasses import dataclass
from typing import Any

from runtime.web import NotFound, Request, Route
from vocabulary.errors import FieldError, Refused
from vocabulary.ids import UnitCode, WorkOrderNo
from vocabulary.orders import OrderBrief, Stage
from vocabulary.people import Role
from work_orders import form
from work_orders.commands import FollowUp
from work_orders.numbers import is_order_no
from work_orders.service import OrderService
from work_orders.views import OrderView, UnitOrder, order_view

READERS = frozenset({Role.AGENT, Role.ANALYST, Role.ADMIN})


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
        return (*self._for_people(), *self._for_units())

    def _for_people(self) -> tuple[Route, ...]:
        return (
            Route(
                method="GET",
                path="/api/orders",
                handler=self.listed,
                roles=READERS,
                summary="Orders, open ones first",
                reply=list[OrderBrief],
                query={"stage": "one of the seven stages", "unit": "unit code", "limit": "1..500, default 100"},
            ),
            Route(
                method="GET",
                path="/api/orders/{order_no}",
                handler=self.one,
                roles=READERS,
                summary="One order with its timeline",
                reply=OrderView,
            ),
            Route(
                method="POST",
                path="/api/orders/{order_no}/follow-up",
                handler=self.follow_up,
                roles=frozenset({Role.AGENT, Role.ADMIN}),
                summary="Record the follow-up; the order is archived",
                request=FollowUpBody,
                reply=OrderBrief,
            ),
        )

    def _for_units(self) -> tuple[Route, ...]:
        return (
            Route(
                method="GET",
                path="/api/unit/orders",
                handler=self.of_unit,
                roles=frozenset({Role.UNIT}),
                summary="Orders the unit must answer, oldest deadline first",
                reply=list[UnitOrder],
            ),
            Route(
                method="POST",
                path="/api/unit/orders/{order_no}/reply",
                handler=self.reply,
                roles=frozenset({Role.UNIT}),
                summary="Answer an order",
                request=ReplyBody,
                reply=OrderBrief,
            ),
        )

    async def listed(self, request: Request[None]) -> list[OrderBrief]:
        """Answer with orders by stage and unit."""
        stage, unit = request.query.get("stage"), request.query.get("unit")
        if unit is not None and unit not in self._service.catalogue.units:
            raise FieldError({"unit": f"没有编号为“{unit[:20]}”的成员单位"})
        if stage is not None and stage not in set(Stage):
            raise FieldError({"stage": f"没有“{stage[:20]}”这个环节"})
        return list(
            await self._service.listed(
                stage=Stage(stage) if stage else None,
                unit=UnitCode(unit) if unit else None,
                limit=request.whole("limit", default=100, least=1, most=500),
            )
        )

    async def one(self, request: Request[None]) -> OrderView:
        """Answer with one order and its timeline."""
        number = _number_of(request)
        found = await self._service.whole(number)
        if found is None:
            raise NotFound(f"没有工单 {number}")
        row, stages, brief = found
        return order_view(row, stages, brief, deadline=self._service.deadline_of(brief))

    async def follow_up(self, request: Request[FollowUpBody]) -> OrderBrief:
        """Take the result of a follow-up."""
        body = request.body
        command = FollowUp(excused=body.excused, reason=body.reason, satisfied=body.satisfied)
        form.check_texts({"reason": body.reason})
        return await self._service.follow_up(_number_of(request), command, principal=request.principal)

    async def of_unit(self, request: Request[None]) -> list[UnitOrder]:
        """Answer with the orders that wait for the asking unit."""
        return await self._service.waiting_for(_unit_of(request), account=request.principal.account)

    async def reply(self, request: Request[ReplyBody]) -> OrderBrief:
        """Take a unit's answer."""
        body = request.body
        form.check_texts({"reply": body.reply, "internal_note": body.internal_note})
        return await self._service.reply(
            _number_of(request), unit=_unit_of(request), text=body.reply, note=body.internal_note
        )


def _number_of(request: Request[Any]) -> WorkOrderNo:
    """Read an order number from the path; NotFound for what cannot be one (a wrong digit is always found)."""
    text = request.path["order_no"]
    if not is_order_no(text):
        raise NotFound(f"没有工单 {text[:20]}，请核对编号")
    return WorkOrderNo(text)


def _unit_of(request: Request[Any]) -> UnitCode:
    unit = request.principal.unit
    if unit is None:
        raise Refused("no-unit", "这个账号没有绑定成员单位")
    return unit
