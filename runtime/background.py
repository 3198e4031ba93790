"""Tasks that live exactly as long as a block."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

T = TypeVar("T")


class Nursery:
    """Starts tasks in a block's TaskGroup; what still runs at the end of the block is cancelled."""

    def __init__(self, group: asyncio.TaskGroup, /) -> None:
        """Start tasks in ``group``."""
        self._group = group
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, T], /) -> asyncio.Task[T]:
        """Run ``work`` beside the block; its failure ends the block."""
        task = self._group.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def cancel(self) -> None:
        """Cancel what runs."""
        for task in set(self._tasks):
            task.cancel()


@asynccontextmanager
async def nursery() -> AsyncIterator[Nursery]:
    """Give a block a place for its tasks; a single failure is raised as it is, not inside a group."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = Nursery(group)
            try:
                yield tasks
            finally:
                tasks.cancel()
    except BaseExceptionGroup as several:
        if len(several.exceptions) == 1:
            raise several.exceptions[0] from None
        raise


@asynccontextmanager
async def background(*works: Coroutine[Any, Any, object]) -> AsyncIterator[None]:
    """Run coroutines beside the block and cancel them at its end; when one fails, the block is cancelled."""
    async with nursery() as tasks:
        for work in works:
            _ = tasks.start(work)
        yield
