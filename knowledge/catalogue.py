"""Entries in PostgreSQL: versions are added, never changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from knowledge.entries import Entry, PublishedEntry, check_all
from runtime.codec import from_builtins, to_builtins
from runtime.postgres import Database, Transaction
from vocabulary.errors import FieldError
from vocabulary.ids import CategoryCode, EntryCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """How many entries were new or changed, and how many were there already as they are."""

    written: int
    unchanged: int


class Catalogue:
    """The published entries. All methods may raise DatabaseAway."""

    def __init__(self, database: Database, /) -> None:
        self._database = database

    async def publish(
        self, entries: Sequence[Entry], /, *, categories: frozenset[CategoryCode], at: datetime
    ) -> Publication:
        """Publish what differs from the current version, all or nothing; FieldError names what is invalid.

        The same entries again write no row. Entries that are not named stay as they are.
        """
        check_all(entries, categories=categories)
        async with self._database.transaction() as tx:
            await tx.execute("select pg_advisory_xact_lock(hashtextextended('knowledge-publish', 0))")
            rows = await tx.fetch(
                "select v.code, v.version, v.checksum, e.title from knowledge.entry e "
                "join knowledge.entry_version v on v.code = e.code and v.version = e.version"
            )
            known = {row["code"]: (row["version"], row["checksum"]) for row in rows}
            changed = [one for one in entries if known.get(one.code, (0, ""))[1] != one.checksum]
            named = {one.code for one in entries}
            _refuse_taken_titles(changed, {row["title"]: row["code"] for row in rows if row["code"] not in named})
            if changed:
                await _write(tx, [(one, known.get(one.code, (0, ""))[0] + 1) for one in changed], at)
        return Publication(written=len(changed), unchanged=len(entries) - len(changed))

    async def published(self) -> dict[EntryCode, PublishedEntry]:
        """Return the current version of every entry, also of those not in force."""
        async with self._database.reading() as reading:
            rows = await reading.fetch(
                "select v.version, v.content from knowledge.entry e "
                "join knowledge.entry_version v on v.code = e.code and v.version = e.version order by e.code"
            )
        found = (PublishedEntry(entry=from_builtins(row["content"], Entry), version=row["version"]) for row in rows)
        return {one.entry.code: one for one in found}

    async def version(self, code: EntryCode, number: int, /) -> PublishedEntry | None:
        """Return one version, the current or an old one, as an agent once saw it."""
        async with self._database.reading() as reading:
            content = await reading.fetchval(
                "select content from knowledge.entry_version where code = $1 and version = $2", code, number
            )
        return None if content is None else PublishedEntry(entry=from_builtins(content, Entry), version=number)


def _refuse_taken_titles(changed: Sequence[Entry], taken: Mapping[str, str]) -> None:
    wrong = {
        f"{one.code}.title": f"{one.code}：标题与{taken[one.title]}相同，请合并或改名"
        for one in changed
        if one.title in taken
    }
    if wrong:
        raise FieldError(wrong)


async def _write(tx: Transaction, versions: Sequence[tuple[Entry, int]], at: datetime) -> None:
    await tx.insert_many(
        "knowledge.entry",
        [{"code": one.code, "version": number, "title": one.title} for one, number in versions],
        on_conflict="(code) do update set version = excluded.version, title = excluded.title",
    )
    rows = [
        {
            "code": one.code,
            "version": number,
            "checksum": one.checksum,
            "category": one.category,
            "effective_from": one.effective_from,
            "effective_to": one.effective_to,
            "review_due": one.review_due,
            "content": to_builtins(one),
            "published_at": at,
        }
        for one, number in versions
    ]
    await tx.insert_many("knowledge.entry_version", rows)
