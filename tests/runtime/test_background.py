import asyncio

import pytest

from runtime.background import background, nursery
from runtime.workers import Workers, WorkersBusy


async def test_work_beside_a_block_ends_with_the_block() -> None:
    ended = asyncio.Event()

    async def forever() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async with background(forever()):
        await asyncio.sleep(0)

    assert ended.is_set()


async def test_a_failure_of_the_work_ends_the_block_and_is_raised_as_it_is() -> None:
    async def fails() -> None:
        raise LookupError("gone")

    with pytest.raises(LookupError):
        async with background(fails()):
            await asyncio.sleep(10)


async def test_a_failure_of_the_block_is_raised_as_it_is() -> None:
    async def block() -> None:
        async with nursery() as tasks:
            _ = tasks.start(asyncio.sleep(10))
            raise LookupError

    with pytest.raises(LookupError):
        await block()


async def test_workers_run_blocking_calls_in_threads_and_raise_their_failures() -> None:
    async with Workers(threads=2) as workers:
        assert await workers.run(sum, [1, 2]) == 3
        with pytest.raises(ZeroDivisionError):
            await workers.run(divmod, 1, 0)


async def test_workers_refuse_more_than_their_bound_of_waiting_calls_and_outlive_a_cancelled_caller() -> None:
    gate = asyncio.Event()
    loop = asyncio.get_running_loop()

    def wait_for_gate() -> bool:
        return asyncio.run_coroutine_threadsafe(gate.wait(), loop).result(5)

    async with Workers(threads=1, waiting=1) as workers:
        first = asyncio.create_task(workers.run(wait_for_gate))
        second = asyncio.create_task(workers.run(wait_for_gate))
        await asyncio.sleep(0.01)
        with pytest.raises(WorkersBusy):
            await workers.run(wait_for_gate)
        first.cancel()
        gate.set()
        assert await second is True
        assert await workers.run(sum, [1]) == 1
