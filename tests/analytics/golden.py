"""Forty calls made by hand, with the figures that a person counts from them with pencil and paper."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from analytics.figures import FigureName
from runtime.postgres import Database

DAY = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
START, END = DAY, DAY + timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """``wait_s`` from INVITE to the voice or to the end; ``queue_s`` from queueing; ``talk_s`` None = nobody."""

    wait_s: float
    queue_s: float | None
    talk_s: float | None
    origin: str = "live"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """``on_time`` None = not answered yet; ``satisfied`` None = not asked."""

    direct: bool = False
    on_time: bool | None = None
    satisfied: bool | None = None
    kind: str = "complaint"
    origin: str = "live"


CALLS = (
    *(Call(wait_s=9.0, queue_s=3.0, talk_s=100.0) for _ in range(20)),
    # exactly fifteen seconds is within
    *(Call(wait_s=15.0, queue_s=9.0, talk_s=200.0) for _ in range(4)),
    # a hair above is not; from the queue it still is
    *(Call(wait_s=15.001, queue_s=9.001, talk_s=50.0) for _ in range(3)),
    # late from both starts
    *(Call(wait_s=40.0, queue_s=34.0, talk_s=60.0) for _ in range(2)),
    # connected at once, without a queue
    Call(wait_s=2.0, queue_s=None, talk_s=10.0),
    # left after less than five seconds: not counted at all
    *(Call(wait_s=4.999, queue_s=None, talk_s=None) for _ in range(3)),
    # left at exactly five seconds, and within fifteen: counted, never a success
    *(Call(wait_s=5.0, queue_s=0.5, talk_s=None) for _ in range(2)),
    *(Call(wait_s=12.0, queue_s=6.0, talk_s=None) for _ in range(2)),
    # left late
    *(Call(wait_s=70.0, queue_s=64.0, talk_s=None) for _ in range(1)),
    # made up: never in a live figure
    *(Call(wait_s=9.0, queue_s=3.0, talk_s=999.0, origin="demo") for _ in range(2)),
)
ORDERS = (
    *(Order(direct=True, kind="consult") for _ in range(4)),
    *(Order(on_time=True, satisfied=True) for _ in range(5)),
    Order(on_time=True, satisfied=False),
    Order(on_time=True),
    Order(on_time=False, satisfied=False),
    *(Order(kind="help") for _ in range(3)),
    Order(on_time=True, satisfied=True, origin="demo"),
)
EXPECTED: dict[FigureName, float] = {
    FigureName.CONNECTED_TOTAL: 30,
    FigureName.CONNECTED: 30,
    FigureName.OFFERED: 35,  # 40 − 2 made up − 3 short
    FigureName.WITHIN_15: 25,  # 20 + 4 + 1
    FigureName.SL15: 71.43,  # 25 / 35 = 0.714285…
    FigureName.QUEUE_SL15: 77.14,  # (20 + 4 + 3) / 35 = 0.771428…
    FigureName.ABANDONED: 5,
    FigureName.WAIT_MEAN: 12.2,  # (180 + 60 + 45.003 + 80 + 2) / 30 = 12.2334…
    FigureName.AHT: 102.7,  # (2000 + 800 + 150 + 120 + 10) / 30 = 102.666…
    FigureName.ORDERS: 15,
    FigureName.DIRECT: 4,
    FigureName.ON_TIME: 87.5,  # 7 of 8
    FigureName.SATISFIED: 71.43,  # 5 of 7
}
CALL_COLUMNS = (
    "contact", "call", "origin", "line_name", "queue", "reason", "invite_at", "accepted_at", "queued_at",
    "connected_at", "ended_at", "wait_s", "queue_wait_s", "talk_s", "caller_digest", "position",
)  # fmt: skip
ORDER_COLUMNS = (
    "order_no", "contact", "origin", "kind", "category", "category_name", "leaf", "district", "place", "title",
    "content", "direct", "stage", "unit", "unit_name", "created_at", "due_at", "handled_at", "on_time", "satisfied",
    "archived_at", "position",
)  # fmt: skip


def call_rows() -> list[tuple[object, ...]]:
    """Return rows of analytics.call_fact, one each half hour of the day."""
    rows = []
    for n, call in enumerate(CALLS):
        at = DAY + timedelta(minutes=30 * n)
        voice = at + timedelta(seconds=call.wait_s) if call.talk_s is not None else None
        over = at + timedelta(seconds=call.wait_s + (call.talk_s or 0))
        reason = "caller-hung-up" if voice else "abandoned"
        rows.append(
            (UUID(int=1000 + n), UUID(int=2000 + n), call.origin, "政务热线" if n % 4 else "一号答", "general",
             reason, at, at, at, voice, over, call.wait_s, call.queue_s, call.talk_s, f"c{n % 10}", n)
        )  # fmt: skip
    return rows


def order_rows() -> list[tuple[object, ...]]:
    """Return rows of analytics.order_fact, the order of the n-th call."""
    rows = []
    for n, order in enumerate(ORDERS):
        at = DAY + timedelta(minutes=30 * n + 5)
        rows.append(
            (f"o{n:03d}", UUID(int=1000 + n), order.origin, order.kind, "0201", "城乡建设 / 停水", "停水", "云山区",
             "长青路", "长青路停水", "长青路停水两天了", order.direct, "handle", "U001", "供水公司", at,
             at + timedelta(days=1), at, order.on_time, order.satisfied, None, n)
        )  # fmt: skip
    return rows


async def load(database: Database) -> None:
    """Write the golden rows into PostgreSQL."""
    async with database.transaction() as tx:
        for table, columns, rows in (
            ("call_fact", CALL_COLUMNS, call_rows()), ("order_fact", ORDER_COLUMNS, order_rows()),
        ):  # fmt: skip
            places = ",".join(f"${n}" for n in range(1, len(columns) + 1))
            await tx.executemany(
                f"insert into analytics.{table} ({','.join(columns)}) values ({places})",  # noqa: S608 - own names
                rows,
            )
