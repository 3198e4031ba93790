"""Waits of tests: what does not come about in time fails the test by an assertion."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


@asynccontextmanager
async def within(seconds: float, what: str = "it") -> AsyncIterator[None]:
    """Bound a block; AssertionError when it takes longer."""
    deadline = asyncio.timeout(seconds)
    try:
        async with deadline:
            yield
    except TimeoutError:
        assert not deadline.expired(), f"{what} did not come about within {seconds:g} s"
        raise
