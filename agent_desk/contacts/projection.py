"""Keeps tables of contacts, calls, words and call-backs in step with the log. Each can be emptied and replayed."""

from typing import assert_never

from runtime.codec import encode
from runtime.ids import new_id
from runtime.log import Consumer, LogRow
from runtime.postgres import Transaction
from vocabulary.audio import Party
from vocabulary.calls import EndReason
from vocabulary.events.agent_desk import CallbackListed, ContactConfidential
from vocabulary.events.asr import UtteranceFinalised
from vocabulary.events.telephony import CallAccepted, CallConnected, CallEnded, CallRecorded, LegJoined, LegLeft
from vocabulary.ids import EventId, LegId
from vocabulary.orders import first_matter

TO_CALL_BACK = frozenset(
    {
        EndReason.ABANDONED,
        EndReason.NOBODY_ON_DUTY,
        EndReason.MEDIA_TIMEOUT,
        EndReason.MEDIA_LOST,
        EndReason.SWITCH_LOST,
        EndReason.OVERLOADED,
        EndReason.FAILED,
    }
)


async def apply_contact(tx: Transaction, row: LogRow, /) -> None:
    """Bring a call's row, and its contact's, up to one telephony fact; the facts may come in any order."""
    event = row.event
    if not isinstance(event, CallAccepted | CallConnected | CallEnded | CallRecorded) or event.contact is None:
        return
    columns = {"call": event.call, "contact": event.contact, **_columns(event)}
    kept = (
        {"connected_at": "coalesce(call.connected_at, excluded.connected_at)"} if isinstance(event, CallEnded) else {}
    )
    if isinstance(event, CallRecorded):
        kept["accepted_at"] = "call.accepted_at"
    changes = ", ".join(f"{name} = {kept.get(name, f'excluded.{name}')}" for name in columns if name != "call")
    await tx.insert_into("agent_desk.call", columns, on_conflict=f"(call) do update set {changes}")
    await tx.execute(_CONTACT, event.contact)


_CONTACT = """insert into agent_desk.contact (contact, channel, identity, begun_at)
    select $1::uuid, 'phone',
        coalesce((array_agg(caller_phone order by accepted_at, call) filter (where caller_phone <> ''))[1], ''),
        min(accepted_at)
    from agent_desk.call where contact = $1
    on conflict (contact) do update set identity = excluded.identity, begun_at = excluded.begun_at"""
"""Who asks is who called first, as far as a number was shown."""


def _columns(event: CallAccepted | CallConnected | CallEnded | CallRecorded) -> dict[str, object]:
    match event:
        case CallAccepted():
            return {
                "caller_phone": event.caller.reveal(), "dialled": event.dialled, "line_name": event.line_name,
                "accepted_at": event.occurred_at,
            }  # fmt: skip
        case CallConnected():
            return {
                "accepted_at": event.accepted_at, "connected_at": event.occurred_at, "seat": event.seat,
                "agent": event.agent,
            }  # fmt: skip
        case CallEnded():
            return {
                "caller_phone": event.caller.reveal(), "dialled": event.dialled, "line_name": event.line_name,
                "accepted_at": event.accepted_at, "connected_at": event.connected_at, "ended_at": event.occurred_at,
                "reason": event.reason.value,
            }  # fmt: skip
        case CallRecorded():
            return {
                "accepted_at": event.occurred_at, "record_host": event.host, "record_name": event.name,
                "samples": event.samples,
            }  # fmt: skip
        case _:
            assert_never(event)


async def apply_participant(tx: Transaction, row: LogRow, /) -> None:
    """Keep who takes part in a call, from when, and until when; the end of the call is that of all who are left.

    Calls of versions up to 0.1 have no ``LegJoined``: their one agent took part from ``CallConnected`` on.
    """
    event = row.event
    if isinstance(event, LegJoined):
        await _takes_part(tx, event, leg=event.leg, party=event.party)
    elif isinstance(event, CallConnected):
        await _takes_part(tx, event, leg=event.agent_leg, party=Party.AGENT)
    elif isinstance(event, LegLeft):
        await tx.execute(
            "update agent_desk.participant set left_at = $2 where leg = $1 and joined_at <= $2",
            event.leg,
            event.occurred_at,
        )
    elif isinstance(event, CallEnded):
        await tx.execute(
            "update agent_desk.participant set left_at = $2 where call = $1 and left_at is null",
            event.call,
            event.occurred_at,
        )


