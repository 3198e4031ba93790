"""The running city as an administrator asks for it: what runs, what ran, publishing and going back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from hotline.city_files import BadCity
from hotline.city_versions import LONGEST_HISTORY
from hotline.running_city import RunningCity
from runtime.codec import Meta
from runtime.web import Request, Route, get, post
from runtime.workers import Workers
from telephony import Published, TelephonySettings
from vocabulary.errors import Refused
from vocabulary.ids import AccountId
from vocabulary.people import Role

ADMINS = frozenset({Role.ADMIN})
PATH = "/api/city/versions"


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionView:
    """A published version: who made it, when and why. ``by`` is the zero UUID for the house and the terminal."""

    number: int
    at: datetime
    by: AccountId
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningView:
    """The running version with all that it says, and those before it, newest first."""

    running: VersionView
    settings: TelephonySettings
    history: list[VersionView]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishBody:
    """Why the city's files, as they lie on the desk's host, become the next version."""

    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackBody:
    """Which version is to be said again, and why."""

    number: int
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryQuery:
    """How far back."""

    limit: Annotated[int, Meta(ge=1, le=LONGEST_HISTORY, description="How many versions, the running one too")] = 50


class CityPages:
    """The routes of the running city. Reading the files blocks and runs in ``workers``."""

    def __init__(self, city: RunningCity, /, *, workers: Workers) -> None:
        self._city = city
        self._workers = workers

    def routes(self) -> tuple[Route, ...]:
        """Return the rows."""
        running = "The running version of lines, queues, menu, limits and prompts, and the versions before it"
        return (
            get(PATH, self._running, ADMINS, running),
            post(PATH, self._publish, ADMINS, "Publish the city's files as the next version"),
            post(f"{PATH}/rollback", self._rollback, ADMINS, "Publish what an old version said as the next version"),
        )

    async def _running(self, request: Request[None], *, query: HistoryQuery) -> RunningView:
        del request
        found = await self._city.versions.history(limit=query.limit)
        running = found[0] if found else await self._city.versions.running()
        return RunningView(running=_view(running), settings=running.settings, history=[_view(one) for one in found[1:]])

    async def _publish(self, request: Request[PublishBody]) -> VersionView:
        try:
            files = await self._workers.run(self._city.of_files)
        except BadCity as error:
            raise Refused("bad-city", str(error)) from None
        by = request.principal.account
        return _view(await self._city.versions.publish(files, by=by, note=request.body.note))

    async def _rollback(self, request: Request[RollbackBody]) -> VersionView:
        by, body = request.principal.account, request.body
        return _view(await self._city.versions.rollback(body.number, by=by, note=body.note))


def _view(one: Published) -> VersionView:
    return VersionView(number=one.number, at=one.at, by=one.by, note=one.note)
