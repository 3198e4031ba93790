"""Reads contacts, transcripts and drafts; saves drafts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from agent_desk.drafting.draft import DraftPatch, DraftValue, KeptDraft, SavedDraft, merge
from runtime.clock import Clock
from runtime.codec import MalformedMessage, encode, from_builtins
from runtime.ids import new_id
from runtime.postgres import Database, Row, Transaction
from runtime.telemetry import get_logger
from vocabulary.errors import Refused
from vocabulary.events.agent_desk import ContactConfidential
from vocabulary.ids import AccountId, CallId, ContactId, EventId, SeatNo
from vocabulary.orders import Draftable, Way
from vocabulary.personal import PhoneNumber
from vocabulary.speech import Utterance

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRecord:
    """A contact as the log tells it; ``samples`` is None until the recording is closed."""

    contact: ContactId
    call: CallId
    caller: PhoneNumber
    dialled: str
    line_name: str
    accepted_at: datetime
    connected_at: datetime | None
    ended_at: datetime | None
    seat: SeatNo | None
    reason: str | None
    record_host: str | None
    record_name: str | None
    samples: int | None
    confidential: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """A caller who reached nobody."""

    contact: ContactId
    caller_masked: str
    line_name: str
    abandoned_at: datetime
    waited_seconds: float
    done: bool
    done_by: str
    claimed_by: str
    """Name of the agent who took it in hand; empty while nobody did."""


_RECORDS = (
    "select c.*, coalesce(k.confidential, false) as confidential"
    " from agent_desk.contact c left join agent_desk.confidential k using (contact)"
)


class ContactStore:
    """Queries over the tables of the desk."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def record(self, contact: ContactId, /) -> ContactRecord | None:
        """Return what is known of a contact, None before its first fact is in the log."""
        async with self._database.reading() as connection:
            row = await connection.fetchrow(f"{_RECORDS} where c.contact = $1", contact)
        return _record(row) if row else None

    async def recent(self, *, limit: int, seat: SeatNo | None) -> list[ContactRecord]:
        """Return the newest contacts; those in which one seat took part when given."""
        async with self._database.reading() as connection:
            rows = await connection.fetch(
                f"{_RECORDS} where $2::text is null or exists (select from agent_desk.participant p"
                " where p.contact = c.contact and p.seat = $2) order by c.accepted_at desc limit $1",
                limit,
                seat,
            )
        return [_record(row) for row in rows]

    async def seats(self, contact: ContactId, /) -> frozenset[SeatNo]:
        """Return the seats that took part in a contact."""
        async with self._database.reading() as connection:
            rows = await connection.fetch(
                "select distinct seat from agent_desk.participant where contact = $1 and seat is not null", contact
            )
        return frozenset(SeatNo(row["seat"]) for row in rows)

    async def utterances(self, contact: ContactId, /) -> tuple[Utterance, ...]:
        """Return the finals of a contact in order of call time."""
        async with self._database.reading() as connection:
            rows = await connection.fetch(
                "select event_id, data from agent_desk.utterance where contact = $1 order by start_ms, event_id",
                contact,
            )
        return tuple(heard for row in rows if (heard := _utterance(row)) is not None)

    async def draft(self, contact: ContactId, /) -> SavedDraft:
        """Return the saved form, revision 0 when there is none."""
        async with self._database.reading() as connection:
            row = await connection.fetchrow("select * from agent_desk.draft where contact = $1", contact)
        return _kept(row).draft if row else SavedDraft(revision=0, values={})

    async def save_draft(self, contact: ContactId, patch: DraftPatch, /, *, account: AccountId) -> SavedDraft:
        """Merge a page's changes into the form; ChangedMeanwhile names the fields that somebody else changed."""
        async with self._database.transaction() as tx:
            await tx.execute(
                "insert into agent_desk.draft (contact, revision, fields, account, saved_at)"
                " values ($1, 0, '{}', $2, $3) on conflict (contact) do nothing",
                contact,
                account,
                self._clock.now(),
            )
            row = await tx.fetchrow("select * from agent_desk.draft where contact = $1 for update", contact)
            kept = _kept(row) if row else KeptDraft()
            merged = merge(kept, patch)
            if merged is not kept:
                await self._keep(tx, contact, merged, account)
            if merged.draft.confidential != kept.draft.confidential:
                tx.emit(self._said(contact, merged.draft, account))
        return merged.draft

    async def _keep(self, tx: Transaction, contact: ContactId, merged: KeptDraft, account: AccountId) -> None:
        draft = merged.draft
        await tx.execute(
            "update agent_desk.draft set revision = $2, fields = $3, confidential = $4, reply = $5, way = $6,"
            " changed = $7, account = $8, saved_at = $9 where contact = $1",
            contact,
            draft.revision,
            encode(draft.values),
            draft.confidential,
            draft.reply,
            draft.way.value,
            encode(merged.changed),
            account,
            self._clock.now(),
        )

    async def say_confidential(self, contact: ContactId, /, *, confidential: bool, account: AccountId) -> None:
        """Keep the agent's last word on confidence; nothing happens when it is the word already."""
        draft = await self.draft(contact)
        if draft.confidential != confidential:
            patch = DraftPatch(revision=draft.revision, confidential=confidential)
            await self.save_draft(contact, patch, account=account)

    def _said(self, contact: ContactId, draft: SavedDraft, account: AccountId) -> ContactConfidential:
        return ContactConfidential(
            event_id=EventId(new_id()),
            occurred_at=self._clock.now(),
            contact=contact,
            confidential=draft.confidential,
            account=account,
        )

    async def callbacks(self, *, limit: int = 200) -> list[Callback]:
        """Return people to call back, open ones first, newest first."""
        async with self._database.reading() as connection:
            rows = await connection.fetch(
                "select * from agent_desk.callback order by (done_at is not null), abandoned_at desc limit $1", limit
            )
        return [
            Callback(
                contact=ContactId(row["contact"]),
                caller_masked=PhoneNumber(row["caller_phone"]).masked(),
                line_name=row["line_name"],
                abandoned_at=row["abandoned_at"],
                waited_seconds=row["waited_s"],
                done=row["done_at"] is not None,
                done_by=row["done_by"] or "",
                claimed_by=row["claimed_name"],
            )
            for row in rows
        ]

    async def claim_callback(self, contact: ContactId, /, *, account: AccountId, name: str) -> None:
        """Take a call-back in hand; Refused ``no-callback`` or, when it is somebody else's, ``claimed``."""
        async with self._database.transaction() as tx:
            holder = await tx.fetchrow(
                "update agent_desk.callback set claimed_by = coalesce(claimed_by, $2),"
                " claimed_name = case when claimed_by is null then $3 else claimed_name end"
                " where contact = $1 and done_at is null returning claimed_by, claimed_name",
                contact,
                account,
                name,
            )
        if holder is None:
            raise Refused("no-callback", "回拨名单里没有这次来电，或已经回拨")
        if holder["claimed_by"] != account:
            raise Refused("claimed", f"这次回拨已由{holder['claimed_name']}处理")

    async def holds_callback(self, contact: ContactId, /, *, account: AccountId) -> bool:
        """Return whether a person took the call-back of a contact in hand and has not finished it."""
        async with self._database.reading() as connection:
            found = await connection.fetchval(
                "select true from agent_desk.callback where contact = $1 and claimed_by = $2 and done_at is null",
                contact,
                account,
            )
        return bool(found)

    async def callback_done(self, contact: ContactId, /, *, account: AccountId, name: str) -> None:
        """Take a caller off the list; Refused ``no-callback`` when not on it, ``claimed`` when another has it."""
        await self.claim_callback(contact, account=account, name=name)
        async with self._database.transaction() as tx:
            await tx.execute(
                "update agent_desk.callback set done_at = $2, done_by = $3 where contact = $1 and done_at is null",
                contact,
                self._clock.now(),
                name,
            )


