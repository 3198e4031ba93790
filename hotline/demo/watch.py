"""Hears the bus during one call and waits, with deadlines, for what must happen."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from vocabulary.errors import Transient
from vocabulary.events import Event
from vocabulary.ids import ContactId

E = TypeVar("E", bound=Event)
MOST_EVENTS = 20_000


class StageMissing(Transient):
    """Something that must happen in a call did not happen in time; ``stage`` names it."""

    def __init__(self, stage: str, why: str) -> None:
        """Say which stage and why."""
        super().__init__(f"stage {stage} is missing: {why}")
        self.stage = stage


class Watch:
    """Events as they pass, the newest 20,000, and conditions over them."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._changed = asyncio.Condition()

    async def hear(self, event: Event, /) -> None:
        """Keep an event once and wake who waits."""
        if any(known.event_id == event.event_id for known in self.events[-200:]):
            return
        self.events.append(event)
        del self.events[:-MOST_EVENTS]
        async with self._changed:
            self._changed.notify_all()

    def of(self, kind: type[E], /, *, contact: ContactId | None = None) -> list[E]:
        """Return the events of a kind, of one contact when given, in the order they came."""
        return [event for event in self.events if isinstance(event, kind) and contact in {None, event.contact}]

    async def first(
        self, kind: type[E], /, *, stage: str, within: timedelta, where: Callable[[E], bool] = lambda _: True
    ) -> E:
        """Return the first event of a kind that fulfils ``where``; StageMissing after ``within``."""

        def found() -> E | None:
            return next((event for event in self.of(kind) if where(event)), None)

        try:
            async with asyncio.timeout(within.total_seconds()), self._changed:
                await self._changed.wait_for(lambda: found() is not None)
        except TimeoutError:
            raise StageMissing(stage, f"no {kind.__name__} within {within.total_seconds():g} s") from None
        event = found()
        if event is None:
            raise StageMissing(stage, f"{kind.__name__} was heard and forgotten")
        return event
