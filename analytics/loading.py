"""Loads a made-up history into the facts, once: a second load with rows present changes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from runtime.ids import derived_id
from runtime.postgres import Database
from vocabulary.calls import EndReason, Origin
from vocabulary.orders import RequestKind, Stage

_CALL = (
    "insert into analytics.call_fact (contact, call, origin, line_name, queue, reason, invite_at, accepted_at,"
    " queued_at, connected_at, ended_at, wait_s, queue_wait_s, talk_s, caller_digest, position)"
    " values ($1,$2,$3,$4,'general',$5,$6,$6,$7,$8,$9,$10,$11,$12,$13,0) on conflict do nothing"
)
_ORDER = (
    "insert into analytics.order_fact (order_no, contact, origin, kind, category, category_name, leaf, district, place,"
    " title, content, direct, stage, unit, unit_name, created_at, due_at, handled_at, on_time, satisfied, archived_at,"
    " position) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,0)"
    " on conflict do nothing"
)
GREETING_S = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """Something people ask about: a leaf category with what callers say about it."""

    category: str
    path: tuple[str, ...]
    kinds: tuple[str, ...]
    unit: str
    unit_name: str
    limit_hours: int
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A district with a place in it."""

    district: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeUp:
    """One contact of the history; the order fields are None for a call that nobody answered."""

    at: datetime
    wait_s: float
    talk_s: float | None
    line_name: str
    caller: str
    matter: Matter | None
    spot: Spot | None
    kind: str
    phrase: str = field(repr=False)
    handled_after_h: float | None
    satisfied: bool | None


async def load_history(database: Database, contacts: Iterable[MadeUp], /) -> int:
    """Write made-up contacts and return how many; 0 when a history is there already."""
    rows = list(contacts)
    async with database.transaction() as tx:
        if await tx.fetchval("select exists (select 1 from analytics.call_fact where origin = $1)", Origin.DEMO.value):
            return 0
        await tx.executemany(_CALL, [_call(number, row) for number, row in enumerate(rows)])
        orders = [_order(number, row) for number, row in enumerate(rows) if row.matter is not None]
        await tx.executemany(_ORDER, orders)
        words = [_words(number, row) for number, row in enumerate(rows) if row.matter is not None]
        await tx.executemany(
            "insert into analytics.spoken_fact (event_id, contact, party, start_ms, end_ms, text)"
            " values ($1,$2,'CALLER',9000,15000,$3) on conflict do nothing",
            words,
        )
    return len(rows)


def _contact(number: int) -> UUID:
    return derived_id("made-up contact", str(number))


def _call(number: int, row: MadeUp) -> tuple[object, ...]:
    connected = row.at + timedelta(seconds=row.wait_s) if row.talk_s is not None else None
    ended = connected + timedelta(seconds=row.talk_s) if connected and row.talk_s else None
    queued = row.at + timedelta(seconds=min(GREETING_S, row.wait_s))
    reason = EndReason.CALLER_HUNG_UP if connected else EndReason.ABANDONED
    return (
        _contact(number),
        derived_id("made-up call", str(number)),
        Origin.DEMO.value,
        row.line_name,
        reason.value,
        row.at,
        queued,
        connected,
        ended or row.at + timedelta(seconds=row.wait_s),
        row.wait_s,
        max(row.wait_s - GREETING_S, 0.0),
        row.talk_s,
        row.caller,
    )


def _order(number: int, row: MadeUp) -> tuple[object, ...]:
    matter, spot = row.matter, row.spot
    if matter is None or spot is None:
        raise ValueError("an unanswered contact has no order")
    direct = row.kind == RequestKind.CONSULT
    created: datetime = row.at + timedelta(seconds=row.wait_s + (row.talk_s or 0))
    due = None if direct else created + timedelta(hours=matter.limit_hours)
    handled = created + timedelta(hours=row.handled_after_h) if row.handled_after_h and not direct else None
    closed = created if direct else (handled if row.satisfied is not None else None)
    stage = Stage.ARCHIVE if closed else (Stage.HANDLE if handled else Stage.DISPATCH)
    return (
        f"demo-{number:06d}",
        _contact(number),
        Origin.DEMO.value,
        row.kind,
        matter.category,
        " / ".join(matter.path),
        matter.path[-1],
        spot.district,
        spot.place,
        f"{spot.place}{matter.path[-1]}问题",
        f"诉求人反映：{spot.district}{spot.place}，{row.phrase}。",
        direct,
        stage.value,
        "" if direct else matter.unit,
        "" if direct else matter.unit_name,
        created,
        due,
        handled,
        None if handled is None or due is None else handled <= due,
        row.satisfied if not direct else None,
        closed,
    )


def _words(number: int, row: MadeUp) -> tuple[object, ...]:
    place = f"{row.spot.district}{row.spot.place}" if row.spot else ""
    return (derived_id("made-up words", str(number)), _contact(number), f"{place}，{row.phrase}")
