"""Reads contacts, transcripts and the call-back list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from runtime.clock import Clock
from runtime.codec import MalformedMessage, from_builtins
from runtime.postgres import Database, Reading, Row
from runtime.telemetry import get_logger
from vocabulary.errors import Refused
from vocabulary.ids import AccountId, CallId, ContactId, SeatNo
from vocabulary.personal import PhoneNumber
from vocabulary.requesters import Channel, Requester, known_by
from vocabulary.speech import Utterance

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecord:
    """A call as the log tells it; ``samples`` is None until the recording is closed."""

    call: CallId
    contact: ContactId
    caller_phone: PhoneNumber
    dialled: str
    line_name: str
    accepted_at: datetime
    connected_at: datetime | None
    ended_at: datetime | None
    seat: SeatNo | None
    agent: AccountId | None
    reason: str | None
    record_host: str | None
    record_name: str | None
    samples: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRecord:
    """A contact as the log tells it, with its calls, at least one, the first one first."""

    contact: ContactId
    requester: Requester
    begun_at: datetime
    confidential: bool
    calls: tuple[CallRecord, ...]

    @property
    def newest(self) -> CallRecord:
        """The last of its calls."""
        return self.calls[-1]

    @property
    def answered(self) -> bool:
        """Whether a person ever spoke with the caller."""
        return any(call.connected_at is not None for call in self.calls)

    @property
    def ended(self) -> bool:
        """Whether no call of it goes on."""
        return all(call.ended_at is not None for call in self.calls)


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
        async with self._database.reading() as reading:
            rows = await reading.fetch(f"{_RECORDS} where c.contact = $1", contact)
            found = await _with_calls(reading, rows)
        return found[0] if found else None

    async def recent(self, *, limit: int, account: AccountId | None) -> list[ContactRecord]:
        """Return the newest contacts; those in which one person took part when given."""
        async with self._database.reading() as reading:
            rows = await reading.fetch(
                f"{_RECORDS} where $2::uuid is null or exists (select from agent_desk.participant p"
                " where p.contact = c.contact and p.agent = $2) order by c.begun_at desc limit $1",
                limit,
                account,
            )
            return await _with_calls(reading, rows)

    async def agents(self, contact: ContactId, /) -> frozenset[AccountId]:
        """Return the people who took part in a contact at a desk."""
        async with self._database.reading() as reading:
            rows = await reading.fetch(
                "select distinct agent from agent_desk.participant where contact = $1 and agent is not null", contact
            )
        return frozenset(AccountId(row["agent"]) for row in rows)

    async def utterances(self, contact: ContactId, /) -> tuple[Utterance, ...]:
        """Return the finals of a contact, call by call, in order of call time."""
        async with self._database.reading() as reading:
            rows = await reading.fetch(
                "select u.event_id, u.data from agent_desk.utterance u left join agent_desk.call c on c.call = u.call"
                " where u.contact = $1 order by c.accepted_at, u.call, u.start_ms, u.event_id",
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


async def _with_calls(reading: Reading, rows: Sequence[Row]) -> list[ContactRecord]:
    calls = await reading.fetch_as(
        CallRecord,
        "select * from agent_desk.call where contact = any($1) order by accepted_at, call",
        [row["contact"] for row in rows],
    )
    return [
        ContactRecord(
            contact=ContactId(row["contact"]),
            requester=known_by(Channel(row["channel"]), row["identity"]),
            begun_at=row["begun_at"],
            confidential=row["confidential"],
            calls=mine,
        )
        for row in rows
        if (mine := tuple(call for call in calls if call.contact == row["contact"]))
    ]
