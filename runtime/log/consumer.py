"""What a feature says about how it reads the log."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from runtime.log.reading import LogRow
from runtime.postgres import Transaction
from vocabulary.events import Event, type_of

_NAME = re.compile(r"[a-z_]+\.[a-z0-9_-]+")
_TABLE = re.compile(r"[a-z_]+\.[a-z0-9_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumer:
    """One reader of the log, named ``<feature>.<what>``.

    A *projection* may be reset: its tables ``reset`` are emptied and it reads from the beginning. An *action* is never
    replayed and its effect needs an idempotency key of its own when it leaves the database. ``types`` empty means all.
    ``apply`` runs in the transaction that also moves the cursor; facts it emits leave with it.
    """

    name: str
    kind: Literal["projection", "action"]
    types: tuple[type[Event], ...]
    apply: Callable[[Transaction, LogRow], Awaitable[None]]
    reset: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            message = f"consumer {self.name!r} is not named feature.what"
            raise ValueError(message)
        if self.kind == "action" and self.reset:
            message = f"action {self.name} is never replayed, so it has nothing to reset"
            raise ValueError(message)
        if any(not _TABLE.fullmatch(table) for table in self.reset):
            message = f"consumer {self.name}: tables to reset are named schema.table"
            raise ValueError(message)

    @property
    def keys(self) -> list[str] | None:
        """Catalogue keys it wants, None for all."""
        return [type_of(kind).key for kind in self.types] or None
