"""The file of the chain's key: made once, outside the database, readable by this user only."""

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from runtime.audit.chain import GENESIS, AuditEntry, AuditKey, link
from runtime.audit.entries import HOUSE, record
from runtime.clock import Clock
from runtime.codec import MalformedMessage, decode, encode
from runtime.postgres import Row, open_database
from vocabulary.errors import Permanent

SECRET_BYTES = 32


class AuditKeyFault(Permanent):
    """The key of the audit is missing or cannot be read, and making another one would hide what was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    secret: str = field(repr=False)
    first: int
    before: str


def read_key(file: Path, /) -> AuditKey | None:
    """Return the key, None when there is no file. AuditKeyFault when it cannot be read."""
    try:
        kept = decode(file.read_bytes(), _File)
        key = AuditKey(secret=bytes.fromhex(kept.secret), first=kept.first, before=bytes.fromhex(kept.before))
    except FileNotFoundError:
        return None
    except (MalformedMessage, ValueError, OSError) as error:
        raise AuditKeyFault(f"the key of the audit, {file}, cannot be read: {type(error).__name__}") from None
    if len(key.secret) < SECRET_BYTES:
        raise AuditKeyFault(f"the key of the audit, {file}, is shorter than {SECRET_BYTES} bytes")
    return key


async def ensure_key(file: Path, /, *, database_url: str, clock: Clock) -> AuditKey:
    """Return the key of this database's audit; at the first start make it and write it down, readable by us only.

    Entries that version 0.1 made without a key stay as they are: the key's file keeps the number and the value at which
    they end, and an entry ``chain-keyed`` follows them. AuditKeyFault when there is no file and the entries were made
    with a key: the file must come back from its backup.
    """
    key = read_key(file)
    if key is not None:
        return key
    async with open_database(database_url, size=1) as db, db.reading() as reading:
        rows = await reading.fetch("select * from log.audit order by number desc limit 2")
    if rows and not _without_key(rows):
        raise AuditKeyFault(
            f"the audit has {rows[0]['number']} entries and its key, {file}, is missing: put it back from its backup"
        )
    last = rows[0] if rows else None
    key = AuditKey(
        secret=secrets.token_bytes(SECRET_BYTES),
        first=last["number"] + 1 if last else 1,
        before=last["chain"] if last else GENESIS,
    )
    _write(file, key)
    if last:
        async with open_database(database_url, size=1, audit_secret=key.secret) as db, db.transaction() as tx:
            why = f"entries up to {last['number']}, {last['chain'].hex()}, were made without a key"
            entry = AuditEntry(at=clock.now(), account=HOUSE, what="chain-keyed", contact=None, why=why)
            await record(tx, entry, salt=secrets.token_bytes(16))
    return key


def _without_key(rows: list[Row]) -> bool:
    """Return whether the newest of two entries follows by the rule of version 0.1."""
    last = rows[0]
    codes = (last["at"], last["account"], last["what"], last["contact"])
    before = rows[1]["chain"] if len(rows) > 1 else GENESIS
    made = link(before, number=last["number"], entry=codes, words=last["words_digest"], secret=b"")
    return bool(made == last["chain"])


def _write(file: Path, key: AuditKey) -> None:
    text = encode(_File(secret=key.secret.hex(), first=key.first, before=key.before.hex()))
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(text + b"\n")
        out.flush()
        os.fsync(out.fileno())
