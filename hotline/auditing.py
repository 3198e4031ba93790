"""The audit in the house: where its key and heads lie, and its pages for an administrator."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

from hotline.settings import Settings
from runtime.audit import Asked, AuditEntry, AuditRow, AuditWatch, find, record
from runtime.clock import Clock
from runtime.codec import Meta, to_builtins
from runtime.postgres import Database
from runtime.web import Request, Route, get
from vocabulary.ids import AccountId, ContactId
from vocabulary.people import Role

ADMINS = frozenset({Role.ADMIN})
SEARCHED = "audit-searched"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditQuery:
    """Which entries are looked for; what is not given asks for all."""

    contact: Annotated[ContactId, Meta(description="Of this contact")] | None = None
    account: Annotated[AccountId, Meta(description="What this account did")] | None = None
    what: Annotated[str, Meta(max_length=60, description="Code such as recording-played")] | None = None
    since: Annotated[datetime, Meta(description="Entries of this instant and later")] | None = None
    until: Annotated[datetime, Meta(description="Entries before this instant")] | None = None
    below: Annotated[int, Meta(ge=1, le=2**53, description="Entries before this number: next page")] | None = None
    limit: Annotated[int, Meta(ge=1, le=500, description="How many entries at most")] = 100

    def asked(self) -> Asked:
        """Return it as the audit takes it."""
        return Asked(
            contact=self.contact, account=self.account, what=self.what, since=self.since, until=self.until,
            below=self.below,
        )  # fmt: skip

    def words(self) -> str:
        """Return what was asked for, as it was asked: ``what=recording-played below=40``."""
        left_out = to_builtins(AuditQuery())
        return " ".join(f"{name}={value}" for name, value in to_builtins(self).items() if value != left_out[name])


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictView:
    """Whether the audit is whole, with the entries and heads that were compared."""

    whole: bool
    entries: int
    erased: int
    heads: int
    broken_at: int | None
    sentence: str


def key_file(settings: Settings, /) -> Path:
    """Return where the key of the audit lies: the configured file, or ``audit.key`` in the data folder."""
    return Path(settings.audit.key_file) if settings.audit.key_file else settings.data_path / "audit.key"


def heads_file(settings: Settings, /) -> Path:
    """Return where the heads are kept: the configured file, or ``audit-heads.jsonl`` in the data folder."""
    return Path(settings.audit.heads_file) if settings.audit.heads_file else settings.data_path / "audit-heads.jsonl"


class AuditPages:
    """The routes of the audit; looking into it is itself an entry."""

    def __init__(self, *, database: Database, watch: AuditWatch, clock: Clock) -> None:
        self._database = database
        self._watch = watch
        self._clock = clock

    def routes(self) -> tuple[Route, ...]:
        """Return the rows."""
        walked = "Walk what the audit gained since its last walk and compare its heads"
        return (
            get("/api/audit/verdict", self._verdict, ADMINS, walked),
            get("/api/audit", self._find, ADMINS, "Entries of the audit, newest first"),
        )

    async def _verdict(self, request: Request[None]) -> VerdictView:
        del request
        verdict = await self._watch.verdict()
        return VerdictView(
            whole=verdict.whole, entries=verdict.rows, erased=verdict.erased, heads=verdict.heads,
            broken_at=verdict.broken_at, sentence=verdict.sentence,
        )  # fmt: skip

    async def _find(self, request: Request[None], *, query: AuditQuery) -> list[AuditRow]:
        entry = AuditEntry(
            at=self._clock.now(), account=request.principal.account, what=SEARCHED, contact=query.contact,
            why=query.words(),
        )  # fmt: skip
        async with self._database.transaction() as tx:
            await record(tx, entry, salt=secrets.token_bytes(16))
        return await find(self._database, query.asked(), limit=query.limit)