async def _takes_part(tx: Transaction, event: LegJoined | CallConnected, /, *, leg: LegId, party: Party) -> None:
    await tx.execute(
        "insert into agent_desk.participant (leg, contact, call, party, seat, agent, joined_at)"
        " values ($1,$2,$3,$4,$5,$6,$7) on conflict (leg) do update set left_at = null",
        leg,
        event.contact,
        event.call,
        party.value,
        event.seat,
        event.agent,
        event.occurred_at,
    )


async def apply_utterance(tx: Transaction, row: LogRow, /) -> None:
    """Keep one final utterance."""
    event = row.event
    if isinstance(event, UtteranceFinalised):
        heard = event.utterance
        row_of = {
            "event_id": event.event_id, "contact": event.contact, "call": heard.call, "start_ms": heard.start_ms,
            "data": encode(heard),
        }  # fmt: skip
        await tx.insert_into("agent_desk.utterance", row_of, on_conflict="(event_id) do nothing")


async def apply_confidential(tx: Transaction, row: LogRow, /) -> None:
    """Keep of a matter whether who asked stays unknown; the last word counts."""
    event = row.event
    if isinstance(event, ContactConfidential) and event.contact is not None:
        await tx.insert_into(
            "agent_desk.confidential",
            {
                "matter": event.matter or first_matter(event.contact),
                "contact": event.contact,
                "confidential": event.confidential,
            },
            on_conflict="(matter) do update set confidential = excluded.confidential",
        )


_LISTED = """insert into agent_desk.callback (contact, caller_phone, line_name, abandoned_at, waited_s)
    values ($1, $2, $3, $4, $5)
    on conflict (contact) do update set caller_phone = excluded.caller_phone, line_name = excluded.line_name,
        abandoned_at = excluded.abandoned_at, waited_s = excluded.waited_s,
        done_at = null, done_by = null, claimed_by = null, claimed_name = ''
    where callback.done_at is not null and callback.abandoned_at < excluded.abandoned_at
    returning true"""
"""Who waits to be called back stays as it is; who was called back begins anew."""


async def list_callback(tx: Transaction, row: LogRow, /) -> None:
    """Put a caller who reached nobody on the list; take the number off when it got through after all.

    Who was called back, and then calls in the same contact and reaches nobody again, is on the list again.
    """
    event = row.event
    if not isinstance(event, CallEnded) or event.contact is None or not event.caller.reveal():
        return
    if event.connected_at is not None:
        await tx.execute(
            "update agent_desk.callback set done_at = $2, done_by = '已再次来电接通'"
            " where caller_phone = $1 and done_at is null"
            " and abandoned_at < $3",
            event.caller.reveal(),
            event.occurred_at,
            event.connected_at,
        )
        return
    if event.reason not in TO_CALL_BACK:
        return
    waited = (event.occurred_at - event.invite_at).total_seconds()
    listed = await tx.fetchval(
        _LISTED,
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
            reset=("agent_desk.contact", "agent_desk.call"),
        ),
        Consumer(
            name="agent_desk.participants",
            kind="projection",
            types=(LegJoined, CallConnected, LegLeft, CallEnded),
            apply=apply_participant,
            reset=("agent_desk.participant",),
        ),
        Consumer(
            name="agent_desk.utterances",
            kind="projection",
            types=(UtteranceFinalised,),
            apply=apply_utterance,
            reset=("agent_desk.utterance",),
        ),
        Consumer(
            name="agent_desk.confidential",
            kind="projection",
            types=(ContactConfidential,),
            apply=apply_confidential,
            reset=("agent_desk.confidential",),
        ),
        Consumer(name="agent_desk.callbacks", kind="action", types=(CallEnded,), apply=list_callback),
    )
