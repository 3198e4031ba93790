"""The audit in the house: where its key and heads lie, and its pages for an administrator."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from hotline.settings import Settings
from runtime.audit import Asked, AuditEntry, AuditRow, AuditWatch, find, record
from runtime.clock import Clock
from runtime.postgres import Database
from runtime.web import Request, Route
from vocabulary.errors import FieldError
from vocabulary.ids import AccountId, ContactId
from vocabulary.people import Role
from vocabulary.text import checked_line

ADMINS = frozenset({Role.ADMIN})
SEARCHED = "audit-searched"
LONGEST_WHAT = 60
QUERY = {
    "contact": "UUID of a contact",
    "account": "UUID of the account that did it",
    "what": "code such as recording-played",
    "since": "instant with zone, ISO 8601",
    "until": "instant with zone, ISO 8601; entries before it",
    "below": "a number: entries before it, for the next page",
    "limit": "1..500, default 100",
}


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
        return (
            Route(
                method="GET", path="/api/audit/verdict", handler=self._verdict, roles=ADMINS,
                summary="Walk what the audit gained since its last walk and compare its heads", reply=VerdictView,
            ),
            Route(
                method="GET", path="/api/audit", handler=self._find, roles=ADMINS,
                summary="Entries of the audit, newest first", reply=list[AuditRow], query=QUERY,
            ),
        )  # fmt: skip

    async def _verdict(self, request: Request[None]) -> VerdictView:
        del request
        verdict = await self._watch.verdict()
        return VerdictView(
            whole=verdict.whole, entries=verdict.rows, erased=verdict.erased, heads=verdict.heads,
            broken_at=verdict.broken_at, sentence=verdict.sentence,
        )  # fmt: skip

    async def _find(self, request: Request[None]) -> list[AuditRow]:
        asked = asked_of(request)
        limit = request.whole("limit", default=100, least=1, most=500)
        words = " ".join(f"{name}={request.query[name]}" for name in QUERY if name in request.query)
        entry = AuditEntry(
            at=self._clock.now(), account=request.principal.account, what=SEARCHED, contact=asked.contact, why=words
        )
        async with self._database.transaction() as tx:
            await record(tx, entry, salt=secrets.token_bytes(16))
        return await find(self._database, asked, limit=limit)


def asked_of(request: Request[None], /) -> Asked:
    """Return what a query asks for; FieldError or BadQuery (400) names the parameter that is not right."""
    query = request.query
    contact, account = (_uuid(query, name) for name in ("contact", "account"))
    return Asked(
        contact=None if contact is None else ContactId(contact),
        account=None if account is None else AccountId(account),
        what=checked_line(query["what"], field="what", longest=LONGEST_WHAT) if "what" in query else None,
        since=request.instant("since"),
        until=request.instant("until"),
        below=request.whole("below", default=0, least=1) if "below" in query else None,
    )


def _uuid(query: Mapping[str, str], name: str) -> UUID | None:
    if name not in query:
        return None
    try:
        return UUID(query[name])
    except ValueError:
        raise FieldError({name: "应为 UUID"}) from None
