"""What the house says of itself: which parts work, by whom it hears, how full the stream is."""

from dataclasses import dataclass

from agent_desk import Board
from runtime.audit import AuditWatch
from runtime.bus import Bus
from runtime.log import log_end, refused_count
from runtime.postgres import Database
from runtime.web import PUBLIC, Request, Route
from vocabulary.errors import HotlineError


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part: whether it works and a word about it."""

    name: str
    ok: bool
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """``ok`` when every part works."""

    status: str
    parts: list[Part]


def health_routes(*, database: Database, bus: Bus, board: Board, audit: AuditWatch) -> tuple[Route, ...]:
    """Return the row of ``/api/health``."""

    async def health(request: Request[None]) -> Health:
        del request
        parts = [await _database(database), await _bus(bus), _recogniser(board), _audit(audit)]
        return Health(status="ok" if all(part.ok for part in parts) else "degraded", parts=parts)

    return (
        Route(method="GET", path="/api/health", handler=health, roles=PUBLIC, summary="Which parts work", reply=Health),
    )


async def _database(database: Database) -> Part:
    try:
        position, refused = await log_end(database), await refused_count(database)
    except HotlineError as error:
        return Part(name="database", ok=False, detail=str(error))
    return Part(name="database", ok=True, detail=f"log at {position}, {refused} refused")


async def _bus(bus: Bus) -> Part:
    if not bus.connected:
        return Part(name="bus", ok=False, detail="not connected")
    try:
        fill = await bus.facts_fill()
    except HotlineError as error:
        return Part(name="bus", ok=False, detail=str(error))
    return Part(name="bus", ok=fill < 0.8, detail=f"facts fill {fill:.0%}")


def _recogniser(board: Board) -> Part:
    heard = board.recogniser
    if heard is None:
        return Part(name="recogniser", ok=False, detail="nothing heard from it yet")
    return Part(name="recogniser", ok=True, detail=f"{heard.engine}, {heard.legs} legs, {heard.lag_ms} ms late")


def _audit(watch: AuditWatch) -> Part:
    verdict = watch.last_verdict
    if watch.fault or verdict is None:
        return Part(name="audit", ok=not watch.fault, detail=watch.fault or "not verified yet")
    return Part(name="audit", ok=verdict.whole, detail=verdict.sentence)
