"""The web side of work orders: lists and timelines for people, intake of answers for member units."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from runtime.postgres import Row
from runtime.web import NotFound, Request, Route
from vocabulary.errors import FieldError, Refused
from vocabulary.ids import ContactId, UnitCode, WorkOrderNo
from vocabulary.masking import masked_text
from vocabulary.orders import KIND_ZH, STAGE_ZH, OrderBrief, Stage
from vocabulary.people import Role
from work_orders import form
from work_orders.numbers import is_order_no
from work_orders.order import FollowUp
from work_orders.service import Deadline, OrderService
from work_orders.unnamed import unnamed

READERS = frozenset({Role.AGENT, Role.ANALYST, Role.ADMIN})


@dataclass(frozen=True, slots=True, kw_only=True)
class StageView:
    """One line of an order's timeline."""

    stage: Stage
    stage_zh: str
    at: datetime
    actor: str
    actor_name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderView:
    """One order as its page shows it."""

    brief: OrderBrief
    kind_zh: str
    content: str = field(repr=False)
    place: str = field(repr=False)
    occurred: str
    wish: str = field(repr=False)
    reply: str | None
    stages: list[StageView]
    deadline: Deadline
    contact: ContactId


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


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitOrder:
    """An order as its unit sees it; a confidential one hides who asked."""

    order_no: WorkOrderNo
    title: str
    content: str
    district: str
    place: str
    kind_zh: str
    category_name: str
    due_at: datetime | None
    created_at: datetime
    stage: Stage
    caller_name: str
    callback_phone: str


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
        return OrderView(
            brief=brief,
            kind_zh=KIND_ZH[brief.kind],
            content=masked_text(row["content"]),
            place=masked_text(row["place"]),
            occurred=masked_text(row["occurred"]),
            wish=masked_text(row["wish"]),
            reply=row["reply"],
            stages=[
                StageView(
                    stage=Stage(line["stage"]),
                    stage_zh=STAGE_ZH[Stage(line["stage"])],
                    at=line["at"],
                    actor=line["actor"],
                    actor_name=line["actor_name"],
                    text=line["text"],
                )
                for line in stages
            ],
            deadline=self._service.deadline_of(brief),
            contact=brief.contact,
        )

    async def follow_up(self, request: Request[FollowUpBody]) -> OrderBrief:
        """Take the result of a follow-up."""
        body = request.body
        command = FollowUp(excused=body.excused, reason=body.reason, satisfied=body.satisfied)
        form.check_lengths({"reason": body.reason})
        return await self._service.follow_up(_number_of(request), command, principal=request.principal)

    async def of_unit(self, request: Request[None]) -> list[UnitOrder]:
        """Answer with the orders that wait for the asking unit."""
        rows = await self._service.waiting_for(_unit_of(request))
        return [_of_unit(row, brief) for row, brief in rows]

    async def reply(self, request: Request[ReplyBody]) -> OrderBrief:
        """Take a unit's answer."""
        body = request.body
        form.check_lengths({"reply": body.reply, "internal_note": body.internal_note})
        return await self._service.reply(
            _number_of(request), unit=_unit_of(request), text=body.reply, note=body.internal_note
        )


def _of_unit(row: Row, brief: OrderBrief) -> UnitOrder:
    """Return what a unit sees: all it needs to answer; who asked only when that is not confidential."""
    hidden = row["confidential"]

    def shown(text: str) -> str:
        return unnamed(text, name=row["caller_name"], numbers=(row["callback_phone"], row["caller_phone"]))

    title, content, place = row["title"], row["content"], row["place"]
    return UnitOrder(
        order_no=brief.order_no,
        title=shown(title) if hidden else title,
        content=shown(content) if hidden else content,
        district=row["district"],
        place=shown(place) if hidden else place,
        kind_zh=KIND_ZH[brief.kind],
        category_name=row["category_name"],
        due_at=row["due_at"],
        created_at=row["created_at"],
        stage=brief.stage,
        caller_name="保密" if hidden else row["caller_name"],
        callback_phone="" if hidden else row["callback_phone"],
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