def _utterance(row: Row) -> Utterance | None:
    try:
        heard: Utterance = from_builtins(row["data"], Utterance)
    except MalformedMessage as error:
        _log.warning("an utterance cannot be read", event_id=str(row["event_id"]), reason=type(error).__name__)
        return None
    return heard


def _kept(row: Row) -> KeptDraft:
    """Return a draft; one that cannot be read is told in the process's log, and the form begins anew over it."""
    try:
        draft = SavedDraft(
            revision=row["revision"],
            values=from_builtins(row["fields"], dict[Draftable, DraftValue]),
            confidential=row["confidential"],
            reply=row["reply"],
            way=Way(row["way"]),
        )
        return KeptDraft(draft=draft, changed=from_builtins(row["changed"], dict[str, int]))
    except (MalformedMessage, ValueError) as error:
        _log.warning("a draft cannot be read", contact=str(row["contact"]), reason=type(error).__name__)
        return KeptDraft(draft=SavedDraft(revision=row["revision"], values={}, confidential=row["confidential"]))


def _record(row: Row) -> ContactRecord:
    columns: dict[str, Any] = {name: row[name] for name in ("dialled", "line_name", "accepted_at", "connected_at")}
    return ContactRecord(
        contact=ContactId(UUID(str(row["contact"]))),
        call=CallId(UUID(str(row["call"]))),
        caller=PhoneNumber(row["caller_phone"]),
        ended_at=row["ended_at"],
        seat=SeatNo(row["seat"]) if row["seat"] else None,
        reason=row["reason"],
        record_host=row["record_host"],
        record_name=row["record_name"],
        samples=row["samples"],
        confidential=row["confidential"],
        **columns,
    )
