"""Keeps tables of contacts, utterances and call-backs in step with the log. Each can be emptied and replayed."""

from runtime.codec import encode
from runtime.ids import new_id
from runtime.log import Consumer, LogRow
from runtime.postgres import Transaction
from vocabulary.calls import EndReason
from vocabulary.events.agent_desk import CallbackListed
from vocabulary.events.asr import UtteranceFinalised
from vocabulary.events.telephony import CallAccepted, CallConnected, CallEnded, CallRecorded
from vocabulary.ids import EventId

TO_CALL_BACK = frozenset(
    {EndReason.ABANDONED, EndReason.NOBODY_ON_DUTY, EndReason.MEDIA_LOST, EndReason.SWITCH_LOST, EndReason.OVERLOADED}
)


async def apply_contact(tx: Transaction, row: LogRow, /) -> None:
    """Bring the contact's row up to one telephony fact; facts of a call may come after its end was seen."""
    event = row.event
    if isinstance(event, CallAccepted):
        await tx.execute(
            "insert into agent_desk.contact (contact, call, caller_phone, dialled, line_name, accepted_at)"
            " values ($1,$2,$3,$4,$5,$6) on conflict (contact) do update set caller_phone = $3, dialled = $4,"
            " line_name = $5, accepted_at = $6",
            event.contact,
            event.call,
            event.caller.reveal(),
            event.dialled,
            event.line_name,
            event.occurred_at,
        )
    elif isinstance(event, CallConnected):
        await tx.execute(
            "insert into agent_desk.contact (contact, call, accepted_at, connected_at, seat, agent)"
            " values ($1,$2,$3,$4,$5,$6) on conflict (contact) do update set connected_at = $4, seat = $5, agent = $6",
            event.contact,
            event.call,
            event.accepted_at,
            event.occurred_at,
            event.seat,
            event.agent,
        )
    elif isinstance(event, CallEnded):
        await tx.execute(
            "insert into agent_desk.contact (contact, call, caller_phone, dialled, line_name, accepted_at,"
            " connected_at, ended_at, seat, agent, reason) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)"
            " on conflict (contact) do update set caller_phone = $3, dialled = $4, line_name = $5, ended_at = $8,"
            " reason = $11, connected_at = coalesce(contact.connected_at, $7), seat = coalesce($9, contact.seat),"
            " agent = coalesce($10, contact.agent)",
            event.contact,
            event.call,
            event.caller.reveal(),
            event.dialled,
            event.line_name,
            event.accepted_at,
            event.connected_at,
            event.occurred_at,
            event.seat,
            event.agent,
            event.reason.value,
        )
    elif isinstance(event, CallRecorded):
        await tx.execute(
            "update agent_desk.contact set record_host = $2, record_name = $3, samples = $4 where contact = $1",
            event.contact,
            event.host,
            event.name,
            event.samples,
        )


async def apply_utterance(tx: Transaction, row: LogRow, /) -> None:
    """Keep one final utterance."""
    event = row.event
    if isinstance(event, UtteranceFinalised):
        await tx.execute(
            "insert into agent_desk.utterance (event_id, contact, start_ms, data) values ($1,$2,$3,$4)"
            " on conflict (event_id) do nothing",
            event.event_id,
            event.contact,
            event.utterance.start_ms,
            encode(event.utterance),
        )


async def list_callback(tx: Transaction, row: LogRow, /) -> None:
    """Put a caller who reached nobody on the list; take the number off when it got through after all."""
    event = row.event
    if not isinstance(event, CallEnded) or event.contact is None or not event.caller.reveal():
        return
    if event.connected_at is not None:
        await tx.execute(
            "update agent_desk.callback set done_at = $2, done_by = '已再次来电接通'"
            " where caller_phone = $1 and done_at is null",
            event.caller.reveal(),
            event.occurred_at,
        )
        return
    if event.reason not in TO_CALL_BACK:
        return
    waited = (event.occurred_at - event.invite_at).total_seconds()
    listed = await tx.fetchval(
        "insert into agent_desk.callback (contact, caller_phone, line_name, abandoned_at, waited_s)"
        " values ($1,$2,$3,$4,$5) on conflict do nothing returning true",
        event.contact,
        event.caller.reveal(),
        event.line_name,
        event.occurred_at,
        waited,
    )
    if listed:
        tx.emit(
            CallbackListed(
                event_id=EventId(new_id()),
                occurred_at=event.occurred_at,
                contact=event.contact,
                call=event.call,
                abandoned_at=event.occurred_at,
            )
        )


def consumers() -> tuple[Consumer, ...]:
    """Return the log consumers of this room."""
    return (
        Consumer(
            name="agent_desk.contacts",
            kind="projection",
            types=(CallAccepted, CallConnected, CallEnded, CallRecorded),
            apply=apply_contact,
            reset=("agent_desk.contact",),
        ),
        Consumer(
            name="agent_desk.utterances",
            kind="projection",
            types=(UtteranceFinalised,),
            apply=apply_utterance,
            reset=("agent_desk.utterance",),
        ),
        Consumer(name="agent_desk.callbacks", kind="action", types=(CallEnded,), apply=list_callback),
    )
