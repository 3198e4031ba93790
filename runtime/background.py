"""A task that lives exactly as long as a block."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any


@asynccontextmanager
async def background(*works: Coroutine[Any, Any, object]) -> AsyncIterator[tuple[asyncio.Task[object], ...]]:
    """Run coroutines beside the block and cancel them at its end.

    When one of them fails, the block is cancelled and the failure raised; a failure of the block is raised as it is,
    not inside a group.
    """
    try:
        async with asyncio.TaskGroup() as group:
            tasks = tuple(group.create_task(work) for work in works)
            try:
                yield tasks
            finally:
                for task in tasks:
                    task.cancel()
    except BaseExceptionGroup as several:
        if len(several.exceptions) == 1:
            raise several.exceptions[0] from None
        raise
