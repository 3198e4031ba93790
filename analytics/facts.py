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
from vocabulary.orders import first_matter

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
    voice_or_end = event.connected_at or event.occurred_at
    values = {
        "contact": event.contact,
        "call": event.call,
        "origin": Origin.LIVE.value,
        "line_name": event.line_name,
        "queue": event.queue,
        "reason": event.reason.value,
        "invite_at": event.invite_at,
        "accepted_at": event.accepted_at,
        "queued_at": event.queued_at,
        "connected_at": event.connected_at,
        "ended_at": event.occurred_at,
        "wait_s": seconds(event.invite_at, voice_or_end),
        "queue_wait_s": seconds(event.queued_at, voice_or_end),
        "talk_s": seconds(event.connected_at, event.occurred_at),
        "caller_digest": digest,
        "position": row.position,
    }
    await tx.insert_into("analytics.call_fact", values, on_conflict="(call) do nothing")


async def apply_order(tx: Transaction, row: LogRow, /) -> None:
    """Bring an order's row up to one of its events."""
    event = row.event
    if not isinstance(event, AnyOrderEvent):
        return
    if isinstance(event, OrderAccepted):
        await _insert_order(tx, event, row.position)
        return
    columns = {"stage": event.stage.value} | _columns(event)
    await tx.update("analytics.order_fact", columns, where={"order_no": event.order_no})


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
    values = {
        "order_no": event.order_no,
        "contact": event.contact,
        "origin": event.origin.value,
        "kind": event.kind.value,
        "category": event.category,
        "category_name": " / ".join(event.category_path),
        "leaf": event.category_path[-1],
        "district": event.district,
        "place": event.place,
        "title": event.title,
        "content": event.content,
        "direct": event.direct,
        "stage": event.stage.value,
        "created_at": event.occurred_at,
        "due_at": event.due_at,
        "position": position,
    }
    await tx.insert_into("analytics.order_fact", values, on_conflict="(order_no) do nothing")


async def apply_words(tx: Transaction, row: LogRow, /) -> None:
    """Keep what was said, with numbers masked, for topics and for the way from a figure back to the second.

    Whose caller wants to stay unknown is kept beside it: such words are never shown.
    """
    event = row.event
    if isinstance(event, UtteranceFinalised):
        heard = event.utterance
        values = {
            "event_id": event.event_id,
            "contact": heard.contact,
            "call": heard.call,
            "party": heard.party.value,
            "start_ms": heard.start_ms,
            "end_ms": heard.end_ms,
            "text": masked_text(heard.text),
        }
        await tx.insert_into("analytics.spoken_fact", values, on_conflict="(event_id) do nothing")
    elif isinstance(event, ContactConfidential) and event.contact is not None:
        await tx.insert_into(
            "analytics.confidential",
            {
                "matter": event.matter or first_matter(event.contact),
                "contact": event.contact,
                "confidential": event.confidential,
            },
            on_conflict="(matter) do update set confidential = excluded.confidential",
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
