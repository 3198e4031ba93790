"""Facts from JetStream into the log: insert in stream order, commit, then acknowledge."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta

from runtime.bus.port import FactReader, StoredFact
from runtime.clock import Clock
from runtime.codec import MalformedMessage, decode_event
from runtime.log.in_order import InOrder
from runtime.log.ports import FactSource
from runtime.postgres import Database, Held, Transaction, ValueNotStored
from runtime.telemetry import get_logger
from vocabulary.errors import Transient
from vocabulary.events import type_of

log = get_logger(__name__)
BATCH = 100
WAIT = timedelta(seconds=1)
LOCK = "log-writer"
STREAM = "FACTS"
GAP_PATIENCE_S = 35.0
"""Longer than ack_wait (30 s): a message that has not come again by then is gone from the stream."""
_PAUSE_S = 0.5


def _nothing() -> None:
    return None


async def run_log_writer(
    db: Database, /, *, bus: FactSource, clock: Clock, turned: Callable[[], None] = _nothing
) -> None:
    """Write until cancelled; one process at a time by an advisory lock. Away databases and buses are waited for.

    ``turned`` is called after every pull that was written, also an empty one: at least once a second while it works.
    """
    writer = _Writer(db, bus=bus, clock=clock)
    while True:
        try:
            async with db.holding(LOCK) as held:
                await _write(writer, held=held, turned=turned)
        except Transient as error:
            log.warning("the log writer waits", reason=type(error).__name__)
            await asyncio.sleep(_PAUSE_S)


async def _write(writer: "_Writer", *, held: Held, turned: Callable[[], None]) -> None:
    reader = await writer.begin()
    while await held.still():
        await writer.turn(reader)
        turned()


class _Writer:
    """What was pulled and not yet written; it keeps that while the database is away."""

    def __init__(self, db: Database, /, *, bus: FactSource, clock: Clock) -> None:
        self._db = db
        self._bus = bus
        self._clock = clock
        self._order = InOrder()
        self._gap_since: float | None = None

    async def begin(self) -> FactReader:
        """Go on where the log ends, whoever wrote it; return the stream's consumer."""
        async with self._db.reading() as reading:
            floor = await reading.fetchval("select sequence from log.written where stream = $1", STREAM)
        self._order.begin_at(floor or 0)
        return await self._bus.facts(durable=LOCK)

    async def turn(self, reader: FactReader, /) -> None:
        """Pull once and write what is in order."""
        await self._write_run(reader)
        again = self._order.add(await reader.fetch(batch=BATCH, timeout=WAIT))
        await self._commit_and_acknowledge(again, reader=reader)
        await self._write_run(reader)
        self._watch_gap()

    async def _write_run(self, reader: FactReader, /) -> None:
        while run := self._order.ready()[:BATCH]:
            await self._commit_and_acknowledge(run, reader=reader)
            self._order.done(run)

    async def _commit_and_acknowledge(self, facts: Sequence[StoredFact], *, reader: FactReader) -> None:
        """Commit first: an acknowledgement that gets lost brings the fact again, which its event_id makes harmless."""
        if not facts:
            return
        await self._commit(facts)
        try:
            await reader.ack(facts)
        except Transient:
            log.warning("an acknowledgement did not get through", first=facts[0].sequence, last=facts[-1].sequence)

    def _watch_gap(self) -> None:
        if not self._order.waiting:
            self._gap_since = None
            return
        now = self._clock.monotonic()
        if self._gap_since is None:
            self._gap_since = now
        elif now - self._gap_since > GAP_PATIENCE_S:
            first, last = self._order.give_up_gap()
            log.error("facts are missing from the stream; going on behind them", first=first, last=last)
            self._gap_since = None

    async def _commit(self, facts: Sequence[StoredFact]) -> None:
        """Commit a run; when a value in it cannot be stored, one by one, so that only that one is refused."""
        try:
            async with self._db.transaction() as tx:
                for fact in facts:
                    await _take(tx, fact)
                await self._note_place(tx, last=facts[-1].sequence)
        except ValueNotStored as error:
            if len(facts) > 1:
                for fact in facts:
                    await self._commit([fact])
                return
            async with self._db.transaction() as tx:
                await _refuse(tx, facts[0], reason=str(error))
                await self._note_place(tx, last=facts[0].sequence)

    async def _note_place(self, tx: Transaction, *, last: int) -> None:
        """Keep how far the log holds the stream without a gap; what comes again below that does not move it."""
        if last > self._order.floor:
            await tx.execute(
                "insert into log.written (stream, sequence) values ($1, $2) "
                "on conflict (stream) do update set sequence = excluded.sequence",
                STREAM,
                last,
            )


async def _take(tx: Transaction, fact: StoredFact) -> None:
    try:
        event = decode_event(fact.data)
    except MalformedMessage as error:
        await _refuse(tx, fact, reason=str(error))
        return
    if not type_of(event).durable:
        await _refuse(tx, fact, reason=f"{type_of(event).key} is ephemeral and does not belong in the stream")
        return
    tx.emit(event)


async def _refuse(tx: Transaction, fact: StoredFact, *, reason: str) -> None:
    log.error("a message of the stream cannot be read", sequence=fact.sequence, reason=reason)
    await tx.execute(
        "insert into log.log_refused (stream, sequence, subject, reason, body) values ($1, $2, $3, $4, $5) "
        "on conflict do nothing",
        STREAM,
        fact.sequence,
        fact.subject.replace("\0", ""),
        reason.replace("\0", ""),
        fact.data,
    )
