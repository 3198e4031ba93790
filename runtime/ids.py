"""The one place where identifiers are drawn."""

from uuid import UUID, uuid5

import uuid_utils

_NAMESPACE = UUID("6f9b6e0c-0d5c-5f0e-9a57-123450123450")


def new_id() -> UUID:
    """Return a UUID version 7 (RFC 9562): ordered by creation time."""
    return UUID(int=uuid_utils.uuid7().int)


def derived_id(*parts: str) -> UUID:
    """Return the same UUID version 5 for the same parts, so that a repeat is recognised as a duplicate."""
    return uuid5(_NAMESPACE, "\x1f".join(parts))
