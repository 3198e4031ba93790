"""``hotline users list|end|reactivate|password`` and ``hotline sessions list|end``: who may come in, by command."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from agent_desk import Accounts
from hotline.commands.audit import the_key
from hotline.connections import any_database
from hotline.migrations import refuse_pending
from hotline.places import Places
from hotline.settings import Settings
from runtime.audit import HOUSE
from runtime.clock import SystemClock
from runtime.codec import to_builtins
from runtime.workers import Workers


@asynccontextmanager
async def _accounts(settings: Settings, places: Places, *, changed: bool = True) -> AsyncIterator[Accounts]:
    """Give the block the accounts; a change is in the audit, so it needs the audit's key: AuditKeyFault without."""
    secret = the_key(settings).secret if changed else b""
    async with any_database(settings, places, audit_secret=secret) as (_, database), Workers(threads=1) as workers:
        await refuse_pending(database)
        yield Accounts(database=database, workers=workers, clock=SystemClock())


async def list_users(settings: Settings, places: Places, /) -> list[dict[str, object]]:
    """Return all accounts."""
    async with _accounts(settings, places, changed=False) as accounts:
        return [to_builtins(row) for row in await accounts.administration.accounts()]


async def end_user(settings: Settings, places: Places, login: str, /) -> None:
    """End an account and its sessions; open pages of it close within two seconds."""
    async with _accounts(settings, places) as accounts:
        await accounts.administration.end(await accounts.administration.by_login(login), by=HOUSE)


async def reactivate_user(settings: Settings, places: Places, login: str, /) -> None:
    """Let an ended account log in again."""
    async with _accounts(settings, places) as accounts:
        await accounts.administration.reactivate(await accounts.administration.by_login(login), by=HOUSE)


async def set_user_password(settings: Settings, places: Places, login: str, /, *, password: str) -> None:
    """Give an account a new password; its sessions end."""
    async with _accounts(settings, places) as accounts:
        account = await accounts.administration.by_login(login)
        await accounts.set_password(account, password, by=HOUSE)


async def list_sessions(settings: Settings, places: Places, /, *, login: str | None) -> list[dict[str, object]]:
    """Return the open sessions, of one login or of all."""
    async with _accounts(settings, places, changed=False) as accounts:
        account = await accounts.administration.by_login(login) if login else None
        return [to_builtins(row) for row in await accounts.administration.sessions(account=account)]


async def end_sessions(settings: Settings, places: Places, which: str, /) -> None:
    """End one session by its id, or all of a login."""
    async with _accounts(settings, places) as accounts:
        try:
            session = UUID(which)
        except ValueError:
            account = await accounts.administration.by_login(which)
            await accounts.administration.end_sessions(account, by=HOUSE)
        else:
            await accounts.administration.end_session(session, by=HOUSE)
