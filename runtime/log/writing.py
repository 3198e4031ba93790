"""Facts from JetStream into the log: insert in stream order, commit, then acknowledge."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from runtime.bus.port import StoredFact
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


async def run_log_writer(db: Database, /, *, source: FactSource, clock: Clock) -> None:
    """Write until cancelled; one process at a time by an advisory lock. Away databases and buses are waited for."""
    writer = _Writer(db, source=source, clock=clock)
    while True:
        try:
            async with db.holding(LOCK) as held:
                await _write(writer, held=held)
        except Transient as error:
            log.warning("the log writer waits", reason=type(error).__name__)
            await asyncio.sleep(_PAUSE_S)


async def _write(writer: "_Writer", *, held: Held) -> None:
    await writer.begin()
    while await held.still():
        await writer.turn()


class _Writer:
    """What was pulled and not yet written; it keeps that while the database is away."""

    def __init__(self, db: Database, /, *, source: FactSource, clock: Clock) -> None:
        self._db = db
        self._source = source
        self._clock = clock
        self._order = InOrder(floor=0)
        self._gap_since: float | None = None

    async def begin(self) -> None:
        """Ask the stream where to go on."""
        self._order.raise_floor(await self._source.floor())

    async def turn(self) -> None:
        """Pull once and write what is in order."""
        await self._write_run()
        again = self._order.add(await self._source.fetch(batch=BATCH, timeout=WAIT))
        await self._commit_and_acknowledge(again)
        await self._write_run()
        await self._watch_gap()

    async def _write_run(self) -> None:
        while run := self._order.ready()[:BATCH]:
            await self._commit_and_acknowledge(run)
            self._order.done(run)

    async def _commit_and_acknowledge(self, facts: Sequence[StoredFact]) -> None:
        """Commit first: an acknowledgement that gets lost brings the fact again, which its event_id makes harmless."""
        if not facts:
            return
        await self._commit(facts)
        try:
            await self._source.ack(facts)
        except Transient:
            log.warning("an acknowledgement did not get through", first=facts[0].sequence, last=facts[-1].sequence)

    async def _watch_gap(self) -> None:
        if not self._order.waiting:
            self._gap_since = None
            return
        now = self._clock.monotonic()
        if self._gap_since is None:
            self._gap_since = now
            self._order.raise_floor(await self._source.floor())
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
        except ValueNotStored as error:
            if len(facts) > 1:
                for fact in facts:
                    await self._commit([fact])
                return
            async with self._db.transaction() as tx:
                await _refuse(tx, facts[0], reason=str(error))


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
