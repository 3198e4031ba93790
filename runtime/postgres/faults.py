"""What a database driver raises, in the words of the house."""

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from vocabulary.errors import Permanent, Transient


class DatabaseAway(Transient):
    """PostgreSQL cannot be reached or went away; whether a commit under way took place is unknown."""


class DatabaseRefused(Permanent):
    """PostgreSQL answers but does not let us in: wrong password, no such database."""


class ValueNotStored(Permanent):
    """A value that PostgreSQL cannot hold, such as a NUL character in a text."""


_AWAY = (
    OSError,  # includes TimeoutError and ConnectionError
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
)
_REFUSED = (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError)
_LOST = ("connection is closed", "connection was closed", "has been released", "pool is clos", "cannot switch to state")
"""The last is what asyncpg says when the server ended an idle connection."""


@contextmanager
def in_our_words() -> Iterator[None]:
    """Raise DatabaseAway, DatabaseRefused or ValueNotStored for what means that; everything else passes.

    No error carries the value that caused it: DETAIL (“Key (phone)=(…) already exists”) is taken out.
    """
    try:
        yield
    except _AWAY as error:
        raise DatabaseAway(f"The database does not answer ({type(error).__name__}); try again.") from error
    except _REFUSED as error:
        raise DatabaseRefused(f"The database does not let us in: {error}. Check HOTLINE_DATABASE__URL.") from error
    except asyncpg.DataError as error:
        raise ValueNotStored(f"The database cannot hold a value ({type(error).__name__}).") from None
    except asyncpg.PostgresError as error:
        error.detail = None
        raise
    except (asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
        if any(words in str(error) for words in _LOST):
            raise DatabaseAway("The connection to the database was lost; try again.") from error
        raise


class QueryRefused(Permanent):
    """SQL that a person typed and PostgreSQL does not run; the text is PostgreSQL's."""


@contextmanager
def refused_in_words() -> Iterator[None]:
    """Turn what PostgreSQL says about a typed query into QueryRefused."""
    try:
        yield
    except asyncpg.PostgresError as error:
        raise QueryRefused(f"PostgreSQL does not run the query: {error}") from None
