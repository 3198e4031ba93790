"""Publishing the running city: a new version of its telephony in the database, with its entry in the audit.

The desk process brings the newest to the bus, see ``hotline.running_city``; the switch follows it there.
"""

import secrets
from collections.abc import Iterable
from dataclasses import replace

from runtime.audit import AuditEntry, record
from runtime.clock import Clock
from runtime.codec import to_builtins
from runtime.postgres import Database, Transaction
from runtime.web import NotFound
from telephony import Published, TelephonySettings, publications
from telephony import settings as rows
from vocabulary.errors import FieldError, Refused
from vocabulary.ids import AccountId
from vocabulary.text import checked_line

PUBLISHED, ROLLED_BACK = "city-published", "city-rolled-back"
CHANNEL = "city_published"
"""Where PostgreSQL tells the desk's processes that there is a new version."""
LONGEST_NOTE = 200
LONGEST_HISTORY = 1000
LARGEST_NUMBER = 2**31 - 1


class CityVersions:
    """The versions that there are, and new ones; ``by`` is who publishes."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def running(self) -> Published:
        """Return the newest; Refused before the desk's first start."""
        async with self._database.reading() as reading:
            return _there(await publications.newest(reading))

    async def history(self, *, limit: int = LONGEST_HISTORY) -> list[Published]:
        """Return at most ``limit`` versions, newest first."""
        async with self._database.reading() as reading:
            return await publications.history(reading, limit=limit)

    async def publish(self, settings: TelephonySettings, /, *, by: AccountId, note: str) -> Published:
        """Make these settings the next version; Refused when they are what runs already."""
        async with self._database.transaction() as tx:
            await publications.hold(tx)
            before = _there(await publications.newest(tx))
            if not differences(before.settings, settings):
                raise Refused("nothing-to-publish", f"文件内容与正在运行的第 {before.number} 版相同，无需发布")
            made = self._next(before, settings, by=by, note=note)
            return await write(tx, made, what=PUBLISHED)

    async def rollback(self, number: int, /, *, by: AccountId, note: str) -> Published:
        """Make what version ``number`` said the next one; NotFound without it, Refused when no switch would use it."""
        async with self._database.transaction() as tx:
            await publications.hold(tx)
            before = _there(await publications.newest(tx))
            old = await publications.version(tx, number) if 0 < number <= LARGEST_NUMBER else None
            if old is None:
                raise NotFound(f"没有第 {number} 版")
            try:
                settings = rows.checked(old.settings)
            except rows.BadTelephonySettings as error:
                raise Refused("bad-version", f"第 {number} 版不再可用：{error}") from None
            made = self._next(before, settings, by=by, note=note)
            return await write(tx, made, what=ROLLED_BACK, why=f"as version {number}: ")

    def _next(self, before: Published, settings: TelephonySettings, /, *, by: AccountId, note: str) -> Published:
        return Published(
            number=before.number + 1, at=self._clock.now(), by=by, note=checked_note(note), settings=settings
        )


def checked_note(note: str, /) -> str:
    """Return ``note``; FieldError when it says nothing, is too long or cannot be shown."""
    if not note.strip():
        raise FieldError({"note": "请写明为什么发布"})
    return checked_line(note, field="note", longest=LONGEST_NOTE)


async def write(tx: Transaction, made: Published, /, *, what: str, why: str = "") -> Published:
    """Keep a version in a transaction that holds, with its entry in the audit; desks hear of it once it commits."""
    made = await publications.keep(tx, made)
    entry = AuditEntry(
        at=made.at, account=made.by, what=what, contact=None, why=f"version {made.number}: {why}{made.note}"
    )
    await record(tx, entry, salt=secrets.token_bytes(16))
    await tx.execute("select pg_notify($1, '')", CHANNEL)
    return made


def _there(found: Published | None) -> Published:
    if found is None:
        raise Refused("no-version", "还没有任何版本：坐席台第一次启动时由城市文件生成第 1 版")
    return found


def differences(before: TelephonySettings, after: TelephonySettings, /) -> list[str]:
    """Return a line for each field that differs, ``name: old → new``; rows go by number or name, – is none."""
    old, new = _fields(before), _fields(after)
    return [
        f"{name}: {old.get(name, '–')} → {new.get(name, '–')}"
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    ]


def _fields(settings: TelephonySettings) -> dict[str, object]:
    told = to_builtins(replace(settings, version=0))
    found: dict[str, object] = {}
    for part, key in (("lines", "number"), ("queues", "name")):
        rows = told.pop(part)
        found[f"order of {part}"] = ", ".join(row[key] for row in rows)
        told[part] = {row[key]: row for row in rows}
    found.update(_leaves("", told))
    return found


def _leaves(place: str, value: object) -> Iterable[tuple[str, object]]:
    if value is None:
        return
    if not isinstance(value, dict):
        yield place, ", ".join(map(str, value)) if isinstance(value, list | tuple) else value
        return
    for name, inner in value.items():
        yield from _leaves(f"{place}.{name}" if place else str(name), inner)
