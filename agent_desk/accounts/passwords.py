"""Password hashes by Argon2id with the library's defaults (RFC 9106)."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from vocabulary.errors import FieldError, Refused

WRONG = Refused("wrong-login", "账号或密码不对")
"""The one answer to a login that does not exist, is ended, or comes with another password."""
SHORTEST = 10
_hasher = PasswordHasher()
_NOBODY = _hasher.hash("nobody has this password")


def hashed(password: str, /) -> str:
    """Return the hash to keep; FieldError for a password shorter than ten characters. Takes about 50 ms of CPU."""
    if len(password) < SHORTEST:
        raise FieldError({"password": f"密码至少{SHORTEST}位"})
    return _hasher.hash(password)


def matches(password: str, kept: str | None, /) -> bool:
    """Tell whether ``password`` is the one of ``kept``; takes as long for a login without any (None or empty)."""
    try:
        _hasher.verify(kept or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return bool(kept)
