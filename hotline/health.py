"""What the house says of itself: which parts work, by whom it hears, how full the stream is."""

import asyncio
import time
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from agent_desk import Board
from hotline.health_file import read_health
from hotline.host_health import Part, told
from runtime.audit import AuditWatch
from runtime.bus import Bus
from runtime.clock import Clock
from runtime.log import log_end, refused_count
from runtime.postgres import Database
from runtime.supervision import Pulse
from runtime.web import PUBLIC, Request, Route, WithStatus, get
from vocabulary.errors import HotlineError

_NOTED_EVERY_S = 2.0
_WRITER_PATIENCE_S = 10.0
HEARD = "recogniser heard"
_NEEDED = frozenset({"database answers", "bus", "database", "nats", "switch", "media"})
"""Without one of these nobody can call or work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """``ok`` when every part works, ``down`` when one does not without which nobody can call or work."""

    status: str
    parts: list[Part]


class LogWriterTurns:
    """When the log writer last finished a turn, which it does each second."""

    def __init__(self) -> None:
        """Begin as if it had just turned."""
        self._last = time.monotonic()

    def turned(self) -> None:
        """Note a turn."""
        self._last = time.monotonic()

    def part(self) -> Part:
        """Return whether facts get into the log."""
        silent = time.monotonic() - self._last
        if silent > _WRITER_PATIENCE_S:
            return Part(name="log", ok=False, detail=f"{silent:.0f}秒没有写入，通话照常，记录稍后补写")
        return Part(name="log", ok=True, detail="正常写入")


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """What the desk looks at."""

    database: Database
    bus: Bus
    board: Board
    writer: LogWriterTurns
    audit: AuditWatch

    async def parts(self) -> list[Part]:
        """Return the desk's own view."""
        return [
            *await _database(self.database),
            await _bus(self.bus),
            self.writer.part(),
            _recogniser(self.board),
            _audit(self.audit),
        ]


def health_routes(looks: Looks, /, *, host: Path, clock: Clock) -> tuple[Route, ...]:
    """Return the row of ``/api/health``; ``host`` is the file that the supervisor writes. 503 when it is down."""

    async def health(request: Request[None]) -> WithStatus[Health]:
        del request
        found = read_health(host)
        own = await looks.parts()
        parts = [*own, *told(found, now=clock.now())]
        away = {part.name for part in own if not part.ok} | set(found.away if found else ())
        status = "ok" if all(part.ok for part in parts) else "down" if away & _NEEDED else "degraded"
        code = HTTPStatus.SERVICE_UNAVAILABLE if status == "down" else HTTPStatus.OK
        return WithStatus(body=Health(status=status, parts=parts), status=code)

    return (get("/api/health", health, PUBLIC, "Which parts work"),)


async def note_parts(looks: Looks, /, *, pulse: Pulse) -> None:
    """Tell the supervisor what the desk sees, for the terminal, until cancelled."""
    while True:
        await asyncio.sleep(_NOTED_EVERY_S)
        for part in await looks.parts():
            if part.name != HEARD:  # its supervisor knows better whether it is there
                pulse.note(part.name, None if part.ok else part.detail)


async def _database(database: Database) -> list[Part]:
    try:
        position, refused = await log_end(database), await refused_count(database)
    except HotlineError as error:
        return [Part(name="database answers", ok=False, detail=str(error))]
    unread = f"{refused}条消息无法读取，保存在 log.log_refused" if refused else "没有无法读取的消息"
    return [
        Part(name="database answers", ok=True, detail=f"log at {position}"),
        Part(name="refused facts", ok=refused == 0, detail=unread),
    ]


async def _bus(bus: Bus) -> Part:
    if not bus.connected:
        return Part(name="bus", ok=False, detail="not connected")
    try:
        fill = await bus.facts_fill()
    except HotlineError as error:
        return Part(name="bus", ok=False, detail=str(error))
    return Part(name="facts stream", ok=fill < 0.8, detail=f"{fill:.0%}")


def _recogniser(board: Board) -> Part:
    heard = board.recogniser
    if heard is None:
        return Part(name=HEARD, ok=False, detail="nothing heard from it yet")
    return Part(name=HEARD, ok=True, detail=f"{heard.engine}, {heard.legs} legs, {heard.lag_ms} ms late")


def _audit(watch: AuditWatch) -> Part:
    verdict = watch.last_verdict
    if watch.fault or verdict is None:
        return Part(name="audit", ok=not watch.fault, detail=watch.fault or "not verified yet")
    return Part(name="audit", ok=verdict.whole, detail=verdict.sentence)
