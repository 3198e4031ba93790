"""Reads contacts, transcripts and the call-back list."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from runtime.clock import Clock
from runtime.codec import MalformedMessage, from_builtins
from runtime.postgres import Database, Row
from runtime.telemetry import get_logger
from vocabulary.errors import Refused
from vocabulary.ids import AccountId, CallId, ContactId, SeatNo
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
    "select c.*, exists (select from agent_desk.confidential k where k.contact = c.contact and k.confidential)"
    " as confidential from agent_desk.contact c"
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
