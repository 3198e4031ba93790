"""Consumers at work: each reads by its cursor, woken by a notice or after a second, one runner a name."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from runtime.boundary import Done, outcome
from runtime.clock import Clock
from runtime.failures import Failure
from runtime.log.consumer import Consumer
from runtime.log.reading import end_of, log_row, rows_between
from runtime.metrics import counter, gauge
from runtime.pauses import Pauses
from runtime.postgres import Database, DatabaseAway, Transaction
from runtime.telemetry import get_logger
from vocabulary.errors import Permanent

log = get_logger(__name__)
CHANNEL = "hotline_log"
POLL_S = 1.0
PAGE = 100
"""Rows of a projection's transaction; an action has one."""
_BEHIND = gauge("hotline_log_behind", "Positions of the log that a consumer has not seen", "consumer")
_FAULTS = counter("hotline_log_faults", "Times that a consumer stood still", "consumer")
_FIRST_PAUSE_S = 0.2
_LONGEST_PAUSE_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsumerState:
    """How far a consumer is; ``fault`` is the class of what stops it at ``fault_position``."""

    name: str
    kind: str
    position: int
    behind: int
    fault: str | None
    fault_position: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """What one transaction did: ``more`` when rows are left."""

    applied: int
    more: bool


class _Runner:
    """One consumer's loop."""

    def __init__(self, db: Database, /, *, consumer: Consumer, clock: Clock) -> None:
        self._db = db
        self._consumer = consumer
        self._clock = clock
        self._at: int | None = None
        self._careful = consumer.kind == "action"
        self.wake = asyncio.Event()

    async def run(self) -> None:
        """Work until cancelled."""
        pauses = Pauses(first_s=_FIRST_PAUSE_S, longest_s=_LONGEST_PAUSE_S)
        while True:
            self.wake.clear()
            result = await outcome(self._step(), of=self._consumer.name)
            if isinstance(result, Done):
                self._careful = self._consumer.kind == "action"
                pauses.anew()
                if not result.value.more:
                    await self._rest()
            else:
                self._careful = True
                await self._note(result)
                await asyncio.sleep(pauses.next_s())

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(POLL_S):
                await self.wake.wait()
        except TimeoutError:
            return

    async def _step(self) -> _Step:
        """Apply the next rows and move the cursor, in one transaction; row by row after a fault."""
        limit = 1 if self._careful else PAGE
        async with self._db.transaction() as tx:
            cursor = await _cursor(tx, self._consumer, clock=self._clock)
            if cursor is None:
                return _Step(applied=0, more=False)
            end = await end_of(tx)
            rows = await rows_between(tx, after=cursor, upto=end, limit=limit, types=self._consumer.keys)
            for row in rows:
                self._at = row["position"]
                await self._consumer.apply(tx, log_row(row))
            self._at = None
            full = len(rows) == limit
            place = rows[-1]["position"] if full else end
            if place != cursor:
                await self._move(tx, to=place)
        _BEHIND.labels(self._consumer.name).set(end - place)
        return _Step(applied=len(rows), more=full)

    async def _move(self, tx: Transaction, *, to: int) -> None:
        await tx.execute(
            "update log.consumers set position = $2, moved_at = $3, fault = null, fault_position = null "
            "where name = $1",
            self._consumer.name,
            to,
            self._clock.now(),
        )

    async def _note(self, failure: Failure) -> None:
        """Say where it stands still; a database that is away hears it in the process's log only."""
        _FAULTS.labels(self._consumer.name).inc()
        log.error("a consumer stands still", consumer=self._consumer.name, reason=failure.reason, position=self._at)
        if failure.reason == DatabaseAway.__name__:
            return
        try:
            async with self._db.transaction() as tx:
                await tx.execute(
                    "insert into log.consumers (name, kind, moved_at, fault, fault_position) "
                    "values ($1, $2, $3, $4, $5) on conflict (name) do update set fault = $4, fault_position = $5",
                    self._consumer.name,
                    self._consumer.kind,
                    self._clock.now(),
                    failure.reason,
                    self._at,
                )
        except DatabaseAway:
            return


async def _cursor(tx: Transaction, consumer: Consumer, *, clock: Clock) -> int | None:
    """Return the consumer's position, entering it at 0; None while another process runs it."""
    if not await tx.fetchval("select pg_try_advisory_xact_lock(hashtextextended('consumer:' || $1, 0))", consumer.name):
        return None
    position: int | None = await tx.fetchval("select position from log.consumers where name = $1", consumer.name)
    if position is None:
        await tx.execute(
            "insert into log.consumers (name, kind, moved_at) values ($1, $2, $3)",
            consumer.name,
            consumer.kind,
            clock.now(),
        )
    return position or 0


async def run_consumers(db: Database, /, *, consumers: Sequence[Consumer], clock: Clock) -> None:
    """Run all until cancelled. One that fails stands still, is reported and tries again; the others go on.

    A new consumer begins at the beginning of the log. Two of one name: ValueError.
    """
    names = [consumer.name for consumer in consumers]
    if len(set(names)) != len(names):
        message = f"two consumers share a name: {sorted(names)}"
        raise ValueError(message)
    runners = [_Runner(db, consumer=consumer, clock=clock) for consumer in consumers]
    async with asyncio.TaskGroup() as group:
        for runner in runners:
            group.create_task(runner.run())
        group.create_task(_wake_all(db, runners))


async def _wake_all(db: Database, runners: Sequence[_Runner]) -> None:
    def heard() -> None:
        for runner in runners:
            runner.wake.set()

    while True:
        try:
            async with db.listening(CHANNEL, heard=heard) as lost:
                heard()
                await lost.wait()
        except DatabaseAway:
            log.warning("no notices from the log; consumers look once a second")
        await asyncio.sleep(POLL_S)


async def reset_projection(db: Database, consumer: Consumer, /) -> None:
    """Empty a projection's tables and set its cursor to 0, in one transaction. An action: Permanent.

    ``db`` is opened as the owner: the application's role may not empty tables.
    """
    if consumer.kind != "projection":
        raise Permanent(f"{consumer.name} is an action and is never replayed.")
    async with db.transaction() as tx:
        await tx.execute("select pg_advisory_xact_lock(hashtextextended('consumer:' || $1, 0))", consumer.name)
        for table in consumer.reset:
            await tx.execute(f"delete from {table}")  # noqa: S608 - the names were checked by Consumer
        await tx.execute(
            "update log.consumers set position = 0, fault = null, fault_position = null where name = $1", consumer.name
        )


async def consumer_states(db: Database, /) -> list[ConsumerState]:
    """Return every consumer the log knows, by name."""
    async with db.reading() as reading:
        end = await end_of(reading)
        rows = await reading.fetch("select * from log.consumers order by name")
    return [
        ConsumerState(
            name=row["name"],
            kind=row["kind"],
            position=row["position"],
            behind=max(0, end - row["position"]),
            fault=row["fault"],
            fault_position=row["fault_position"],
        )
        for row in rows
    ]


async def has_passed(db: Database, /, *, name: str, position: int) -> bool:
    """Return whether consumer ``name`` has done everything up to ``position``."""
    async with db.reading() as reading:
        reached = await reading.fetchval("select position from log.consumers where name = $1", name)
    return reached is not None and reached >= position
