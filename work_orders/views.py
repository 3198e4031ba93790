"""Orders as people and units see them; who may read what is decided here, never in a route."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from runtime.postgres import Row
from vocabulary.ids import ContactId, WorkOrderNo
from vocabulary.orders import KIND_ZH, STAGE_ZH, OrderBrief, Stage
from work_orders.hiding import hiding_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """Until when, and whether it is past and still unanswered."""

    due_at: datetime | None
    limit_text: str
    overdue: bool


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
    """One order as its page shows it; ``confidential`` hides who asked."""

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
    confidential: bool
    reachable: bool
    """Whether there is a number at which who asked can be asked; else the follow-up can only be excused."""


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


def order_view(row: Row, stages: Sequence[Row], brief: OrderBrief, /, *, deadline: Deadline) -> OrderView:
    """Return what agents, analysts and administrators see: numbers masked, nobody named when it is confidential."""
    hiding = hiding_of(row)
    return OrderView(
        brief=brief,
        kind_zh=KIND_ZH[brief.kind],
        content=hiding.shown(row["content"]),
        place=hiding.shown(row["place"]),
        occurred=hiding.shown(row["occurred"]),
        wish=hiding.shown(row["wish"]),
        reply=None if row["reply"] is None else hiding.shown(row["reply"]),
        stages=[
            StageView(
                stage=Stage(line["stage"]),
                stage_zh=STAGE_ZH[Stage(line["stage"])],
                at=line["at"],
                actor=line["actor"],
                actor_name=line["actor_name"],
                text=hiding.shown(line["text"]),
            )
            for line in stages
        ],
        deadline=deadline,
        contact=brief.contact,
        confidential=row["hidden"],
        reachable=bool(row["callback_phone"]),
    )


def unit_order(row: Row, brief: OrderBrief, /) -> UnitOrder:
    """Return what a unit sees: all it needs to answer; who asked only when that is not confidential."""
    hidden, shown = row["hidden_from_unit"], replace(hiding_of(row), confidential=True).shown
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
