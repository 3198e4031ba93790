"""How one entry of the audit follows from the one before. Digests only: erasing the words leaves the chain whole."""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from vocabulary.ids import AccountId, ContactId

GENESIS = bytes(32)
_SEPARATOR = b"\x1f"
Codes = tuple[datetime, UUID, str, UUID | None]
"""At, account, what, contact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """``what`` is a stable code such as ``recording-played``; ``why`` are the person's words and may be erased."""

    at: datetime
    account: AccountId
    what: str
    contact: ContactId | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditKey:
    """The key of the chain, kept outside the database, and where it begins.

    Entries below number ``first`` were made by version 0.1 without a key. ``before`` is the chain value of entry
    ``first`` − 1, so that those cannot be made anew either; 32 zero bytes when there are none.
    """

    secret: bytes = field(repr=False)
    first: int = 1
    before: bytes = GENESIS


def words_digest(why: str, /, *, salt: bytes) -> bytes:
    """Return SHA-256 of salt and words; without the salt, which is erased with the words, nobody can guess them."""
    return hashlib.sha256(salt + why.encode()).digest()


def link(previous: bytes, /, *, number: int, entry: Codes, words: bytes, secret: bytes) -> bytes:
    """Return the chain value of an entry: HMAC-SHA-256 (RFC 2104) over the value before, its codes and words' digest.

    With ``secret`` empty it is the plain SHA-256 of version 0.1, which whoever owns the database can compute anew.
    """
    at, account, what, contact = entry
    stamp = f"{int(at.timestamp() * 1_000_000)}"
    parts = [str(number), stamp, str(account), what, str(contact or "")]
    text = previous + words + _SEPARATOR.join(part.encode() for part in parts)
    return hmac.new(secret, text, hashlib.sha256).digest() if secret else hashlib.sha256(text).digest()
