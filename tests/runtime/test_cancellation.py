"""Whoever is asked to end ends, also when the answer it waits for comes in the same moment."""

import asyncio

import pytest

from runtime.bus import FactEmitter
from runtime.cancellation import heeded
from tests.runtime.engines import nats_engine
from tests.runtime.facts import queued


async def answer_and_cancel(work) -> asyncio.Task[None]:
    """Run ``work`` on a future, and give the answer and the cancellation in one turn of the loop."""
    answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(work(answer))
    await asyncio.sleep(0.01)
    answer.set_result(7)
    task.cancel()
    await asyncio.wait({task}, timeout=1)
    return task


async def test_a_cancellation_that_a_library_forgets_ends_the_task() -> None:
    async def serves_for_ever(answer: asyncio.Future[int]) -> None:
        while True:
            await heeded(asyncio.wait_for(answer, 5))
            await asyncio.sleep(60)

    task = await answer_and_cancel(serves_for_ever)

    assert task.cancelled()


async def test_a_cancellation_before_the_work_began_does_not_disturb_what_tidies_up() -> None:
    tidied: list[int] = []

    async def tidies_up(answer: asyncio.Future[int]) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            tidied.append(await heeded(asyncio.wait_for(answer, 5)))

    task = await answer_and_cancel(tidies_up)

    assert tidied == [7]
    assert task.cancelled()


@pytest.mark.real
async def test_an_emitter_that_is_cancelled_while_acks_come_ends() -> None:
    async with nats_engine() as engine, engine.open() as bus:
        for turns in range(40):
            emitter = FactEmitter(bus, name="switch")
            sending = asyncio.create_task(emitter.run())
            for _ in range(16):
                emitter.emit(queued())
            while emitter.backlog >= 16 - turns % 16:
                await asyncio.sleep(0)
            sending.cancel()
            await asyncio.wait({sending}, timeout=2)

            assert sending.cancelled()
