"""What blocks runs here, in a bounded pool of threads, and never on the event loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self, TypeVar

from vocabulary.errors import Transient

T = TypeVar("T")


class WorkersBusy(Transient):
    """More callers wait for a thread than ``waiting`` allows; try again later."""


class Workers:
    """``threads`` calls at a time; up to ``waiting`` more wait their turn, further ones raise WorkersBusy."""

    def __init__(self, *, threads: int, waiting: int = 1000, name: str = "worker") -> None:
        """Start no thread yet; use as ``async with``."""
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._free = asyncio.Semaphore(threads)
        self._waiting, self._most_waiting = 0, waiting

    async def run(self, func: Callable[..., T], /, *args: object) -> T:
        """Return ``func(*args)`` computed in a thread; its exception is raised here.

        A cancelled caller leaves at once; the thread stays taken until ``func`` returns.
        """
        if self._waiting >= self._most_waiting:
            raise WorkersBusy(f"{self._waiting} calls already wait for a worker thread")
        self._waiting += 1
        try:
            await self._free.acquire()
        finally:
            self._waiting -= 1
        loop = asyncio.get_running_loop()

        def release(_: Future[T], /) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._free.release)

        future = self._pool.submit(func, *args)
        future.add_done_callback(release)
        return await asyncio.wrap_future(future)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        """Wait for calls that run; what never began is cancelled."""
        await asyncio.get_running_loop().run_in_executor(None, self._shut)

    def _shut(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)
