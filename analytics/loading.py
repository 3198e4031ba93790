"""Loads a made-up history into the facts, once: a second load with rows present changes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from runtime.ids import derived_id
from runtime.postgres import Database
from vocabulary.audio import Party
from vocabulary.calls import EndReason, Origin
from vocabulary.orders import RequestKind, Stage

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
        answered = [(number, row) for number, row in enumerate(rows) if row.matter is not None]
        for table, lines in (
            ("analytics.call_fact", [_call(number, row) for number, row in enumerate(rows)]),
            ("analytics.order_fact", [_order(number, row) for number, row in answered]),
            ("analytics.spoken_fact", [_words(number, row) for number, row in answered]),
        ):
            await tx.insert_many(table, lines, on_conflict="do nothing")
    return len(rows)


def _contact(number: int) -> UUID:
    return derived_id("made-up contact", str(number))


def _call(number: int, row: MadeUp) -> dict[str, object]:
    connected = row.at + timedelta(seconds=row.wait_s) if row.talk_s is not None else None
    ended = connected + timedelta(seconds=row.talk_s) if connected and row.talk_s else None
    queued = row.at + timedelta(seconds=min(GREETING_S, row.wait_s))
    reason = EndReason.CALLER_HUNG_UP if connected else EndReason.ABANDONED
    return {
        "contact": _contact(number),
        "call": derived_id("made-up call", str(number)),
        "origin": Origin.DEMO.value,
        "line_name": row.line_name,
        "queue": "general",
        "reason": reason.value,
        "invite_at": row.at,
        "accepted_at": row.at,
        "queued_at": queued,
        "connected_at": connected,
        "ended_at": ended or row.at + timedelta(seconds=row.wait_s),
        "wait_s": row.wait_s,
        "queue_wait_s": max(row.wait_s - GREETING_S, 0.0),
        "talk_s": row.talk_s,
        "caller_digest": row.caller,
        "position": 0,
    }


def _order(number: int, row: MadeUp) -> dict[str, object]:
    matter, spot = row.matter, row.spot
    if matter is None or spot is None:
        raise ValueError("an unanswered contact has no order")
    direct = row.kind == RequestKind.CONSULT
    created: datetime = row.at + timedelta(seconds=row.wait_s + (row.talk_s or 0))
    due = None if direct else created + timedelta(hours=matter.limit_hours)
    handled = created + timedelta(hours=row.handled_after_h) if row.handled_after_h and not direct else None
    closed = created if direct else (handled if row.satisfied is not None else None)
    stage = Stage.ARCHIVE if closed else (Stage.HANDLE if handled else Stage.DISPATCH)
    return {
        "order_no": f"demo-{number:06d}",
        "contact": _contact(number),
        "origin": Origin.DEMO.value,
        "kind": row.kind,
        "category": matter.category,
        "category_name": " / ".join(matter.path),
        "leaf": matter.path[-1],
        "district": spot.district,
        "place": spot.place,
        "title": f"{spot.place}{matter.path[-1]}问题",
        "content": f"诉求人反映：{spot.district}{spot.place}，{row.phrase}。",
        "direct": direct,
        "stage": stage.value,
        "unit": "" if direct else matter.unit,
        "unit_name": "" if direct else matter.unit_name,
        "created_at": created,
        "due_at": due,
        "handled_at": handled,
        "on_time": None if handled is None or due is None else handled <= due,
        "satisfied": row.satisfied if not direct else None,
        "archived_at": closed,
        "position": 0,
    }


def _words(number: int, row: MadeUp) -> dict[str, object]:
    place = f"{row.spot.district}{row.spot.place}" if row.spot else ""
    return {
        "event_id": derived_id("made-up words", str(number)),
        "contact": _contact(number),
        "call": derived_id("made-up call", str(number)),
        "party": Party.CALLER.value,
        "start_ms": 9_000,
        "end_ms": 15_000,
        "text": f"{place}，{row.phrase}",
    }
