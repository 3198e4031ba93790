"""What each figure is called, what it counts, and in which unit; the expressions stand in ``metrics``."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from vocabulary.calls import Origin

SERVICE_LEVEL_S = 15.0
SHORT_ABANDON_S = 5.0


class FigureName(StrEnum):
    """Stable names of figures; the links of a briefing use them."""

    CONNECTED_TOTAL = "connected_total"
    OFFERED = "offered"
    CONNECTED = "connected"
    WITHIN_15 = "within_15"
    SL15 = "sl15"
    QUEUE_SL15 = "queue_sl15"
    ABANDONED = "abandoned"
    WAIT_MEAN = "wait_mean"
    AHT = "aht"
    ORDERS = "orders"
    DIRECT = "direct"
    ON_TIME = "on_time"
    SATISFIED = "satisfied"


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureInfo:
    """How a figure reads: ``unit`` is 件, 个, % or 秒; ``rule`` says in Chinese what is counted."""

    label: str
    unit: str
    rule: str


FIGURES: dict[FigureName, FigureInfo] = {
    FigureName.CONNECTED_TOTAL: FigureInfo(label="累计人工接通", unit="个", rule="开通以来由服务代表接通的来电"),
    FigureName.OFFERED: FigureInfo(label="来电总量", unit="个", rule="已结束的来电，不含5秒内挂断"),
    FigureName.CONNECTED: FigureInfo(label="人工接通", unit="个", rule="由服务代表接通的来电"),
    FigureName.WITHIN_15: FigureInfo(label="15秒内接通", unit="个", rule="从来电呼入起15秒内由服务代表接通"),
    FigureName.SL15: FigureInfo(label="15秒接通率", unit="%", rule="15秒内接通 ÷ 来电总量，从呼入（INVITE）起算"),
    FigureName.QUEUE_SL15: FigureInfo(
        label="15秒接通率（排队起算）", unit="%", rule="从进入排队起15秒内接通 ÷ 来电总量"
    ),
    FigureName.ABANDONED: FigureInfo(label="放弃", unit="个", rule="未接通即挂断的来电，不含5秒内挂断"),
    FigureName.WAIT_MEAN: FigureInfo(label="平均等待", unit="秒", rule="接通来电从呼入到接通的平均时长"),
    FigureName.AHT: FigureInfo(label="平均通话时长", unit="秒", rule="接通来电的平均通话时长"),
    FigureName.ORDERS: FigureInfo(label="受理工单", unit="件", rule="期间受理的工单"),
    FigureName.DIRECT: FigureInfo(label="直办", unit="件", rule="当场答复办结的咨询"),
    FigureName.ON_TIME: FigureInfo(label="按时办理率", unit="%", rule="时限内答复 ÷ 已答复"),
    FigureName.SATISFIED: FigureInfo(label="回访满意率", unit="%", rule="满意 ÷ 已回访（不含免回访）"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which rows a figure is over: [start, end), live or made-up; None means unbounded."""

    origin: Origin
    start: datetime | None = None
    end: datetime | None = None
    extra: dict[str, str] = field(default_factory=dict)
    """Column = value conditions for drilling down, e.g. ``district``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period(Scope):
    """A scope with both ends."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A computed figure. ``query`` is PostgreSQL text that gives ``value`` again; percentages are 0..100."""

    name: FigureName
    label: str
    unit: str
    rule: str
    value: float | None
    query: str
