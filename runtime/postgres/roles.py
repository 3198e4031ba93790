"""Who may do what in the database: the owner changes its shape, the application only its rows, the reader nothing.

The embedded server gets its three roles at each start; a configured one gets them from ``roles.sql``. What the
application may do with each table stands in ``grants.txt`` beside the migrations and is set by every ``migrate``.
"""

import hashlib
import hmac
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit

import asyncpg

OWNER = "hotline_owner"
APPLICATION = "hotline_app"
READER = "hotline_reader"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseUrls:
    """One database by the role that enters it. ``owner`` and ``reader`` are empty where they are not known."""

    app: str = field(repr=False)
    owner: str = field(default="", repr=False)
    reader: str = field(default="", repr=False)


def _password(admin_password: str, role: str) -> str:
    """Return the password of a role: HMAC-SHA-256 under the superuser's, so that none of them tells another."""
    return hmac.new(admin_password.encode(), role.encode(), hashlib.sha256).hexdigest()


def urls_under(admin_url: str, /) -> DatabaseUrls:
    """Return the URLs of the three roles of an embedded server, from the URL of its superuser."""
    parts = urlsplit(admin_url)
    password = unquote(parts.password or "")

    def url(role: str) -> str:
        place = parts.netloc.rpartition("@")[2]
        return f"postgresql://{role}:{quote(_password(password, role))}@{place}{parts.path}"

    return DatabaseUrls(app=url(APPLICATION), owner=url(OWNER), reader=url(READER))


_MAKE = """
do $$ begin
    if not exists (select from pg_roles where rolname = '{role}') then
        create role {role};
    end if;
end $$;
alter role {role} with login nosuperuser nocreatedb nocreaterole noreplication nobypassrls password '{password}';
"""
_HAND_OVER = """
do $$ declare
    one record;
begin
    for one in select nspname from pg_namespace where nspowner = current_user::regrole
        and nspname !~ '^pg_' and nspname not in ('public', 'information_schema')
    loop
        execute format('alter schema %I owner to {owner}', one.nspname);
    end loop;
    for one in select c.oid::regclass as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relowner = current_user::regrole and c.relkind in ('r', 'p', 'v', 'm')
        and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    loop
        execute format('alter table %s owner to {owner}', one.name);
    end loop;
    for one in select p.oid::regprocedure as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where p.proowner = current_user::regrole and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    loop
        execute format('alter routine %s owner to {owner}', one.name);
    end loop;
end $$;
"""
"""Gives to the owner what version 0.1 had made as the superuser."""
_READ_ONLY = """
alter role {reader} set default_transaction_read_only = on;
alter role {reader} set statement_timeout = '60s';
"""


async def make_roles(admin_url: str, /, *, deadline: float) -> None:
    """Make the roles of an embedded server, or set them right; ``deadline`` in seconds."""
    password = unquote(urlsplit(admin_url).password or "")
    database = urlsplit(admin_url).path.lstrip("/")
    connection = await asyncpg.connect(admin_url, timeout=deadline, command_timeout=deadline)
    try:
        async with connection.transaction():
            for role in (OWNER, APPLICATION, READER):
                await connection.execute(_MAKE.format(role=role, password=_password(password, role)))
            await connection.execute(_READ_ONLY.format(reader=READER))
            await connection.execute(f"alter database {database} owner to {OWNER}")
            await connection.execute(f"revoke temporary on database {database} from public")
            await connection.execute(_HAND_OVER.format(owner=OWNER))
    finally:
        await connection.close(timeout=deadline)
