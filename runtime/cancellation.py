"""Cancellation that a library forgets.

``asyncio.wait_for`` of Python 3.11 returns the result when the task is cancelled in the same turn of the loop in which
the result came (CPython issue 86296, mended in 3.12). The task then goes on as if nobody had asked it to end, and who
waits for it waits for ever.
"""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


async def heeded(work: Awaitable[T], /) -> T:
    """Await ``work``; raise CancelledError when the task was cancelled meanwhile, whatever ``work`` returned."""
    task = asyncio.current_task()
    before = task.cancelling() if task is not None else 0
    try:
        return await work
    finally:
        if task is not None and task.cancelling() > before:
            raise asyncio.CancelledError
