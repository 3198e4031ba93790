"""Time and randomness as the pure parts of this room get them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Now: ``wall`` for facts (aware UTC), ``mono`` in seconds for durations, ``new_id`` to draw identifiers."""

    wall: datetime
    mono: float
    new_id: Callable[[], UUID]
