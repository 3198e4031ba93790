"""Who is heard next: worker threads over serial actors, the oldest sound first, the caller's before the agent's."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from asr.actor import Actor
from asr.hearing import Outcome
from asr.ladder import Level
from runtime.boundary import outcome
from runtime.failures import Failure
from runtime.workers import Workers

Deliver = Callable[[Actor, Outcome], Awaitable[None]]
_PARTIAL_EVERY_S, _COARSE_EVERY_S = 0.3, 0.6


class Dispatcher:
    """Runs ``threads`` jobs at a time; each actor has at most one."""

    def __init__(
        self,
        *,
        actors: Callable[[], Iterable[Actor]],
        deliver: Deliver,
        failed: Callable[[Actor], None],
        now: Callable[[], float],
    ) -> None:
        """``actors`` are those alive; ``deliver`` gets every outcome, in order for each actor.

        ``failed`` is told of an actor whose work raised: it takes that one away, the others go on.
        """
        self._actors, self._deliver, self._failed, self._now = actors, deliver, failed, now
        self._wake = asyncio.Event()
        self._partial_at: dict[int, float] = {}
        self.level = Level.NORMAL

    def wake(self) -> None:
        """There may be work."""
        self._wake.set()

    async def run(self, *, workers: Workers, threads: int) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as group:
            for _ in range(threads):
                group.create_task(self._loop(workers))

    async def _loop(self, workers: Workers, /) -> None:
        while True:
            actor = self._next()
            if actor is None:
                self._wake.clear()
                await self._wake.wait()
                continue
            if isinstance(await outcome(self._work(actor, workers), of="hearing of a leg"), Failure):
                self._failed(actor)
                self._partial_at.pop(id(actor), None)

    async def _work(self, actor: Actor, workers: Workers, /) -> None:
        job = actor.next_job(self.level, partial=self._wants_partial(actor))
        await self._deliver(actor, await workers.run(actor.recogniser.work, job))
        if actor.closed:
            self._partial_at.pop(id(actor), None)

    def _next(self) -> Actor | None:
        ready = [(due, actor) for actor in self._actors() if (due := actor.due()) is not None]
        return min(ready, key=lambda pair: pair[0])[1] if ready else None

    def _wants_partial(self, actor: Actor, /) -> bool:
        now = self._now()
        every = _PARTIAL_EVERY_S if self.level < Level.COARSE else _COARSE_EVERY_S
        if now - self._partial_at.get(id(actor), -1.0) < every - 0.05:
            return False
        self._partial_at[id(actor)] = now
        return True
