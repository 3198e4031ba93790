"""Facts: the log as tables that figures are computed from, in the transaction that moves the cursor."""

import hashlib
from datetime import datetime
from typing import assert_never, get_args

from runtime.log import Consumer, LogRow
from runtime.postgres import Transaction
from vocabulary.calls import Origin
from vocabulary.events.agent_desk import ContactConfidential
from vocabulary.events.asr import UtteranceFinalised
from vocabulary.events.telephony import CallEnded
from vocabulary.events.work_orders import (
    AnyOrderEvent,
    OrderAccepted,
    OrderArchived,
    OrderClosedDirectly,
    OrderDispatched,
    OrderFollowedUp,
    OrderHandled,
)
from vocabulary.masking import masked_text

CALLS, ORDERS, WORDS = "analytics.calls", "analytics.orders", "analytics.words"


def seconds(start: datetime | None, end: datetime | None, /) -> float | None:
    """Return the seconds between two instants, None when one is missing."""
    return (end - start).total_seconds() if start is not None and end is not None else None


async def apply_call(tx: Transaction, row: LogRow, /) -> None:
    """Keep an ended call; a contact may have several.

    The wait runs from INVITE to the person's voice, or to the end when there was none.
    """
    event = row.event
    if not isinstance(event, CallEnded) or event.contact is None:
        return
    digest = hashlib.sha256(event.caller.reveal().encode()).hexdigest()[:24] if event.caller.reveal() else ""
    await tx.execute(
        "insert into analytics.call_fact (contact, call, origin, line_name, queue, reason, invite_at,"
        " accepted_at, queued_at, connected_at, ended_at, wait_s, queue_wait_s, talk_s, caller_digest, position)"
        " values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16) on conflict (call) do nothing",
        event.contact,
        event.call,
        Origin.LIVE.value,
        event.line_name,
        event.queue,
        event.reason.value,
        event.invite_at,
        event.accepted_at,
        event.queued_at,
        event.connected_at,
        event.occurred_at,
        seconds(event.invite_at, event.connected_at or event.occurred_at),
        seconds(event.queued_at, event.connected_at or event.occurred_at),
        seconds(event.connected_at, event.occurred_at),
        digest,
        row.position,
    )


async def apply_order(tx: Transaction, row: LogRow, /) -> None:
    """Bring an order's row up to one of its events."""
    event = row.event
    if not isinstance(event, AnyOrderEvent):
        return
    if isinstance(event, OrderAccepted):
        await _insert_order(tx, event, row.position)
        return
    columns = {"stage": event.stage.value} | _columns(event)
    changes = ", ".join(f"{name} = ${place}" for place, name in enumerate(columns, 2))
    sql = f"update analytics.order_fact set {changes} where order_no = $1"  # noqa: S608 - our own column names
    await tx.execute(sql, event.order_no, *columns.values())


def _columns(
    event: OrderDispatched | OrderHandled | OrderClosedDirectly | OrderFollowedUp | OrderArchived, /
) -> dict[str, object]:
    """Return what an event changes beside the stage."""
    match event:
        case OrderDispatched():
            return {"unit": event.unit, "unit_name": event.unit_name, "due_at": event.due_at}
        case OrderHandled():
            return {"handled_at": event.occurred_at, "on_time": event.on_time}
        case OrderFollowedUp():
            return {"satisfied": event.satisfied}
        case OrderArchived():
            return {"archived_at": event.occurred_at}
        case OrderClosedDirectly():
            return {}
        case _:
            assert_never(event)


async def _insert_order(tx: Transaction, event: OrderAccepted, position: int) -> None:
    await tx.execute(
        "insert into analytics.order_fact (order_no, contact, origin, kind, category, category_name, leaf, district,"
        " place, title, content, direct, stage, created_at, due_at, position)"
        " values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16) on conflict (order_no) do nothing",
        event.order_no,
        event.contact,
        event.origin.value,
        event.kind.value,
        event.category,
        " / ".join(event.category_path),
        event.category_path[-1],
        event.district,
        event.place,
        event.title,
        event.content,
        event.direct,
        event.stage.value,
        event.occurred_at,
        event.due_at,
        position,
    )


async def apply_words(tx: Transaction, row: LogRow, /) -> None:
    """Keep what was said, with numbers masked, for topics and for the way from a figure back to the second.

    Whose caller wants to stay unknown is kept beside it: such words are never shown.
    """
    event = row.event
    if isinstance(event, UtteranceFinalised):
        heard = event.utterance
        await tx.execute(
            "insert into analytics.spoken_fact (event_id, contact, party, start_ms, end_ms, text)"
            " values ($1,$2,$3,$4,$5,$6) on conflict (event_id) do nothing",
            event.event_id,
            heard.contact,
            heard.party.value,
            heard.start_ms,
            heard.end_ms,
            masked_text(heard.text),
        )
    elif isinstance(event, ContactConfidential):
        await tx.execute(
            "insert into analytics.confidential (contact, confidential) values ($1,$2)"
            " on conflict (contact) do update set confidential = $2",
            event.contact,
            event.confidential,
        )


def consumers() -> tuple[Consumer, ...]:
    """Return the projections of this room. Made-up rows have no event, so a reset removes them: load them again."""
    orders = get_args(AnyOrderEvent)
    return (
        Consumer(name=CALLS, kind="projection", types=(CallEnded,), apply=apply_call, reset=("analytics.call_fact",)),
        Consumer(name=ORDERS, kind="projection", types=orders, apply=apply_order, reset=("analytics.order_fact",)),
        Consumer(
            name=WORDS,
            kind="projection",
            types=(UtteranceFinalised, ContactConfidential),
            apply=apply_words,
            reset=("analytics.spoken_fact", "analytics.confidential"),
        ),
    )
